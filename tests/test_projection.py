"""The maps' projection, against d3-geo's own figures: both maps must show a place at the same point."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from math import dist, hypot
from typing import Any

import pytest
from django.conf import settings

from friendship.projection import HEIGHT, WIDTH, LatLon, Point, arc, project

FRONTEND = settings.BASE_DIR / "frontend"
PLACES: dict[str, LatLon] = {
    "chengdu": (30.667, 104.067),
    "seattle": (47.606, -122.332),
    "sao-paulo": (-23.55, -46.63),
    "madrid": (40.417, -3.703),
    "philadelphia": (39.952, -75.165),
    "reykjavik": (64.147, -21.94),
    "nuuk": (64.175, -51.739),
    "suva": (-18.142, 178.44),
    "apia": (-13.834, -171.76),
    "ushuaia": (-54.8, -68.3),
    "null": (0, 0),
    "antipode-of-chengdu": (-30.667, -75.933),
    "centre": (0, 150),
    "west-of-the-edge": (10, -30.001),
    "east-of-the-edge": (-20, -29.999),
    "north-pole": (90, 0),
    "south-pole": (-90, 0),
}
ARCS = [
    ("chengdu", "seattle"),
    ("chengdu", "sao-paulo"),
    ("chengdu", "madrid"),
    ("madrid", "philadelphia"),
    ("reykjavik", "nuuk"),
    ("suva", "apia"),
    ("ushuaia", "suva"),
    ("null", "sao-paulo"),
    ("west-of-the-edge", "east-of-the-edge"),
    ("chengdu", "ushuaia"),
    ("north-pole", "chengdu"),
]
# Points along the great circle, and how many pieces d3's own path of it has.
SCRIPT = """
import { geoInterpolate, geoPath } from "d3-geo";
import { worldProjection } from "./projection.js";
const { places, arcs } = JSON.parse(process.argv[1]);
const projection = worldProjection();
const at = ([latitude, longitude]) => [longitude, latitude];
console.log(JSON.stringify({
  points: Object.fromEntries(Object.entries(places).map(([name, place]) => [name, projection(at(place))])),
  arcs: arcs.map(([start, end]) => {
    const line = [at(places[start]), at(places[end])];
    const way = geoInterpolate(...line);
    return {
      samples: Array.from({ length: 99 }, (_, step) => projection(way((step + 1) / 100))),
      pieces: geoPath(projection)({ type: "LineString", coordinates: line }).split("M").length - 1,
    };
  }),
}));
"""


@pytest.fixture(scope="module")
def d3() -> dict[str, Any]:
    """What d3-geo makes of the places and arcs, by Node.js as the build finds it."""
    path = os.pathsep.join([os.environ["PATH"], str(settings.BASE_DIR / ".venv" / "bin")])
    node = shutil.which("node", path=path)
    assert node, "no node: the build of static/build/ needs it as well"
    question = json.dumps({"places": PLACES, "arcs": ARCS})
    command = [node, "--input-type=module", "--eval", SCRIPT, question]
    answer = subprocess.run(command, cwd=FRONTEND, capture_output=True, check=True, text=True, timeout=60)
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def pieces(path: str) -> list[list[Point]]:
    """The points of SVG path data, piece by piece."""
    assert re.fullmatch(r"(M[-\d.]+,[-\d.]+(L[-\d.]+,[-\d.]+)+)+", path)
    pairs = [[point.split(",") for point in piece.split("L")] for piece in path.split("M")[1:]]
    return [[(float(x), float(y)) for x, y in piece] for piece in pairs]


def distance(point: Point, start: Point, end: Point) -> float:
    """From a point to a stretch of line."""
    along = (end[0] - start[0], end[1] - start[1])
    length = hypot(*along)
    share = ((point[0] - start[0]) * along[0] + (point[1] - start[1]) * along[1]) / length**2 if length else 0
    share = max(0, min(1, share))
    return dist(point, (start[0] + share * along[0], start[1] + share * along[1]))


def off(point: Point, lines: list[list[Point]]) -> float:
    """How far a point lies from the nearest of the lines."""
    return min(distance(point, *pair) for line in lines for pair in pairwise(line))


@pytest.mark.parametrize("name", PLACES)
def test_places_stand_where_d3_puts_them(d3: dict[str, Any], name: str) -> None:
    assert project(PLACES[name]) == pytest.approx(d3["points"][name], abs=1e-6)


@pytest.mark.parametrize("number", range(len(ARCS)), ids=["-".join(arc) for arc in ARCS])
def test_arcs_keep_to_the_great_circle(d3: dict[str, Any], number: int) -> None:
    start, end = (PLACES[name] for name in ARCS[number])
    drawn = pieces(arc(start, end))
    assert max(off(sample, drawn) for sample in d3["arcs"][number]["samples"]) < 1
    assert len(drawn) == d3["arcs"][number]["pieces"]
    assert sum(len(line) for line in drawn) <= 40
    assert (drawn[0][0], drawn[-1][-1]) == tuple(tuple(round(part, 1) for part in project(at)) for at in (start, end))


def test_an_arc_over_the_edge_leaves_and_enters_at_the_same_height() -> None:
    [[*_, leaves], [enters, *_]] = pieces(arc(PLACES["madrid"], PLACES["philadelphia"]))
    assert leaves[1] == enters[1]
    assert leaves[0] + enters[0] == pytest.approx(WIDTH)
    assert leaves[0] < WIDTH / 4


def test_no_arc_jumps_across_the_map() -> None:
    for start in PLACES.values():
        for end in PLACES.values():
            if abs(start[0]) < 90 > abs(end[0]) and abs(start[0] + end[0]) > 1:  # by a pole the map itself is torn
                for line in pieces(arc(start, end)):
                    assert max(dist(*pair) for pair in pairwise(line)) < WIDTH / 3


def test_a_place_and_itself_are_a_dot() -> None:
    [[start, end]] = pieces(arc(PLACES["chengdu"], PLACES["chengdu"]))
    assert start == end == tuple(round(part, 1) for part in project(PLACES["chengdu"]))


@pytest.mark.parametrize(
    ("start", "end"),
    [("chengdu", "antipode-of-chengdu"), ("north-pole", "south-pole"), ("antipode-of-chengdu", "chengdu")],
)
def test_antipodes_are_joined_by_one_of_the_ways(start: str, end: str) -> None:
    drawn = pieces(arc(PLACES[start], PLACES[end]))
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for line in drawn for x, y in line)
    assert dist(drawn[0][0], project(PLACES[start])) < 0.1
    assert abs(drawn[-1][-1][1] - project(PLACES[end])[1]) < 0.1
