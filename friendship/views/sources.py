"""Sources: the list, and one source with its full text and every quote marked in it."""

from __future__ import annotations

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from friendship import linked_data, queries
from friendship.filters import Paging, Parameters
from friendship.freshness import kept
from friendship.quotes import Span, passages
from friendship.views.citing import citation


@require_safe
@kept
def index(request: HttpRequest) -> HttpResponse:
    """Every source, newest first."""
    paging = Paging(request.GET)
    context = {
        "page": paging.page_of(queries.sources()),
        "paging": paging,
        "parameters": Parameters.of(request.GET, Paging.base_fields),
        "tie_counts": queries.tie_counts_of_sources(),
    }
    return render(request, "sources/index.html", context)


@require_safe
@kept
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One source: what it says of which tie, the totals it reports, and its text where we hold it."""
    source = queries.source(slug)
    if source is None:
        raise Http404
    statements = queries.statements(source)
    totals = queries.compared_totals(source)
    stated_at: dict[Span, list[queries.Statement]] = {}
    for item in statements:
        for span in item.spans:
            stated_at.setdefault(span, []).append(item)
    reported_at: dict[Span, list[queries.ComparedTotal]] = {}
    for row in totals:
        if row.span:
            reported_at.setdefault(row.span, []).append(row)
    context = {
        "source": source,
        "statements": statements,
        "events": queries.events_of(source),
        "totals": [(said, list(rows)) for said, rows in groupby(totals, key=lambda row: (row.total.quote, row.span))],
        "passages": passages(source.text, [*stated_at, *reported_at]),
        "stated_at": stated_at,
        "reported_at": reported_at,
        "citation": citation(request, source, [piece for item in statements for piece in item.claims]),
        "linked_data": linked_data.source(source, request.build_absolute_uri),
    }
    return render(request, "sources/detail.html", context)
