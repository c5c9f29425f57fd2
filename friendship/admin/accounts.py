"""People and roles: one form for an office, and nothing in it that makes anybody more than the one who fills it in."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static import admin as static_admin
from django_otp.plugins.otp_totp import admin as totp_admin

from friendship.admin.choices import PlaceField, PlaceSelect
from friendship.admin.keys import refuse_odd_list
from friendship.admin.register import in_words
from friendship.curation import accounts as writing
from friendship.enums import Level, Role
from friendship.models import Place, Remit
from friendship.queries import accounts
from friendship.queries.rights import remit_of

# Their forms would show secrets, in English; the pages of friendship.admin.own_account take their place.
admin.site.unregister([totp_admin.TOTPDevice, static_admin.StaticDevice, User, Group])


class PersonForm(forms.ModelForm):  # type: ignore[type-arg] # generic in its types only
    """What an office says of a person: name, e-mail, role, remit."""

    #: Who fills it in; the admin sets it.
    actor: ClassVar[Any] = None

    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        help_text=_(
            "Editors write drafts and propose changes. Reviewers decide what the public sees. Administrators also look "
            "after people and the rules of the register."
        ),
    )
    remit = PlaceField(
        label=_("Remit"),
        queryset=Place.objects.select_related("country", "parent"),
        required=False,
        help_text=_(
            "A province or city: the person changes ties of this place and of what lies under it, and nothing else. "
            "Empty: no limit."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self._prepare_role()
        if "remit" in self.fields and (held := remit_of(self.instance)) is not None:
            self.initial.setdefault("remit", held.place_id)
        if "first_name" in self.fields:
            self.fields["first_name"].label = pgettext_lazy("person", "Name")
        if "username" in self.fields:
            self.fields["username"].label = _("Log-in name")
            self.fields["username"].help_text = _(
                "What the person types to log in: letters, digits and @ . + - _ only."
            )
        if "is_active" in self.fields:
            self.fields["is_active"].help_text = _(
                "Switch accounts off rather than deleting them: the history goes on naming who wrote what."
            )

    def _prepare_role(self) -> None:
        held = accounts.role_of(self.instance) if self.instance.pk else None
        offered = writing.roles_to_give(self.actor)
        choices = [(role.value, role.label) for role in Role if role in offered or role == held]
        field = cast("forms.ChoiceField", self.fields["role"])
        field.choices = [("", _("no role")), *choices]
        self.initial.setdefault("role", held or "")

    def clean(self) -> dict[str, Any]:
        """A remit is for those who edit and review: administrators look after the whole register."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("remit") and (cleaned.get("role") == Role.ADMINISTRATORS or self.instance.is_superuser):
            self.add_error("remit", _("Remit: administrators have none."))
        if cleaned.get("remit") and cleaned["remit"].level == Level.COUNTY:
            self.add_error("remit", _("Remit: choose a province or a city."))
        if self.instance.pk and self.instance.pk == getattr(self.actor, "pk", None):
            self._keep_own(cleaned)
        return cleaned

    def _keep_own(self, cleaned: dict[str, Any]) -> None:
        """Nobody shuts themselves out, or gives themselves another role."""
        if "is_active" in cleaned and not cleaned["is_active"]:
            self.add_error("is_active", _("Active: you cannot switch your own account off."))
        if "role" in cleaned and cleaned["role"] != (accounts.role_of(self.instance) or ""):
            self.add_error("role", _("Role: nobody changes their own. Ask another administrator."))


class NewPersonForm(PersonForm, BaseUserCreationForm):  # type: ignore[type-arg]
    """The same, with a first password."""

    class Meta(BaseUserCreationForm.Meta):
        fields = ("username", "first_name", "email")


class RoleFilter(admin.SimpleListFilter):
    """The groups of the house, in words."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The roles."""
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """The people who have it."""
        return queryset.filter(groups__name=self.value()) if self.value() in Role.values else queryset


