"""Questions by number, whose queries are put together once.

Django takes four times as long to put such a query together as the database to answer it, and it is the same query each
time but for the numbers. So it is put together once for each set of columns, and for 1, 2, 4, 8, … numbers: what is
left over repeats the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, TypeVar

from django.db import connections, router
from django.db.models import BigIntegerField, Model, QuerySet
from django.db.models.query import get_related_populators

from friendship.models import Relationship

Row = TypeVar("Row", bound=Model)
Values = tuple[Any, ...]
#: Gives the rows that belong to some numbers; these follow all else that its query says.
Question = Callable[[Iterable[int]], QuerySet[Row]]


def values(question: Question[Any], keys: Sequence[int], columns: tuple[str, ...]) -> list[Values]:
    """These columns of the rows that belong to some numbers."""
    if not keys:
        return []
    alias, number = router.db_for_read(Relationship), 1 << (len(keys) - 1).bit_length()
    return _prepared(question, number, columns, alias).answer([*keys, *[keys[-1]] * (number - len(keys))])


def rows(question: Question[Row], key: int) -> list[Row]:
    """The rows that belong to a number, with those that are selected beside them and without what is deferred."""
    if key > BigIntegerField.MAX_BIGINT:  # no row has it, and SQLite does not even take it
        return []
    prepared = _prepared(question, 1, (), router.db_for_read(Relationship))
    return [prepared.row(told) for told in prepared.answer([key])]


def hold(row: Model, name: str, related: list[Any]) -> None:
    """Let ``all()`` of a row's manager give these, as ``prefetch_related`` does."""
    manager = getattr(row, name)
    held = manager.all()
    held._result_cache, held._prefetch_done = related, True
    for each in related:
        setattr(each, manager.field.name, row)
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = held


class _Prepared:
    """A query for so many numbers, and what Django makes of its answers."""

    def __init__(self, found: QuerySet[Any], keys: Values, alias: str) -> None:
        # On a connection that is never opened: those of threads come and go.
        compiler = found.query.get_compiler(connection=connections.create_connection(alias))
        self._sql, parameters = compiler.as_sql()
        self._parameters = parameters[: -len(keys)]
        if (*self._parameters, *keys) != tuple(parameters):
            raise ValueError(self._sql)
        self._alias, self._model = alias, found.model
        converters = compiler.get_converters(term for term, *_rest in compiler.select)
        # Some values are not what the database gives, as times are on SQLite.
        self._converted = partial(compiler.apply_converters, converters=converters) if converters else None
        if told := compiler.klass_info:
            self._names = [compiler.select[at][0].target.attname for at in told["select_fields"]]
            self._beside = get_related_populators(told, compiler.select, alias)  # type: ignore[call-arg] # (of 6.0)

    def answer(self, keys: Sequence[int]) -> list[Values]:
        """What the database answers, for exactly so many numbers."""
        with connections[self._alias].cursor() as cursor:
            cursor.execute(self._sql, [*self._parameters, *keys])
            found = cursor.fetchall()
        return [*map(tuple, self._converted(found))] if self._converted else found

    def row(self, told: Values) -> Any:
        """What one answer tells, as ``QuerySet`` makes it."""
        row = self._model.from_db(self._alias, self._names, told[: len(self._names)])
        for populator in self._beside:
            populator.populate(told, row)
        return row


@lru_cache(maxsize=256)
def _prepared(question: Question[Any], number: int, columns: tuple[str, ...], alias: str) -> _Prepared:
    keys = tuple(range(1, number + 1))
    found = question(keys)
    return _Prepared(found.values_list(*columns) if columns else found, keys, alias)
