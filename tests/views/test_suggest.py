"""What the search boxes suggest, as the fragment that their script asks for."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import builders
from tests.views import pages
from tests.views.pages import Element

pytestmark = pytest.mark.django_db


def options(page: list[Element]) -> list[tuple[str, str]]:
    """The words of each option, and where it leads."""
    return [(item.words, item.attributes["href"]) for item in pages.with_attribute(page, "role", "option")]


def status(page: list[Element]) -> str:
    [said] = pages.with_attribute(page, "data-status")
    return said.attributes["data-status"]


def test_a_place_shows_both_names_its_ties_and_where_it_lies(client: Client) -> None:
    page = pages.read(client, "/en/suggest/?q=my")
    assert options(page) == [
        ("Mianyang 绵阳市 8 ties Sichuan, China", "/en/cities/mianyang/"),
        ("Search for “my”", "/en/relationships/?q=my"),
    ]
    assert [item.attributes["aria-label"] for item in pages.with_attribute(page, "role", "group")] == ["Places"]
    assert status(page) == "1 suggestion."


def test_the_address_decides_the_language(client: Client) -> None:
    place, everything = options(pages.read(client, "/suggest/?q=my"))
    assert place[0].startswith("绵阳市 Mianyang 8 ")
    assert place[0].endswith("中国四川省")
    assert (place[1], everything[1]) == ("/cities/mianyang/", "/relationships/?q=my")


def test_countries_and_ties(client: Client) -> None:
    assert options(pages.read(client, "/en/suggest/?q=德国"))[0] == ("Germany 德国 7 ties", "/en/countries/DE/")
    assert options(pages.read(client, "/en/suggest/?q=chengdu+montpellier"))[0] == (
        "Chengdu – Montpellier sister city",
        "/en/relationships/37/",
    )


def test_every_link_leads_to_a_page(client: Client) -> None:
    for query in ("s", "德", "chengdu japan"):
        found = options(pages.read(client, f"/suggest/?q={query}"))
        assert len(found) > 1
        for _words, address in found:
            pages.read(client, address)


def test_similar_names_are_said_to_be_similar(client: Client) -> None:
    page = pages.read(client, "/en/suggest/?q=Wasington")
    assert options(page)[0] == ("Washington 华盛顿州 1 tie United States", "/en/provinces/washington/")
    assert pages.words(page, "p") == ["Did you mean:", "Places"]
    assert status(page) == "No exact match. 1 similar name."
    assert "Did you mean:" not in pages.words(pages.read(client, "/en/suggest/?q=Washington"), "p")


def test_where_nothing_is_found_the_search_stays(client: Client) -> None:
    page = pages.read(client, "/en/suggest/?q=zzzz+%26%22")
    assert options(page) == [('Search for “zzzz &"”', "/en/relationships/?q=zzzz%20%26%22")]
    assert status(page) == "No suggestions."


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?kind=place", "?q=zzzz&kind=place", "?p=my"])
def test_an_empty_text_suggests_nothing(client: Client, query: str) -> None:
    assert pages.read(client, f"/suggest/{query}") == []


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ff%fe", "q=" + "x" * 10_000, "q=<script>alert(1)</script>", "q=my&kind=country&kind=%00", "%00=1"],
)
def test_no_query_breaks_it(client: Client, query: str) -> None:
    page = pages.read(client, f"/suggest/?{query}")
    assert {item.tag for item in page} <= {"a", "div", "p", "span"}


def test_a_text_longer_than_the_box_takes_is_not_looked_up(client: Client) -> None:
    assert len(options(pages.read(client, "/suggest/?q=" + "绵阳 " * 66))) == 2
    assert len(options(pages.read(client, "/suggest/?q=" + "绵阳 " * 68))) == 0


def test_places_as_values_for_a_form(client: Client) -> None:
    page = pages.read(client, "/en/suggest/?q=Hirosima&kind=place")
    found = pages.with_attribute(page, "role", "option")
    assert [item.attributes["data-autocomplete-value"] for item in found] == [
        "hiroshima-prefecture",
        "higashihiroshima",
    ]
    assert found[0].words == "Hiroshima Prefecture 广岛县 1 tie Japan"
    assert pages.links(page) == []


def test_a_draft_is_not_suggested(client: Client) -> None:
    addresses = [
        f"/en/suggest/?q={query}" for query in ("hidden", "mianyang+hidden", "Iceland", "hiddne", "hidden&kind=place")
    ]
    hidden = builders.place("hidden", country_id="IS", name_en="Hidden Draft")
    before = [client.get(address).content for address in addresses]
    draft = builders.tie(builders.place("mianyang"), hidden, review_state="draft")
    assert [client.get(address).content for address in addresses] == before
    draft.review_state = "published"
    draft.save()
    assert [b"hidden/" in client.get(address).content for address in addresses[:1]] == [True]


def test_a_change_is_in_the_next_answer(client: Client) -> None:
    assert client.get("/suggest/?q=my")["Cache-Control"] == ("max-age=0, no-cache, no-store, must-revalidate, private")


def test_it_asks_as_often_for_two_rows_as_for_eight(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    places = [builders.place(f"ville-{number}") for number in range(9)]
    builders.tie(places[0], places[1])
    for found, further in ((2, places[2:]), (8, [])):
        pages.read(client, "/en/suggest/?q=chengdu")  # the columns are made
        with django_assert_num_queries(5):
            page = pages.read(client, "/en/suggest/?q=ville")
        assert len(options(page)) == found + 1
        for place in further:
            builders.tie(places[0], place)


@pytest.mark.parametrize("path", ["/", "/about/", "/relationships/", "/cities/", "/provinces/"])
def test_each_search_box_says_where_to_ask(client: Client, path: str) -> None:
    for prefix in ("", "/en"):
        [box] = pages.with_attribute(pages.read(client, prefix + path), "name", "q")
        assert box.attributes["data-suggest"] == f"{prefix}/suggest/"


def test_nothing_can_be_sent_there(client: Client) -> None:
    assert client.post("/suggest/").status_code == 405
