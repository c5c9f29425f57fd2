"""The places that hold ties, as lists of cities and provinces show them: found and counted in the columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from friendship import names
from friendship.enums import Continent, Level, RelationshipType
from friendship.models import Place
from friendship.models.places import is_chinese
from friendship.queries.columns import CONTINENTS, LEVELS, TYPES, Columns, Truth, Whole, counting, current
from friendship.queries.facets import Choice, most_first
from friendship.queries.maps import Drawing, drawing_at
from friendship.queries.places import PlaceCriteria
from friendship.queries.selections import called

Positions = NDArray[np.intp]
#: Places whose names the database puts into order; of more, the order of all is made and kept.
_FEW = 1_000


class PlaceListing:
    """The answer to a question about the places of some levels: rows, choices and drawing, all of one moment."""

    def __init__(self, criteria: PlaceCriteria, levels: Collection[Level]) -> None:
        """Find nothing yet; each part of the question is looked up once."""
        self.criteria = criteria
        self.columns = current()
        self._levels = tuple(LEVELS[level] for level in levels)
        self._parts: dict[str, Truth] = {}

    def _rows(self, without: str = "") -> Truth:
        """Whether each place is listed, and answers all parts or all but one."""
        found = self.columns.kept(("holding", self._levels), self._holding)
        for name in _PARTS:
            if name != without and (asked := getattr(self.criteria, name)) not in ("", ()):
                found = found & self._part(name, asked)
        return found

    def _holding(self) -> Truth:
        return holding(self.columns) & np.isin(self.columns.place_level, self._levels)

    def _part(self, name: str, asked: Any) -> Truth:
        if name not in self._parts:
            self._parts[name] = _PARTS[name](self.columns, asked)
        return self._parts[name]

    @cached_property
    def _found(self) -> Positions:
        return np.flatnonzero(self._rows())

    @cached_property
    def _ties(self) -> Whole:
        """By place, how many ties it has; letters of intent only where asked for by name."""
        columns, types = self.columns, self.criteria.type
        if not types:
            return ties_of_places(columns)
        return _touching(columns, counting(columns.kind, columns.status, types, ()))

    # --- rows ---

    def __len__(self) -> int:
        """How many places there are."""
        return len(self._found)

    def __getitem__(self, part: slice) -> list[Place]:
        """Some of them, in the order that was asked for and the active language, with ``tie_count``."""
        order = self._by_ties(part) if self.criteria.sort == "ties" else self._by_name(self._found)[part]
        rows = Place.objects.published().select_related("country", "parent__parent")
        held = rows.in_bulk(self.columns.place_ids[order].tolist())
        found = []
        for pk, number in zip(self.columns.place_ids[order].tolist(), self._ties[order].tolist(), strict=True):
            if pk in held:
                held[pk].tie_count = number  # type: ignore[attr-defined]
                found.append(held[pk])
        return found

    def _by_ties(self, part: slice) -> Positions:
        """The names decide among places with as many ties: those alone that this part of the list reaches."""
        minus = -self._ties[self._found]
        order = self._found[np.argsort(minus, kind="stable")]
        minus, shown = np.sort(minus), range(len(order))[part]
        if not shown:
            return order[:0]
        start, stop = np.searchsorted(minus, minus[shown[0]]), np.searchsorted(minus, minus[shown[-1]], "right")
        named = self._by_name(np.sort(order[start:stop]))
        named = named[np.argsort(-self._ties[named], kind="stable")]
        return named[shown[0] - start : shown[-1] - start + 1]

    def _by_name(self, positions: Positions) -> Positions:
        """In the order of the question or of names, equal ones by number."""
        columns, chinese = self.columns, is_chinese()
        if self.criteria.sort == "country":
            ranks = columns.ranks(chinese), columns.country_ranks(chinese)[columns.place_country]
            return positions[np.lexsort([rank[positions] for rank in ranks])]
        if len(positions) > _FEW:
            return positions[np.argsort(columns.ranks(chinese)[positions], kind="stable")]
        rows = Place.objects.published().filter(pk__in=columns.place_ids[positions].tolist())
        ordered = rows.order_by("pinyin" if chinese else "slug", "pk").values_list("pk", flat=True)
        return columns.places_at(np.fromiter(ordered, np.int64)).astype(np.intp)

    # --- choices and drawing ---

    @cached_property
    def facets(self) -> dict[str, list[Choice]]:
        """For each filter its choices, with how many places choosing one would give."""
        columns, known = self.columns, self.columns.country_rows()
        countries = self._count("country", columns.place_country, len(columns.countries))
        continents = self._count("continent", columns.continents[columns.place_country], len(Continent))
        told = zip(columns.countries, countries, strict=True)
        return {
            "type": _choices(RelationshipType, self._types()),
            "country": most_first(Choice(code, known[code].name, n) for code, n in told if n),
            "continent": most_first(_choices(Continent, continents)),
            "level": _choices(Level, self._count("level", columns.place_level, len(Level))),
        }

    def _count(self, name: str, column: NDArray[Any], size: int) -> list[int]:
        numbers: list[int] = np.bincount(column[self._rows(name)], minlength=size).tolist()
        return numbers

    def _types(self) -> Iterable[int]:
        others = self._rows("type")
        return [int(np.count_nonzero(others & _holding_types(self.columns, (word,)))) for word in RelationshipType]

    @property
    def drawing(self) -> Drawing:
        """The places as dots, without their ties."""
        if any(getattr(self.criteria, name) for name in _PARTS):
            return drawing_at(self.columns, self._found)
        return self.columns.kept(("drawing", self._levels), lambda: drawing_at(self.columns, self._found))


def _choices(words: Iterable[Any], numbers: Iterable[int]) -> list[Choice]:
    return [Choice(word.value, str(word.label), n) for word, n in zip(words, numbers, strict=True) if n]


def holding(columns: Columns) -> Truth:
    """The places that a published tie names."""
    return columns.kept("holding", lambda: _touching(columns, slice(None)) > 0)


def ties_of_places(columns: Columns) -> Whole:
    """By place, how many ties it has, letters of intent and ended ones not among them."""
    return columns.kept("ties of places", lambda: _touching(columns, columns.counted))


def _touching(columns: Columns, ties: Truth | slice) -> Whole:
    """By place, how many of these ties it is a side of."""
    size = len(columns.place_ids)
    found: Whole = np.bincount(columns.home[ties], minlength=size)
    return found + np.bincount(columns.partner[ties], minlength=size)


def answering(columns: Columns, criteria: PlaceCriteria) -> Truth | None:
    """Whether each published place answers a question, with ties or without; None where every place does."""
    told = {name: getattr(criteria, name) for name in _PARTS}
    parts = [_PARTS[name](columns, asked) for name, asked in told.items() if asked not in ("", ())]
    return np.logical_and.reduce(parts) if parts else None


# --- the parts of a question ------------------------------------------------------------------------------------------


def _holding_types(columns: Columns, types: tuple[str, ...]) -> Truth:
    """The places that are a side of a tie of one of these types."""
    key = ("holding types", frozenset(types))
    return columns.kept(
        key, lambda: _touching(columns, np.isin(columns.kind, [TYPES[word] for word in types if word in TYPES])) > 0
    )


def _named(columns: Columns, query: str) -> Truth:
    """Every word must be found, in a name of the place or of its country."""
    terms = names.search_terms(query)
    found = np.full(len(columns.place_ids), bool(terms))
    for term in terms:
        found &= called(columns, term)
    return found


def _in_provinces(columns: Columns, slugs: tuple[str, ...]) -> Truth:
    """What lies in one of these provinces, which are none of it themselves."""
    keys = Place.objects.published().provinces().filter(slug__in=slugs).values_list("pk", flat=True)
    wanted = columns.places_at(np.fromiter(keys, np.int64))
    found = np.isin(columns.province, wanted)
    found[wanted] = False
    return found


_PARTS: dict[str, Callable[[Columns, Any], Truth]] = {
    "q": _named,
    "country": lambda columns, codes: np.isin(columns.countries, codes)[columns.place_country],
    "continent": lambda columns, words: np.isin(
        columns.continents, [CONTINENTS[word] for word in words if word in CONTINENTS]
    )[columns.place_country],
    "province": _in_provinces,
    "level": lambda columns, words: np.isin(columns.place_level, [LEVELS[word] for word in words if word in LEVELS]),
    "type": _holding_types,
}
