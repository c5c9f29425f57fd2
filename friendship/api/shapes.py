"""What a serializer says of a row, without one: its fields are read once, and rows are made from columns.

Serializers stay the one definition of what is said. They take a model and ten milliseconds for fifty rows, so a list
asks the database for just the columns that their fields name, and fills in the same JSON. A kind of field of which
nobody has said here how it is read raises ``TypeError``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from rest_framework import serializers as fields
from rest_framework.request import Request

from friendship import queries
from friendship.api import selection
from friendship.api.serializers import (
    CountryCodeField,
    PageField,
    PartialDateField,
    RelationshipSerializer,
    page_address,
)
from friendship.dates import PartialDate
from friendship.models import Relationship

Values = tuple[Any, ...]
Row = dict[str, Any]
#: The address of a row's page by its number.
Page = Callable[[int], str]
#: What a field says of the values of its columns.
_Part = Callable[[Values, Page], Any]

#: What these make of a value that comes from their own column is that value.
_PLAIN = frozenset(
    {
        *(fields.BigIntegerField, fields.IntegerField, fields.FloatField),
        *(fields.CharField, fields.ChoiceField, fields.SlugField, CountryCodeField),
    }
)


class Shape:
    """A serializer's fields: the columns that they are made from, and how."""

    def __init__(self, serializer: Any, prefix: str = "") -> None:
        """Read the fields. ``prefix`` leads from the row that is asked for to the one that is said."""
        self.columns: list[str] = []
        #: What hangs on the row, by its name; its rows come as values after those of the columns.
        self.lists: dict[str, Shape] = {}
        self._first: dict[str, int] = {}  # the only column of most fields
        self._parts: list[tuple[str, int, int, _Part]] = []
        for name, field in serializer.fields.items():
            self._first[name] = len(self.columns)
            self._add(name, field, prefix + "__".join(field.source_attrs))
        for number, name in enumerate(self.lists):
            self._first[name] = len(self.columns) + number

    def _add(self, name: str, field: Any, path: str) -> None:
        if isinstance(field, fields.ListSerializer):
            self.lists[name] = Shape(field.child)
        elif type(field) in _PLAIN:
            self.columns.append(path)
        else:
            columns, part = _read(field, path)
            self._parts.append((name, len(self.columns), len(self.columns) + len(columns), part))
            self.columns += columns

    def row(self, values: Values, page: Page) -> Row:
        """What is said of a row with these values."""
        row = {name: values[at] for name, at in self._first.items()}
        for name, start, stop, part in self._parts:
            row[name] = part(values[start:stop], page)
        return row


def _read(field: Any, path: str) -> tuple[list[str], _Part]:
    """The columns of a field that is more than a column, and what it says of them."""
    if isinstance(field, fields.Serializer):
        inner = Shape(field, f"{path}__")
        return inner.columns, inner.row
    if isinstance(field, PartialDateField):
        said = _said(field)
        return [f"{path}_year", f"{path}_month", f"{path}_day"], lambda date, _page: said(*date)
    if isinstance(field, PageField):
        return ["pk"], lambda values, page: page(*values)
    raise TypeError(f"Nobody has said how a {type(field).__name__} is read from columns.")


def _said(field: PartialDateField) -> Callable[..., str | None]:
    @lru_cache(maxsize=10_000)
    def said(*parts: int | None) -> str | None:
        date = PartialDate.of(*parts)
        return None if date is None else field.to_representation(date)

    return said


# --- ties -------------------------------------------------------------------------------------------------------------

_LISTS: dict[str, Callable[[Sequence[int], tuple[str, ...]], list[Values]]] = {"evidence": queries.values_of_evidence}


def ties(keys: Sequence[int], asked: frozenset[str], request: Request) -> list[Row]:
    """What ``RelationshipSerializer`` says of the public ties with these numbers, in this order.

    Of ``asked``, the names of fields, or of all where there are none.
    """
    shape = _shape_of_ties(asked)
    hanging = [_by_tie(name, inner, keys) for name, inner in shape.lists.items()]
    held = {pk: values for pk, *values in queries.values_of_ties(keys, ("pk", *shape.columns))}
    page = _pages(request)
    return [shape.row((*held[pk], *(rows[pk] for rows in hanging)), page) for pk in keys if pk in held]


@lru_cache(maxsize=64)
def _shape_of_ties(asked: frozenset[str]) -> Shape:
    serializer = RelationshipSerializer()
    if asked:
        selection.narrow(serializer, asked)
    return Shape(serializer)


def _by_tie(name: str, shape: Shape, keys: Sequence[int]) -> dict[int, list[Row]]:
    rows: dict[int, list[Row]] = defaultdict(list)
    for pk, *values in _LISTS[name](keys, ("relationship", *shape.columns)):
        rows[pk].append(shape.row(tuple(values), str))
    return rows


def _pages(request: Request) -> Page:
    """The addresses of ties by their numbers: those of one tie, with the number of another."""
    before, after = page_address(Relationship(pk=0), request).rsplit("0", 1)
    return lambda pk: f"{before}{pk}{after}"
