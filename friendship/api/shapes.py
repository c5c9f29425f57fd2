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

from friendship.api.serializers import ContainerField, CountryCodeField, LinesField, PageField, PartialDateField
from friendship.dates import PartialDate
from friendship.enums import ReviewState
from friendship.models import Place, Relationship

Values = Sequence[Any]
#: The address of a row's page, as JSON, by what it is made of.
Page = Callable[[Values], str]
#: What a field says, as JSON, of the values of its columns.
_Part = Callable[[Values, Page], str]

#: What these make of a value that comes from their own column is that value.
_PLAIN = frozenset(
    {
        *(fields.BigIntegerField, fields.IntegerField, fields.FloatField),
        *(fields.CharField, fields.ChoiceField, fields.SlugField, CountryCodeField),
    }
)
#: What the address of a page is made of.
_OF_PAGE: dict[type[Any], list[str]] = {Relationship: ["pk"], Place: ["level", "slug"]}
#: The two places that may contain a place, the nearest first.
_ABOVE = ["parent__slug", "parent__review_state", "parent__parent__slug", "parent__parent__review_state"]

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
        #: The columns that are fields, and those of which fields are made.
        self._plain: list[str] = []
        self._others: list[str] = []
        #: What hangs on the row, by its name.
        self.lists: dict[str, Shape] = {}
        #: From which to which of the others, and how.
        self._parts: list[tuple[int, int, _Part]] = []
        #: Where the text of each field stands: among those of columns, of lists or of parts, and the how manieth.
        self._places: list[tuple[str, int]] = []
        self._pattern = self._pattern_of(serializer)
        self.columns = [*self._plain, *self._others]
        at = {"column": 0, "list": len(self._plain), "part": len(self._plain) + len(self.lists)}
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
            self._plain.append(column)
            return "column", len(self._plain) - 1
        columns, part = _read(field, column)
        self._parts.append((len(self._others), len(self._others) + len(columns), part))
        self._others += columns
        return "part", len(self._parts) - 1

    def json(self, values: Values, lists: Sequence[str] = (), page: Page = str) -> str:
        """What is said of a row with these values; what hangs on it is JSON already."""
        plain, others = values[: len(self._plain)], values[len(self._plain) :]
        texts = [_WRITTEN[type(value)](value) for value in plain]
        texts += lists
        texts += [part(others[start:stop], page) for start, stop, part in self._parts]
        return str(self._pattern % self._in_order(texts))


def _read(field: Any, column: str) -> tuple[list[str], _Part]:
    """The columns of a field that is more than a column, and what it says of them."""
    if isinstance(field, PartialDateField):
        said = _said(field)
        return [f"{column}_year", f"{column}_month", f"{column}_day"], lambda date, _page: said(*date)
    if isinstance(field, PageField):
        model = field.parent.Meta.model  # type: ignore[attr-defined]  # rows have a serializer of a model
        return _OF_PAGE[model], lambda values, page: page(values)
    if isinstance(field, LinesField):
        return [column], lambda values, _page: f"[{','.join(map(written, field.to_representation(values[0])))}]"
    if isinstance(field, ContainerField):
        return _ABOVE, lambda above, _page: written(_nearest(*above))
    raise TypeError(f"Nobody has said how a {type(field).__name__} is read from columns.")


def _nearest(slug: str | None, state: str | None, slug_above: str | None, state_above: str | None) -> str | None:
    """As ``Place.container``."""
    if state == ReviewState.PUBLISHED:
        return slug
    return slug_above if state_above == ReviewState.PUBLISHED else None


def _said(field: PartialDateField) -> Callable[..., str]:
    @lru_cache(maxsize=10_000)
    def said(*parts: int | None) -> str:
        date = PartialDate.of(*parts)
        return written(None if date is None else field.to_representation(date))

    return said
