"""The world map, its data, and the small maps of the other pages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.queries import Criteria
from tests import builders
from tests.views import pages

pytestmark = pytest.mark.django_db


def located(slug: str, latitude: float, longitude: float, **fields: object) -> Any:
    return builders.place(slug, latitude=latitude, longitude=longitude, **fields)


def figure(page: list[pages.Element]) -> dict[str, str]:
    """What the figure tells the script."""
    [found] = pages.with_attribute(page, "data-map")
    return found.attributes


def arcs(page: list[pages.Element]) -> list[str]:
    """The types of the lines that a page draws."""
    drawn = [item.attributes.get("class", "") for item in page if item.tag == "path"]
    return [name.split()[0].removeprefix("kind-") for name in drawn if name.startswith("kind-")]


def test_the_map_shows_the_rows_of_the_list(client: Client) -> None:
    query = "?country=JP&type=sister&founded_after=1990&sort=-founded"
    page = pages.read(client, f"/map/{query}")
    assert pages.rows(page) == pages.rows(pages.read(client, f"/relationships/{query}"))
    source = figure(page)["data-source"]
    assert source == "/map/data.json?country=JP&type=sister&founded_after=1990"
    data = client.get(source).json()
    assert sorted(map(str, data["ties"]["id"])) == sorted(pages.rows(page))
    assert arcs(page) == ["sister"] * len(data["ties"]["id"])
    linked = [item.attributes["data-place"] for item in pages.with_attribute(page, "data-place")]
    assert sorted(linked) == sorted(data["places"]["slug"])


def test_the_map_is_a_view_of_the_list(client: Client) -> None:
    page = pages.read(client, "/en/map/?country=JP&sort=home&page_size=5")
    assert pages.words(page, "h1") == ["World map"]
    assert len(pages.rows(page)) == 5
    assert {"/en/relationships/?country=JP&sort=home&page_size=5", "/en/map/?country=JP&sort=home&page_size=5"} <= set(
        pages.links(page)
    )
    current = [item.words for item in page if item.attributes.get("aria-current") == "page"]
    assert current == ["Map", "Map", "1"]  # of the sections, of the views, of the pages


def test_dots_lead_to_their_places_and_say_their_records(client: Client) -> None:
    page = pages.read(client, "/en/map/?place=mianyang")
    dots = {item.attributes["data-place"]: item for item in pages.with_attribute(page, "data-place")}
    assert dots["mianyang"].attributes["href"] == "/en/cities/mianyang/"
    assert dots["mianyang"].words == "Mianyang: 8 records"
    assert {item.attributes["tabindex"] for item in dots.values()} == {"-1"}


def test_the_figure_tells_the_script_where_to_ask_and_what_to_say(client: Client) -> None:
    told = figure(pages.read(client, "/en/map/"))
    assert told["data-source"] == "/en/map/data.json?"
    assert (told["data-ties"], told["data-cities"], told["data-provinces"]) == (
        "/en/relationships/",
        "/en/cities/",
        "/en/provinces/",
    )
    assert re.fullmatch(r"/static/build/land-110m\.\w+\.json", told["data-land"])
    assert re.fullmatch(r"/static/build/land-50m\.\w+\.json", told["data-land-detail"])
    words = json.loads(told["data-words"])
    assert set(words) == {
        "zoomIn",
        "zoomOut",
        "reset",
        "close",
        "ties",
        "places",
        "loading",
        "failed",
        "help",
    }
    assert (words["ties"], words["places"]) == ("Records: %(num)s", "Places: %(num)s")


def test_the_legend_counts_and_the_rest_is_said_in_words(client: Client) -> None:
    page = pages.read(client, "/en/map/")
    [caption] = pages.words(page, "figcaption")
    assert caption == (
        "sister city 87 friendly cooperation 38 friendly exchange 2 letter of intent 5 "
        "3 records are not drawn: the register holds no coordinates for one of their places."
    )
    assert "not drawn" not in pages.words(pages.read(client, "/en/map/?country=JP"), "figcaption")[0]


def test_where_lines_are_left_out_the_page_says_so(client: Client) -> None:
    for row in range(26):
        for column in range(17):
            north = located(f"north-{row}", 60, row * 10 - 125, country_id="IS")
            builders.tie(north, located(f"south-{column}", -50, column * 10 - 80))
    page = pages.read(client, "/en/map/?country=IS")
    assert len(arcs(page)) == 400
    [caption] = pages.words(page, "figcaption")
    assert caption == ("sister city 442 42 records are not drawn, to keep the map readable; the list holds them all.")


def test_a_wrong_value_is_said_on_the_page_and_refused_in_the_data(client: Client) -> None:
    page = pages.read(client, "/en/map/?country=XX&type=sister&founded_after=abc")
    assert [item.words for item in page if item.attributes.get("role") == "alert"] == [
        "Not valid, and not applied: country or region “XX”, established from “abc”",
        "“XX” is not known to the register.",
        "Write a year in digits, such as 1982.",
    ]
    assert figure(page)["data-source"] == "/en/map/data.json?type=sister"
    response = client.get("/en/map/data.json?country=XX&type=sister&founded_after=abc")
    assert (response.status_code, response["Content-Type"]) == (400, "application/json")
    assert response.json() == {
        "country": ["“XX” is not known to the register."],
        "founded_after": ["Write a year in digits, such as 1982."],
    }


def test_an_empty_answer_has_no_map(client: Client) -> None:
    page = pages.read(client, "/en/map/?q=zzzz")
    assert "No tie matches all of this" in pages.words(page, "h2")
    assert pages.with_attribute(page, "data-map") == []


def test_the_data_speaks_the_language_of_its_address(client: Client) -> None:
    for address, name, label in (
        ("/map/data.json", "绵阳市", "国际友好城市"),
        ("/en/map/data.json", "Mianyang", "sister city"),
    ):
        data = client.get(f"{address}?place=mianyang").json()
        assert data["places"]["name"][data["places"]["slug"].index("mianyang")] == name
        assert data["types"][0] == ["sister", label]


def test_the_data_is_compact_and_compressed(client: Client) -> None:
    response = client.get("/map/data.json", headers={"accept-encoding": "gzip"})
    assert (response["Content-Encoding"], response["Content-Type"]) == ("gzip", "application/json")
    plain = client.get("/map/data.json").content.decode()
    assert (": " in plain, ", " in plain, "\\u" in plain) == (False, False, False)


def test_a_draft_is_in_neither_page_nor_data(client: Client) -> None:
    paths = (
        "/map/",
        "/map/?country=JP",
        "/map/data.json",
        "/map/data.json?q=hidden",
        "/cities/",
        "/countries/JP/",
        "/",
    )
    before = [client.get(path).content for path in paths]
    hidden = located("hidden", 35, 139, country_id="JP", name_en="Hidden Draft")
    builders.tie(builders.place("mianyang"), hidden, review_state="draft")
    assert [client.get(path).content for path in paths] == before


@pytest.mark.parametrize(
    "query", ["q=%00", "page=99", "founded_after=2000&founded_before=1990", "q=<script>", "sort=zz"]
)
def test_no_query_breaks_the_map(client: Client, query: str) -> None:
    page = pages.read(client, f"/map/?{query}")
    assert len(pages.words(page, "h1")) == 1
    assert client.get(f"/map/data.json?{query}").status_code in {200, 400}


def test_the_map_asks_as_often_for_one_row_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hub = located("one", 0, 0)
    for number in range(30):
        builders.tie(hub, located(f"ray-{number}", 40, number))
    builders.tie(located("alone", 1, 1), located("other", 2, 2))
    builders.columns_are_read()
    for place, count in (("alone", 1), ("one", 30)):
        with django_assert_num_queries(7):
            page = pages.read(client, f"/map/?place={place}")
        assert (len(pages.rows(page)), len(arcs(page))) == (count, count)
        with django_assert_num_queries(4):
            assert len(client.get(f"/map/data.json?place={place}").json()["ties"]["id"]) == count


def test_nothing_can_be_sent_there(client: Client) -> None:
    assert client.post("/map/").status_code == 405
    assert client.post("/map/data.json").status_code == 405


# --- the small maps ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "leads", "criteria"),
    [
        ("/en/", "/en/map/", Criteria()),
        ("/en/countries/", "/en/map/", Criteria()),
        ("/en/countries/JP/", "/en/map/?country=JP", Criteria(country=("JP",))),
        ("/en/cities/mianyang/", "/en/map/?place=mianyang", Criteria(place=("mianyang",))),
        ("/en/provinces/sichuan/", "/en/map/?province=sichuan", Criteria(province=("sichuan",))),
    ],
)
def test_a_page_shows_its_ties_and_leads_to_their_map(
    client: Client, path: str, leads: str, criteria: Criteria
) -> None:
    page = pages.read(client, path)
    [link] = [item for item in page if item.attributes.get("class") == "small-map"]
    assert link.attributes["href"] == leads
    drawing = queries.drawing(criteria)
    assert sorted(arcs(page)) == sorted(arc.type for arc in drawing.arcs)


def test_the_page_of_a_tie_draws_it(client: Client) -> None:
    page = pages.read(client, "/en/relationships/95/")
    [link] = [item for item in page if item.attributes.get("class") == "small-map"]
    assert link.attributes["href"] == "/en/map/?place=mianyang"
    assert link.words == "Ties of Mianyang on the world map →"
    assert arcs(page) == ["sister"]


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/cities/", "/map/"),
        ("/cities/?country=FR&type=sister&sort=name&level=city", "/map/?country=FR&type=sister"),
        ("/en/provinces/?continent=asia", "/en/map/?continent=asia"),
    ],
)
def test_lists_of_places_draw_them_as_dots(client: Client, path: str, leads: str) -> None:
    page = pages.read(client, path)
    [link] = [item for item in page if item.attributes.get("class") == "small-map"]
    assert link.attributes["href"] == leads
    assert arcs(page) == []
    dots = [item for item in page if item.tag == "path" and "stroke-width" in item.attributes]
    everything = pages.read(client, f"{path}{'&' if '?' in path else '?'}page_size=500")
    assert len(arcs(everything)) == 0 < len(dots) <= len(pages.rows(everything))


def test_where_nothing_can_be_drawn_there_is_no_map(client: Client) -> None:
    tie = builders.tie()
    for path in ("/countries/IS/", "/provinces/hainan/", f"/relationships/{tie.pk}/", "/cities/one/"):
        assert [item for item in pages.read(client, path) if item.attributes.get("class") == "small-map"] == []
