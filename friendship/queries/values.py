"""The values of rows by their numbers, for answers that need no models: fifty ties in a tenth of a millisecond.

Django takes four times as long to put such a query together as the database to answer it, and it is the same query each
time but for the numbers. So it is put together once for each set of columns, and for 1, 2, 4, 8, … rows: what is left
over repeats the last number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections, router
from django.db.models import QuerySet

from friendship.models import Evidence, Place, Relationship, Source

Values = tuple[Any, ...]
_Question = Callable[[Iterable[int]], QuerySet[Any]]


def values_of_ties(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of the published ties among those with these numbers, in no particular order."""
    return _read(_ties, keys, columns)


def values_of_evidence(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of all evidence for the ties with these numbers, as it was entered."""
    return _read(_evidence, keys, columns)


def values_of_published_places(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of the published places among those with these numbers, in no particular order."""
    return _read(_published_places, keys, columns)


def values_of_what_contains(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of the published places that directly contain one of these, public or not, once for each of them."""
    return _read(_what_contains, keys, columns)


def values_of_sources(keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """The columns of the sources with these numbers, in no particular order."""
    return _read(_sources, keys, columns)


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


class _Prepared(NamedTuple):
    sql: str
    #: What the query says of itself; the keys follow.
    parameters: Values


def _read(question: _Question, keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    if not keys:
        return []
    alias = router.db_for_read(Relationship)
    number = 1 << (len(keys) - 1).bit_length()
    prepared = _prepared(question, number, columns, connections[alias].vendor)
    if prepared is None:
        return list(question(keys).using(alias).values_list(*columns))
    with connections[alias].cursor() as cursor:
        cursor.execute(prepared.sql, [*prepared.parameters, *keys, *[keys[-1]] * (number - len(keys))])
        return list(cursor.fetchall())


@lru_cache(maxsize=256)
def _prepared(question: _Question, number: int, columns: tuple[str, ...], vendor: str) -> _Prepared | None:
    """The query for so many keys; None where values are not what the database gives, as times are on SQLite."""
    alias = next(each for each in connections if connections[each].vendor == vendor)
    keys = tuple(range(1, number + 1))
    compiler = question(keys).values_list(*columns).query.get_compiler(alias)
    sql, parameters = compiler.as_sql()
    if tuple(parameters[-number:]) != keys or compiler.get_converters(term for term, *_rest in compiler.select):
        return None
    return _Prepared(sql, tuple(parameters[:-number]))
