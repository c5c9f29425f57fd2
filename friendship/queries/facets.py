"""For each filter its choices, with how many rows choosing one would give."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from django.utils.translation import get_language
from numpy.typing import NDArray

from friendship.enums import Continent, Level, RelationshipType, Status
from friendship.queries.columns import Columns, Few, Whole, either_side
from friendship.queries.criteria import Criteria
from friendship.queries.listed import places_at
from friendship.queries.selections import Positions, Selection, selected, values


@dataclass(slots=True)
class Choice:
    """A value of a filter, its label, and how many listed rows choosing it would give.

    The label is in the active language unless ``language`` says which it is in. Nobody alters one; but a page makes
    hundreds, and a frozen dataclass takes three times as long to make.
    """

    value: str
    label: str
    count: int
    language: str = ""


#: A list of more choices helps nobody: the search finds the others by name. The last tells that there are more.
MOST_CHOICES = 101


def facets(criteria: Criteria, *names: str) -> dict[str, list[Choice]]:
    """For each filter, or for those named, its choices with counts under the other filters.

    Choices without rows are left out. Of places and sources, the ``MOST_CHOICES`` with the most rows are given.
    """
    return facets_of(selected(criteria), *names)


def facets_of(chosen: Selection, *names: str) -> dict[str, list[Choice]]:
    """The same for a question that is being answered already."""
    return {name: _choices(chosen, name) for name in names or _FACETS}


def _choices(chosen: Selection, name: str) -> list[Choice]:
    if set(chosen.asked) - {name}:
        return _FACETS[name](chosen)
    key = ("facet", name, get_language())  # the whole register’s are asked for again and again
    return chosen.columns.kept(key, lambda: _FACETS[name](chosen))


@dataclass(frozen=True)
class Decade:
    """Ten years of founding, with how many listed rows fall into them."""

    first: int
    last: int
    count: int


def decades(criteria: Criteria) -> list[Decade]:
    """Rows by decade of founding, under the other filters; rows without a year are left out."""
    return decades_of(selected(criteria))


def decades_of(chosen: Selection) -> list[Decade]:
    """The same for a question that is being answered already."""
    open_years = chosen.criteria.without("founded_after").without("founded_before")
    of_all = chosen if open_years == chosen.criteria else Selection(open_years, chosen.columns)
    return _decades(of_all) if of_all.asked else chosen.columns.kept("decades", lambda: _decades(of_all))


def _decades(of_all: Selection) -> list[Decade]:
    years = values(of_all.columns.years, of_all.positions())
    counted = np.bincount(years[years > 0] // 10)
    return [Decade(at * 10, at * 10 + 9, int(counted[at])) for at in np.flatnonzero(counted).tolist()]


def _enum_choices(chosen: Selection, name: str, column: NDArray[Any], words: Any) -> list[Choice]:
    known = [*words]
    counted = chosen.tally(name, lambda ties: np.bincount(values(column, ties), minlength=len(known))).tolist()
    return [Choice(word.value, str(word.label), n) for word, n in zip(known, counted, strict=True) if n]


def _rank(choice: Choice) -> tuple[int, str]:
    return -choice.count, choice.label


def most_first(choices: Iterable[Choice]) -> list[Choice]:
    """Choices by their numbers, equal ones by their labels."""
    return sorted(choices, key=_rank)


def _either(chosen: Selection, name: str, home: NDArray[Any], partner: NDArray[Any], size: int) -> Whole:
    """Rows by a value of either side; one with the same on both sides counts once."""

    def count(ties: Positions | slice) -> Whole:
        return either_side(values(home, ties), values(partner, ties), size)

    return chosen.tally(name, count)


def _telling(chosen: Selection, name: str, home: NDArray[Any], partner: NDArray[Any], size: int) -> dict[int, int]:
    """The values of either side, by position, that tell rows apart.

    Each tie of a Chinese register touches China: choosing it would narrow nothing. A value that is the only one tells
    something nevertheless.
    """
    counted = _either(chosen, name, home, partner, size)
    some = np.flatnonzero(counted)
    if len(some) > 1:
        some = some[counted[some] < chosen.count(name)]
    return dict(zip(some.tolist(), counted[some].tolist(), strict=True))


def _countries(chosen: Selection) -> list[Choice]:
    columns = chosen.columns
    codes, known = columns.countries, columns.country_rows()
    counted = _telling(chosen, "country", columns.home_country, columns.partner_country, len(codes))
    return most_first(Choice(codes[at], known[codes[at]].name, n) for at, n in counted.items())


def _continents(chosen: Selection) -> list[Choice]:
    columns = chosen.columns
    counted = _telling(chosen, "continent", columns.home_continent, columns.partner_continent, len(Continent))
    words = list(Continent)
    return most_first(Choice(words[at].value, str(words[at].label), n) for at, n in counted.items())


def _most(counted: Whole) -> NDArray[np.intp]:
    """The positions of the ``MOST_CHOICES`` highest numbers above 0; of equal ones, the first."""
    some = np.flatnonzero(counted)
    if len(some) > MOST_CHOICES:
        some = some[counted[some] >= np.partition(counted[some], -MOST_CHOICES)[-MOST_CHOICES]]
    return some[np.argsort(-counted[some], kind="stable")][:MOST_CHOICES]


def _named(columns: Columns, few: Few, counted: Whole) -> list[Choice]:
    """Of those places the most frequent; the last number is of all others."""
    kept = _most(counted[:-1])
    named, numbers = places_at(columns, few.places[kept].tolist()), counted[kept].tolist()
    found = [(named[at], n) for at, n in zip(few.places[kept].tolist(), numbers, strict=True) if at in named]
    return most_first([Choice(place.slug, place.name, n) for place, n in found])


def _home_places(chosen: Selection) -> list[Choice]:
    """The places that are the home side of a row, by the rows that touch them on either side, as choosing them does."""
    few, ties = chosen.columns.homes, chosen.positions("place")
    homes, partners = (np.bincount(values(side, ties), minlength=len(few.places) + 1) for side in few[1:])
    return _named(chosen.columns, few, np.where(homes > 0, homes + partners, 0))


def _provinces(chosen: Selection) -> list[Choice]:
    """Rows by the provinces that either side is or lies in; a row with both sides in one counts once."""
    few = chosen.columns.provinces
    return _named(chosen.columns, few, _either(chosen, "province", few.home, few.partner, len(few.places) + 1))


def _sources(chosen: Selection) -> list[Choice]:
    known, ids = chosen.columns.sources(), chosen.columns.speaking.ids
    counted = chosen.tally("source", partial(_speaking_of, chosen.columns))
    spoken = [(known[ids[at]], int(counted[at])) for at in _most(counted).tolist()]
    return most_first(Choice(source.slug, source.title, n, source.language) for source, n in spoken)


def _speaking_of(columns: Columns, ties: Positions | slice) -> Whole:
    spoken, sources, ids, _evidence = columns.speaking
    if isinstance(ties, slice):
        begin, end = np.searchsorted(spoken, np.array([ties.start, ties.stop], spoken.dtype)).tolist()
        return np.bincount(sources[begin:end], minlength=len(ids))
    within = np.zeros(len(columns), np.bool_)
    within[ties] = True
    return np.bincount(sources[within.take(spoken)], minlength=len(ids))


_FACETS: dict[str, Callable[[Selection], list[Choice]]] = {
    "type": lambda chosen: _enum_choices(chosen, "type", chosen.columns.kind, RelationshipType),
    "place": _home_places,
    "country": _countries,
    "continent": _continents,
    "level": lambda chosen: _enum_choices(chosen, "level", chosen.columns.home_level, Level),
    "status": lambda chosen: _enum_choices(chosen, "status", chosen.columns.status, Status),
    "province": _provinces,
    "source": _sources,
}
