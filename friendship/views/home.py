"""The first page: what the register holds, and the ways into it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from friendship import queries

NEWEST = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Figures, search, the ways to browse, and what was reported beside what is recorded."""
    facets = queries.facets(queries.Criteria())
    context = {
        "summary": queries.summary(),
        "facets": facets,
        "newest": queries.relationships(queries.Criteria(sort="-founded")).counted()[:NEWEST],
        "totals": queries.compared_totals(),
    }
    return render(request, "home.html", context)
