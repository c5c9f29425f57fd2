"""``manage.py snapshot``: whole or not at all, the same bytes, and sums that the system's own tool accepts."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation
from frictionless import Package

from friendship import queries
from friendship.exporters import reference, xlsx
from friendship.models import Country, Place, Source
from tests import builders

pytestmark = pytest.mark.django_db

SITE = "https://register.example.org"
FILES = {
    "relationships.csv",
    "relationships.xlsx",
    "relationships.json",
    "relationships.geojson",
    "relationships.quickstatements",
    "places.csv",
    "places.json",
    "countries.csv",
    "countries.json",
    "sources.json",
    "totals.json",
    "datapackage.json",
    "README.txt",
    "SHA256SUMS",
}


def take(folder: Path, *options: str) -> dict[str, bytes]:
    """The files of a snapshot taken into the folder."""
    call_command("snapshot", str(folder), "--site", SITE, *options, stdout=io.StringIO())
    return held(folder)


def held(folder: Path) -> dict[str, bytes]:
    """What is in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def rows(files: dict[str, bytes], name: str) -> Any:
    """The rows of one of its files."""
    if name.endswith(".json"):
        return json.loads(files[name])["results"]
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshot"


def test_everything_public_is_there(folder: Path) -> None:
    files = take(folder)
    assert set(files) == FILES
    assert len(rows(files, "relationships.csv")) == queries.summary().rows
    assert len(rows(files, "places.csv")) == len(rows(files, "places.json")) == Place.objects.count()
    assert len(rows(files, "countries.csv")) == len(rows(files, "countries.json")) == Country.objects.count()
    assert {row["slug"]: row["text"] for row in rows(files, "sources.json")} == dict(
        Source.objects.values_list("slug", "text")
    )
    assert len(rows(files, "totals.json")) == 22


def test_a_place_a_country_and_a_total(folder: Path) -> None:
    province = builders.place("top", level="province")
    builders.place(
        "one",
        parent=province,
        name_zh="甲市",
        aliases="Uno\nUn",
        official_code="990100",
        wikidata_id="Q1",
        latitude=30.5,
        longitude=-1.0,
    )
    builders.total(builders.place("one"), builders.source("paper"), as_of_month=5, quote="ten")
    files = take(folder)
    [place] = [row for row in rows(files, "places.json") if row["slug"] == "one"]
    assert place == {
        "slug": "one",
        "name_zh": "甲市",
        "name_en": "One",
        "aliases": ["Uno", "Un"],
        "level": "city",
        "country": "CN",
        "parent": "top",
        "official_code": "990100",
        "wikidata_id": "Q1",
        "latitude": 30.5,
        "longitude": -1.0,
        "url": f"{SITE}/cities/one/",
    }
    [cells] = [row for row in rows(files, "places.csv") if row["slug"] == "one"]
    assert cells == {**{name: str(value) for name, value in place.items()}, "aliases": "Uno\nUn"}
    assert rows(files, "totals.json")[-1] == {
        "source": "paper",
        "place": "one",
        "scope": "all",
        "metric": "all",
        "value": 10,
        "as_printed": "",
        "as_of": "2020-05",
        "quote": "ten",
        "start": None,
        "end": None,
        "recorded": 0,
    }
    [japan] = [row for row in rows(files, "countries.csv") if row["code"] == "JP"]
    assert (japan["name_zh"], japan["name_en"], japan["continent"]) == ("日本", "Japan", "asia")


def test_no_draft_is_in_it(folder: Path) -> None:
    within = builders.place("open")
    builders.tie(within)
    before = take(folder)
    hidden = builders.place("hidden", level="province", name_en="Hiddenland", review_state="draft")
    Place.objects.filter(pk=within.pk).update(parent=hidden)
    builders.tie(builders.place("mianyang"), hidden, review_state="draft")
    builders.total(hidden, Source.objects.earliest("pk"))
    assert take(folder) == before


def test_the_same_register_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    first = take(folder)
    assert take(tmp_path / "again") == first
    assert take(folder) == first
    builders.tie()
    changed = take(folder)
    assert {name for name in FILES if changed[name] != first[name]} == FILES - {
        "relationships.quickstatements",  # the new places have no items
        "countries.csv",
        "countries.json",
        "sources.json",
        "totals.json",
        "README.txt",
    }


