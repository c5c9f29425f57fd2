"""Countries: the list of those with a tie, and the page of one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from friendship import queries

FIRST_TIES = 50
FIRST_PLACES = 200


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The countries that a tie touches, by continent."""
    return render(request, "countries/index.html", {"continents": queries.countries_by_continent()})


@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One country: its places that hold a tie, and the ties."""
    country = queries.country(code.upper())
    if country is None:
        raise Http404
    if code != country.code:
        return redirect(country, permanent=True)
    context = {
        "country": country,
        "places": queries.places_of_country(country)[:FIRST_PLACES],
        "ties": queries.excerpt(queries.relationships(queries.Criteria(country=(country.code,))), FIRST_TIES),
    }
    return render(request, "countries/detail.html", context)
