"""Changes written down before they are made: proposed, looked at by a second person, carried out or returned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from friendship.curation import (
    Actor,
    StaleVersion,
    carrying,
    may_publish,
    may_publish_own,
    merging,
    publish,
    rights,
    undoing,
)
from friendship.curation.changes import MODELS, Change, columns_of, difference, model_of, removal, values_of
from friendship.enums import ProposalKind, ProposalState
from friendship.models import Place, Proposal, Relationship
from friendship.queries.rights import remit_of

#: What a change says is told in ``changes``; whoever proposes needs it at hand.
__all__ = [
    "MODELS",
    "Change",
    "Conflict",
    "NotPending",
    "amend",
    "apply",
    "columns_of",
    "decline",
    "difference",
    "guard_deciding",
    "model_of",
    "propose",
    "propose_publication",
    "removal",
    "send_back",
    "submit",
    "touches_public",
    "undo",
    "values_of",
    "withdraw",
]


#: Kinds that their author mends in the form of the record.
MENDED_IN_FORMS = (ProposalKind.EDIT, ProposalKind.REVERT)


class NotPending(Exception):
    """Somebody else has decided the proposal meanwhile; the message says so."""


class Conflict(Exception):
    """The register says something else by now than what the author of the proposal saw.

    ``clashes`` are (index of the change, column, value held now).
    """

    def __init__(self, clashes: Sequence[tuple[int, str, Any]]) -> None:
        super().__init__(_("Somebody has changed the same facts meanwhile. Look at the values of today and return it."))
        self.clashes = list(clashes)


# --- the life of a proposal -------------------------------------------------------------------------------------------


def propose(
    changes: Sequence[Change],
    *,
    actor: Actor,
    kind: str = ProposalKind.EDIT,
    note: str = "",
    prepared: bool = False,
    left_out: Mapping[str, Any] | None = None,
) -> Proposal:
    """Write down what somebody wants changed; a reviewer sees it at once unless it is only ``prepared``.

    ``left_out`` tells of the rows of a selection or a file that would not change, see ``Proposal.left_out``.
    Raises ``PermissionDenied`` where any of it lies beyond the actor's remit.
    """
    state = ProposalState.PREPARED if prepared else ProposalState.OPEN
    proposal = Proposal(kind=kind, state=state, changes=list(changes), note=note, author=_person(actor))
    proposal.left_out = dict(left_out or {})
    proposal.submitted_at = None if prepared else timezone.now()
    _name_subject(proposal)
    _guard_remit(proposal, actor)
    proposal.full_clean()
    proposal.save()
    return proposal


def propose_publication(tie: Relationship, *, actor: Actor, note: str = "") -> Proposal:
    """Ask that a draft be published; asked again, a returned proposal waits once more."""
    with transaction.atomic():
        Relationship.objects.select_for_update().get(pk=tie.pk)
        held = Proposal.objects.pending().filter(kind=ProposalKind.PUBLISH, relationship=tie).first()
        if held is None:
            held = Proposal(kind=ProposalKind.PUBLISH, relationship=tie)
        held.author = _person(actor)
        held.note = note or held.note
        held.state = ProposalState.OPEN
        held.submitted_at = timezone.now()
        _guard_remit(held, actor)
        held.full_clean()
        held.save()
    return held


def amend(proposal: Proposal, changes: Sequence[Change], *, actor: Actor, note: str = "") -> Proposal:
    """Put other changes in the place of those that wait or were returned, and ask for review again."""
    with _held(proposal, ProposalState.PREPARED, ProposalState.OPEN, ProposalState.RETURNED) as held:
        _guard_author(held, actor)
        if held.kind not in MENDED_IN_FORMS:
            raise PermissionDenied(_("Such a proposal is withdrawn and made anew."))
        held.changes = list(changes)
        held.note = note or held.note
        held.state = ProposalState.OPEN
        held.submitted_at = timezone.now()
        _name_subject(held)
        _guard_remit(held, actor)
    return held


def submit(proposal: Proposal, *, actor: Actor) -> Proposal:
    """Ask for the review of what was prepared or returned."""
    with _held(proposal, ProposalState.PREPARED, ProposalState.RETURNED) as held:
        _guard_author(held, actor)
        _guard_remit(held, actor)
        held.state = ProposalState.OPEN
        held.submitted_at = timezone.now()
    return held


def withdraw(proposal: Proposal, *, actor: Actor) -> Proposal:
    """Take one's own proposal back before it is decided."""
    with _held(proposal, ProposalState.PREPARED, ProposalState.OPEN, ProposalState.RETURNED) as held:
        _guard_author(held, actor)
        _decide(held, ProposalState.WITHDRAWN, actor)
    return held


