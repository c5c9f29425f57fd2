"""What the ties refer to, as tables and documents: places, countries, sources with their texts, reported totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from friendship import queries
from friendship.enums import Continent, Level
from friendship.exporters import csv
from friendship.exporters.columns import COLUMNS, Column, Kind
from friendship.exporters.csv import Cell
from friendship.exporters.export import Export
from friendship.exporters.json import listed, written
from friendship.exporters.licence import LICENCE

Thing = dict[str, Any]

_CHUNK = 500


@dataclass(frozen=True)
class Table:
    """A table of the register: its name, its columns, the one that tells rows apart, and what columns point to."""

    name: str
    title: str | Promise
    columns: tuple[Column, ...]
    key: str
    points_to: tuple[tuple[str, str], ...] = ()


def _column(name: str, label: Promise, kind: Kind, meaning: Promise, choices: Any = None) -> Column:
    return Column(name, label, kind, meaning, choices)


RELATIONSHIPS = Table(
    "relationships",
    _("Ties"),
    COLUMNS,
    "id",
    (
        ("home_slug", "places"),
        ("partner_slug", "places"),
        ("home_country", "countries"),
        ("partner_country", "countries"),
    ),
)
PLACES = Table(
    "places",
    _("Places"),
    (
        _column("slug", _("address"), Kind.TEXT, _("Last part of the address of the place’s page.")),
        _column("name_zh", _("Chinese name"), Kind.TEXT, _("Name in Chinese, empty where the register has none.")),
        _column("name_en", _("English name"), Kind.TEXT, _("Name in English, empty where the register has none.")),
        _column("aliases", _("other names"), Kind.LINES, _("Other names, spellings and languages.")),
        _column("level", _("level"), Kind.CODE, _("Administrative level of the place."), Level),
        _column("country", _("country (code)"), Kind.TEXT, _("ISO 3166-1, two letters.")),
        _column("parent", _("part of"), Kind.TEXT, _("Address of the place that contains it.")),
        _column("official_code", _("official code"), Kind.TEXT, _("GB/T 2260 in China, ISO 3166-2 abroad.")),
        _column("wikidata_id", _("Wikidata item"), Kind.TEXT, _("The item of the place in Wikidata.")),
        _column("latitude", _("latitude"), Kind.NUMBER, _("Decimal degrees, north positive.")),
        _column("longitude", _("longitude"), Kind.NUMBER, _("Decimal degrees, east positive.")),
        _column("url", _("page in this register"), Kind.ADDRESS, _("The place’s page in this register, in Chinese.")),
    ),
    "slug",
    (("country", "countries"), ("parent", "places")),
)
COUNTRIES = Table(
    "countries",
    _("Countries and regions"),
    (
        _column("code", _("ISO code"), Kind.TEXT, _("ISO 3166-1, two letters.")),
        _column("name_zh", _("Chinese name"), Kind.TEXT, _("What the register calls the country or region.")),
        _column("name_en", _("English name"), Kind.TEXT, _("What the register calls the country or region.")),
        _column("continent", _("continent"), Kind.CODE, _("Part of the world."), Continent),
        _column("aliases", _("other names"), Kind.LINES, _("Other names, spellings and languages.")),
    ),
    "code",
)


# --- the rows, as JSON has them ---------------------------------------------------------------------------------------


def places(export: Export) -> Iterator[Thing]:
    """Every published place, whether or not a tie names it, by slug."""
    for row in queries.all_places().iterator(_CHUNK):
        with translation.override(settings.LANGUAGE_CODE):
            address = row.get_absolute_url()
        yield {
            "slug": row.slug,
            "name_zh": row.name_zh,
            "name_en": row.name_en,
            "aliases": _lines(row.aliases),
            "level": row.level,
            "country": row.country_id,
            "parent": row.container.slug if row.container else None,
            "official_code": row.official_code,
            "wikidata_id": row.wikidata_id,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "url": f"{export.site}{address}",
        }


def countries(_export: Export) -> Iterator[Thing]:
    """Every country and region of ISO 3166-1, by code."""
    for row in queries.all_countries().iterator(_CHUNK):
        yield {
            "code": row.code,
            "name_zh": row.name_zh,
            "name_en": row.name_en,
            "continent": row.continent,
            "aliases": _lines(row.aliases),
        }


def sources(_export: Export) -> Iterator[Thing]:
    """Every source, newest first, with the whole text where we hold it."""
    for row in queries.sources().defer(None).iterator(_CHUNK):
        yield {
            "slug": row.slug,
            "title": row.title,
            "publisher": row.publisher,
            "kind": row.kind,
            "published_on": row.published_on.iso if row.published_on else None,
            "url": row.url,
            "language": row.language,
            "note_zh": row.note_zh,
            "note_en": row.note_en,
            "text": row.text,
        }


def totals(_export: Export) -> Iterator[Thing]:
    """Every total that a source reports of a published place, beside what is recorded."""
    rows = queries.totals().iterator(_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        for compared in queries.compare(chunk):
            total = compared.total
            yield {
                "source": total.source.slug,
                "place": total.place.slug,
                "scope": total.scope,
                "metric": total.metric,
                "value": total.value,
                "as_printed": total.as_printed,
                "as_of": total.as_of.iso if total.as_of else None,
                "quote": total.quote,
                "start": total.start,
                "end": total.end,
                "recorded": compared.recorded,
            }


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


# --- as files ---------------------------------------------------------------------------------------------------------


def table_texts(table: Table, rows: Iterator[Thing]) -> Iterator[str]:
    """The rows as CSV, like the table of ties."""
    header = [column.name for column in table.columns]
    return csv.lines(chain([header], ([_cell(row[name]) for name in header] for row in rows)))


def document_texts(export: Export, rows: Callable[[Export], Iterator[Thing]]) -> Iterator[str]:
    """The rows as JSON, a line each, under what the file says of itself."""
    head = {"licence": LICENCE.url, "date": export.date.isoformat()}
    yield f'{written(head)[:-1]},"results":['
    yield from listed(rows(export))
    yield "]}\n"


def _cell(value: Any) -> Cell:
    return "\n".join(value) if isinstance(value, list) else value
