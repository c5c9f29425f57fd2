"""What the search boxes suggest while one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.filters import LONGEST_QUERY


@never_cache
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """What ``q`` may mean, as options for a list box: links, or with ``kind=place`` the places’ slugs as values."""
    text = request.GET.get("q", "").strip()
    if len(text) > LONGEST_QUERY:
        text = ""  # the search itself would refuse it
    places_only = request.GET.get("kind") == "place"
    found = queries.suggest(text, places_only=places_only)
    return render(request, "suggestions.html", {"text": text, "found": found, "places_only": places_only})
