"""Suggestions of the public in the admin: the list, one beside its record, the answer, and the record's form."""

from __future__ import annotations

import datetime
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from friendship import curation
from friendship.curation import suggestions
from friendship.enums import SuggestionState
from friendship.models import Evidence, Place, Proposal, Relationship, Suggestion
from tests import builders
from tests.admin.desk import at_the_desk, opened, said, with_permissions

pytestmark = pytest.mark.django_db

LIST = "/en/admin/friendship/suggestion/"
HOSTILE = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


def address(of: Suggestion, step: str = "change/") -> str:
    return f"{LIST}{of.pk}/{step}"


def listed(client: Client, query: str = "") -> list[Suggestion]:
    return list(client.get(LIST + query).context["cl"].result_list)


def decide(client: Client, of: Suggestion, state: str, answer: str = "") -> Any:
    """Press one of the three buttons."""
    return client.post(address(of), {"state": state, "answer": answer})


def wrong(response: Any) -> list[str]:
    return [str(error) for errors in response.context["form"].errors.values() for error in errors]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_those_that_wait_come_first_the_oldest_before() -> None:
    now = timezone.now()
    young, closed, old = (builders.suggestion(created_at=now - datetime.timedelta(days=days)) for days in (1, 30, 9))
    suggestions.close(closed, SuggestionState.DECLINED, actor=None, answer="No")
    editor = at_the_desk("editor", "Editors")
    assert listed(editor) == [old, young, closed]
    assert listed(editor, "?state__exact=open") == [old, young]
    page = editor.get(LIST).content.decode()
    assert "1\xa0week" in page
    assert listed(editor, f"?q={closed.token}") == [closed]
    assert listed(editor, "?q=nothing+of+that") == []


def test_the_list_takes_as_many_queries_for_thirty_rows_as_for_one() -> None:
    root = at_the_desk("root")
    counts = []
    for number in (1, 29):
        for _row in range(number):
            builders.suggestion(builders.tie(builders.place(f"a{_row}-{number}"), builders.place(f"b{_row}-{number}")))
            builders.suggestion(builders.place(f"c{_row}-{number}"))
        root.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            assert root.get(LIST).status_code == 200
        counts.append(len(captured))
    assert counts == [5, 5]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_opens_in_both_languages(prefix: str) -> None:
    root, held = at_the_desk("root"), builders.suggestion(builders.tie())
    closed = builders.suggestion(builders.place("sichuan", level="province"))
    suggestions.close(closed, SuggestionState.ANSWERED, actor=None, answer="Thanks")
    for of in (held, closed):
        for step in ("change/", "delete/", "history/"):
            assert root.get(prefix + address(of, step).removeprefix("/en")).status_code == 200
    assert root.get(prefix + LIST.removeprefix("/en")).status_code == 200


@pytest.mark.parametrize(
    "path", ["abc/change/", "99999999999999999999/change/", "%00/change/", "0/change/", "?q=%00", "?state__exact=%00"]
)
def test_an_address_that_no_suggestion_has_is_not_found(path: str) -> None:
    assert at_the_desk("root").get(LIST + path).status_code == 404


# --- one suggestion ---------------------------------------------------------------------------------------------------


def test_it_stands_beside_its_record_as_that_is_now() -> None:
    tie = builders.tie(founded_year=1982, note_en="A note")
    builders.evidence(tie, builders.source("gazette"))
    held = builders.suggestion(tie, email="reader@example.org")
    Relationship.objects.filter(pk=tie.pk).update(status="ended")
    page = at_the_desk("editor", "Editors").get(address(held))
    facts = dict(page.context["facts"])
    assert (facts["Date established"], facts["Status"], facts["Sources"]) == ("1982", "ended", "Gazette")
    assert facts["Note in English"] == "A note"
    html = page.content.decode()
    assert all(words in html for words in ("Wrong year", "1983", "The Test Gazette", "reader@example.org"))
    assert f'href="/en/admin/friendship/relationship/{tie.pk}/change/?suggestion={held.pk}"' in html


