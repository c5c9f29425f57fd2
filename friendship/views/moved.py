"""Addresses of records that were merged into others: they lead to the same page of the record that stays."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control

from friendship import queries


def tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead on from the number of a merged tie. Raises ``Http404`` where no public tie has taken its place."""
    kept = queries.moved_tie(pk)
    if kept is None:
        raise Http404
    return _same_page(request, pk=kept.pk)


def place(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead on from the address of a merged place. Raises ``Http404`` where no public place has taken its place."""
    kept = queries.moved_place(slug)
    if kept is None:
        raise Http404
    return _same_page(request, slug=kept.slug)


def _same_page(request: HttpRequest, **key: Any) -> HttpResponse:
    match = request.resolver_match
    if match is None:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    address = reverse(match.view_name, kwargs={**match.kwargs, **key})
    response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    patch_cache_control(response, no_cache=True)  # a merge may be undone: browsers would keep the way for ever
    return response
