"""A list of ties as pages show it: from the columns alone, with the names of the places on this page.

A row here has what ``templates/pages/includes/ties.html`` asks of a tie, under the same names as the model, without the
cost of one: making fifty ties with their places, countries and containers takes longer than finding them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import repeat
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import get_language

from friendship.dates import PartialDate
from friendship.enums import RelationshipType, Status
from friendship.models import Place, Relationship
from friendship.models.places import in_language, is_chinese
from friendship.paths import path_of
from friendship.queries.columns import STATUSES, TYPES, UNDATED, YEAR, Columns
from friendship.queries.criteria import Criteria
from friendship.queries.facets import Choice, Decade, decades_of, facets_of
from friendship.queries.listed import ListedPlace, places_at
from friendship.queries.relationships import Excerpt, in_order, source_count
from friendship.queries.selections import Part, Positions, Selection, at_places, selected

#: Words by their codes, and what they are called.
_Words = dict[int, tuple[str, str]]


class ListedTie(NamedTuple):
    """A row of a list."""

    pk: int
    home: ListedPlace
    partner: ListedPlace
    type: str
    type_label: str
    status: str
    status_label: str
    founded: PartialDate | None
    is_counted: bool
    #: None where it was not asked for.
    source_count: int | None
    address: str
    title: str

    def __str__(self) -> str:
        """Both sides, as ``Relationship`` has them."""
        return self.title

    def get_type_display(self) -> str:
        """The type in words."""
        return self.type_label

    def get_status_display(self) -> str:
        """The status in words."""
        return self.status_label

    def get_absolute_url(self) -> str:
        """Its page."""
        return self.address


@dataclass(frozen=True)
class Rows:
    """The rows of a list, as a paginator asks for them."""

    chosen: Selection

    def __len__(self) -> int:
        """How many there are."""
        return len(self.chosen)

    def __getitem__(self, part: slice) -> list[ListedTie]:
        """Some of them, in the order that was asked for and the active language."""
        stop = len(self) if part.stop is None else part.stop
        found = self.chosen.page(part.start or 0, stop, chinese=is_chinese())
        columns = self.chosen.columns
        return _rows(columns, found, columns.speaking.evidence[found].tolist())


class Listing:
    """The answer to a question: its rows, its numbers, and the choices that go on from it; all of one moment."""

    def __init__(self, criteria: Criteria, **known: Part) -> None:
        """Find the rows; what else is wanted is counted when it is asked for. ``known`` is as of ``selected``."""
        self._chosen = selected(criteria, **known)
        self.rows = Rows(self._chosen)

    @property
    def ties(self) -> int:
        """How many rows count as ties."""
        return self._chosen.ties

    @cached_property
    def facets(self) -> dict[str, list[Choice]]:
        """For each filter its choices."""
        return facets_of(self._chosen)

    @cached_property
    def decades(self) -> list[Decade]:
        """The decades of founding."""
        return decades_of(self._chosen)


def excerpt_of(criteria: Criteria, limit: int) -> Excerpt:
    """The first ``limit`` rows that answer a question, and the numbers of all."""
    found = Listing(criteria)
    return Excerpt(found.rows[:limit], len(found.rows), found.ties)


def newest_ties(limit: int) -> list[Relationship]:
    """The first ties of all, newest first, with all that they have."""
    found = selected(Criteria(sort="-founded"), counted=lambda columns: columns.counted)
    keys = found.columns.ids[found.page(0, limit, chinese=is_chinese())].tolist()
    return in_order(keys, source_count=source_count())


def other_ties(place: Place, tie: Relationship, limit: int) -> Excerpt:
    """The first ties of a place apart from one of them, and the numbers of all others."""
    found = Listing(Criteria(place=(place.slug,)), place=at_places([place.pk]))
    rows = [row for row in found.rows[: limit + 1] if row.pk != tie.pk][:limit]
    return Excerpt(rows, len(found.rows) - 1, found.ties - tie.is_counted)


def ties_below(parent: Place, limit: int) -> Excerpt:
    """The first ties of the places that a place contains, by home side, apart from its own; and the numbers of all."""
    below = Place.objects.published().filter(Q(parent=parent) | Q(parent__parent=parent)).order_by()
    if not (keys := list(below.values_list("pk", flat=True))):
        return Excerpt([], 0, 0)
    within, own = at_places(keys), at_places([parent.pk])
    found = Listing(Criteria(sort="home"), within=lambda columns: within(columns) & ~own(columns))
    return Excerpt(whole(found.rows[:limit]), len(found.rows), found.ties)


def whole(rows: Iterable[Relationship | ListedTie]) -> list[Relationship]:
    """The ties of a list with all that they have, in their order; one query."""
    return in_order([row.pk for row in rows], source_count=source_count())


def ties_at(columns: Columns, positions: Positions) -> list[ListedTie]:
    """The ties at these positions, without the number of their sources."""
    return _rows(columns, positions, repeat(None, len(positions)))


def _rows(columns: Columns, positions: Positions, sources: Iterable[int | None]) -> list[ListedTie]:
    homes, partners = columns.home[positions].tolist(), columns.partner[positions].tolist()
    places = places_at(columns, {*homes, *partners})
    types, statuses = _words(get_language())
    before, after = path_of("relationship", 0).rsplit("0", 1)
    dash = in_language("—", " – ")
    told = (columns.ids, columns.kind, columns.status, columns.dates, columns.counted)
    values = zip(homes, partners, *(column[positions].tolist() for column in told), sources, strict=True)
    found = []
    for home, partner, pk, kind, status, date, counts, number in values:
        if home not in places or partner not in places:
            continue  # a place that has gone since the columns were read takes its ties with it
        one, other = places[home], places[partner]
        found.append(
            ListedTie(
                pk,
                one,
                other,
                *types[kind],
                *statuses[status],
                date_of(date),
                counts,
                number,
                f"{before}{pk}{after}",
                f"{one.name}{dash}{other.name}",
            )
        )
    return found


@lru_cache
def _words(_language: str | None) -> tuple[_Words, _Words]:
    """The types and the statuses, in the active language."""
    types = {code: (word, str(RelationshipType(word).label)) for word, code in TYPES.items()}
    return types, {code: (word, str(Status(word).label)) for word, code in STATUSES.items()}


@lru_cache(maxsize=20_000)
def date_of(packed: int) -> PartialDate | None:
    """A date of the columns."""
    if packed == UNDATED:
        return None
    return PartialDate(packed >> YEAR, packed >> 5 & 15 or None, packed & 31 or None)