def send_back(proposal: Proposal, *, actor: Actor, word: str) -> Proposal:
    """Return a proposal to its author with a word about what is to be mended."""
    if not word.strip():
        raise ValidationError({"word": _("Reviewer’s word: say what is to be mended.")})
    with _held(proposal, ProposalState.OPEN) as held:
        _guard_reviewer(actor)
        _guard_remit(held, actor)
        held.word = word.strip()
        _decide(held, ProposalState.RETURNED, actor)
    return held


def decline(proposal: Proposal, *, actor: Actor, word: str) -> Proposal:
    """Refuse a proposal for good, with the reason."""
    if not word.strip():
        raise ValidationError({"word": _("Reviewer’s word: say why it is declined.")})
    with _held(proposal, ProposalState.OPEN) as held:
        _guard_reviewer(actor)
        _guard_remit(held, actor)
        held.word = word.strip()
        _decide(held, ProposalState.DECLINED, actor)
    return held


def apply(
    proposal: Proposal, *, actor: Actor, as_seen: Callable[[Proposal], bool] = lambda _proposal: True
) -> Proposal:
    """Carry a proposal out, wholly or not at all.

    ``as_seen`` tells, once nobody else can change the rows, whether they are what the person who decides was shown.
    Raises ``StaleVersion`` where they are not, ``NotPending`` where somebody was faster, ``Conflict`` where the
    register says something else by now than what the author saw, ``PermissionDenied`` where the actor may not decide
    it, ``ValidationError`` where it breaks a rule.
    """
    with _held(proposal, ProposalState.PREPARED, ProposalState.OPEN) as held:
        _lock(held)
        if not as_seen(held):
            raise StaleVersion(_("Something has changed since you opened this page. Look at it again, then decide."))
        guard_deciding(held, actor)
        _CARRYING_OUT.get(held.kind, _write)(held, actor)
        _decide(held, ProposalState.APPLIED, actor)
    return held


def undo(proposal: Proposal, *, actor: Actor) -> Proposal:
    """Take back what a proposal changed; what somebody has changed since stays, and is named in ``kept``."""
    with _held(proposal, ProposalState.APPLIED) as held:
        if held.kind == ProposalKind.PUBLISH:
            raise PermissionDenied(_("A publication is not undone: unpublish the record instead."))
        if (actor is not None and actor != held.author) or carrying.touch_public(held.changes):
            _guard_reviewer(actor)
        kept = undoing.undo(held.history_reason, actor=actor, finely=True)
        held.kept = [
            {"model": left.row._meta.model_name, "id": left.row.pk, "label": left.label, "why": left.why}
            for left in kept
        ]
        held.state = ProposalState.UNDONE
        held.undone_by, held.undone_at = _person(actor), timezone.now()
    return held


def _lock(proposal: Proposal) -> None:
    """Hold the rows that the proposal is about until the transaction ends."""
    carrying.Held(proposal.changes, read=lambda model: model._default_manager.select_for_update(of=("self",)))
    if proposal.kind == ProposalKind.PUBLISH and (tie := proposal.relationship) is not None:
        list(Relationship.objects.select_for_update(of=("self",)).filter(pk=tie.pk))
        list(Place.objects.select_for_update(of=("self",)).filter(pk__in=(tie.home_id, tie.partner_id)))
        tie.refresh_from_db()


# --- who decides ------------------------------------------------------------------------------------------------------


def guard_deciding(proposal: Proposal, actor: Actor) -> None:
    """Refuse whoever may not carry the proposal out. Raises ``PermissionDenied``."""
    if not touches_public(proposal):
        if actor is not None and actor != proposal.author:
            _guard_reviewer(actor)
        return
    _guard_reviewer(actor)
    if actor is not None and actor == proposal.author and not may_publish_own(actor):
        raise PermissionDenied(_("This is your own proposal: another reviewer has to look at it."))


def touches_public(proposal: Proposal) -> bool:
    """Whether the public sees any of what would change; publishing always does."""
    return proposal.kind == ProposalKind.PUBLISH or carrying.touch_public(proposal.changes)


def _guard_reviewer(actor: Actor) -> None:
    if not may_publish(actor):
        raise PermissionDenied(_("Only reviewers decide about proposals."))


