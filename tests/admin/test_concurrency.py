"""Two people at two desks: nobody’s change is lost in silence, and nobody’s entries disappear from the screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import models
from django.utils import translation

from friendship import curation
from friendship.models import Evidence, Relationship
from tests import builders
from tests.admin.desk import RELATIONSHIPS, act, at_the_desk, opened, problems, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_review")]


def stale(who: str, row: Any, fact: str = "") -> str:
    """The message after someone else has saved, who changed the same fact."""
    with translation.override("en"), pytest.raises(curation.StaleVersion) as refused:
        curation.lock(row, -1)
    message = str(refused.value)
    assert message.startswith(f"{who} changed this record on ")
    return message.replace("opened it. ", f"opened it. Changed: {fact}. ") if fact else message


def test_a_form_older_than_the_record_is_refused_with_its_entries_kept() -> None:
    tie = builders.tie()
    piece = builders.evidence(tie)
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    first, second = at_the_desk("first", "Reviewers"), at_the_desk("second", "Reviewers")
    old, new = opened(second, address), opened(first, address)
    first.post(address, new | {"note_en": "by the first"})

    response = second.post(address, old | {"note_en": "by the second", "evidence-0-quote": "by the second"})
    tie.refresh_from_db()
    piece.refresh_from_db()
    assert problems(response) == [stale("first", tie, "Note in English")]
    assert (tie.note_en, piece.quote, tie.version) == ("by the first", "", 2)
    assert [str(entry.history_user) for entry in tie.history.filter(history_type="~")] == ["first"]
    kept = response.content.decode()
    assert kept.count("by the second") == 2
    assert '<input type="hidden" name="seen_version" value="1"' in kept


def test_an_entry_below_the_record_is_guarded_as_well() -> None:
    tie = builders.tie()
    piece = builders.evidence(tie)
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    first, second = at_the_desk("first", "Reviewers"), at_the_desk("second", "Reviewers")
    old = opened(second, address)
    first.post(address, opened(first, address) | {"evidence-0-quote": "by the first"})

    for entries, fact in (({"evidence-0-quote": "by the second"}, "Quote"), ({"evidence-0-DELETE": "on"}, "")):
        [problem] = problems(second.post(address, old | entries))
        assert re.fullmatch(f"Evidence “[^”]+”: {re.escape(stale('first', piece, fact))}", problem)
    tie.refresh_from_db()
    piece.refresh_from_db()
    assert (tie.note_en, piece.quote) == ("", "by the first")


def test_what_does_not_clash_is_kept_of_both_and_said() -> None:
    tie = builders.tie()
    piece = builders.evidence(tie)
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    first, second = at_the_desk("first", "Reviewers"), at_the_desk("second", "Reviewers")
    old = opened(second, address)
    first.post(address, opened(first, address) | {"evidence-0-quote": "by the first", "note_zh": "第一人"})

    response = second.post(address, old | {"note_en": "by the second"})
    told = [message for message in said(response) if "Both changes are kept." in message]
    assert told == [
        "“One – Two”: somebody has changed this meanwhile: Note in Chinese. Both changes are kept.",
        "“the tie itself: sister city”: somebody has changed this meanwhile: Quote. Both changes are kept.",
    ]
    tie.refresh_from_db()
    piece.refresh_from_db()
    assert (tie.note_zh, tie.note_en, piece.quote) == ("第一人", "by the second", "by the first")


def test_in_chinese_facts_stand_in_a_list_and_sentences_without_a_blank() -> None:
    tie = builders.tie()
    address = f"/admin/friendship/relationship/{tie.pk}/change/"
    first, second = at_the_desk("first", "Reviewers"), at_the_desk("second", "Reviewers")
    old = opened(second, address)
    theirs = {"note_en": "by the first", "founded": "1999"}
    first.post(address, opened(first, address) | theirs)
    [told, _saved] = said(second.post(address, old | {"note_zh": "第二人"}))
    assert told == "“One—Two”：其间有人修改了结好时间、英文说明。双方的修改均已保留。"
    [refused] = problems(second.post(address, old | {"note_en": "mine", "founded": "2001"}))
    assert "。更新内容：结好时间、英文说明。本次没有保存，您填写的内容仍在下方。" in refused


def test_an_entry_that_is_gone_is_named_as_the_reason() -> None:
    tie = builders.tie()
    builders.evidence(tie)
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    editor = at_the_desk("editor", "Reviewers")
    old = opened(editor, address)
    Evidence.objects.filter(relationship=tie).delete()
    assert problems(editor.post(address, old | {"evidence-0-quote": "mine"}))[-1] == (
        "This record has been deleted since you opened it. Nothing was saved."
    )


def test_a_form_without_a_version_is_refused() -> None:
    tie = builders.tie()
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    editor = at_the_desk("editor", "Reviewers")
    response = editor.post(address, opened(editor, address) | {"seen_version": "", "note_en": "blind"})
    assert problems(response) == ["This form does not say which version of the record it shows. Open it again."]


def test_two_people_who_add_the_same_pair_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one’s checks ran before the first one’s row was there: the database refuses."""
    builders.tie()
    checks = iter([False, False, True])
    honest = models.Model.validate_constraints

    def blind_at_first(row: models.Model, exclude: Any = None) -> None:
        if next(checks):
            honest(row, exclude)

    monkeypatch.setattr(Relationship, "validate_constraints", blind_at_first)
    editor = at_the_desk("editor", "Reviewers")
    entries = opened(editor, f"{RELATIONSHIPS}add/") | {"type": "sister"}
    entries |= {"home": builders.place("two").pk, "partner": builders.place("one").pk}
    assert problems(editor.post(f"{RELATIONSHIPS}add/", entries)) == [
        "Someone else saved a record that collides with this one at the same moment. Nothing was saved.",
        "Home side and partner side: this pair is already in the register.",
    ]
    assert Relationship.objects.filter(home__slug__in=["one", "two"]).count() == 1


def test_an_action_that_is_refused_changes_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = builders.ties(2, review_state="draft")
    honest = curation.lock

    def changed_meanwhile(row: Any, seen_version: int) -> int:
        return honest(row, seen_version if row.pk == max(tie.pk for tie in rows) else -1)

    monkeypatch.setattr(curation, "lock", changed_meanwhile)
    response = act(at_the_desk("reviewer", "Reviewers"), "publish", rows)
    assert [message.split(" changed this record on ")[0] for message in said(response)] == ["Someone"]
    assert set(Relationship.objects.filter(home__slug="one").values_list("review_state", flat=True)) == {"draft"}
