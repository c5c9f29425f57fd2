"""The first page: what the register holds, and the ways into it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from friendship import linked_data, queries
from friendship.freshness import kept

NEWEST = 6
MOST_TOTALS = 5


@require_safe
@kept
def home(request: HttpRequest) -> HttpResponse:
    """Figures, search, the ways to browse, and what was reported beside what is recorded."""
    facets = queries.facets(queries.Criteria(), "type", "place", "country")
    summary = queries.summary()
    context = {
        "summary": summary,
        "linked_data": linked_data.site(summary, request.build_absolute_uri),
        "facets": facets,
        "drawing": queries.drawing(queries.Criteria(), queries.FEW_ARCS),
        "newest": queries.newest_ties(NEWEST),
        "totals": queries.latest_totals(MOST_TOTALS),
    }
    return render(request, "home.html", context)
