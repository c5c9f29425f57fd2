"""One change for many records: what each would become, which are so already, which are refused and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from friendship.curation import batches
from friendship.curation.changes import Change
from friendship.enums import Claim, Strength
from friendship.models import Evidence, Place, Relationship, Source
from friendship.models.curation import Curated

#: More than any office changes in one go; what is proposed at once is also looked at at once.
MOST_ROWS = 20_000

NOT_YOURS = gettext_noop("You may not change this record.")

#: Whether the person may change the row at all.
Allowed = Callable[[Any], bool]


@dataclass
class Built:
    """What a selection or a file would change, and what it would not.

    ``added`` counts the rows of a file that the register does not know: they are left alone.
    """

    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    added: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def change(self, row: Curated, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Let the row say something else in these columns."""
        self.changes.append(
            Change(model=_name(row), pk=row.pk, version=row.version, action="change", before=before, after=after)
        )

    def refuse(
        self,
        row: Curated | None,
        why: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        number: int = 0,
        label: str = "",
    ) -> None:
        """Leave the row as it is; ``why`` is a text of the catalogue, ``number`` and ``label`` tell the row of a file.

        A parameter called ``field`` is the name of a fact.
        """
        self.refused.append(
            {
                "model": _name(row) if row is not None else "",
                "pk": row.pk if row is not None else None,
                "row": number,
                "label": label,
                "why": why,
                "parameters": dict(parameters or {}),
            }
        )

    @property
    def left_out(self) -> dict[str, Any]:
        """What would not change, as ``Proposal.left_out`` keeps it."""
        return {"unchanged": self.unchanged, "added": self.added, "refused": self.refused}


def _name(row: Curated) -> str:
    return str(row._meta.concrete_model._meta.model_name)  # type: ignore[union-attr] # none for abstract ones alone


def set_value(rows: Iterable[Curated], column: str, value: Any, *, may_change: Allowed) -> Built:
    """Let all rows have this value in a column."""
    built = Built()
    for row in rows:
        held = getattr(row, column)
        if held == value:
            built.unchanged += 1
        elif not may_change(row):
            built.refuse(row, NOT_YOURS)
        else:
            built.change(row, {column: held}, {column: value})
    return built


def set_parent(places: Iterable[Place], parent: Place, *, may_change: Allowed) -> Built:
    """Let the places belong to another, where it can contain them."""
    built = Built()
    for place in places:
        if place.parent_id == parent.pk:
            built.unchanged += 1
        elif not may_change(place):
            built.refuse(place, NOT_YOURS)
        elif fault := place.fault_of_parent(parent):
            built.refuse(place, fault)
        else:
            built.change(place, {"parent_id": place.parent_id}, {"parent_id": parent.pk})
    return built


def add_source(ties: Iterable[Relationship], source: Source, *, may_change: Allowed) -> Built:
    """Let the source speak for each tie that it does not speak for yet.

    What it calls the tie is not known, so the value of the evidence stays empty.
    """
    built = Built()
    for some in batches(ties):
        spoken_of = Evidence.objects.filter(source=source, claim=Claim.TIE, relationship__in=[tie.pk for tie in some])
        known = set(spoken_of.values_list("relationship", flat=True))
        for tie in some:
            if tie.pk in known:
                built.unchanged += 1
            elif not may_change(tie):
                built.refuse(tie, NOT_YOURS)
            else:
                built.changes.append(_piece(tie, source))
    return built


def _piece(tie: Relationship, source: Source) -> Change:
    after = {
        "source_id": source.pk,
        "relationship_id": tie.pk,
        "claim": Claim.TIE.value,
        "strength": Strength.EXPLICIT.value,
    }
    return Change(model="evidence", pk=None, version=None, action="add", before={}, after=after)
