"""Reported totals beside what is recorded: one by one, the latest of each question, and over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from numpy.typing import NDArray

from friendship.dates import PartialDate
from friendship.enums import UNCOUNTED_STATUSES, UNCOUNTED_TYPES, Metric, Scope
from friendship.models import Place, Relationship, ReportedTotal, Source
from friendship.queries.columns import STATUSES, TYPES, UNDATED, YEAR, Columns, Position, Truth, current
from friendship.queries.criteria import Criteria

#: Ended ties whose dates are asked for in one query.
_AT_ONCE = 1_000
#: In a date of the columns, the bit at which the month begins; and what lies after every date.
_DAY, _NOT_ENDED = 5, UNDATED << 1
_AS_OF = ("as_of_year", "as_of_month", "as_of_day")
#: What is counted, in the order in which people ask for it.
_METRICS = [Metric.SISTER, Metric.COOPERATION, Metric.ALL, Metric.PARTNERS, Metric.COUNTRIES]


@dataclass(frozen=True)
class Gap:
    """How far the register is from an exact reported total."""

    reported: int
    recorded: int

    @property
    def difference(self) -> int:
        """Reported less recorded; below zero where the register holds more."""
        return self.reported - self.recorded

    @property
    def share(self) -> float:
        """The part of the reported that is recorded, from 0 to 1."""
        return min(self.recorded / self.reported, 1.0) if self.reported else 1.0


@dataclass(frozen=True)
class ComparedTotal:
    """A reported total beside what the register holds."""

    total: ReportedTotal
    recorded: int

    @property
    def gap(self) -> Gap | None:
        """The gap between the two, or None where the source gives no exact number."""
        return None if self.total.value is None else Gap(self.total.value, self.recorded)

    @property
    def span(self) -> tuple[int, int] | None:
        """Where the total stands in its source's text."""
        if self.total.start is None or self.total.end is None:
            return None
        return self.total.start, self.total.end


@dataclass(frozen=True)
class TotalHistory:
    """All that was reported of one question: of a place, in a scope, by a metric; undated first, then by date."""

    place: Place
    scope: Scope
    metric: Metric
    rows: list[ComparedTotal]

    @property
    def key(self) -> str:
        """The question in one word, for addresses within a page."""
        return f"{self.place.slug}-{self.scope.value}-{self.metric.value}"

    @property
    def points(self) -> list[tuple[float, Gap]]:
        """The exact and dated totals, by the moment for which they are true: July 1982 is 1982.5."""
        return [(moment(row.total.as_of), row.gap) for row in self.rows if row.total.as_of and row.gap]

    @property
    def inexact(self) -> list[ReportedTotal]:
        """The totals that have no number: told in words, never drawn."""
        return [row.total for row in self.rows if row.gap is None]


@dataclass(frozen=True)
class PlaceReport:
    """All that was reported of one place, question by question."""

    place: Place
    histories: list[TotalHistory]


@dataclass(frozen=True)
class Reports:
    """What was reported of several places, and how many more there are."""

    places: list[PlaceReport]
    left_out: int


def totals() -> QuerySet[ReportedTotal]:
    """Every reported total of a published place, with its source and place."""
    return _of_published_places().select_related("source", "place__country").defer("source__text").order_by("id")


def _of_published_places() -> QuerySet[ReportedTotal]:
    return ReportedTotal.objects.filter(Exists(Place.objects.published().filter(pk=OuterRef("place"))))


def recorded(total: ReportedTotal) -> int:
    """What the register holds for the question that a reported total answers.

    A published tie counts if its home side lies in the total's scope, if it is no letter of intent, and if no date
    shows that it began after the total's date: ties without a date of founding count. An ended tie counts only if
    its end is known to lie after the total's date.
    """
    return _recorded([total])[0]


def compare(rows: Iterable[ReportedTotal]) -> list[ComparedTotal]:
    """Each total with what is recorded; at most three queries beside the state."""
    reported = list(rows)
    return [ComparedTotal(total, count) for total, count in zip(reported, _recorded(reported), strict=True)]


def compared_totals(source: Source) -> list[ComparedTotal]:
    """The totals that a source reports, beside what is recorded."""
    return compare(totals().filter(source=source))


def latest_totals(most: int) -> list[ComparedTotal]:
    """The latest total of each place, scope and metric; the newest first, and no more than so many."""
    rows = sorted(_of_published_places().only("place", "scope", "metric", *_AS_OF), key=when)
    latest = {(total.place_id, total.scope, total.metric): total for total in rows}
    newest = sorted(latest.values(), key=lambda total: (-when(total)[0], total.place_id, _question(total)))[:most]
    held = totals().in_bulk([total.pk for total in newest])
    return compare(held[total.pk] for total in newest)


def report_of(place: Place) -> PlaceReport:
    """All that was reported of one place, in two queries."""
    return PlaceReport(place, _histories(compare(totals().filter(place=place))))


def reports(criteria: Criteria, most: int) -> Reports:
    """All that was reported of the places that a question names, or of every place; no more than so many of them.

    A reported total is about a place as a whole: the other parts of the question do not narrow it. Places of which
    more was reported come first.
    """
    places = Place.objects.published().filter(_named(criteria), totals__isnull=False).annotate(told=Count("totals"))
    order = list(places.order_by("-told", "pinyin", "pk").values_list("pk", flat=True))
    by_place: dict[int, list[ComparedTotal]] = {pk: [] for pk in order[:most]}
    for row in compare(totals().filter(place__in=by_place)):
        by_place[row.total.place_id].append(row)
    shown = [PlaceReport(rows[0].total.place, _histories(rows)) for rows in by_place.values()]
    return Reports(shown, left_out=len(order) - len(shown))


