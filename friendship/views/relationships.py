"""The list of ties with its filters, and the page of one tie."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.enums import RelationshipType
from friendship.filters import Paging, RelationshipFilter

OTHER_TIES = 6


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The ties that answer the filters, with the filters' choices and counts."""
    asked = RelationshipFilter(request.GET)
    paging = Paging(request.GET)
    page = paging.page_of(queries.relationships(asked.criteria))
    context = {
        "asked": asked,
        "paging": paging,
        "page": page,
        "ties": queries.count_ties(asked.criteria),
        "facets": queries.facets(asked.criteria),
        "decades": queries.decades(asked.criteria),
    }
    return render(request, "relationships/index.html", context)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One tie: both sides, its facts, and for each fact the words that say so."""
    tie = queries.relationship(pk)
    if tie is None:
        raise Http404
    context = {
        "tie": tie,
        "definition": RelationshipType(tie.type).definition,
        "voices": queries.voices(tie),
        "disagreements": queries.disagreements(tie),
        "other_ties": [
            (side, queries.excerpt(queries.other_ties(side, tie), OTHER_TIES)) for side in (tie.home, tie.partner)
        ],
    }
    return render(request, "relationships/detail.html", context)
