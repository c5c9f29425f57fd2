"""For each filter its choices, with how many rows choosing one would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, QuerySet

from friendship.enums import Continent, Level, RelationshipType, Status
from friendship.models import Country, Place, PlaceQuerySet, RelationshipQuerySet, Source
from friendship.queries.criteria import Criteria, select
from friendship.queries.places import PlaceCriteria, select_places
from friendship.queries.sources import ties_by_source


@dataclass(frozen=True)
class Choice:
    """A value of a filter, its label, and how many listed rows choosing it would give.

    The label is in the active language unless ``language`` says which it is in.
    """

    value: str
    label: str
    count: int
    language: str = ""


#: A list of more choices helps nobody: the search finds the others by name.
MOST_CHOICES = 200


def facets(criteria: Criteria, *names: str) -> dict[str, list[Choice]]:
    """For each filter, or for those named, its choices with counts under the other filters.

    Choices without rows are left out. Of places and sources, the ``MOST_CHOICES`` with the most rows are given.
    """
    return {name: _FACETS[name](criteria) for name in names or _FACETS}


@dataclass(frozen=True)
class Decade:
    """Ten years of founding, with how many listed rows fall into them."""

    first: int
    last: int
    count: int


def decades(criteria: Criteria) -> list[Decade]:
    """Rows by decade of founding, under the other filters; rows without a year are left out."""
    open_years = criteria.without("founded_after").without("founded_before")
    counted: Counter[int] = Counter()
    for year, n in grouped(select(open_years).exclude(founded_year=None), "founded_year"):
        counted[year // 10 * 10] += n
    return [Decade(first, first + 9, counted[first]) for first in sorted(counted)]


def grouped(rows: QuerySet[Any], *columns: str) -> Iterable[tuple[Any, ...]]:
    """The values that occur in the columns, each with its number of rows at the end; one query."""
    groups: Iterable[tuple[Any, ...]] = rows.order_by().values_list(*columns).annotate(n=Count("pk"))
    return groups


def _enum_choices(criteria: Criteria, name: str, column: str, words: type[Any]) -> list[Choice]:
    counted = dict(grouped(select(criteria.without(name)), column))
    return [Choice(word.value, str(word.label), counted[word.value]) for word in words if word.value in counted]


def both_sides(rows: RelationshipQuerySet, column: str) -> tuple[Counter[str], Counter[str]]:
    """Rows by a column of either side: the values that tell rows apart, and those that every row shares.

    A row with the same value on both sides counts once. Each tie of a Chinese register touches China: choosing it
    would narrow nothing. A value that is the only one tells something nevertheless.
    """
    counted: Counter[str] = Counter()
    total = 0
    for home, partner, n in grouped(rows, f"home__{column}", f"partner__{column}"):
        total += n
        for value in {home, partner}:
            counted[value] += n
    shared = Counter({value: n for value, n in counted.items() if n == total and len(counted) > 1})
    return counted - shared, shared


def most_first(choices: Iterable[Choice]) -> list[Choice]:
    """Choices by their numbers, equal ones by their labels."""
    return sorted(choices, key=lambda choice: (-choice.count, choice.label))


def _countries(criteria: Criteria) -> list[Choice]:
    counted, _shared = both_sides(select(criteria.without("country")), "country")
    known = Country.objects.in_bulk(list(counted))
    return most_first(Choice(code, known[code].name, n) for code, n in counted.items())


def _continents(criteria: Criteria) -> list[Choice]:
    counted, _shared = both_sides(select(criteria.without("continent")), "country__continent")
    return most_first(
        Choice(word.value, str(word.label), counted[word.value]) for word in Continent if counted[word.value]
    )


def most(counted: Mapping[int, int]) -> dict[int, int]:
    """Of values with their numbers, the ``MOST_CHOICES`` most frequent."""
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_CHOICES])


def _home_places(criteria: Criteria) -> list[Choice]:
    counted = most(dict(grouped(select(criteria.without("place")), "home")))
    known = Place.objects.published().in_bulk(list(counted))
    return most_first(Choice(place.slug, place.name, counted[pk]) for pk, place in known.items())


def _provinces(criteria: Criteria) -> list[Choice]:
    """Rows by the provinces that either side is or lies in; a row with both sides in one counts once."""
    within = _province_of_places()
    counted: Counter[int] = Counter()
    for home, partner in select(criteria.without("province")).order_by().values_list("home", "partner"):
        counted.update({within[side] for side in (home, partner) if side in within})
    kept = most(counted)
    known = Place.objects.published().in_bulk(list(kept))
    return most_first(Choice(place.slug, place.name, kept[pk]) for pk, place in known.items())


def _province_of_places() -> dict[int, int]:
    """By place, the province-level place that it is, or that it lies in directly or by its city."""
    places, provinces = Place.objects.published(), Place.objects.published().provinces().values("pk")
    found: dict[int, int] = {}
    for column in ("pk", "parent", "parent__parent"):
        found |= dict(places.filter(**{f"{column}__in": provinces}).values_list("pk", column))
    return found


def _sources(criteria: Criteria) -> list[Choice]:
    spoken = most(ties_by_source(select(criteria.without("source"))))
    known = Source.objects.defer("text").in_bulk(list(spoken))
    return most_first(Choice(source.slug, source.title, spoken[pk], source.language) for pk, source in known.items())


_FACETS: dict[str, Callable[[Criteria], list[Choice]]] = {
    "type": lambda criteria: _enum_choices(criteria, "type", "type", RelationshipType),
    "place": _home_places,
    "country": _countries,
    "continent": _continents,
    "level": lambda criteria: _enum_choices(criteria, "level", "home__level", Level),
    "status": lambda criteria: _enum_choices(criteria, "status", "status", Status),
    "province": _provinces,
    "source": _sources,
}


def place_facets(base: PlaceQuerySet, criteria: PlaceCriteria) -> dict[str, list[Choice]]:
    """For each filter of a list of places, its choices with counts."""
    by_country = dict(grouped(select_places(base, criteria.without("country")), "country"))
    by_level = dict(grouped(select_places(base, criteria.without("level")), "level"))
    by_continent = dict(grouped(select_places(base, criteria.without("continent")), "country__continent"))
    known = Country.objects.in_bulk(list(by_country))
    open_type = criteria.without("type")
    by_type = {
        word.value: select_places(base, replace(open_type, type=(word.value,))).count() for word in RelationshipType
    }
    return {
        "type": [Choice(w.value, str(w.label), by_type[w.value]) for w in RelationshipType if by_type[w.value]],
        "country": most_first(Choice(code, known[code].name, n) for code, n in by_country.items()),
        "continent": most_first(
            Choice(w.value, str(w.label), by_continent[w.value]) for w in Continent if w.value in by_continent
        ),
        "level": [Choice(w.value, str(w.label), by_level[w.value]) for w in Level if w.value in by_level],
    }
