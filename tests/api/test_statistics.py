"""The statistics, against a plain reckoning over everything that the API gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate
from typing import Any

import pytest
from django.test import Client
from django.utils.http import urlencode
from pytest_django import DjangoAssertNumQueries

from friendship.models import Country
from tests import builders
from tests.api.asking import read, refused, rows

pytestmark = pytest.mark.django_db

KEYS = [
    "ties",
    "undated",
    "first_year",
    "latest_year",
    "busiest_years",
    "years",
    "types",
    "countries",
    "continents",
    "places",
    "levels",
    "single_tie_countries",
]
TYPES = ["sister", "cooperation", "exchange", "intent", "other"]
QUESTIONS: list[dict[str, Any]] = [
    {},
    {"country": "JP"},
    {"country": ["JP", "FR", "KE"]},
    {"type": "intent"},
    {"type": ["sister", "intent"]},
    {"status": "ended"},
    {"status": ["ended", "active"]},
    {"place": "chengdu"},
    {"place": ["chengdu", "washington"]},
    {"continent": ["europe", "africa"]},
    {"level": "county"},
    {"province": "sichuan", "founded_after": 2000},
    {"founded_after": 1990, "founded_before": 2000, "sort": "home"},
    {"q": "mianyang"},
    {"founded_after": 9999},
]


@pytest.fixture
def _odd_rows() -> None:
    """Rows of kinds that the shipped register lacks."""
    chengdu, kenya = builders.place("chengdu"), Country.objects.get(pk="KE")
    builders.tie(chengdu, builders.place("one"), type="intent", founded_year=1999)
    builders.tie(chengdu, builders.place("two", country=kenya), status="ended", founded_year=1999)
    builders.tie(chengdu, builders.place("three", country=kenya), type="other", status="suspended", founded_year=1890)
    builders.tie(builders.place("four"), chengdu, type="exchange")
    builders.tie(builders.place("washington"), builders.place("five", country=kenya), status="ended", type="intent")
    builders.tie(builders.place("four"), builders.place("five"), founded_year=1999, review_state="draft")


def plural(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def touching(ties: list[dict[str, Any]], values: Iterable[set[str]], asked: list[str]) -> dict[str, int]:
    """Ties by what they touch: only what was asked for, or else without what all of them touch."""
    counted = Counter(value for touched in values for value in touched)
    if asked:
        return {value: n for value, n in counted.items() if value in asked}
    telling = {value: n for value, n in counted.items() if n < len(ties)}
    return telling or dict(counted)


def reckoned(client: Client, question: dict[str, Any]) -> dict[str, Any]:
    """The statistics of a question, from the list of its ties alone."""
    continent = {row["code"]: row["continent"] for row in rows(client, "countries/")}
    asked = {name: plural(value) for name, value in question.items()}
    ties = [
        tie
        for tie in rows(client, "relationships/", **question)
        if (tie["type"] != "intent" or "intent" in asked.get("type", []))
        and (tie["status"] != "ended" or "ended" in asked.get("status", []))
    ]
    sides = [(tie["home"], tie["partner"]) for tie in ties]
    countries = touching(ties, ({side["country"] for side in pair} for pair in sides), asked.get("country", []))
    continents = touching(
        ties, ({continent[side["country"]] for side in pair} for pair in sides), asked.get("continent", [])
    )
    homes = {home["slug"] for home, _partner in sides} & set(asked.get("place", [home["slug"] for home, _ in sides]))
    by_year = Counter(int(tie["founded"][:4]) for tie in ties if tie["founded"])
    by_year_and_type = Counter((int(tie["founded"][:4]), tie["type"]) for tie in ties if tie["founded"])
    years = sorted(by_year)
    return {
        "ties": len(ties),
        "undated": sum(tie["founded"] is None for tie in ties),
        "first_year": years[0] if years else None,
        "latest_year": years[-1] if years else None,
        "busiest_years": [year for year in years if by_year[year] == max(by_year.values())],
        "years": [
            {
                "year": year,
                "total": by_year[year],
                "cumulative": cumulative,
                "types": {kind: by_year_and_type[year, kind] for kind in TYPES},
            }
            for year, cumulative in zip(years, accumulate(by_year[year] for year in years), strict=True)
        ],
        "types": dict(Counter(tie["type"] for tie in ties)),
        "countries": countries,
        "continents": continents,
        "places": {slug: sum(slug in {side["slug"] for side in pair} for pair in sides) for slug in homes},
        "levels": dict(Counter(home["level"] for home, _partner in sides)),
        "single_tie_countries": {code for code, n in countries.items() if n == 1},
    }


def as_reckoned(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without its order, as ``reckoned`` gives it."""
    keys = {"types": "type", "countries": "country", "continents": "continent", "places": "place", "levels": "level"}
    tables = {name: {row[key]: row["total"] for row in answer[name]} for name, key in keys.items()}
    return {**answer, **tables, "single_tie_countries": set(answer["single_tie_countries"])}


