"""Parts of a long list, found by the row before them and not by counting rows from the start.

The thousandth part of a list then costs what the first one costs, and rows that are added meanwhile move nothing.
A position are the values by which its row is sorted; the order is that of the query itself, NULLs and all.

What follows a position is asked for in ranges, nearest first: rows that share all but the last value with it, rows that
share all but the last two, and so on. Each range is one that an index serves, which the usual condition with OR is
not; the first one or two of them fill a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from typing import Any, Protocol, TypeVar, cast

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy

Row = TypeVar("Row", bound=Model)

#: Related rows that are looked up at once: at first, how many times as many next, and at most.
_FIRST_GROUPS, _GROWTH, _MOST_GROUPS = 16, 8, 8_192

#: The values by which a row is sorted, in the order of the columns.
Position = tuple[Any, ...]


def written(position: Position) -> Position:
    """A position as JSON can hold it; a query reads it just so."""
    return tuple(value.isoformat() if isinstance(value, datetime) else value for value in position)


@dataclass(frozen=True)
class Column:
    """A column of an order. ``nulls_last`` is None where the column has no NULLs."""

    name: str
    descending: bool
    nulls_last: bool | None

    @classmethod
    def of(cls, term: Any) -> Column:
        """Read a term of ``order_by``: a name, or an expression that says where NULLs stand."""
        if isinstance(term, OrderBy):
            name: str = term.expression.name  # type: ignore[union-attr]  # of an F, as every order here has it
            return cls(name, bool(term.descending), bool(term.nulls_last))
        return cls(str(term).removeprefix("-"), str(term).startswith("-"), None)

    @property
    def relation(self) -> str:
        """The related row that has the column; empty where it is the row's own."""
        return self.name.partition("__")[0] if "__" in self.name else ""

    def within_relation(self) -> Column:
        """The column as the related row names it."""
        return replace(self, name=self.name.partition("__")[2])

    def reversed(self) -> Column:
        """The column in the opposite order."""
        return replace(
            self, descending=not self.descending, nulls_last=None if self.nulls_last is None else not self.nulls_last
        )

    def term(self) -> OrderBy:
        """The term of ``order_by`` among values that are no NULLs."""
        return F(self.name).desc() if self.descending else F(self.name).asc()

    def term_with_nulls(self) -> OrderBy:
        """The term of ``order_by`` where there may be NULLs."""
        if self.nulls_last is None:
            return self.term()
        nulls = {"nulls_last": True} if self.nulls_last else {"nulls_first": True}
        return F(self.name).desc(**nulls) if self.descending else F(self.name).asc(**nulls)

    def same(self, value: Any) -> Q:
        """The rows with this value."""
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def all(self) -> list[Q]:
        """Every row, as ranges in order: values, and NULLs where there can be any."""
        if self.nulls_last is None:
            return [Q()]
        values, nulls = Q(**{f"{self.name}__isnull": False}), Q(**{f"{self.name}__isnull": True})
        return [values, nulls] if self.nulls_last else [nulls, values]

    def beyond(self, value: Any) -> list[Q]:
        """The rows after a value, as ranges in order."""
        if value is None:
            return [] if self.nulls_last else self.all()[1:]
        after = Q(**{f"{self.name}__{'lt' if self.descending else 'gt'}": value})
        return [after, *self.all()[1:]] if self.nulls_last else [after]


def columns_of(rows: QuerySet[Row]) -> list[Column]:
    """The columns by which a query is sorted; the last of them must tell any two rows apart."""
    return [Column.of(term) for term in rows.query.order_by]


@dataclass(frozen=True)
class Part:
    """Consecutive rows of a list: their keys, and whether the list goes on at either end.

    ``ends`` are the positions of the first and the last of them, where the list goes on from them; else None.
    """

    keys: list[Any]
    ends: tuple[Position, Position] | None
    has_before: bool
    has_after: bool


class Parts(Protocol):
    """The keys of a list, of which parts are asked for: by their numbers, or from a row on."""

    @property
    def columns(self) -> list[Column]:
        """The order of the list."""

    def __len__(self) -> int:
        """How many rows there are."""

    def __getitem__(self, part: slice, /) -> Sequence[Any]:
        """The keys from one number to another."""

    def part_after(self, position: Position | None, size: int) -> Part:
        """The first rows behind a position, or of the whole list."""

    def part_before(self, position: Position, size: int) -> Part:
        """The last rows ahead of a position."""