def moment(date: PartialDate) -> float:
    """Where a date stands among years: a month known without its day is its middle, a year alone is its middle."""
    if date.month is None:
        return date.year + 0.5
    day = 15.5 if date.day is None else date.day - 0.5
    return date.year + (date.month - 1 + day / 31) / 12


def _histories(rows: list[ComparedTotal]) -> list[TotalHistory]:
    ordered = sorted(rows, key=lambda row: (_question(row.total), when(row.total)))
    groups = (list(group) for _asked, group in groupby(ordered, key=lambda row: _question(row.total)))
    return [
        TotalHistory(group[0].total.place, Scope(group[0].total.scope), Metric(group[0].total.metric), group)
        for group in groups
    ]


def _question(total: ReportedTotal) -> tuple[int, int]:
    """Where a question stands among those about one place."""
    return Scope.values.index(total.scope), _METRICS.index(Metric(total.metric))


def when(total: ReportedTotal) -> tuple[float, int]:
    """Where a total stands in time: undated ones first, of one date the later entry last."""
    return moment(total.as_of) if total.as_of else 0.0, total.pk


def _recorded(reported: list[ReportedTotal]) -> list[int]:
    if not reported:
        return []
    columns = current()
    below = _below({total.place_id for total in reported})
    homes = [_homes(columns, total, below) for total in reported]
    held = _Held(columns, np.unique(np.concatenate(homes)))
    return [held.count(total, within) for total, within in zip(reported, homes, strict=True)]


def _below(places: set[int]) -> dict[int, list[int]]:
    """What lies in each of these places, directly or in a place that lies in it."""
    found: dict[int, list[int]] = {pk: [] for pk in places}
    for column in ("parent", "parent__parent"):
        rows = Place.objects.published().order_by().filter(**{f"{column}__in": places})
        for pk, above in rows.values_list("pk", column):
            found[above].append(pk)
    return found


def _homes(columns: Columns, total: ReportedTotal, below: dict[int, list[int]]) -> Position:
    """The positions of the places whose ties a total counts."""
    own, under = [total.place_id], below[total.place_id]
    within = {Scope.OWN: own, Scope.SUBORDINATE: under, Scope.ALL: own + under}[Scope(total.scope)]
    return columns.places_at(np.array(within, np.int64))


class _Held:
    """The ties with one of these places as their home side, letters of intent left out."""

    def __init__(self, columns: Columns, homes: Position) -> None:
        among = _among(columns, homes)[columns.home]
        ties = np.flatnonzero(among & ~np.isin(columns.kind, [TYPES[word] for word in UNCOUNTED_TYPES]))
        self.columns, self.home, self.kind = columns, columns.home[ties], columns.kind[ties]
        self.partner, self.country = columns.partner[ties], columns.partner_country[ties]
        #: Dates as in the columns, but 0 where there is none; those of ties that have not ended lie after all.
        self.founded = np.where(columns.dates[ties] == UNDATED, 0, columns.dates[ties])
        self.ended = _ended(columns, ties)

    def count(self, total: ReportedTotal, homes: Position) -> int:
        """What a total counts of them."""
        found = _among(self.columns, homes)[self.home] & self._standing(total.as_of)
        match total.metric:
            case Metric.COUNTRIES:
                return len(np.unique(self.country[found]))
            case Metric.PARTNERS:
                return len(np.unique(self.partner[found]))
            case Metric.SISTER | Metric.COOPERATION:
                return int(np.count_nonzero(found & (self.kind == TYPES[total.metric])))
            case _:
                return int(np.count_nonzero(found))

    def _standing(self, as_of: PartialDate | None) -> Truth:
        """Those that no date shows to have begun after a day, without the ended ones unless they ended after it."""
        if as_of is None:
            not_ended: Truth = self.ended == _NOT_ENDED
            return not_ended
        # ``PartialDate.is_after``: compared as precisely as the day is known.
        bits = 0 if as_of.day else _DAY if as_of.month else YEAR
        day = _packed(as_of) >> bits
        found: Truth = (self.founded >> bits <= day) & (self.ended >> bits > day)
        return found


def _among(columns: Columns, places: Position) -> Truth:
    found = np.zeros(len(columns.place_ids), np.bool_)
    found[places] = True
    return found


def _ended(columns: Columns, ties: NDArray[np.intp]) -> NDArray[np.int64]:
    """When each of these ties ended."""
    found = np.full(len(ties), _NOT_ENDED)
    over = np.flatnonzero(np.isin(columns.status[ties], [STATUSES[word] for word in UNCOUNTED_STATUSES]))
    found[over] = 0
    index = dict(zip(columns.ids[ties[over]].tolist(), over.tolist(), strict=True))
    keys = list(index)
    for start in range(0, len(keys), _AT_ONCE):
        rows = Relationship.objects.order_by().published_at(keys[start : start + _AT_ONCE])
        for tie in rows.only("ended_year", "ended_month", "ended_day"):
            found[index[tie.pk]] = _packed(tie.ended) if tie.ended else 0
    return found


def _packed(date: PartialDate) -> int:
    """A date as the columns hold it."""
    return date.year << YEAR | (date.month or 0) << _DAY | (date.day or 0)


def _named(criteria: Criteria) -> Q:
    condition = Q()
    if criteria.place:
        condition &= Q(slug__in=criteria.place)
    if criteria.province:
        above = ("slug__in", "parent__slug__in", "parent__parent__slug__in")
        condition &= Q(*((column, criteria.province) for column in above), _connector=Q.OR)
    return condition
