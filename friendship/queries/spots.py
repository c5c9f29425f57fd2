"""Where the places of the columns stand, kept with them, and which are so near that a drawing shows them as one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from friendship import numbers
from friendship.models import Place
from friendship.projection import LatLon
from friendship.queries.columns import Columns, Truth, Whole

Degrees = NDArray[np.float64]
#: Cells beside each other on a parallel: 360 of one degree.
_ACROSS = 1 << 9


class Spots(NamedTuple):
    """Degrees by position; NaN where the register holds no coordinates."""

    latitude: Degrees
    longitude: Degrees

    @property
    def known(self) -> Truth:
        """Which places stand somewhere."""
        return ~np.isnan(self.latitude)

    def at(self, position: int) -> LatLon:
        """Where one stands."""
        return float(self.latitude[position]), float(self.longitude[position])

    def cells(self, places: NDArray[Any], grid: float) -> Whole:
        """By such places their cell on a grid of so many degrees, in the order of the cells; 0 is the spot itself."""
        latitude, longitude = self.latitude[places], self.longitude[places]
        if not grid:
            return np.unique(latitude + 1j * longitude, return_inverse=True)[1]
        found: Whole = ((latitude // grid + 90) * _ACROSS + longitude // grid + 180).astype(np.int64)
        return found


def spots(columns: Columns) -> Spots:
    """Where the places of the columns stand."""
    return columns.kept("spots", lambda: _read(columns.place_ids))


def _read(place_ids: Whole) -> Spots:
    rows = Place.objects.published().filter(latitude__isnull=False)
    ids, *degrees = numbers.columns(rows, "pk", "latitude", "longitude", kind=np.float64)
    found = Spots(*(np.full(len(place_ids), np.nan) for _ in degrees))
    where = np.searchsorted(place_ids, ids).clip(max=max(len(place_ids) - 1, 0))
    held = place_ids[where] == ids if len(place_ids) else np.zeros(0, np.bool_)
    for column, read in zip(found, degrees, strict=True):
        column[where[held]] = read[held]
    return found
