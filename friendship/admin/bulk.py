"""One change for the selected records of a list: choose, say what, look at what would change, carry out or submit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import AdminTextInputWidget, AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from friendship.admin import differences, proposing
from friendship.admin.choices import PlaceField, PlaceSelect
from friendship.admin.keys import key_of
from friendship.curation import bulk, proposals
from friendship.curation.bulk import MOST_ROWS, Built
from friendship.enums import ProposalKind, RelationshipType, Status
from friendship.models import Evidence, Place, Source
from friendship.queries.rights import narrowed, reach, remit_of

_NAMED = 5  # of the selected rows, on the page that asks
_REFUSALS_SHOWN = 200


@dataclass(frozen=True)
class Task:
    """What can be set for a selection: its words, the box that asks for the value, and what follows from it."""

    title: str | Promise
    field: Callable[[AdminSite, Any], forms.Field]
    build: Callable[..., Built]


def may_change(model_admin: Any, request: HttpRequest) -> bulk.Allowed:
    """Whether the person may change a row, as the forms of the list say; asked of the database once for all rows."""
    if not model_admin.has_change_permission(request):
        return lambda _row: False
    if remit_of(request.user) is None:
        return lambda _row: True
    inside = narrowed(model_admin.opts.concrete_model._default_manager.all(), request.user)
    keys = frozenset(inside.values_list("pk", flat=True))
    return lambda row: row.pk in keys


# --- the boxes --------------------------------------------------------------------------------------------------------


def _type(_site: AdminSite, _person: Any) -> forms.Field:
    return forms.ChoiceField(choices=[("", "—"), *RelationshipType.choices], label=_("type"))


def _status(_site: AdminSite, _person: Any) -> forms.Field:
    return forms.ChoiceField(choices=[("", "—"), *Status.choices], label=_("status"))


class _SourceSelect(AutocompleteSelect):
    """The box that asks for a source; what is no key at all counts as nothing."""

    def value_from_datadict(self, *sent: Any) -> Any:
        """The key that was sent."""
        return _key(super().value_from_datadict(*sent))


class _ParentSelect(PlaceSelect):
    """The box that asks for a place; what is no key at all counts as nothing."""

    def value_from_datadict(self, *sent: Any) -> Any:
        """The key that was sent."""
        return _key(super().value_from_datadict(*sent))


def _key(sent: Any) -> str:
    """Databases take a key that is no number, or a very long one, for an error."""
    written = str(sent or "")
    return "" if key_of(written) is None else written


def _source(site: AdminSite, _person: Any) -> forms.Field:
    widget = _SourceSelect(Evidence._meta.get_field("source"), site)
    return _chooser(forms.ModelChoiceField(Source.objects.defer("text"), widget=widget, label=_("source")))


def _parent(site: AdminSite, person: Any) -> forms.Field:
    places = Place.objects.select_related("country", "parent")
    if (remit := remit_of(person)) is not None:
        places = places.filter(pk__in=reach(remit).values("pk"))  # elsewhere the places would leave the remit
    return _chooser(PlaceField(places, widget=_ParentSelect(Place._meta.get_field("parent"), site), label=_("part of")))


def _chooser(field: Any) -> forms.Field:
    """A box that asks for a row by its label, and shows the label of what was chosen."""
    field.widget.choices = field.choices
    chosen: forms.Field = field
    return chosen


def reason() -> forms.CharField:
    """The box in which the author tells the reviewer why."""
    label = _("Why, for the reviewer")
    return forms.CharField(required=False, max_length=2_000, label=label, widget=AdminTextInputWidget)


class ValueForm(forms.Form):
    """The value for all selected rows."""

    def __init__(self, task: Task, site: AdminSite, person: Any, data: Any = None) -> None:
        super().__init__(data)
        self.fields["value"] = task.field(site, person)
        self.fields["value"].label = capfirst(str(self.fields["value"].label))
        self.fields[proposing.NOTE] = reason()


# --- the actions ------------------------------------------------------------------------------------------------------

_SET_TYPE = Task(_("Set the type"), _type, lambda rows, value, **known: bulk.set_value(rows, "type", value, **known))
_SET_STATUS = Task(
    _("Set the status"), _status, lambda rows, value, **known: bulk.set_value(rows, "status", value, **known)
)
_ADD_SOURCE = Task(_("Add a source"), _source, bulk.add_source)
_SET_PARENT = Task(_("Set what contains them"), _parent, bulk.set_parent)


@admin.action(description=_("Set the type of the selected relationships"), permissions=["change"])
def set_type(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Let the selected ties be of one type."""
    return _asked(model_admin, request, rows, _SET_TYPE)