class QueryParts:
    """The keys of a query, asked of the database."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        """Nothing is asked yet."""
        self._rows = rows
        self.columns = columns_of(rows)

    def __len__(self) -> int:
        """How many rows there are."""
        return self._rows.count()

    def __getitem__(self, part: slice) -> Sequence[Any]:
        """The keys from one number to another."""
        return list(self._rows.values_list("pk", flat=True)[part])

    def part_after(self, position: Position | None, size: int) -> Part:
        """The first rows behind a position, or of the whole list."""
        return part_after(self._rows, position, size)

    def part_before(self, position: Position, size: int) -> Part:
        """The last rows ahead of a position."""
        return part_before(self._rows, position, size)


def part_after(rows: QuerySet[Row], position: Position | None, size: int) -> Part:
    """The first rows behind a position, or of the whole list."""
    columns = columns_of(rows)
    found = _first(_ranges(rows, columns, position), columns, size + 1)
    return _part(found[:size], has_before=position is not None, has_after=len(found) > size)


def part_before(rows: QuerySet[Row], position: Position, size: int) -> Part:
    """The last rows ahead of a position, in the order of the list."""
    columns = [column.reversed() for column in columns_of(rows)]
    found = _first(_ranges(rows, columns, position), columns, size + 1)
    return _part(found[:size][::-1], has_before=len(found) > size, has_after=True)


def _part(rows: list[tuple[Any, Position]], *, has_before: bool, has_after: bool) -> Part:
    ends = (rows[0][1], rows[-1][1]) if rows and (has_before or has_after) else None
    return Part([key for key, _position in rows], ends, has_before, has_after)


def _ranges(rows: QuerySet[Row], columns: list[Column], position: Position | None) -> Iterator[QuerySet[Row]]:
    """Consecutive parts of the list, nearest to the position first."""
    return (_ranges_by_group if columns[0].relation else _own_ranges)(rows, columns, position)


def _own_ranges(rows: QuerySet[Row], columns: list[Column], position: Position | None) -> Iterator[QuerySet[Row]]:
    if position is None:
        yield from (_sorted(rows.filter(part), columns) for part in columns[0].all())
        return
    for depth in reversed(range(len(columns))):
        shared = _shared(columns[:depth], position)
        for part in columns[depth].beyond(position[depth]):
            yield _sorted(rows.filter(*shared, part), columns[depth:])


def _ranges_by_group(rows: QuerySet[Row], columns: list[Column], position: Position | None) -> Iterator[QuerySet[Row]]:
    """The same where the first columns are those of a related row, of its home side for example.

    No index of the list itself has that order. The next related rows are looked up in theirs, more and more of them
    at a time; groups of the same value stay together, since the columns that follow decide among them.
    """
    relation = columns[0].relation
    outer = list(takewhile(lambda column: column.relation == relation, columns))
    if position is not None:
        inside = rows.filter(*_shared(outer, position))
        yield from _own_ranges(inside, columns[len(outer) :], position[len(outer) :])
    groups, inner = _groups(rows, relation), [column.within_relation() for column in outer]
    at = position and position[: len(outer)]
    size = _FIRST_GROUPS
    while True:
        found = _first(_ranges(groups, inner, at), inner, size + 1)
        is_end = len(found) <= size
        whole = found if is_end else [group for group in found if group[1] != found[-1][1]]
        if whole:
            yield _sorted(rows.filter(**{f"{relation}__in": [key for key, _values in whole]}), columns)
            at = whole[-1][1]
        if is_end:
            return
        size = min(size * _GROWTH, _MOST_GROUPS) if whole else size * _GROWTH


def _groups(rows: QuerySet[Row], relation: str) -> QuerySet[Any]:
    """The related rows to which any row belongs."""
    related = cast("type[Model]", rows.model._meta.get_field(relation).related_model)
    return related._default_manager.filter(Exists(rows.model._default_manager.filter(**{relation: OuterRef("pk")})))


def _shared(columns: list[Column], position: Position) -> list[Q]:
    return [column.same(value) for column, value in zip(columns, position, strict=False)]


def _sorted(rows: QuerySet[Row], columns: list[Column]) -> QuerySet[Row]:
    # The first column holds one value or no NULL here: without a word about NULLs any index on it serves.
    first, *others = columns
    return rows.order_by(first.term(), *(column.term_with_nulls() for column in others))


def _first(ranges: Iterator[QuerySet[Row]], columns: list[Column], limit: int) -> list[tuple[Any, Position]]:
    found: list[tuple[Any, Position]] = []
    for part in ranges:
        values = part.values_list("pk", *(column.name for column in columns))[: limit - len(found)]
        found += [(key, tuple(position)) for key, *position in values]
        if len(found) == limit:
            break
    return found
