"""Reported totals beside what is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from friendship.dates import PartialDate
from friendship.enums import UNCOUNTED_STATUSES, UNCOUNTED_TYPES, Metric, Scope
from friendship.models import Place, Relationship, ReportedTotal, Source


def totals() -> QuerySet[ReportedTotal]:
    """Every reported total with its source and place."""
    return ReportedTotal.objects.select_related("source", "place__country").defer("source__text").order_by("id")


def recorded(total: ReportedTotal) -> int:
    """What the register holds for the question that a reported total answers.

    A published tie counts if its home side lies in the total's scope, if it is no letter of intent, and if no date
    shows that it began after the total's date: ties without a date of founding count. An ended tie counts only if
    its end is known to lie after the total's date.
    """
    rows = Relationship.objects.published().filter(_home_in_scope(total), _standing(total.as_of))
    rows = rows.exclude(type__in=UNCOUNTED_TYPES)
    if total.metric in (Metric.SISTER, Metric.COOPERATION):
        rows = rows.filter(type=total.metric)
    match total.metric:
        case Metric.COUNTRIES:
            return rows.values("partner__country").order_by().distinct().count()
        case Metric.PARTNERS:
            return rows.values("partner").order_by().distinct().count()
        case _:
            return rows.count()


@dataclass(frozen=True)
class ComparedTotal:
    """A reported total beside what the register holds."""

    total: ReportedTotal
    recorded: int

    @property
    def span(self) -> tuple[int, int] | None:
        """Where the total stands in its source's text."""
        if self.total.start is None or self.total.end is None:
            return None
        return self.total.start, self.total.end


def compared_totals(place: Place | None = None, source: Source | None = None) -> list[ComparedTotal]:
    """Reported totals beside what is recorded, of one place or source or of all."""
    rows = totals()
    if place is not None:
        rows = rows.filter(place=place)
    if source is not None:
        rows = rows.filter(source=source)
    return compare(rows)


def compare(rows: Iterable[ReportedTotal]) -> list[ComparedTotal]:
    """Each total with what is recorded: one count per total."""
    return [ComparedTotal(total, recorded(total)) for total in rows]


def _home_in_scope(total: ReportedTotal) -> Q:
    own = Q(home=total.place_id)
    below = Q(home__parent=total.place_id) | Q(home__parent__parent=total.place_id)
    return {Scope.OWN: own, Scope.SUBORDINATE: below, Scope.ALL: own | below}[Scope(total.scope)]


def _standing(as_of: PartialDate | None) -> Q:
    """Ties that no date shows to have begun after a day, without the ended ones unless they ended after it."""
    if as_of is None:
        return ~Q(status__in=UNCOUNTED_STATUSES)
    not_ended = ~Q(status__in=UNCOUNTED_STATUSES) | _surely_after("ended", as_of)
    return ~_surely_after("founded", as_of) & not_ended


def _surely_after(prefix: str, date: PartialDate) -> Q:
    """``PartialDate.is_after`` in SQL, for the columns of a partial date."""
    later, same = Q(), Q()
    for part, value in zip(("year", "month", "day"), date.parts, strict=True):
        if value is None:
            break
        later |= same & Q(**{f"{prefix}_{part}__gt": value})
        same &= Q(**{f"{prefix}_{part}": value})
    return later
