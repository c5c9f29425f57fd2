"""The places of the reference list that answer a question, found in the columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from friendship import names
from friendship.models import Place
from friendship.queries.columns import LEVELS, Columns, Truth
from friendship.queries.places import PlaceCriteria
from friendship.queries.selections import countries_called, places_called


def answering_places(columns: Columns, criteria: PlaceCriteria) -> Truth | None:
    """Whether each published place answers a question; None where every place does."""
    found = None
    for name, part in _PARTS.items():
        if asked := getattr(criteria, name):
            within = part(columns, asked)
            found = within if found is None else found & within
    return found


def _named(columns: Columns, query: str) -> Truth:
    """Every word must be found, in the name of the place or of its country."""
    terms = names.search_terms(query)
    found = np.full(len(columns.place_ids), bool(terms))  # only punctuation was typed: nothing is called that
    for term in terms:
        found &= places_called(columns, term) | countries_called(columns, term).take(columns.place_country)
    return found


def _countries(columns: Columns, codes: tuple[str, ...]) -> Truth:
    return np.isin(columns.countries, codes).take(columns.place_country)


def _levels(columns: Columns, words: tuple[str, ...]) -> Truth:
    return np.isin(columns.place_level, [LEVELS[word] for word in words if word in LEVELS])


def _provinces(columns: Columns, slugs: tuple[str, ...]) -> Truth:
    """What lies in one of them, directly or by its city."""
    places = Place.objects.published().order_by()
    below, further = places.filter(parent__slug__in=slugs), places.filter(parent__parent__slug__in=slugs)
    keys = below.values_list("pk", flat=True).union(further.values_list("pk", flat=True))
    found = np.zeros(len(columns.place_ids), np.bool_)
    found[columns.places_at(np.fromiter(keys, np.int64))] = True
    return found


_PARTS: dict[str, Callable[[Columns, Any], Truth]] = {
    "q": _named,
    "country": _countries,
    "level": _levels,
    "province": _provinces,
}
