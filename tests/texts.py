"""Texts and what is read in them, made by hand: tests of what becomes of a candidate do not hang on the grammar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from friendship.admin import reading_pages
from friendship.extraction.records import Home, Partner, Quote, Reading, Tie, Total
from friendship.importers import candidates

FRANCE = ("法国", "FR")


def quote(text: str, words: str) -> Quote:
    """The words where they first stand in the text."""
    start = text.index(words)
    return Quote(words, start, start + len(words))


def tie(text: str, words: str, **fields: Any) -> Tie:
    """A sister tie of Mianyang with a made-up French city, said in these words, unless the fields say otherwise."""
    home = fields.pop("home", "绵阳市")
    partner, land = fields.pop("partner", "试验市"), fields.pop("land", FRANCE)
    known: dict[str, Any] = {
        "home": Home(home, fields.pop("level", "prefecture"), fields.pop("province", "四川省")),
        "partner": Partner(partner, land[0], land[1], fields.pop("parent", "")),
        "type": "sister",
        "evidence": quote(text, words),
        "rule": "founding: both before it",
        "type_as_printed": "国际友好城市",
    }
    return Tie(**{**known, **fields})


def total(text: str, words: str, **fields: Any) -> Total:
    """Numbers that the text reports of Sichuan."""
    known: dict[str, Any] = {"scope": "四川省", "evidence": quote(text, words), "rule": "word, then figure"}
    return Total(**{**known, "level": "all", **fields})


def let_it_read(monkeypatch: pytest.MonkeyPatch, ties: Iterable[Tie] = (), totals: Iterable[Total] = ()) -> None:
    """Let every text be read so."""
    found = Reading(tuple(ties), tuple(totals))
    read = candidates.candidates(found)
    for where in (candidates, reading_pages):
        monkeypatch.setattr(where, "read", lambda _text, _published, _home: read)
