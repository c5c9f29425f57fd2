"""The list of ties with its filters, and the page of one tie."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from friendship import linked_data, queries
from friendship.enums import RelationshipType
from friendship.freshness import kept
from friendship.views import moved
from friendship.views.citing import citation
from friendship.views.listing import listing

OTHER_TIES = 6


@require_safe
@kept
def index(request: HttpRequest) -> HttpResponse:
    """The ties that answer the filters, with the filters' choices and counts."""
    return render(request, "relationships/index.html", listing(request))


@require_safe
@kept
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One tie: both sides, its facts, and for each fact the words that say so."""
    tie = queries.relationship(pk)
    if tie is None:
        return moved.tie(request, pk)
    context = {
        "tie": tie,
        "definition": RelationshipType(tie.type).definition,
        "voices": queries.voices(tie),
        "drawing": queries.drawing_of_tie(tie),
        "steps": queries.timeline(tie),
        "disagreements": queries.disagreements(tie),
        "citation": citation(request, tie, [*tie.evidence.all(), *tie.events.all()]),
        "linked_data": linked_data.relationship(tie, request.build_absolute_uri),
        "other_ties": [(side, queries.other_ties(side, tie, OTHER_TIES)) for side in (tie.home, tie.partner)],
    }
    return render(request, "relationships/detail.html", context)
