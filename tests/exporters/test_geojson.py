"""The ties on the earth: RFC 7946, with the columns as properties."""

from __future__ import annotations

import json
from typing import Any

import pytest

from friendship.exporters.columns import NAMES
from friendship.models import Relationship
from tests import builders
from tests.exporters.register import empty, one_tie, side, written

pytestmark = pytest.mark.django_db

Point = tuple[float, float]


def geometry(home: Point | None, partner: Point | None) -> Any:
    """What is drawn between two places given as (latitude, longitude)."""
    empty()
    builders.tie(side("one", *(home or ())), side("two", *(partner or ())))
    return json.loads(written("geojson"))["features"][0]["geometry"]


def test_a_tie_is_a_line_from_its_home_with_the_columns_as_properties() -> None:
    one_tie()
    document = json.loads(written("geojson"))
    [feature] = document.pop("features")
    assert document == {
        "type": "FeatureCollection",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "date": "2026-11-20",
        "filter": {},
        "count": 1,
    }
    properties = feature.pop("properties")
    assert feature == {
        "type": "Feature",
        "id": 7,
        "geometry": {"type": "LineString", "coordinates": [[104.25, 30.5], [-1.5, 34.0]]},
    }
    assert list(properties) == list(NAMES)
    assert properties["home_latitude"] == 30.5
    assert properties["founded"] == "1982-10"
    assert (properties["ended"], properties["partner_name_zh"], properties["home_official_code"]) == (None, None, None)
    assert properties["sources"] == ["archive", "paper"]
    assert properties["source_dates"] == ["1999", ""]
    assert properties["source_quotes"] == ["", "One and Two are sister cities. … still active"]


@pytest.mark.parametrize(("home", "partner"), [(None, (1, 2)), ((1, 2), None), (None, None)])
def test_a_side_without_coordinates_gives_no_line(home: Point | None, partner: Point | None) -> None:
    assert geometry(home, partner) is None


@pytest.mark.parametrize(
    ("home", "partner", "lines"),
    [
        ((30, 100), (40, -70), [[[100, 30], [-70, 40]]]),
        ((30, 90), (40, -90), [[[90, 30], [-90, 40]]]),  # either way is as short
        ((30, 170), (40, -170), [[[170, 30], [180, 35]], [[-180, 35], [-170, 40]]]),
        ((40, -170), (30, 170), [[[-170, 40], [-180, 35]], [[180, 35], [170, 30]]]),
        ((0, 104), (52, -124), [[[104, 0], [180, 29.939394]], [[-180, 29.939394], [-124, 52]]]),
        ((10, 180), (20, -170), [[[-180, 10], [-170, 20]]]),
        ((20, -170), (10, 180), [[[-170, 20], [-180, 10]]]),
        ((10, -180), (20, 170), [[[180, 10], [170, 20]]]),
        ((10, 180), (20, -180), [[[-180, 10], [-180, 20]]]),
        ((10, 5), (10, 5), [[[5, 10], [5, 10]]]),
    ],
)
def test_a_line_is_cut_where_it_crosses_the_antimeridian(home: Point, partner: Point, lines: Any) -> None:
    found = geometry(home, partner)
    assert found["type"] == ("LineString" if len(lines) == 1 else "MultiLineString")
    pieces = [found["coordinates"]] if len(lines) == 1 else found["coordinates"]
    assert [[[round(x, 6), round(y, 6)] for x, y in piece] for piece in pieces] == lines


def test_no_line_of_the_shipped_register_spans_half_the_world() -> None:
    features = json.loads(written("geojson"))["features"]
    assert len(features) == Relationship.objects.published().count()
    drawn = [feature["geometry"] for feature in features if feature["geometry"]]
    assert {line["type"] for line in drawn} == {"LineString", "MultiLineString"}
    for line in drawn:
        for piece in [line["coordinates"]] if line["type"] == "LineString" else line["coordinates"]:
            assert len(piece) == 2
            assert abs(piece[0][0] - piece[1][0]) <= 180
            assert all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in piece)
