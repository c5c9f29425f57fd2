"""What the register is, what its words mean, and what it does not hold."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.enums import Level, RelationshipType, SourceKind, Status
from friendship.exporters.licence import LICENCE
from friendship.freshness import kept


@require_safe
@kept
def about(request: HttpRequest) -> HttpResponse:
    """The types with their definitions, the rules of counting, and the limits."""
    context = {
        "summary": queries.summary(),
        "types": RelationshipType,
        "levels": Level,
        "statuses": Status,
        "source_kinds": SourceKind,
        "facets": queries.facets(queries.Criteria(), "type"),
        "licence": LICENCE,
    }
    return render(request, "about.html", context)
