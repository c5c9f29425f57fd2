"""The ties that answer a question as a map shows them: columns for the browser's script, and a drawing without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log2
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from friendship.enums import Level, RelationshipType
from friendship.models import Place, Relationship
from friendship.models.places import is_chinese
from friendship.projection import LatLon, arc, project
from friendship.queries.columns import Columns, Truth, Whole, either_side
from friendship.queries.criteria import Criteria
from friendship.queries.listed import Names, names_at
from friendship.queries.listings import date_of
from friendship.queries.selections import Selection, selected
from friendship.queries.spots import Spots, spots

Found = TypeVar("Found")
Sides = NDArray[np.integer[Any]]

#: More arcs than these are a blot, and weigh more than a page may.
MOST_ARCS = 400
#: In a small picture.
FEW_ARCS = 150
#: Degrees to which places are drawn together, from none on: the first that leaves few enough arcs is taken.
_GRIDS = (0, 1, 2.5, 5, 10)
_SPARSE, _DENSE = 12, 150
_LARGEST_DOT = 9
_DECIMALS = 3  # a thousandth of a degree is a hundred metres

_TYPES = list(RelationshipType)
#: Of bundles that weigh the same, the words of their types decide.
_ALPHABETICAL = np.argsort(np.argsort([word.value for word in RelationshipType]))


# --- for the script ---------------------------------------------------------------------------------------------------


def map_data(criteria: Criteria) -> dict[str, Any]:
    """The ties and their places in columns, names in the active language; one query beside the state.

    ``home`` and ``partner`` are indices into ``places``, ``type`` into ``types``, ``level`` into ``levels``. Only the
    places of drawn ties are there; ``undrawn`` ties have a side without coordinates.
    """
    chosen = selected(criteria)
    columns, stand = chosen.columns, spots(chosen.columns)
    listed = _by_id(chosen)
    drawn = listed[stand.known[columns.home[listed]] & stand.known[columns.partner[listed]]]
    home, partner = columns.home[drawn], columns.partner[drawn]
    named = _in_order(home, partner, len(columns.place_ids))
    names = names_at(columns, named.tolist())
    named = named[[at in names for at in named.tolist()]]  # a place that has gone since takes its ties with it
    index = np.full(len(columns.place_ids), -1, np.int32)
    index[named] = np.arange(len(named))
    held = (index[home] >= 0) & (index[partner] >= 0)
    drawn, home, partner = drawn[held], index[home[held]], index[partner[held]]
    dates, which = np.unique(columns.dates[drawn], return_inverse=True)
    written = [founded.iso if (founded := date_of(date)) else "" for date in dates.tolist()]
    return {
        "types": [[word.value, str(word.label)] for word in _TYPES],
        "levels": [word.value for word in Level],
        "places": _told_places(columns, stand, named, names),
        "ties": {
            "id": columns.ids[drawn].tolist(),
            "home": home.tolist(),
            "partner": partner.tolist(),
            "type": columns.kind[drawn].tolist(),
            "founded": [written[at] for at in which.tolist()],
        },
        "undrawn": len(listed) - len(drawn),
    }


def _by_id(chosen: Selection) -> NDArray[np.intp]:
    """The positions of the ties that answer, by their numbers."""
    found = chosen.positions()
    positions = np.arange(found.start, found.stop) if isinstance(found, slice) else found
    return positions[np.argsort(chosen.columns.ids[positions])]


def _first_seen(home: Sides, partner: Sides, size: int) -> Whole:
    """By place, when the sides of such ties name it first; for those that they name."""
    sides = np.stack([home, partner], axis=1).ravel()[::-1]
    found = np.zeros(size, np.int64)
    found[sides] = np.arange(len(sides))[::-1]  # of what is written to one place, the last stays
    return found


def _in_order(home: Sides, partner: Sides, size: int) -> NDArray[np.intp]:
    """The places that the sides of such ties name, in that order."""
    named = np.flatnonzero(np.bincount(home, minlength=size) + np.bincount(partner, minlength=size))
    return named[np.argsort(_first_seen(home, partner, size)[named])]


def _told_places(
    columns: Columns, stand: Spots, positions: NDArray[np.intp], names: Mapping[int, Names]
) -> dict[str, list[Any]]:
    """What the script needs of these places, in their order."""
    called, known, chinese = [names[at] for at in positions.tolist()], columns.country_rows(), is_chinese()
    countries = [known[code].name for code in columns.countries]
    return {
        "slug": [slug for slug, _zh, _en in called],
        "name": [(zh or en) if chinese else (en or zh) for _slug, zh, en in called],
        "country": [countries[at] for at in columns.place_country[positions].tolist()],
        "level": columns.place_level[positions].tolist(),
        "lat": [round(degrees, _DECIMALS) for degrees in stand.latitude[positions].tolist()],
        "lon": [round(degrees, _DECIMALS) for degrees in stand.longitude[positions].tolist()],
    }


# --- drawn here -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arc:
    """A line of a drawing: SVG path data, and the ``ties`` of one type that it stands for."""

    path: str
    type: str
    is_counted: bool
    ties: int

    @property
    def width(self) -> float:
        """Pixels: one for a tie, a quarter of one more each time that the ties double."""
        return round(1 + log2(self.ties) / 4, 1)


@dataclass(frozen=True)
class Dot:
    """A point of a drawing: the place that holds the most records there, with how many ``others`` beside it.

    ``records`` are the listed rows that touch the point.
    """

    place: Place
    x: float
    y: float
    others: int
    records: int

    @property
    def size(self) -> float:
        """Pixels across: more for more records, to what a small picture can bear."""
        return round(min(3.5 + 0.75 * log2(self.records), _LARGEST_DOT), 1)


@dataclass(frozen=True)
class Drawing:
    """A picture of listed rows on the world of ``friendship.projection``.

    ``types`` counts every listed row. ``undrawn`` rows have a side without coordinates, ``left_out`` ones would have
    made the picture a blot.
    """

    arcs: list[Arc]
    dots: list[Dot]
    types: list[tuple[RelationshipType, int]]
    undrawn: int
    left_out: int

    @property
    def density(self) -> str:
        """How crowded it is, for the strength of its lines: sparse, medium or dense."""
        crowd = max(len(self.arcs), len(self.dots))
        if crowd <= _SPARSE:
            return "sparse"
        return "medium" if crowd <= _DENSE else "dense"


def drawing(criteria: Criteria, most: int = MOST_ARCS) -> Drawing:
    """Draw the listed rows with at most so many arcs, and as many dots; one query beside the state.

    Where there are more, places near to each other are drawn as one, and of what is still too much the heaviest stay.
    """
    chosen = selected(criteria)
    if chosen.asked:
        return _drawing(chosen, most)
    return chosen.columns.kept(("drawing", most), lambda: _drawing(chosen, most))


def _drawing(chosen: Selection, most: int) -> Drawing:
    columns, listed = chosen.columns, _by_id(chosen)
    lines = _Lines(columns.kind, columns.counted, columns.home, columns.partner).of(listed)
    return _drawn(lines, _Ground(columns.place_ids, spots(columns)), most)


def drawing_of_tie(tie: Relationship) -> Drawing:
    """Draw one tie, as it is drawn among others; expects both sides to be loaded."""
    types = [(RelationshipType(tie.type), 1)]
    located = [(at, side) for side in (tie.home, tie.partner) if (at := _spot(side))]
    if len(located) < 2:
        return Drawing([], [], types, undrawn=1, left_out=0)
    (start, one), (end, other) = sorted(located, key=itemgetter(0))  # the southern one first
    if start == end:
        return Drawing([], [_dot(one, start, 1, 1)], types, undrawn=0, left_out=1)
    line = Arc(arc(start, end), tie.type, tie.is_counted, 1)
    return Drawing([line], [_dot(one, start, 0, 1), _dot(other, end, 0, 1)], types, undrawn=0, left_out=0)


def _spot(place: Place) -> LatLon | None:
    return None if place.latitude is None or place.longitude is None else (place.latitude, place.longitude)


def drawing_at(columns: Columns, listed: NDArray[np.intp]) -> Drawing:
    """Draw places as dots, without ties; where some are drawn together, the northernmost stands for all."""
    ground = _Ground(columns.place_ids, spots(columns))
    located = listed[ground.spots.known[listed]]
    located = located[np.lexsort((located, -ground.spots.longitude[located], -ground.spots.latitude[located]))]

    def on(grid: float) -> tuple[Whole, int]:
        cells = ground.spots.cells(located, grid)
        return cells, int(np.count_nonzero(np.bincount(cells)))

    cells, _number = _finest(on, lambda found: found[1] <= MOST_ARCS)
    heaps = _Heaps(cells, located)
    dots = _dots(ground, heaps, np.bincount(cells), MOST_ARCS)
    return Drawing([], dots, [], undrawn=len(listed) - len(located), left_out=0)


class _Lines(NamedTuple):
    """What a drawing needs of ties, by their numbers; places by position."""

    kind: NDArray[np.integer[Any]]
    counted: Truth
    home: Sides
    partner: Sides

    def of(self, which: Truth | NDArray[np.intp]) -> _Lines:
        return _Lines(self.kind[which], self.counted[which], self.home[which], self.partner[which])


class _Ground(NamedTuple):
    """The places that a drawing may name: their keys and spots by position."""

    ids: Whole
    spots: Spots


class _Bundles(NamedTuple):
    """Lines of one type from cell to cell as one number each, in an order that decides among equals; and how many."""

    cells: Whole
    keys: Whole
    numbers: Whole

    @property
    def size(self) -> int:
        """More than any cell."""
        return int(self.cells.max(initial=0)) + 1

    def ends(self, keys: Whole) -> tuple[Whole, Whole]:
        """From which cell to which."""
        return keys // self.size % self.size, keys % self.size

    def kinds(self, keys: Whole) -> tuple[Truth, Whole]:
        """Whether they count as ties, and the type's place in the alphabet."""
        counted, kind = np.divmod(keys // self.size**2, len(_TYPES))
        return counted.astype(np.bool_), kind


class _Heaps:
    """Places by the cells in which they stand, each cell’s heaviest for all of it. ``places`` are heaviest first."""

    def __init__(self, cells: Whole, places: NDArray[np.intp]) -> None:
        self.others = np.bincount(cells) - 1
        self.heaviest = np.zeros(len(self.others), np.intp)
        self.heaviest[cells[::-1]] = places[::-1]  # of what is written to one cell, the last stays


def _drawn(lines: _Lines, ground: _Ground, most: int) -> Drawing:
    stand, size = ground.spots, len(ground.ids)
    located = lines.of(stand.known[lines.home] & stand.known[lines.partner])
    weights = np.bincount(located.home, minlength=size) + np.bincount(located.partner, minlength=size)
    named = np.flatnonzero(weights)
    seen = _first_seen(located.home, located.partner, size)[named]
    by_weight = np.argsort((weights.max(initial=0) - weights[named]) * (2 * len(lines.home) + 1) + seen)
    index = np.zeros(size, np.int32)
    index[named] = np.arange(len(named))
    sides = index[located.home], index[located.partner]
    bundles = _finest(lambda grid: _bundled(located, sides, stand.cells(named, grid)), lambda b: len(b.keys) <= most)
    heaps = _Heaps(bundles.cells[by_weight], named[by_weight])
    touching = either_side(bundles.cells[sides[0]], bundles.cells[sides[1]], len(heaps.others))
    arcs = _arcs(bundles, heaps, stand, most)
    counted = np.bincount(lines.kind, minlength=len(_TYPES)).tolist()
    return Drawing(
        arcs=arcs,
        dots=_dots(ground, heaps, touching, most),
        types=[(word, n) for word, n in zip(_TYPES, counted, strict=True) if n],
        undrawn=len(lines.home) - len(located.home),
        left_out=len(located.home) - sum(arc.ties for arc in arcs),
    )


def _finest(made: Callable[[float], Found], is_enough: Callable[[Found], bool]) -> Found:
    """On the finest grid on which there are few enough, or on the coarsest: no grid makes fewer than that one."""
    coarsest = made(_GRIDS[-1])
    if not is_enough(coarsest):
        return coarsest
    finer = _GRIDS[:-1] if is_enough(made(_GRIDS[1])) else _GRIDS[2:-1]  # nor does any make more than the spots
    return next((found for found in map(made, finer) if is_enough(found)), coarsest)


def _bundled(lines: _Lines, sides: tuple[Sides, Sides], cells: Whole) -> _Bundles:
    """The lines by type and ends, whichever is named first; ``sides`` are indices of ``cells``."""
    one, other = cells[sides[0]], cells[sides[1]]
    size = int(cells.max(initial=0)) + 1
    kinds = lines.counted * len(_TYPES) + _ALPHABETICAL[lines.kind]
    keys = (kinds * size + np.minimum(one, other)) * size + np.maximum(one, other)
    return _Bundles(cells, *np.unique(keys, return_counts=True))


def _arcs(bundles: _Bundles, heaps: _Heaps, stand: Spots, most: int) -> list[Arc]:
    """The heaviest bundles; what is drawn later lies on top: ties over what is none, sister ties, heavy lines."""
    start, end = bundles.ends(bundles.keys)
    lines = np.flatnonzero(start != end)  # both ends in one cell make no line
    kept = lines[np.argsort(-bundles.numbers[lines], kind="stable")[:most]]
    counted, kind = bundles.kinds(bundles.keys[kept])
    kind = np.argsort(_ALPHABETICAL)[kind]
    faintest_first = np.lexsort((bundles.numbers[kept], -kind, counted))
    kept, counted, kind = kept[faintest_first], counted[faintest_first], kind[faintest_first]
    ends = zip(heaps.heaviest[start[kept]].tolist(), heaps.heaviest[end[kept]].tolist(), strict=True)
    told = zip(ends, kind.tolist(), counted.tolist(), bundles.numbers[kept].tolist(), strict=True)
    return [Arc(arc(stand.at(one), stand.at(other)), _TYPES[k].value, c, n) for (one, other), k, c, n in told]


def _dots(ground: _Ground, heaps: _Heaps, touching: Whole, most: int) -> list[Dot]:
    """A dot for each of the heaviest cells, where its heaviest place stands."""
    cells = np.flatnonzero(heaps.others >= 0)
    kept = cells[np.argsort(-touching[cells], kind="stable")[:most]]
    positions = heaps.heaviest[kept].tolist()
    keys = ground.ids[positions].tolist()
    places = Place.objects.published().in_bulk(keys)
    told = zip(positions, keys, heaps.others[kept].tolist(), touching[kept].tolist(), strict=True)
    return [_dot(places[pk], ground.spots.at(at), others, records) for at, pk, others, records in told if pk in places]


def _dot(place: Place, at: LatLon, others: int, records: int) -> Dot:
    x, y = project(at)
    return Dot(place, round(x, 1), round(y, 1), others, records)
