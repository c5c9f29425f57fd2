"""Anniversaries of ties: on the day, in the month or in the year, only as precisely as the founding date is known."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Case, F, Value, When, Window
from django.db.models.functions import RowNumber

from friendship.dates import PartialDate
from friendship.enums import RelationshipType
from friendship.models import Country, Place, Relationship, RelationshipQuerySet
from friendship.queries.criteria import Criteria, select
from friendship.queries.facets import Choice, both_sides, grouped, most, most_first

#: What a calendar holds of a year at most, so that programs still read it: every anniversary of 3,000 ties or so.
EVENTS_A_YEAR = 2_500

_TENS = 10
_BY_DAY: list[Any] = [F("founded_day").asc(nulls_last=True), "founded_year", "pk"]
_OLDEST_FIRST: list[Any] = ["founded_year", F("founded_month").asc(nulls_last=True), *_BY_DAY]


@dataclass(frozen=True)
class Anniversary:
    """The return of a tie's founding date in one year; ``date`` is as precise as the founding date is known."""

    tie: Relationship
    date: PartialDate
    years: int

    @property
    def is_round(self) -> bool:
        """Whether it is one of the tens, which count most."""
        return self.years % _TENS == 0


def anniversary(tie: Relationship, year: int) -> Anniversary:
    """The anniversary of a tie in a year. Raises ``ValueError`` for a tie whose founding year is not known."""
    if tie.founded is None:
        raise ValueError("A tie without a founding date has no anniversary.")
    return Anniversary(tie, anniversary_date(tie.founded, year), year - tie.founded.year)


def anniversary_date(founded: PartialDate, year: int) -> PartialDate:
    """The day, month or year in which a founding date returns.

    29 February returns on 28 February in a year that has no 29th.
    """
    day = founded.day
    if (founded.month, day) == (2, 29) and not calendar.isleap(year):
        day = 28
    return PartialDate(year, founded.month, day)


def celebrated(criteria: Criteria, year: int) -> RelationshipQuerySet:
    """The ties that have an anniversary in a year: founded in an earlier one, and counted as ties.

    A letter of intent and an ended tie have none, even where the criteria ask for them by name.
    """
    return select(criteria).counted().filter(founded_year__lt=year)


# --- by month -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnniversaryMonth:
    """How many anniversaries fall into a month, and the first of them by day; those without a day stand last."""

    month: PartialDate
    count: int
    rows: list[Anniversary]


