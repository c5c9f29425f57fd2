"""Sources, and every value as each of them gives it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship.models import Source
from tests import builders
from tests.api.asking import HOST, read, refused, rows

pytestmark = pytest.mark.django_db

LISTED = ["slug", "title", "publisher", "kind", "published_on", "url", "language", "tie_count", "page"]


@pytest.fixture
def paper() -> Source:
    return builders.source(
        "paper",
        title="The Paper",
        publisher="Press",
        kind="official",
        published_year=2001,
        published_month=5,
        url="https://example.org/paper",
        language="en",
        note_zh="注",
        note_en="Note",
        text="One and Two.",
    )


def listed(tie_count: int) -> dict[str, Any]:
    return {
        "slug": "paper",
        "title": "The Paper",
        "publisher": "Press",
        "kind": "official",
        "published_on": "2001-05",
        "url": "https://example.org/paper",
        "language": "en",
        "tie_count": tie_count,
        "page": f"{HOST}/sources/paper/",
    }


def of_slug(client: Client, slug: str) -> dict[str, Any]:
    return next(row for row in rows(client, "sources/") if row["slug"] == slug)


def test_the_list_gives_each_source_without_its_text(client: Client, paper: Source) -> None:
    builders.total(by=paper)  # a source that says nothing yet is not public
    assert of_slug(client, "paper") == listed(0)
    assert list(of_slug(client, "paper")) == LISTED
    assert {row["slug"] for row in rows(client, "sources/")} == set(Source.objects.values_list("slug", flat=True))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_detail_adds_notes_text_and_every_value(client: Client, paper: Source, language: str) -> None:
    first, second = builders.ties(2)
    builders.evidence(second, paper, claim="founded", value="1999")
    builders.evidence(first, paper, value="cooperation", quote="Two", start=8, end=11, strength="implied")
    builders.evidence(first, builders.source("other"), value="sister")
    builders.total(by=paper, metric="sister", value=None, as_printed="近90")
    builders.total(by=builders.source("other"))
    detail = read(client, "sources/paper/", language)
    assert detail == {
        **listed(2),
        "note_zh": "注",
        "note_en": "Note",
        "text": "One and Two.",
        "evidence": [
            {
                "relationship": first.pk,
                "claim": "tie",
                "value": "cooperation",
                "quote": "Two",
                "start": 8,
                "end": 11,
                "strength": "implied",
            },
            {
                "relationship": second.pk,
                "claim": "founded",
                "value": "1999",
                "quote": "",
                "start": None,
                "end": None,
                "strength": "explicit",
            },
        ],
        "totals": [
            {
                "place": "one",
                "scope": "all",
                "metric": "sister",
                "value": None,
                "as_printed": "近90",
                "as_of": "2020",
                "quote": "",
                "start": None,
                "end": None,
            },
        ],
    }
    assert list(detail) == [*LISTED, "note_zh", "note_en", "text", "evidence", "totals"]
    assert list(detail["evidence"][0]) == ["relationship", "claim", "value", "quote", "start", "end", "strength"]


def test_a_tie_is_counted_once_by_evidence_or_event(client: Client, paper: Source) -> None:
    both, told, _silent = builders.ties(3)
    builders.evidence(both, paper)
    builders.evidence(both, paper, claim="founded", value="1999")
    builders.event(both, source=paper)
    builders.event(told, source=paper)
    assert of_slug(client, "paper")["tie_count"] == read(client, "sources/paper/")["tie_count"] == 2


def test_quotes_point_into_the_text(client: Client) -> None:
    detail = read(client, "sources/sichuan-press-conference-2023-05-18/")
    pieces = [piece for piece in detail["evidence"] if piece["start"] is not None]
    assert len(pieces) == 17
    assert [detail["text"][piece["start"] : piece["end"]] for piece in pieces] == [piece["quote"] for piece in pieces]


def test_newest_first(client: Client) -> None:
    dates = [row["published_on"] for row in rows(client, "sources/")]
    known = [date for date in dates if date]
    assert dates[: len(known)] == known
    assert [date[:4] for date in known] == sorted((date[:4] for date in known), reverse=True)


@pytest.mark.parametrize("slug", ["none", "%00", "来源", "a" * 500])
def test_an_unknown_source_is_not_found(client: Client, slug: str) -> None:
    assert refused(client, f"sources/{slug}/") == (404, {"detail": "Not found."})


@pytest.mark.parametrize("size", [1, 30])
def test_the_list_asks_the_same_questions_for_any_number_of_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    read(client, "sources/")  # the columns are made
    with django_assert_num_queries(4):  # which sources, how many, the rows, the state of the register
        assert len(read(client, "sources/", page_size=size)["results"]) == size


@pytest.mark.parametrize("count", [1, 30])
def test_one_source_asks_the_same_questions_for_any_number_of_ties(
    client: Client, paper: Source, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for tie in builders.ties(count):
        builders.evidence(tie, paper)
    read(client, "sources/")  # the columns are made
    with django_assert_num_queries(4):
        assert len(read(client, "sources/paper/")["evidence"]) == count