@pytest.mark.parametrize(("slug", "kind"), [("mianyang", "city"), ("sichuan", "province")])
def test_a_place_is_corrected_in_its_own_list(slug: str, kind: str) -> None:
    held = builders.suggestion(Place.objects.get(slug=slug))
    page = at_the_desk("editor", "Editors").get(address(held))
    assert page.context["correct"].startswith(f"/en/admin/friendship/{kind}/")
    assert at_the_desk("other", "Editors").get(page.context["correct"]).context["suggestion"] == held


def test_a_deleted_record_is_said_to_be_deleted() -> None:
    tie = builders.tie()
    held = builders.suggestion(tie)
    curation.delete(tie, actor=None)
    root = at_the_desk("root")
    html = root.get(address(held)).content.decode()
    assert "The record has been deleted since." in html
    assert "Correct the record" not in html
    assert "a deleted record" in root.get(LIST).content.decode()


def test_a_hostile_text_is_shown_and_not_obeyed() -> None:
    held = builders.suggestion(
        builders.tie(), wrong=HOSTILE, right="\u202e" + "x" * 1990, source=f"{HOSTILE} {{{{ x }}}}"
    )
    root = at_the_desk("root")
    record = f"/en/admin/friendship/relationship/{held.relationship_id}/change/?suggestion={held.pk}"
    for where in (LIST, address(held), record):
        html = root.get(where).content.decode()
        assert HOSTILE not in html
        assert ESCAPED in html
    assert (
        'href="javascript:' not in root.get(address(builders.suggestion(source="javascript:alert(1)"))).content.decode()
    )


def test_the_source_that_was_given_can_be_opened_and_taken_over() -> None:
    url = "https://gazette.example/1983?a=1&b=2"
    held = builders.suggestion(builders.tie(), source=f"见 {url}，第2版")
    editor = at_the_desk("editor", "Editors")
    page = editor.get(address(held))
    assert page.context["web_address"] == url
    assert page.context["new_source"] == f"/en/admin/friendship/source/add/?url={quote(url, safe='')}"
    assert opened(editor, page.context["new_source"])["url"] == url
    known = builders.source("gazette", url=f"{url}/")
    assert editor.get(address(held)).context["known_source"] == known
    told = builders.suggestion(source="The Test Gazette, 3 May 1983")
    assert opened(editor, editor.get(address(told)).context["new_source"])["title"] == "The Test Gazette, 3 May 1983"


# --- the answer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", ["Editors", "Reviewers"])
@pytest.mark.parametrize("state", ["accepted", "answered", "declined"])
def test_editors_and_reviewers_close_it_with_an_answer(group: str, state: str) -> None:
    held = builders.suggestion()
    done = decide(at_the_desk("ma", group), held, state, "See the\r\nGazette.")
    assert done["Location"] == f"{LIST}?state__exact=open"
    assert said(done) == [f"The suggestion was closed: {state}."]
    held.refresh_from_db()
    assert (held.state, held.answer, str(held.handled_by)) == (state, "See the\nGazette.", "ma")


@pytest.mark.parametrize(
    ("language", "thanks"),
    [
        ("en", "Thank you. We have checked this and correct the register accordingly."),
        ("zh-hans", "感谢您的指正。经核实，情况属实，本名录将据此更正。"),
    ],
)
def test_thanks_are_said_by_themselves_in_the_language_of_the_sender(language: str, thanks: str) -> None:
    held = builders.suggestion(language=language)
    editor = at_the_desk("editor", "Editors")
    assert thanks in editor.get(address(held)).content.decode()
    decide(editor, held, "accepted")
    assert Suggestion.objects.get().answer == thanks


