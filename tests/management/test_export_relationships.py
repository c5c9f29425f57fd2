"""``manage.py export_relationships``: the files of the pages, from the command line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from friendship import queries
from friendship.exporters import xlsx
from friendship.exporters.forms import FORMS

pytestmark = pytest.mark.django_db

SITE = "http://testserver"


def export(*arguments: object) -> bytes:
    """What the command writes to standard output."""
    written = io.BytesIO()
    with io.TextIOWrapper(written) as output:
        call_command("export_relationships", *map(str, arguments), stdout=output)
        output.flush()
        return written.getvalue()


def refused(*arguments: object) -> tuple[int, str]:
    with pytest.raises(CommandError) as refusal:
        export(*arguments)
    return refusal.value.returncode, str(refusal.value)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("prefix", "language"), [("", "zh-hans"), ("/en", "en")])
def test_the_same_bytes_as_of_the_page(client: Client, tmp_path: Path, form: str, prefix: str, language: str) -> None:
    query = "country=JP&country=US&type=sister&founded_after=1900&sort=partner"
    asked = [f"--format={form}", f"--site={SITE}/", f"--language={language}", *query.split("&")]
    page = b"".join(client.get(f"{prefix}/relationships.{form}?{query}"))
    assert export(*asked) == page
    path = tmp_path / "ties"
    assert export(*asked, f"--output={path}").decode() == f"Written: {path}\n"
    assert path.read_bytes() == page
    assert [each.name for each in tmp_path.iterdir()] == ["ties"]


def test_without_a_site_addresses_are_paths() -> None:
    [row] = csv.DictReader(io.StringIO(export("--format", "csv", "place=shobara").decode("utf-8-sig"), newline=""))
    assert row["url"] == "/relationships/95/"
    [tie] = json.loads(export("--format", "json", "--language", "en", "place=shobara"))["results"]
    assert tie["url"] == "/relationships/95/"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        (["country=XX"], "country: “XX” is not known to the register."),
        (["founded_after=abc", "level=x"], "founded_after: Write a year in digits, such as 1982."),
        (["colour=red"], "“colour=red” is no filter. Write filter=value; the filters are q, type, place, "),
        (["page=2"], "“page=2” is no filter."),
        (["country"], "“country” is no filter."),
        (["country="], "“country=” is no filter."),
    ],
)
def test_what_cannot_be_asked_is_refused(tmp_path: Path, filters: list[str], said: str) -> None:
    path = tmp_path / "ties.csv"
    status, message = refused("--format", "csv", "--language", "en", "--output", path, *filters)
    assert status == 2
    assert message.startswith(said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("site", ["register.example.org", "ftp://register.example.org", "https://"])
def test_a_site_is_a_whole_address(site: str) -> None:
    status, message = refused("--format", "csv", "--site", site)
    assert (status, site in message) == (2, True)


@pytest.mark.parametrize("arguments", [["--format", "pdf"], []])
def test_a_form_must_be_known(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="--format"):
        export(*arguments)


@pytest.mark.parametrize("form", FORMS)
def test_a_failure_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str) -> None:
    path = tmp_path / "ties"
    path.write_text("old")

    def broken(*_: Any) -> Iterator[Any]:
        raise RuntimeError

    for reads in ("exported", "exported_rows"):
        monkeypatch.setattr(queries, reads, broken)
    with pytest.raises(RuntimeError):
        export("--format", form, "--output", path)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("ties", "old")]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "none" / "ties.csv"
    assert refused("--format", "csv", "--output", path) == (1, f"{path} cannot be written: No such file or directory.")


def test_more_than_excel_holds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    status, message = refused("--format", "xlsx", "--language", "en", "--output", tmp_path / "ties.xlsx")
    assert (status, message.endswith("Choose CSV, or narrow the list.")) == (1, True)
    assert list(tmp_path.iterdir()) == []
