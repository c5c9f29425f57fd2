"""The public history: what the public saw change, on which source, and not a word of drafts or of people."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from friendship import curation, queries
from friendship.curation.merging import merge_places, undo_merge
from friendship.models import Event, Evidence, ImportRun, Place, Policy, Relationship
from friendship.queries import Entry, FactChange
from tests import builders

pytestmark = pytest.mark.django_db


def entries(tie: Relationship) -> list[Entry]:
    found = queries.history_of_tie(tie.pk)
    assert found is not None
    return found[1]


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def save(row: Any, reason: str = "", user: User | None = None, **fields: Any) -> Any:
    for name, value in fields.items():
        setattr(row, name, value)
    return curation.save(row, actor=user, reason=reason)


def test_a_tie_enters_with_its_sources() -> None:
    tie = builders.tie()
    builders.evidence(tie)
    [first] = entries(tie)
    assert (first.is_first, first.facts, first.pieces) == (True, [], [])
    assert [source.slug for source in first.sources] == ["paper"]


def test_what_a_draft_said_is_nobodys_business() -> None:
    tie = builders.tie(review_state="draft", note_en="secret")
    save(tie, reason="a", note_en="more secret")
    save(tie, reason="b", note_en="said", review_state="published")
    assert [(entry.is_first, entry.facts) for entry in entries(tie)] == [(True, [])]


def test_what_was_said_while_it_was_hidden_is_told_as_one_change() -> None:
    tie = builders.tie(note_en="one")
    save(tie, reason="a", review_state="draft")
    save(tie, reason="b", note_en="secret", founded_year=1980)
    builders.evidence(tie, builders.source("hidden"))
    save(tie, reason="c", note_en="two")
    save(tie, reason="d", review_state="published")
    last, first = entries(tie)
    assert first.is_first
    assert last.facts == [
        FactChange("Date established", "", "1980"),
        FactChange("Note in English", "one", "two"),
    ]
    assert [(item.action, item.source and item.source.slug) for item in last.pieces] == [("added", "hidden")]


def test_a_change_names_facts_in_words_and_the_source_that_came_with_it() -> None:
    tie = builders.tie(status="active", founded_year=1982)
    source = builders.source("gazette")
    save(tie, reason="proposal/5", status="ended", founded_month=10)
    piece = Evidence(relationship=tie, source=source, claim="status", value="ended", quote="it ended")
    curation.save(piece, actor=None, reason="proposal/5")
    last = entries(tie)[0]
    assert last.facts == [
        FactChange("Status", "active", "ended"),
        FactChange("Date established", "1982", "October 1982"),
    ]
    assert [(item.action, item.piece.shown_value) for item in last.pieces if isinstance(item.piece, Evidence)] == [
        ("added", "ended")
    ]
    assert last.sources == [source]


def test_evidence_and_events_that_change_or_go_are_told() -> None:
    tie = builders.tie()
    piece, event = builders.evidence(tie, quote="one"), builders.event(tie, date_year=1990)
    save(piece, reason="a", quote="two")
    save(event, reason="b", date_year=1991)
    curation.delete(piece, actor=None, reason="c")
    told = [
        [(item.action, item.is_evidence, [(fact.before, fact.after) for fact in item.facts]) for item in entry.pieces]
        for entry in entries(tie)
    ]
    assert told == [
        [("removed", True, [])],
        [("changed", False, [("1990", "1991")])],
        [("changed", True, [("one", "two")])],
        [],
    ]


def test_a_source_that_is_no_longer_public_is_not_named() -> None:
    tie = builders.tie()
    piece = builders.evidence(tie, builders.source("gone"))
    builders.evidence(builders.tie(builders.place("x"), builders.place("y"), review_state="draft"), piece.source)
    curation.delete(piece, actor=None, reason="a")
    assert [item.source for item in entries(tie)[0].pieces] == [None]


def test_a_draft_place_is_not_named_and_a_place_that_is_gone_keeps_its_name() -> None:
    tie = builders.tie()
    other, draft = builders.place("three"), builders.place("hidden", review_state="published")
    save(tie, reason="a", partner=other)
    save(tie, reason="b", partner=draft)
    save(tie, reason="c", partner=builders.place("four"))
    curation.delete(other, actor=None)
    save(Place.objects.get(pk=draft.pk), review_state="draft")
    assert [[(fact.before, fact.after) for fact in entry.facts] for entry in entries(tie)[:3]] == [
        [("", "Four")],
        [("Three", "")],
        [("Two", "Three")],
    ]


def test_what_one_person_saves_at_once_is_one_entry() -> None:
    tie = builders.tie()
    Policy.objects.update_or_create(pk=1, defaults={"own_changes": "always"})
    one, two = User.objects.create_superuser("one"), User.objects.create_superuser("two")
    save(tie, user=one, founded_year=1980)
    curation.save(Event(relationship=tie, kind="signing", date_year=1980), actor=one)
    save(tie, user=two, founded_year=1981)
    assert [(len(entry.facts), len(entry.pieces)) for entry in entries(tie)] == [(1, 0), (1, 1), (0, 0)]


def test_an_import_gives_its_source() -> None:
    tie, source = builders.tie(), builders.source("list")
    builders.evidence(builders.tie(builders.place("x"), builders.place("y")), source)
    run = ImportRun.objects.create(file_name="list.csv", content=b"", source=source)
    save(tie, reason=run.history_reason, founded_year=1980)
    last = entries(tie)[0]
    assert (last.cause, last.sources) == ("import", [source])


def test_a_merge_and_its_undo_are_told_as_such() -> None:
    kept, gone = builders.place("kept"), builders.place("gone")
    tie = builders.tie(gone, builders.place("x"))
    redirect = merge_places(kept, gone, actor=None).redirect
    assert redirect is not None
    undo_merge(redirect, actor=None)
    assert [(entry.cause, [(fact.before, fact.after) for fact in entry.facts]) for entry in entries(tie)] == [
        ("undo", [("Kept", "Gone")]),
        ("merge", [("Gone", "Kept")]),
        ("", []),
    ]


def test_a_place_tells_of_its_own_facts() -> None:
    province = builders.place("province", level="province")
    place = builders.place("one")
    save(place, reason="a", latitude=1.5, longitude=2.5, aliases="Uno\nEins", parent=province)
    found = queries.history_of_place("one")
    assert found is not None
    assert [[(fact.label, fact.before, fact.after) for fact in entry.facts] for entry in found[1]] == [
        [
            ("Part of", "", "Province"),
            ("Other names", "", "Uno, Eins"),
            ("Coordinates", "", "1.5, 2.5"),
        ],
        [],
    ]


def test_there_is_no_history_of_what_is_not_public() -> None:
    tie = builders.tie(review_state="draft")
    builders.place("hidden", review_state="draft")
    assert (queries.history_of_tie(tie.pk), queries.history_of_place("hidden")) == (None, None)
