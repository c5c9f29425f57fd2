"""The history of a record holds all that belongs to it, and one change of it can be taken back."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from friendship import curation
from friendship.models import Event, Evidence, ImportRun, Place, Policy, Proposal, Relationship
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, said, with_permissions
from tests.admin.test_history import told
from tests.admin.test_proposals import decide

pytestmark = pytest.mark.django_db

PLACES = "/en/admin/friendship/city/"


@pytest.fixture
def reviewer() -> Client:
    """A reviewer who may publish what nobody else has looked at."""
    Policy.objects.update_or_create(pk=1, defaults={"own_changes": "always"})
    return at_the_desk("reviewer", "Reviewers")


@pytest.fixture
def tie() -> Relationship:
    """A tie of which two facts were changed at once, with evidence, and later a third."""
    tie = builders.tie(status="active")
    tie.status, tie.note_en = "ended", "one"
    curation.save(tie, actor=None, reason="a")
    piece = Evidence(relationship=tie, source=builders.source(), claim="status", value="ended")
    curation.save(piece, actor=None, reason="a")
    tie.note_zh = "二"
    curation.save(tie, actor=None, reason="b")
    return tie


def tokens(row: Any, reason: str) -> list[str]:
    """The records of one change set of a tie."""
    found = []
    for model in (Relationship, Evidence, Event, Place):
        records = model.history.filter(history_change_reason=reason)
        found += [f"{model._meta.model_name}-{record.history_id}" for record in records]
    return found


def revert(client: Client, tie: Any, records: list[str], of: str = RELATIONSHIPS, **entries: Any) -> Any:
    return client.post(f"{of}{tie.pk}/revert/", {"record": records, **entries})


def shown(response: Any) -> list[str]:
    """The facts of a page that asks: what stands there and what should."""
    rows = re.findall(r"<tr[^>]*>\s*<th scope=\"row\">(.*?)</tr>", response.content.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def test_one_list_tells_of_the_tie_its_evidence_and_its_events(reviewer: Client, tie: Relationship) -> None:
    event = builders.event(tie, date_year=1990)
    event.date_year = 1991
    event.version += 1
    curation.sign(event, User.objects.get(username="reviewer"), "")
    event.save()
    curation.delete(tie.evidence.get(), actor=None, reason="c")
    assert told(reviewer, f"{RELATIONSHIPS}{tie.pk}/history/") == [
        "— Deleted · Evidence: status: ended · Paper c",
        "reviewer Changed · Event: 1991 signing Date 1990 → 1991",
        "— Created · Event: 1990 signing",
        "— Changed Note in Chinese — → 二 b",
        "— Changed Status active → ended Note in English — → one Created · Evidence: status: ended · Paper a",
        "— Created",
    ]


def test_reasons_are_said_in_words_with_their_page(reviewer: Client, tie: Relationship) -> None:
    run = ImportRun.objects.create(file_name="list.csv", content=b"")
    for reason in (run.history_reason, f"{run.history_reason}/undo", "proposal/999", "merge/998/undo", "revert/tie/1"):
        tie.note_en += "x"
        curation.save(tie, actor=None, reason=reason)
    page = reviewer.get(f"{RELATIONSHIPS}{tie.pk}/history/").content.decode()
    reasons = re.findall(r'<p class="help">(.*?)</p>', page)[:5]
    link = f'<a href="/en/admin/friendship/importrun/{run.pk}/change/">'
    assert reasons == [
        "An earlier change was taken back.",
        "Merging 998 was undone",
        "Proposed change 999",
        f"{link}Import {run.pk} was undone</a>",
        f"{link}Import {run.pk}</a>",
    ]


def test_the_page_asks_first_and_says_what_would_go_back(reviewer: Client, tie: Relationship) -> None:
    records = tokens(tie, "a")
    page = reviewer.get(f"{RELATIONSHIPS}{tie.pk}/revert/?" + "&".join(f"record={token}" for token in records))
    assert shown(page)[-2:] == ["Status ended active", "Note in English one —"]
    tie.refresh_from_db()
    assert (tie.status, tie.evidence.count()) == ("ended", 1)


def test_one_set_of_changes_is_taken_back_and_later_ones_stay(reviewer: Client, tie: Relationship) -> None:
    response = revert(reviewer, tie, tokens(tie, "a"))
    tie.refresh_from_db()
    assert (tie.status, tie.note_en, tie.note_zh, tie.evidence.count()) == ("active", "", "二", 0)
    assert said(response) == ["Taken back. The history keeps both."]
    last = tie.history.first()
    assert (str(last.history_user), last.history_change_reason[:20]) == ("reviewer", "revert/relationship/")


def test_one_record_of_a_set_is_taken_back_alone(reviewer: Client, tie: Relationship) -> None:
    revert(reviewer, tie, [token for token in tokens(tie, "a") if token.startswith("evidence")])
    tie.refresh_from_db()
    assert (tie.status, tie.evidence.count()) == ("ended", 0)


def test_what_was_deleted_comes_back(reviewer: Client, tie: Relationship) -> None:
    pk = tie.evidence.get().pk
    curation.delete(tie.evidence.get(), actor=None, reason="c")
    revert(reviewer, tie, tokens(tie, "c"))
    assert tie.evidence.get().pk == pk


def test_a_fact_that_was_changed_since_stays_and_is_named_with_who(reviewer: Client, tie: Relationship) -> None:
    tie.status = "suspended"
    curation.save(tie, actor=User.objects.get(username="reviewer"), reason="c")
    response = revert(reviewer, tie, tokens(tie, "a"))
    tie.refresh_from_db()
    assert (tie.status, tie.note_en) == ("suspended", "")
    assert said(response) == [
        "relationship “One – Two”: Staff has changed it since. It stays: status. Changed by reviewer.",
        "Taken back. The history keeps both.",
    ]


def test_in_chinese_what_stays_is_told_without_blanks(reviewer: Client, tie: Relationship) -> None:
    tie.status, tie.note_en = "suspended", "by hand"
    curation.save(tie, actor=User.objects.get(username="reviewer"), reason="c")
    sent = {"record": tokens(tie, "a")}
    [told, *_others] = said(reviewer.post(f"/admin/friendship/relationship/{tie.pk}/revert/", sent))
    assert told == "友城关系“One—Two”：此后有工作人员修改过。保持不变的内容：状态、英文说明。由reviewer修改。"


def test_taking_back_is_itself_taken_back(reviewer: Client, tie: Relationship) -> None:
    revert(reviewer, tie, tokens(tie, "b"))
    reason = tie.history.first().history_change_reason
    revert(reviewer, tie, tokens(tie, reason))
    tie.refresh_from_db()
    assert tie.note_zh == "二"


def test_a_place_has_the_same(reviewer: Client) -> None:
    place = builders.place("one")
    place.name_en = "Uno"
    curation.save(place, actor=None, reason="a")
    total = builders.total(place)
    assert told(reviewer, f"{PLACES}{place.pk}/history/") == [
        f"— Created · Reported total: all levels · ties in all: {total.figure} · Paper",
        "— Changed English name One → Uno a",
        "— Created",
    ]
    revert(reviewer, place, tokens(place, "a"), PLACES)
    place.refresh_from_db()
    assert place.name_en == "One"


def test_an_editor_proposes_and_a_reviewer_takes_it_back(tie: Relationship) -> None:
    editor, second = at_the_desk("editor", "Editors"), at_the_desk("second", "Reviewers")
    response = revert(editor, tie, tokens(tie, "a"), proposal_note="wrong tie")
    proposal = Proposal.objects.get()
    assert response["Location"] == f"/en/admin/friendship/proposal/{proposal.pk}/change/"
    assert (proposal.kind, proposal.state, proposal.note) == ("revert", "open", "wrong tie")
    tie.refresh_from_db()
    assert tie.status == "ended"
    decide(second, proposal, "apply")
    tie.refresh_from_db()
    assert (tie.status, tie.note_en, tie.note_zh, tie.evidence.count()) == ("active", "", "二", 0)


def test_what_comes_back_by_a_proposal_has_its_former_key(tie: Relationship) -> None:
    pk = tie.evidence.get().pk
    curation.delete(tie.evidence.get(), actor=None, reason="c")
    editor, second = at_the_desk("editor", "Editors"), at_the_desk("second", "Reviewers")
    revert(editor, tie, tokens(tie, "c"))
    decide(second, Proposal.objects.get(), "apply")
    assert tie.evidence.get().pk == pk


def test_where_all_was_changed_since_nothing_is_taken_back(reviewer: Client, tie: Relationship) -> None:
    tie.note_zh = "三"
    curation.save(tie, actor=None, reason="c")
    before = tie.history.count()
    stays = "relationship “One – Two”: Staff has changed it since. It stays: note in Chinese."
    assert said(revert(reviewer, tie, tokens(tie, "b"))) == [stays]
    editor = at_the_desk("editor", "Editors")
    Policy.objects.update(own_changes="never")
    assert said(revert(editor, tie, tokens(tie, "b"))) == ["Nothing of it is left to take back."]
    assert (tie.history.count(), Proposal.objects.count()) == (before, 0)


def test_a_piece_that_was_edited_since_it_was_added_stays_whole(reviewer: Client, tie: Relationship) -> None:
    piece = tie.evidence.get()
    piece.value = "suspended"
    curation.save(piece, actor=User.objects.get(username="reviewer"), reason="c")
    told, *_others = said(revert(reviewer, tie, tokens(tie, "a")))
    assert told == "evidence “status: suspended”: Staff has changed it since. Changed by reviewer."
    assert tie.evidence.get() == piece


def test_records_of_others_are_not_taken_back_from_here(reviewer: Client, tie: Relationship) -> None:
    other = builders.tie(builders.place("three"), builders.place("four"))
    other.note_en = "other"
    curation.save(other, actor=None, reason="other")
    response = revert(reviewer, tie, tokens(other, "other"))
    other.refresh_from_db()
    assert (said(response), other.note_en) == (["Choose a change of this record."], "other")


@pytest.mark.parametrize("token", ["", "x", "relationship-", "relationship-99999999999999999999", "a\0b", "tie-1"])
def test_a_wrong_address_takes_nothing_back(reviewer: Client, tie: Relationship, token: str) -> None:
    assert said(revert(reviewer, tie, [token])) == ["Choose a change of this record."]


def test_a_record_that_is_not_there_has_no_such_page(reviewer: Client) -> None:
    for key in ("999999", "abc", "99999999999999999999"):
        assert reviewer.get(f"{RELATIONSHIPS}{key}/revert/?record=a").status_code == 404


def test_who_may_not_even_look_is_shown_no_history(tie: Relationship) -> None:
    guest = with_permissions("view_source")
    assert guest.get(f"{RELATIONSHIPS}{tie.pk}/history/").status_code == 403


def test_who_may_only_look_sees_the_history_and_takes_nothing_back(tie: Relationship) -> None:
    guest = with_permissions("view_relationship")
    page = guest.get(f"{RELATIONSHIPS}{tie.pk}/history/")
    assert (page.status_code, "/revert/" in page.content.decode()) == (200, False)
    assert revert(guest, tie, tokens(tie, "a")).status_code == 403


def test_a_long_history_is_shown_in_pages_with_few_queries(
    reviewer: Client, tie: Relationship, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        tie.note_en = f"{number}"
        curation.save(tie, actor=None, reason=f"change/{number}")
    with django_assert_max_num_queries(16):
        assert len(told(reviewer, f"{RELATIONSHIPS}{tie.pk}/history/")) == 50
    assert len(told(reviewer, f"{RELATIONSHIPS}{tie.pk}/history/?p=2")) == 13
