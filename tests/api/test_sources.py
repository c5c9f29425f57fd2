"""Sources as JSON: what each says of which tie, with the value as it gives it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship.models import Relationship, Source
from tests import builders

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/sources/"


@pytest.fixture
def tie() -> Relationship:
    """A tie that two sources date differently."""
    row = builders.tie(founded_year=1982)
    newest = {"published_year": 9999, "published_month": 12}
    held = builders.source("held", text="One and Two since 1982.", url="https://example.org/held", **newest)
    builders.evidence(row, held, claim="founded", value="1982", quote="since 1982", start=12, end=22)
    builders.evidence(row, held, quote="One and Two", start=0, end=11)
    builders.evidence(row, builders.source("other"), claim="founded", value="1983", strength="implied")
    return row


HELD: dict[str, Any] = {
    "slug": "held",
    "title": "Held",
    "publisher": "Test Press",
    "kind": "news",
    "published_on": "9999-12",
    "url": "https://example.org/held",
    "language": "en",
    "tie_count": 1,
    "page": "http://testserver/sources/held/",
}


def test_a_listed_source_has_exactly_these_keys_in_this_order(client: Client, tie: Relationship) -> None:
    newest = client.get(ADDRESS, headers={"accept-language": "en"}).json()["results"][0]
    assert list(newest.items()) == list(HELD.items())


def test_one_source_adds_its_text_and_every_value_in_the_order_of_the_text(client: Client, tie: Relationship) -> None:
    row = client.get(f"{ADDRESS}held/").json()
    evidence = [
        {
            "relationship": tie.pk,
            "claim": "tie",
            "value": "sister",
            "quote": "One and Two",
            "start": 0,
            "end": 11,
            "strength": "explicit",
        },
        {
            "relationship": tie.pk,
            "claim": "founded",
            "value": "1982",
            "quote": "since 1982",
            "start": 12,
            "end": 22,
            "strength": "explicit",
        },
    ]
    assert list(row.items()) == [*HELD.items(), ("text", "One and Two since 1982."), ("evidence", evidence)]
    assert [list(piece) for piece in row["evidence"]] == [list(piece) for piece in evidence]


def test_a_source_that_disagrees_keeps_its_own_value(client: Client, tie: Relationship) -> None:
    row = client.get(f"{ADDRESS}other/").json()
    assert (row["published_on"], row["url"], row["text"]) == (None, "", "")
    assert row["evidence"] == [
        {
            "relationship": tie.pk,
            "claim": "founded",
            "value": "1983",
            "quote": "",
            "start": None,
            "end": None,
            "strength": "implied",
        }
    ]


def test_a_source_counts_the_ties_that_its_events_speak_of(client: Client, tie: Relationship) -> None:
    builders.event(tie, source=builders.source("held"))
    builders.event(builders.tie(partner=builders.place("three")), source=builders.source("held"))
    assert client.get(f"{ADDRESS}held/").json()["tie_count"] == 2


def test_every_source_is_listed(client: Client) -> None:
    answer = client.get(f"{ADDRESS}?page_size=500").json()
    assert {row["slug"] for row in answer["results"]} == set(Source.objects.values_list("slug", flat=True))
    assert answer["count"] == Source.objects.count()


def test_an_unknown_source_is_not_found(client: Client) -> None:
    response = client.get(f"{ADDRESS}no-such/")
    assert (response.status_code, response.json()) == (404, {"detail": "未找到。"})


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_takes_the_same_queries_at_1_and_at_30_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number, tie in enumerate(builders.ties(30)):
        builders.evidence(tie, builders.source(f"paper-{number}", published_year=9999))
    with django_assert_num_queries(3):  # the count, the sources, the ties that each speaks of
        answer = client.get(f"{ADDRESS}?page_size={rows}").json()
    assert [row["tie_count"] for row in answer["results"]] == [1] * rows


@pytest.mark.parametrize("rows", [1, 30])
def test_one_source_takes_the_same_queries_with_1_and_with_30_ties(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for tie in builders.ties(rows):
        builders.evidence(tie)
    with django_assert_num_queries(3):  # the source, the count of its ties, what it says
        answer = client.get(f"{ADDRESS}paper/").json()
    assert (answer["tie_count"], len(answer["evidence"])) == (rows, rows)
