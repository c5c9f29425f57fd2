"""How far two places are from each other."""

from __future__ import annotations

import math

_EARTH = 6371.0  # mean radius, km

#: Latitude and longitude in degrees.
Point = tuple[float, float]


def kilometres(one: Point, other: Point) -> float:
    """The distance of two points along the great circle."""
    north, south = math.radians(one[0]), math.radians(other[0])
    across = math.radians(other[1] - one[1])
    half = math.sin((south - north) / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(across / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))
