"""The records of the press conference, read back through the API as fixtures/press_conference_2023.json has them.

Other sources have since spoken of some of these ties, so their own values and further evidence are not compared.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db

SHIPPED = json.loads((settings.BASE_DIR / "fixtures" / "press_conference_2023.json").read_text(encoding="utf-8"))
[SOURCE] = SHIPPED["sources"]
TEXT = (settings.BASE_DIR / SOURCE["text_file"]).read_bytes().decode("utf-8")
EVIDENCE_KEYS = ("source", "claim", "quote", "start", "end", "strength")


@pytest.mark.parametrize("record", SHIPPED["relationships"], ids=lambda record: str(record["id"]))
def test_a_tie_keeps_its_address_its_sides_and_what_was_said(client: Client, record: dict[str, Any]) -> None:
    row = client.get(f"/api/v1/relationships/{record['id']}/").json()
    said = [piece for piece in row["evidence"] if piece["source"] == SOURCE["slug"]]
    assert (row["home"]["slug"], row["partner"]["slug"]) == (record["home"], record["partner"])
    assert said == [{key: piece[key] for key in EVIDENCE_KEYS} for piece in record["evidence"]]
    assert all(TEXT[piece["start"] : piece["end"]] == piece["quote"] for piece in said)


def test_the_source_names_exactly_the_nine_ties(client: Client) -> None:
    answer = client.get("/api/v1/relationships/", {"source": SOURCE["slug"]}).json()
    assert answer["count"] == 9
    assert sorted(row["id"] for row in answer["results"]) == [record["id"] for record in SHIPPED["relationships"]]


def test_the_source_gives_every_value_and_its_whole_text(client: Client) -> None:
    row = client.get(f"/api/v1/sources/{SOURCE['slug']}/").json()
    assert row["text"] == TEXT
    assert {key: row[key] for key in ("title", "publisher", "kind", "published_on", "url", "language")} == {
        key: SOURCE[key] for key in ("title", "publisher", "kind", "published_on", "url", "language")
    }
    keys = ("claim", "value", "quote", "start", "end", "strength")
    expected = [
        {"relationship": record["id"], **{key: piece[key] for key in keys}}
        for record in SHIPPED["relationships"]
        for piece in record["evidence"]
    ]

    def place(piece: dict[str, Any]) -> tuple[int, str]:
        return piece["relationship"], piece["claim"]

    assert sorted(row["evidence"], key=place) == sorted(expected, key=place)
    assert [piece["start"] for piece in row["evidence"]] == sorted(piece["start"] for piece in expected)


def test_the_eleven_totals(client: Client) -> None:
    keys = ("source", "place", "scope", "metric", "value", "as_of")
    totals = client.get("/api/v1/totals/?page_size=500").json()["results"]
    shipped = [total for total in totals if total["source"] == SOURCE["slug"]]
    assert [{key: total[key] for key in keys} for total in shipped] == [
        {key: total[key] for key in keys} for total in SHIPPED["totals"]
    ]
    assert len(shipped) == 11
