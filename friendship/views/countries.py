"""Countries: the list of those with a tie, and the page of one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from friendship import linked_data, queries
from friendship.freshness import kept

FIRST_TIES = 50
FIRST_PLACES = 200


@require_safe
@kept
def index(request: HttpRequest) -> HttpResponse:
    """The countries that a tie touches, by continent."""
    context = {
        "continents": queries.countries_by_continent(),
        "drawing": queries.drawing(queries.Criteria(), queries.FEW_ARCS),
    }
    return render(request, "countries/index.html", context)


@require_safe
@kept
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One country: its places that hold a tie, and the ties."""
    country = queries.country(code.upper())
    if country is None:
        raise Http404
    if code != country.code:
        return redirect(country, permanent=True)
    context = {
        "country": country,
        "linked_data": linked_data.country(country, request.build_absolute_uri),
        "places": queries.places_of_country(country)[:FIRST_PLACES],
        "ties": queries.excerpt_of(queries.Criteria(country=(country.code,)), FIRST_TIES),
        "drawing": queries.drawing(queries.Criteria(country=(country.code,)), queries.FEW_ARCS),
    }
    return render(request, "countries/detail.html", context)
