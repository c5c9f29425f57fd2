"""What a serializer says of a row, without one: its fields are read once, and JSON is written from columns.

Serializers stay the one definition of what is said. They take models, and ten milliseconds for fifty rows; a list asks
the database for just the columns that their fields name, and writes the same bytes. A kind of field of which nobody has
said here how it is read raises ``TypeError``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any

from rest_framework import serializers as fields

from friendship.api.serializers import CountryCodeField, PageField, PartialDateField
from friendship.dates import PartialDate

Values = Sequence[Any]
#: The address of a row's page, as JSON, by the number of the row.
Page = Callable[[int], str]
#: What a field says, as JSON, of the values of its columns.
_Part = Callable[[Values, Page], str]

#: What these make of a value that comes from their own column is that value.
_PLAIN = frozenset(
    {
        *(fields.BigIntegerField, fields.IntegerField, fields.FloatField),
        *(fields.CharField, fields.ChoiceField, fields.SlugField, CountryCodeField),
    }
)


#: How ``json.dumps`` writes the values that columns hold.
_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: int.__repr__,
    float: float.__repr__,
    type(None): lambda _none: "null",
}


def written(value: str | float | None) -> str:
    """A value as JSON."""
    return _WRITTEN[type(value)](value)


class Shape:
    """A serializer's fields: the columns that they are made from, and how."""

    def __init__(self, serializer: Any) -> None:
        """Read the fields."""
        self.columns: list[str] = []
        #: What hangs on the row, by its name.
        self.lists: dict[str, Shape] = {}
        self._parts: list[tuple[int, int, _Part]] = []
        #: Where the text of each field stands: among those of columns, of lists or of parts, and the how manieth.
        self._places: list[tuple[str, int]] = []
        self._pattern = self._pattern_of(serializer)
        at = {"column": 0, "list": len(self.columns), "part": len(self.columns) + len(self.lists)}
        self._in_order = itemgetter(*(at[kind] + number for kind, number in self._places))

    def _pattern_of(self, serializer: Any, prefix: str = "") -> str:
        """JSON with a gap for each field. ``prefix`` leads to the row that is said from the one that is asked for."""
        texts = []
        for name, field in serializer.fields.items():
            column = prefix + "__".join(field.source_attrs)
            if isinstance(field, fields.Serializer):
                texts.append(f"{written(name)}:{self._pattern_of(field, f'{column}__')}")
            else:
                texts.append(f"{written(name)}:%s")
                self._places.append(self._added(name, field, column))
        return f"{{{','.join(texts)}}}"

    def _added(self, name: str, field: Any, column: str) -> tuple[str, int]:
        if isinstance(field, fields.ListSerializer):
            self.lists[name] = Shape(field.child)
            return "list", len(self.lists) - 1
        if type(field) in _PLAIN:
            self.columns.append(column)
            return "column", len(self.columns) - 1
        columns, part = _read(field, column)
        self._parts.append((len(self.columns), len(self.columns) + len(columns), part))
        self.columns += columns
        return "part", len(self._parts) - 1

    def json(self, values: Values, lists: Sequence[str] = (), page: Page = str) -> str:
        """What is said of a row with these values; what hangs on it is JSON already."""
        texts = [_WRITTEN[type(value)](value) for value in values]
        texts += lists
        for start, stop, part in self._parts:
            texts.append(part(values[start:stop], page))
        return str(self._pattern % self._in_order(texts))


def _read(field: Any, column: str) -> tuple[list[str], _Part]:
    """The columns of a field that is more than a column, and what it says of them."""
    if isinstance(field, PartialDateField):
        said = _said(field)
        return [f"{column}_year", f"{column}_month", f"{column}_day"], lambda date, _page: said(*date)
    if isinstance(field, PageField):
        return ["pk"], lambda values, page: page(values[0])
    raise TypeError(f"Nobody has said how a {type(field).__name__} is read from columns.")


def _said(field: PartialDateField) -> Callable[..., str]:
    @lru_cache(maxsize=10_000)
    def said(*parts: int | None) -> str:
        date = PartialDate.of(*parts)
        return written(None if date is None else field.to_representation(date))

    return said
