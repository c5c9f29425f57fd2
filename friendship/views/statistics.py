"""The statistics of a filter: charts with their tables, and each table as a file."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from friendship import queries, refusals
from friendship.charts import bar_chart, line_chart
from friendship.enums import RelationshipType
from friendship.exporters import csv
from friendship.exporters.statistics import TABLES
from friendship.filters import RelationshipFilter
from friendship.freshness import kept
from friendship.views.listing import listing
from friendship.views.reported import history_charts

MOST_ROWS = 100
MOST_PLACES = 10


@require_safe
@kept
def index(request: HttpRequest) -> HttpResponse:
    """The ties of a filter by year, type, country, continent, home place and level."""
    context = listing(request)
    asked: RelationshipFilter = context["asked"]
    found = queries.statistics(asked.criteria, MOST_ROWS)
    reports = queries.reports(asked.criteria, MOST_PLACES) if _is_about_places(asked) else None
    context |= {
        "statistics": found,
        "counted": asked.ties_only(found.listed),
        "types": {kind.value: kind.label for kind in found.types},
        "most_rows": MOST_ROWS,
        "reports": reports,
        "history_charts": history_charts(reports.places if reports else []),
        **(_charts(found.years) if found.years else {}),
    }
    return render(request, "relationships/statistics.html", context)


@require_safe
def table(request: HttpRequest, name: str) -> HttpResponse:
    """One table as a CSV file; 400 where the filter cannot be read."""
    if name not in TABLES:
        raise Http404
    asked = RelationshipFilter(request.GET)
    if not asked.is_valid():
        return refusals.in_words(asked)
    rows = TABLES[name](queries.statistics(asked.criteria, None if name == "places" else 0))
    file = f"statistics-{name}-{timezone.localdate().isoformat()}.csv"
    return HttpResponse(
        csv.lines(rows),
        content_type=csv.CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def _is_about_places(asked: RelationshipFilter) -> bool:
    """Whether reported totals, which are about places as a whole, answer what is asked."""
    return not asked.parts or bool(asked.criteria.place or asked.criteria.province)


def _charts(years: list[queries.Year]) -> dict[str, object]:
    by_year = bar_chart({year.year: year.types for year in years}, RelationshipType.values)
    lines = {"cumulative": list(_cumulative(years))}
    return {"by_year": by_year, "cumulative": line_chart(lines, by_year.axes.first, by_year.axes.last)}


def _cumulative(years: list[queries.Year]) -> Iterator[tuple[float, int]]:
    """All ties at the middle of each year; through years without a tie the line stays level."""
    before = years[0]
    for year in years:
        if year.year - before.year > 1:
            yield year.year - 0.5, before.cumulative
        yield year.year + 0.5, year.cumulative
        before = year
