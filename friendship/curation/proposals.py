"""Changes written down before they are made: proposed, looked at by a second person, carried out or returned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypedDict

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from friendship.curation import (
    Actor,
    StaleVersion,
    delete,
    lock,
    may_publish,
    may_publish_own,
    merging,
    publish,
    save,
    undoing,
)
from friendship.curation.reviewing import is_public
from friendship.enums import ProposalKind, ProposalState
from friendship.models import Place, Proposal, Relationship
from friendship.models.curation import Curated

#: The models whose rows a proposal may change, by the name that stands in a change.
MODELS = ("relationship", "place", "country", "source", "event", "evidence", "reportedtotal")

#: What no proposal changes: bookkeeping, what the code derives, and what publishing decides.
_NOT_PROPOSED = frozenset({"version", "updated_at", "pinyin", "search_text", "review_state"})


class Change(TypedDict):
    """One row as it should become; see ``Proposal.changes``."""

    model: str
    pk: Any
    version: int | None
    action: str
    before: dict[str, Any]
    after: dict[str, Any]


class NotPending(Exception):
    """Somebody else has decided the proposal meanwhile; the message says so."""


class Conflict(Exception):
    """The register says something else by now than what the author of the proposal saw.

    ``clashes`` are (index of the change, column, value held now).
    """

    def __init__(self, clashes: Sequence[tuple[int, str, Any]]) -> None:
        super().__init__(_("Somebody has changed the same facts meanwhile. Look at the values of today and return it."))
        self.clashes = list(clashes)


# --- saying what should change ----------------------------------------------------------------------------------------


def model_of(change: Change) -> type[Curated]:
    """The model whose row the change is about. Raises ``LookupError`` for a name that is none of ``MODELS``."""
    if change["model"] not in MODELS:
        raise LookupError(change["model"])
    return apps.get_model("friendship", change["model"])


def columns_of(model: type[Curated]) -> list[str]:
    """The columns that a proposal may change, dates in their three columns, foreign keys by their keys."""
    fields = model._meta.concrete_fields
    return [
        field.attname
        for field in fields
        if field.name not in _NOT_PROPOSED and (not field.primary_key or _typed(field))
    ]


def _typed(field: Any) -> bool:
    """Whether a key is typed by people, as the code of a country."""
    return not field.get_internal_type().endswith("AutoField")


def values_of(row: Curated) -> dict[str, Any]:
    """What the row says, column by column."""
    return {column: getattr(row, column) for column in columns_of(_concrete(row))}


def difference(row: Curated, seen_version: int | None = None) -> Change:
    """What saving the row, as it was altered in memory, would change.

    Raises ``ValidationError`` where the row breaks a rule, ``StaleVersion`` where it was changed since.
    """
    model = _concrete(row)
    after = values_of(row)
    if row._state.adding:
        row.full_clean()
        return Change(model=_name(model), pk=None, version=None, action="add", before={}, after=_filled(values_of(row)))
    version = row.version if seen_version is None else seen_version
    with transaction.atomic():
        lock(row, version)
    row.full_clean()
    before = values_of(model._default_manager.get(pk=row.pk))
    altered = [column for column in after if after[column] != before[column]]
    return Change(
        model=_name(model),
        pk=row.pk,
        version=version,
        action="change",
        before={column: before[column] for column in altered},
        after={column: after[column] for column in altered},
    )


def removal(row: Curated, seen_version: int | None = None) -> Change:
    """What deleting the row would remove."""
    version = row.version if seen_version is None else seen_version
    model = _concrete(row)
    return Change(
        model=_name(model), pk=row.pk, version=version, action="delete", before=_filled(values_of(row)), after={}
    )


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in values.items() if value not in (None, "")}


def _concrete(row: Curated) -> type[Curated]:
    model: type[Curated] = row._meta.concrete_model  # type: ignore[assignment] # a proxy's table is its place's
    return model


def _name(model: type[Curated]) -> str:
    return str(model._meta.model_name)


# --- the life of a proposal -------------------------------------------------------------------------------------------


def propose(
    changes: Sequence[Change], *, actor: Actor, kind: str = ProposalKind.EDIT, note: str = "", prepared: bool = False
) -> Proposal:
    """Write down what somebody wants changed; a reviewer sees it at once unless it is only ``prepared``."""
    state = ProposalState.PREPARED if prepared else ProposalState.OPEN
    proposal = Proposal(kind=kind, state=state, changes=list(changes), note=note, author=_person(actor))
    proposal.submitted_at = None if prepared else timezone.now()
    _name_subject(proposal)
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
        held.full_clean()
        held.save()
    return held


def amend(proposal: Proposal, changes: Sequence[Change], *, actor: Actor, note: str = "") -> Proposal:
    """Put other changes in the place of those that wait or were returned, and ask for review again."""
    with _held(proposal, ProposalState.PREPARED, ProposalState.OPEN, ProposalState.RETURNED) as held:
        _guard_author(held, actor)
        held.changes = list(changes)
        held.note = note or held.note
        held.state = ProposalState.OPEN
        held.submitted_at = timezone.now()
        _name_subject(held)
    return held


def submit(proposal: Proposal, *, actor: Actor) -> Proposal:
    """Ask for the review of what was prepared or returned."""
    with _held(proposal, ProposalState.PREPARED, ProposalState.RETURNED) as held:
        _guard_author(held, actor)
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
        held.word = word.strip()
        _decide(held, ProposalState.RETURNED, actor)
    return held


def decline(proposal: Proposal, *, actor: Actor, word: str) -> Proposal:
    """Refuse a proposal for good, with the reason."""
    if not word.strip():
        raise ValidationError({"word": _("Reviewer’s word: say why it is declined.")})
    with _held(proposal, ProposalState.OPEN) as held:
        _guard_reviewer(actor)
        held.word = word.strip()
        _decide(held, ProposalState.DECLINED, actor)
    return held


def apply(proposal: Proposal, *, actor: Actor) -> Proposal:
    """Carry a proposal out, wholly or not at all.

    Raises ``NotPending`` where somebody was faster, ``Conflict`` where the register says something else by now than
    what the author saw, ``PermissionDenied`` where the actor may not decide it, ``ValidationError`` where it breaks a
    rule.
    """
    with _held(proposal, ProposalState.PREPARED, ProposalState.OPEN) as held:
        guard_deciding(held, actor)
        _CARRYING_OUT.get(held.kind, _write)(held, actor)
        _decide(held, ProposalState.APPLIED, actor)
    return held


def undo(proposal: Proposal, *, actor: Actor) -> Proposal:
    """Take back what a proposal changed; what somebody has changed since stays, and is named in ``kept``."""
    with _held(proposal, ProposalState.APPLIED) as held:
        if any(_is_public(change) for change in held.changes):
            _guard_reviewer(actor)
        kept = undoing.undo(held.history_reason, actor=actor, finely=True)
        held.kept = [
            {"model": left.row._meta.model_name, "id": left.row.pk, "label": left.label, "why": left.why}
            for left in kept
        ]
        held.state = ProposalState.UNDONE
        held.undone_by, held.undone_at = _person(actor), timezone.now()
    return held


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
    return proposal.kind == ProposalKind.PUBLISH or any(_is_public(change) for change in proposal.changes)


def _is_public(change: Change) -> bool:
    row = _row_of(change)
    if row is None:
        return False
    if is_public(row):
        return True
    moved = change["after"].get("relationship_id")
    return moved is not None and Relationship.objects.published().filter(pk=moved).exists()


def _row_of(change: Change) -> Curated | None:
    model = model_of(change)
    if change["action"] == "add":
        return model(**change["after"])
    return model._default_manager.filter(pk=change["pk"]).first()


def _guard_reviewer(actor: Actor) -> None:
    if not may_publish(actor):
        raise PermissionDenied(_("Only reviewers decide about proposals."))


def _guard_author(proposal: Proposal, actor: Actor) -> None:
    if actor is not None and actor != proposal.author:
        raise PermissionDenied(_("Only who wrote a proposal changes it or takes it back."))


# --- carrying out -----------------------------------------------------------------------------------------------------


def _write(proposal: Proposal, actor: Actor) -> None:
    changes: list[Change] = proposal.changes
    if clashes := list(_clashes(changes)):
        raise Conflict(clashes)
    for change in changes:
        _carry_out(change, proposal, actor)


def _clashes(changes: Sequence[Change]) -> Iterator[tuple[int, str, Any]]:
    """The facts that are neither as the author saw them nor as the author wants them."""
    for index, change in enumerate(changes):
        if change["action"] == "add":
            continue
        held = model_of(change)._default_manager.select_for_update().filter(pk=change["pk"]).first()
        if held is None:
            if change["action"] == "change":
                yield index, "", None
            continue
        if change["action"] == "delete" and held.version != change["version"]:
            yield index, "", str(held)
        for column, wanted in change["after"].items():
            value = getattr(held, column)
            if value not in (change["before"].get(column), wanted):
                yield index, column, value


def _carry_out(change: Change, proposal: Proposal, actor: Actor) -> None:
    model = model_of(change)
    known: dict[str, Any] = {
        "actor": actor,
        "author": proposal.author,
        "reason": proposal.history_reason,
        "reviewed": True,
    }
    if change["action"] == "add":
        back = {} if change["pk"] is None else {"pk": change["pk"]}  # what was deleted comes back under its key
        row = save(model(**back, **change["after"]), **known)
        change["pk"] = row.pk
        return
    held = model._default_manager.filter(pk=change["pk"]).first()
    if held is None:
        return  # somebody else has deleted it already
    if change["action"] == "delete":
        delete(held, **known)
        return
    for column, value in change["after"].items():
        setattr(held, column, value)
    save(held, **known)


def _publish(proposal: Proposal, actor: Actor) -> None:
    if proposal.relationship is None:
        raise StaleVersion(_("The draft has been deleted meanwhile."))
    publish([proposal.relationship], actor=actor, reason=proposal.history_reason)


def _merge(proposal: Proposal, actor: Actor) -> None:
    """Merge the record of the second change into that of the first; the others tell what moves."""
    kept, gone = (_row_of(change) for change in proposal.changes[:2])
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
        held.full_clean()
        held.save()


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
