"""What maps show: the columns for the script, and the drawing of the server."""

from __future__ import annotations

from collections import Counter

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.enums import Level, RelationshipType
from friendship.models import Place
from friendship.projection import arc, project
from friendship.queries import Criteria, PlaceCriteria
from friendship.queries.maps import Arc
from tests import builders

pytestmark = pytest.mark.django_db

CITIES = [Level.CITY, Level.COUNTY]
TRIO = Criteria(place=("one",))


def located(slug: str, latitude: float, longitude: float, **fields: object) -> Place:
    return builders.place(slug, latitude=latitude, longitude=longitude, **fields)


def star(count: int, step: float) -> None:
    """As many ties, from One to places that lie a step apart from each other along a parallel."""
    hub = located("one", 0, 0)
    for number in range(count):
        builders.tie(hub, located(f"ray-{number}", 40, step * number - 90))


# --- for the script ---------------------------------------------------------------------------------------------------


def test_the_data_of_the_shipped_register_is_its_list() -> None:
    data = queries.map_data(Criteria())
    drawn = {tie.pk: tie for tie in queries.relationships(Criteria()) if tie.pk not in {78, 88, 91}}
    assert data["undrawn"] == 3
    assert data["ties"]["id"] == sorted(drawn)
    slugs, types = data["places"]["slug"], [code for code, _label in data["types"]]
    for pk, home, partner, kind, founded in zip(*data["ties"].values(), strict=True):
        tie = drawn[pk]
        assert (slugs[home], slugs[partner], types[kind]) == (tie.home.slug, tie.partner.slug, tie.type)
        assert founded == (tie.founded.iso if tie.founded else "")
    assert sorted(slugs) == sorted({side.slug for tie in drawn.values() for side in (tie.home, tie.partner)})


def test_a_tie_in_columns() -> None:
    home = located("one", 30.66667, 104, country_id="CN", name_zh="一市", level="province")
    tie = builders.tie(home, located("two", -8.1, -0.00004, country_id="JP"), type="intent", founded_year=1982)
    with translation.override("en"):
        data = queries.map_data(TRIO)
    assert data == {
        "types": [
            ["sister", "sister city"],
            ["cooperation", "friendly cooperation"],
            ["exchange", "friendly exchange"],
            ["intent", "letter of intent"],
            ["other", "other"],
        ],
        "levels": ["province", "city", "county"],
        "places": {
            "slug": ["one", "two"],
            "name": ["One", "Two"],
            "country": ["China", "Japan"],
            "level": [0, 1],
            "lat": [30.667, -8.1],
            "lon": [104, 0],
        },
        "ties": {"id": [tie.pk], "home": [0], "partner": [1], "type": [3], "founded": ["1982"]},
        "undrawn": 0,
    }
    assert queries.map_data(TRIO)["places"]["name"] == ["一市", "Two"]
    assert queries.map_data(TRIO)["places"]["country"] == ["中国", "日本"]


def test_ties_without_coordinates_are_counted_and_their_places_left_out() -> None:
    builders.tie(located("one", 1, 1), builders.place("two"))
    builders.tie(located("one", 1, 1), located("three", 2, 2))
    data = queries.map_data(TRIO)
    assert (data["places"]["slug"], len(data["ties"]["id"]), data["undrawn"]) == (["one", "three"], 1, 1)


def test_nothing_found_is_empty_columns() -> None:
    data = queries.map_data(Criteria(q="zzzz"))
    assert data["places"] == {"slug": [], "name": [], "country": [], "level": [], "lat": [], "lon": []}
    assert data["ties"] == {"id": [], "home": [], "partner": [], "type": [], "founded": []}


# --- drawn here -------------------------------------------------------------------------------------------------------


def test_the_shipped_register_is_drawn_whole() -> None:
    drawing = queries.drawing(Criteria())
    listed = Counter(tie.type for tie in queries.relationships(Criteria()))
    assert drawing.types == [(word, listed[word]) for word in RelationshipType if listed[word]]
    assert (sum(arc.ties for arc in drawing.arcs), drawing.undrawn, drawing.left_out) == (129, 3, 0)
    assert {dot.place.slug for dot in drawing.dots if dot.others == 0} <= set(
        queries.map_data(Criteria())["places"]["slug"]
    )
    assert drawing.density == "medium"


def test_one_tie_is_one_arc_and_two_dots() -> None:
    home, partner = located("one", 30, 104), located("two", 47, -120)
    tie = builders.tie(home, partner)
    drawing = queries.drawing_of_tie(tie)
    assert drawing == queries.drawing(TRIO)
    assert drawing.arcs == [Arc(arc((30, 104), (47, -120)), "sister", True, 1)]
    assert [(dot.place.slug, dot.records, dot.others) for dot in drawing.dots] == [("one", 1, 0), ("two", 1, 0)]
    assert (drawing.dots[0].x, drawing.dots[0].y) == tuple(round(part, 1) for part in project((30, 104)))
    assert drawing.density == "sparse"