def _guard_remit(proposal: Proposal, actor: Actor) -> None:
    """Every row as it is held and as it would become; one that was deleted meanwhile is nobody's any more."""
    if remit_of(actor) is None:
        return
    if proposal.kind == ProposalKind.PUBLISH and proposal.relationship is not None:
        rights.guard(proposal.relationship, actor)
    held = carrying.Held(proposal.changes)
    rights.guard_held(carrying.staying(proposal.changes, held), actor)
    for change in proposal.changes:
        if not carrying.stays(change) and (row := carrying.altered(change, held)) is not None:
            rights.guard(row, actor)


def _guard_author(proposal: Proposal, actor: Actor) -> None:
    if actor is not None and actor != proposal.author:
        raise PermissionDenied(_("Only who wrote a proposal changes it or takes it back."))


# --- carrying out -----------------------------------------------------------------------------------------------------


def _write(proposal: Proposal, actor: Actor) -> None:
    changes: list[Change] = proposal.changes
    held = carrying.Held(changes, read=lambda model: model._default_manager.select_for_update())
    if clashes := list(carrying.clashes(changes, held)):
        raise Conflict(clashes)
    known: dict[str, Any] = {"actor": actor, "author": proposal.author, "reason": proposal.history_reason}
    if proposal.kind in _OF_MANY and carrying.is_plain(changes):
        carrying.write_together(changes, held, **known)
    else:
        carrying.write_each(changes, **known)


def _publish(proposal: Proposal, actor: Actor) -> None:
    if proposal.relationship is None:
        raise StaleVersion(_("The draft has been deleted meanwhile."))
    publish([proposal.relationship], actor=actor, reason=proposal.history_reason)


#: Kinds whose changes may be thousands, all of one form.
_OF_MANY = frozenset({ProposalKind.BULK, ProposalKind.SHEET})


def _merge(proposal: Proposal, actor: Actor) -> None:
    """Merge the record of the second change into that of the first; the others tell what moves."""
    rows = carrying.Held(proposal.changes[:2])
    kept, gone = (rows.of(change) for change in proposal.changes[:2])
    if not isinstance(kept, Place | Relationship) or not isinstance(gone, Place | Relationship):
        raise StaleVersion(_("One of the two records has been deleted meanwhile."))
    merging.merge(kept, gone, actor=actor, reason=proposal.history_reason, reviewed=True, author=proposal.author)


_CARRYING_OUT: dict[str, Callable[[Proposal, Actor], None]] = {
    ProposalKind.PUBLISH: _publish,
    ProposalKind.MERGE: _merge,
}


# --- bookkeeping ------------------------------------------------------------------------------------------------------


@contextmanager
def _held(proposal: Proposal, *states: str) -> Iterator[Proposal]:
    """The proposal, locked, in one of the states; what is altered of it is saved. Raises ``NotPending``."""
    with transaction.atomic():
        held = Proposal.objects.select_for_update(of=("self",)).filter(pk=proposal.pk, state__in=states).first()
        if held is None:
            raise NotPending(_("Somebody else has decided this proposal meanwhile. The page shows how it stands now."))
        yield held
        _forget_deleted_subject(held)
        held.full_clean()
        held.save()


def _forget_deleted_subject(proposal: Proposal) -> None:
    """A proposal that deleted its subject is about none any more; its changes tell which it was."""
    tie, place = proposal.relationship_id, proposal.place_id
    if tie is not None and not Relationship.objects.filter(pk=tie).exists():
        proposal.relationship = None
    if place is not None and not Place.objects.filter(pk=place).exists():
        proposal.place = None


def _decide(proposal: Proposal, state: str, actor: Actor) -> None:
    proposal.state = state
    proposal.decided_by, proposal.decided_at = _person(actor), timezone.now()


def _person(actor: Actor) -> Any:
    return actor if actor is not None and actor.is_authenticated else None


def _name_subject(proposal: Proposal) -> None:
    """Say which tie or place the proposal is about, where it is about one."""
    ties, places = set[Any](), set[Any]()
    for change in proposal.changes:
        match change["model"]:
            case "relationship":
                ties.add(change["pk"])
            case "event" | "evidence":
                ties.add(_tie_of(change))
            case "place":
                places.add(change["pk"])
    proposal.relationship_id = next(iter(ties)) if len(ties) == 1 and not places else None
    proposal.place_id = next(iter(places)) if len(places) == 1 and not ties else None


def _tie_of(change: Change) -> Any:
    for values in (change["before"], change["after"]):
        if (key := values.get("relationship_id")) is not None:
            return key
    held: Any = model_of(change)._default_manager.filter(pk=change["pk"]).first()
    return held and held.relationship_id
