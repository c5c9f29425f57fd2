"""The ties that answer a question, counted by year, type, country, continent, home place and level.

Only ties are counted, as ``RelationshipQuerySet.counted`` decides. Country, continent and place look at both sides of a
tie as the filters do, so that every number here is the length of a list that the filters can ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np

from friendship.enums import Continent, Level, RelationshipType, Status
from friendship.models import Country, Place
from friendship.models.places import is_chinese, naming
from friendship.queries.columns import CONTINENTS, Columns, Whole, counting, either_side
from friendship.queries.criteria import Criteria
from friendship.queries.selections import Positions, Selection, selected, values

#: Places that are asked for by their numbers; of more, all are read.
_FEW = 2_000


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
    ``shared_continents`` name what every tie touches and what the groups therefore leave out. Of the ``place_count``
    home places, ``places`` are the first so many as were asked for.
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
    place_count: int
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


def statistics(criteria: Criteria, most_places: int | None = None) -> Statistics:
    """Count the ties that answer the criteria; of the home places, all are named or at most so many."""
    chosen = selected(criteria)
    columns, ties = chosen.columns, _ties(chosen)
    by_year = _by_year(columns, ties)
    countries, shared_countries = _countries(columns, ties, criteria.country)
    continents, shared_continents = _continents(columns, ties, criteria.continent)
    homes = _home_places(columns, ties, criteria.place)
    return Statistics(
        listed=_kinds(chosen),
        ties=len(ties),
        undated=int(by_year[0].sum()),
        years=_years(by_year),
        types=_in_order(RelationshipType, np.bincount(columns.kind[ties], minlength=len(RelationshipType))),
        countries=countries,
        shared_countries=shared_countries,
        continents=continents,
        shared_continents=shared_continents,
        places=_named(columns, homes, most_places),
        place_count=int(np.count_nonzero(homes)),
        levels=_in_order(Level, np.bincount(columns.home_level[ties], minlength=len(Level))),
    )


def kinds(criteria: Criteria) -> frozenset[tuple[str, str]]:
    """The pairs of type and status among all rows that answer, counted or not."""
    return _kinds(selected(criteria))


def _kinds(chosen: Selection) -> frozenset[tuple[str, str]]:
    columns, found = chosen.columns, chosen.positions()
    pairs = np.bincount(values(columns.kind, found).astype(np.intp) * len(Status) + values(columns.status, found))
    kinds, statuses = list(RelationshipType), list(Status)
    return frozenset(
        (kinds[pair // len(statuses)].value, statuses[pair % len(statuses)].value)
        for pair in np.flatnonzero(pairs).tolist()
    )


def _ties(chosen: Selection) -> Positions:
    """The positions of those that count as ties."""
    columns, found, asked = chosen.columns, chosen.positions(), chosen.criteria
    told = counting(values(columns.kind, found), values(columns.status, found), asked.type, asked.status)
    return np.flatnonzero(told) + found.start if isinstance(found, slice) else found[told]


def _by_year(columns: Columns, ties: Positions) -> Whole:
    """By year and type; those of year 0 have none."""
    size = len(RelationshipType)
    numbers = np.bincount(columns.years[ties].astype(np.intp) * size + columns.kind[ties], minlength=size)
    return np.pad(numbers, (0, -len(numbers) % size)).reshape(-1, size)


def _years(by_year: Whole) -> list[Year]:
    totals = by_year.sum(axis=1)
    totals[0] = 0
    some, so_far = np.flatnonzero(totals), np.cumsum(totals)
    told = zip(some.tolist(), by_year[some].tolist(), totals[some].tolist(), so_far[some].tolist(), strict=True)
    words = RelationshipType.values
    return [
        Year(year, {word: n for word, n in zip(words, numbers, strict=True) if n}, total, cumulative)
        for year, numbers, total, cumulative in told
    ]


def _in_order(words: Iterable[Any], counted: Whole) -> list[Group]:
    told = zip(words, counted.tolist(), strict=True)
    return [Group(word.value, str(word.label), n) for word, n in told if n]


def _countries(columns: Columns, ties: Positions, asked: Iterable[str]) -> tuple[list[Group], list[str]]:
    sides = columns.home_country[ties], columns.partner_country[ties]
    counted = either_side(*sides, len(columns.countries))
    told, shared = _telling(counted, len(ties), [at for at, code in enumerate(columns.countries) if code in asked])
    countries = [columns.country_rows()[code] for code in columns.countries]
    ordered = sorted(told, key=lambda at: (-told[at], _alphabetical(countries[at])))
    groups = [Group(countries[at].code, countries[at].name, told[at]) for at in ordered]
    return groups, [countries[at].name for at in shared]


def _continents(columns: Columns, ties: Positions, asked: Iterable[str]) -> tuple[list[Group], list[str]]:
    counted = either_side(columns.home_continent[ties], columns.partner_continent[ties], len(Continent))
    told, shared = _telling(counted, len(ties), [CONTINENTS[word] for word in asked if word in CONTINENTS])
    words = list(Continent)
    groups = [Group(words[at].value, str(words[at].label), n) for at, n in sorted(told.items())]
    return sorted(groups, key=lambda group: -group.total), [str(words[at].label) for at in shared]


def _telling(counted: Whole, ties: int, asked: list[int]) -> tuple[dict[int, int], list[int]]:
    """The values of either side with their numbers, and those that are left out because every tie shares them.

    Nothing is left out where nothing would remain. Where the filter asks for some values, only these are counted:
    values of one filter are alternatives, so no list could hold the ties of Japan that touch another country too.
    """
    told = {at: n for at, n in enumerate(counted.tolist()) if n}
    if asked:
        return {at: told[at] for at in asked if at in told}, []
    telling = {at: n for at, n in told.items() if n < ties}
    return (telling, sorted(told.keys() - telling)) if telling else (told, [])


def _home_places(columns: Columns, ties: Positions, asked: Iterable[str]) -> Whole:
    """By the places that are the home side of a tie, the ties that touch them on either side."""
    size = len(columns.place_ids)
    homes = np.bincount(columns.home[ties], minlength=size)
    counted = np.where(homes > 0, homes + np.bincount(columns.partner[ties], minlength=size), 0)
    if asked:
        places = Place.objects.published().filter(slug__in=asked).values_list("pk", flat=True)
        named = columns.places_at(np.fromiter(places, np.int64))
        counted[np.setdiff1d(np.flatnonzero(counted), named)] = 0
    return counted


def _named(columns: Columns, counted: Whole, most: int | None) -> list[Group]:
    """Places by their numbers, equal ones by their names."""
    if most == 0:
        return []
    some = np.flatnonzero(counted)
    if most is not None and len(some) > most:
        some = some[counted[some] >= np.partition(counted[some], -most)[-most]]
    rows = Place.objects.published()
    if len(some) <= _FEW:
        rows = rows.filter(pk__in=columns.place_ids[some].tolist())
    numbers = dict(zip(columns.place_ids[some].tolist(), counted[some].tolist(), strict=True))
    chinese = is_chinese()
    told = [
        (-numbers[pk], pinyin if chinese else (name_en or pinyin), slug, naming(name_zh, name_en, chinese=chinese))
        for pk, slug, name_zh, name_en, pinyin in rows.values_list("pk", "slug", "name_zh", "name_en", "pinyin")
        if pk in numbers
    ]
    ordered = sorted(told, key=itemgetter(0, 1))  # of the same name, they stand as the database has them
    return [Group(slug, name.name, -minus, name.language) for minus, _key, slug, name in ordered[:most]]


def _alphabetical(country: Country) -> str:
    return country.pinyin if is_chinese() else (country.name_en or country.pinyin)
