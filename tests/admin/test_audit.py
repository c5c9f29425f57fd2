"""The audit in the admin: its rules, what each finds, accepting with a reason and taking that back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from friendship import auditing
from friendship.admin import audit
from friendship.models import AcceptedFinding, Place, Relationship
from tests import builders
from tests.admin.desk import at_the_desk, said, with_permissions
from tests.admin.test_remits import limited
from tests.auditing.faults import FAULTS, Fault, abroad, finding, open_subjects

pytestmark = pytest.mark.django_db

AUDIT = "/en/admin/friendship/acceptedfinding/"
LEVELS = f"{AUDIT}levels-differ/"


def unequal(slug: str = "two") -> str:
    """A tie of two levels, by its subject."""
    return f"relationship/{builders.tie(builders.place('one'), abroad(slug, level='province')).pk}"


def accept(client: Client, subject: str, **fields: Any) -> Any:
    """Press “Accept” on the page of the rule as it is now."""
    shown = {row["finding"].subject: row["finding"] for row in client.get(LEVELS).context["rows"]}
    sent = {"subject": subject, "fingerprint": shown[subject].fingerprint, "reason": "The source says so."}
    return client.post(f"{LEVELS}accept/", {**sent, **fields})


# --- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_rules_with_their_numbers(language: str) -> None:
    unequal()
    page = at_the_desk("reviewer", "Reviewers").get(f"{language}/admin/friendship/acceptedfinding/")
    numbers = {tally.rule.code: (tally.open, tally.accepted) for tally in page.context["tallies"]}
    assert list(numbers) == [rule.code for rule in auditing.RULES]
    assert (numbers["levels-differ"], numbers["total-moved"], numbers["quote-lost"]) == ((1, 29), (4, 0), (0, 0))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.rule)
def test_a_finding_is_shown_with_links_to_its_records(fault: Fault) -> None:
    planted = fault.plant()
    root = at_the_desk("root")
    rows = root.get(f"{AUDIT}{fault.rule}/").context["rows"]
    [row] = [row for row in rows if row["finding"].subject == planted]
    assert len(row["links"]) == len(row["finding"].mended_at)
    assert [root.get(link.url).status_code for link in row["links"]] == [200] * len(row["links"])


def test_places_that_may_be_one_are_a_click_from_their_merge() -> None:
    one, two = abroad("hiroshima-x", "JP"), abroad("hirosima-x", "JP")
    root = at_the_desk("root")
    [row] = root.get(f"{AUDIT}near-duplicates/").context["rows"]
    assert row["merge"] == f"/en/admin/friendship/place/merge/?rows={one.pk}&rows={two.pk}"
    assert [place.pk for place in root.get(row["merge"]).context["rows"]] == [one.pk, two.pk]
    reader = with_permissions("view_acceptedfinding", "view_place")
    assert [row["merge"] for row in reader.get(f"{AUDIT}near-duplicates/").context["rows"]] == [""]


def test_what_was_shipped_as_accepted_says_so() -> None:
    page = at_the_desk("root").get(LEVELS)
    assert len(page.context["accepted"]) == 29
    assert all(each["holds"] for each in page.context["accepted"])
    assert page.content.decode().count("Shipped with the register") == 29


def test_pages_of_fifty_and_none_beyond_the_last() -> None:
    for number in range(51):
        unequal(f"city-{number}")
    root = at_the_desk("root")
    pages = [root.get(f"{LEVELS}?page={number}") for number in (1, 2)]
    assert [len(page.context["rows"]) for page in pages] == [50, 1]
    assert root.get(f"{LEVELS}?page=3").status_code == 404


@pytest.mark.parametrize("page", ["0", "x", "9", "-1", "%00", "9" * 30, "1.5", "٣"])
def test_a_page_that_there_is_not_is_not_found(page: str) -> None:
    assert at_the_desk("root").get(f"{LEVELS}?page={page}").status_code == 404


@pytest.mark.parametrize("code", ["weather", "levels-differ%00", "levels_differ", "9" * 90])
def test_a_rule_that_there_is_not_is_not_found(code: str) -> None:
    assert at_the_desk("root").get(f"{AUDIT}{code}/").status_code == 404


def test_as_many_queries_for_thirty_findings_as_for_one() -> None:
    root = at_the_desk("root")
    numbers = []
    for slugs in (["city-0"], [f"city-{number}" for number in range(1, 30)]):
        for slug in slugs:
            unequal(slug)
        root.get(LEVELS)
        with CaptureQueriesContext(connection) as captured:
            root.get(LEVELS)
        numbers.append(len(captured))
    # Session, user; fingerprints, the rule itself, what was accepted with who; ties and places of the links.
    assert numbers == [7, 7]


# --- deciding -------------------------------------------------------------------------------------------------------


def test_a_reviewer_accepts_with_a_reason_and_takes_it_back() -> None:
    subject, reviewer = unequal(), at_the_desk("reviewer", "Reviewers")
    assert said(accept(reviewer, subject)) == ["Accepted, with your reason."]
    page = reviewer.get(LEVELS)
    first = page.context["accepted"][0]
    assert page.context["rows"] == []
    assert (first["row"].reason, str(first["row"].accepted_by), first["holds"]) == (
        "The source says so.",
        "reviewer",
        True,
    )
    answer = reviewer.post(f"{LEVELS}take-back/", {"accepted": first["row"].pk})
    assert said(answer) == ["The finding is open again."]
    assert subject in open_subjects("levels-differ")


def test_without_a_reason_it_stays_open() -> None:
    subject, reviewer = unequal(), at_the_desk("reviewer", "Reviewers")
    assert said(accept(reviewer, subject, reason=" ")) == ["Reason: say why this may stand as it is."]
    assert subject in open_subjects("levels-differ")


def test_what_changed_meanwhile_is_not_accepted() -> None:
    subject, reviewer = unequal(), at_the_desk("reviewer", "Reviewers")
    answer = accept(reviewer, subject, fingerprint="0" * 32)
    assert said(answer) == ["This has changed since you opened the page. Look again."]
    gone = {"subject": "relationship/0", "fingerprint": "", "reason": "So."}
    assert said(reviewer.post(f"{LEVELS}accept/", gone))[-1] == said(answer)[-1]
    assert subject in open_subjects("levels-differ")


def test_when_a_fact_changes_the_former_reason_stands_beside_it() -> None:
    subject, reviewer = unequal(), at_the_desk("reviewer", "Reviewers")
    accept(reviewer, subject)
    place = Relationship.objects.get(pk=subject.split("/")[1]).partner
    place.level = "county"
    place.save()
    page = reviewer.get(LEVELS)
    [row] = page.context["rows"]
    assert (row["finding"].subject, row["former"].reason) == (subject, "The source says so.")
    assert page.context["accepted"][0]["holds"] is False


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("a\0b", "Reason: Null characters are not allowed."),
        ("x" * 2_001, "Reason: Ensure this value has at most 2000 characters (it has 2001)."),
        ("", "Reason: say why this may stand as it is."),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused(reason: str, told: str) -> None:
    subject = unequal()
    assert said(accept(at_the_desk("root"), subject, reason=reason)) == [told]
    assert subject in open_subjects("levels-differ")


def test_a_long_reason_is_kept_with_its_lines() -> None:
    subject = unequal()
    accept(at_the_desk("root"), subject, reason="x" * 1_998 + "\r\ny")
    assert AcceptedFinding.objects.get(subject=subject).reason == "x" * 1_998 + "\ny"


def test_two_people_who_accept_the_same_finding_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    subject, root = unequal(), at_the_desk("root")

    def other_was_faster(row: AcceptedFinding) -> None:
        facts = {"rule": row.rule, "subject": row.subject, "fingerprint": row.fingerprint}
        AcceptedFinding.objects.create(reason="The other's.", **facts)

    monkeypatch.setattr(AcceptedFinding, "full_clean", other_was_faster)
    told = "Someone else saved a record that collides with this one at the same moment. Nothing was saved."
    assert said(accept(root, subject)) == [told]


@pytest.mark.parametrize("action", ["accept", "take-back"])
def test_an_editor_only_reads(action: str) -> None:
    subject = unequal()
    editor = at_the_desk("editor", "Editors")
    page = editor.get(LEVELS)
    assert ([row["finding"].subject for row in page.context["rows"]], page.context["may_accept"]) == ([subject], False)
    assert "<textarea" not in page.content.decode()
    held = AcceptedFinding.objects.first()
    assert held
    sent = {"subject": subject, "fingerprint": finding("levels-differ", subject).fingerprint, "reason": "So."}
    assert editor.post(f"{LEVELS}{action}/", {**sent, "accepted": held.pk}).status_code == 403
    assert AcceptedFinding.objects.count() == 30


def test_who_has_no_right_sees_nothing() -> None:
    clerk = with_permissions("view_relationship", "change_relationship")
    assert [clerk.get(address).status_code for address in (AUDIT, LEVELS)] == [403, 403]
    assert clerk.post(f"{LEVELS}accept/").status_code == 403


@pytest.mark.parametrize("key", ["", "x", "0", "9" * 30, "9" * 5000, "-1", "\0"])
def test_a_key_that_there_is_not_is_passed_over(key: str) -> None:
    assert at_the_desk("root").post(f"{LEVELS}take-back/", {"accepted": key}).status_code == 302
    assert AcceptedFinding.objects.count() == 30


def test_who_has_a_remit_decides_within_it_alone() -> None:
    beyond = unequal()
    within = f"relationship/{builders.tie(Place.objects.get(slug='mianyang'), abroad('three', level='province')).pk}"
    reviewer = limited("Reviewers")
    assert [row["finding"].subject for row in reviewer.get(LEVELS).context["rows"]] == [within]
    assert said(accept(reviewer, within)) == ["Accepted, with your reason."]
    sent = {"subject": beyond, "fingerprint": finding("levels-differ", beyond).fingerprint, "reason": "So."}
    answer = reviewer.post(f"{LEVELS}accept/", sent)
    assert said(answer)[-1] == "This has changed since you opened the page. Look again."
    shipped = AcceptedFinding.objects.get(subject="relationship/132")
    answer = reviewer.post(f"{LEVELS}take-back/", {"accepted": shipped.pk})
    assert said(answer)[-1] == "This finding lies beyond your remit."
    subjects = [each["row"].subject for each in reviewer.get(LEVELS).context["accepted"]]
    assert (within in subjects, shipped.subject in subjects) == (True, False)
    assert beyond in open_subjects("levels-differ")


@pytest.mark.parametrize("action", ["accept", "take-back"])
def test_decisions_are_sent_not_asked_for(action: str) -> None:
    assert at_the_desk("root").get(f"{LEVELS}{action}/").status_code == 404


def test_records_that_a_reader_may_not_open_are_named_without_a_link() -> None:
    subject = unequal()
    reader = with_permissions("view_acceptedfinding", "view_relationship")
    [row] = reader.get(LEVELS).context["rows"]
    assert row["finding"].subject == subject
    assert [bool(link.url) for link in row["links"]] == [True, False, False]


def test_fifty_stand_on_a_page() -> None:
    assert audit.ROWS_PER_PAGE == 50