@pytest.mark.parametrize(("kind", "status"), [("sister", "active"), ("sister", "ended"), ("intent", "active")])
@pytest.mark.parametrize(
    ("home", "partner"),
    [((47, -120), (30, 104)), ((30, 104), (30, 103)), ((0, 0), (0, 0)), ((30, 104), None), (None, None)],
)
def test_one_tie_is_drawn_as_it_is_in_a_list(
    home: tuple[float, float] | None, partner: tuple[float, float] | None, kind: str, status: str
) -> None:
    sides = [
        builders.place(slug) if at is None else located(slug, *at) for slug, at in (("one", home), ("two", partner))
    ]
    assert queries.drawing_of_tie(builders.tie(*sides, type=kind, status=status)) == queries.drawing(TRIO)


def test_what_is_no_tie_lies_below_and_sister_ties_on_top() -> None:
    hub = located("one", 0, 0)
    for number, (kind, status) in enumerate(
        [("sister", "active"), ("intent", "active"), ("exchange", "active"), ("sister", "ended")]
    ):
        builders.tie(hub, located(f"to-{number}", 10, number), type=kind, status=status)
    arcs = [(arc.type, arc.is_counted) for arc in queries.drawing(TRIO).arcs]
    assert arcs == [("intent", False), ("sister", False), ("exchange", True), ("sister", True)]


def test_places_at_one_point_are_one_dot_and_one_heavier_arc() -> None:
    hub = located("one", 0, 0)
    for slug in ("two", "three"):
        builders.tie(hub, located(slug, 40, 40))
    builders.tie(hub, located("four", 40, 41), type="exchange")
    drawing = queries.drawing(TRIO)
    assert [(arc.type, arc.ties, arc.width) for arc in drawing.arcs] == [("exchange", 1, 1.0), ("sister", 2, 1.2)]
    assert [(dot.place.slug, dot.others, dot.records) for dot in drawing.dots] == [
        ("one", 0, 3),
        ("two", 1, 2),
        ("four", 0, 1),
    ]


def test_too_many_arcs_are_drawn_together_by_their_neighbourhood() -> None:
    star(60, step=0.5)
    assert len(queries.drawing(TRIO).arcs) == 60
    drawing = queries.drawing(TRIO, most=30)
    assert [arc.ties for arc in drawing.arcs] == [2] * 30
    assert drawing.left_out == 0
    assert {dot.others for dot in drawing.dots[1:]} == {1}


def test_of_what_is_still_too_many_the_heaviest_stay_and_the_rest_is_counted() -> None:
    star(18, step=10)
    for number in range(5):
        builders.tie(located("one", 0, 0), located(f"heavy-{number}", 40, -90 + number))
    drawing = queries.drawing(TRIO, most=4)
    assert [arc.ties for arc in drawing.arcs] == [1, 1, 1, 6]
    assert (len(drawing.dots), drawing.left_out) == (4, 14)
    assert sum(arc.ties for arc in drawing.arcs) + drawing.left_out == 23
    assert [(dot.place.slug, dot.records) for dot in drawing.dots[:2]] == [("one", 23), ("ray-0", 6)]


def test_a_tie_within_one_cell_is_no_line_and_is_counted_as_not_drawn() -> None:
    star(18, step=10)
    for number in range(3):
        builders.tie(located(f"near-{number}", 61, 61), located(f"nearer-{number}", 62, 62))
    drawing = queries.drawing(Criteria(place=("one", "near-0", "near-1", "near-2")), most=4)
    assert [arc.ties for arc in drawing.arcs] == [1, 1, 1, 1]
    assert drawing.left_out == 17
    assert len({arc.path for arc in drawing.arcs}) == 4


def test_however_many_ties_there_are_the_picture_keeps_its_size() -> None:
    star(700, step=0.25)
    drawing = queries.drawing(TRIO)
    assert (len(drawing.arcs), drawing.left_out) == (175, 0)
    assert len(queries.drawing(TRIO, queries.FEW_ARCS).arcs) <= queries.FEW_ARCS
    assert drawing.density == "dense"


def test_places_are_drawn_as_dots_alone() -> None:
    cities = Place.objects.cities()
    listed = queries.places(cities, PlaceCriteria(country=("FR",)))
    drawing = queries.PlaceListing(PlaceCriteria(country=("FR",)), CITIES).drawing
    assert drawing.arcs == []
    assert sorted(dot.place.slug for dot in drawing.dots) == sorted(place.slug for place in listed)
    assert queries.PlaceListing(PlaceCriteria(), CITIES).drawing.undrawn == 3


def test_drafts_are_in_no_map() -> None:
    before = queries.map_data(Criteria()), queries.drawing(Criteria())
    builders.tie(located("one", 1, 1), located("two", 2, 2), review_state="draft")
    assert (queries.map_data(Criteria()), queries.drawing(Criteria())) == before
    assert queries.PlaceListing(PlaceCriteria(q="one"), CITIES).drawing.dots == []


def test_each_asks_for_little_once_the_columns_are_there(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    asked = Criteria(type=("sister",))
    builders.columns_are_read()
    with django_assert_num_queries(1):  # the state
        queries.map_data(asked)
    with django_assert_num_queries(2):  # and the places of the dots
        queries.drawing(asked)
    queries.drawing(Criteria())
    with django_assert_num_queries(1):
        queries.drawing(Criteria())
    with django_assert_num_queries(2):
        assert queries.PlaceListing(PlaceCriteria(country=("FR",)), CITIES).drawing.dots
