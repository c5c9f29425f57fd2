"""What a row states, fact by fact: columns that belong together under one name, and their values in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from friendship.dates import PartialDate
from friendship.models import Evidence
from friendship.models.curation import Curated

#: What tells nothing about the world: bookkeeping, and what the code derives.
_NO_FACTS = frozenset({"id", "version", "updated_at", "pinyin", "search_text"})
Key = tuple[type[Curated], Any]
_DATE_COLUMN = re.compile(r"(?P<prefix>\w+)_(?:year|month|day)")
_DATES: dict[str, Promise] = {
    "founded": _("date established"),
    "ended": _("date ended"),
    "date": _("date"),
    "published": _("published on"),
    "as_of": _("as of"),
}
#: Columns that mean something only together.
_TOGETHER: dict[str, tuple[str, Promise]] = {
    "latitude": ("coordinates", _("coordinates")),
    "longitude": ("coordinates", _("coordinates")),
    "quote": ("quote", _("quote")),
    "start": ("quote", _("quote")),
    "end": ("quote", _("quote")),
}


@dataclass(frozen=True)
class Fact:
    """One fact of a row: its name, and the columns that state it together."""

    name: str
    label: Promise | str
    columns: tuple[str, ...]

    def of(self, row: Any) -> tuple[Any, ...]:
        """What a row, or a record of its history, states."""
        return tuple(getattr(row, column) for column in self.columns)


@cache
def facts_of(model: type[Curated]) -> tuple[Fact, ...]:
    """The facts of a kind of row, in the order of its columns."""
    found: dict[str, Fact] = {}
    for column in model._meta.concrete_fields:
        if column.name in _NO_FACTS:
            continue
        name, label = _name_of(column)
        columns = found[name].columns if name in found else ()
        found[name] = Fact(name, label, (*columns, column.attname))
    return tuple(found.values())


def _name_of(column: Any) -> tuple[str, Promise | str]:
    if dated := _DATE_COLUMN.fullmatch(column.name):
        return dated["prefix"], _DATES[dated["prefix"]]
    return _TOGETHER.get(column.name, (column.name, column.verbose_name))


def in_words(model: type[Curated], fact: Fact, row: Any, names: Mapping[Key, str]) -> str:
    """What a row states, as a reader says it; empty for nothing.

    ``names`` are what the rows of foreign keys are called, by model and key; a row that is not among them is not named.
    """
    values = fact.of(row)
    if fact.name in _DATES and len(values) == 3:
        date = PartialDate.of(*values)
        return str(date) if date else ""
    if fact.name == "coordinates":
        return "" if values[0] is None else f"{values[0]}, {values[1]}"
    if model is Evidence and fact.name == "value":
        return Evidence(claim=row.claim, value=row.value).shown_value
    return _value_in_words(model, fact, values[0], names)


def _value_in_words(model: type[Curated], fact: Fact, value: Any, names: Mapping[Key, str]) -> str:
    if value in (None, ""):
        return ""
    column: Any = model._meta.get_field(fact.name)
    if column.remote_field is not None:
        return names.get((column.remote_field.model, value), "")
    if fact.name == "aliases":
        return str(pgettext_lazy("between names", ", ")).join(value.splitlines())
    return str(dict(column.flatchoices).get(value, value))
