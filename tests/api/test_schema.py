"""The API about itself: its index, its schema, and what every address allows."""

from __future__ import annotations

import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from friendship.api import views
from friendship.api.describing import EXAMPLES
from friendship.enums import Claim, Continent, Level, Metric, RelationshipType, Scope, SourceKind, Status, Strength
from tests.api.asking import API, HOST, read

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "",
    "relationships/",
    "relationships/1/",
    "places/",
    "places/sichuan/",
    "countries/",
    "countries/CN/",
    "sources/",
    "sources/sichuan-press-conference-2023-05-18/",
    "totals/",
    "statistics/",
    "schema/",
    "docs/",
]
FILTERS = {
    "relationships/": {
        "q",
        "country",
        "continent",
        "type",
        "status",
        "province",
        "place",
        "level",
        "founded_after",
        "founded_before",
        "source",
        "sort",
    },
    "places/": {"q", "country", "level", "province"},
    "countries/": {"q", "continent"},
    "sources/": set(),
    "totals/": set(),
}


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    described: dict[str, Any] = read(client, "schema/", "en")
    return described


def resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """A part of the schema with its reference followed."""
    for reference in (part, *part.get("allOf", [])):
        if "$ref" in reference:
            found: dict[str, Any] = schema["components"]["schemas"][reference["$ref"].rsplit("/", 1)[1]]
            return {**found, **{key: value for key, value in part.items() if key not in {"$ref", "allOf"}}}
    return part


def problems(schema: dict[str, Any], part: dict[str, Any], value: Any, where: str) -> list[str]:
    """Where a value is not what the schema says of it."""
    part = resolved(schema, part)
    if value is None:
        return [] if part.get("nullable") else [f"{where}: null"]
    kinds: dict[str, Any] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "array": list,
        "object": dict,
    }
    if not isinstance(value, kinds[part["type"]]) or isinstance(value, bool):
        return [f"{where}: {value!r} is no {part['type']}"]
    if "enum" in part and value not in part["enum"]:
        return [f"{where}: {value!r} is none of {part['enum']}"]
    if "pattern" in part and not re.search(part["pattern"], value):
        return [f"{where}: {value!r} is not {part['pattern']}"]
    if part["type"] == "array":
        return [found for item in value for found in problems(schema, part["items"], item, f"{where}[]")]
    if part["type"] == "object":
        names = part.get("properties", {})
        if set(value) != set(names) or set(part.get("required", names)) != set(names):
            return [f"{where}: keys {sorted(value)}, described {sorted(names)}, required {part.get('required')}"]
        return [found for name in value for found in problems(schema, names[name], value[name], f"{where}.{name}")]
    return []


def test_the_index_names_every_collection(client: Client) -> None:
    names = ["relationships", "places", "countries", "sources", "totals", "statistics", "schema", "docs"]
    index = read(client, "")
    assert index == {name: f"{HOST}{API}{name}/" for name in names}
    assert list(index) == names


def test_the_command_finds_nothing_to_warn_of() -> None:
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, format="openapi-json", stdout=out)
    assert json.loads(out.getvalue())["openapi"].startswith("3.")


def test_every_address_is_described(schema: dict[str, Any]) -> None:
    assert {path: list(methods) for path, methods in schema["paths"].items()} == {
        f"{API}{path}": ["get"]
        for path in (
            "",
            "relationships/",
            "relationships/{id}/",
            "places/",
            "places/{slug}/",
            "countries/",
            "countries/{code}/",
            "sources/",
            "sources/{slug}/",
            "totals/",
            "statistics/",
        )
    }


@pytest.mark.parametrize("path", sorted(FILTERS))
def test_every_parameter_is_described(schema: dict[str, Any], path: str) -> None:
    parameters = schema["paths"][API + path]["get"]["parameters"]
    assert {item["name"] for item in parameters} == FILTERS[path] | {"fields", "page", "page_size", "cursor"}
    assert [item["name"] for item in parameters if not item.get("description")] == []


def test_parameters_have_their_types(schema: dict[str, Any]) -> None:
    said = {item["name"]: item["schema"] for item in schema["paths"][f"{API}relationships/"]["get"]["parameters"]}
    year = {"type": "integer", "minimum": 1, "maximum": 9999}
    assert said["founded_after"] == said["founded_before"] == year
    assert said["page"] == {"type": "integer", "minimum": 1}
    assert said["cursor"] == {"type": "string"}
    names = set(said["fields"]["items"]["enum"])
    assert {name for name in names if name.startswith("evidence")} == {
        *("evidence" + part for part in ("", ".source", ".claim", ".quote", ".start", ".end", ".strength")),
    }
    assert {"id", "home", "home.name_zh", "partner.longitude"} <= names
    assert said["page_size"] == {"type": "integer", "minimum": 1, "maximum": 500, "default": 50}
    assert said["q"] == {"type": "string", "maxLength": 200}
    for name, words in {"type": RelationshipType, "status": Status, "level": Level, "continent": Continent}.items():
        assert said[name]["type"] == "array"
        assert sorted(said[name]["items"]["enum"]) == sorted(words.values)
    for name in ("country", "province", "place", "source"):
        assert said[name] == {"type": "array", "items": {"type": "string"}}
    assert sorted(said["sort"]["enum"]) == ["-founded", "country", "founded", "home", "partner", "updated"]


