"""What a list says of a tie beside what the register holds: the same, more, or something else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from friendship.dates import PartialDate
from friendship.enums import Claim, Status
from friendship.models import Relationship

#: The claim under which a source’s word on a column stands; notes are the register’s own and no claim.
CLAIMS = {
    "type": Claim.TIE,
    "type_as_printed": Claim.TYPE,
    "status": Claim.STATUS,
    "founded": Claim.FOUNDED,
    "ended": Claim.ENDED,
}
_DATES = ("founded", "ended")


@dataclass(frozen=True, slots=True)
class Given:
    """What a row says of its tie, codes and texts; empty where it says nothing."""

    type: str = ""
    type_as_printed: str = ""
    status: str = ""
    founded: PartialDate | None = None
    ended: PartialDate | None = None
    note_zh: str = ""
    note_en: str = ""

    def values(self) -> Iterator[tuple[str, str | PartialDate]]:
        """The columns of which the row says something. “Not verified” says nothing."""
        for name in (*CLAIMS, "note_zh", "note_en"):
            value = getattr(self, name)
            if value and not (name == "status" and value == Status.UNKNOWN):
                yield name, value

    def only(self, names: Collection[str]) -> Given:
        """What the row says of these columns."""
        chosen: dict[str, Any] = {name: value for name, value in self.values() if name in names}
        return Given(**chosen)


@dataclass(slots=True)
class Comparison:
    """``gaps`` are columns of which the list knows more than the register, ``conflicts`` those where both differ."""

    gaps: dict[str, str | PartialDate] = field(default_factory=dict)
    conflicts: dict[str, str | PartialDate] = field(default_factory=dict)


def compare(tie: Relationship, given: Given, *, strictly: bool = False) -> Comparison:
    """Set a row beside a tie. ``strictly`` also compares what every list words in its own way: notes and printed types.

    A row that disagrees on the kind of tie or its status speaks of another stage: then it fills no gap either. Nor does
    a date that would let the tie end before it began.
    """
    found = Comparison()
    for name, value in given.values():
        held = getattr(tie, name)
        if knows_more(held, value):
            found.gaps[name] = value
        elif not agree(held, value) and (strictly or name in ("type", "status", *_DATES)):
            found.conflicts[name] = value
    if found.conflicts.keys() & {"type", "status"} or ends_too_early(tie, found.gaps):
        found.conflicts |= found.gaps
        found.gaps = {}
    return found


def knows_more(held: str | PartialDate | None, given: str | PartialDate) -> bool:
    """Whether a value only adds to the held one: that is empty, unknown, or the same date with less precision."""
    if isinstance(held, PartialDate) and isinstance(given, PartialDate):
        return given != held and given.iso.startswith(held.iso)
    return not held or held == Status.UNKNOWN


def agree(held: str | PartialDate | None, given: str | PartialDate) -> bool:
    """Whether a value says nothing else than the held one: the same, or the same date with less precision."""
    if isinstance(held, PartialDate) and isinstance(given, PartialDate):
        return held.iso.startswith(given.iso)
    return held == given


def written(value: str | PartialDate | None) -> str:
    """A value as evidence and reports keep it: codes and texts as they are, dates in ISO 8601."""
    return value.iso if isinstance(value, PartialDate) else value or ""


def columns_of(name: str) -> tuple[str, ...]:
    """The columns of the table behind a value: a date has three."""
    return tuple(f"{name}_{part}" for part in ("year", "month", "day")) if name in _DATES else (name,)


def ends_too_early(tie: Relationship, values: Mapping[str, str | PartialDate]) -> bool:
    """Whether a tie would end before it began, had it these values."""
    founded, ended = (values.get(name) or getattr(tie, name) for name in _DATES)
    if not values or not isinstance(founded, PartialDate) or not isinstance(ended, PartialDate):
        return False
    return founded.is_after(ended)
