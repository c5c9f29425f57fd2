"""Anniversaries of ties: on the day, in the month or in the year, only as precisely as the founding date is known."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from friendship.dates import PartialDate
from friendship.models import Relationship
from friendship.queries.columns import YEAR, Columns, Truth
from friendship.queries.criteria import Criteria
from friendship.queries.facets import Choice, facets_of
from friendship.queries.listings import ListedTie, ties_at
from friendship.queries.relationships import in_order
from friendship.queries.selections import Positions, Selection, selected

#: What a calendar holds of a year at most, so that programs still read it: every anniversary of 3,000 ties or so.
EVENTS_A_YEAR = 2_500

_TENS = 10
#: What is not known of a date comes last.
_LAST = 99


@dataclass(frozen=True)
class Anniversary:
    """The return of a tie's founding date in one year; ``date`` is as precise as the founding date is known."""

    tie: Relationship | ListedTie
    date: PartialDate
    years: int

    @property
    def is_round(self) -> bool:
        """Whether it is one of the tens, which count most."""
        return self.years % _TENS == 0


def anniversary(tie: Relationship | ListedTie, year: int) -> Anniversary:
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


class _Celebrated(NamedTuple):
    """The positions of ties that have an anniversary in a year, with the parts of their dates; 0 is not known."""

    ties: NDArray[np.intp]
    year: NDArray[np.int64]
    month: NDArray[np.int64]
    day: NDArray[np.int64]

    def of(self, which: Truth) -> _Celebrated:
        return _Celebrated(*(column[which] for column in self))

    def by_day(self, columns: Columns, *before: NDArray[np.int64] | Truth) -> NDArray[np.intp]:
        """Where they stand by what comes before all, the day, the year and the number."""
        keys = (columns.ids[self.ties], self.year, np.where(self.day, self.day, _LAST))
        return np.lexsort((*keys, *reversed(before)))

    def oldest_first(self, columns: Columns) -> NDArray[np.intp]:
        """Where they stand by the year, the month, the day and the number."""
        return self.by_day(columns, self.year, np.where(self.month, self.month, _LAST))


def _founded_before(year: int, columns: Columns) -> Truth:
    """The ties that have an anniversary in a year: founded in an earlier one, and counted as ties.

    A letter of intent and an ended tie have none, even where the criteria ask for them by name.
    """
    return columns.counted & (columns.dates < year << YEAR)


def _chosen(criteria: Criteria, year: int) -> Selection:
    return selected(criteria, celebrated=partial(_founded_before, year))


def _celebrated(chosen: Selection) -> _Celebrated:
    ties = chosen.positions()
    if isinstance(ties, slice):
        ties = np.arange(ties.start, ties.stop)
    dates = chosen.columns.dates[ties].astype(np.int64)
    return _Celebrated(ties, dates >> YEAR, dates >> 5 & 15, dates & 31)


def _told(columns: Columns, ties: Positions, year: int) -> list[Anniversary]:
    return [anniversary(tie, year) for tie in ties_at(columns, ties)]


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
    wanted = list(months)
    chosen = _chosen(criteria, max((month.year for month in wanted), default=0))
    dated = _celebrated(chosen)
    found = []
    for month in wanted:
        of_month = dated.of((dated.month == month.month) & (dated.year < month.year))
        first = _first(chosen.columns, of_month, month.year, most)
        shown = first.ties[first.by_day(chosen.columns)]
        found.append(AnniversaryMonth(month, len(of_month.ties), _told(chosen.columns, shown, month.year)))
    return found


class MonthOfAnniversaries:
    """The ties whose anniversary falls into a month, by day; those without a day last. As a paginator asks for them."""

    def __init__(self, criteria: Criteria, month: PartialDate) -> None:
        """Find them."""
        chosen = _chosen(criteria, month.year)
        dated = _celebrated(chosen)
        of_month = dated.of(dated.month == month.month)
        self._columns, self._ties = chosen.columns, of_month.ties[of_month.by_day(chosen.columns)]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ties)

    def __getitem__(self, part: slice) -> list[ListedTie]:
        """Some of them."""
        return ties_at(self._columns, self._ties[part])


def anniversaries_of_month(criteria: Criteria, month: PartialDate) -> MonthOfAnniversaries:
    """The ties whose anniversary falls into a month, by day; those without a day last."""
    return MonthOfAnniversaries(criteria, month)


def dated_anniversaries(criteria: Criteria, year: int, most: int) -> list[Anniversary]:
    """The anniversaries of a year whose day or month is known, by date; at most so many.

    Where there are more, round ones come before others, and older ties before younger ones.
    """
    chosen = _chosen(criteria, year)
    found = _celebrated(chosen)
    dated = found.of(found.month > 0)
    first = dated.by_day(chosen.columns, ~_are_round(dated, year), dated.year, dated.month)[:most]
    ties = in_order(chosen.columns.ids[dated.ties[first]].tolist())
    return sorted((anniversary(tie, year) for tie in ties), key=lambda item: item.date.iso)


# --- round ones, and those known by their year alone ----------------------------------------------------------------


@dataclass(frozen=True)
class Age:
    """How many ties become so many years old in a year."""

    years: int
    founded: int
    count: int


def round_ages(criteria: Criteria, year: int) -> list[Age]:
    """The tens that ties reach in a year, the highest first."""
    found = _celebrated(_chosen(criteria, year))
    years, numbers = np.unique(found.year[_are_round(found, year)], return_counts=True)
    told = zip(years.tolist(), numbers.tolist(), strict=True)
    return [Age(year - founded, founded, n) for founded, n in told]


def round_anniversaries(criteria: Criteria, year: int, most: int) -> list[Anniversary]:
    """The round anniversaries of a year, the highest first, then by date; at most so many."""
    chosen = _chosen(criteria, year)
    found = _celebrated(chosen)
    round_ones = found.of(_are_round(found, year))
    first = round_ones.oldest_first(chosen.columns)[:most]
    return _told(chosen.columns, round_ones.ties[first], year)


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
    chosen = _chosen(criteria, year)
    found = _celebrated(chosen)
    undated = found.of(found.month == 0)
    tens = (year - undated.year) // _TENS
    groups = []
    for decade in np.unique(tens)[::-1].tolist():
        of_decade = undated.of(tens == decade)
        first = _first(chosen.columns, of_decade, year, most)
        rows = _told(chosen.columns, first.ties[first.oldest_first(chosen.columns)], year)
        youngest, oldest = max(1, decade * _TENS), decade * _TENS + _TENS - 1
        years = max(1, year - oldest), year - youngest
        groups.append(AgeGroup(youngest, oldest, *years, len(of_decade.ties), rows))
    return groups


def _are_round(found: _Celebrated, year: int) -> Truth:
    """Which of them become so many tens of years old."""
    tens: Truth = (year - found.year) % _TENS == 0
    return tens


def _first(columns: Columns, found: _Celebrated, year: int, most: int) -> _Celebrated:
    """The first of them, round ones before others."""
    order = found.by_day(columns, ~_are_round(found, year))[:most]
    return _Celebrated(*(column[order] for column in found))


# --- choices --------------------------------------------------------------------------------------------------------


def anniversary_choices(criteria: Criteria, year: int) -> dict[str, list[Choice]]:
    """For type, home place and country their choices, with how many ties of each have an anniversary in the year."""
    return facets_of(_chosen(criteria, year), "type", "place", "country")