@pytest.mark.parametrize("path", sorted(json.loads(EXAMPLES.read_text("utf-8"))))
def test_the_examples_are_true_answers(client: Client, schema: dict[str, Any], path: str) -> None:
    content = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    shown = content["examples"]["example"]
    answer = client.get(shown["summary"]).content.decode().replace(HOST, "https://register.example.org")
    assert json.loads(answer) == shown["value"]


def test_every_part_is_described(schema: dict[str, Any]) -> None:
    for path, methods in schema["paths"].items():
        assert all(methods["get"][name] for name in ("summary", "description")), path
    said = {name: part.get("description", "") for name, part in schema["components"]["schemas"].items()}
    assert [name for name, words in said.items() if not words and not name.startswith("Paginated")] == []
    assert [name for name, words in said.items() if "``" in words] == []  # a docstring that nobody meant for readers


def test_every_address_has_an_example(schema: dict[str, Any]) -> None:
    assert set(schema["paths"]) == set(json.loads(EXAMPLES.read_text("utf-8")))


def test_closed_lists_are_closed(schema: dict[str, Any]) -> None:
    said = {name: part["enum"] for name, part in schema["components"]["schemas"].items() if "enum" in part}
    assert said == {
        "ClaimEnum": Claim.values,
        "ContinentEnum": Continent.values,
        "KindEnum": SourceKind.values,
        "LevelEnum": Level.values,
        "MetricEnum": Metric.values,
        "ScopeEnum": Scope.values,
        "StatusEnum": Status.values,
        "StrengthEnum": Strength.values,
        "TypeEnum": RelationshipType.values,
    }


@pytest.mark.parametrize("path", [path for path in ADDRESSES if path not in {"schema/", "docs/"}])
def test_the_answers_are_as_described(client: Client, schema: dict[str, Any], path: str) -> None:
    name = path.replace("/1/", "/{id}/").replace("sources/s", "sources/{slug}/s").replace("places/s", "places/{slug}/s")
    name = re.sub(r"(\{slug\}/).*", r"\1", name).replace("/CN/", "/{code}/")
    described = schema["paths"][API + name]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    asked: dict[str, Any] = {"page_size": 500} if path in FILTERS else {}
    assert problems(schema, described, read(client, path, **asked), path) == []


def test_the_schema_is_checked_against_the_answers_in_earnest(schema: dict[str, Any]) -> None:
    total = {"$ref": "#/components/schemas/Total"}
    good = {"source": "a", "place": "b", "scope": "all", "metric": "all", "value": 1, "as_of": "1982", "recorded": 1}
    assert problems(schema, total, good, "") == []
    for name, wrong in {"scope": "none", "value": "1", "as_of": "82", "recorded": None, "source": "a b"}.items():
        assert len(problems(schema, total, {**good, name: wrong}, "")) == 1


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client: Client, path: str, method: str) -> None:
    response = getattr(client, method)(API + path, data="{", content_type="application/json")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, OPTIONS"


def test_a_refused_method_is_said_in_both_languages(client: Client) -> None:
    def said(language: str) -> Any:
        return client.post(f"{API}relationships/", headers={"accept-language": language}).json()

    assert said("en") == {"detail": 'Method "POST" not allowed.'}
    assert said("zh-hans") == {"detail": "方法 “POST” 不被允许。"}


@pytest.mark.parametrize("path", ADDRESSES)
def test_head_and_options(client: Client, path: str) -> None:
    head, options = client.head(API + path), client.options(API + path)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Type"] == client.get(API + path)["Content-Type"]
    assert (options.status_code, options["Allow"]) == (200, "GET, HEAD, OPTIONS")


def test_many_may_ask_for_the_schema_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package makes one at a time only; what the first has made is said to all."""

    def asked(language: str) -> tuple[int, bytes]:
        answer = Client(raise_request_exception=False).get(f"{API}schema/", headers={"accept-language": language})
        return answer.status_code, answer.content

    alone = {language: asked(language) for language in ("zh-hans", "en")}
    monkeypatch.setattr(views.Schema, "_made", {})
    languages = ["zh-hans", "en"] * 4
    with ThreadPoolExecutor(len(languages)) as pool:
        assert list(pool.map(asked, languages)) == [alone[language] for language in languages]
    assert [status for status, _content in alone.values()] == [200, 200]
    assert alone["zh-hans"] != alone["en"]


@pytest.mark.parametrize(
    "query", ["lang=%00", "lang=../..", "version=%0a", "version=%00", "lang=xx&version=9", "script"]
)
@pytest.mark.parametrize("path", ["schema/", "docs/"])
def test_schema_and_docs_take_any_query(client: Client, path: str, query: str) -> None:
    assert client.get(f"{API}{path}?{query}").status_code == 200


def test_the_docs_have_nothing_inline_and_name_no_other_host(client: Client) -> None:
    page = client.get(f"{API}docs/")
    html = page.content.decode()
    assert re.findall(r"<style|style=|<script(?![^>]* src=)|\son\w+=", html) == []
    addresses = re.findall(r"(?:src|href)=\"([^\"]*)\"", html)
    assert [address for address in addresses if not re.match(r"/(static|api)/", address)] == ["/"]
    assert "'unsafe" not in page["Content-Security-Policy"]
    script = next(address for address in addresses if address.startswith("/api/v1/docs/"))
    answer = client.get(script)
    assert answer["Content-Type"] == "application/javascript"
    assert 'url: "/api/v1/schema/"' in answer.content.decode()
