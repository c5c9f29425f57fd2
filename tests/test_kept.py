"""Whole pages that are kept: given again before Django is asked, and never once something has changed."""

from __future__ import annotations

import datetime
import gzip
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from django.core.cache import caches
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from friendship import freshness, queries
from friendship.models import Relationship
from tests import answers, builders
from tests.answers import Answer

pytestmark = pytest.mark.django_db

PACKED = {"HTTP_ACCEPT_ENCODING": "gzip"}
PAGES = [
    *("/", "/en/", "/relationships/?country=JP", "/relationships/1/", "/relationships/1/history/", "/map/"),
    *("/map/data.json", "/statistics/", "/anniversaries/", "/cities/", "/cities/chengdu/", "/provinces/sichuan/"),
    *("/countries/", "/countries/JP/", "/sources/", "/about/", "/en/compare/?place=chengdu&place=mianyang"),
    *("/feeds/recent.xml", "/anniversaries.ics", "/sitemap.xml", "/sitemap-relationships.xml"),
]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    with answers.one_connection():
        yield


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_given_again_as_it_was_for_one_question(
    path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = Answer(path, **PACKED)
    body = gzip.decompress(first.sent())
    with django_assert_num_queries(1):  # the state of the register
        again = Answer(path)
    assert (again.status, again.sent()) == (200, body)
    own = {"X-Request-ID", "Content-Length", "Content-Encoding"}
    assert {k: v for k, v in again.headers.items() if k not in own} == {
        k: v for k, v in first.headers.items() if k not in own
    }
    assert again.headers["Content-Length"] == str(len(body))
    assert again.headers["Cache-Control"] == "no-cache"


def test_it_is_kept_compressed_and_given_as_the_visitor_takes_it() -> None:
    plain = Answer("/about/").sent()
    packed = Answer("/about/", **PACKED)
    assert (packed.headers["Content-Encoding"], gzip.decompress(packed.sent())) == ("gzip", plain)
    again = Answer("/about/")
    assert ("Content-Encoding" in again.headers, again.sent()) == (False, plain)
    assert "Accept-Encoding" in again.headers["Vary"]


def test_who_has_it_is_told_so() -> None:
    tag = Answer("/about/", **PACKED).headers["ETag"]
    again = Answer("/about/", HTTP_IF_NONE_MATCH=tag)
    assert (again.status, again.sent(), again.headers["ETag"].removeprefix("W/")) == (304, b"", tag.removeprefix("W/"))
    assert "Content-Length" not in again.headers
    builders.tie()
    assert Answer("/about/", HTTP_IF_NONE_MATCH=tag).status == 200


def test_what_a_program_asks_for_uncompressed_is_made_for_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches["pages"], "set", lambda *_told, **_more: pytest.fail("it is kept"))
    assert Answer("/about/").status == 200


def test_head_gets_the_headers_alone() -> None:
    body = gzip.decompress(Answer("/about/", **PACKED).sent())
    head = Answer("/about/", REQUEST_METHOD="HEAD")
    assert (head.status, head.sent(), head.headers["Content-Length"]) == (200, b"", str(len(body)))


def test_a_change_is_in_the_next_answer() -> None:
    Answer("/relationships/1/", **PACKED).sent()
    tie = Relationship.objects.get(pk=1)
    tie.founded_year, tie.founded_month, tie.founded_day = 1901, None, None
    tie.save()
    assert "1901年" in Answer("/relationships/1/").sent().decode()
    Relationship.objects.filter(pk=1).update(review_state="draft")
    assert Answer("/relationships/1/").status == 404


def test_each_address_host_and_day_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    tags = [Answer(path).headers["ETag"] for path in ("/about/", "/about/?page=2", "/en/about/")]
    tags.append(Answer("/about/", HTTP_HOST="127.0.0.1").headers["ETag"])
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    tags.append(Answer("/about/").headers["ETag"])
    assert len(set(tags)) == 5


@pytest.mark.parametrize(
    "path", ["/nope/", "/admin/login/", "/relationships/1/suggest/", "/suggest/?q=a", "/healthz", "/relationships.csv"]
)
def test_what_is_not_for_everybody_or_not_right_is_not_kept(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches["pages"], "set", lambda *_told, **_more: pytest.fail(f"{path} is kept"))
    Answer(path, **PACKED).sent()


def test_of_what_is_large_only_that_without_a_question_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness, "_LARGE", 1000)
    kept = []
    monkeypatch.setattr(caches["pages"], "set", lambda tag, _answer: kept.append(tag))
    asked = [Answer(path, **PACKED) for path in ("/map/data.json", "/map/data.json?type=sister", "/about/")]
    assert kept == [asked[at].headers["ETag"].removeprefix("W/") for at in (0, 2)]


def test_a_host_that_is_not_ours_gets_nothing_that_is_kept() -> None:
    Answer("/about/", **PACKED).sent()
    assert Answer("/about/", HTTP_HOST="evil.example").status == 400


def test_kept_pages_are_given_while_the_database_is_away_and_others_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    body = gzip.decompress(Answer("/about/", **PACKED).sent())

    def away(_alias: str) -> str:
        raise OperationalError("away")

    monkeypatch.setattr(queries, "state", away)
    assert Answer("/about/").sent() == body


def test_what_is_at_hand_is_asked_of_no_cache_and_unpacked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    body = gzip.decompress(Answer("/about/", **PACKED).sent())
    asked, unpacked = Mock(wraps=caches["pages"].get), Mock(wraps=gzip.decompress)
    monkeypatch.setattr(caches["pages"], "get", asked)
    monkeypatch.setattr(gzip, "decompress", unpacked)
    assert [Answer("/about/").sent() for _time in range(3)] == [body] * 3
    assert (asked.call_count, unpacked.call_count) == (1, 1)


def test_another_site_is_answered_with_the_headers_for_it() -> None:
    Answer("/map/data.json", **PACKED).sent()
    other = Answer("/map/data.json", HTTP_ORIGIN="https://other.example")
    assert other.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in Answer("/map/data.json").headers
