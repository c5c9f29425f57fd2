"""Forms of records that the public sees: what is changed there is written down as a proposal instead of being saved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from friendship import curation
from friendship.admin.keys import key_of
from friendship.curation import proposals, rights
from friendship.curation.proposals import Change
from friendship.enums import ProposalKind
from friendship.models import Proposal
from friendship.models.curation import Curated

#: In the address of a form: the proposal that is being mended in it.
PARAMETER = "proposal"
#: The box in which the author tells the reviewer why.
NOTE = "proposal_note"
_LONGEST_NOTE = 2_000


class Deferred(Exception):
    """Rows were not deleted: the public sees some of them, and their deletion is to be proposed."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__()
        self.changes = changes


def begin(request: HttpRequest) -> None:
    """Forget what an earlier attempt at the same request has collected."""
    request.proposed = []  # type: ignore[attr-defined] # the request carries what its form proposes


def collected(request: HttpRequest) -> list[Change]:
    """What the form of this request proposes so far."""
    changes: list[Change] = getattr(request, "proposed", [])
    return changes


def write(request: HttpRequest, row: Curated, seen_version: int | None) -> None:
    """Save the row, or write down what saving it would change. Raises what ``curation.save`` raises.

    What others have changed since the form was shown is kept, and the person is told.
    """
    with transaction.atomic():
        if seen_version is not None and (facts := curation.rebase(row, seen_version)):
            _tell(request, row, facts)
        if not curation.needs_review(row, request.user):
            curation.save(row, actor=request.user)
            return
        rights.guard(row, request.user)
        if (change := proposals.difference(row))["after"]:
            collected(request).append(change)


def _tell(request: HttpRequest, row: Curated, facts: list[str]) -> None:
    told = _("“%(row)s”: somebody has changed this meanwhile: %(facts)s. Both changes are kept.")
    messages.warning(request, told % {"row": row, "facts": pgettext("between names", ", ").join(facts)})


def remove(request: HttpRequest, row: Curated, seen_version: int | None) -> None:
    """Delete the row, or write down that it should go."""
    rights.guard(row, request.user)
    if curation.needs_review(row, request.user):
        collected(request).append(proposals.removal(row, seen_version))
    else:
        curation.delete(row, actor=request.user, seen_version=seen_version)


def remove_all(request: HttpRequest, rows: Iterable[tuple[Curated, int | None]]) -> None:
    """Delete all rows, or none of them where the public sees one. Raises ``Deferred``."""
    rows = list(rows)
    if any(curation.needs_review(row, request.user) for row, _seen in rows):
        raise Deferred([proposals.removal(row, seen) for row, seen in rows])
    for row, seen in rows:
        curation.delete(row, actor=request.user, seen_version=seen)


def hand_in(request: HttpRequest, kind: str = ProposalKind.EDIT) -> Proposal | None:
    """Propose what the form has collected, in the place of the proposal that was being mended; None for nothing."""
    changes = collected(request)
    if not changes:
        return None
    note = note_of(request)
    mended = amended(request)
    if mended is not None:
        return proposals.amend(mended, changes, actor=request.user, note=note)
    return proposals.propose(changes, actor=request.user, kind=kind, note=note)


def note_of(request: HttpRequest) -> str:
    """What the author tells the reviewer."""
    return request.POST.get(NOTE, "").replace("\0", "")[:_LONGEST_NOTE].strip()


def amended(request: HttpRequest) -> Proposal | None:
    """The person’s own pending proposal that the address names."""
    key = key_of(request.GET.get(PARAMETER, ""))
    if key is None:
        return None
    own = Proposal.objects.pending().filter(pk=key, author=request.user.pk)
    return own.filter(kind__in=proposals.MENDED_IN_FORMS).first()


def prefill(row: Curated, proposal: Proposal) -> None:
    """Let a form show a row as the proposal would have it."""
    for change in proposal.changes:
        if change["action"] == "change" and _is_about(change, row):
            for column, value in change["after"].items():
                setattr(row, column, value)


def additions(proposal: Proposal, model: type[Curated]) -> list[dict[str, Any]]:
    """The new rows of a kind that the proposal would add, as the initial values of a form."""
    return [
        {column.removesuffix("_id"): value for column, value in change["after"].items()}
        for change in proposal.changes
        if change["action"] == "add" and change["model"] == model._meta.model_name
    ]


def _is_about(change: Change, row: Curated) -> bool:
    return bool(change["model"] == row._meta.concrete_model._meta.model_name and change["pk"] == row.pk)  # type: ignore[union-attr]
