"""Places as JSON: the whole reference list, whether or not a tie names a place."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship.api.filters import PLACE_PARAMETERS, ReferencePlaceFilter
from friendship.models import Country, Place
from tests import builders

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/places/"


def slugs(client: Client, query: str) -> list[str]:
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == 200, response.content
    return [row["slug"] for row in response.json()["results"]]


@pytest.fixture
def full() -> Place:
    """A place of which everything is known."""
    return builders.place(
        "one",
        name_zh="甲市",
        name_en="One",
        aliases="甲\nUno",
        level="city",
        parent=builders.place("wide", level="province"),
        official_code="519900",
        wikidata_id="Q42",
        latitude=30.5,
        longitude=104.25,
    )


FULL: dict[str, Any] = {
    "slug": "one",
    "name_zh": "甲市",
    "name_en": "One",
    "aliases": ["甲", "Uno"],
    "level": "city",
    "country": "CN",
    "parent": "wide",
    "official_code": "519900",
    "wikidata_id": "Q42",
    "latitude": 30.5,
    "longitude": 104.25,
    "url": "http://testserver/cities/one/",
}


def test_a_place_has_exactly_these_keys_in_this_order(client: Client, full: Place) -> None:
    assert list(client.get(f"{ADDRESS}{full.slug}/").json().items()) == list(FULL.items())


def test_the_list_writes_a_place_as_its_own_address_does(client: Client, full: Place) -> None:
    answer = client.get(ADDRESS, {"province": "wide"}).json()
    assert answer == {"count": 1, "next": None, "previous": None, "results": [FULL]}


def test_what_is_not_known_is_null_or_empty(client: Client) -> None:
    builders.place("bare", level="province", country=Country.objects.get(pk="JP"))
    assert client.get(f"{ADDRESS}bare/", headers={"accept-language": "en"}).json() == {
        "slug": "bare",
        "name_zh": "",
        "name_en": "Bare",
        "aliases": [],
        "level": "province",
        "country": "JP",
        "parent": None,
        "official_code": "",
        "wikidata_id": "",
        "latitude": None,
        "longitude": None,
        "url": "http://testserver/provinces/bare/",
    }


def test_every_place_is_listed_once_by_slug(client: Client) -> None:
    listed: list[str] = []
    address = f"{ADDRESS}?page_size=100"
    while address:
        answer = client.get(address).json()
        listed += [row["slug"] for row in answer["results"]]
        address = answer["next"]
    assert listed == sorted(Place.objects.values_list("slug", flat=True))
    assert answer["count"] == len(listed)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["middle", "small"]),
        ("level=county", ["small"]),
        ("level=county&level=city", ["middle", "small"]),
        ("country=CN", ["middle", "small"]),
        ("country=JP", []),
        ("continent=asia", ["middle", "small"]),
        ("continent=europe", []),
        ("q=Small", ["small"]),
        ("q=中等", ["middle"]),
        ("q=zhongdeng", ["middle"]),
        ("q=Zwischen", ["middle"]),
        ("q=China+Small", ["small"]),
        ("q=...", []),
        ("type=sister", ["small"]),
        ("type=intent", []),
    ],
)
def test_a_filter_gives_exactly_its_places(client: Client, query: str, found: list[str]) -> None:
    province = builders.place("wide", level="province")
    middle = builders.place("middle", parent=province, name_zh="中等市", aliases="Zwischenstadt")
    builders.tie(builders.place("small", level="county", parent=middle), builders.place("two"))
    assert slugs(client, f"province=wide&{query}") == found


@pytest.mark.parametrize("parameter", ["country", "continent", "province", "level", "type"])
def test_an_unknown_value_is_named(client: Client, parameter: str) -> None:
    response = client.get(ADDRESS, {parameter: "no-such"})
    assert (response.status_code, response.json()) == (400, {parameter: ["名录中没有“no-such”。"]})


def test_an_unknown_place_is_not_found(client: Client) -> None:
    response = client.get(f"{ADDRESS}no-such/")
    assert (response.status_code, response.json()) == (404, {"detail": "未找到。"})


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_takes_the_same_queries_at_1_and_at_30_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(30):
        builders.place(f"under-{number}", parent=builders.place("wide", level="province"))
    with django_assert_num_queries(3):  # the province asked for, the count, the places
        answer = client.get(f"{ADDRESS}?province=wide&page_size={rows}").json()
    assert (answer["count"], len(answer["results"])) == (30, rows)


def test_one_place_takes_one_query(
    client: Client, full: Place, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        client.get(f"{ADDRESS}{full.slug}/")


def test_the_schema_names_every_filter() -> None:
    assert [parameter.name for parameter in PLACE_PARAMETERS] == list(ReferencePlaceFilter.base_filters)
