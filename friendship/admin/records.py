"""Ties and places: one history of all that belongs to a record, taking back of one change, merging of two records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from friendship import curation, queries
from friendship.admin import proposing
from friendship.admin.differences import sheets
from friendship.admin.keys import key_of, refuse_nul, refuse_other_than_key
from friendship.admin.merge_pages import comparison, outcome
from friendship.admin.reasons import reasons_in_words
from friendship.admin.register import RegisterAdmin, in_words
from friendship.curation import merging, reverting
from friendship.curation.concurrency import in_sentences
from friendship.curation.touched import EDITED, Kept
from friendship.curation.undoing import Undone
from friendship.enums import ProposalKind, ReviewState
from friendship.models import Place, Proposal, Relationship

_CHAPTERS_A_PAGE = 50
_AS_A_WHOLE = "merge/"  # both records are split again, or neither
_SHEETS_SHOWN = 50
_REFUSALS = (curation.StaleVersion, ValidationError, PermissionDenied, IntegrityError)


class RecordAdmin(RegisterAdmin):
    """A tie or a place."""

    def get_urls(self) -> list[URLPattern]:
        """With the pages that take back and that merge."""

        def page(address: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            named = f"friendship_{self.opts.model_name}_{name}"
            found: URLPattern = path(address, self.admin_site.admin_view(view), name=named)
            return found

        return [
            page("merge/", self.merge_view, "merge"),
            page("<path:object_id>/revert/", self.revert_view, "revert"),
            *super().get_urls(),
        ]

    def _row(self, request: HttpRequest, key: str) -> Any:
        refuse_nul(request, key)
        refuse_other_than_key(self.model, unquote(key))
        return self.get_queryset(request).filter(pk=unquote(key)).first()

    def _shown(self, request: HttpRequest, name: str, row: Any = None, **context: Any) -> TemplateResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "original": row, "row": row}
        return TemplateResponse(request, f"admin/friendship/record/{name}.html", shared | context)

    def _to(self, page: str, *args: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:friendship_{self.opts.model_name}_{page}", args=args))

    # --- the history

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who changed what of the record and of all that hangs on it; of a deleted record its own versions."""
        row = self._row(request, object_id)
        if row is None:
            return super().history_view(request, object_id, *args, **kwargs)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        pages = Paginator(queries.chronicle(row), _CHAPTERS_A_PAGE)
        page = pages.get_page(request.GET.get("p"))
        reasons = reasons_in_words(chapter.reason for chapter in page.object_list)
        may_revert = self.has_change_permission(request, row)
        return self._shown(
            request,
            "history",
            row,
            title=_("History: %(record)s") % {"record": row},
            page=page,
            page_range=pages.page_range,
            chapters=[
                (chapter, reasons.get(chapter.reason), may_revert and not chapter.reason.startswith(_AS_A_WHOLE))
                for chapter in page.object_list
            ],
        )

    # --- taking back

    def revert_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what would be taken back, and take it back."""
        row = self._row(request, object_id)
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        tokens = [token.replace("\0", "") for token in asked.getlist("record")]
        chosen = queries.chosen_records(row, tokens)
        if not chosen:
            self.message_user(request, _("Choose a change of this record."), messages.WARNING)
            return self._to("history", row.pk)
        if request.method == "POST":
            return self._reverted(request, row, chosen)
        undone = reverting.preview(chosen)
        return self._shown(
            request,
            "revert",
            row,
            title=_("Take this change back?"),
            tokens=tokens,
            sheets=_as_sheets(undone.steps, ProposalKind.REVERT),
            kept=[said(left) for left in undone.kept],
            needs_review=undone.is_public and not curation.may_publish_own(request.user),
            note_name=proposing.NOTE,
        )

    def _reverted(self, request: HttpRequest, row: Any, chosen: reverting.Chosen) -> HttpResponse:
        try:
            undone = _taken_back(request, chosen)
        except _REFUSALS as error:
            self.message_user(request, in_words(error), messages.ERROR)
            return self._to("history", row.pk)
        if not isinstance(undone, Undone):
            return self._proposed(request, undone, row)
        for left in undone.kept:
            self.message_user(request, said(left), messages.WARNING)
        if undone.steps:
            self.message_user(request, _("Taken back. The history keeps both."), messages.SUCCESS)
        still_there = type(row)._default_manager.filter(pk=row.pk).exists()
        return self._to("history", row.pk) if still_there else self._to("changelist")

    def _proposed(self, request: HttpRequest, proposal: Proposal | None, row: Any) -> HttpResponse:
        if proposal is None:
            self.message_user(request, _("Nothing of it is left to take back."), messages.WARNING)
            return self._to("history", row.pk)
        told = _("Proposed. The public goes on seeing what stood there until another person has looked at it.")
        self.message_user(request, told, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:friendship_proposal_change", args=[proposal.pk]))

    # --- merging

    @admin.action(description=gettext_lazy("Merge the two selected"), permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Go to the page that shows both side by side."""
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(keys) != 2:
            self.message_user(request, _("Select exactly two records to merge them."), messages.WARNING)
            return None
        address = reverse(f"admin:friendship_{self.opts.model_name}_merge")
        return HttpResponseRedirect(f"{address}?rows={keys[0]}&rows={keys[1]}")

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        """Show two records side by side and what merging them would move, and merge them."""
        refuse_nul(request)
        asked = request.POST if request.method == "POST" else request.GET
        rows = self._two(request, asked.getlist("rows"))
        kept = next((row for row in rows if str(row.pk) == asked.get("kept")), rows[0])
        [gone] = [row for row in rows if row.pk != kept.pk]
        if request.method == "POST":
            return self._merged(request, kept, gone)
        context: dict[str, Any] = {}
        try:
            preview = merging.preview(kept, gone)
            context = outcome(preview) | {"sheets": _as_sheets(preview.steps, ProposalKind.MERGE)}
        except _REFUSALS as error:
            context["refusal"] = in_words(error)
        return self._shown(
            request,
            "merge",
            title=_("Merge two records"),
            rows=rows,
            kept=kept,
            gone=gone,
            comparison=comparison(rows),
            note_name=proposing.NOTE,
            needs_review=merging.touches_public(kept, gone) and not curation.may_publish_own(request.user),
            **context,
        )

    def _two(self, request: HttpRequest, keys: list[str]) -> list[Any]:
        numbers = {number for key in keys if (number := key_of(key)) is not None}
        rows = sorted(self.get_queryset(request).filter(pk__in=numbers), key=_public_first)
        if len(rows) != 2:
            raise Http404
        if not all(self.has_change_permission(request, row) for row in rows):
            raise PermissionDenied
        return rows

    def _merged(self, request: HttpRequest, kept: Any, gone: Any) -> HttpResponse:
        for row in (kept, gone):
            row.version = key_of(request.POST.get(f"seen-{row.pk}", "")) or 0
        try:
            merged = _merged_or_proposed(request, kept, gone)
        except _REFUSALS as error:
            self.message_user(request, in_words(error), messages.ERROR)
            address = reverse(f"admin:friendship_{self.opts.model_name}_merge")
            return HttpResponseRedirect(f"{address}?rows={kept.pk}&rows={gone.pk}&kept={kept.pk}")
        if isinstance(merged, Proposal):
            return self._proposed(request, merged, kept)
        self.message_user(request, _("Merged: all of it stands with one record now."), messages.SUCCESS)
        key = merged.redirect.pk if merged.redirect else None
        return HttpResponseRedirect(reverse("admin:friendship_redirect_change", args=[key]))


