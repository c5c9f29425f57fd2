"""Reported totals as JSON, each beside what the register holds."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship.models import ReportedTotal
from tests import builders

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/totals/"


@pytest.fixture(autouse=True)
def _only_our_own() -> None:
    ReportedTotal.objects.all().delete()


def test_a_total_has_exactly_these_keys_in_this_order(client: Client) -> None:
    builders.ties(3, founded_year=2010)
    builders.tie(builders.place("one"), builders.place("later"), founded_year=2021)
    builders.total(value=440, scope="own", metric="sister", as_of_year=2020, as_of_month=5)
    [row] = client.get(ADDRESS).json()["results"]
    assert list(row.items()) == [
        ("source", "paper"),
        ("place", "one"),
        ("scope", "own"),
        ("metric", "sister"),
        ("value", 440),
        ("as_of", "2020-05"),
        ("recorded", 3),
    ]


def test_a_total_without_a_date_is_compared_with_today(client: Client) -> None:
    builders.ties(2)
    builders.total(as_of_year=None)
    assert client.get(ADDRESS).json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "source": "paper",
                "place": "one",
                "scope": "all",
                "metric": "all",
                "value": 10,
                "as_of": None,
                "recorded": 2,
            }
        ],
    }


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_counts_once_for_each_total(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    builders.ties(30)
    for year in range(30):
        builders.total(as_of_year=1990 + year)
    with django_assert_num_queries(2 + rows):  # the count, the totals, and what is recorded for each
        answer = client.get(f"{ADDRESS}?page_size={rows}").json()
    assert [row["recorded"] for row in answer["results"]] == [30] * rows


@pytest.mark.parametrize("ties", [1, 30])
def test_a_total_takes_the_same_queries_with_1_and_with_30_ties(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, ties: int
) -> None:
    builders.ties(ties)
    builders.total()
    with django_assert_num_queries(3):
        assert client.get(ADDRESS).json()["results"][0]["recorded"] == ties
