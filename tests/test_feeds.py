"""What programs subscribe to, read by parsers that know nothing of what wrote it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock
from xml.etree import ElementTree as ET

import feedparser  # type: ignore[import-untyped]
import pytest
import vobject  # type: ignore[import-untyped]
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from friendship import curation, queries
from friendship.models import Relationship
from friendship.queries import Criteria
from tests import builders
from tests.views import pages

pytestmark = pytest.mark.django_db

FEED, CALENDAR = "/en/feeds/recent.xml", "/en/anniversaries.ics"
ADDRESSES = [FEED, CALENDAR, "/feeds/recent.xml", "/anniversaries.ics"]
TODAY = datetime.datetime(2026, 12, 1, 4, tzinfo=datetime.UTC)


@pytest.fixture
def december() -> Iterator[None]:
    """1 December 2026: the page shows this year and the next in full, as the calendar does."""
    with mock.patch.object(timezone, "now", return_value=TODAY):
        yield


def feed(client: Client, path: str = FEED) -> Any:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/rss+xml; charset=utf-8")
    ET.fromstring(response.content)  # noqa: S314 (our own answer)
    parsed = feedparser.parse(response.content)
    assert (parsed.bozo, parsed.version) == (False, "rss20")
    return parsed


def events(client: Client, path: str = CALENDAR) -> list[Any]:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    calendar = vobject.readOne(response.content.decode())
    calendar.validate(raiseException=True)
    return list(calendar.contents.get("vevent", []))


# --- both -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_wrong_value_is_refused_by_its_name(client: Client, path: str) -> None:
    response = client.get(f"{path}?country=XX&founded_after=abc&type=sister")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert [line.split(":")[0] for line in response.content.decode().splitlines()] == ["country", "founded_after"]


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize(
    "query",
    [
        *("q=%01%0b%1f", "q=%00", "q=%ff%fe", "q=%ef%bf%bf", "q=%3Cb%3E%26", "q=" + "x" * 300, "page=0"),
        *("q=x%0D%0AX-INJECTED%3Ay", "q=x%0AX-INJECTED%3Ay", "q=a%C2%85b%E2%80%A8c"),
    ],
)
def test_no_query_breaks_it(client: Client, path: str, query: str) -> None:
    response = client.get(f"{path}?{query}")
    if response.status_code == 400:
        assert response.content.startswith(b"q: ")
    elif path.endswith("xml"):
        ET.fromstring(response.content)  # noqa: S314 (our own answer)
    else:
        assert vobject.readOne(response.content.decode()).name == "VCALENDAR"
        assert b"\nX-INJECTED" not in response.content


@pytest.mark.parametrize("path", ADDRESSES)
def test_a_reader_that_has_it_is_told_so(client: Client, path: str) -> None:
    tag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    builders.tie(founded_year=2001, founded_month=5)
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ADDRESSES)
def test_it_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


# --- RSS ------------------------------------------------------------------------------------------------------------


def test_the_feed_holds_the_last_fifty_changes(client: Client) -> None:
    parsed = feed(client)
    expected = Relationship.objects.published().order_by("-updated_at", "id")[:50]
    assert [entry.link for entry in parsed.entries] == [
        f"http://testserver/en/relationships/{row.pk}/" for row in expected
    ]
    assert [entry.published_parsed[:6] for entry in parsed.entries] == [
        row.updated_at.timetuple()[:6] for row in expected
    ]
    assert len({entry.id for entry in parsed.entries}) == 50
    assert parsed.feed.title == "New and changed ties"
    assert parsed.feed.language == "en"
    assert [link.href for link in parsed.feed.links if link.rel == "self"] == ["http://testserver/en/feeds/recent.xml"]


def test_a_new_tie_and_a_changed_one_say_what_they_are(client: Client) -> None:
    new = curation.save(draft("new"), actor=None)
    changed = curation.save(draft("changed"), actor=None)
    for row in (new, changed):
        curation.publish([row], actor=None)
    changed.status, changed.founded_year = "suspended", 1990
    curation.save(changed, actor=None)
    first, second = feed(client, f"{FEED}?place=one").entries
    assert (first.title, second.title) == ("Changed: One – Changed", "New: One – New")
    assert first.summary == (
        "Changed: status, date established. One (China) – Changed (Japan): sister city, established 1990, suspended."
    )
    assert second.summary == "New in the register. One (China) – New (Japan): sister city, date not stated, active."


def draft(name: str) -> Relationship:
    partner = builders.place(name, country_id="JP")
    return Relationship(home=builders.place("one"), partner=partner, type="sister", status="active")


def test_what_a_draft_said_is_not_told(client: Client) -> None:
    row = curation.save(draft("late"), actor=None)
    row.status = "suspended"
    curation.save(row, actor=None)
    assert feed(client, f"{FEED}?place=one").entries == []
    curation.publish([row], actor=None)
    assert [entry.title for entry in feed(client, f"{FEED}?place=one").entries] == ["New: One – Late"]
    curation.unpublish([row], actor=None)
    assert feed(client, f"{FEED}?place=one").entries == []


def test_a_change_comes_as_an_item_of_its_own(client: Client) -> None:
    row = builders.tie()
    [before] = feed(client, f"{FEED}?place=one").entries
    row.note_en = "A note."
    curation.save(row, actor=None)
    [after] = feed(client, f"{FEED}?place=one").entries
    assert (before.link, before.guidislink) == (after.link, False)
    assert before.id != after.id
    assert after.summary.startswith("Changed: note. ")


def test_the_feed_follows_the_filters(client: Client) -> None:
    parsed = feed(client, f"{FEED}?country=JP&type=sister&sort=home")
    asked = Criteria(country=("JP",), type=("sister",), sort="updated")
    assert [entry.link.split("/")[-2] for entry in parsed.entries] == [
        str(row.pk) for row in queries.relationships(asked)
    ]
    assert parsed.feed.title == "New and changed ties: type sister city · country or region Japan"
    assert parsed.feed.link == "http://testserver/en/relationships/?country=JP&type=sister&sort=updated"


def test_names_are_written_as_they_are(client: Client) -> None:
    builders.tie(partner=builders.place("odd", name_en="Xi'an <& Sons>"))
    [entry] = feed(client, f"{FEED}?place=one").entries
    assert entry.title == "New: One – Xi'an <& Sons>"
    assert "One (China) – Xi&#x27;an &lt;&amp; Sons&gt; (China)" in client.get(
        f"{FEED}?place=one"
    ).content.decode().replace("&amp;", "&")


def test_the_feed_asks_as_often_for_one_tie_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    builders.ties(30)
    builders.tie(builders.place("alone"), builders.place("other"))
    assert client.get(FEED).status_code == 200  # the columns are read, and the order of changes is known
    for place, count in (("alone", 1), ("one", 30)):
        # the state and the place, each for the answer and for the columns; the ties, and their history
        with django_assert_num_queries(6):
            response = client.get(f"{FEED}?place={place}")
        assert response.content.count(b"<item>") == count


def test_every_page_names_the_feed(client: Client) -> None:
    for path, address in (("/", "/feeds/recent.xml"), ("/en/about/", FEED)):
        page = pages.read(client, path)
        [link] = pages.with_attribute(page, "type", "application/rss+xml")
        assert link.attributes["href"] == f"http://testserver{address}"
        assert address in pages.links(page)


# --- calendar -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("december")
@pytest.mark.parametrize(
    "query", ["", "?place=chengdu", "?country=JP&type=sister", "?province=sichuan&founded_after=2000"]
)
def test_the_calendar_holds_the_dated_anniversaries_of_the_page(client: Client, query: str) -> None:
    page = pages.read(client, f"/en/anniversaries/{query}")
    rows = pages.with_attribute(page, "data-anniversary")
    dated = {
        (row.attributes["data-anniversary"], row.attributes["data-on"])
        for row in rows
        if "-" in row.attributes["data-on"]
    }
    assert dated
    found = {(event.url.value.split("/")[-2], on(event)) for event in events(client, f"{CALENDAR}{query}")}
    assert found == dated


def on(event: Any) -> str:
    """Where an event stands: 2026-05-20, or 2026-05 where it spans the month."""
    first, after = event.dtstart.value, event.dtend.value
    if after - first == datetime.timedelta(days=1):
        return str(first.isoformat())
    assert (first.day, after.day, (after - first).days >= 28) == (1, 1, True)
    return f"{first:%Y-%m}"


@pytest.mark.usefixtures("december")
def test_an_event_in_both_languages(client: Client) -> None:
    row = builders.tie(founded_year=1986, founded_month=5, founded_day=20)
    first, second = events(client, f"{CALENDAR}?place=one")
    assert (first.summary.value, second.summary.value) == ("40 years: One – Two", "41 years: One – Two")
    assert first.uid.value == f"relationship-{row.pk}-2026@testserver"
    assert second.uid.value == f"relationship-{row.pk}-2027@testserver"
    assert first.dtstart.value == datetime.date(2026, 5, 20)
    assert first.dtstamp.value == row.updated_at.replace(microsecond=0)
    assert first.transp.value == "TRANSPARENT"
    address = f"http://testserver/en/relationships/{row.pk}/"
    assert first.url.value == address
    assert first.description.value == f"Sister city, established 20 May 1986, active.\n{address}"
    chinese, _next_year = events(client, "/anniversaries.ics?place=one")
    assert (chinese.uid.value, chinese.url.value) == (first.uid.value, address.replace("/en/", "/"))


@pytest.mark.usefixtures("december")
def test_a_month_spans_its_days_and_a_year_is_left_out(client: Client) -> None:
    builders.tie(founded_year=2000, founded_month=2)
    builders.tie(builders.place("one"), builders.place("by-year"), founded_year=2000)
    builders.tie(builders.place("one"), builders.place("leap"), founded_year=2000, founded_month=2, founded_day=29)
    spans = [(event.dtstart.value, event.dtend.value) for event in events(client, f"{CALENDAR}?place=one")]
    assert spans == [
        (datetime.date(year, 2, first), datetime.date(year, 3, 1)) for year in (2026, 2027) for first in (1, 28)
    ]


def test_the_lines_are_as_the_standard_wants_them(client: Client) -> None:
    builders.tie(
        partner=builders.place("long", name_zh="很" * 60 + "长，的；名\\字"), founded_year=1990, founded_month=1
    )
    body = client.get("/anniversaries.ics?place=one").content
    lines = body.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(len(line) for line in lines) <= 75
    assert [line.decode() for line in lines]  # no character is cut in two
    assert {b"VERSION:2.0", b"REFRESH-INTERVAL;VALUE=DURATION:P1D", b"X-PUBLISHED-TTL:P1D"} <= set(lines)
    assert sum(line.startswith(b"PRODID:") for line in lines) == 1
    assert not any(line.startswith(b"METHOD") for line in lines)
    assert re.findall(rb"DTSTART[^:]*:", body) == [b"DTSTART;VALUE=DATE:"] * 2
    first = events(client, "/anniversaries.ics?place=one")[0]
    assert "很" * 60 + "长，的；名\\字" in first.summary.value


def test_a_calendar_without_events_is_still_one(client: Client) -> None:
    body = client.get(f"{CALENDAR}?q=zzzz").content
    assert events(client, f"{CALENDAR}?q=zzzz") == []
    assert (body.count(b"BEGIN:VTIMEZONE"), body.count(b"BEGIN:VEVENT")) == (1, 0)


def test_the_name_of_the_calendar_says_the_filter(client: Client) -> None:
    calendar = vobject.readOne(client.get(f"{CALENDAR}?country=JP").content.decode())
    assert calendar.contents["x-wr-calname"][0].value == "Anniversaries of sister-city ties: country or region Japan"


def test_a_calendar_asks_as_often_for_one_tie_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    builders.ties(30, founded_year=2000, founded_month=5)
    builders.tie(builders.place("alone"), builders.place("other"), founded_year=2000, founded_month=5)
    builders.columns_are_read()
    for place, count in (("alone", 2), ("one", 60)):
        with django_assert_num_queries(8):  # the state and the place are asked for by each of the two years
            response = client.get(f"{CALENDAR}?place={place}")
        assert response.content.count(b"BEGIN:VEVENT") == count


@pytest.mark.usefixtures("december")
def test_too_many_for_a_calendar_are_cut_and_the_page_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "EVENTS_A_YEAR", 5)
    builders.ties(6, founded_year=2000, founded_month=5)
    builders.tie(builders.place("one"), builders.place("round"), founded_year=2016, founded_month=6)
    found = events(client, f"{CALENDAR}?place=one")
    assert len(found) == 10
    assert [event.summary.value for event in found if event.dtstart.value.year == 2026].count(
        "10 years: One – Round"
    ) == 1
    words = " ".join(pages.words(pages.read(client, "/en/anniversaries/?place=one"), "p"))
    assert "It holds at most 5 anniversaries a year, round ones first" in words
    words = " ".join(pages.words(pages.read(client, "/en/anniversaries/?place=round"), "p"))
    assert "round ones first" not in words


# --- drafts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize(
    "path",
    [
        "{}/anniversaries/",
        "{}/anniversaries/{year}-05/",
        "{}/anniversaries.ics",
        "{}/feeds/recent.xml",
        "/sitemap.xml",
        "/sitemap-pages.xml",
        "/sitemap-relationships.xml",
        "/sitemap-places.xml",
        "/sitemap-countries.xml",
        "/sitemap-sources.xml",
    ],
)
def test_a_draft_is_in_none_of_them(client: Client, language: str, path: str) -> None:
    address = path.format(language, year=timezone.localdate().year)
    before = client.get(address)
    assert before.status_code == 200
    home = builders.place("hidden-home", country_id="IS", name_en="Hidden Home", name_zh="隐藏之城")
    partner = builders.place("hidden-partner", country_id="AQ", name_en="Hidden Partner", level="province")
    row = builders.tie(home, partner, review_state="draft", founded_year=2006, founded_month=5, founded_day=4)
    builders.evidence(row, builders.source("sichuan-press-conference-2023-05-18"))
    builders.event(row, source=builders.source("sichuan-press-conference-2023-05-18"))
    assert client.get(address).content == before.content
    curation.publish([row], actor=None)
    published = client.get(address).content
    if path in ("/sitemap-pages.xml", "/sitemap-sources.xml"):
        return  # neither names a tie
    assert published != before.content
