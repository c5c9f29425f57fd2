"""The first source, read back through the API: nine ties and eleven totals, as the reviewed fixture holds them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.api.asking import read, rows

pytestmark = pytest.mark.django_db

SOURCE = "sichuan-press-conference-2023-05-18"
FIXTURE: dict[str, Any] = json.loads((settings.BASE_DIR / "fixtures" / "press_conference_2023.json").read_text("utf-8"))
TIES: list[dict[str, Any]] = FIXTURE["relationships"]
#: Later sources date these or name their type; the curators took their word.
CHANGED_LATER = {1, 3, 6, 8, 9}


def said(evidence: list[dict[str, Any]], *keys: str) -> list[dict[str, Any]]:
    return [{key: piece[key] for key in keys} for piece in evidence]


def test_the_nine_are_these(client: Client) -> None:
    assert [tie["id"] for tie in TIES] == list(range(1, 10))
    assert sorted(row["id"] for row in rows(client, "relationships/", source=SOURCE)) == list(range(1, 10))


@pytest.mark.parametrize("tie", TIES, ids=lambda tie: str(tie["id"]))
def test_a_tie_and_its_words(client: Client, tie: dict[str, Any]) -> None:
    row = read(client, f"relationships/{tie['id']}/")
    assert (row["home"]["slug"], row["partner"]["slug"]) == (tie["home"], tie["partner"])
    here = [piece for piece in row["evidence"] if piece["source"] == SOURCE]
    assert here == said(tie["evidence"], "source", "claim", "quote", "start", "end", "strength")


@pytest.mark.parametrize("tie", [tie for tie in TIES if tie["id"] not in CHANGED_LATER], ids=lambda tie: str(tie["id"]))
def test_a_tie_that_no_later_source_changed(client: Client, tie: dict[str, Any]) -> None:
    row = read(client, f"relationships/{tie['id']}/")
    names = ("type", "type_as_printed", "status", "founded", "ended")
    assert {name: row[name] for name in names} == {name: tie[name] for name in names}


def test_the_source_gives_every_value(client: Client) -> None:
    source = read(client, f"sources/{SOURCE}/")
    keys = ("claim", "value", "quote", "start", "end", "strength")
    assert source["tie_count"] == 9
    for tie in TIES:
        here = [piece for piece in source["evidence"] if piece["relationship"] == tie["id"]]
        in_order = sorted(tie["evidence"], key=lambda piece: (piece["start"] is None, piece["start"]))
        assert said(here, *keys) == said(in_order, *keys)
    assert len(source["evidence"]) == sum(len(tie["evidence"]) for tie in TIES)
    assert source["text"] == (settings.BASE_DIR / FIXTURE["sources"][0]["text_file"]).read_text("utf-8")


def test_the_eleven_totals(client: Client) -> None:
    keys = ("source", "place", "scope", "metric", "value", "as_of")
    found = [total for total in rows(client, "totals/") if total["source"] == SOURCE]
    assert said(found, *keys) == said(FIXTURE["totals"], *keys)
    assert len(found) == 11
