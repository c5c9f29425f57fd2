"""The world map of a filter, and the data that its script asks for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from friendship import queries, refusals
from friendship.filters import RelationshipFilter
from friendship.freshness import kept
from friendship.views.listing import listing


@require_safe
@kept
def index(request: HttpRequest) -> HttpResponse:
    """The ties of a filter on the world, and as a table below it."""
    context = listing(request)
    asked: RelationshipFilter = context["asked"]
    context |= {"drawing": queries.drawing(asked.criteria), "source_query": asked.narrowing.query}
    return render(request, "relationships/map.html", context)


@require_safe
@kept
def data(request: HttpRequest) -> HttpResponse:
    """The same ties in columns, as JSON; 400 with the field’s name where the filter cannot be read."""
    asked = RelationshipFilter(request.GET)
    if not asked.is_valid():
        return refusals.in_json(asked)
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    return JsonResponse(queries.map_data(asked.criteria), json_dumps_params=compact)
