"""The ties that answer a filter: what the list, the map and the statistics of the same filter share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from friendship import queries
from friendship.filters import Paging, RelationshipFilter


def listing(request: HttpRequest) -> dict[str, Any]:
    """What ``relationships/listing.html`` needs: the filter and its choices, the rows' page, and the tally."""
    asked = RelationshipFilter(request.GET)
    paging = Paging(request.GET)
    found = queries.Listing(asked.criteria)
    return {
        "asked": asked,
        "paging": paging,
        "page": paging.page_of(found.rows),
        "ties": found.ties,
        "facets": found.facets,
        "decades": found.decades,
    }
