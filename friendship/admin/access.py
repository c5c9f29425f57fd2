"""The access log, which nobody edits, and the failed log-ins that keep somebody out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from friendship.admin.keys import refuse_odd_list
from friendship.curation import accounts as writing
from friendship.models import AccessEvent, FailedLogin
from friendship.queries.accounts import detail_in_words


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg] # generic in its types only
    """A list that the register writes itself: nobody adds, changes or deletes in it, whatever they may do elsewhere."""

    list_per_page = 100
    empty_value_display = "—"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list."""
        refuse_odd_list(request, self.model)
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(AccessEvent)
class AccessLogAdmin(ReadOnly):
    """Who logged in, who failed, whose role was changed by whom."""

    list_display = ("at", "kind", "person", "details", "by", "address")
    list_display_links = None
    list_filter = ("kind", "at")
    list_select_related = ("by",)
    search_fields = ("name", "address", "by__username")
    search_help_text = _("Log-in name or network address.")
    fields = ("at", "kind", "person", "details", "by", "address")
    readonly_fields = ("person", "details")
    actions = None

    @admin.display(description=_("account"), ordering="name")
    def person(self, entry: AccessEvent) -> str:
        """The log-in name, or that nobody has the one that was typed."""
        return entry.name or gettext("unknown name")

    @admin.display(description=_("details"))
    def details(self, entry: AccessEvent) -> str:
        """What else is known, in words."""
        return detail_in_words(entry.detail) or "—"


@admin.register(FailedLogin)
class FailedLoginAdmin(ReadOnly):
    """Failed log-ins that still count; whoever may delete them releases locks."""

    list_display = ("attempt_time", "person", "ip_address", "failures_since_start", "still_counts")
    list_display_links = None
    search_fields = ("username", "ip_address")
    search_help_text = _("Log-in name or network address.")
    actions = ("release",)

    @admin.display(description=_("account"), ordering="username")
    def person(self, attempt: FailedLogin) -> str:
        """The log-in name, or that nobody has the one that was typed."""
        name = attempt.username or ""
        return gettext("unknown name") if not name or name.startswith("?") else name

    @admin.display(description=_("counts still"), boolean=True)
    def still_counts(self, attempt: FailedLogin) -> bool:
        """Whether the quarter of an hour is not over yet."""
        return bool(attempt.attempt_time > timezone.now() - settings.AXES_COOLOFF_TIME)

    def has_release_permission(self, request: HttpRequest) -> bool:
        """Administrators."""
        return request.user.has_perm("friendship.delete_failedlogin")

    @admin.action(description=_("Let people log in again from these network addresses"), permissions=["release"])
    def release(self, request: HttpRequest, queryset: QuerySet[FailedLogin]) -> None:
        """Forget the failures of the selected addresses."""
        released = writing.release(queryset)
        said = ngettext("%(count)d entry was removed.", "%(count)d entries were removed.", released)
        self.message_user(request, said % {"count": released}, messages.SUCCESS)
