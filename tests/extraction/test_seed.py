"""The press conference from which the register began, read again: the reviewed fixture, exactly."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from django.conf import settings

from friendship.dates import PartialDate
from friendship.extraction import read
from friendship.extraction.records import Reading, Tie, Total
from tests.extraction.sentences import misquoted, said

_FIXTURES = settings.BASE_DIR / "fixtures"
_SEED = settings.BASE_DIR / "seeds" / "press-conference-2023-05-18.txt"

#: How the register says what the grammar calls the level of the counted places.
_SCOPES = {("四川省", "all"): "all", ("绵阳市", "prefecture"): "own", ("绵阳市", "county"): "subordinate"}
#: The grammar counts partners and ties as one total; the reviewer told them apart.
_METRICS = {"all": "total", "partners": "total"}


@pytest.fixture(scope="module")
def text() -> str:
    return _SEED.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def reading(text: str) -> Reading:
    return read(text, PartialDate(2023, 5, 18))


@pytest.fixture(scope="module")
def reviewed() -> dict[str, Any]:
    records: dict[str, Any] = json.loads((_FIXTURES / "press_conference_2023.json").read_text("utf-8"))
    return records


@pytest.fixture(scope="module")
def slugs() -> dict[tuple[str, str], str]:
    """Places of the register by country and each of their Chinese names."""
    found: dict[tuple[str, str], str] = {}
    for file in ("places_china.csv", "places_abroad.csv"):
        with (_FIXTURES / file).open(encoding="utf-8", newline="") as lines:
            for slug, country, *_, name, _, aliases in (row[:7] for row in csv.reader(lines)):
                found |= {(country, written): slug for written in (name, *aliases.split("|"))}
    return found


def test_every_relationship_and_no_more(
    reading: Reading, reviewed: dict[str, Any], slugs: dict[tuple[str, str], str]
) -> None:
    def told(tie: Tie) -> tuple[str, str, str, str | None, bool]:
        partner = slugs[tie.partner.iso2 or "", tie.partner.name]
        return slugs["CN", tie.home.name], partner, tie.type, tie.date, tie.explicit

    wanted = [
        (tie["home"], tie["partner"], tie["type"], tie["founded"], _is_explicit(tie))
        for tie in reviewed["relationships"]
    ]
    assert sorted(map(told, reading.ties), key=str) == sorted(wanted, key=str)


def _is_explicit(tie: dict[str, Any]) -> bool:
    return any(piece["claim"] == "tie" and piece["strength"] == "explicit" for piece in tie["evidence"])


def test_nothing_planned_nothing_ended_nothing_reckoned(reading: Reading) -> None:
    assert {(tie.status, tie.ended, tie.derived) for tie in reading.ties} == {("active", None, ())}


def test_every_total_and_no_more(reading: Reading, reviewed: dict[str, Any], slugs: dict[tuple[str, str], str]) -> None:
    told = [
        (slugs["CN", total.scope], _scope(total), metric, value, total.as_of)
        for total in reading.totals
        for metric in ("countries", "total", "sister", "cooperation", "exchange")
        if (value := getattr(total, metric)) is not None
    ]
    wanted = [
        (total["place"], total["scope"], _METRICS.get(total["metric"], total["metric"]), total["value"], total["as_of"])
        for total in reviewed["totals"]
    ]
    assert sorted(told) == sorted(wanted)
    assert [total.inexact for total in reading.totals if total.inexact] == []


def _scope(total: Total) -> str:
    return _SCOPES.get((total.scope, total.level or ""), "all" if total.level == "all" else f"? {total.level}")


def test_every_quote_holds_the_words_that_the_reviewer_chose(
    reading: Reading, reviewed: dict[str, Any], text: str
) -> None:
    """Verbatim, and where the reviewer's words lie: it may begin or end with another part of the sentence."""
    chosen = [
        (piece["start"], piece["end"])
        for record in reviewed["relationships"]
        for piece in record["evidence"]
        if piece["claim"] == "tie"
    ] + [(total["start"], total["end"]) for total in reviewed["totals"]]
    assert misquoted(reading, text) == []
    quotes = [each.evidence for each in said(reading)]
    assert [q.quote for q in quotes if not any(start < q.end and q.start < end for start, end in chosen)] == []