@pytest.mark.usefixtures("_odd_rows")
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: urlencode(question, doseq=True) or "everything")
def test_every_number_can_be_reckoned_from_the_list(client: Client, question: dict[str, Any]) -> None:
    answer = read(client, "statistics/", **question)
    assert list(answer) == KEYS
    assert as_reckoned(answer) == reckoned(client, question)


def test_the_shipped_register(client: Client) -> None:
    answer = read(client, "statistics/")
    assert {key: answer[key] for key in KEYS[:5]} == {
        "ties": 127,
        "undated": 34,
        "first_year": 1981,
        "latest_year": 2025,
        "busiest_years": [2019],
    }
    assert answer["years"][0] == {
        "year": 1981,
        "total": 3,
        "cumulative": 3,
        "types": {"sister": 3, "cooperation": 0, "exchange": 0, "intent": 0, "other": 0},
    }
    assert answer["years"][-1]["cumulative"] == 127 - 34
    assert answer["types"] == [
        {"type": "sister", "total": 87},
        {"type": "cooperation", "total": 38},
        {"type": "exchange", "total": 2},
    ]
    assert answer["countries"][:2] == [{"country": "US", "total": 13}, {"country": "JP", "total": 12}]
    assert answer["places"][0] == {"place": "chengdu", "total": 41}
    assert len(answer["single_tie_countries"]) == 23


def test_tables_begin_with_the_most(client: Client) -> None:
    answer = read(client, "statistics/")
    for table in ("countries", "continents", "places"):
        totals = [row["total"] for row in answer[table]]
        assert totals == sorted(totals, reverse=True)
    assert [row["year"] for row in answer["years"]] == sorted(row["year"] for row in answer["years"])
    assert [row["level"] for row in answer["levels"]] == ["province", "city", "county"]


def test_a_draft_is_not_counted(client: Client) -> None:
    before = read(client, "statistics/")
    draft = builders.tie(review_state="draft", founded_year=1999)
    assert read(client, "statistics/") == before
    draft.review_state = "published"
    draft.save()
    assert read(client, "statistics/")["ties"] == 128


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ("country=XX", {"country": ["“XX” is not known to the register."]}),
        ("type=sister&type=x", {"type": ["“x” is not known to the register."]}),
        ("sort=luck", {"sort": ["“luck” is not known to the register."]}),
        (
            "founded_after=abc&level=x",
            {
                "founded_after": ["Write a year in digits, such as 1982."],
                "level": ["“x” is not known to the register."],
            },
        ),
        ("place=%00", {"place": ["Null characters are not allowed."]}),
    ],
)
def test_a_wrong_value_is_said_under_its_name(client: Client, query: str, problems: dict[str, list[str]]) -> None:
    assert refused(client, f"statistics/?{query}") == (400, problems)


def test_its_parameters_are_those_of_the_list(client: Client) -> None:
    described = read(client, "schema/", "en")["paths"]
    names = {
        path: {item["name"] for item in described[f"/api/v1/{path}/"]["get"]["parameters"]}
        for path in ("relationships", "statistics")
    }
    assert names["statistics"] == names["relationships"] - {"sort", "fields", "page", "page_size", "cursor"}


@pytest.mark.parametrize("count", [1, 30])
def test_it_asks_the_same_questions_for_any_number_of_ties(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    builders.ties(count, founded_year=1999)
    builders.columns_are_read()
    with django_assert_num_queries(6):  # the state twice, the place of the filter three times, the home places
        assert read(client, "statistics/", place="one")["ties"] == count
