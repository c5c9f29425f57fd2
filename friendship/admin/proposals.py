"""Proposed changes: what waits for review, each field by field, with what a reviewer and its author can do about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import ProtectedError, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from friendship import curation
from friendship.admin import differences
from friendship.admin.keys import refuse_odd_list
from friendship.admin.proposing import PARAMETER
from friendship.admin.register import in_words
from friendship.curation import proposals
from friendship.enums import ProposalKind, ProposalState
from friendship.models import Proposal
from friendship.queries.rights import narrowed

_SHEETS_A_PAGE = 50
_REFUSALS_SHOWN = 200
_LONGEST_WORD = 2_000
_REFUSALS = (
    proposals.NotPending,
    proposals.Conflict,
    curation.StaleVersion,
    ValidationError,
    PermissionDenied,
    IntegrityError,
    ProtectedError,
)

_CARRIED_OUT = _("Carried out: the register now says so.")
_DONE = {
    "apply": _("Published: the register now says so."),
    "return": _("Returned to the author with your word."),
    "decline": _("Declined. The register stays as it is."),
    "submit": _("A reviewer sees it now."),
    "withdraw": _("Withdrawn. The register stays as it is."),
    "undo": _("Undone: the register says again what it said before."),
}


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin):  # type: ignore[type-arg] # generic in its types only
    """Every proposal. One address shows it as it stands: waiting, returned, published, undone."""

    list_display = ("subject", "kind", "state", "author", "submitted_at", "decided_by", "decided_at")
    list_display_links = ("subject",)
    list_filter = ("state", "kind")
    list_per_page = 50
    list_select_related = (
        "author",
        "decided_by",
        "relationship__home",
        "relationship__partner",
        "place",
    )
    search_fields = ("relationship__home__search_text", "relationship__partner__search_text", "place__search_text")
    actions = None
    empty_value_display = "—"

    def get_urls(self) -> list[URLPattern]:
        """The page of a proposal sends its decisions to an address of their own."""
        decide = self.admin_site.admin_view(self.decide_view)
        return [path("<int:pk>/decide/", decide, name="friendship_proposal_decide"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Proposals come from the forms of records."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        """Nobody edits a proposal here: its author does so in the form of the record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        """What was proposed is never forgotten; its author withdraws it."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """List the proposals under their own name."""
        refuse_odd_list(request, self.model)
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        """Proposals without what they would change; what somebody prepares is theirs alone."""
        rows = narrowed(super().get_queryset(request).defer("changes", "left_out"), request.user)
        return rows.exclude(
            pk__in=rows.filter(state=ProposalState.PREPARED).exclude(author=request.user.pk).values("pk")
        )

    @admin.display(description=_("record"))
    def subject(self, proposal: Proposal) -> str:
        """The record that would change, or that there are several."""
        return str(proposal.relationship or proposal.place or proposal.get_kind_display())

    # --- one proposal

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show what would change, field by field."""
        return self._page(request, self._proposal(request, unquote(object_id)))

    def _proposal(self, request: HttpRequest, key: int | str) -> Proposal:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            known = narrowed(Proposal.objects.all(), request.user)
            found = known.select_related("author", "decided_by", "undone_by").filter(pk=int(key)).first()
        except (ValueError, OverflowError):
            raise Http404 from None
        if found is None or (found.state == ProposalState.PREPARED and found.author != request.user):
            raise Http404
        return found

    def _page(self, request: HttpRequest, proposal: Proposal, **context: Any) -> TemplateResponse:
        shown = differences.sheets(proposal, context.pop("clashes", ()))
        pages = Paginator(shown, _SHEETS_A_PAGE)
        page = pages.get_page(request.GET.get("p"))
        shared = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "proposal": proposal,
            "title": str(proposal),
            "page": page,
            "page_range": list(pages.get_elided_page_range(page.number)),
            "gap": pages.ELLIPSIS,
            "is_list": proposal.kind in (ProposalKind.BULK, ProposalKind.SHEET),
            "refused": len(proposal.left_out.get("refused", ())),
            "refusals": differences.refusals(proposal.left_out, _REFUSALS_SHOWN),
            "seen": differences.fingerprint(proposal),
            "count": len(shown),
            **_offered(request, proposal),
        }
        return TemplateResponse(request, "admin/friendship/proposal/page.html", shared | context)

    # --- deciding

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry out what somebody decided about the proposal."""
        proposal = self._proposal(request, pk)
        decision = request.POST.get("decision", "")
        act = _deciding(request).get(decision)
        if request.method != "POST" or act is None:
            return self._to(proposal)
        try:
            act(proposal)
        except _REFUSALS as error:
            return self._refused(request, proposal, error)
        told = _CARRIED_OUT if decision == "apply" and proposal.state == ProposalState.PREPARED else _DONE[decision]
        self.message_user(request, told, messages.SUCCESS)
        return self._to(proposal)

    def _refused(self, request: HttpRequest, proposal: Proposal, error: Exception) -> HttpResponse:
        """Say why; nothing that was typed is lost."""
        self.message_user(request, in_words(error), messages.ERROR)
        if isinstance(error, proposals.NotPending):
            return self._to(proposal)
        clashes = error.clashes if isinstance(error, proposals.Conflict) else ()
        return self._page(request, proposal, clashes=clashes, word=request.POST.get("word", ""))

    def _to(self, proposal: Proposal) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:friendship_proposal_change", args=[proposal.pk]))


def _seen_in(request: HttpRequest) -> Callable[[Proposal], bool]:
    seen = request.POST.get("seen")
    return lambda proposal: differences.fingerprint(proposal) == seen


def _deciding(request: HttpRequest) -> dict[str, Callable[[Proposal], Proposal]]:
    actor = request.user
    word = request.POST.get("word", "").replace("\0", "")[:_LONGEST_WORD]
    return {
        "apply": partial(proposals.apply, actor=actor, as_seen=_seen_in(request)),
        "return": partial(proposals.send_back, actor=actor, word=word),
        "decline": partial(proposals.decline, actor=actor, word=word),
        "submit": partial(proposals.submit, actor=actor),
        "withdraw": partial(proposals.withdraw, actor=actor),
        "undo": partial(proposals.undo, actor=actor),
    }


def _offered(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """What the person may do about the proposal as it stands."""
    own = proposal.author == request.user
    waits = proposal.state == ProposalState.OPEN
    refusal = _why_not(request, proposal) if proposal.state in (ProposalState.OPEN, ProposalState.PREPARED) else ""
    reviews = curation.may_publish(request.user)
    return {
        "own": own,
        "may_apply": not refusal and (waits or (own and proposal.state == ProposalState.PREPARED)),
        "why_not": refusal if waits and (reviews or own) else "",
        "may_return": waits and reviews and not own,
        "may_submit": own
        and proposal.state in (ProposalState.PREPARED, ProposalState.RETURNED)
        and (bool(refusal) or proposal.state == ProposalState.RETURNED),
        "may_withdraw": own and proposal.is_pending,
        "may_undo": _may_undo(request, proposal, reviews=reviews),
        "form": _form(proposal) if own and proposal.is_pending else "",
    }


def _may_undo(request: HttpRequest, proposal: Proposal, *, reviews: bool) -> bool:
    """Reviewers take back what was carried out; of drafts alone, its author as well."""
    if proposal.state != ProposalState.APPLIED or proposal.kind == ProposalKind.PUBLISH:
        return False
    return reviews or (proposal.author == request.user and not proposals.touches_public(proposal))


def _why_not(request: HttpRequest, proposal: Proposal) -> str:
    try:
        proposals.guard_deciding(proposal, request.user)
    except PermissionDenied as error:
        return str(error)
    return ""


def _form(proposal: Proposal) -> str:
    """Where the author mends the proposal: the form of the record, as the proposal would have it."""
    if proposal.kind == ProposalKind.PUBLISH and proposal.relationship_id:
        return reverse("admin:friendship_relationship_change", args=[proposal.relationship_id])
    if proposal.kind not in (ProposalKind.EDIT, ProposalKind.REVERT):
        return ""
    for model, key in (("relationship", proposal.relationship_id), ("place", proposal.place_id), _only_row(proposal)):
        if key:
            return reverse(f"admin:friendship_{model}_change", args=[key]) + f"?{PARAMETER}={proposal.pk}"
    return ""


def _only_row(proposal: Proposal) -> tuple[str, Any]:
    change = proposal.changes[0] if len(proposal.changes) == 1 else None
    return (change["model"], change["pk"]) if change and change["action"] == "change" else ("", None)
