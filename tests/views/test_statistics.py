"""The page of the statistics: every number leads to just what it counts; every table is a file too."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from friendship.models import Country, Relationship
from tests import builders
from tests.api.asking import read
from tests.views import pages
from tests.views.pages import Element

pytestmark = pytest.mark.django_db

TABLES = {
    "years": "year",
    "countries": "country",
    "continents": "continent",
    "places": "place",
    "levels": "level",
    "types": "type",
}
QUESTIONS = [
    "",
    "country=JP",
    "country=JP&country=FR&sort=home&page_size=20",
    "type=intent",
    "type=sister&type=intent",
    "status=ended",
    "status=ended&status=active&type=cooperation",
    "place=chengdu",
    "place=chengdu&place=washington",
    "continent=europe&continent=asia",
    "founded_after=1990&founded_before=2000",
    "founded_after=2000&founded_before=1990",
    "province=sichuan&level=county",
    "q=city&type=cousin&country=XX",
]


@pytest.fixture
def _odd_rows() -> None:
    """Rows of kinds that the shipped register lacks, around Chengdu and in a year that it knows."""
    chengdu, kenya = builders.place("chengdu"), Country.objects.get(pk="KE")
    builders.tie(chengdu, builders.place("one"), type="intent", founded_year=1999)
    builders.tie(chengdu, builders.place("two", country=kenya), status="ended", founded_year=1999)
    builders.tie(chengdu, builders.place("three", country=kenya), type="other", status="suspended", founded_year=1890)
    builders.tie(builders.place("four"), chengdu, type="exchange")
    builders.tie(builders.place("washington"), builders.place("five", country=kenya), status="ended", type="intent")
    builders.tie(builders.place("four"), builders.place("five"), founded_year=1999, review_state="draft")


def counted_links(page: list[Element]) -> set[tuple[str, int]]:
    return {
        (item.attributes["href"], int(item.attributes["data-ties"])) for item in pages.with_attribute(page, "data-ties")
    }


def listed(client: Client, address: str) -> int:
    """How many rows the list at an address says that it holds."""
    [tally] = [item.words for item in pages.read(client, address) if item.attributes.get("role") == "status"]
    return int(tally.split()[0].replace(",", ""))


@pytest.mark.usefixtures("_odd_rows")
@pytest.mark.parametrize("query", QUESTIONS)
def test_every_number_is_the_length_of_the_list_behind_it(client: Client, query: str) -> None:
    links = counted_links(pages.read(client, f"/en/statistics/?{query}"))
    assert len(links) > 5
    assert {href.split("?")[0] for href, _total in links} == {"/en/relationships/"}
    assert [(href, total) for href, total in sorted(links) if listed(client, href) != total] == []


@pytest.mark.usefixtures("_odd_rows")
@pytest.mark.parametrize("query", ["", "country=JP", "type=intent"])
def test_every_number_shown_is_the_one_that_its_link_promises(client: Client, query: str) -> None:
    page = pages.read(client, f"/en/statistics/?{query}")
    shown = [
        (link.words, link.attributes["data-ties"])
        for cell, link in pairwise(page)
        if "figure" in cell.attributes.get("class", "").split() and link.tag == "a"
    ]
    drawn = [
        (re.split(r"[: ]", link.words)[-1], link.attributes["data-ties"])
        for link in pages.with_attribute(page, "data-ties")
        if link.attributes.get("tabindex") == "-1" and link.words
    ]
    assert len(shown) > 10
    assert len(drawn) > 3
    assert [pair for pair in (*shown, *drawn) if pair[0].replace(",", "") != pair[1]] == []


def test_only_what_is_needed_is_added_to_an_address(client: Client) -> None:
    def link(query: str, ties: str) -> str:
        page = pages.read(client, f"/statistics/?{query}")
        [first, *_others] = pages.with_attribute(page, "data-ties", ties)
        return first.attributes["href"]

    assert link("country=JP&sort=home", "12") == "/relationships/?country=JP&sort=home"
    assert link("", "127") == "/relationships/?type=sister&type=cooperation&type=exchange&type=other"
    assert link("type=intent", "5") == "/relationships/?type=intent"
    builders.tie(type="sister", status="ended")
    assert link("place=one&status=ended", "1") == "/relationships/?place=one&status=ended"
    builders.tie(builders.place("one"), builders.place("three"))
    assert link("place=one", "1") == "/relationships/?place=one&status=active&status=suspended&status=unknown"


@pytest.mark.usefixtures("_odd_rows")
@pytest.mark.parametrize("query", ["", "country=JP", "status=ended"])
def test_page_file_and_api_say_the_same(client: Client, query: str) -> None:
    page = pages.read(client, f"/en/statistics/?{query}")
    known = read(client, f"statistics/?{query}")
    for table, key in TABLES.items():
        expected = {str(row[key]): row["total"] for row in known[table]}
        [head, *rows] = rows_of(client.get(f"/en/statistics/{table}.csv?{query}"))
        assert {row[0]: int(row[-2 if table == "years" else -1]) for row in rows} == expected, table
        assert len(head) == {"years": 8}.get(table, 3)
        assert shown_in(page, table) == expected, table


def shown_in(page: list[Element], table: str) -> dict[str, int]:
    """The totals of a table on the page."""
    if table == "years":
        years = [item.attributes["data-year"] for item in pages.with_attribute(page, "data-year")]
        totals = [item.words for item in page if item.attributes.get("class") == "figure total"]
        return {year: int(total) for year, total in zip(years, totals, strict=True)}
    [start] = [place for place, item in enumerate(page) if item.attributes.get("data-table") == table]
    found, value = {}, ""
    for item in page[start:]:
        if item.tag == "section" and item.attributes.get("data-table") not in (None, table):
            break
        if "data-value" in item.attributes:
            value = item.attributes["data-value"]
        elif item.tag == "td" and item.attributes.get("class") == "figure":
            found[value] = int(item.words)
    return found


def rows_of(response: Any) -> list[list[str]]:
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_the_charts_say_in_words_what_they_show(client: Client) -> None:
    page = pages.read(client, "/en/statistics/?country=JP")
    assert [item.attributes["aria-label"] for item in pages.with_attribute(page, "role", "img")][:2] == [
        "Bars: ties established in each year from 1981 to 2022, stacked by type; at most 2 in a year.",
        "Line: all ties established up to each year, from 1 in 1981 to 12 in 2022.",
    ]
    bars = [item.words for item in pages.with_attribute(page, "data-ties") if "sister city:" in item.words]
    assert bars[:2] == ["1981 · sister city: 1", "1984 · sister city: 2"]


def test_the_line_stays_level_through_years_without_a_tie(client: Client) -> None:
    builders.tie(founded_year=1990)
    builders.tie(builders.place("one"), builders.place("three"), founded_year=1999)
    [line] = [item for item in pages.read(client, "/statistics/?place=one") if item.tag == "polyline"]
    assert line.attributes["points"] == "5,80 85,80 95,0"


def test_what_has_no_year_is_said(client: Client) -> None:
    [note] = pages.with_attribute(pages.read(client, "/en/statistics/"), "data-undated")
    assert note.attributes["data-undated"] == "34"
    assert note.words == "34 ties have no known year: they are in every other table, but not in the years."
    assert pages.with_attribute(pages.read(client, "/statistics/?country=JP"), "data-undated") == []


def test_undated_ties_alone(client: Client) -> None:
    builders.ties(2)
    page = pages.read(client, "/en/statistics/?place=one")
    assert "No tie here has a known year." in pages.words(page, "p")
    assert pages.with_attribute(page, "role", "img") == []
    assert shown_in(page, "places") == {"one": 2}


def test_one_tie(client: Client) -> None:
    builders.tie(builders.place("one"), builders.place("two", country_id="JP"), founded_year=1999)
    page = pages.read(client, "/en/statistics/?place=one")
    assert pages.words(page, "dd") == ["1", "1999", "1999", "1999"]
    assert shown_in(page, "years") == {"1999": 1}
    assert shown_in(page, "countries") == {"CN": 1, "JP": 1}


def test_records_that_do_not_count(client: Client) -> None:
    builders.tie(type="intent", founded_year=1999)
    page = pages.read(client, "/en/statistics/?place=one")
    assert "None of these records counts as a tie" in pages.words(page, "h2")
    assert "/en/relationships/?place=one" in pages.links(page)
    assert counted_links(page) == set()


def test_nothing_found(client: Client) -> None:
    page = pages.read(client, "/en/statistics/?q=zzzz")
    assert "No tie matches all of this" in pages.words(page, "h2")
    assert counted_links(page) == set()


def test_a_draft_is_not_counted(client: Client) -> None:
    before = [client.get(path).content for path in ("/statistics/", "/statistics/years.csv", "/statistics/places.csv")]
    builders.tie(review_state="draft", founded_year=1999)
    after = [client.get(path).content for path in ("/statistics/", "/statistics/years.csv", "/statistics/places.csv")]
    assert after == before


def test_the_page_asks_as_often_for_one_tie_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    builders.tie(builders.place("alone"), builders.place("other"), founded_year=1999)
    builders.ties(30, founded_year=1999)
    builders.columns_are_read()
    for place in ("alone", "one"):
        with django_assert_num_queries(9):
            pages.read(client, f"/statistics/?place={place}")


def test_a_long_table_says_that_the_file_has_more(client: Client) -> None:
    for number in range(101):
        builders.tie(builders.place(f"home-{number}"), builders.place("two"))
    page = pages.read(client, "/en/statistics/?q=home")
    assert len(shown_in(page, "places")) == 100
    assert "The first 100 of 101 are shown; the file has them all." in pages.words(page, "p")
    assert len(rows_of(client.get("/en/statistics/places.csv?q=home"))) == 102


def test_the_list_and_the_statistics_lead_to_each_other(client: Client) -> None:
    assert "/statistics/?country=JP" in pages.links(pages.read(client, "/relationships/?country=JP&page=1"))
    page = pages.read(client, "/statistics/?country=JP")
    assert "/relationships/?country=JP" in pages.links(page)
    assert {f"/statistics/{table}.csv?country=JP" for table in TABLES} <= set(pages.links(page))


def test_a_file_in_both_languages(client: Client) -> None:
    builders.tie(builders.place("one"), builders.place("two", country_id="TW"))
    english = rows_of(client.get("/en/statistics/countries.csv?place=one"))
    assert english == [["ISO code", "Country or region", "Ties"], ["CN", "China", "1"], ["TW", "Taiwan, China", "1"]]
    chinese = client.get("/statistics/countries.csv?place=one")
    assert [row[1] for row in rows_of(chinese)[1:]] == ["中国", "中国台湾"]
    assert chinese.content.startswith(b"\xef\xbb\xbf")


def test_the_years_as_a_file(client: Client) -> None:
    builders.tie(founded_year=1999, type="exchange")
    builders.tie(builders.place("one"), builders.place("three"), founded_year=2001)
    assert rows_of(client.get("/en/statistics/years.csv?place=one")) == [
        [
            "Year",
            "sister city (sister)",
            "friendly cooperation (cooperation)",
            "friendly exchange (exchange)",
            "letter of intent (intent)",
            "other (other)",
            "Total",
            "Cumulative",
        ],
        ["1999", "0", "0", "1", "0", "0", "1", "1"],
        ["2001", "1", "0", "0", "0", "0", "1", "2"],
    ]


def test_a_file_has_a_name_and_a_day(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 30, 17, 0, tzinfo=UTC))  # the next day in China
    response = client.get("/statistics/types.csv")
    assert response["Content-Disposition"] == 'attachment; filename="statistics-types-2026-12-01.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_name_becomes_a_formula(client: Client, name: str) -> None:
    Relationship.objects.all().delete()
    builders.tie(builders.place("one", name_en=name, name_zh=name), builders.place("two"))
    assert rows_of(client.get("/en/statistics/places.csv"))[1] == ["one", f"'{name}", "1"]


def test_a_file_of_a_wrong_question(client: Client) -> None:
    response = client.get("/en/statistics/years.csv?country=XX&founded_after=abc&type=sister")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert response.content.decode().splitlines() == [
        "country: “XX” is not known to the register.",
        "founded_after: Write a year in digits, such as 1982.",
    ]


@pytest.mark.parametrize("path", ["nonsense.csv", "years.xlsx", "years", "years.csv/"])
def test_there_is_no_other_file(client: Client, path: str) -> None:
    assert client.get(f"/statistics/{path}").status_code == 404


def test_nothing_can_be_sent_there(client: Client) -> None:
    assert client.post("/statistics/").status_code == 405
    assert client.post("/statistics/years.csv").status_code == 405


@pytest.mark.parametrize(
    "query", ["place=%00", "founded_after=1&founded_before=9999", "q=<script>", "page=99", "sort=x"]
)
def test_no_query_breaks_the_page(client: Client, query: str) -> None:
    assert pages.words(pages.read(client, f"/en/statistics/?{query}"), "h1") == ["Statistics"]


def test_years_far_apart_fit_on_one_axis(client: Client) -> None:
    builders.tie(builders.place("one"), builders.place("two"), founded_year=1)
    builders.tie(builders.place("one"), builders.place("three"), founded_year=2026)
    page = pages.read(client, "/en/statistics/?place=one")
    drawn: list[Any] = [item.attributes for item in page if item.tag == "rect" and "x" in item.attributes]
    assert [(bar["x"], bar["width"]) for bar in drawn] == [("0.0%", "0.04%"), ("99.96%", "0.04%")]


def test_the_files_leave_out_what_the_page_could_not_read(client: Client) -> None:
    page = pages.read(client, "/statistics/?type=bogus&country=JP&sort=home&country=XX&level=city")
    files = [link for link in pages.links(page) if ".csv" in link and "/statistics/" in link]
    assert files[0] == "/statistics/years.csv?country=JP&level=city"
    assert {client.get(link).status_code for link in files} == {200}


def test_the_continent_that_is_left_out_makes_up_the_rest(client: Client) -> None:
    page = pages.read(client, "/en/statistics/")
    [hint] = [words for words in pages.words(page, "p") if words.endswith("both sides there.")]
    assert hint == "Left out because every tie here touches it: Asia. 37 have both sides there."
    listed = read(
        client,
        "relationships/?continent=europe&continent=africa&continent=oceania&continent=north-america"
        "&continent=south-america&type=sister&type=cooperation&type=exchange",
    )
    assert listed["count"] + 37 == 127
