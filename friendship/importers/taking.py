"""What a person takes over from one candidate of a text, as rows: a new tie, more evidence, or totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from friendship.curation.readings import Taken
from friendship.dates import PartialDate
from friendship.enums import Claim, ReviewState, Status, Strength
from friendship.extraction.records import Quote
from friendship.importers.candidates import Pair, Stage
from friendship.importers.comparing import CLAIMS, Given, written
from friendship.models import Event, Evidence, Place, Relationship, ReportedTotal

#: Claim and value, of what the source says already.
Said = set[tuple[str, str]]


@dataclass(frozen=True)
class Values:
    """A candidate as a person leaves it. ``quote`` stands for everything that no other words of the text tell."""

    given: Given
    strength: str
    quote: Quote
    derived: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kept:
    """An event that is taken over, as a person leaves it, and the stage of the text behind it."""

    stage: Stage
    kind: str
    date: PartialDate | None
    paper: str = ""
    text_zh: str = ""


@dataclass
class Taking:
    """All that is taken over from one candidate. ``takes`` are the facts in which a held tie follows the text."""

    pair: Pair
    values: Values
    events: Sequence[Kept] = field(default_factory=tuple)
    takes: frozenset[str] = frozenset()


def new_tie(taking: Taking, home: Place, partner: Place) -> Taken:
    """A draft between two places, which may be new."""
    given = taking.values.given
    tie = Relationship(
        home=home,
        partner=partner,
        type=given.type,
        type_as_printed=given.type_as_printed,
        status=given.status,
        review_state=ReviewState.DRAFT,
    )
    tie.founded, tie.ended = given.founded, given.ended
    places = [*_new_ones(home), *_new_ones(partner)]
    pieces = [*_evidence(tie, taking, set()), *_of_stages(tie, taking.events, set())]
    return Taken(tie, places=places, evidence=pieces, events=[_event(tie, kept) for kept in taking.events])


def more_for(tie: Relationship, taking: Taking, said: Said, told: Iterable[Event]) -> Taken:
    """Evidence for a tie that is held, and the facts in which it follows the text; what is there is not said twice."""
    given = taking.values.given
    altered = [name for name in taking.takes if getattr(tie, name) != getattr(given, name)]
    for name in altered:
        setattr(tie, name, getattr(given, name))
    known = {(event.kind, event.date) for event in told}
    events = [_event(tie, kept) for kept in taking.events if (kept.kind, kept.date) not in known]
    pieces = [*_evidence(tie, taking, said), *_of_stages(tie, taking.events, said)]
    return Taken(tie, evidence=pieces, events=events, is_altered=bool(altered))


def totals(rows: Iterable[ReportedTotal], quote: Quote) -> Taken:
    """Numbers that a text reports."""
    found = list(rows)
    for row in found:
        row.quote, row.start, row.end = quote.quote, quote.start, quote.end
    return Taken(None, totals=found)


def _new_ones(place: Place | None) -> Iterator[Place]:
    """A new place, after what contains it."""
    if place is not None and place._state.adding:
        yield from _new_ones(place.parent)
        yield place


def _evidence(tie: Relationship, taking: Taking, said: Said) -> Iterator[Evidence]:
    """What the text says of the tie, claim by claim, each with the words that say so."""
    for name, value in taking.values.given.values():
        claim = CLAIMS.get(name)
        if claim is None or (claim, written(value)) in said or _goes_without_saying(tie, name, value):
            continue
        quote = _quote(taking, name)
        strength = Strength.IMPLIED.value if name in taking.values.derived else taking.values.strength
        yield _piece(tie, claim, written(value), quote, strength)


def _goes_without_saying(tie: Relationship, name: str, value: object) -> bool:
    """Whether a text that tells of a tie says no more than that the tie is there: it would note where it has ended."""
    return name == "status" and value == Status.ACTIVE and tie.status in (Status.ACTIVE, Status.UNKNOWN)


def _quote(taking: Taking, name: str) -> Quote:
    """The words for one fact: where the text tells it elsewhere, and the person has left it so, those there."""
    pair, values = taking.pair, taking.values
    match name:
        case "founded" if values.given.founded == pair.founded and pair.dated_by is not pair.main:
            return pair.dated_by.evidence
        case "status" | "ended" if values.given.status == pair.status and pair.ending != pair.main.evidence:
            return pair.ending
    return values.quote


def _of_stages(tie: Relationship, events: Iterable[Kept], said: Said) -> Iterator[Evidence]:
    """The words that tell of an earlier stage: of another kind of tie, from before the present one."""
    for kept in events:
        if kept.stage.type and kept.date is not None and (Claim.TIE, kept.stage.type) not in said:
            yield _piece(tie, Claim.TIE, kept.stage.type, kept.stage.quote, Strength.EXPLICIT)


def _piece(tie: Relationship, claim: str, value: str, quote: Quote, strength: str) -> Evidence:
    return Evidence(
        relationship=tie,
        claim=claim,
        value=value,
        quote=quote.quote,
        start=quote.start,
        end=quote.end,
        strength=strength,
    )


def _event(tie: Relationship, kept: Kept) -> Event:
    event = Event(relationship=tie, kind=kept.kind, paper=kept.paper, text_zh=kept.text_zh)
    event.date = kept.date
    return event
