"""The register as JSON: all that it says of each tie, and the sources that say so. Our importer reads it back whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from friendship import queries
from friendship.exporters.export import Export
from friendship.exporters.licence import LICENCE
from friendship.queries import ExportedPlace, ExportedSource, ExportedTie

CONTENT_TYPE = "application/json"
FORMAT = "sister-city-register"
VERSION = 1


def texts(export: Export) -> Iterator[str]:
    """The document, piece by piece: a line for each tie and each source."""
    head = {"format": FORMAT, "version": VERSION, **about(export)}
    yield f'{written(head)[:-1]},"results":['
    yield from listed(_tie(tie) for tie in export.ties())
    yield '],"sources":['
    rows = queries.exported_sources(export.criteria)
    yield from listed({**_source(row.source), "note_zh": row.note_zh, "note_en": row.note_en} for row in rows)
    yield "]}\n"


def about(export: Export) -> dict[str, Any]:
    """What a file says of itself."""
    return {
        "licence": LICENCE.url,
        "date": export.date.isoformat(),
        "filter": export.filter,
        "count": queries.count_rows(export.criteria),
    }


def listed(things: Iterator[dict[str, Any]]) -> Iterator[str]:
    """The members of a list, a line for each."""
    end = "\n"
    for thing in things:
        yield end + written(thing)
        end = ",\n"
    yield "\n"


def written(thing: Any) -> str:
    """JSON in one line, Chinese as it is."""
    return json.dumps(thing, ensure_ascii=False, separators=(",", ":"))


def _tie(tie: ExportedTie) -> dict[str, Any]:
    return {
        "id": tie.id,
        "url": tie.url,
        "type": tie.type,
        "type_as_printed": tie.type_as_printed,
        "status": tie.status,
        "founded": tie.founded or None,
        "ended": tie.ended or None,
        "note_zh": tie.note_zh,
        "note_en": tie.note_en,
        "home": _side(tie.home),
        "partner": _side(tie.partner),
        "evidence": [piece._asdict() | {"source": piece.source.slug} for piece in tie.evidence],
        "events": [
            event._asdict() | {"date": event.date or None, "source": event.source or None} for event in tie.events
        ],
    }


def _side(place: ExportedPlace) -> dict[str, Any]:
    return {**_place(place), "parents": [_place(each) for each in place.parents]}


def _place(place: ExportedPlace) -> dict[str, Any]:
    return {
        "slug": place.slug,
        "name_zh": place.name_zh,
        "name_en": place.name_en,
        "level": place.level,
        "country": place.country,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "official_code": place.official_code,
        "wikidata_id": place.wikidata_id,
        "aliases": place.aliases,
    }


def _source(source: ExportedSource) -> dict[str, Any]:
    return source._asdict() | {"published_on": source.published_on or None}
