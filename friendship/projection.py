"""The world as the maps show it: the Natural Earth projection, centred on 150° E as is customary in China.

Designed by Tom Patterson; the polynomial is that of Šavrič, Jenny, Patterson, Petrovič and Hurni, “A Polynomial
Equation for the Natural Earth Projection” (2011). The plane is 960 units wide and 500 high, as frontend/projection.js
and static/build/land.svg have it. Places are (latitude, longitude) in degrees.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import asin, atan2, copysign, cos, dist, hypot, pi, radians, remainder, sin

WIDTH, HEIGHT = 960, 500
CENTRE = 150
_SCALE = 175.0574113239362  # fits the sphere into the plane with one unit around it
_TOLERANCE = 0.5  # units that a drawn line may leave the great circle
_MOST_HALVINGS = 7
_OPPOSITE = 1e-6  # earth radii: places so near to being antipodes are taken for it

#: Arcs that are kept: of the register’s heaviest, most are the same after a change. Each has some hundred characters.
_KEPT = 2_000

LatLon = tuple[float, float]
Point = tuple[float, float]
Vector = tuple[float, float, float]
#: A point of an arc: its direction from the middle of the earth, and its longitude from the centre of the map, in
#: radians. On an arc that leaves the map at one side it goes on past ±π.
_Node = tuple[Vector, float]


def project(place: LatLon) -> Point:
    """Where a place stands in the plane."""
    return _plane(*_from_centre(place))


@lru_cache(maxsize=_KEPT)
def arc(start: LatLon, end: LatLon) -> str:
    """The shortest way between two places as SVG path data, in two pieces where it crosses the edge of the map.

    Between antipodes every way is as short as another: the one drawn is none that passes a pole of the earth.
    """
    first, last = _node(start), _node(end)
    if dist(first[0], [-part for part in last[0]]) < _OPPOSITE:
        last = _node((end[0] * (1 - 1e-6), end[1] + 1e-4))
    pieces = _pieces(first, _near(last, first))
    return "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in piece) for piece in pieces)


def _from_centre(place: LatLon) -> tuple[float, float]:
    return radians(place[0]), radians(remainder(place[1] - CENTRE, 360))


def _plane(latitude: float, longitude: float) -> Point:
    p2 = latitude * latitude
    p4 = p2 * p2
    across = 0.8707 - 0.131979 * p2 + p4 * (-0.013791 + p4 * (0.003971 * p2 - 0.001529 * p4))
    up = latitude * (1.007226 + p2 * (0.015085 + p4 * (-0.044475 + 0.028874 * p2 - 0.005916 * p4)))
    return WIDTH / 2 + _SCALE * longitude * across, HEIGHT / 2 - _SCALE * up


def _node(place: LatLon) -> _Node:
    latitude, longitude = _from_centre(place)
    flat = cos(latitude)
    return (flat * cos(longitude), flat * sin(longitude), sin(latitude)), longitude


def _near(node: _Node, other: _Node) -> _Node:
    """The node with its longitude counted on from the other’s, the shorter way round."""
    return node[0], other[1] + remainder(node[1] - other[1], 2 * pi)


def _pieces(first: _Node, last: _Node) -> list[list[Point]]:
    if abs(last[1]) <= pi:
        return [_line(first, last)]
    (ax, ay, az), (bx, by, bz) = first[0], last[0]
    # The plane of the great circle meets the edge, where the longitude is ±180°, at this latitude.
    across, up = ay * bz - az * by, ax * by - ay * bx
    latitude = atan2(copysign(across, across * up), abs(up))
    edge, side = (-cos(latitude), 0.0, sin(latitude)), copysign(pi, last[1])
    return [_line(first, (edge, side)), _line((edge, -side), (last[0], last[1] - 2 * side))]


def _line(first: _Node, last: _Node) -> list[Point]:
    start, end = _flat(first), _flat(last)
    return [start, *_between(first, last, start, end, _MOST_HALVINGS), end]


def _flat(node: _Node) -> Point:
    return _plane(asin(max(-1.0, min(1.0, node[0][2]))), node[1])


def _between(first: _Node, last: _Node, start: Point, end: Point, halvings: int) -> Iterator[Point]:
    """The points that a line needs to keep to the great circle: halved until it does."""
    (ax, ay, az), (bx, by, bz) = first[0], last[0]
    x, y, z = ax + bx, ay + by, az + bz
    length = hypot(x, y, z)
    middle = _near(((x / length, y / length, z / length), atan2(y, x)), first)
    point = _flat(middle)
    chord = dist(start, end) or 1.0
    off = abs((end[0] - start[0]) * (start[1] - point[1]) - (start[0] - point[0]) * (end[1] - start[1])) / chord
    if halvings and (off > _TOLERANCE or chord > WIDTH / 4):
        yield from _between(first, middle, start, point, halvings - 1)
        yield point
        yield from _between(middle, last, point, end, halvings - 1)
