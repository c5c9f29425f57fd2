"""The ties as lines on the earth (GeoJSON, RFC 7946), with the columns as their properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from friendship.exporters.columns import COLUMNS
from friendship.exporters.export import Export
from friendship.exporters.json import about, listed, written
from friendship.queries import ExportedPlace, ExportedTie

CONTENT_TYPE = "application/geo+json"
_EDGE = 180.0

Position = tuple[float, float]


def texts(export: Export) -> Iterator[str]:
    """The collection, piece by piece: a line for each tie."""
    head = {"type": "FeatureCollection", **about(export)}
    yield f'{written(head)[:-1]},"features":['
    yield from listed(_feature(tie) for tie in export.rows())
    yield "]}\n"


def _feature(tie: ExportedTie) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": tie.id,
        "geometry": _line(_position(tie.home), _position(tie.partner)),
        "properties": {column.name: column.in_json(column.of(tie)) for column in COLUMNS},
    }


def _position(place: ExportedPlace) -> Position | None:
    """Longitude before latitude, as GeoJSON has it."""
    if place.latitude is None or place.longitude is None:
        return None
    return place.longitude, place.latitude


def _line(home: Position | None, partner: Position | None) -> dict[str, Any] | None:
    """The line from one side to the other, the shorter way round; in two where that crosses 180° (section 3.1.9)."""
    if home is None or partner is None:
        return None
    pieces = _pieces(home, partner)
    if len(pieces) == 1:
        return {"type": "LineString", "coordinates": pieces[0]}
    return {"type": "MultiLineString", "coordinates": pieces}


def _pieces(home: Position, partner: Position) -> list[list[Position]]:
    if abs(home[0] - partner[0]) <= _EDGE:
        return [[home, partner]]
    edge = _EDGE if home[0] > 0 else -_EDGE
    if abs(home[0]) == _EDGE:  # 180° W is 180° E
        return [[(-home[0], home[1]), partner]]
    if abs(partner[0]) == _EDGE:
        return [[home, (edge, partner[1])]]
    span = _EDGE - abs(home[0]) + _EDGE - abs(partner[0])
    latitude = home[1] + (partner[1] - home[1]) * (_EDGE - abs(home[0])) / span
    return [[home, (edge, latitude)], [(-edge, latitude), partner]]
