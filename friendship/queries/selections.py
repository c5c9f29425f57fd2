"""The ties that answer a question, found in the columns: which they are, and what can be counted of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache, partial
from typing import Any, cast

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from friendship import names
from friendship.models import Place, PlaceQuerySet, Relationship, RelationshipQuerySet, Source
from friendship.queries.columns import (
    CONTINENTS,
    LEVELS,
    STATUSES,
    TYPES,
    UNDATED,
    YEAR,
    Columns,
    Truth,
    Whole,
    counting,
    current,
    positions_of,
)
from friendship.queries.criteria import Criteria, select
from friendship.queries.search import place_ids

Positions = NDArray[np.intp]
#: Words of which it is kept which places they find: positions of few, or one bit for each place.
_MOST_TERMS = 128
_BITS = 32
#: Rows that are asked for one by one: a condition on both sides of a tie is tried at every tie of the register.
_FEW = 2_000
_YEARS = frozenset({"founded_after", "founded_before"})
_UNASKED: tuple[object, ...] = ("", (), None)


class Selection:
    """Which ties answer a question. Each part of the question is looked up once, whatever is counted then."""

    def __init__(self, criteria: Criteria, columns: Columns, known: Mapping[str, Truth] | None = None) -> None:
        """Nothing is looked up yet. ``known`` are parts that need not be, or that criteria have no words for."""
        self.criteria = criteria
        self.columns = columns
        self._parts: dict[str, Truth] = {**(known or {})}
        self._found: dict[str, Positions | slice] = {}

    @cached_property
    def asked(self) -> list[str]:
        """The parts of the question that narrow it."""
        told = _narrowing(self.criteria)
        return [*told, *(name for name in self._parts if name not in told)]

    def rows(self, without: str = "") -> Truth | None:
        """Whether each tie answers all parts, or all but one; None where every tie does."""
        parts = [self._part(name) for name in self.asked if name != without]
        if not parts:
            return None
        found = parts[0]
        for part in parts[1:]:
            found = found & part
        return found

    def positions(self, without: str = "") -> Positions | slice:
        """The positions of those ties; those of all, or of some years alone, lie beside each other."""
        key = without if without in self.asked else ""
        if key not in self._found:
            asked = set(self.asked) - {key}
            self._found[key] = self._between() if asked <= _YEARS else np.flatnonzero(cast("Truth", self.rows(key)))
        return self._found[key]

    def _between(self) -> slice:
        """Oldest first, as the ties stand."""
        first, last, dates = self.criteria.founded_after, self.criteria.founded_before, self.columns.dates
        if first is None and last is None:
            return slice(0, len(dates))
        ends = [(first or 0) << YEAR, UNDATED if last is None else last + 1 << YEAR]
        begin, end = np.searchsorted(dates, np.array(ends, dates.dtype)).tolist()
        return slice(begin, max(begin, end))

    def _part(self, name: str) -> Truth:
        if name not in self._parts:
            self._parts[name] = _PARTS[name](self.columns, getattr(self.criteria, name))
        return self._parts[name]

    # --- how many ---

    def __len__(self) -> int:
        """How many rows are listed."""
        return self.count()

    def count(self, without: str = "") -> int:
        """How many rows answer all parts, or all but one."""
        found = self.positions(without)
        return found.stop - found.start if isinstance(found, slice) else len(found)

    @cached_property
    def ties(self) -> int:
        """How many of them count as ties."""
        columns, found = self.columns, self.positions()
        types, statuses = self.criteria.type, self.criteria.status
        if not types and not statuses:
            return int(np.count_nonzero(values(columns.counted, found)))
        told = counting(values(columns.kind, found), values(columns.status, found), types, statuses)
        return int(np.count_nonzero(told))

    def tally(self, name: str, count: Callable[[Positions | slice], Whole]) -> Whole:
        """For the choices of a part of the question: what is counted of the ties that answer all others."""
        found = self.positions(name)
        return self.columns.tally(name, found, count) if isinstance(found, slice) else count(found)

    # --- in order ---

    def page(self, start: int, stop: int, *, chinese: bool) -> Positions:
        """The positions of a part of the list, in the order that was asked for."""
        order = self.columns.order(self.criteria.sort, chinese)
        if order is None:
            found = self.positions()
            return np.arange(found.start, found.stop)[start:stop] if isinstance(found, slice) else found[start:stop]
        rows = self.rows()
        if rows is None:
            return order[start:stop].astype(np.intp)
        return order[np.flatnonzero(rows.take(order))[start:stop]].astype(np.intp)

    def among_first(self, number: int, *, chinese: bool) -> int:
        """How many of them there are among the first so many of all ties, in the order that was asked for."""
        rows = self.rows()
        if rows is None:
            return number
        order = self.columns.order(self.criteria.sort, chinese)
        return int(np.count_nonzero(rows[:number] if order is None else rows.take(order[:number])))


def _narrowing(criteria: Criteria) -> list[str]:
    return [name for name in _PARTS if getattr(criteria, name) not in _UNASKED]


def values(column: NDArray[Any], ties: Positions | slice) -> NDArray[Any]:
    """The values of a column of some ties."""
    return column[ties] if isinstance(ties, slice) else column.take(ties)


#: Which of all ties are meant.
Part = Callable[[Columns], Truth]


def selected(criteria: Criteria, **known: Part) -> Selection:
    """The ties of the register as it is now that answer a question and the parts that are ``known``."""
    columns = current()
    return Selection(criteria, columns, {name: part(columns) for name, part in known.items()})


def at_places(keys: Iterable[int]) -> Part:
    """The ties that have one of these places on a side."""
    asked = np.fromiter(keys, np.int64)
    return lambda columns: _of_places(columns, columns.places_at(asked))


# --- as rows of the database ---


def answering(criteria: Criteria) -> RelationshipQuerySet:
    """The published rows that answer a question, in no particular order: few of them by their numbers."""
    if not _narrowing(criteria):
        return select(criteria)
    found = selected(criteria)
    return _by_number(found.columns.ids[found.positions()]) if len(found) <= _FEW else select(criteria)


def touching(places: Iterable[int]) -> RelationshipQuerySet:
    """The published rows that have one of these places on a side: few of them by their numbers."""
    columns, asked = current(), list(places)
    found = columns.ids[at_places(asked)(columns)]
    if len(found) <= _FEW:
        return _by_number(found)
    return Relationship.objects.published().filter(Q(home__in=asked) | Q(partner__in=asked))


def _by_number(found: Whole) -> RelationshipQuerySet:
    return Relationship.objects.published_at(found.tolist())


# --- the parts of a question ------------------------------------------------------------------------------------------


def _words(column: str, codes: dict[str, int]) -> Callable[[Columns, tuple[str, ...]], Truth]:
    return lambda columns, words: _among(getattr(columns, column), [codes[word] for word in words if word in codes])


def _among(column: NDArray[Any], codes: Iterable[int]) -> Truth:
    found = np.zeros(len(column), np.bool_)
    for code in codes:
        found |= column == code
    return found


def _of_countries(columns: Columns, within: Truth) -> Truth:
    """The ties of which either side lies in one of these countries."""
    codes = np.flatnonzero(within)
    if len(codes) <= 3:  # as many comparisons cost no more than looking up each
        return _among(columns.home_country, codes) | _among(columns.partner_country, codes)
    return within.take(columns.home_country) | within.take(columns.partner_country)


def _countries(columns: Columns, codes: tuple[str, ...]) -> Truth:
    return _of_countries(columns, np.isin(columns.countries, codes))


def _continents(columns: Columns, words: tuple[str, ...]) -> Truth:
    return _of_countries(
        columns, _among(columns.continents, [CONTINENTS[word] for word in words if word in CONTINENTS])
    )


def _of_places(columns: Columns, positions: NDArray[Any]) -> Truth:
    """The ties of which either side is one of these places."""
    if len(positions) <= 2:
        return _among(columns.home, positions) | _among(columns.partner, positions)
    return _with(columns, _at_positions(positions, len(columns.place_ids)))


def _with(columns: Columns, within: Truth) -> Truth:
    return within.take(columns.home) | within.take(columns.partner)


def _at(columns: Columns, places: PlaceQuerySet, slugs: tuple[str, ...]) -> NDArray[np.int32]:
    return columns.places_at(np.fromiter(places.filter(slug__in=slugs).values_list("pk", flat=True), np.int64))


def _places(columns: Columns, slugs: tuple[str, ...]) -> Truth:
    return _of_places(columns, _at(columns, Place.objects.published(), slugs))


def _provinces(columns: Columns, slugs: tuple[str, ...]) -> Truth:
    wanted = _at(columns, Place.objects.published().provinces(), slugs)
    return _of_places(columns, np.flatnonzero(np.isin(columns.province, wanted)))


def _levels(columns: Columns, words: tuple[str, ...]) -> Truth:
    return _among(columns.home_level, [LEVELS[word] for word in words if word in LEVELS])


def _since(columns: Columns, year: int) -> Truth:
    return columns.years >= year


def _until(columns: Columns, year: int) -> Truth:
    return (columns.years <= year) & (columns.years > 0)


def _sources(columns: Columns, slugs: tuple[str, ...]) -> Truth:
    found = np.zeros(len(columns), np.bool_)
    ties, sources, ids, _evidence = columns.speaking
    for pk in Source.objects.filter(slug__in=slugs).values_list("pk", flat=True):
        if pk in ids:
            found[ties[sources == ids.index(pk)]] = True
    return found


def _named(columns: Columns, query: str) -> Truth:
    """Every word must be found, in a name of either side or of its country."""
    terms = names.search_terms(query)
    found = np.full(len(columns), bool(terms))  # only punctuation was typed: nothing is called that
    for term in terms:
        found &= _with(columns, called(columns, term))
    return found


def called(columns: Columns, term: str) -> Truth:
    """The places that a word finds by their own names or that of their country."""
    found = called_itself(columns, term)
    codes = [code for code, country in columns.country_rows().items() if term in country.search_text]
    return found | np.isin(columns.countries, codes)[columns.place_country] if codes else found


def called_itself(columns: Columns, term: str) -> Truth:
    """The places that a word finds by their own names; the last words are kept."""
    keep = columns.kept("called", lambda: lru_cache(_MOST_TERMS)(partial(_called, columns.place_ids)))
    return keep(term)(len(columns.place_ids))


def _called(ids: Whole, term: str) -> Callable[[int], Truth]:
    found = positions_of(ids, place_ids(term))
    if len(found) * _BITS < len(ids):
        return partial(_at_positions, found)
    bits = np.packbits(_at_positions(found, len(ids)))
    return lambda size: np.unpackbits(bits, count=size).view(np.bool_)


def _at_positions(positions: NDArray[Any], size: int) -> Truth:
    found = np.zeros(size, np.bool_)
    found[positions] = True
    return found


_PARTS: dict[str, Callable[[Columns, Any], Truth]] = {
    "q": _named,
    "country": _countries,
    "continent": _continents,
    "type": _words("kind", TYPES),
    "status": _words("status", STATUSES),
    "province": _provinces,
    "place": _places,
    "level": _levels,
    "founded_after": _since,
    "founded_before": _until,
    "source": _sources,
}
