"""Countries as JSON: all of ISO 3166-1, with the Chinese names that we keep ourselves."""

from __future__ import annotations

import csv

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/countries/"


def test_all_249_are_listed_as_the_reference_list_has_them(client: Client) -> None:
    with (settings.BASE_DIR / "fixtures" / "countries.csv").open(encoding="utf-8") as file:
        expected = [
            {
                "code": line["code"],
                "name_zh": line["name_zh"],
                "name_en": line["name_en"],
                "continent": line["continent"],
                "aliases": line["aliases"].split("|") if line["aliases"] else [],
                "url": f"http://testserver/countries/{line['code']}/",
            }
            for line in csv.DictReader(file)
        ]
    answer = client.get(f"{ADDRESS}?page_size=500").json()
    assert answer == {"count": 249, "next": None, "previous": None, "results": expected}


@pytest.mark.parametrize(("code", "name"), [("HK", "中国香港"), ("MO", "中国澳门"), ("TW", "中国台湾")])
def test_the_three_chinese_names(client: Client, code: str, name: str) -> None:
    assert client.get(f"{ADDRESS}{code}/").json()["name_zh"] == name


def test_a_country_has_exactly_these_keys_in_this_order(client: Client) -> None:
    row = client.get(f"{ADDRESS}AD/", headers={"accept-language": "en"}).json()
    assert list(row.items()) == [
        ("code", "AD"),
        ("name_zh", "安道尔"),
        ("name_en", "Andorra"),
        ("continent", "europe"),
        ("aliases", ["安道尔公国", "Principality of Andorra"]),
        ("url", "http://testserver/countries/AD/"),
    ]


@pytest.mark.parametrize("code", ["XX", "cn", "CHN"])
def test_an_unknown_code_is_not_found(client: Client, code: str) -> None:
    response = client.get(f"{ADDRESS}{code}/")
    assert (response.status_code, response.json()) == (404, {"detail": "未找到。"})


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_takes_the_same_queries_at_1_and_at_30_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    with django_assert_num_queries(2):  # the count, the countries
        assert len(client.get(f"{ADDRESS}?page_size={rows}").json()["results"]) == rows
