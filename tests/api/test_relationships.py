"""The ties as JSON: every key, every filter, and both sides' names in any language."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship.api.filters import RELATIONSHIP_PARAMETERS
from friendship.filters import RelationshipFilter
from friendship.models import Country, Relationship
from tests import builders

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/relationships/"


def ask(client: Client, query: str = "") -> Any:
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == 200, response.content
    return response.json()


def ids(client: Client, query: str) -> list[int]:
    return [row["id"] for row in ask(client, query)["results"]]


@pytest.fixture
def full() -> Relationship:
    """A tie of which everything is known."""
    home = builders.place(
        "one", name_zh="甲市", name_en="One", latitude=30.5, longitude=104.25, country=Country.objects.get(pk="CN")
    )
    partner = builders.place("two", name_zh="乙州", level="province", country=Country.objects.get(pk="US"))
    row = builders.tie(
        home,
        partner,
        type="cooperation",
        type_as_printed="友好合作",
        status="ended",
        founded_year=1982,
        founded_month=10,
        ended_year=1999,
        ended_month=3,
        ended_day=4,
    )
    held = builders.source("held", text="甲市与乙州结好。")
    builders.evidence(row, held, quote="甲市与乙州结好", start=0, end=7)
    builders.evidence(row, builders.source("unheld"), claim="founded", value="1982", strength="implied")
    return row


def expected(row: Relationship) -> dict[str, Any]:
    return {
        "id": row.pk,
        "url": f"http://testserver/relationships/{row.pk}/",
        "type": "cooperation",
        "type_as_printed": "友好合作",
        "status": "ended",
        "founded": "1982-10",
        "ended": "1999-03-04",
        "home": {
            "slug": "one",
            "name_zh": "甲市",
            "name_en": "One",
            "level": "city",
            "country": "CN",
            "latitude": 30.5,
            "longitude": 104.25,
        },
        "partner": {
            "slug": "two",
            "name_zh": "乙州",
            "name_en": "Two",
            "level": "province",
            "country": "US",
            "latitude": None,
            "longitude": None,
        },
        "evidence": [
            {
                "source": "held",
                "claim": "tie",
                "quote": "甲市与乙州结好",
                "start": 0,
                "end": 7,
                "strength": "explicit",
            },
            {"source": "unheld", "claim": "founded", "quote": "", "start": None, "end": None, "strength": "implied"},
        ],
    }


def in_order(row: dict[str, Any]) -> list[Any]:
    return [(key, in_order(value) if isinstance(value, dict) else value) for key, value in row.items()]


def test_a_tie_has_exactly_these_keys_in_this_order(client: Client, full: Relationship) -> None:
    row = client.get(f"{ADDRESS}{full.pk}/").json()
    assert in_order(row) == in_order(expected(full))
    assert [list(piece) for piece in row["evidence"]] == [list(piece) for piece in expected(full)["evidence"]]


def test_the_list_writes_a_tie_as_its_own_address_does(client: Client, full: Relationship) -> None:
    assert ask(client, "place=one") == {"count": 1, "next": None, "previous": None, "results": [expected(full)]}


def test_what_is_not_known_is_null(client: Client) -> None:
    row = client.get(f"{ADDRESS}{builders.tie().pk}/").json()
    assert (row["founded"], row["ended"], row["type_as_printed"], row["evidence"]) == (None, None, "", [])


@pytest.mark.parametrize("language", ["zh-hans", "en", "fr"])
def test_the_public_page_is_the_chinese_one_in_every_language(client: Client, language: str) -> None:
    row = builders.tie()
    answer = client.get(f"{ADDRESS}{row.pk}/", headers={"accept-language": language})
    assert answer.json()["url"] == f"http://testserver/relationships/{row.pk}/"


@pytest.fixture
def varied() -> dict[str, int]:
    """Five ties of one made-up province; each differs from the others in what the filters ask."""
    province = builders.place("wide", level="province")
    home, county = (
        builders.place("home", parent=province),
        builders.place("small", level="county", parent=builders.place("home")),
    )
    abroad = {
        code: builders.place(f"abroad-{code.lower()}", country=Country.objects.get(pk=code), name_zh=name)
        for code, name in [("JP", "丙"), ("FR", "乙"), ("BR", "甲")]
    }
    rows = {
        "japan": builders.tie(home, abroad["JP"], founded_year=1980),
        "france": builders.tie(home, abroad["FR"], type="intent", founded_year=1990),
        "brazil": builders.tie(province, abroad["BR"], status="suspended", founded_year=2000, founded_month=5),
        "turned": builders.tie(abroad["JP"], county, type="exchange", founded_year=2000, founded_month=2),
        "undated": builders.tie(county, abroad["FR"], status="unknown"),
    }
    builders.evidence(rows["japan"], builders.source("paper"))
    builders.evidence(rows["japan"], builders.source("paper"), claim="founded", value="1980")
    builders.event(rows["brazil"], source=builders.source("paper"))
    return {name: row.pk for name, row in rows.items()}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["japan", "france", "turned", "brazil", "undated"]),
        ("type=intent", ["france"]),
        ("type=intent&type=exchange", ["france", "turned"]),
        ("status=suspended&status=unknown", ["brazil", "undated"]),
        ("country=JP", ["japan", "turned"]),
        ("country=JP&country=BR", ["japan", "turned", "brazil"]),
        ("country=JP&type=intent", []),
        ("continent=south-america", ["brazil"]),
        ("place=home", ["japan", "france"]),
        ("place=small", ["turned", "undated"]),
        ("level=province", ["brazil"]),
        ("level=county", ["undated"]),
        ("founded_after=1990", ["france", "turned", "brazil"]),
        ("founded_before=1990", ["japan", "france"]),
        ("founded_after=1990&founded_before=1990", ["france"]),
        ("source=paper", ["japan", "brazil"]),
        ("q=abroad-jp", ["japan", "turned"]),
        ("q=丙", ["japan", "turned"]),
        ("q=Brazil", ["brazil"]),
        ("q=abroad-jp+small", ["turned"]),
        ("q=...", []),
        ("sort=-founded", ["brazil", "turned", "france", "japan", "undated"]),
        ("sort=founded&sort=-founded", ["brazil", "turned", "france", "japan", "undated"]),
    ],
)
def test_a_filter_gives_exactly_its_ties(client: Client, varied: dict[str, int], query: str, names: list[str]) -> None:
    assert ids(client, f"province=wide&{query}") == [varied[name] for name in names]


def test_names_sort_by_pinyin_in_chinese_and_by_slug_in_english(client: Client, varied: dict[str, int]) -> None:
    query = f"{ADDRESS}?place=home&place=wide&sort=partner"
    order = {
        language: [row["id"] for row in client.get(query, headers={"accept-language": language}).json()["results"]]
        for language in ("zh-hans", "en")
    }
    assert order == {
        "zh-hans": [varied["japan"], varied["brazil"], varied["france"]],  # bing, jia, yi
        "en": [varied["brazil"], varied["france"], varied["japan"]],
    }


@pytest.mark.parametrize(
    "parameter", ["type", "status", "country", "continent", "place", "province", "level", "source"]
)
def test_one_unknown_value_among_known_ones_is_named(client: Client, parameter: str) -> None:
    known = {"type": "sister", "status": "active", "country": "CN", "continent": "asia", "level": "city"}
    good = known.get(parameter, {"place": "chengdu", "province": "sichuan"}.get(parameter, "paper"))
    builders.source("paper")
    response = client.get(ADDRESS, {parameter: [good, "no-such"]})
    assert (response.status_code, response.json()) == (400, {parameter: ["名录中没有“no-such”。"]})


def test_an_unknown_tie_is_not_found(client: Client) -> None:
    response = client.get(f"{ADDRESS}0/")
    assert (response.status_code, response.json()) == (404, {"detail": "未找到。"})


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_takes_the_same_queries_at_1_and_at_30_rows(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for row in builders.ties(30):
        builders.evidence(row)
        builders.evidence(row, builders.source("other"), claim="status", value="active")
    with django_assert_num_queries(4):  # the place asked for, the count, the ties, their evidence
        answer = ask(client, f"place=one&page_size={rows}")
    assert (answer["count"], len(answer["results"])) == (30, rows)
    assert all(len(row["evidence"]) == 2 for row in answer["results"])


def test_one_tie_takes_three_queries(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    row = builders.tie()
    builders.evidence(row)
    builders.evidence(row, builders.source("other"))
    with django_assert_num_queries(3):  # the tie, its evidence, its events
        client.get(f"{ADDRESS}{row.pk}/")


def test_the_schema_names_every_filter() -> None:
    assert [parameter.name for parameter in RELATIONSHIP_PARAMETERS] == list(RelationshipFilter.base_filters)