@pytest.mark.parametrize(
    ("state", "answer", "told"),
    [
        ("answered", "", "Answer: say why, to the person who sent the suggestion."),
        ("declined", " \r\n", "Answer: say why, to the person who sent the suggestion."),
        ("accepted", "x" * 2001, "Answer: at most 2000 characters; these are 2001."),
        ("accepted", "kept\0", "Null characters are not allowed."),
        ("open", "kept", "Select a valid choice. open is not one of the available choices."),
        ("", "kept", "This field is required."),
    ],
)
def test_what_cannot_be_answered_is_said_and_nothing_typed_is_lost(state: str, answer: str, told: str) -> None:
    held = builders.suggestion()
    refused = decide(at_the_desk("editor", "Editors"), held, state, answer)
    assert (refused.status_code, wrong(refused)) == (200, [told])
    assert refused.context["form"]["answer"].value() == answer
    assert Suggestion.objects.get().is_open


def test_of_two_who_answer_at_once_the_second_is_told_and_keeps_the_words() -> None:
    held = builders.suggestion()
    decide(at_the_desk("first", "Editors"), held, "accepted", "Yes")
    late = decide(at_the_desk("second", "Editors"), held, "declined", "My long reason")
    assert re.fullmatch(r"first closed this suggestion on .+: accepted\. Nothing was changed by you\.", wrong(late)[0])
    html = late.content.decode()
    assert "My long reason" in html
    assert "<textarea" not in html
    held.refresh_from_db()
    assert (held.state, held.answer) == ("accepted", "Yes")


def test_who_may_only_look_sees_no_button() -> None:
    held = builders.suggestion()
    guest = with_permissions("view_suggestion")
    page = guest.get(address(held))
    assert (page.status_code, "<textarea" in page.content.decode()) == (200, False)
    assert decide(guest, held, "declined", "No").status_code == 403
    assert Suggestion.objects.get().is_open


def test_who_may_not_look_is_refused() -> None:
    held = builders.suggestion()
    stranger = with_permissions("view_relationship")
    refused = {path: stranger.get(path).status_code for path in (LIST, address(held), address(held, "delete/"))}
    assert set(refused.values()) == {403}
    assert decide(stranger, held, "declined", "No").status_code == 403


