"""The ties as lines on the earth (GeoJSON, RFC 7946), with the columns as their properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from friendship.exporters.columns import COLUMNS
from friendship.exporters.export import Export
from friendship.exporters.json import about, listed, written
from friendship.queries import ExportedRow

CONTENT_TYPE = "application/geo+json"
_EDGE = 180.0

Position = tuple[float, float]


def texts(export: Export) -> Iterator[str]:
    """The collection, piece by piece: a line for each tie."""
    head = {"type": "FeatureCollection", **about(export)}
    yield f'{written(head)[:-1]},"features":['
    yield from listed(_feature(row) for row in export.rows())
    yield "]}\n"


def _feature(row: ExportedRow) -> dict[str, Any]:
    home = _position(row.home_latitude, row.home_longitude)
    return {
        "type": "Feature",
        "id": row.id,
        "geometry": _line(home, _position(row.partner_latitude, row.partner_longitude)),
        "properties": {column.name: column.in_json(cell) for column, cell in zip(COLUMNS, row, strict=True)},
    }


def _position(latitude: float | None, longitude: float | None) -> Position | None:
    """Longitude before latitude, as GeoJSON has it."""
    return None if latitude is None or longitude is None else (longitude, latitude)


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
