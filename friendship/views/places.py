"""Cities and provinces: their lists, and the page of one place."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.enums import Level
from friendship.filters import Paging, PlaceFilter
from friendship.models import Place, PlaceQuerySet

FIRST_TIES = 50


@require_safe
def cities(request: HttpRequest) -> HttpResponse:
    """The places below the provincial level that hold a tie."""
    return _index(request, Place.objects.cities(), "places/cities.html")


@require_safe
def provinces(request: HttpRequest) -> HttpResponse:
    """The places of the provincial level that hold a tie."""
    return _index(request, Place.objects.provinces(), "places/provinces.html")


@require_safe
def city(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a city or county."""
    return _detail(request, slug)


@require_safe
def province(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a province."""
    return _detail(request, slug)


def _index(request: HttpRequest, base: PlaceQuerySet, template: str) -> HttpResponse:
    asked = PlaceFilter(request.GET, queryset=base)
    paging = Paging(request.GET)
    page = paging.page_of(queries.places(base, asked.criteria))
    facets = queries.place_facets(base, asked.criteria)
    return render(request, template, {"asked": asked, "paging": paging, "page": page, "facets": facets})


def _detail(request: HttpRequest, slug: str) -> HttpResponse:
    place = queries.place(slug)
    if place is None:
        raise Http404
    if request.path != place.get_absolute_url():
        return redirect(place)  # a city asked for among the provinces, or the reverse
    context = {
        "place": place,
        "ties": queries.excerpt(queries.relationships(queries.Criteria(place=(place.slug,))), FIRST_TIES),
        "ties_below": queries.excerpt(queries.ties_below(place), FIRST_TIES),
        "below": queries.places_under(place),
        "totals": queries.compared_totals(place),
        "is_province": place.level == Level.PROVINCE,
    }
    return render(request, "places/detail.html", context)
