"""Cities and provinces."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Place
from friendship.queries import PlaceCriteria
from tests import builders
from tests.views import pages

pytestmark = pytest.mark.django_db


def test_cities_are_browsed_by_country_and_type(client: Client) -> None:
    page = pages.read(client, "/cities/?country=FR&type=sister&sort=name")
    asked = PlaceCriteria(country=("FR",), type=("sister",), sort="name")
    assert pages.rows(page) == [place.slug for place in queries.places(Place.objects.cities(), asked)]
    assert set(pages.rows(page)) == {"gaillac", "montpellier"}


def test_provinces_hold_no_city(client: Client) -> None:
    page = pages.read(client, "/en/provinces/?country=JP")
    assert set(pages.rows(page)) == {"hiroshima-prefecture", "wakayama-prefecture", "yamanashi-prefecture"}
    assert pages.words(page, "h1") == ["Provinces"]


@pytest.mark.parametrize("path", ["/cities/", "/provinces/"])
@pytest.mark.parametrize("query", ["q=%00", "country=XX&type=x&level=y", "page=0&sort=zz", "province=chengdu", "q=!!!"])
def test_no_query_breaks_the_lists(client: Client, path: str, query: str) -> None:
    assert len(pages.words(pages.read(client, f"{path}?{query}"), "h1")) == 1


def test_the_list_asks_as_often_for_one_row_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        spot = {"country_id": "IS", "latitude": 65, "longitude": -14 - number / 4}
        builders.tie(builders.place("one"), builders.place(f"icelandic-{number}", **spot))
    queries.countries_by_code()
    builders.columns_are_read()
    pages.read(client, "/cities/")
    for country, count in (("GR", 1), ("IS", 30)):
        with django_assert_num_queries(6):
            found = pages.rows(pages.read(client, f"/cities/?country={country}"))
        assert len(found) == count


def test_the_page_of_a_city(client: Client) -> None:
    page = pages.read(client, "/cities/mianyang/")
    assert pages.words(page, "h1") == ["绵阳市 Mianyang"]
    assert {"510700", "地市级", "中国"} <= set(pages.words(page, "dd"))
    own = {"95", "96", "97", "98", "99", "100", "101", "102"}
    below = {"126", "127", "128", "129"}
    assert set(pages.rows(page)) == own | below
    assert [item.attributes["id"][:6] for item in page if item.attributes.get("id", "").startswith("total-")] == [
        "total-"
    ] * 7


def test_the_page_of_a_province_leads_to_all_ties_within(client: Client) -> None:
    page = pages.read(client, "/en/provinces/sichuan/")
    assert pages.words(page, "h1") == ["Sichuan 四川省"]
    assert "/en/relationships/?province=sichuan" in pages.links(page)


def test_a_place_without_a_tie_says_so(client: Client) -> None:
    page = pages.read(client, "/en/provinces/hainan/")
    assert "No tie of its own is recorded for Hainan." in pages.words(page, "p")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/cities/sichuan/", "/provinces/sichuan/"),
        ("/provinces/chengdu/", "/cities/chengdu/"),
        ("/en/cities/sichuan/", "/en/provinces/sichuan/"),
    ],
)
def test_a_place_is_found_under_its_own_collection(client: Client, asked: str, answer: str) -> None:
    response = client.get(asked)
    assert (response.status_code, response["Location"]) == (302, answer)


@pytest.mark.parametrize("path", ["/cities/atlantis/", "/provinces/atlantis/", "/cities/%00/", "/cities/绵阳/"])
def test_an_unknown_place_is_not_found(client: Client, path: str) -> None:
    pages.read(client, path, status=404)


def test_the_page_asks_as_often_for_one_tie_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    builders.ties(30)
    builders.tie(builders.place("alone"), builders.place("other"))
    for partner in ("other", "city-0"):
        builders.tie(builders.place("further"), builders.place(partner))
    builders.columns_are_read()
    for slug in ("alone", "one"):
        with django_assert_num_queries(15):
            pages.read(client, f"/cities/{slug}/")
