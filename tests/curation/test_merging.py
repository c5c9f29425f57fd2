"""Two records of one thing become one, and two again: nothing is lost, overwritten or left behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from friendship import curation
from friendship.curation import merging
from friendship.curation.merging import merge_places, merge_ties, preview, undo_merge
from friendship.curation.redirecting import LOGS
from friendship.curation.touched import EDITED
from friendship.models import (
    ImportRow,
    ImportRun,
    Place,
    Proposal,
    Redirect,
    Relationship,
    Remit,
    ReportedTotal,
    Suggestion,
)
from tests import builders
from tests.curation.test_undoing import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def pointing_to(model: Any) -> set[tuple[str, str]]:
    """Every column of the register that points to a place or a tie."""
    return {
        (str(relation.related_model._meta.model_name), relation.field.name)
        for relation in model._meta.related_objects
        if relation.related_model._meta.app_label == "friendship"
    }


def test_somebody_has_decided_how_each_row_that_points_to_a_place_or_a_tie_moves() -> None:
    """A new foreign key fails here until it stands in ``merging.MOVED`` (with history) or in ``redirecting.LOGS``."""
    assert pointing_to(Place) | pointing_to(Relationship) == merging.MOVED | LOGS


def twins() -> tuple[Place, Place]:
    """One city twice: the second knows where it lies, and holds a tie, a total and a county of its own."""
    kept = builders.place("city", name_zh="城市", aliases="Town")
    province = builders.place("province", level="province")
    gone = builders.place(
        "citty",
        name_zh="城市",
        aliases="Town\nBurg",
        parent=province,
        latitude=1.5,
        longitude=2.5,
        official_code="5101",
    )
    builders.place("county", level="county", parent=gone)
    builders.total(gone)
    return kept, gone


# --- places -----------------------------------------------------------------------------------------------------------


def test_everything_moves_to_the_place_that_stays() -> None:
    kept, gone = twins()
    one, two = builders.tie(gone, builders.place("one")), builders.tie(builders.place("two"), gone)
    merged = merge_places(kept, gone, actor=None)
    kept.refresh_from_db()
    assert not Place.objects.filter(pk=gone.pk).exists()
    assert [(tie.home.slug, tie.partner.slug) for tie in Relationship.objects.filter(pk__in=[one.pk, two.pk])] == [
        ("city", "one"),
        ("two", "city"),
    ]
    assert [child.slug for child in kept.children.all()] == ["county"]
    assert ReportedTotal.objects.filter(place=kept).count() == 1
    assert {model.__name__: count for model, count in merged.moved.items()} == {
        "Place": 1,
        "Relationship": 2,
        "ReportedTotal": 1,
    }


def test_names_become_other_names_and_gaps_are_filled_but_nothing_is_overwritten() -> None:
    kept, gone = twins()
    kept.official_code = "5100"
    kept.save()
    merged = merge_places(kept, gone, actor=None)
    kept.refresh_from_db()
    assert (kept.name_en, kept.name_zh, kept.aliases) == ("City", "城市", "Town\nCitty\nBurg")
    assert (kept.official_code, kept.latitude, kept.longitude, kept.parent) == ("5100", 1.5, 2.5, gone.parent)
    assert {fact.name for _row, fact, _other in merged.filled} == {"coordinates", "parent"}
    assert {fact.name for _row, fact, _other in merged.differing} == {"name_en", "official_code"}


def test_a_pair_that_is_there_twice_then_becomes_one_tie() -> None:
    kept, gone = twins()
    partner = builders.place("one")
    stays, goes = builders.tie(kept, partner), builders.tie(partner, gone, founded_year=1982, note_zh="注")
    builders.evidence(stays), builders.evidence(goes), builders.evidence(goes, quote="more")
    builders.event(goes)
    merged = merge_places(kept, gone, actor=None)
    stays.refresh_from_db()
    assert merged.ties == [(stays, merged.ties[0][1])]
    assert (stays.founded_year, stays.note_zh, stays.version) == (1982, "注", 2)
    assert sorted(stays.evidence.values_list("quote", flat=True)) == ["", "more"]
    assert stays.events.count() == 1
    assert not Relationship.objects.filter(pk=goes.pk).exists()
    assert set(Redirect.objects.values_list("kind", "kept")) == {("place", kept.pk), ("relationship", stays.pk)}


def test_what_is_public_stays_public() -> None:
    kept, gone = builders.place("city", review_state="draft"), builders.place("citty")
    tie = builders.tie(gone, builders.place("one"))
    merge_places(kept, gone, actor=None)
    tie.refresh_from_db()
    assert (tie.review_state, tie.home.slug, tie.home.review_state) == ("published", "city", "published")


def test_the_whole_merge_stands_in_the_history_under_one_reason() -> None:
    kept, gone = twins()
    builders.tie(gone, builders.place("one"))
    reviewer = User.objects.create_superuser("reviewer")
    redirect = merge_places(kept, gone, actor=reviewer).redirect
    assert redirect is not None
    assert (redirect.reason, redirect.slug, redirect.name) == (f"merge/{redirect.pk}", "citty", "城市")
    for model in (Place, Relationship, ReportedTotal):
        last: Any = model.history.first()
        assert (last.history_change_reason, last.history_user) == (redirect.reason, reviewer)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"country_id": "JP"}, "Places can be merged only where country and level are the same."),
        ({"level": "county"}, "Places can be merged only where country and level are the same."),
    ],
)
def test_unlike_places_are_not_merged(fields: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        merge_places(builders.place("one"), builders.place("other", **fields), actor=None)


def test_places_that_are_tied_with_each_other_are_not_one_place() -> None:
    tie = builders.tie()
    before = snapshot()
    with pytest.raises(ValidationError, match=rf"tied with each other \(No\. {tie.pk}\)"):
        merge_places(tie.home, tie.partner, actor=None)
    assert snapshot() == before


def test_totals_of_one_source_that_differ_stop_the_merge() -> None:
    kept, gone = twins()
    builders.total(kept, value=11)
    with transaction.atomic(), pytest.raises(ValidationError, match="two different totals for the two places"):
        merge_places(kept, gone, actor=None)
    assert Place.objects.filter(pk=gone.pk).exists()


def test_a_place_that_has_changed_meanwhile_is_not_merged() -> None:
    kept, gone = twins()
    curation.save(Place.objects.get(pk=gone.pk), actor=None)
    with pytest.raises(curation.StaleVersion):
        merge_places(kept, gone, actor=None)


def test_an_editor_merges_drafts_and_proposes_the_rest() -> None:
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    kept, gone = builders.place("a", review_state="draft"), builders.place("b", review_state="draft")
    public = builders.place("c")
    merge_places(kept, gone, actor=editor)
    kept.refresh_from_db()
    for one, other in ((kept, public), (public, kept)):
        with pytest.raises(curation.NeedsReview):
            merge_places(one, other, actor=editor)
    merge_places(kept, public, actor=None, reviewed=True, author=editor)
    assert Place.history.first().history_user == editor


def test_a_remit_reaches_both_places_or_neither_is_merged() -> None:
    province = builders.place("province", level="province")
    one, two = (builders.place(slug, parent=province, review_state="draft") for slug in ("one", "two"))
    beyond = builders.place("beyond", review_state="draft")
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    Remit.objects.create(user=editor, place=province)
    for kept, gone in ((one, beyond), (beyond, one)):
        with pytest.raises(PermissionDenied, match="lies beyond your remit"):
            merge_places(kept, gone, actor=editor)
        with pytest.raises(PermissionDenied, match="lies beyond your remit"):
            merge_places(kept, gone, actor=None, author=editor, reviewed=True)
    assert merge_places(one, two, actor=editor).redirect is not None


# --- ties -------------------------------------------------------------------------------------------------------------


def test_two_ties_with_a_place_in_common_become_one() -> None:
    stays = builders.tie(builders.place("one"), builders.place("two"))
    goes = builders.tie(builders.place("three"), builders.place("one"), founded_year=1982)
    builders.evidence(goes)
    run = ImportRun.objects.create(file_name="list.csv", content=b"")
    row = ImportRow.objects.create(run=run, number=1, outcome="created", relationship=goes)
    suggestion = Suggestion.objects.create(relationship=goes, wrong="a", right="b", source="c", language="en")
    proposal = Proposal.objects.create(kind="edit", relationship=goes)
    redirect = merge_ties(stays, goes, actor=None).redirect
    stays.refresh_from_db()
    assert (stays.founded_year, stays.partner.slug, stays.evidence.count()) == (1982, "two", 1)
    assert [each.relationship for each in again(row, suggestion, proposal)] == [stays] * 3
    assert redirect is not None
    undo_merge(redirect, actor=None)
    assert [each.relationship for each in again(row, suggestion, proposal)] == [goes] * 3


def again(*rows: Any) -> list[Any]:
    """The rows as they are held now."""
    return [type(row)._default_manager.get(pk=row.pk) for row in rows]


def test_facts_of_another_type_of_tie_are_not_taken_over() -> None:
    stays = builders.tie(builders.place("one"), builders.place("two"))
    goes = builders.tie(
        builders.place("one"),
        builders.place("three"),
        type="intent",
        founded_year=1980,
        type_as_printed="意向",
        note_en="N",
    )
    merged = merge_ties(stays, goes, actor=None)
    stays.refresh_from_db()
    assert (stays.founded, stays.type_as_printed, stays.note_en) == (None, "", "N")
    assert [fact.name for _row, fact, _other in merged.differing] == ["type"]


def test_an_end_before_the_beginning_is_not_taken_over() -> None:
    stays = builders.tie(builders.place("one"), builders.place("two"), founded_year=1990)
    goes = builders.tie(builders.place("one"), builders.place("three"), ended_year=1985)
    merge_ties(stays, goes, actor=None)
    stays.refresh_from_db()
    assert stays.ended is None


def test_a_beginning_after_the_end_is_not_taken_over() -> None:
    stays = builders.tie(builders.place("one"), builders.place("two"), ended_year=1985, status="ended")
    goes = builders.tie(builders.place("one"), builders.place("three"), founded_year=1990)
    merge_ties(stays, goes, actor=None)
    stays.refresh_from_db()
    assert stays.founded is None


def test_a_place_is_not_merged_with_a_tie() -> None:
    tie = builders.tie()
    for rows in ((tie, tie.home), (tie.home, tie)):
        with pytest.raises(ValidationError, match="same kind"):
            merging.merge(*rows, actor=None)


def test_ties_without_a_common_place_are_not_merged() -> None:
    with pytest.raises(ValidationError, match="no place in common"):
        merge_ties(builders.tie(), builders.tie(builders.place("three"), builders.place("four")), actor=None)


def test_a_record_is_not_merged_with_itself() -> None:
    tie = builders.tie()
    for row in (tie, tie.home):
        with pytest.raises(ValidationError, match="with itself"):
            merging.merge(row, row, actor=None)


# --- looking before, and taking back ----------------------------------------------------------------------------------


def test_a_preview_says_what_would_move_and_moves_nothing() -> None:
    kept, gone = twins()
    builders.tie(gone, builders.place("one"))
    before = snapshot()
    seen = preview(kept, gone)
    assert snapshot() == before
    assert (seen.moved[Relationship], seen.moved[ReportedTotal], seen.aliases) == (1, 1, ["Citty", "Burg"])


def test_all_is_back_after_an_undo_and_what_staff_has_changed_since_stays() -> None:
    kept, gone = twins()
    tie = builders.tie(gone, builders.place("one"))
    redirect = merge_places(kept, gone, actor=None).redirect
    tie.refresh_from_db()
    tie.note_zh = "核对过"
    curation.save(tie, actor=None)
    kept.refresh_from_db()
    kept.latitude, kept.longitude = 7, 8
    curation.save(kept, actor=User.objects.create_superuser("second"))
    assert redirect is not None
    [left] = undo_merge(redirect, actor=None)
    tie.refresh_from_db()
    kept.refresh_from_db()
    assert (left.row, [fact.name for fact in left.facts], left.who) == (kept, ["coordinates"], "second")
    assert left.why == EDITED
    assert (tie.home_id, tie.note_zh) == (gone.pk, "核对过")
    assert (kept.aliases, kept.latitude, Redirect.objects.count()) == ("Town", 7, 0)


def test_a_merge_of_a_merge_is_taken_back_first() -> None:
    a, b, c = (builders.place(slug) for slug in "abc")
    first = merge_places(b, a, actor=None).redirect
    b.refresh_from_db()
    second = merge_places(c, b, actor=None).redirect
    assert first is not None
    assert second is not None
    with pytest.raises(ValidationError, match="was merged later"):
        undo_merge(first, actor=None)
    assert undo_merge(second, actor=None) == []
    assert undo_merge(first, actor=None) == []
    assert Place.objects.filter(slug__in="abc").count() == 3


def test_an_editor_takes_no_public_merge_back() -> None:
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    kept, gone = twins()
    redirect = merge_places(kept, gone, actor=None).redirect
    assert redirect is not None
    with pytest.raises(PermissionDenied):
        undo_merge(redirect, actor=editor)
    assert not Place.objects.filter(pk=gone.pk).exists()


# --- any register -----------------------------------------------------------------------------------------------------

PLACES = ("kept", "gone", "a", "b")
_TIE = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["sister", "intent"]),
        "status": st.sampled_from(["active", "unknown", "ended"]),
        "founded_year": st.sampled_from([None, 1980, 1990]),
        "ended_year": st.sampled_from([None, 1990, 2000]),
        "note_zh": st.sampled_from(["", "一", "二"]),
        "review_state": st.sampled_from(["draft", "published"]),
        "pieces": st.lists(st.sampled_from(["", "q", "r"]), max_size=3),
    }
)
_PAIRS = [("kept", "a"), ("gone", "a"), ("b", "kept"), ("b", "gone"), ("a", "b")]


@settings(max_examples=30, deadline=None)
@given(
    ties=st.dictionaries(st.sampled_from(_PAIRS), _TIE),
    facts=st.tuples(*[st.sampled_from([None, 1.0, 2.0])] * 2),
    totals=st.sets(st.sampled_from(["kept", "gone"])),
)
def test_a_merge_and_its_undo_leave_every_table_as_it_was(
    ties: dict[tuple[str, str], dict[str, Any]], facts: tuple[float | None, ...], totals: set[str]
) -> None:
    with transaction.atomic():
        for slug, value in zip(PLACES, facts, strict=False):
            builders.place(slug, latitude=value, longitude=value)
        for (home, partner), fields in ties.items():
            pieces = fields.pop("pieces")
            tie = builders.tie(builders.place(home), builders.place(partner), **fields)
            fields["pieces"] = pieces
            for quote in pieces:
                builders.evidence(tie, quote=quote)
                builders.event(tie, text_zh=quote)
        for slug in totals:
            builders.total(builders.place(slug))
        before = snapshot()
        redirect = merge_places(builders.place("kept"), builders.place("gone"), actor=None).redirect
        assert redirect is not None
        assert not Place.objects.filter(slug="gone").exists()
        assert undo_merge(redirect, actor=None) == []
        assert snapshot() == before
        transaction.set_rollback(True)
