"""The boxes in which countries lie: every place of the register, and points that must not be in them."""

from __future__ import annotations

import csv

import pytest
from django.conf import settings

from friendship.auditing.extents import Box, extents, lies_in

FIXTURES = settings.BASE_DIR / "fixtures"


def rows(file: str) -> list[dict[str, str]]:
    with (FIXTURES / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_country_is_known_and_only_four_have_no_box() -> None:
    known = {row["code"] for row in rows("countries.csv")}
    assert set(extents()) <= known
    assert known - set(extents()) == {"BV", "CC", "CX", "TK"}


def test_the_boxes_are_sorted_and_lie_on_earth() -> None:
    held = [(row["code"], float(row["south"]), float(row["west"])) for row in rows("country_extents.csv")]
    assert held == sorted(held)
    for boxes in extents().values():
        for box in boxes:
            assert -90 <= box.south < box.north <= 90
            assert -180 <= box.west <= 180
            assert -180 <= box.east <= 180


@pytest.mark.parametrize("file", ["places_china.csv", "places_abroad.csv"])
def test_the_shipped_places_lie_in_their_countries(file: str) -> None:
    outside = [
        row["slug"]
        for row in rows(file)
        if row["latitude"] and not lies_in(row["country"], float(row["latitude"]), float(row["longitude"]))
    ]
    assert outside == []


@pytest.mark.parametrize(
    ("country", "latitude", "longitude", "inside"),
    [
        ("CN", 30.6, 104.1, True),
        ("CN", 16.83, 112.33, True),  # Sansha
        ("CN", 104.1, 30.6, False),
        ("UA", 44.6, 33.5, True),
        ("FJ", -18.1, 178.4, True),
        ("FJ", -16.8, -179.9, True),
        ("US", 21.3, -157.9, True),
        ("US", 51.9, 177.5, True),
        ("US", 61.2, -149.9, True),
        ("US", 0.0, 0.0, False),
        ("RU", 66.2, -169.8, True),
        ("RU", 43.1, 131.9, True),
        ("FR", 48.9, 2.4, True),
        ("FR", -21.1, 55.5, True),
        ("FR", 2.35, 48.85, False),
        ("KI", 1.4, 173.0, True),
        ("CC", 0.0, 0.0, True),  # not judged
    ],
)
def test_a_point_lies_in_a_country(country: str, latitude: float, longitude: float, inside: bool) -> None:
    assert lies_in(country, latitude, longitude) is inside


def test_a_box_that_crosses_180_degrees_and_one_around_the_earth() -> None:
    across, around = Box(-10, 178, 10, -178), Box(-90, -180, -60, 180)
    assert [across.holds(0, longitude) for longitude in (176, 177, 180, -180, -177, -176, 0)] == [
        *(False, True, True, True, True),
        *(False, False),
    ]
    assert all(around.holds(-75, longitude) for longitude in (-180, -90, 0, 90, 180))
