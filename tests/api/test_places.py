"""The reference list of places."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Country, Place, Relationship
from friendship.queries import walks
from tests import builders
from tests.api.asking import HOST, read, refused, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def family() -> dict[str, Place]:
    top = builders.place("top", level="province", name_zh="上省", name_en="Top")
    middle = builders.place("middle", parent=top, name_zh="中市", name_en="")
    return {
        "top": top,
        "middle": middle,
        "low": builders.place("low", level="county", parent=middle, name_zh="", name_en="Low"),
    }


def test_a_place_is_the_same_in_list_and_detail(client: Client, family: dict[str, Place]) -> None:
    place = family["middle"]
    place.aliases = "中都\nMid"
    place.official_code, place.wikidata_id, place.latitude, place.longitude = "123456", "Q42", 1.5, -2.25
    place.save()
    expected = {
        "slug": "middle",
        "name_zh": "中市",
        "name_en": "",
        "aliases": ["中都", "Mid"],
        "level": "city",
        "country": "CN",
        "parent": "top",
        "official_code": "123456",
        "wikidata_id": "Q42",
        "latitude": 1.5,
        "longitude": -2.25,
        "url": f"{HOST}/cities/middle/",
    }
    assert read(client, "places/middle/") == read(client, "places/middle/", "en") == expected
    assert list(read(client, "places/middle/")) == list(expected)
    assert rows(client, "places/", q="中都") == [expected]


def test_what_is_not_known_is_null_or_empty(client: Client, family: dict[str, Place]) -> None:
    assert read(client, "places/top/") == {
        "slug": "top",
        "name_zh": "上省",
        "name_en": "Top",
        "aliases": [],
        "level": "province",
        "country": "CN",
        "parent": None,
        "official_code": "",
        "wikidata_id": "",
        "latitude": None,
        "longitude": None,
        "url": f"{HOST}/provinces/top/",
    }


def test_every_place_is_listed_with_or_without_a_tie(client: Client, family: dict[str, Place]) -> None:
    assert [row["slug"] for row in rows(client, "places/")] == sorted(Place.objects.values_list("slug", flat=True))
    assert not family["low"].ties_as_home.exists()


def test_filters_narrow_each_other(client: Client, family: dict[str, Place]) -> None:
    def slugs(**asked: Any) -> list[str]:
        return [row["slug"] for row in rows(client, "places/", **asked)]

    builders.place("elsewhere", country=Country.objects.get(pk="AQ"), name_en="Middle")
    assert slugs(province="top") == ["low", "middle"]
    assert slugs(province="top", level="county") == ["low"]
    assert slugs(country="AQ") == ["elsewhere"]
    assert slugs(q="low", province="top") == ["low"]
    assert slugs(q="low", country="AQ") == []
    assert slugs(q="low", country=["AQ", "CN"], level=["city", "county"]) == ["low"]
    assert slugs(q="。") == []
    every = {row["slug"]: row for row in rows(client, "places/")}
    below = {slug for slug, row in every.items() if row["parent"] == "sichuan"}
    assert slugs(province="sichuan") == sorted(slug for slug, row in every.items() if {slug, row["parent"]} & below)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("country=XX", {"country": ["“XX” is not known to the register."]}),
        ("level=village", {"level": ["“village” is not known to the register."]}),
        ("province=chengdu", {"province": ["“chengdu” is not known to the register."]}),
        ("q=%00", {"q": ["Null characters are not allowed."]}),
        ("q=" + "x" * 10_000, {"q": ["Ensure this value has at most 200 characters (it has 10000)."]}),
    ],
)
def test_what_is_wrong_is_said_under_its_name(client: Client, query: str, problem: dict[str, list[str]]) -> None:
    assert refused(client, f"places/?{query}") == (400, problem)


@pytest.mark.parametrize("slug", ["atlantis", "CHENGDU", "四川", "%00", "a" * 500])
def test_an_unknown_place_is_not_found(client: Client, slug: str) -> None:
    assert refused(client, f"places/{slug}/") == (404, {"detail": "Not found."})


QUESTIONS: list[dict[str, Any]] = [
    {},
    {"q": "成都"},
    {"q": "mian"},
    {"q": "state"},
    {"q": "日本"},
    {"q": "四川 美国"},
    {"q": "！"},
    {"country": ("JP", "FR")},
    {"country": ("XX",)},
    {"level": ("province",)},
    {"level": ("county", "city")},
    {"province": ("sichuan",)},
    {"province": ("top", "sichuan")},
    {"q": "a", "country": ("CN",), "province": ("sichuan",), "level": ("prefecture",)},
]


@pytest.mark.parametrize("few", [0, 30_000])
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_columns_find_what_the_database_finds(
    family: dict[str, Place], question: dict[str, Any], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "_FEW", few)
    builders.place("draft", name_zh="成都草稿", parent=family["top"], review_state="draft")
    criteria = queries.PlaceCriteria(**question)
    expected = list(queries.all_places(criteria).values_list("pk", flat=True))
    found = queries.PlaceParts(criteria)
    assert (len(found), found[:], found[1:3]) == (len(expected), expected, expected[1:3])


def test_a_walk_meets_each_place_once_while_places_come_and_go(client: Client, family: dict[str, Place]) -> None:
    at_first = [row["slug"] for row in rows(client, "places/")]
    answer = read(client, "places/?page_size=40")
    met = [row["slug"] for row in answer["results"]]
    gone = met[-1]  # the walk goes on from behind it
    Relationship.objects.all().delete()
    Place.objects.filter(slug=gone).delete()
    builders.place("aaa-behind")
    while answer["next"]:
        answer = client.get(answer["next"]).json()
        met += [row["slug"] for row in answer["results"]]
    assert met == at_first
    backwards = client.get(answer["previous"]).json()["results"]
    assert [row["slug"] for row in backwards] == at_first[-40 - len(answer["results"]) : -len(answer["results"])]


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_questions_for_any_number_of_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    top = builders.place("top", level="province")
    for number in range(count):
        builders.place(f"city-{number}", parent=top)
    rows(client, "places/", province="top")  # the columns are made
    # The province of the filter, the state of the register, what lies in it, the rows.
    with django_assert_num_queries(4):
        assert len(rows(client, "places/", province="top")) == count


def test_one_place_is_one_question(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert read(client, "places/chengdu/")["parent"] == "sichuan"