def _taken_back(request: HttpRequest, chosen: reverting.Chosen) -> Undone | Proposal | None:
    """What was taken back; where a second person has to look first, the proposal, or None where nothing is left."""
    try:
        return reverting.revert(chosen, actor=request.user)
    except curation.NeedsReview:
        return reverting.propose_revert(chosen, actor=request.user, note=proposing.note_of(request))


def _merged_or_proposed(request: HttpRequest, kept: Any, gone: Any) -> merging.Merged | Proposal:
    """What the merge did; where a second person has to look first, the proposal."""
    try:
        return merging.merge(kept, gone, actor=request.user)
    except curation.NeedsReview:
        return reverting.propose_merge(kept, gone, actor=request.user, note=proposing.note_of(request))


def _public_first(row: Any) -> tuple[bool, int]:
    return row.review_state != ReviewState.PUBLISHED, row.pk


def _as_sheets(steps: list[Any], kind: str) -> list[Any]:
    """Steps record by record, as a proposal shows them; at most so many."""
    return list(sheets(Proposal(kind=kind, changes=reverting.changes_of(steps[:_SHEETS_SHOWN]))))


def said(left: Kept) -> str:
    """What was left as it is, and why."""
    record: Relationship | Place | Any = left.row
    named = {"kind": record._meta.verbose_name, "record": left.label, "why": _(left.why)}
    told = [_("%(kind)s “%(record)s”: %(why)s") % named]
    if left.facts:
        facts = pgettext("between names", ", ").join(str(fact.label) for fact in left.facts)
        told.append(_("It stays: %(facts)s.") % {"facts": facts})
    if left.why == EDITED and left.who:
        told.append(_("Changed by %(who)s.") % {"who": left.who})
    return in_sentences(*told)
