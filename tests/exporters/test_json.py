"""The register as JSON: everything that it says of each tie, exactly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from friendship import queries
from friendship.enums import ReviewState
from friendship.exporters.licence import LICENCE
from friendship.models import Event, Relationship
from friendship.queries import Criteria
from tests import builders
from tests.exporters.register import QUOTE, empty, one_tie, written

pytestmark = pytest.mark.django_db


def test_all_of_a_small_register() -> None:
    one_tie()
    top: dict[str, Any] = {
        "slug": "top",
        "name_zh": "顶省",
        "name_en": "Top",
        "level": "province",
        "country": "CN",
        "latitude": None,
        "longitude": None,
        "official_code": "990000",
        "wikidata_id": "",
        "aliases": [],
    }
    middle = {**top, "slug": "middle", "name_zh": "中市", "name_en": "Middle", "level": "city"}
    middle |= {"official_code": "", "aliases": ["Midway", "Mitte"]}
    home = {**top, "slug": "one", "name_zh": "甲县", "name_en": "One", "level": "county"}
    home |= {"official_code": "", "latitude": 30.5, "longitude": 104.25, "parents": [middle, top]}
    partner = {**top, "slug": "two", "name_zh": "", "name_en": "Two", "level": "city", "country": "JP"}
    partner |= {"official_code": "", "wikidata_id": "Q1", "latitude": 34.0, "longitude": -1.5, "parents": []}
    piece = {"claim": "tie", "value": "sister", "quote": "", "start": None, "end": None, "strength": "explicit"}
    source = {"publisher": "Test Press", "kind": "news", "note_zh": "", "note_en": ""}
    assert json.loads(written("json", Criteria(country=("JP",), founded_after=1900))) == {
        "format": "sister-city-register",
        "version": 1,
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "date": "2026-11-20",
        "filter": {"country": ["JP"], "founded_after": 1900},
        "count": 1,
        "results": [
            {
                "id": 7,
                "url": "https://register.example.org/relationships/7/",
                "type": "sister",
                "type_as_printed": "友好城市",
                "status": "active",
                "founded": "1982-10",
                "ended": None,
                "note_zh": "",
                "note_en": "",
                "home": home,
                "partner": partner,
                "evidence": [
                    {"source": "paper", **piece, "quote": QUOTE, "start": 0, "end": 31},
                    {"source": "archive", **piece, "claim": "founded", "value": "1982-10", "strength": "implied"},
                    {"source": "paper", **piece, "claim": "status", "value": "active", "quote": "still active"},
                ],
                "events": [
                    {
                        "kind": "signing",
                        "date": "1982",
                        "paper": "agreement",
                        "text_zh": "",
                        "text_en": "Signed.",
                        "source": "archive",
                    }
                ],
            }
        ],
        "sources": [
            {
                **source,
                "slug": "archive",
                "title": "Archive,\nvolume 2",
                "published_on": "1999",
                "url": "",
                "language": "zh-Hans",
            },
            {
                **source,
                "slug": "paper",
                "title": "Paper",
                "published_on": None,
                "url": "https://paper.example.org/",
                "language": "en",
            },
        ],
    }


def test_keys_stand_in_their_order_a_tie_a_line() -> None:
    one_tie()
    lines = written("json").decode().split("\n")
    assert len(lines) == 7
    assert lines[0] == (
        f'{{"format":"sister-city-register","version":1,"licence":"{LICENCE.url}","date":"2026-11-20",'
        '"filter":{},"count":1,"results":['
    )
    assert lines[1].startswith('{"id":7,"url":"https://register.example.org/relationships/7/","type":"sister",')
    assert lines[2] == '],"sources":['
    assert (lines[-2], lines[-1]) == ("]}", "")
    assert list(json.loads(lines[3].rstrip(","))) == [
        "slug",
        "title",
        "publisher",
        "kind",
        "published_on",
        "url",
        "language",
        "note_zh",
        "note_en",
    ]


def test_an_empty_list() -> None:
    empty()
    document = json.loads(written("json"))
    assert (document["count"], document["results"], document["sources"]) == (0, [], [])


def test_the_sources_are_those_of_the_listed_ties_by_evidence_or_event() -> None:
    empty()
    one, two = builders.ties(2)
    builders.evidence(one, builders.source("b-evidence"))
    builders.event(one, source=builders.source("a-event"))
    builders.evidence(two, builders.source("c-other"))
    builders.event(one)
    document = json.loads(written("json", Criteria(place=("city-0",))))
    assert [source["slug"] for source in document["sources"]] == ["a-event", "b-evidence"]
    assert [event["source"] for event in document["results"][0]["events"]] == ["a-event", None]


def test_every_quote_and_event_of_the_shipped_register() -> None:
    document = json.loads(written("json"))
    assert document["count"] == len(document["results"]) == Relationship.objects.published().count()
    for tie in document["results"]:
        held = queries.relationship(tie["id"])
        assert held is not None
        assert [piece["quote"] for piece in tie["evidence"]] == [piece.quote for piece in held.evidence.all()]
        assert [event["kind"] for event in tie["events"]] == [event.kind for event in held.events.all()]
        assert (tie["founded"] or "") == (held.founded.iso if held.founded else "")
        assert tie["home"]["aliases"] == held.home.aliases.splitlines()
    assert sum(len(tie["events"]) for tie in document["results"]) == Event.objects.count()


def test_what_contains_a_place_is_left_out_while_it_is_a_draft() -> None:
    tie = one_tie()
    middle = tie.home.parent
    assert middle
    middle.review_state = ReviewState.DRAFT
    middle.save()
    [row] = json.loads(written("json"))["results"]
    assert [place["slug"] for place in row["home"]["parents"]] == ["top"]
    assert b",top,\xe9\xa1\xb6\xe7\x9c\x81,Top,,,," in written("csv")
