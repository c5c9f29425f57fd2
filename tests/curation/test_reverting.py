"""One set of changes goes back, or a proposal says what would: exactly that, under a reason that names it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from friendship import curation
from friendship.curation.changes import Change, columns_of, values_of
from friendship.curation.reverting import preview, propose_merge, propose_revert, revert
from friendship.models import Evidence, Place, Proposal, Relationship
from tests import builders
from tests.curation.test_undoing import newest, snapshot

pytestmark = pytest.mark.django_db


def change(row: Any, action: str, before: dict[str, Any], after: dict[str, Any], version: int | None = 1) -> Change:
    name = str(row._meta.model_name)
    return Change(model=name, pk=row.pk, version=version, action=action, before=before, after=after)


def told(row: Any) -> dict[str, Any]:
    """What a proposal tells of a row as a whole."""
    return {column: value for column, value in values_of(row).items() if value not in (None, "")}


def pieces(tie: Relationship) -> dict[Any, list[int]]:
    """Records of two tables: the last two of the tie, and that of its evidence."""
    records = list(tie.history.values_list("history_id", flat=True)[:2])
    return {Relationship: records, **newest(tie.evidence.get())}


@pytest.fixture
def tie() -> Relationship:
    """A tie that was changed twice and has got evidence."""
    tie = builders.tie(note_en="one")
    for note in ("two", "three"):
        tie.note_en = note
        curation.save(tie, actor=None)
    builders.evidence(tie)
    return tie


def test_the_reason_names_the_first_of_the_records(tie: Relationship) -> None:
    records = pieces(tie)
    revert(records, actor=None)
    assert (Relationship.objects.get(pk=tie.pk).note_en, tie.evidence.count()) == ("one", 0)
    reason = f"revert/relationship/{min(records[Relationship])}"
    for model in (Relationship, Evidence):
        assert model.history.first().history_change_reason == reason


def test_a_preview_tells_each_step_and_takes_none(tie: Relationship) -> None:
    piece, before = tie.evidence.get(), snapshot()
    undone = preview(pieces(tie))
    assert [(step.model, step.key, step.version, step.action) for step in undone.steps] == [
        (Evidence, piece.pk, 1, "delete"),
        (Relationship, tie.pk, 3, "change"),
    ]
    assert (undone.steps[1].before, undone.steps[1].after) == ({"note_en": "three"}, {"note_en": "one"})
    assert (undone.steps[0].after, undone.is_public, snapshot()) == ({}, True, before)


def test_a_proposal_tells_what_would_go_back_and_nothing_that_publishing_decides(tie: Relationship) -> None:
    editor, piece = User.objects.create_user("editor"), tie.evidence.get()
    proposal = propose_revert(pieces(tie), actor=editor, note="wrong")
    assert proposal is not None
    assert proposal.changes == [
        change(piece, "delete", told(piece), {}),
        change(tie, "change", {"note_en": "three"}, {"note_en": "one"}, version=3),
    ]
    assert (proposal.kind, proposal.note, proposal.author) == ("revert", "wrong", editor)
    curation.unpublish([Relationship.objects.get(pk=tie.pk)], actor=None)
    curation.publish([Relationship.objects.get(pk=tie.pk)], actor=None)
    assert propose_revert(newest(tie), actor=editor) is None
    assert Proposal.objects.count() == 1


def test_what_comes_back_is_told_as_a_whole_under_its_key(tie: Relationship) -> None:
    piece = tie.evidence.get()
    before = told(piece)
    key = piece.pk
    curation.delete(piece, actor=None)
    proposal = propose_revert({Evidence: [Evidence.history.latest("history_id").history_id]}, actor=None)
    assert proposal is not None
    piece.pk = key
    assert proposal.changes == [change(piece, "add", {}, before, version=None)]


def test_a_merge_is_told_from_the_one_that_stays_and_the_one_that_goes_on() -> None:
    kept, gone = builders.tie(note_zh="同"), builders.tie(partner=builders.place("three"), note_en="filled")
    piece = builders.evidence(gone)
    proposal = propose_merge(kept, gone, actor=None, note="twice")
    assert proposal.changes == [
        change(kept, "change", {"note_en": ""}, {"note_en": "filled"}),
        change(gone, "delete", told(gone), {}),
        change(piece, "change", {"relationship_id": gone.pk}, {"relationship_id": kept.pk}),
    ]
    assert (proposal.kind, proposal.note, proposal.relationship, proposal.place) == ("merge", "twice", kept, None)


def test_a_merge_in_which_the_one_that_stays_takes_over_nothing_names_it_all_the_same() -> None:
    kept, gone = builders.tie(), builders.tie(partner=builders.place("three"))
    piece = builders.evidence(gone)
    assert propose_merge(kept, gone, actor=None).changes == [
        change(kept, "change", {}, {}),
        change(gone, "delete", told(gone), {}),
        change(piece, "change", {"relationship_id": gone.pk}, {"relationship_id": kept.pk}),
    ]


def test_of_merged_places_the_ties_are_told_after_both() -> None:
    kept, gone = builders.place("one"), builders.place("two")
    tie = builders.tie(builders.place("three"), gone)
    proposal = propose_merge(kept, gone, actor=None)
    assert [(told["model"], told["pk"], told["action"]) for told in proposal.changes] == [
        ("place", kept.pk, "change"),
        ("place", gone.pk, "delete"),
        ("relationship", tie.pk, "change"),
    ]
    assert (proposal.place, proposal.relationship) == (kept, None)
    assert set(proposal.changes[1]["before"]) <= set(columns_of(Place))
