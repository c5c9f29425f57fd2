"""The ties that the register holds between the places of a list, and what is said of them, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from friendship import queries
from friendship.dates import PartialDate
from friendship.enums import Claim
from friendship.importers import dating, faults
from friendship.importers.comparing import CLAIMS
from friendship.importers.matching import Candidate
from friendship.importers.records import Happening, Piece, Record
from friendship.importers.settling import Places
from friendship.importers.understanding import Meant
from friendship.models import Event, Evidence, Relationship

Pair = tuple[int, int]


def is_own(record: Record) -> bool:
    """Whether the row stood in one of our own exports: it brings its evidence along. Rows added since do not."""
    return record.id is not None or bool(record.evidence)


@dataclass(slots=True)
class Tie:
    """A tie of the register or a new one, with what is said of it.

    ``said`` are source, claim and value of its evidence, ``quoted`` the same with the quote. ``first`` is the row of
    the list that named it first. ``assumed`` is the evidence of a type that no row has named yet.
    """

    row: Relationship
    said: dict[tuple[str, str, str], None] = field(default_factory=dict)
    quoted: set[tuple[str, str, str, str]] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    first: int | None = None
    assumed: Evidence | None = None

    def sources_of(self, name: str) -> list[str]:
        """The addresses of the sources that speak of a value."""
        return list(dict.fromkeys(slug for slug, claim, _value in self.said if claim == CLAIMS.get(name)))


class Standing:
    """The places that the list means and the ties between them, read at once."""

    def __init__(self, records: Sequence[Record], meant: Sequence[Meant], places: Places) -> None:
        self.places = places
        numbers = {record.id for record in records if record.id is not None and faults.is_number(record.id)}
        self.numbers, self._former = queries.numbers_held(numbers), queries.former_pairs(numbers)
        self._ties: dict[Pair, Tie] = {}
        self._read_ties(meant)
        ties = {tie.row.pk: tie for tie in self._ties.values()}
        quotes = any(map(is_own, records))  # other lists are not compared by their words
        for tie, slug, claim, value, quote in queries.evidence_of_ties(ties, quotes=quotes):
            ties[tie].said[slug, claim, value] = None
            if quotes:
                ties[tie].quoted.add((slug, claim, value, quote))
        if any(record.events for record in records):
            for event in queries.events_of_ties(ties):
                ties[event.relationship_id].events.append(event)

    def _read_ties(self, meant: Iterable[Meant]) -> None:
        found: dict[tuple[int, int], tuple[Candidate, Candidate]] = {}
        for row in meant:
            one, other = self.places[row.home].candidate, self.places[row.partner].candidate
            if one and other and not one.is_new and not other.is_new:
                ordered = (one, other) if one.place.pk < other.place.pk else (other, one)
                found[ordered[0].place.pk, ordered[1].place.pk] = ordered
        for tie in queries.ties_of_pairs(found.keys()):
            one, other = found[min(tie.home_id, tie.partner_id), max(tie.home_id, tie.partner_id)]
            tie.home, tie.partner = (
                (one.place, other.place) if tie.home_id == one.place.pk else (other.place, one.place)
            )
            self._ties[_pair(one, other)] = Tie(tie)

    def tie(self, one: Candidate, other: Candidate) -> Tie | None:
        """The tie between two places, whichever is home."""
        return self._ties.get(_pair(one, other))

    def had_another(self, number: int | None, sides: tuple[Candidate, Candidate]) -> bool:
        """Whether a number once belonged to another tie: an address keeps its meaning."""
        former = self._former.get(number) if number is not None else None
        return former is not None and frozenset(side.place.slug for side in sides) not in former

    def keep(self, one: Candidate, other: Candidate, row: Relationship) -> Tie:
        """Remember a new tie."""
        tie = self._ties[_pair(one, other)] = Tie(row)
        return tie


def _pair(one: Candidate, other: Candidate) -> Pair:
    return (one.number, other.number) if one.number < other.number else (other.number, one.number)


def stands(tie: Tie, piece: Piece) -> bool:
    """Whether the register has a piece of evidence. A table tells of each source only that it speaks of the tie."""
    if piece.claim == Claim.TIE and piece.start is None:
        return any(slug == piece.source for slug, _claim, _value in tie.said)
    return (piece.source, piece.claim, piece.value, piece.quote) in tie.quoted


def is_told(tie: Tie, record: Record, told: Happening) -> bool:
    """Whether the register has an event: of the kind on the day, in whatever words; our own exports in these words."""
    date = date_of(told)
    for event in tie.events:
        same = (event.paper, event.text_zh, event.text_en) == (told.paper, told.text_zh, told.text_en)
        undated = told.date and date is None and told.date in f"{event.text_zh}{event.text_en}"
        if event.kind == told.kind and event.date == date and (same or undated or (date and not is_own(record))):
            return True
    return False


def date_of(told: Happening) -> PartialDate | None:
    """The date of an event; ISO dates as our own exports write them may lie in any century that has begun."""
    exact = dating.as_exported(told.date)
    is_exact = isinstance(exact, PartialDate) and exact.iso == told.date
    found = exact if is_exact else dating.read(told.date)
    return found if isinstance(found, PartialDate) else None
