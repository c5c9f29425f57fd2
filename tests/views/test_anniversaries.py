"""The page of anniversaries and of one month of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.dates import PartialDate
from friendship.queries import Criteria
from tests import builders
from tests.views import pages
from tests.views.pages import Element

pytestmark = pytest.mark.django_db

PAGE = "/en/anniversaries/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """24 November 2026, noon in Shanghai."""
    with mock.patch.object(timezone, "now", return_value=datetime.datetime(2026, 11, 24, 4, tzinfo=datetime.UTC)):
        yield


def shown(page: list[Element]) -> list[tuple[str, str]]:
    """The anniversaries of a page: the tie, and the date where it stands."""
    rows = pages.with_attribute(page, "data-anniversary")
    return [(row.attributes["data-anniversary"], row.attributes["data-on"]) for row in rows]


def within(page: list[Element], name: str, value: str) -> str:
    [found] = pages.with_attribute(page, name, value)
    return found.words


def test_the_page_shows_what_the_queries_say(client: Client) -> None:
    page = pages.read(client, PAGE)
    months = queries.anniversaries_by_month(Criteria(), queries.anniversary_months(datetime.date(2026, 11, 24)), 20)
    expected = [
        *queries.round_anniversaries(Criteria(), 2026, 12),
        *(item for month in (*months[10:], *months[:10]) for item in month.rows),
        *(item for year in (2026, 2027) for group in queries.anniversaries_by_age(Criteria(), year, 12)
          for item in group.rows),
    ]  # fmt: skip
    assert shown(page) == [(str(item.tie.pk), item.date.iso) for item in expected]
    assert len(expected) == 191
    tally = within(page, "role", "status")
    assert tally == "93 anniversaries in 2026, 8 of them round · Subscribe in your calendar"


def test_a_row_says_day_years_tie_type_and_date(client: Client) -> None:
    page = pages.read(client, f"{PAGE}?place=deyang&q=siegen")
    first, again, *later = pages.with_attribute(page, "data-anniversary")
    facts = "30 years Deyang — Siegen-Wittgenstein sister city established 4 August 1996"
    assert (first.words, again.words) == (f"4 August 2026 {facts}", f"4 {facts.replace('30', '31')}")
    assert [item.words for item in page if item.tag == "strong"] == ["30 years", "30 years"]
    assert [row.attributes["data-on"] for row in later] == ["2026-08-04"]


def test_what_is_not_known_is_not_guessed(client: Client) -> None:
    builders.tie(founded_year=1990, founded_month=5)
    builders.tie(builders.place("one"), builders.place("by-year"), founded_year=1991)
    page = pages.read(client, f"{PAGE}?place=one")
    assert within(page, "id", "month-2027-05").startswith("May 2027 1 day not known 37 years One — Two")
    assert "By Year" not in within(page, "id", "month-2027-05")
    assert within(page, "data-year", "2026").startswith(
        "In 2026, exact date not known 30 to 39 years 1 35 years One — By Year"
    )
    assert within(page, "data-year", "2027").startswith("In 2027, exact date not known 30 to 39 years 1 36 years")


def test_the_day_is_that_of_shanghai(client: Client) -> None:
    builders.tie(founded_year=2000, founded_month=1, founded_day=1)
    late = datetime.datetime(2026, 12, 31, 17, tzinfo=datetime.UTC)  # 1 January, one o'clock in Shanghai
    with mock.patch.object(timezone, "now", return_value=late):
        page = pages.read(client, f"{PAGE}?place=one")
    assert within(page, "role", "status").startswith("1 anniversary in 2027")
    [marked] = pages.with_attribute(page, "class", "today")
    assert marked.words == "today"
    assert shown(page) == [
        (row, f"{year}-01-01") for row, year in ((shown(page)[0][0], 2027), (shown(page)[0][0], 2028))
    ]


def test_a_suspended_tie_says_so_and_uncounted_ones_are_missing(client: Client) -> None:
    on: dict[str, Any] = {"founded_year": 2016, "founded_month": 12, "founded_day": 1}
    suspended = builders.tie(status="suspended", **on)
    builders.tie(builders.place("one"), builders.place("ended"), status="ended", **on)
    builders.tie(builders.place("one"), builders.place("intent"), type="intent", **on)
    builders.tie(builders.place("one"), builders.place("draft"), review_state="draft", **on)
    page = pages.read(client, f"{PAGE}?place=one")
    assert {row for row, _date in shown(page)} == {str(suspended.pk)}
    assert pages.with_attribute(page, "data-anniversary")[0].words.endswith("established 1 December 2016 suspended")


def test_nothing_found_says_why_and_how_to_go_on(client: Client) -> None:
    page = pages.read(client, f"{PAGE}?place=mianyang&q=zzzz")
    assert shown(page) == []
    assert "No anniversary matches all of this" in pages.words(page, "h2")
    assert {"?", "?place=mianyang", "?q=zzzz"} <= set(pages.links(page))
    assert (pages.with_attribute(page, "id", "subscribe"), "#subscribe" in pages.links(page)) == ([], False)


def test_wrong_values_are_said_and_nothing_breaks(client: Client) -> None:
    page = pages.read(client, f"{PAGE}?place=nowhere&level=x&founded_after=abc&page=0&%00=1&month=13")
    said = [item.words for item in page if item.attributes.get("role") == "alert"]
    assert sorted(said) == [
        "Not valid, and not applied: place “nowhere”, level of the home side “x”, established from “abc”",
        "Write a year in digits, such as 1982.",
        "“nowhere” is not known to the register.",
        "“x” is not known to the register.",
    ]
    assert len(shown(page)) == 191


def test_filters_stay_in_every_link(client: Client) -> None:
    builders.ties(25, founded_year=2010, founded_month=12)
    builders.tie(builders.place("one"), builders.place("by-year"), founded_year=2011)
    for number in range(12):
        builders.tie(builders.place("one"), builders.place(f"year-{number}"), founded_year=2012)
    links = pages.links(pages.read(client, f"{PAGE}?place=one&type=sister"))
    assert "/en/anniversaries/2026-12/?place=one&type=sister" in links
    assert "/en/relationships/?place=one&type=sister&founded_after=2007&founded_before=2016" in links
    assert "/en/anniversaries.ics?place=one&type=sister" in links
    assert {"?place=one", "?type=sister"} <= set(links)


def test_a_month_has_a_page_with_all_of_it(client: Client) -> None:
    builders.ties(60, founded_year=2010, founded_month=12)
    overview = pages.read(client, f"{PAGE}?place=one")
    assert "/en/anniversaries/2026-12/?place=one" in pages.links(overview)
    assert shown(overview).count((shown(overview)[0][0], "2026-12")) == 1
    assert len([date for _row, date in shown(overview) if date == "2026-12"]) == 20
    first = pages.read(client, "/en/anniversaries/2026-12/?place=one")
    second = pages.read(client, "/en/anniversaries/2026-12/?place=one&page=2")
    assert pages.words(first, "h1") == ["Anniversaries in December 2026"]
    assert within(first, "role", "status") == "60 anniversaries"
    assert (len(shown(first)), len(shown(second))) == (50, 10)
    assert len(set(shown(first) + shown(second))) == 60


@pytest.mark.parametrize("month", ["2025-12", "2028-01", "2026", "2026-13", "2026-1", "2026-12-01", "x", "0000-00"])
def test_only_months_of_this_year_and_the_next(client: Client, month: str) -> None:
    pages.read(client, f"/anniversaries/{month}/", status=404)


def test_leap_day_stands_on_the_28th_of_a_common_year(client: Client) -> None:
    builders.tie(founded_year=1996, founded_month=2, founded_day=29)
    page = pages.read(client, f"{PAGE}?place=one")
    round_one, coming, past = (date for _row, date in shown(page))
    assert (round_one, coming, past) == ("2026-02-28", "2027-02-28", "2026-02-28")


def test_the_page_asks_as_often_for_one_tie_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    builders.ties(30, founded_year=2006, founded_month=5)
    builders.tie(builders.place("alone"), builders.place("other"), founded_year=2006, founded_month=5)
    builders.columns_are_read()
    for place in ("alone", "one"):
        with django_assert_num_queries(16):
            pages.read(client, f"/anniversaries/?place={place}")
        with django_assert_num_queries(4):
            pages.read(client, f"/anniversaries/2026-05/?place={place}")


def test_an_empty_register_has_a_page(client: Client) -> None:
    page = pages.read(client, f"{PAGE}?founded_before=1900")
    assert (shown(page), pages.words(page, "h1")) == ([], ["Anniversaries"])
    assert PartialDate(2026).iso not in pages.words(page, "h2")


def test_nothing_can_be_sent_there(client: Client) -> None:
    assert client.post("/anniversaries/").status_code == 405
    assert client.post("/anniversaries/2026-11/").status_code == 405


@pytest.mark.parametrize("asked", ["", "&type=sister&type=intent", "&status=active&status=ended&type=sister"])
def test_the_numbers_of_round_years_are_the_lists_behind_them(client: Client, asked: str) -> None:
    year = timezone.localdate().year - 20
    for number in range(13):
        builders.tie(builders.place("one"), builders.place(f"round-{number}"), founded_year=year, founded_month=5)
    builders.tie(builders.place("one"), builders.place("letter"), founded_year=year, type="intent")
    builders.tie(builders.place("one"), builders.place("gone"), founded_year=year, status="ended")
    page = pages.read(client, f"/en/anniversaries/?place=one{asked}")
    assert within(page, "class", "ages") == "20 years 13"
    [link] = [link for link in pages.links(page) if f"founded_after={year}&founded_before={year}" in link]
    assert len(pages.rows(pages.read(client, link))) == 13


def test_the_choices_count_the_year_that_the_headline_speaks_of(client: Client) -> None:
    builders.tie(founded_year=2016, founded_month=5)
    builders.tie(builders.place("one"), builders.place("new"), founded_year=2026, founded_month=5)
    page = pages.read(client, f"{PAGE}?place=one")
    assert within(page, "role", "status").startswith("1 anniversary in 2026")
    assert within(page, "data-facet", "type") == "Type sister city 1"
    assert [date for _row, date in shown(page) if date.startswith("2027")] == ["2027-05", "2027-05"]
