"""Taking back one set of changes of a record, and asking for it, or for a merge, where the public sees the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from friendship.curation import Actor, merging
from friendship.curation.proposals import Change, columns_of, propose
from friendship.curation.touched import Step
from friendship.curation.undoing import Undone, take_back
from friendship.enums import ProposalKind
from friendship.models import Place, Proposal, Relationship
from friendship.models.curation import Curated

#: Records of history by their model.
Chosen = Mapping[type[Curated], Sequence[int]]


def revert(chosen: Chosen, *, actor: Actor) -> Undone:
    """Take back what these records of history wrote, fact by fact; what was changed since stays, and is returned.

    Raises ``NeedsReview`` where the public sees a row and a second person has to look first: then ``propose_revert``.
    """
    return take_back(_records(chosen), note=_note(chosen), actor=actor)


def preview(chosen: Chosen) -> Undone:
    """What would be taken back, and what would stay."""
    with transaction.atomic():  # the same code, rolled back
        undone = take_back(_records(chosen), note=_note(chosen), actor=None)
        transaction.set_rollback(True)
    return undone


def propose_revert(chosen: Chosen, *, actor: Actor, note: str = "") -> Proposal | None:
    """Ask that these records be taken back; None where nothing of them is left to take back.

    What comes back is a draft until somebody publishes it.
    """
    changes = changes_of(preview(chosen).steps)
    return propose(changes, actor=actor, kind=ProposalKind.REVERT, note=note) if changes else None


def propose_merge(kept: Place | Relationship, gone: Place | Relationship, *, actor: Actor, note: str = "") -> Proposal:
    """Ask that two records be merged. The first change is of the one that stays, the second of the one that goes."""
    steps = merging.preview(kept, gone).steps
    of_kept = [step for step in steps if _is_about(step, kept) and step.action == "change"]
    first = of_kept[0] if of_kept else Step(_model(kept), kept.pk, kept.version, "change", {}, {})
    [second] = [step for step in steps if _is_about(step, gone) and step.action == "delete"]
    others = changes_of(step for step in steps if step not in (first, second))
    changes = [_as_change(first), _as_change(second), *others]
    with transaction.atomic():
        proposal = propose(changes, actor=actor, kind=ProposalKind.MERGE, note=note)
        proposal.place = kept if isinstance(kept, Place) else None
        proposal.relationship = kept if isinstance(kept, Relationship) else None
        proposal.save()
    return proposal


def changes_of(steps: Iterable[Step]) -> list[Change]:
    """Steps as a proposal holds them; those that only publish or hide are left out."""
    changes = [_as_change(step) for step in steps]
    return [change for change in changes if change["action"] != "change" or change["after"]]


def _as_change(step: Step) -> Change:
    columns = set(columns_of(step.model))
    before, after = (_told(step, values, columns) for values in (step.before, step.after))
    return Change(
        model=str(step.model._meta.model_name),
        pk=step.key,
        version=step.version,
        action=step.action,
        before=before,
        after=after,
    )


def _told(step: Step, values: dict[str, Any], columns: set[str]) -> dict[str, Any]:
    """The columns that a proposal tells: of a new or deleted row those that say something."""
    whole = step.action != "change"
    return {name: value for name, value in values.items() if name in columns and not (whole and value in (None, ""))}


def _is_about(step: Step, row: Place | Relationship) -> bool:
    return (step.model, step.key) == (_model(row), row.pk)


def _model(row: Place | Relationship) -> type[Curated]:
    return Place if isinstance(row, Place) else Relationship


def _records(chosen: Chosen) -> Any:
    def records(model: type[Curated]) -> QuerySet[Any]:
        keys = chosen.get(model, ())
        return model.history.filter(history_id__in=keys)  # type: ignore[attr-defined,no-any-return]

    return records


def _note(chosen: Chosen) -> str:
    """The reason in the history: which record was taken back, the first where there are several."""
    model, keys = next(iter(chosen.items()))
    return f"revert/{model._meta.model_name}/{min(keys)}"
