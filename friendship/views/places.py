"""Cities and provinces: their lists, and the page of one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from friendship import linked_data, queries
from friendship.enums import Level
from friendship.filters import Paging, PlaceFilter
from friendship.freshness import kept
from friendship.models.curation import Curated
from friendship.views import moved
from friendship.views.citing import citation
from friendship.views.reported import history_charts

FIRST_TIES = 50
FIRST_COUSINS = 24
_BELOW_PROVINCES = [level for level in Level if level != Level.PROVINCE]


@require_safe
@kept
def cities(request: HttpRequest) -> HttpResponse:
    """The places below the provincial level that hold a tie."""
    return _index(request, "places/cities.html", _BELOW_PROVINCES)


@require_safe
@kept
def provinces(request: HttpRequest) -> HttpResponse:
    """The places of the provincial level that hold a tie."""
    return _index(request, "places/provinces.html", [Level.PROVINCE])


@require_safe
@kept
def city(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a city or county."""
    return _detail(request, slug)


@require_safe
@kept
def province(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a province."""
    return _detail(request, slug)


def _index(request: HttpRequest, template: str, levels: Sequence[Level]) -> HttpResponse:
    asked = PlaceFilter(request.GET)
    paging = Paging(request.GET)
    found = queries.PlaceListing(asked.criteria, levels)
    context = {
        "asked": asked,
        "paging": paging,
        "page": paging.page_of(found),
        "facets": found.facets,
        "drawing": found.drawing,
    }
    return render(request, template, context)


def _detail(request: HttpRequest, slug: str) -> HttpResponse:
    place = queries.place(slug)
    if place is None:
        return moved.place(request, slug)
    if request.path != place.get_absolute_url():
        return redirect(place)  # a city asked for among the provinces, or the reverse
    listed = queries.excerpt_of(queries.Criteria(place=(place.slug,)), FIRST_TIES)
    rows = queries.whole(listed.rows)
    ties = replace(listed, rows=rows)
    below = queries.places_under(place)
    ties_below = queries.ties_below(place, FIRST_TIES)
    is_province = place.level == Level.PROVINCE
    report = queries.report_of(place)
    around = queries.Criteria(province=(slug,)) if is_province else queries.Criteria(place=(slug,))
    context = {
        "place": place,
        "drawing": queries.drawing(around, queries.FEW_ARCS),
        "ties": ties,
        "ties_below": ties_below,
        "below": below,
        "report": report,
        "history_charts": history_charts([report]),
        "cousins": queries.cousins(place, FIRST_COUSINS),
        "is_province": is_province,
        "citation": citation(request, place, [*rows, *cast("list[Curated]", ties_below.rows)]),
        "linked_data": linked_data.place(place, request.build_absolute_uri),
    }
    return render(request, "places/detail.html", context)