def test_nobody_adds_one_and_only_reviewers_delete() -> None:
    held = builders.suggestion()
    editor, reviewer = at_the_desk("editor", "Editors"), at_the_desk("reviewer", "Reviewers")
    assert reviewer.get(f"{LIST}add/").status_code == 403
    assert editor.post(address(held, "delete/"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [held.pk], "post": "yes"}
    editor.post(LIST, chosen)
    assert Suggestion.objects.exists()
    reviewer.post(LIST, chosen)
    assert not Suggestion.objects.exists()
    other = builders.suggestion()
    assert reviewer.post(address(other, "delete/"), {"post": "yes"}).status_code == 302
    assert not Suggestion.objects.exists()


# --- the form of the record -------------------------------------------------------------------------------------------


@pytest.fixture
def tie() -> Relationship:
    return builders.tie(founded_year=1982, review_state="draft")


def record(tie: Relationship, query: str = "") -> str:
    return f"/en/admin/friendship/relationship/{tie.pk}/change/{query}"


def test_the_record_is_corrected_with_the_suggestion_above_and_leads_back(tie: Relationship) -> None:
    held, editor = builders.suggestion(tie), at_the_desk("editor", "Editors")
    where = record(tie, f"?suggestion={held.pk}")
    html = editor.get(where).content.decode()
    assert all(words in html for words in ("What the public suggests", "Wrong year", "The Test Gazette"))
    saved = editor.post(where, {**opened(editor, where), "founded": "1983"})
    assert saved["Location"] == address(held)
    tie.refresh_from_db()
    assert (tie.founded_year, Suggestion.objects.get().state) == (1983, "open")
    went_on = editor.post(where, {**opened(editor, where), "founded": "1984", "_continue": "1"})
    assert went_on["Location"] == where


def test_what_the_public_sees_is_proposed_with_the_suggestion_as_its_reason() -> None:
    published = builders.tie(founded_year=1982)
    held, editor = builders.suggestion(published), at_the_desk("editor", "Editors")
    where = record(published, f"?suggestion={held.pk}")
    reason = f"Suggestion {held} from the public"
    assert f'value="{reason}"' in editor.get(where).content.decode()
    done = editor.post(where, {**opened(editor, where), "founded": "1983", "proposal_note": reason})
    assert done["Location"] == address(held)
    assert said(done)[0].startswith("Proposed. ")
    published.refresh_from_db()
    proposal = Proposal.objects.get()
    assert (published.founded_year, proposal.state, proposal.note) == (1982, "open", reason)


def test_without_a_suggestion_the_form_is_as_it_was(tie: Relationship) -> None:
    editor = at_the_desk("editor", "Editors")
    assert "What the public suggests" not in editor.get(record(tie)).content.decode()
    saved = editor.post(record(tie), {**opened(editor, record(tie)), "founded": "1983"})
    assert saved["Location"] == "/en/admin/friendship/relationship/"


def test_what_the_address_names_must_be_of_this_record_and_of_this_user(tie: Relationship) -> None:
    held, other = builders.suggestion(tie), builders.suggestion(builders.place("one"))
    editor, clerk = at_the_desk("editor", "Editors"), with_permissions("view_relationship", "change_relationship")
    for client, asked in (
        *((editor, asked) for asked in (other.pk, "abc", "", "-1", "9" * 30, "٣")),
        (clerk, held.pk),
    ):
        page = client.get(record(tie, f"?suggestion={asked}"))
        assert (page.status_code, page.context["suggestion"]) == (200, None)


def test_a_source_that_the_register_knows_begins_the_new_evidence(tie: Relationship) -> None:
    paper = builders.source("gazette", url="https://gazette.example/1983")
    held = builders.suggestion(tie, source="https://gazette.example/1983/")
    editor, where = at_the_desk("editor", "Editors"), record(tie, f"?suggestion={held.pk}")
    form = opened(editor, where)
    assert (form["evidence-TOTAL_FORMS"], form["evidence-0-source"]) == (1, paper.pk)
    filled = {"evidence-0-claim": "founded", "evidence-0-value": "1983", "evidence-0-strength": "explicit"}
    assert editor.post(where, {**form, **filled})["Location"] == address(held)
    piece = Evidence.objects.get(relationship=tie)
    assert (piece.source, piece.claim, piece.value) == (paper, "founded", "1983")


def test_evidence_that_was_begun_is_not_lost_in_silence(tie: Relationship) -> None:
    builders.source("gazette", url="https://gazette.example/1983")
    held = builders.suggestion(tie, source="https://gazette.example/1983")
    editor, where = at_the_desk("editor", "Editors"), record(tie, f"?suggestion={held.pk}")
    refused = editor.post(where, {**opened(editor, where), "founded": "1983"})
    assert refused.status_code == 200
    assert "This field is required." in refused.content.decode()


def test_a_closed_suggestion_begins_nothing(tie: Relationship) -> None:
    builders.source("gazette", url="https://gazette.example/1983")
    held = builders.suggestion(tie, source="https://gazette.example/1983")
    suggestions.close(held, SuggestionState.DECLINED, actor=None, answer="No")
    editor = at_the_desk("editor", "Editors")
    where = record(tie, f"?suggestion={held.pk}")
    assert opened(editor, where)["evidence-TOTAL_FORMS"] == 0
    assert "This suggestion is closed: declined." in editor.get(where).content.decode()


def test_a_record_with_suggestions_can_be_deleted_and_they_stay(tie: Relationship) -> None:
    held = builders.suggestion(tie)
    root = at_the_desk("root")
    where = f"/en/admin/friendship/relationship/{tie.pk}/delete/?seen={tie.version}"
    assert root.post(where, {"post": "yes"}).status_code == 302
    assert not Relationship.objects.filter(pk=tie.pk).exists()
    assert Suggestion.objects.get().relationship_id == held.relationship_id


def test_an_account_that_goes_takes_no_answer_with_it() -> None:
    held = builders.suggestion()
    decide(at_the_desk("ma", "Editors"), held, "declined", "No")
    User.objects.get(username="ma").delete()
    held.refresh_from_db()
    assert (held.handled_by, held.answer) == (None, "No")
    assert at_the_desk("root").get(address(held)).status_code == 200
