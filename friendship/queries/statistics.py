"""The ties that answer a question, counted by year, type, country, continent, home place and level.

Only ties are counted, as ``RelationshipQuerySet.counted`` decides. Country, continent and place look at both sides of a
tie as the filters do, so that every number here is the length of a list that the filters can ask for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from django.utils.translation import get_language

from friendship.enums import Continent, Level, RelationshipType
from friendship.models import Country, Place, RelationshipQuerySet
from friendship.queries.criteria import Criteria, select
from friendship.queries.facets import both_sides, grouped


@dataclass(frozen=True)
class Group:
    """The ties that share a value of a filter; the label is in the active language unless ``language`` names one."""

    value: str
    label: str
    total: int
    language: str = ""


@dataclass(frozen=True)
class Year:
    """The ties founded in a year, by type, and all that were founded up to its end."""

    year: int
    types: Mapping[str, int]
    total: int
    cumulative: int


@dataclass(frozen=True)
class Statistics:
    """What can be counted about the ties that answer a question.

    ``years`` are those with a tie, earliest first; the ``undated`` ties are in every group but in no year.
    ``listed`` are the pairs of type and status among all rows that answer, counted or not. ``shared_countries`` and
    ``shared_continents`` name what every tie touches and what the groups therefore leave out.
    """

    listed: frozenset[tuple[str, str]]
    ties: int
    undated: int
    years: list[Year]
    types: list[Group]
    countries: list[Group]
    shared_countries: list[str]
    continents: list[Group]
    shared_continents: list[str]
    places: list[Group]
    levels: list[Group]

    @property
    def first_year(self) -> int | None:
        """The year of the earliest dated tie."""
        return self.years[0].year if self.years else None

    @property
    def latest_year(self) -> int | None:
        """The year of the latest dated tie."""
        return self.years[-1].year if self.years else None

    @property
    def busiest_years(self) -> list[Year]:
        """The years with the most ties: usually one, all of them where several are equal."""
        most = max((year.total for year in self.years), default=0)
        return [year for year in self.years if year.total == most]

    @property
    def within_shared_continent(self) -> int | None:
        """How many ties have both sides in the one continent that all of them touch; None where there is no such."""
        if len(self.shared_continents) != 1:
            return None
        return self.ties - sum(continent.total for continent in self.continents)

    @property
    def single_tie_countries(self) -> list[Group]:
        """The countries that one tie alone touches."""
        return [country for country in self.countries if country.total == 1]


def statistics(criteria: Criteria) -> Statistics:
    """Count the ties that answer the criteria, in nine queries however many there are."""
    ties = select(criteria).counted(criteria.type, criteria.status)
    by_year: dict[int | None, Counter[str]] = defaultdict(Counter)
    for year, kind, n in grouped(ties, "founded_year", "type"):
        by_year[year][kind] += n
    undated = by_year.pop(None, Counter())
    by_type = sum(by_year.values(), undated)
    countries, shared_countries = _countries(ties, criteria.country)
    continents, shared_continents = _continents(ties, criteria.continent)
    return Statistics(
        listed=kinds(criteria),
        ties=by_type.total(),
        undated=undated.total(),
        years=_years({year: by_year[year] for year in sorted(year for year in by_year if year is not None)}),
        types=_in_order(RelationshipType, by_type),
        countries=countries,
        shared_countries=shared_countries,
        continents=continents,
        shared_continents=shared_continents,
        places=_home_places(ties, criteria.place),
        levels=_in_order(Level, Counter(dict(grouped(ties, "home__level")))),
    )


def kinds(criteria: Criteria) -> frozenset[tuple[str, str]]:
    """The pairs of type and status among all rows that answer, counted or not."""
    return frozenset((kind, status) for kind, status, _n in grouped(select(criteria), "type", "status"))


def _years(by_year: Mapping[int, Counter[str]]) -> list[Year]:
    totals = [types.total() for types in by_year.values()]
    return [
        Year(year, dict(types), total, cumulative)
        for (year, types), total, cumulative in zip(by_year.items(), totals, accumulate(totals), strict=True)
    ]


def _in_order(words: type[Any], counted: Counter[str]) -> list[Group]:
    return [Group(word.value, str(word.label), counted[word.value]) for word in words if counted[word.value]]


def _countries(ties: RelationshipQuerySet, asked: Iterable[str]) -> tuple[list[Group], list[str]]:
    counted, shared = _touched(ties, "country", asked)
    known = Country.objects.in_bulk([*counted, *shared])
    ordered = sorted(counted, key=lambda code: (-counted[code], _alphabetical(known[code])))
    return [Group(code, known[code].name, counted[code]) for code in ordered], [known[code].name for code in shared]


def _continents(ties: RelationshipQuerySet, asked: Iterable[str]) -> tuple[list[Group], list[str]]:
    counted, shared = _touched(ties, "country__continent", asked)
    groups = sorted(_in_order(Continent, counted), key=lambda group: -group.total)
    return groups, [group.label for group in _in_order(Continent, shared)]


def _touched(ties: RelationshipQuerySet, column: str, asked: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """Ties by a column of either side, and what is left out because every tie shares it.

    Nothing is left out where nothing would remain. Where the filter asks for some values, only these are counted:
    values of one filter are alternatives, so no list could hold the ties of Japan that touch another country too.
    """
    telling, shared = both_sides(ties, column)
    if asked:
        return Counter({value: n for value, n in (telling + shared).items() if value in asked}), Counter()
    return (telling, shared) if telling else (shared, Counter())


def _home_places(ties: RelationshipQuerySet, asked: Iterable[str]) -> list[Group]:
    """The places that are the home side of a tie, by the ties that touch them on either side."""
    homes = ties.order_by().values("home")
    counted = Counter(dict(grouped(ties, "home"))) + Counter(dict(grouped(ties.filter(partner__in=homes), "partner")))
    places = Place.objects.published().filter(pk__in=homes).only("slug", "name_zh", "name_en", "pinyin")
    if asked:
        places = places.filter(slug__in=asked)
    ordered = sorted(places, key=lambda place: (-counted[place.pk], _alphabetical(place)))
    return [Group(place.slug, place.name, counted[place.pk], _language(place)) for place in ordered]


def _alphabetical(thing: Country | Place) -> str:
    return thing.pinyin if (get_language() or "").startswith("zh") else (thing.name_en or thing.pinyin)


def _language(place: Place) -> str:
    """The language of the place's name where it has none in the active one."""
    chinese = (get_language() or "").startswith("zh")
    if chinese:
        return "" if place.name_zh else "en"
    return "" if place.name_en else "zh-Hans"
