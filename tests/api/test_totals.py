"""Reported totals beside what the register holds."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship.models import ReportedTotal
from tests import builders
from tests.api.asking import read, refused, rows

pytestmark = pytest.mark.django_db

KEYS = ["source", "place", "scope", "metric", "value", "as_of", "recorded"]


def test_a_total_stands_beside_what_is_recorded(client: Client) -> None:
    builders.ties(3, founded_year=1999)
    builders.total(builders.place("one"), builders.source("paper"), scope="own", metric="sister", value=119)
    total = rows(client, "totals/")[-1]
    assert total == {
        "source": "paper",
        "place": "one",
        "scope": "own",
        "metric": "sister",
        "value": 119,
        "as_of": "2020",
        "recorded": 3,
    }
    assert list(total) == KEYS


def test_a_total_without_a_date(client: Client) -> None:
    builders.total(as_of_year=None, value=0)
    assert (rows(client, "totals/")[-1]["as_of"], rows(client, "totals/")[-1]["value"]) == (None, 0)


def test_an_inexact_total_has_no_value(client: Client) -> None:
    builders.ties(2)
    builders.total(value=None, as_printed="近90")
    total = rows(client, "totals/")[-1]
    assert list(total) == KEYS
    assert (total["value"], total["recorded"]) == (None, 2)


def test_all_are_listed_in_the_order_they_were_entered(client: Client) -> None:
    expected = [
        (total.source.slug, total.place.slug, total.scope, total.metric, total.value)
        for total in ReportedTotal.objects.order_by("pk")
    ]
    found = [tuple(row[key] for key in KEYS[:5]) for row in rows(client, "totals/")]
    assert found == expected


def test_the_list_has_pages(client: Client) -> None:
    last = read(client, "totals/", page_size=5, page=5)
    assert (last["count"], len(last["results"]), last["next"]) == (22, 2, None)
    assert refused(client, "totals/?page_size=5&page=6") == (
        404,
        {"detail": "There is no page 6; the last one is 5."},
    )


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_questions_for_any_number_of_ties(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    builders.total()
    builders.ties(count)
    builders.columns_are_read()
    with django_assert_num_queries(
        5
    ):  # which totals, the totals, the state, what lies in their places, and within that
        assert rows(client, "totals/")[-1]["recorded"] == count
