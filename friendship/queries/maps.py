"""The ties that answer a question as a map shows them: columns for the browser's script, and a drawing without it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any, NamedTuple

from django.db.models import Q

from friendship.dates import PartialDate
from friendship.enums import UNCOUNTED_STATUSES, UNCOUNTED_TYPES, Level, RelationshipType
from friendship.models import Place, PlaceQuerySet, Relationship, RelationshipQuerySet
from friendship.models.places import in_language
from friendship.projection import LatLon, arc, project
from friendship.queries.criteria import Criteria, select
from friendship.queries.places import PlaceCriteria, select_places
from friendship.queries.selections import answering

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
_LEVELS = list(Level)


# --- for the script ---------------------------------------------------------------------------------------------------


def map_data(criteria: Criteria) -> dict[str, Any]:
    """The ties and their places in columns, names in the active language; two queries.

    ``home`` and ``partner`` are indices into ``places``, ``type`` into ``types``, ``level`` into ``levels``. Only the
    places of drawn ties are there; ``undrawn`` ties have a side without coordinates.
    """
    rows = select(criteria)
    columns = ("id", "type", "home", "partner", "founded_year", "founded_month", "founded_day")
    listed = list(rows.order_by("id").values_list(*columns))
    spots = _located_places(rows)
    drawn = [row for row in listed if row[2] in spots and row[3] in spots]
    indices = {pk: index for index, pk in enumerate(dict.fromkeys(side for row in drawn for side in row[2:4]))}
    ties = [
        (pk, indices[home], indices[partner], _TYPES.index(kind), _iso(*founded))
        for pk, kind, home, partner, *founded in drawn
    ]
    return {
        "types": [[word.value, str(word.label)] for word in _TYPES],
        "levels": [word.value for word in _LEVELS],
        "places": _by_column(("slug", "name", "country", "level", "lat", "lon"), [spots[pk] for pk in indices]),
        "ties": _by_column(("id", "home", "partner", "type", "founded"), ties),
        "undrawn": len(listed) - len(drawn),
    }


def _located_places(rows: RelationshipQuerySet) -> dict[int, tuple[Any, ...]]:
    """What the script needs of each side of the rows whose coordinates are known, by the place's key."""
    sides = Q(pk__in=rows.order_by().values("home")) | Q(pk__in=rows.order_by().values("partner"))
    columns = ("slug", "name_zh", "name_en", "country__name_zh", "country__name_en", "level", "latitude", "longitude")
    places = Place.objects.published().filter(sides, latitude__isnull=False).values_list("pk", *columns)
    return {
        pk: (
            slug,
            in_language(name_zh, name_en),
            in_language(country_zh, country_en),
            _LEVELS.index(level),
            round(latitude, _DECIMALS),
            round(longitude, _DECIMALS),
        )
        for pk, slug, name_zh, name_en, country_zh, country_en, level, latitude, longitude in places
    }


def _iso(year: int | None, month: int | None, day: int | None) -> str:
    founded = PartialDate.of(year, month, day)
    return founded.iso if founded else ""


