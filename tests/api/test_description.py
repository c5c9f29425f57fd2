"""What the API says of itself: its index, its schema, and the page to read and try it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from friendship import enums

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client: Client) -> Any:
    """The schema as a client reads it."""
    return client.get("/api/v1/schema/").json()


def test_the_index_leads_to_every_endpoint(client: Client) -> None:
    index = client.get("/api/v1/").json()
    names = ["relationships", "places", "countries", "sources", "totals", "schema", "docs"]
    assert list(index.items()) == [(name, f"http://testserver/api/v1/{name}/") for name in names]
    assert [client.get(address).status_code for address in index.values()] == [200] * len(names)


def test_the_schema_is_valid_and_without_warnings() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=io.StringIO())


def test_the_schema_describes_every_address(schema: Any) -> None:
    assert sorted(schema["paths"]) == [
        "/api/v1/",
        "/api/v1/countries/",
        "/api/v1/countries/{code}/",
        "/api/v1/places/",
        "/api/v1/places/{slug}/",
        "/api/v1/relationships/",
        "/api/v1/relationships/{id}/",
        "/api/v1/sources/",
        "/api/v1/sources/{slug}/",
        "/api/v1/totals/",
    ]
    assert {method for path in schema["paths"].values() for method in path} == {"get"}


@pytest.mark.parametrize(
    ("component", "address"),
    [
        ("Relationship", "relationships/1/"),
        ("Place", "places/sichuan/"),
        ("Country", "countries/CN/"),
        ("Source", "sources/?page_size=1"),
        ("SourceDetail", "sources/sichuan-press-conference-2023-05-18/"),
        ("Total", "totals/?page_size=1"),
    ],
)
def test_a_row_has_the_keys_that_the_schema_promises(client: Client, schema: Any, component: str, address: str) -> None:
    row = client.get(f"/api/v1/{address}").json()
    row = row["results"][0] if "results" in row else row
    promised = schema["components"]["schemas"][component]
    assert list(row) == list(promised["properties"])
    assert sorted(row) == sorted(promised["required"])


def test_every_list_promises_its_four_keys(schema: Any) -> None:
    lists = [part for name, part in schema["components"]["schemas"].items() if name.startswith("Paginated")]
    assert len(lists) == 5
    for part in lists:
        assert part["required"] == list(part["properties"]) == ["count", "next", "previous", "results"]
        assert [part["properties"][key].get("nullable", False) for key in part["required"]] == [
            False,
            True,
            True,
            False,
        ]


def test_the_types_are_true(schema: Any) -> None:
    parts = schema["components"]["schemas"]
    relationship = parts["Relationship"]["properties"]
    assert relationship["founded"] == relationship["ended"]
    assert relationship["founded"]["nullable"] is True
    assert re.fullmatch(relationship["founded"]["pattern"], "1982-10")
    assert parts["Place"]["properties"]["parent"]["nullable"] is True
    assert parts["Side"]["properties"]["latitude"]["nullable"] is True
    start = parts["Evidence"]["properties"]["start"]
    assert (start["type"], start["nullable"]) == ("integer", True)
    assert parts["Total"]["properties"]["recorded"]["type"] == "integer"
    words = {
        "TypeEnum": enums.RelationshipType,
        "StatusEnum": enums.Status,
        "LevelEnum": enums.Level,
        "ClaimEnum": enums.Claim,
        "StrengthEnum": enums.Strength,
        "KindEnum": enums.SourceKind,
        "ScopeEnum": enums.Scope,
        "MetricEnum": enums.Metric,
        "ContinentEnum": enums.Continent,
    }
    assert {name: part["enum"] for name, part in parts.items() if "enum" in part} == {
        name: word.values for name, word in words.items()
    }


def test_every_parameter_is_described(schema: Any) -> None:
    for path in schema["paths"].values():
        for parameter in path["get"].get("parameters", []):
            assert parameter["in"] == "path" or parameter["description"], parameter
    listed = schema["paths"]["/api/v1/relationships/"]["get"]["parameters"]
    assert {parameter["name"] for parameter in listed} == {
        *("q", "type", "place", "country", "continent", "founded_after", "founded_before", "level", "status"),
        *("province", "source", "sort", "page", "page_size"),
    }
    by_name = {parameter["name"]: parameter["schema"] for parameter in listed}
    assert by_name["page_size"] == {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}
    assert by_name["founded_after"] == {"type": "integer", "minimum": 1, "maximum": 9999}
    assert by_name["country"]["type"] == "array"


@pytest.mark.parametrize("query", ["version=%0a", "lang=%00", "lang=../../etc", "version=1&lang=en"])
def test_the_schema_survives_its_parameters(client: Client, schema: Any, query: str) -> None:
    response = client.get(f"/api/v1/schema/?{query}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert sorted(response.json()["paths"]) == sorted(schema["paths"])


def test_the_docs_page_keeps_the_content_security_policy(client: Client) -> None:
    response = client.get("/api/v1/docs/")
    page = response.content.decode()
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "<style" not in page
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(addresses) == 5  # icon, style sheet, two scripts of Swagger UI, and the one that starts it
    assert all(address.startswith(("/static/", "/api/v1/docs/")) for address in addresses)


def test_the_docs_read_our_own_schema(client: Client) -> None:
    script = client.get("/api/v1/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert r'url: "/api/v1/schema/"' in script.content.decode().replace(r"\u002D", "-")
