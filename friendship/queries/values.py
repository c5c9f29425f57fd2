"""The values of rows by their numbers, for answers that need no models: fifty ties in a tenth of a millisecond."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from friendship.models import Evidence, Place, Relationship, Source
from friendship.queries.prepared import Values, values


def values_of_ties(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of the published ties among those with these numbers, in no particular order."""
    return values(_ties, keys, columns)


def values_of_evidence(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of all evidence for the ties with these numbers, as it was entered."""
    return values(_evidence, keys, columns)


def values_of_published_places(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of the published places among those with these numbers, in no particular order."""
    return values(_published_places, keys, columns)


def values_of_what_contains(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of the published places that directly contain one of these, public or not, once for each of them."""
    return values(_what_contains, keys, columns)


def values_of_sources(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of the sources with these numbers, in no particular order."""
    return values(_sources, keys, columns)


def _ties(keys: Iterable[int]) -> QuerySet[Any]:
    return Relationship.objects.order_by().published_at(keys)


def _evidence(keys: Iterable[int]) -> QuerySet[Any]:
    return Evidence.objects.filter(relationship__in=keys).order_by("id")


def _published_places(keys: Iterable[int]) -> QuerySet[Any]:
    return Place.objects.published().order_by().filter(pk__in=keys)


def _what_contains(keys: Iterable[int]) -> QuerySet[Any]:
    return Place.objects.published().order_by().filter(children__in=keys)


def _sources(keys: Iterable[int]) -> QuerySet[Any]:
    return Source.objects.order_by().filter(pk__in=keys)