@admin.action(description=_("Set the status of the selected relationships"), permissions=["change"])
def set_status(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Let the selected ties have one status."""
    return _asked(model_admin, request, rows, _SET_STATUS)


@admin.action(description=_("Add a source to the selected relationships"), permissions=["change"])
def add_source(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Let one source speak for the selected ties."""
    return _asked(model_admin, request, rows, _ADD_SOURCE)


@admin.action(description=_("Set what contains the selected places"), permissions=["change"])
def set_parent(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Let the selected places belong to one other."""
    return _asked(model_admin, request, rows, _SET_PARENT)


def too_many(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> bool:
    """Whether more rows are selected than can be changed at once; the person is told so."""
    count = rows.count()
    if count <= MOST_ROWS:
        return False
    said = gettext("At most %(most)s records can be changed at once; these are %(count)s. Narrow the list.")
    model_admin.message_user(request, said % {"most": f"{MOST_ROWS:,}", "count": f"{count:,}"}, messages.ERROR)
    return True


def _asked(model_admin: Any, request: HttpRequest, rows: QuerySet[Any], task: Task) -> HttpResponse | None:
    """Ask for the value; once it is there, propose what follows and show it."""
    if too_many(model_admin, request, rows):
        return None
    data = request.POST if "post" in request.POST else None
    form = ValueForm(task, model_admin.admin_site, request.user, data)
    built = None
    if form.is_valid():
        allowed = may_change(model_admin, request)
        built = task.build(rows.order_by("pk"), form.cleaned_data["value"], may_change=allowed)
        if built.changes:
            return prepared(request, built, ProposalKind.BULK)
    return _page(model_admin, request, rows, task, form, built)


def prepared(request: HttpRequest, built: Built, kind: str) -> HttpResponseRedirect:
    """Keep what would change as a proposal that only its author sees, and show it."""
    proposal = proposals.propose(
        built.changes,
        actor=request.user,
        kind=kind,
        note=proposing.note_of(request),
        prepared=True,
        left_out=built.left_out,
    )
    return HttpResponseRedirect(reverse("admin:friendship_proposal_change", args=[proposal.pk]))


def nothing_changes(built: Built | None) -> dict[str, Any]:
    """What a page says where nothing would change, and why."""
    if built is None:
        return {}
    return {
        "left_out": built.left_out,
        "refused": len(built.refused),
        "refusals": differences.refusals(built.left_out, _REFUSALS_SHOWN),
        "nothing": True,
    }


def fieldset_of(model_admin: Any, form: Any) -> Any:
    """The boxes of a form as Django's own templates show them."""
    fieldsets = [(None, {"fields": list(form.fields)})]
    return next(iter(helpers.AdminForm(form, fieldsets, {}, (), model_admin=model_admin)))


def _page(
    model_admin: Any, request: HttpRequest, rows: QuerySet[Any], task: Task, form: ValueForm, built: Built | None
) -> TemplateResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": task.title,
        "count": rows.count(),
        "named": rows[:_NAMED],
        "fieldset": fieldset_of(model_admin, form),
        "form": form,
        "media": model_admin.media + form.media,
        "action": request.POST.getlist("action")[_index(request)] if request.POST.getlist("action") else "",
        "across": request.POST.get("select_across", "0"),
        "selected": request.POST.getlist(helpers.ACTION_CHECKBOX_NAME),
        "checkbox": helpers.ACTION_CHECKBOX_NAME,
        **nothing_changes(built),
    }
    return TemplateResponse(request, "admin/friendship/bulk/value.html", context)


def _index(request: HttpRequest) -> int:
    """Which of the two boxes of the list was used, as Django tells it."""
    index = request.POST.get("index", "0")
    return int(index) if index in ("0", "1") and int(index) < len(request.POST.getlist("action")) else 0
