"""Ties as machines read them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship.models import Country, Relationship
from tests import builders
from tests.api.asking import HOST, read, refused, rows

pytestmark = pytest.mark.django_db

KEYS = ["id", "url", "type", "type_as_printed", "status", "founded", "ended", "home", "partner", "evidence"]


@pytest.fixture
def tie() -> Relationship:
    home = builders.place("one", name_zh="一市", name_en="One", latitude=30.5, longitude=-104.25)
    partner = builders.place("two", country=Country.objects.get(pk="JP"), level="county", name_en="Two")
    tie = builders.tie(
        home, partner, type="exchange", type_as_printed="友好交流", status="ended", founded_year=1999, founded_month=2
    )
    tie.ended_year, tie.ended_month, tie.ended_day = 2004, 12, 31
    tie.save()
    paper = builders.source("paper", text="One and Two are friends.")
    builders.evidence(tie, paper, quote="One and Two", start=0, end=11, strength="implied")
    builders.evidence(tie, builders.source("web"), claim="founded", value="1999-02")
    return tie


def expected(tie: Relationship) -> dict[str, Any]:
    return {
        "id": tie.pk,
        "url": f"{HOST}/relationships/{tie.pk}/",
        "type": "exchange",
        "type_as_printed": "友好交流",
        "status": "ended",
        "founded": "1999-02",
        "ended": "2004-12-31",
        "home": {
            "slug": "one",
            "name_zh": "一市",
            "name_en": "One",
            "level": "city",
            "country": "CN",
            "latitude": 30.5,
            "longitude": -104.25,
        },
        "partner": {
            "slug": "two",
            "name_zh": "",
            "name_en": "Two",
            "level": "county",
            "country": "JP",
            "latitude": None,
            "longitude": None,
        },
        "evidence": [
            {
                "source": "paper",
                "claim": "tie",
                "quote": "One and Two",
                "start": 0,
                "end": 11,
                "strength": "implied",
            },
            {"source": "web", "claim": "founded", "quote": "", "start": None, "end": None, "strength": "explicit"},
        ],
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_list_and_detail_give_the_same_row(client: Client, tie: Relationship, language: str) -> None:
    detail = read(client, f"relationships/{tie.pk}/", language)
    assert detail == expected(tie)
    assert rows(client, "relationships/", language, place="one") == [detail]


def test_the_keys_stand_in_their_order(client: Client, tie: Relationship) -> None:
    detail = read(client, f"relationships/{tie.pk}/")
    assert list(detail) == KEYS
    assert list(detail["home"]) == list(expected(tie)["home"])
    assert list(detail["evidence"][0]) == list(expected(tie)["evidence"][0])


def test_what_is_not_known_is_null(client: Client) -> None:
    bare = read(client, f"relationships/{builders.tie().pk}/")
    assert (bare["founded"], bare["ended"], bare["type_as_printed"], bare["evidence"]) == (None, None, "", [])


def test_the_shipped_register_is_read_to_its_end_page_by_page(client: Client) -> None:
    seen: list[int] = []
    address: str | None = f"{HOST}/api/v1/relationships/?page_size=50&page=1"
    backward = []
    while address:
        answer = client.get(address.removeprefix(HOST)).json()
        assert answer["count"] == 132
        backward.append(answer["previous"])
        seen += [row["id"] for row in answer["results"]]
        address = answer["next"]
    assert seen == [row["id"] for row in rows(client, "relationships/")]
    assert len(seen) == len(set(seen)) == 132
    assert backward == [None] + [f"{HOST}/api/v1/relationships/?page_size=50&page={page}" for page in (1, 2)]


def test_links_keep_the_filters_also_where_chinese_was_sent_unescaped(client: Client) -> None:
    escaped = "%E5%9B%9B%E5%B7%9D"
    sent_raw = "q=四川&country=JP&country=US&page_size=1&page=1".encode().decode("latin-1")  # what a server hands over
    for query in (f"q={escaped}&country=JP&country=US&page_size=1&page=1", sent_raw):
        answer = client.get("/api/v1/relationships/", QUERY_STRING=query).json()
        assert answer["next"] == (f"{HOST}/api/v1/relationships/?q={escaped}&country=JP&country=US&page_size=1&page=2")


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_questions_for_any_number_of_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for tie in builders.ties(count):
        builders.evidence(tie)
        builders.evidence(tie, builders.source(f"source-{tie.pk}"))
    rows(client, "relationships/", place="one", fields="id")  # which makes the columns anew, since rows were written
    # Place of the filter, state, number of the place; the rows, their evidence.
    with django_assert_num_queries(5):
        assert len(rows(client, "relationships/", place="one")) == count
    with django_assert_num_queries(3):
        assert len(rows(client, "relationships/", place="one")) == count


def test_one_tie_asks_a_fixed_number_of_questions(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        read(client, "relationships/1/")


@pytest.mark.parametrize("name", ["0", "4999", "9223372036854775808", "9" * 40])
def test_an_unknown_id_is_not_found(client: Client, name: str) -> None:
    assert refused(client, f"relationships/{name}/") == (404, {"detail": "Not found."})
    assert refused(client, f"relationships/{name}/", "zh-hans") == (404, {"detail": "未找到。"})


@pytest.mark.parametrize("name", ["abc", "-1", "1.5", "%00", "%ff", "9" * 5000])
def test_what_is_no_id_is_not_found(client: Client, name: str) -> None:
    assert refused(client, f"relationships/{name}/")[0] == 404


def test_ties_of_intent_and_ended_ones_are_listed(client: Client) -> None:
    intent = builders.tie(builders.place("one"), builders.place("two"), type="intent")
    ended = builders.tie(builders.place("one"), builders.place("three"), status="ended")
    assert [row["id"] for row in rows(client, "relationships/", place="one")] == [intent.pk, ended.pk]
