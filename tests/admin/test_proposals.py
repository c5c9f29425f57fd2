"""At the desk: an editor proposes, a reviewer sees the difference field by field, publishes or returns it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from friendship import curation
from friendship.curation import proposals
from friendship.models import Evidence, Policy, Proposal, Relationship, ReportedTotal
from tests import builders
from tests.admin.desk import RELATIONSHIPS, act, at_the_desk, opened, problems, said, with_permissions

pytestmark = pytest.mark.django_db

PROPOSALS = "/en/admin/friendship/proposal/"


@pytest.fixture
def editor() -> Client:
    return at_the_desk("editor", "Editors")


@pytest.fixture
def reviewer() -> Client:
    return at_the_desk("reviewer", "Reviewers")


def form(tie: Relationship) -> str:
    return f"{RELATIONSHIPS}{tie.pk}/change/"


def propose(editor: Client, tie: Relationship, **entries: Any) -> Proposal:
    """Change something in the form of a public tie and press the button."""
    editor.post(form(tie), opened(editor, form(tie)) | entries)
    return Proposal.objects.latest("pk")


def page(client: Client, proposal: Proposal) -> Any:
    return client.get(f"{PROPOSALS}{proposal.pk}/change/")


def decide(client: Client, proposal: Proposal, decision: str, **entries: Any) -> Any:
    """Open the page of a proposal and press one of its buttons."""
    context = page(client, proposal).context
    sent = {"decision": decision, "seen": context["seen"], **entries}
    return client.post(f"{PROPOSALS}{proposal.pk}/decide/", sent)


def told(client: Client, proposal: Proposal) -> list[str]:
    """The rows of the page: each fact with what stands there and what should."""
    return told_in(page(client, proposal))


def told_in(response: Any) -> list[str]:
    rows = re.findall(r"<tr[^>]*>\s*<th scope=\"row\">(.*?)</tr>", response.content.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def buttons(client: Client, proposal: Proposal) -> list[str]:
    return re.findall(r'name="decision" value="(\w+)"', page(client, proposal).content.decode())


# --- from the form to the public --------------------------------------------------------------------------------------


def test_an_editors_change_of_a_public_tie_becomes_a_proposal(editor: Client) -> None:
    tie = builders.tie(founded_year=1982)
    assert "The public sees this record." in editor.get(form(tie)).content.decode()
    response = editor.post(
        form(tie),
        opened(editor, form(tie)) | {"founded": "1982-10", "type": "cooperation", "proposal_note": "the agreement"},
    )
    proposal = Proposal.objects.get()
    assert response["Location"] == f"{PROPOSALS}{proposal.pk}/change/"
    assert said(response) == [
        "Proposed. The public goes on seeing what stood there until another person has looked at it."
    ]
    assert (proposal.note, proposal.state, str(proposal.author)) == ("the agreement", "open", "editor")
    tie.refresh_from_db()
    assert (tie.type, tie.founded_month, tie.version, tie.history.count()) == ("sister", None, 1, 1)
    assert told(editor, proposal) == ["Type sister city friendly cooperation", "Date established 1982 October 1982"]
    assert buttons(editor, proposal) == ["withdraw"]


def test_a_reviewer_publishes_it(editor: Client, reviewer: Client) -> None:
    tie = builders.tie()
    proposal = propose(editor, tie, note_en="new")
    assert buttons(reviewer, proposal) == ["apply", "return", "decline"]
    assert said(decide(reviewer, proposal, "apply")) == ["Published: the register now says so."]
    tie.refresh_from_db()
    assert tie.note_en == "new"
    assert buttons(reviewer, proposal) == ["undo"]
    decide(reviewer, proposal, "undo")
    tie.refresh_from_db()
    assert tie.note_en == ""


def test_returned_with_a_word_it_is_mended_in_the_form_and_submitted_again(editor: Client, reviewer: Client) -> None:
    tie, paper = builders.tie(), builders.source()
    builders.evidence(tie, paper, quote="old")
    new = {"evidence-TOTAL_FORMS": "2", "evidence-1-source": paper.pk, "evidence-1-claim": "founded"}
    new |= {"evidence-1-value": "1982", "evidence-1-quote": "since 1982", "evidence-1-strength": "explicit"}
    proposal = propose(editor, tie, note_en="new", **{"evidence-0-quote": "mended"}, **new)
    assert [change["action"] for change in proposal.changes] == ["change", "change", "add"]

    assert said(decide(reviewer, proposal, "return")) == ["Reviewer’s word: say what is to be mended."]
    decide(reviewer, proposal, "return", word="Which month?")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.word) == ("returned", "Which month?")

    mending = f"{form(tie)}?proposal={proposal.pk}"
    shown = editor.get(mending)
    assert "Which month?" in shown.content.decode()
    entries = opened(editor, mending)
    assert (entries["note_en"], entries["evidence-0-quote"], entries["evidence-1-quote"]) == (
        "new",
        "mended",
        "since 1982",
    )
    editor.post(mending, entries | {"note_en": "newer", "evidence-1-value": "1982年10月"})
    proposal.refresh_from_db()
    assert (proposal.state, Proposal.objects.count()) == ("open", 1)

    decide(reviewer, proposal, "apply")
    tie.refresh_from_db()
    pieces = tie.evidence.order_by("pk").values_list("claim", "value", "quote")
    assert (tie.note_en, list(pieces)) == ("newer", [("tie", "sister", "mended"), ("founded", "1982-10", "since 1982")])


def test_somebody_elses_proposal_is_not_mended(editor: Client, reviewer: Client) -> None:
    tie = builders.tie()
    proposal = propose(editor, tie, note_en="new")
    for key in (str(proposal.pk), "0", "x", "9" * 30, "²"):
        assert opened(reviewer, f"{form(tie)}?proposal={key}")["note_en"] == ""


def test_a_reviewers_own_change_waits_for_another_reviewer(editor: Client, reviewer: Client) -> None:
    tie = builders.tie()
    proposal = propose(reviewer, tie, note_en="mine")
    assert buttons(reviewer, proposal) == ["withdraw"]
    assert "This is your own proposal" in page(reviewer, proposal).content.decode()
    assert said(decide(reviewer, proposal, "apply")) == [
        "This is your own proposal: another reviewer has to look at it."
    ]
    tie.refresh_from_db()
    assert tie.note_en == ""
    decide(at_the_desk("second", "Reviewers"), proposal, "apply")
    tie.refresh_from_db()
    assert tie.note_en == "mine"


def test_who_works_alone_changes_the_public_record_at_once() -> None:
    tie, root = builders.tie(), at_the_desk("root")
    root.post(form(tie), opened(root, form(tie)) | {"note_en": "new"})
    tie.refresh_from_db()
    assert (tie.note_en, Proposal.objects.count()) == ("new", 0)


def test_what_nobody_changed_is_no_proposal(editor: Client) -> None:
    tie = builders.tie()
    editor.post(form(tie), opened(editor, form(tie)))
    assert Proposal.objects.count() == 0


def test_rows_of_their_own_lists_are_proposed_as_well(editor: Client, reviewer: Client) -> None:
    one, paper = builders.place("one"), builders.source()
    address = "/en/admin/friendship/reportedtotal/add/"
    entries = opened(editor, address) | {"place": one.pk, "source": paper.pk, "scope": "all", "metric": "all"}
    editor.post(address, entries | {"value": "5", "as_of": "2020"})
    proposal = Proposal.objects.get()
    assert (ReportedTotal.objects.filter(place=one).count(), proposal.changes[0]["action"]) == (0, "add")
    decide(reviewer, proposal, "apply")
    assert ReportedTotal.objects.get(place=one).value == 5


def test_deleting_evidence_of_a_public_tie_is_proposed(editor: Client, reviewer: Client) -> None:
    tie = builders.tie()
    piece = builders.evidence(tie)
    proposal = propose(editor, tie, **{"evidence-0-DELETE": "on"})
    assert Evidence.objects.filter(pk=piece.pk).exists()
    assert told(editor, proposal)[-1] == "Strength explicit"
    decide(reviewer, proposal, "apply")
    assert not Evidence.objects.filter(pk=piece.pk).exists()


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_saved_and_submitted_in_one_step_and_shown_whole(editor: Client, reviewer: Client) -> None:
    tie = builders.tie(review_state="draft", note_en="as the newspaper says")
    builders.evidence(tie, quote="sister cities")
    editor.post(form(tie), opened(editor, form(tie)) | {"_submit": "", "founded": "1982", "proposal_note": "new"})
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.relationship, proposal.state) == ("publish", tie, "open")
    lines = told(reviewer, proposal)
    assert {"Date established 1982", "Note in English as the newspaper says", "Quote sister cities"} <= set(lines)
    assert Client().get(f"/en/relationships/{tie.pk}/").status_code == 404
    decide(reviewer, proposal, "apply")
    assert Client().get(f"/en/relationships/{tie.pk}/").status_code == 200


def test_whoever_decides_has_seen_the_draft_as_it_is(editor: Client, reviewer: Client) -> None:
    tie = builders.tie(review_state="draft")
    editor.post(form(tie), opened(editor, form(tie)) | {"_submit": ""})
    proposal = Proposal.objects.get()
    seen = page(reviewer, proposal).context["seen"]
    editor.post(form(tie), opened(editor, form(tie)) | {"note_en": "one more thing"})
    response = reviewer.post(f"{PROPOSALS}{proposal.pk}/decide/", {"decision": "apply", "seen": seen})
    assert said(response) == ["Something has changed since you opened this page. Look at it again, then decide."]
    tie.refresh_from_db()
    assert tie.review_state == "draft"


# --- clashes ----------------------------------------------------------------------------------------------------------


def test_a_clash_shows_three_values_and_keeps_what_was_typed(editor: Client, reviewer: Client) -> None:
    tie = builders.tie(note_en="old")
    first, second = propose(editor, tie, note_en="first"), propose(editor, tie, note_en="second")
    decide(reviewer, first, "apply")
    response = decide(reviewer, second, "apply", word="typed already")
    assert told_in(response) == ["Note in English old By now: first second"]
    assert "typed already" in response.content.decode()
    assert Proposal.objects.get(pk=second.pk).state == "open"


def test_a_form_names_what_others_have_proposed(editor: Client) -> None:
    tie = builders.tie()
    proposal = propose(editor, tie, note_en="new")
    shown = at_the_desk("second", "Editors").get(form(tie)).content.decode()
    assert "A proposal by editor about this record waits for review." in shown
    assert f'href="{PROPOSALS}{proposal.pk}/change/"' in shown


def test_a_form_older_than_the_record_proposes_nothing(editor: Client) -> None:
    tie = builders.tie()
    entries = opened(editor, form(tie))
    tie.note_en = "theirs"
    curation.save(tie, actor=None)
    [problem] = problems(editor.post(form(tie), entries | {"note_en": "mine"}))
    assert "Nothing was saved: your entries are still below." in problem
    assert Proposal.objects.count() == 0


# --- in the words of the reader ---------------------------------------------------------------------------------------


def test_facts_are_told_as_the_history_tells_them(editor: Client) -> None:
    tie = builders.tie(founded_year=1982)
    builders.evidence(tie, quote="since 1982")  # of the claim tie: a kind of tie, by its code
    proposal = propose(editor, tie, **{"founded": "1982-10", "evidence-0-value": "cooperation"})
    assert told(editor, proposal) == ["Date established 1982 October 1982", "Value sister city friendly cooperation"]
    chinese = told_in(editor.get(f"/admin/friendship/proposal/{proposal.pk}/change/"))
    assert chinese == ["结好时间 1982年 1982年10月", "内容 国际友好城市 国际友好合作关系"]


def test_of_changed_dates_each_value_is_told_whole(editor: Client, reviewer: Client) -> None:
    tie = builders.tie(founded_year=1982, founded_month=10)
    first, second = propose(editor, tie, founded="1982-11"), propose(editor, tie, founded="1982-10-03")
    decide(reviewer, first, "apply")
    [line] = told_in(decide(reviewer, second, "apply"))
    assert line == "Date established October 1982 By now: November 1982 3 October 1982"


def test_coordinates_are_one_fact_and_names_stand_one_after_the_other(editor: Client) -> None:
    place = builders.place("one", latitude=1.5, longitude=2.5, aliases="Uno")
    address = f"/en/admin/friendship/place/{place.pk}/change/"
    editor.post(address, opened(editor, address) | {"latitude": "3.5", "aliases": "Uno\nEins"})
    assert told(editor, Proposal.objects.get()) == ["Other names Uno Uno, Eins", "Coordinates 1.5, 2.5 3.5, 2.5"]


def test_a_piece_of_a_date_is_told_although_its_row_is_gone(reviewer: Client) -> None:
    change = {"model": "relationship", "pk": 10**9, "version": 1, "action": "change"}
    change |= {"before": {"founded_year": 1982, "founded_day": 3}, "after": {"home_id": 10**9}}
    proposal = Proposal.objects.create(kind="edit", state="open", changes=[change])
    assert told(reviewer, proposal) == ["Home side — 1000000000", "Date established 1982-3 —"]


# --- who sees what ----------------------------------------------------------------------------------------------------


def test_what_somebody_prepares_is_theirs_alone(editor: Client, reviewer: Client) -> None:
    author = User.objects.get(username="editor")
    prepared = Proposal.objects.create(kind="bulk", state="prepared", author=author)
    assert (page(editor, prepared).status_code, page(reviewer, prepared).status_code) == (200, 404)
    assert [row.pk for row in editor.get(PROPOSALS).context["cl"].queryset] == [prepared.pk]
    assert list(reviewer.get(PROPOSALS).context["cl"].queryset) == []


def test_strangers_and_visitors_see_no_proposal(editor: Client) -> None:
    proposal = propose(editor, builders.tie(), note_en="secret")
    for client in (Client(), at_the_desk("guest", "Editors")):
        if client.session.get("_auth_user_id"):
            User.objects.get(username="guest").groups.clear()
        for address in (PROPOSALS, f"{PROPOSALS}{proposal.pk}/change/", f"{PROPOSALS}{proposal.pk}/decide/"):
            assert client.get(address).status_code in (302, 403)
            assert client.post(address, {"decision": "apply"}).status_code in (302, 403)


@pytest.mark.parametrize("address", ["9999999/change/", "x/change/", "99999999999999999999999/change/", "add/"])
def test_what_is_not_there_is_not_found(address: str, reviewer: Client) -> None:
    assert reviewer.get(PROPOSALS + address).status_code in (403, 404)


def test_who_may_see_no_proposal_is_told_nothing_of_one(editor: Client) -> None:
    proposal = propose(editor, builders.tie(), note_en="secret")
    guest = with_permissions("view_relationship")
    for address in ("change/", "decide/"):
        answer = guest.post(f"{PROPOSALS}{proposal.pk}/{address}", {"decision": "withdraw"})
        assert (answer.status_code, b"secret" in answer.content) == (403, False)


def test_of_two_who_decide_at_once_the_second_is_shown_how_it_stands(
    editor: Client, reviewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = propose(editor, builders.tie(), note_en="new")
    decline = proposals.decline

    def second(row: Proposal, **asked: Any) -> Proposal:
        decline(row, actor=None, word="first")
        return decline(row, **asked)

    monkeypatch.setattr(proposals, "decline", second)
    answer = decide(reviewer, proposal, "decline", word="second")
    assert answer["Location"] == f"{PROPOSALS}{proposal.pk}/change/"
    assert said(answer) == ["Somebody else has decided this proposal meanwhile. The page shows how it stands now."]
    proposal.refresh_from_db()
    assert (proposal.state, proposal.word) == ("declined", "first")


def test_a_returned_publication_is_mended_in_the_form_of_its_tie(editor: Client, reviewer: Client) -> None:
    draft = builders.tie(review_state="draft")
    proposal = proposals.propose_publication(draft, actor=User.objects.get(username="editor"))
    decide(reviewer, proposal, "return", word="Which year?")
    assert page(editor, proposal).context["form"] == form(draft)


def test_a_returned_deletion_is_mended_in_no_form(editor: Client, reviewer: Client) -> None:
    row = builders.event(builders.tie())
    author = User.objects.get(username="editor")
    proposal = proposals.propose([proposals.removal(row), proposals.removal(builders.total())], actor=author)
    Proposal.objects.update(relationship=None, place=None)
    decide(reviewer, proposal, "return", word="Why?")
    assert page(editor, proposal).context["form"] == ""


def test_an_unknown_decision_changes_nothing(editor: Client, reviewer: Client) -> None:
    proposal = propose(editor, builders.tie(), note_en="new")
    assert reviewer.post(f"{PROPOSALS}{proposal.pk}/decide/", {"decision": "burn"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "open"


def test_deleting_several_public_ties_is_one_proposal(reviewer: Client, editor: Client) -> None:
    rows = builders.ties(2)
    response = act(reviewer, "delete_selected", rows, post="yes")
    proposal = Proposal.objects.get()
    assert response["Location"] == f"{PROPOSALS}{proposal.pk}/change/"
    assert {change["pk"] for change in proposal.changes} == {row.pk for row in rows}
    decide(at_the_desk("second", "Reviewers"), proposal, "apply")
    assert not Relationship.objects.filter(pk__in=[row.pk for row in rows]).exists()


# --- the rules of the office ------------------------------------------------------------------------------------------


def test_the_rules_of_the_office_are_one_form(editor: Client) -> None:
    root = at_the_desk("root")
    address = root.get("/en/admin/friendship/policy/")["Location"]
    assert address == "/en/admin/friendship/policy/1/change/"
    root.post(address, opened(root, address) | {"own_changes": "always"})
    assert Policy.objects.get().own_changes == "always"
    assert str(Policy.history.first().history_user) == "root"
    for forbidden in (address, "/en/admin/friendship/policy/", "/en/admin/friendship/policy/add/"):
        assert editor.get(forbidden).status_code == 403