def _by_column(names: Sequence[str], rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


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
    """Draw the listed rows with at most so many arcs, and as many dots; two queries once it is known which rows.

    Where there are more, places near to each other are drawn as one, and of what is still too much the heaviest stay.
    """
    columns = ("type", "status", "home", "partner", *_coordinates("home"), *_coordinates("partner"))
    return _drawn([_Line(*row) for row in answering(criteria).order_by("id").values_list(*columns)], most)


def drawing_of_tie(tie: Relationship) -> Drawing:
    """Draw one tie; expects both sides to be loaded."""
    home, partner = tie.home, tie.partner
    coordinates = (home.latitude, home.longitude, partner.latitude, partner.longitude)
    line = _Line(tie.type, tie.status, home.pk, partner.pk, *coordinates)
    return _drawn([line], MOST_ARCS, {home.pk: home, partner.pk: partner})


def drawing_of_places(base: PlaceQuerySet, criteria: PlaceCriteria) -> Drawing:
    """Draw the listed places of ``base`` as dots, without their ties; two queries."""
    rows = list(select_places(base, criteria).order_by("pk").values_list("pk", "latitude", "longitude"))
    spots = {pk: (lat, lon) for pk, lat, lon in rows if lat is not None and lon is not None}
    finest_first = (_cells(spots, grid) for grid in _GRIDS)
    cells = next((cells for cells in finest_first if len(set(cells.values())) <= MOST_ARCS), _cells(spots, _GRIDS[-1]))
    dots = _dots(spots, cells, Counter(spots), Counter(cells.values()), MOST_ARCS)
    return Drawing([], dots, [], undrawn=len(rows) - len(spots), left_out=0)


class _Line(NamedTuple):
    """What a drawing needs of a tie; places by their keys."""

    type: str
    status: str
    home: int
    partner: int
    home_latitude: float | None
    home_longitude: float | None
    partner_latitude: float | None
    partner_longitude: float | None

    @property
    def is_counted(self) -> bool:
        return self.type not in UNCOUNTED_TYPES and self.status not in UNCOUNTED_STATUSES


_Cell = tuple[float, float]
_Bundle = tuple[bool, str, _Cell, _Cell]


def _coordinates(side: str) -> tuple[str, str]:
    return f"{side}__latitude", f"{side}__longitude"


def _drawn(lines: list[_Line], most: int, known: Mapping[int, Place] | None = None) -> Drawing:
    spots = _spots(lines)
    located = [line for line in lines if line.home in spots and line.partner in spots]
    bundles, cells = _bundled(located, spots, most)
    lines_of = {ends: n for ends, n in bundles.items() if ends[2] != ends[3]}  # both ends in one cell make no line
    heaviest = sorted(lines_of.items(), key=lambda bundle: (-bundle[1], bundle[0]))[:most]
    weights = Counter(pk for line in located for pk in (line.home, line.partner))
    touching = Counter(cell for line in located for cell in {cells[line.home], cells[line.partner]})
    where = {cells[pk]: spots[pk] for pk, _n in reversed(weights.most_common())}
    counted = Counter(line.type for line in lines)
    return Drawing(
        arcs=[Arc(arc(where[a], where[b]), kind, counts, n) for (counts, kind, a, b), n in _faintest_first(heaviest)],
        dots=_dots(spots, cells, weights, touching, most, known),
        types=[(word, counted[word]) for word in RelationshipType if counted[word]],
        undrawn=len(lines) - len(located),
        left_out=len(located) - sum(n for _key, n in heaviest),
    )


def _spots(lines: list[_Line]) -> dict[int, LatLon]:
    """Where the places stand whose coordinates are known."""
    found: dict[int, LatLon] = {}
    for line in lines:
        if line.home_latitude is not None and line.home_longitude is not None:
            found[line.home] = line.home_latitude, line.home_longitude
        if line.partner_latitude is not None and line.partner_longitude is not None:
            found[line.partner] = line.partner_latitude, line.partner_longitude
    return found


def _bundled(
    lines: list[_Line], spots: Mapping[int, LatLon], most: int
) -> tuple[Counter[_Bundle], Mapping[int, _Cell]]:
    """The lines by type and ends, on the finest grid that makes no more bundles than asked for, or on the coarsest."""
    cells = _cells(spots, _GRIDS[-1])
    bundles = Counter(_bundle(line, cells) for line in lines)
    if len(bundles) > most:
        return bundles, cells
    for grid in _GRIDS:
        cells = _cells(spots, grid)
        bundles = Counter(_bundle(line, cells) for line in lines)
        if len(bundles) <= most:
            break
    return bundles, cells


def _bundle(line: _Line, cells: Mapping[int, _Cell]) -> _Bundle:
    start, end = cells[line.home], cells[line.partner]
    return (line.is_counted, line.type, start, end) if start <= end else (line.is_counted, line.type, end, start)


def _cells(spots: Mapping[int, LatLon], grid: float) -> dict[int, _Cell]:
    """Places that share a cell are drawn as one."""
    if not grid:
        return dict(spots)
    return {pk: (latitude // grid, longitude // grid) for pk, (latitude, longitude) in spots.items()}


def _faintest_first(bundles: Iterable[tuple[_Bundle, int]]) -> list[tuple[_Bundle, int]]:
    """What is drawn later lies on top: ties over what is none, sister ties over the others, heavy lines over light."""
    return sorted(bundles, key=lambda bundle: (bundle[0][0], -_TYPES.index(RelationshipType(bundle[0][1])), bundle[1]))


def _dots(
    spots: Mapping[int, LatLon],
    cells: Mapping[int, _Cell],
    weights: Counter[int],
    touching: Counter[_Cell],
    most: int,
    known: Mapping[int, Place] | None = None,
) -> list[Dot]:
    """A dot for each of the heaviest cells, where its heaviest place stands."""
    members: dict[_Cell, list[int]] = {}
    for pk, _n in weights.most_common():
        members.setdefault(cells[pk], []).append(pk)
    kept = {members[cell][0]: cell for cell in sorted(members, key=lambda cell: (-touching[cell], cell))[:most]}
    places = known or Place.objects.published().in_bulk(list(kept))
    return [
        _dot(places[pk], spots[pk], len(members[cell]) - 1, touching[cell]) for pk, cell in kept.items() if pk in places
    ]


def _dot(place: Place, at: LatLon, others: int, records: int) -> Dot:
    x, y = project(at)
    return Dot(place, round(x, 1), round(y, 1), others, records)
