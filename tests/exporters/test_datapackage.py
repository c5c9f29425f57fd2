"""The data package: an independent validator takes description and data, and finds what is wrong with either."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from frictionless import Package
from frictionless.exception import FrictionlessException

from friendship import queries
from friendship.exporters.columns import COLUMNS
from friendship.exporters.licence import LICENCE
from friendship.models import Relationship
from tests import builders
from tests.exporters.register import empty, one_tie

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever validates the package needs nothing from elsewhere."""

    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("The validator asked the network.")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def description(client: Client, language: str = "") -> dict[str, Any]:
    """The description as the door gives it."""
    return json.loads(client.get(f"{language}/datapackage.json").content)  # type: ignore[no-any-return]


def fetched(client: Client, folder: Path, language: str = "") -> Path:
    """Description and data in a folder, as a program would fetch them."""
    path = folder / "datapackage.json"
    path.write_bytes(client.get(f"{language}/datapackage.json").content)
    (folder / "relationships.csv").write_bytes(b"".join(client.get(f"{language}/relationships.csv")))
    return path


def judged(path: Path) -> Any:
    """What the validator says of a package and all of its data."""
    return Package.from_descriptor(str(path)).validate()


def problems(path: Path) -> list[Any]:
    """Row, column and kind of every error."""
    return list(judged(path).flatten(["rowNumber", "fieldName", "type"]))


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_shipped_register_is_valid(client: Client, tmp_path: Path, language: str) -> None:
    report = judged(fetched(client, tmp_path, language))
    assert report.flatten() == []
    assert (report.valid, report.stats["tasks"], report.tasks[0].stats["rows"]) == (
        True,
        1,
        Relationship.objects.published().count(),
    )


def test_every_kind_of_cell_is_valid(client: Client, tmp_path: Path) -> None:
    tie = one_tie()
    tie.note_en = '=HYPERLINK("http://evil.example.org")\n, "quoted"'
    tie.ended_year, tie.ended_month, tie.ended_day, tie.status = 2022, 3, 4, "ended"
    tie.save()
    builders.tie(builders.place("three"), builders.place("four"))
    assert problems(fetched(client, tmp_path)) == []


def test_an_empty_register_is_valid(client: Client, tmp_path: Path) -> None:
    empty()
    assert problems(fetched(client, tmp_path)) == []


@pytest.mark.parametrize(
    ("sound", "broken", "column"),
    [
        (",sister,", ",cousin,", "type"),
        (",active,", ",asleep,", "status"),
        (",1982-10,", ",Oct 1982,", "founded"),
        ('"news\nnews"', '"news\ngossip"', "source_kinds"),
        (",30.5,104.25", ",90.5,104.25", "home_latitude"),
        (",30.5,104.25", ",30.5,west", "home_longitude"),
        ("7,甲县", ",甲县", "id"),
        ("https://register.example.org/relationships/7/", "seven", "url"),
    ],
)
def test_what_breaks_a_rule_is_found(client: Client, tmp_path: Path, sound: str, broken: str, column: str) -> None:
    one_tie()
    path = fetched(client, tmp_path)
    table = tmp_path / "relationships.csv"
    text = table.read_bytes().decode().replace("http://testserver", "https://register.example.org")
    assert sound in text
    table.write_bytes(text.replace(sound, broken).encode())
    assert {name for _row, name, _kind in problems(path)} - {None} == {column}  # None: of the row as a whole


def test_a_column_that_is_not_described_is_found(client: Client, tmp_path: Path) -> None:
    path = fetched(client, tmp_path)
    said = json.loads(path.read_text("utf-8"))
    del said["resources"][0]["schema"]["fields"][-1]
    path.write_text(json.dumps(said))
    assert not judged(path).valid


def test_a_description_that_breaks_the_standard_is_refused(client: Client, tmp_path: Path) -> None:
    path = fetched(client, tmp_path)
    said = json.loads(path.read_text("utf-8"))
    said["resources"][0]["schema"]["fields"][0]["type"] = "wish"
    path.write_text(json.dumps(said))
    with pytest.raises(FrictionlessException):
        judged(path)


def test_it_says_what_it_is(client: Client) -> None:
    said = description(client, "/en")
    [table] = said["resources"]
    assert said["name"] == "sister-city-register"
    assert said["title"] == "Register of sister cities"
    assert said["licenses"] == [{"name": "CC-BY-4.0", "title": "CC BY 4.0", "path": LICENCE.url}]
    assert said["created"] == f"{said['version']}T00:00:00+08:00"
    assert said["homepage"] == "http://testserver"
    told = {note.source.title: note.source.url for note in queries.exported_sources(queries.Criteria())}
    assert {source["title"]: source.get("path", "") for source in said["sources"]} == told
    assert (table["path"], table["encoding"], table["dialect"]["lineTerminator"]) == (
        "relationships.csv",
        "utf-8",
        "\r\n",
    )
    assert table["schema"]["primaryKey"] == ["id"]
    assert "foreignKeys" not in table["schema"]  # the places are no part of it


def test_every_column_is_described_in_both_languages(client: Client) -> None:
    chinese, english = (description(client, at)["resources"][0]["schema"]["fields"] for at in ("", "/en"))
    for fields in (chinese, english):
        assert [field["name"] for field in fields] == [column.name for column in COLUMNS]
        assert [field["name"] for field in fields if not (field["title"] and field["description"])] == []
    assert english[0] == {
        "name": "id",
        "type": "integer",
        "title": "Number",
        "description": "The tie’s own number; it stands in its address.",
        "constraints": {"required": True, "unique": True},
    }


def test_its_path_leads_to_the_data(client: Client) -> None:
    for language in ("", "/en"):
        [table] = description(client, language)["resources"]
        assert client.get(f"{language}/{table['path']}").status_code == 200


def test_it_is_told_anew_only_when_something_has_changed(client: Client) -> None:
    tag = client.get("/datapackage.json")["ETag"]
    assert client.get("/datapackage.json", headers={"If-None-Match": tag}).status_code == 304
    builders.tie()
    assert client.get("/datapackage.json", headers={"If-None-Match": tag}).status_code == 200
    assert client.post("/datapackage.json").status_code == 405
