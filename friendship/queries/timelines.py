"""The life of a tie as one line: its events, with the dates of its founding and end where no event stands for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from friendship.dates import PartialDate
from friendship.enums import Claim, EventKind, Paper, RelationshipType, Status
from friendship.models import Event, Relationship, Source

#: What happens first where the dates do not tell.
_LIFE = [
    EventKind.INTENT,
    EventKind.APPROVAL,
    EventKind.SIGNING,
    None,
    EventKind.UPGRADE,
    EventKind.RENEWAL,
    EventKind.VISIT,
    EventKind.PROJECT,
    EventKind.ANNIVERSARY,
    EventKind.SUSPENSION,
    EventKind.END,
]
_RANK = {kind: rank for rank, kind in enumerate(_LIFE)}


@dataclass(frozen=True)
class Step:
    """One step in the life of a tie. A step without a kind is the founding date of which no event tells.

    ``years`` have passed since the dated step before it, see ``years_between``.
    """

    kind: EventKind | None
    date: PartialDate | None
    paper: Paper | None = None
    text: str = ""
    sources: tuple[Source, ...] = ()
    is_founding: bool = False
    years: int = 0


def timeline(tie: Relationship) -> list[Step]:
    """The steps of a tie in order; the undated stand last. Expects events, evidence and their sources to be loaded.

    An event is the founding where it signed or raised the tie on that very date (of a letter of intent: where it
    signed the letter), or told more precisely. An event of the end is the end unless the dates exclude it.
    """
    events = list(tie.events.all())
    founding, end = _founding(tie, events), _end(tie, events)
    steps = [_step(tie, event, event is founding, event is end) for event in events]
    if tie.founded and founding is None:
        steps.append(Step(None, tie.founded, sources=_witnesses(tie, Claim.FOUNDED), is_founding=True))
    if (tie.ended or tie.status == Status.ENDED) and end is None:
        steps.append(Step(EventKind.END, tie.ended, sources=_witnesses(tie, Claim.ENDED)))
    return list(_with_years(sorted(steps, key=_order)))


def years_between(earlier: PartialDate, later: PartialDate) -> int:
    """The whole years between two dates where both tell the month, otherwise the difference of the years."""
    years = later.year - earlier.year
    if earlier.month is None or later.month is None:
        return years
    return years - ((later.month, later.day or earlier.day or 0) < (earlier.month, earlier.day or later.day or 0))


def _founding(tie: Relationship, events: Iterable[Event]) -> Event | None:
    """The event that founded the tie as it is now: of a signing and an upgrade in the same year, the upgrade."""
    kinds = [EventKind.INTENT] if tie.type == RelationshipType.INTENT else [EventKind.UPGRADE, EventKind.SIGNING]
    for kind in kinds:
        for event in events:
            if event.kind == kind and tie.founded and event.date and _says(event.date, tie.founded):
                return event
    return None


def _end(tie: Relationship, events: Iterable[Event]) -> Event | None:
    for event in events:
        if event.kind == EventKind.END and not _differ(event.date, tie.ended):
            return event
    return None


def _says(precise: PartialDate, date: PartialDate) -> bool:
    """Whether a date is the other one, or tells more of it."""
    return all(other in (part, None) for part, other in zip(precise.parts, date.parts, strict=True))


def _differ(one: PartialDate | None, other: PartialDate | None) -> bool:
    return bool(one and other and (one.is_after(other) or other.is_after(one)))


def _step(tie: Relationship, event: Event, is_founding: bool, is_end: bool) -> Step:
    date = event.date
    sources = [event.source] if event.source else []
    if is_founding:
        sources += _witnesses(tie, Claim.FOUNDED)
    if is_end:
        date = max(event.date, tie.ended, key=_precision)
        sources += _witnesses(tie, Claim.ENDED)
    return Step(
        EventKind(event.kind),
        date,
        Paper(event.paper) if event.paper else None,
        event.text,
        tuple(dict.fromkeys(sources)),
        is_founding,
    )


def _precision(date: PartialDate | None) -> int:
    return 0 if date is None else len([part for part in date.parts if part is not None])


def _witnesses(tie: Relationship, claim: Claim) -> tuple[Source, ...]:
    """The sources that give the date which the register chose, or tell more of it."""
    chosen = tie.founded if claim == Claim.FOUNDED else tie.ended
    if chosen is None:
        return ()
    pieces = [piece for piece in tie.evidence.all() if piece.claim == claim and piece.value.startswith(chosen.iso)]
    return tuple(dict.fromkeys(piece.source for piece in pieces))


def _order(step: Step) -> tuple[float, int, int, int]:
    """A year stands before the months of that year, a month before its days."""
    year, month, day = step.date.parts if step.date else (float("inf"), None, None)
    return year, month or 0, day or 0, _RANK[step.kind]


def _with_years(steps: Iterable[Step]) -> Iterator[Step]:
    before: PartialDate | None = None
    for step in steps:
        years = years_between(before, step.date) if before and step.date else 0
        yield replace(step, years=years)
        before = step.date
