"""Reported totals on the pages of sources, places, statistics and home."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from friendship.models import ReportedTotal
from tests import builders
from tests.views import pages
from tests.views.pages import Element

pytestmark = pytest.mark.django_db

PRESS = "sichuan-press-conference-2023-05-18"
PLACES = ["/en/statistics/", "/en/provinces/sichuan/"]


def row(page: list[Element], total: ReportedTotal) -> Element:
    """The row of a total, which stands on the page once."""
    [found] = pages.with_attribute(page, "id", f"total-{total.pk}")
    return found


def reported_rows(page: list[Element]) -> list[str]:
    return [item.words for item in page if item.attributes.get("id", "").startswith("total-")]


def test_a_source_shows_each_total_with_its_date_its_quote_and_the_gap(client: Client) -> None:
    page = pages.read(client, f"/en/sources/{PRESS}/")
    sister = ReportedTotal.objects.get(source__slug=PRESS, metric="sister", scope="all")
    assert row(page, sister).words == (
        "Sichuan, all levels sister-city ties 18 May 2023 Reported 119 Recorded here 85 34 not yet recorded"
    )
    quotes = [item.words for item in page if item.tag == "blockquote"]
    totals = ReportedTotal.objects.filter(source__slug=PRESS).order_by("pk")
    assert quotes[-2:] == list(dict.fromkeys(total.quote for total in totals))
    assert len(reported_rows(page)) == 11


def test_an_inexact_total_is_shown_as_printed_and_not_computed_with(client: Client) -> None:
    inexact = ReportedTotal.objects.get(value=None)
    for path in (f"/en/sources/{inexact.source.slug}/", *PLACES):
        page = pages.read(client, path)
        assert "近90 Recorded here 16 not an exact number, so no gap" in row(page, inexact).words
        languages = {item.attributes.get("lang") for item in page if item.tag == "span" and item.words == "近90"}
        assert languages == {"zh-Hans"}


@pytest.mark.parametrize(
    ("value", "words"),
    [(4, "1 not yet recorded"), (3, "all recorded"), (1, "2 more recorded than reported"), (0, "3 more recorded")],
)
def test_the_gap_in_words_and_as_a_bar(client: Client, value: int, words: str) -> None:
    builders.ties(3)
    total = builders.total(value=value)
    page = pages.read(client, "/en/sources/paper/")
    assert f"Reported {value} Recorded here 3 {words}" in row(page, total).words
    [part] = pages.with_attribute(page, "class", "part")
    assert part.attributes["width"] == ("75.0" if value == 4 else "100.0")


@pytest.mark.parametrize("path", PLACES)
def test_the_history_of_reported_sister_ties_is_drawn_over_the_registers_own(client: Client, path: str) -> None:
    page = pages.read(client, path)
    labels = [item.attributes["aria-label"] for item in page if item.attributes.get("role") == "img"]
    assert "Lines: reported from 78 (November 2014) to 127 (12 November 2024), recorded here from 64 to 87." in labels
    lines = [
        item.attributes for item in page if item.tag == "polyline" and "cumulative" not in item.attributes["class"]
    ]
    assert [(line["class"], len(line["points"].split())) for line in lines] == [
        (f"line series-{series}", points) for points in (5, 3, 3, 2) for series in ("reported", "recorded")
    ]
    assert "Not on the line, as it is not an exact number: 近90, November 2014" in pages.words(page, "p")


def test_the_numbers_drawn_are_those_of_the_table(client: Client) -> None:
    page = pages.read(client, "/en/provinces/sichuan/")
    drawn = [item.words.split(": ") for item in page if item.tag == "title"]
    [section] = pages.with_attribute(page, "id", "reported-sichuan-all-sister")
    told = re.findall(r"Reported (\d+) Recorded here (\d+)", section.words)
    assert told == [("78", "64"), ("112", "83"), ("119", "85"), ("127", "85"), ("127", "87")]
    figures = [(words[0][7:], words[1]) for words in drawn if words[0].endswith((" · Reported", " · Recorded here"))]
    assert figures[:10] == [("Reported", pair[0]) for pair in told] + [("Recorded here", pair[1]) for pair in told]


def test_every_total_of_a_place_stands_on_its_page_and_in_the_statistics(client: Client) -> None:
    assert len(reported_rows(pages.read(client, "/en/provinces/sichuan/"))) == 15
    assert len(reported_rows(pages.read(client, "/en/cities/mianyang/"))) == 7
    page = pages.read(client, "/en/statistics/")
    assert len(reported_rows(page)) == ReportedTotal.objects.count() == 22
    assert len(pages.with_attribute(page, "id", "reported")) == 1
    quoted = ReportedTotal.objects.exclude(quote="")
    assert sorted(pages.words(page, "q")) == sorted(total.quote for total in quoted)
    assert {f"/en/sources/{PRESS}/#quote-{start}-{end}" for start, end in quoted.values_list("start", "end")} <= set(
        pages.links(page)
    )


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("place=mianyang", ["Mianyang"]),
        ("", ["Sichuan", "Mianyang"]),
        ("type=cooperation&founded_after=2000", []),  # a reported total is about a place as a whole
        ("province=sichuan", ["Sichuan", "Mianyang"]),
        ("place=chengdu", []),
    ],
)
def test_a_filter_by_place_narrows_the_section(client: Client, query: str, places: list[str]) -> None:
    page = pages.read(client, f"/en/statistics/?{query}")
    assert len(pages.with_attribute(page, "id", "reported")) == bool(places)
    assert [item.words for item in page if item.tag == "h3" and item.words in {"Sichuan", "Mianyang"}] == places


def test_only_ten_places_are_shown_and_the_rest_is_told(client: Client) -> None:
    for number in range(9):
        builders.total(builders.place(f"city-{number}"))
    page = pages.read(client, "/en/statistics/")
    assert "Totals were reported for 1 more place: see its page." in pages.words(page, "p")
    assert len(reported_rows(page)) == 22 + 8


def test_home_shows_the_latest_and_leads_to_the_history(client: Client) -> None:
    page = pages.read(client, "/en/")
    shown = reported_rows(page)
    newest = "Sichuan, all levels sister-city ties 12 November 2024 Reported 127 Recorded here 87"
    assert (len(shown), shown[0]) == (5, f"{newest} 40 not yet recorded 中新网")
    assert "/en/statistics/#reported" in pages.links(page)


@pytest.mark.parametrize("path", ["/", "/cities/one/", "/sources/paper/", "/statistics/?place=one"])
def test_no_page_asks_more_often_for_a_longer_history(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    builders.ties(3)
    builders.total(as_of_year=1950)
    with CaptureQueriesContext(connection) as asked:
        pages.read(client, path)
    for year in range(1951, 1980):
        builders.total(as_of_year=year)
    with django_assert_num_queries(len(asked)):
        pages.read(client, path)


def test_a_draft_is_in_no_gap(client: Client) -> None:
    before = [reported_rows(pages.read(client, path)) for path in ("/en/", *PLACES)]
    builders.tie(builders.place("sichuan"), builders.place("two"), founded_year=1990, review_state="draft")
    assert [reported_rows(pages.read(client, path)) for path in ("/en/", *PLACES)] == before
