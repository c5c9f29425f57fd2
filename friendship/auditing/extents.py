"""Where on earth each country lies, in boxes of latitude and longitude: coarse on purpose, and no borders.

``fixtures/README.md`` tells where ``country_extents.csv`` comes from.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings

_FILE: Path = settings.BASE_DIR / "fixtures" / "country_extents.csv"
#: Islands that the source of the boxes leaves out, coasts, and coordinates of the middle of a bay.
MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a country, in degrees. Where ``east`` is the smaller number, the box crosses 180°."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Whether a point lies in the box or within the margin around it."""
        if not self.south - MARGIN <= latitude <= self.north + MARGIN:
            return False
        width = (self.east - self.west) % 360 or (360.0 if self.east > self.west else 0.0)
        return (longitude - self.west + MARGIN) % 360 <= min(width + 2 * MARGIN, 360.0)


@cache
def extents() -> dict[str, tuple[Box, ...]]:
    """The boxes of each country by its code."""
    boxes: dict[str, list[Box]] = defaultdict(list)
    with _FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            boxes[row["code"]].append(Box(*(float(row[side]) for side in ("south", "west", "north", "east"))))
    return {code: tuple(parts) for code, parts in boxes.items()}


def lies_in(country: str, latitude: float, longitude: float) -> bool:
    """Whether a point may lie in a country. Of a country without boxes nothing is known: there it may."""
    boxes = extents().get(country)
    return boxes is None or any(box.holds(latitude, longitude) for box in boxes)
