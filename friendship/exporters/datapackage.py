"""The tables of the register as a Data Package: what each column is, for programs that read them by themselves.

After version 2 of the standard (https://datapackage.org/); ``profile`` is for readers that know version 1 alone.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from friendship import queries
from friendship.exporters.columns import Column, Kind
from friendship.exporters.export import Export
from friendship.exporters.licence import LICENCE
from friendship.exporters.reference import RELATIONSHIPS, Table

NAME = "sister-city-register"

_SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"
_DATE = r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
_BOUNDS = {"latitude": (-90, 90), "longitude": (-180, 180)}
_TYPES = {Kind.INTEGER: "integer", Kind.NUMBER: "number"}


class Written(NamedTuple):
    """A file as it was written: its length in bytes, and the SHA-256 of it in hexadecimal."""

    bytes: int
    sha256: str


def descriptor(
    export: Export, tables: Iterable[Table] = (RELATIONSHIPS,), files: Mapping[str, Written] | None = None
) -> dict[str, Any]:
    """The description of the tables, each in a file beside it (``relationships.csv``), in the active language.

    ``files`` are those that have been written, by name. The columns that point to a table outside of ``tables`` are
    described as plain texts.
    """
    described = list(tables)
    names = {table.name for table in described}
    about: dict[str, Any] = {
        "$schema": _SCHEMA,
        "profile": "tabular-data-package",
        "name": NAME,
        "title": _("Register of sister cities"),
        "description": _(
            "A register of international sister cities that begins with Sichuan. Every tie carries the source that "
            "states it, and shows its very words where we hold the text."
        ),
        "version": export.date.isoformat(),
        "created": datetime.datetime.combine(export.date, datetime.time(), timezone.get_current_timezone()).isoformat(),
        "keywords": ["sister cities", "twin towns", "友好城市", "国际友城"],
        "licenses": [{"name": LICENCE.identifier, "title": LICENCE.name, "path": LICENCE.url}],
        "sources": [_source(note.source) for note in queries.exported_sources(export.criteria)],
        "resources": [_resource(table, export, names, (files or {}).get(f"{table.name}.csv")) for table in described],
    }
    return about | ({"homepage": export.site} if export.site else {})


def _source(source: queries.ExportedSource) -> dict[str, str]:
    return {"title": source.title} | ({"path": source.url} if source.url else {})


def _resource(table: Table, export: Export, names: set[str], file: Written | None) -> dict[str, Any]:
    resource: dict[str, Any] = {
        "name": table.name,
        "type": "table",
        "profile": "tabular-data-resource",
        "path": f"{table.name}.csv",
        "title": str(table.title),
        "description": _(
            "UTF-8 with a byte order mark. Where a cell holds several values, each has a line of its own. Before a "
            "text that a spreadsheet would take for a formula stands an apostrophe."
        ),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {
            "delimiter": ",",
            "lineTerminator": "\r\n",
            "quoteChar": '"',
            "doubleQuote": True,
            "skipInitialSpace": False,
            "header": True,
        },
        "schema": _schema(table, export, names),
    }
    return resource | ({"bytes": file.bytes, "hash": f"sha256:{file.sha256}"} if file else {})


def _schema(table: Table, export: Export, names: set[str]) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, table, export) for column in table.columns],
        "missingValues": [""],
        "primaryKey": [table.key],
    }
    keys = [_foreign_key(column, table, to) for column, to in table.points_to if to in names]
    return schema | ({"foreignKeys": keys} if keys else {})


def _foreign_key(column: str, table: Table, to: str) -> dict[str, Any]:
    key = {"countries": "code", "places": "slug"}[to]
    return {"fields": [column], "reference": {"resource": "" if to == table.name else to, "fields": [key]}}


def _field(column: Column, table: Table, export: Export) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.kind, "string"),
        "title": capfirst(str(column.label)),
        "description": str(column.meaning),
    }
    if column.kind == Kind.ADDRESS and export.site:  # without it, addresses are paths
        field["format"] = "uri"
    constraints = _constraints(column) | ({"required": True, "unique": True} if column.name == table.key else {})
    return field | ({"constraints": constraints} if constraints else {})


def _constraints(column: Column) -> dict[str, Any]:
    """What every cell of the column keeps to; empty cells are missing values, which keep to nothing."""
    kind, codes = column.kind, column.choices.values if column.choices else []
    if kind == Kind.LINES:
        one = f"({'|'.join(map(re.escape, codes))})?"
        return {"pattern": f"{one}(\n{one})*"} if codes else {}
    if kind == Kind.DATE:
        return {"pattern": _DATE}
    if kind == Kind.NUMBER:
        least, most = _BOUNDS[column.name.rpartition("_")[2]]
        return {"minimum": least, "maximum": most}
    return {"enum": codes} if codes else {}
