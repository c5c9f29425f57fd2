"""The countries of ISO 3166-1."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.api.asking import HOST, read, refused, rows

pytestmark = pytest.mark.django_db

TAIWAN = {
    "code": "TW",
    "name_zh": "中国台湾",
    "name_en": "Taiwan, China",
    "continent": "asia",
    "aliases": ["台湾", "台湾省", "臺灣", "Taiwan", "Taiwan, Province of China"],
    "url": f"{HOST}/countries/TW/",
}


def test_all_249_are_listed_by_code(client: Client) -> None:
    codes = [row["code"] for row in rows(client, "countries/")]
    assert codes == sorted(set(codes))
    assert len(codes) == 249


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_country_is_the_same_in_list_and_detail(client: Client, language: str) -> None:
    assert read(client, "countries/TW/", language) == TAIWAN
    assert list(read(client, "countries/TW/")) == list(TAIWAN)
    assert rows(client, "countries/", language, q="臺灣") == [TAIWAN]


def test_filters_narrow_each_other(client: Client) -> None:
    def codes(**asked: Any) -> list[str]:
        return [row["code"] for row in rows(client, "countries/", **asked)]

    every = rows(client, "countries/")
    assert codes(continent="europe") == [row["code"] for row in every if row["continent"] == "europe"]
    assert codes(continent=["africa", "antarctica"]) == [
        row["code"] for row in every if row["continent"] in {"africa", "antarctica"}
    ]
    assert codes(q="korea") == ["KP", "KR"]
    assert codes(q="korea south") == ["KR"]
    assert codes(q="中国 asia") == []
    assert codes(q="korea", continent="europe") == []
    assert codes(q="。") == []
    assert codes(q="") == [row["code"] for row in every]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("continent=mu", {"continent": ["“mu” is not known to the register."]}),
        ("continent=asia&continent=mu", {"continent": ["“mu” is not known to the register."]}),
        ("q=%00", {"q": ["Null characters are not allowed."]}),
        ("q=" + "x" * 10_000, {"q": ["Ensure this value has at most 200 characters (it has 10000)."]}),
    ],
)
def test_what_is_wrong_is_said_under_its_name(client: Client, query: str, problem: dict[str, list[str]]) -> None:
    assert refused(client, f"countries/?{query}") == (400, problem)


def test_a_code_may_be_written_small(client: Client) -> None:
    assert read(client, "countries/cn/") == read(client, "countries/CN/")


@pytest.mark.parametrize("code", ["XX", "CHN", "%00", "中国"])
def test_an_unknown_code_is_not_found(client: Client, code: str) -> None:
    assert refused(client, f"countries/{code}/") == (404, {"detail": "Not found."})


@pytest.mark.parametrize("size", [1, 30])
def test_the_list_asks_the_same_questions_for_any_number_of_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    with django_assert_num_queries(3):
        assert len(read(client, "countries/", page_size=size)["results"]) == size


def test_one_country_is_one_question(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        read(client, "countries/CN/")
