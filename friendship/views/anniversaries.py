"""The anniversaries of ties: those of this year and the next twelve months, and those of one month."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.dates import PartialDate
from friendship.enums import UNCOUNTED_STATUSES, UNCOUNTED_TYPES
from friendship.filters import Paging, Parameters, RelationshipFilter
from friendship.freshness import kept

FIRST_ROUND = 12
FIRST_OF_MONTH = 20
FIRST_OF_AGE = 12


@require_safe
@kept
def index(request: HttpRequest) -> HttpResponse:
    """The anniversaries of this year and the next twelve months, the round ones of this year before all."""
    today = timezone.localdate()
    asked = RelationshipFilter(request.GET)
    shown = queries.anniversary_months(today)
    years = range(today.year, shown[-1].year + 1)
    context = {
        "asked": asked,
        "day": PartialDate(today.year, today.month, today.day),
        "choices": queries.anniversary_choices(asked.criteria, today.year),
        "round_ones": queries.round_anniversaries(asked.criteria, today.year, FIRST_ROUND),
        "counted": _celebrated_only(asked),
        "ages": queries.round_ages(asked.criteria, today.year),
        "months": queries.anniversaries_by_month(asked.criteria, shown, FIRST_OF_MONTH),
        "by_age": {year: queries.anniversaries_by_age(asked.criteria, year, FIRST_OF_AGE) for year in years},
        "events_a_year": queries.EVENTS_A_YEAR,
    }
    return render(request, "anniversaries/index.html", context)


@require_safe
@kept
def month(request: HttpRequest, month: str) -> HttpResponse:
    """Every anniversary of a month of this year or the next, written as 2026-11."""
    today = timezone.localdate()
    asked_month = _month(month)
    if asked_month.year not in (today.year, today.year + 1):
        raise Http404
    asked = RelationshipFilter(request.GET)
    paging = Paging(request.GET)
    page = paging.page_of(queries.anniversaries_of_month(asked.criteria, asked_month))
    context = {
        "asked": asked,
        "paging": paging,
        "day": PartialDate(today.year, today.month, today.day),
        "month": asked_month,
        "page": page,
        "rows": [queries.anniversary(tie, asked_month.year) for tie in page.object_list],
    }
    return render(request, "anniversaries/month.html", context)


def _celebrated_only(asked: RelationshipFilter) -> Parameters:
    """The parameters of the list of just those ties that can have an anniversary.

    A letter of intent and an ended tie have none, even where the filter asks for them by name.
    """
    narrowed = asked.ties_only(queries.kinds(asked.criteria))
    for name, words in (("type", UNCOUNTED_TYPES), ("status", UNCOUNTED_STATUSES)):
        for word in words:
            narrowed = narrowed.without(name, word)
    return narrowed


def _month(written: str) -> PartialDate:
    """Read 2026-11. Raises ``Http404`` for anything else, so that a month has one address."""
    try:
        month = PartialDate.parse(written)
    except ValueError as error:
        raise Http404 from error
    if month.month is None or month.day is not None or month.iso != written:
        raise Http404
    return month