@admin.register(User)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg] # generic in its types only
    """People of the staff. Who may do more than the reader is shown, not changed."""

    form = PersonForm
    add_form = NewPersonForm
    list_display = ("username", "name", "role", "remit", "two_step", "is_active", "last_login")
    list_display_links = ("username", "name")
    list_filter = (RoleFilter, "is_active")
    list_per_page = 50
    search_fields = ("username", "first_name", "last_name", "email")
    search_help_text = _("Log-in name, name or e-mail address.")
    filter_horizontal = ()
    readonly_fields = ("set_password", "two_step", "last_login", "date_joined")
    empty_value_display = "—"
    actions = ("end_sessions", "reset_second_factor")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("username", "first_name", "email")}),
        (_("What the person may do"), {"fields": ("role", "remit", "is_active")}),
        (_("Log-in"), {"fields": ("set_password", "two_step", "last_login", "date_joined")}),
    )
    add_fieldsets: Any = (
        (None, {"fields": ("username", "first_name", "email")}),
        (_("What the person may do"), {"fields": ("role", "remit")}),
        (_("First password"), {"fields": ("password1", "password2")}),
    )

    # --- reading

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list of people."""
        refuse_odd_list(request, self.model)
        return super().changelist_view(request, extra_context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """People with their roles and remits."""
        return accounts.accounts().prefetch_related("groups")

    @admin.display(description=pgettext_lazy("person", "name"), ordering="first_name")
    def name(self, user: User) -> str:
        """What the person is called."""
        return user.get_full_name() or "—"

    @admin.display(description=_("password"))
    def set_password(self, user: User) -> str:
        """The way to give the person another one, for whoever may; nobody sees the present one."""
        where = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a href="{}">{}</a>', where, gettext("Set another password"))

    @admin.display(description=_("role"))
    def role(self, user: User) -> str:
        """The highest role, or that the person may do everything."""
        role = accounts.role_of(user)
        return str(role.label if role else _("all rights") if user.is_superuser else "—")

    @admin.display(description=_("remit"))
    def remit(self, user: User) -> str:
        """The place beyond which the person changes nothing."""
        return str(remit_of(user) or "—")

    @admin.display(description=_("two-step log-in"), boolean=True)
    def two_step(self, user: Any) -> bool:
        """Whether the person is asked for codes."""
        return bool(getattr(user, "has_device", False))

    # --- who may do what

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody changes an account that may do more than their own."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or writing.may_manage(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """For who may do everything: others switch accounts off, so that the history goes on naming who wrote what."""
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or writing.may_manage(request.user, obj))

    # --- the form

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """The headings; the way to another password only for whoever may go it."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return (*self.fieldsets[:-1], (_("Log-in"), {"fields": ("two_step", "last_login", "date_joined")}))

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, for the person who fills it in."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.actor = request.user
        if "remit" in form.base_fields:
            form.base_fields["remit"].widget = PlaceSelect(Remit._meta.get_field("place"), self.admin_site)
            form.base_fields["remit"].widget.choices = form.base_fields["remit"].choices
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Save the person, then role and remit through curation, which guards both."""
        if not writing.may_manage(request.user, obj):
            raise PermissionDenied
        obj.is_staff = True
        super().save_model(request, obj, form, change)
        said = form.cleaned_data
        if "role" in said:
            writing.set_role(obj, Role(said["role"]) if said["role"] else None, actor=request.user)
        if "remit" in said:
            writing.set_remit(obj, said["remit"], actor=request.user)

    # --- what is done to several at once

    @admin.action(description=_("End all sessions of the selected people"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Log them out everywhere."""
        try:
            ended = writing.log_out_everywhere(queryset, actor=request.user)
        except PermissionDenied as error:
            self.message_user(request, in_words(error), messages.ERROR)
            return
        said = ngettext("%(count)d session was ended.", "%(count)d sessions were ended.", ended)
        self.message_user(request, said % {"count": ended}, messages.SUCCESS)

    @admin.action(description=_("Reset two-step log-in of the selected people"), permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For who has lost the telephone: the password alone lets them in, until they set up another."""
        try:
            reset = writing.reset_second_factor(queryset, actor=request.user)
        except PermissionDenied as error:
            self.message_user(request, in_words(error), messages.ERROR)
            return
        said = ngettext(
            "Two-step log-in of %(count)d person was reset.", "Two-step log-in of %(count)d people was reset.", reset
        )
        self.message_user(request, said % {"count": reset}, messages.SUCCESS)


class PermissionField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Permissions in words instead of Django's English names."""

    def label_from_instance(self, obj: Any) -> str:
        """What may be done, and with what."""
        return accounts.permission_in_words(obj)


@admin.register(Group)
class RoleAdmin(GroupAdmin):
    """The groups of staff and what each may do: administrators read it, who may do everything changes it."""

    list_display = ("role", "people")
    readonly_fields = ("role", "people", "rights")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Groups with the number of their people."""
        return super().get_queryset(request).annotate(people_count=Count("user", filter=Q(user__is_active=True)))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list of roles."""
        refuse_odd_list(request, self.model)
        return super().changelist_view(request, extra_context)

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        """In words for those who read; with everything to choose from for those who change."""
        if self.has_change_permission(request, obj):
            return ["name", "people", "permissions"]
        return ["role", "people", "rights"]

    @admin.display(description=_("rights"))
    def rights(self, group: Group) -> str:
        """What the role may do."""
        held = accounts.permissions_of_the_house().filter(group=group)
        said = sorted(accounts.permission_in_words(each) for each in held)
        return format_html_join("", "{}<br>", ((words,) for words in said))

    @admin.display(description=_("role"), ordering="name")
    def role(self, group: Group) -> str:
        """Its name in words, where it is one of the house."""
        return str(Role(group.name).label) if group.name in Role.values else group.name

    @admin.display(description=_("active people"), ordering="people_count")
    def people(self, group: Any) -> int:
        """How many people have the role."""
        return int(getattr(group, "people_count", 0))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        """Permissions in words."""
        if db_field.name == "permissions":
            kwargs["form_class"] = PermissionField
            kwargs["queryset"] = accounts.permissions_of_the_house()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        """The three groups of the house stay."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.name not in Role.values)