def test_the_language_of_the_caller_is_of_no_matter(folder: Path) -> None:
    first = take(folder)
    with translation.override("en"):
        assert take(folder) == first
    assert "Register of sister cities" in take(folder, "--language", "en")["datapackage.json"].decode()


def test_sha256sum_accepts_it_and_finds_a_change(folder: Path) -> None:
    take(folder)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert checked.stdout.splitlines() == [f"{name}: OK" for name in sorted(FILES - {"SHA256SUMS"})]
    with (folder / "places.csv").open("ab") as file:
        file.write(b"\n")
    again = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert again.returncode == 1


def test_its_data_package_is_valid_with_all_tables(folder: Path) -> None:
    take(folder)
    package = Package.from_descriptor(str(folder / "datapackage.json"))
    assert [resource.name for resource in package.resources] == ["relationships", "places", "countries"]
    report = package.validate()
    assert (report.flatten(), report.valid) == ([], True)
    table = folder / "places.csv"
    table.write_bytes(table.read_bytes().replace(b",CN,sichuan,", b",CN,atlantis,"))
    kinds = {kind for [kind] in package.validate().flatten(["type"])}
    assert {"foreign-key", "hash-count"} <= kinds


def test_the_readme_names_every_file_in_both_languages(folder: Path) -> None:
    text = take(folder)["README.txt"].decode()
    assert [name for name in FILES - {"README.txt", "SHA256SUMS"} if text.count(f"\n{name} ") != 2] == []
    assert "CC BY 4.0" in text
    assert f"{timezone.localdate():%Y-%m-%d}" in text


@pytest.mark.parametrize("stranger", ["notes.txt", "archive", ".hidden"])
def test_a_folder_with_anything_else_is_left_alone(folder: Path, stranger: str) -> None:
    before = take(folder)
    (folder / stranger).mkdir() if stranger == "archive" else (folder / stranger).write_bytes(b"mine")
    builders.tie()
    with translation.override("en"), pytest.raises(CommandError, match=stranger):
        take(folder)
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert [path.name for path in folder.parent.iterdir()] == ["snapshot"]


def test_neither_a_strange_folder_nor_a_file_is_replaced(folder: Path) -> None:
    folder.mkdir()
    (folder / "datapackage.json").write_text(json.dumps({"name": "another"}))
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  datapackage.json\n")
    with pytest.raises(CommandError):
        take(folder)
    assert set(held(folder)) == {"datapackage.json", "SHA256SUMS"}
    file = folder.parent / "file"
    file.write_bytes(b"mine")
    with pytest.raises(CommandError):
        take(file)
    assert file.read_bytes() == b"mine"


def test_an_empty_folder_and_a_link_to_a_snapshot_are_filled(folder: Path) -> None:
    folder.mkdir()
    link = folder.parent / "current"
    link.symlink_to(folder)
    assert set(take(link)) == FILES
    assert link.is_symlink()
    assert set(held(folder)) == FILES


def test_what_fails_half_way_leaves_the_former_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = take(folder)

    def break_off(*_args: Any) -> Any:
        yield {"source": "first"}
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(reference, "totals", break_off)
    with pytest.raises(CommandError, match="No space left on device"):
        take(folder)
    assert held(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["snapshot"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        take(tmp_path / "nowhere" / "snapshot")


def test_the_site_is_an_address(folder: Path) -> None:
    with pytest.raises(CommandError, match="--site"):
        call_command("snapshot", str(folder), "--site", "register")
    assert not folder.exists()


def test_more_than_excel_holds_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 5)
    files = take(folder)
    assert set(files) == FILES - {"relationships.xlsx"}
    assert b"relationships.xlsx" not in files["README.txt"] + files["SHA256SUMS"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_all_of_it_is_read_at_one_moment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def watched(rows: Any) -> Any:
        seen.append(connection.in_atomic_block or connection.connection.in_transaction)
        return rows

    for name in ("places", "countries", "sources", "totals"):
        monkeypatch.setattr(reference, name, _before(getattr(reference, name), watched))
    take(folder)
    assert seen == [True] * 6
    assert not connection.in_atomic_block
    assert connection.vendor != "sqlite" or not connection.connection.in_transaction


def _before(rows: Any, watched: Any) -> Any:
    return lambda export: watched(rows(export))
