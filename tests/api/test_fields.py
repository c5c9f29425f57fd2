"""Answers with only the fields asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import builders
from tests.api.asking import read, refused

pytestmark = pytest.mark.django_db

UNKNOWN = "“{}” is not known to the register."


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ("id", {"id": 1}),
        ("type,id", {"id": 1, "type": "sister"}),
        ("home.slug", {"home": {"slug": "sichuan"}}),
        ("home.country,home.slug,founded", {"founded": "1982-10", "home": {"slug": "sichuan", "country": "CN"}}),
        ("id,,id,", {"id": 1}),
    ],
)
def test_only_what_is_asked_for_is_shown(client: Client, fields: str, shown: dict[str, Any]) -> None:
    detail = read(client, "relationships/1/", fields=fields)
    assert detail == shown
    assert list(detail) == list(shown)
    assert read(client, "relationships/", fields=fields, place="washington", type="sister")["results"] == [shown]


def test_whole_parts_and_parts_of_parts(client: Client) -> None:
    whole = read(client, "relationships/1/")
    assert read(client, "relationships/1/", fields="home") == {"home": whole["home"]}
    assert read(client, "relationships/1/", fields="home.slug,home") == {"home": whole["home"]}
    pieces = [{"source": piece["source"], "claim": piece["claim"]} for piece in whole["evidence"]]
    assert read(client, "relationships/1/", fields="evidence.claim,evidence.source") == {"evidence": pieces}
    assert read(client, "relationships/1/", fields=["id", "type"]) == {"id": 1, "type": "sister"}
    assert read(client, "relationships/1/", fields="") == whole


@pytest.mark.parametrize(
    ("path", "fields", "shown"),
    [
        ("places/chengdu/", "slug,parent", {"slug": "chengdu", "parent": "sichuan"}),
        ("countries/JP/", "code,continent", {"code": "JP", "continent": "asia"}),
        (
            "sources/sichuan-press-conference-2023-05-18/",
            "kind,tie_count",
            {"kind": "press_conference", "tie_count": 9},
        ),
        ("totals/?page_size=1", "place,value", {"place": "sichuan", "value": 81}),
    ],
)
def test_every_kind_of_row_can_be_narrowed(client: Client, path: str, fields: str, shown: dict[str, Any]) -> None:
    found = client.get(f"/api/v1/{path}{'&' if '?' in path else '?'}fields={fields}").json()
    assert (found["results"][0] if "results" in found else found) == shown


@pytest.mark.parametrize(
    ("path", "fields", "unknown"),
    [
        ("relationships/", "id,tpye", ["tpye"]),
        ("relationships/1/", "home.nonsense,partner.slug", ["home.nonsense"]),
        ("relationships/", "id.x,home.", ["home.", "id.x"]),
        ("relationships/", "review_state,note_en,pk,version", ["note_en", "pk", "review_state", "version"]),
        ("places/", "search_text", ["search_text"]),
        ("sources/", "text", ["text"]),
        ("totals/", "%00", ["\x00"]),
        ("countries/JP/", "x" * 5000, ["x" * 5000]),
    ],
)
def test_an_unknown_field_is_named(client: Client, path: str, fields: str, unknown: list[str]) -> None:
    assert refused(client, f"{path}?fields={fields}") == (400, {"fields": [UNKNOWN.format(name) for name in unknown]})


@pytest.mark.parametrize(
    ("path", "fields", "asked", "joins"),
    [
        ("relationships/?type=exchange&page=1", "id,home.slug,partner.slug,evidence", 3, 2),  # state, rows, evidence
        ("relationships/?type=exchange&page=1", "id,home.slug", 2, 1),
        ("relationships/?type=exchange&page=1", "id,founded", 2, 0),
        ("sources/?page_size=500", "slug,title", 3, 0),
        ("sources/?page_size=500", "slug,tie_count", 4, 0),
    ],
)
def test_what_is_not_shown_is_not_asked_for(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, fields: str, asked: int, joins: int
) -> None:
    for tie in builders.ties(3, type="exchange"):
        builders.evidence(tie)
    assert client.get(f"/api/v1/{path}").status_code == 200  # which makes the columns anew, since rows were written
    with django_assert_num_queries(asked) as captured:
        assert client.get(f"/api/v1/{path}&fields={fields}").status_code == 200
    [rows] = [query["sql"] for query in captured.captured_queries if '"."id" IN (' in query["sql"]]
    assert rows.count('JOIN "friendship_place"') == joins