def anniversary_months(today: datetime.date) -> list[PartialDate]:
    """The months of this year and of the next twelve months, in order."""
    return [PartialDate(today.year + n // 12, n % 12 + 1) for n in range(today.month + 12)]


def anniversaries_by_month(criteria: Criteria, months: Iterable[PartialDate], most: int) -> list[AnniversaryMonth]:
    """The months with their anniversaries, at most so many in each: round ones come before others."""
    dated = select(criteria).counted().filter(founded_month__isnull=False)
    counts = list(grouped(dated, "founded_year", "founded_month"))
    found = []
    for year, of_year in groupby(months, key=lambda month: month.year):
        wanted = list(of_year)
        rows = celebrated(criteria, year).filter(founded_month__in=[month.month for month in wanted])
        first = _first_of_each(rows, year, F("founded_month"), most).order_by(*_BY_DAY)
        anniversaries = [anniversary(tie, year) for tie in first]
        for month in wanted:
            count = sum(n for founded, number, n in counts if founded < year and number == month.month)
            of_month = [item for item in anniversaries if item.date.month == month.month]
            found.append(AnniversaryMonth(month, count, of_month))
    return found


def anniversaries_of_month(criteria: Criteria, month: PartialDate) -> RelationshipQuerySet:
    """The ties whose anniversary falls into a month, by day; those without a day last."""
    return celebrated(criteria, month.year).filter(founded_month=month.month).with_places().order_by(*_BY_DAY)


def dated_anniversaries(criteria: Criteria, year: int, most: int) -> list[Anniversary]:
    """The anniversaries of a year whose day or month is known, by date; at most so many.

    Where there are more, round ones come before others, and older ties before younger ones.
    """
    rows = celebrated(criteria, year).filter(founded_month__isnull=False).with_places()
    chosen = [anniversary(tie, year) for tie in rows.order_by(_round_first(year), *_OLDEST_FIRST)[:most]]
    return sorted(chosen, key=lambda item: item.date.iso)


# --- round ones, and those known by their year alone ----------------------------------------------------------------


@dataclass(frozen=True)
class Age:
    """How many ties become so many years old in a year."""

    years: int
    founded: int
    count: int


def round_ages(criteria: Criteria, year: int) -> list[Age]:
    """The tens that ties reach in a year, the highest first."""
    rows = celebrated(criteria, year).filter(founded_year__in=_round_years(year))
    return [Age(year - founded, founded, n) for founded, n in sorted(grouped(rows, "founded_year"))]


def round_anniversaries(criteria: Criteria, year: int, most: int) -> list[Anniversary]:
    """The round anniversaries of a year, the highest first, then by date; at most so many."""
    rows = celebrated(criteria, year).filter(founded_year__in=_round_years(year)).with_places()
    return [anniversary(tie, year) for tie in rows.order_by(*_OLDEST_FIRST)[:most]]


@dataclass(frozen=True)
class AgeGroup:
    """Ties of one decade of age of which only the founding year is known: how many, and the first of them."""

    youngest: int
    oldest: int
    founded_after: int
    founded_before: int
    count: int
    rows: list[Anniversary]


def anniversaries_by_age(criteria: Criteria, year: int, most: int) -> list[AgeGroup]:
    """The anniversaries of a year of which no month is known, by decades of age, the highest first.

    At most so many stand in each group: round ones come before others.
    """
    rows = celebrated(criteria, year).filter(founded_month__isnull=True)
    counts = list(grouped(rows, "founded_year"))
    decade = (Value(year) - F("founded_year")) / Value(_TENS)
    first = [anniversary(tie, year) for tie in _first_of_each(rows, year, decade, most).order_by(*_OLDEST_FIRST)]
    found = []
    for tens in sorted({(year - founded) // _TENS for founded, _n in counts}, reverse=True):
        youngest, oldest = max(1, tens * _TENS), tens * _TENS + _TENS - 1
        found.append(
            AgeGroup(
                youngest,
                oldest,
                founded_after=max(1, year - oldest),
                founded_before=year - youngest,
                count=sum(n for founded, n in counts if (year - founded) // _TENS == tens),
                rows=[item for item in first if item.years // _TENS == tens],
            )
        )
    return found


# --- choices --------------------------------------------------------------------------------------------------------


def anniversary_choices(criteria: Criteria, year: int) -> dict[str, list[Choice]]:
    """For type, home place and country their choices, with how many ties of each have an anniversary in the year."""
    types = dict(grouped(celebrated(criteria.without("type"), year), "type"))
    homes = most(dict(grouped(celebrated(criteria.without("place"), year), "home")))
    countries, _shared = both_sides(celebrated(criteria.without("country"), year), "country")
    places, known = Place.objects.published().in_bulk(list(homes)), Country.objects.in_bulk(list(countries))
    return {
        "type": [Choice(kind, str(kind.label), types[kind]) for kind in RelationshipType if kind in types],
        "place": most_first(Choice(place.slug, place.name, homes[pk]) for pk, place in places.items()),
        "country": most_first(Choice(code, known[code].name, n) for code, n in countries.items()),
    }


# --- in the database ------------------------------------------------------------------------------------------------


def _round_years(year: int) -> list[int]:
    return list(range(year - _TENS, 0, -_TENS))


def _round_first(year: int) -> Case:
    return Case(When(founded_year__in=_round_years(year), then=0), default=1)


def _first_of_each(rows: RelationshipQuerySet, year: int, group: Any, most: int) -> RelationshipQuerySet:
    """The first rows of each group, round ones before others, with their places."""
    rank = Window(RowNumber(), partition_by=group, order_by=[_round_first(year), *_BY_DAY])
    first = rows.annotate(rank=rank).filter(rank__lte=most).values_list("pk", flat=True)
    return Relationship.objects.published().with_places().filter(pk__in=list(first))
