"""What changed in a public record, when, and on which source."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.filters import Paging, Parameters
from friendship.freshness import kept
from friendship.models import Place, Relationship
from friendship.views import moved


@require_safe
@kept
def relationship(request: HttpRequest, pk: int) -> HttpResponse:
    """The history of a tie, with its evidence and events."""
    found = queries.history_of_tie(pk)
    if found is None:
        return moved.tie(request, pk)
    return _page(request, *found)


@require_safe
@kept
def city(request: HttpRequest, slug: str) -> HttpResponse:
    """The history of a city or county."""
    return _place(request, slug)


@require_safe
@kept
def province(request: HttpRequest, slug: str) -> HttpResponse:
    """The history of a province."""
    return _place(request, slug)


def _place(request: HttpRequest, slug: str) -> HttpResponse:
    found = queries.history_of_place(slug)
    if found is None:
        return moved.place(request, slug)
    address = f"{found[0].get_absolute_url()}history/"
    if request.path != address:
        return redirect(address)  # a city asked for among the provinces, or the reverse
    return _page(request, *found)


def _page(request: HttpRequest, row: Relationship | Place, entries: list[queries.Entry]) -> HttpResponse:
    paging = Paging(request.GET)
    context: dict[str, Any] = {
        "row": row,
        "is_tie": isinstance(row, Relationship),
        "page": paging.page_of(entries),
        "paging": paging,
        "parameters": Parameters.of(request.GET, Paging.base_fields),
    }
    return render(request, "history.html", context)
