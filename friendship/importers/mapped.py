"""Any table whose columns staff has told: which column is which field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from friendship.importers import cells
from friendship.importers.records import Record, Side, Unreadable
from friendship.importers.tables import Row, Table
from friendship.names import has_han

#: What a column may mean, with its label.
FIELDS: dict[str, str | Promise] = {
    "home": gettext_lazy("home side"),
    "home_country": gettext_lazy("country or region of the home side (China if there is no column)"),
    "home_parent": gettext_lazy("province that contains the home side"),
    "home_latitude": gettext_lazy("latitude of the home side"),
    "home_longitude": gettext_lazy("longitude of the home side"),
    "partner": gettext_lazy("partner side"),
    "partner_country": gettext_lazy("country or region of the partner side"),
    "partner_parent": gettext_lazy("state or province that contains the partner side"),
    "partner_latitude": gettext_lazy("latitude of the partner side"),
    "partner_longitude": gettext_lazy("longitude of the partner side"),
    "type": gettext_lazy("type"),
    "status": gettext_lazy("status"),
    "founded": gettext_lazy("date established"),
    "ended": gettext_lazy("date ended"),
    "note": gettext_lazy("note"),
}
_OWN_COUNTRY = "CN"
#: Without these no row says which tie it means.
NEEDED: tuple[str, ...] = ("home", "partner")


def records(table: Table, mapping: Mapping[str, int]) -> Iterator[Record]:
    """The records of a table by the columns told. Raises ``Unreadable`` where the table has no such columns."""
    _check(mapping, len(table.header))
    return table.records(lambda row: _record(row, _Columns(table.header, mapping)))


def _check(mapping: Mapping[str, int], columns: int) -> None:
    for name, column in mapping.items():
        if name not in FIELDS:
            raise Unreadable(_("There is no field %(field)s.") % {"field": name})
        if type(column) is not int or not 0 <= column < columns:
            message = _("%(field)s: the table has no column %(column)s.")
            shown = column + 1 if type(column) is int else column  # people count from 1
            raise Unreadable(capfirst(message % {"field": FIELDS[name], "column": shown}))
    for name in NEEDED:
        if name not in mapping:
            raise Unreadable(capfirst(_("%(field)s: choose its column.") % {"field": FIELDS[name]}))


class _Columns(NamedTuple):
    """The columns of the fields that are told, and what the table calls them."""

    header: tuple[str, ...]
    mapping: Mapping[str, int]

    def cell(self, row: Row, field: str) -> str:
        return row.cells[self.mapping[field]] if field in self.mapping else ""

    def country(self, row: Row, side: str) -> str:
        """A table of a Chinese office has no column for its own country."""
        if side == "home" and "home_country" not in self.mapping:
            return _OWN_COUNTRY
        return self.cell(row, f"{side}_country")

    def heading(self, field: str) -> str:
        return (self.header[self.mapping[field]] if field in self.mapping else "") or str(FIELDS[field])


def _record(row: Row, columns: _Columns) -> Record:
    try:
        home, partner = _side(row, columns, "home"), _side(row, columns, "partner")
    except cells.Unusable as unusable:
        return Record(row.number, quote=row.quote, wrong=unusable.reason)
    note = columns.cell(row, "note")
    return Record(
        row.number,
        home,
        partner,
        quote=row.quote,
        type=columns.cell(row, "type"),
        status=columns.cell(row, "status"),
        founded=columns.cell(row, "founded"),
        ended=columns.cell(row, "ended"),
        note_zh=note if has_han(note) else "",
        note_en="" if has_han(note) else note,
    )


def _side(row: Row, columns: _Columns, side: str) -> Side:
    country, parent = columns.country(row, side), columns.cell(row, f"{side}_parent")
    axes = (f"{side}_latitude", f"{side}_longitude")
    latitude, longitude = cells.position(
        columns.cell(row, axes[0]), columns.cell(row, axes[1]), (columns.heading(axes[0]), columns.heading(axes[1]))
    )
    return Side(
        cells.name(columns.cell(row, side), columns.heading(side)),
        country=country,
        within=(Side(cells.name(parent, columns.heading(f"{side}_parent")), country=country),) if parent else (),
        latitude=latitude,
        longitude=longitude,
    )
