"""Two rows of a list become one record, and two again; what the public sees is proposed first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from friendship.models import Place, Policy, Proposal, Redirect, Relationship
from tests import builders
from tests.admin.desk import RELATIONSHIPS, act, at_the_desk, said, with_permissions
from tests.admin.test_proposals import decide
from tests.curation.test_undoing import snapshot

pytestmark = pytest.mark.django_db

CITIES = "/en/admin/friendship/city/"
MERGED = "/en/admin/friendship/redirect/"


@pytest.fixture
def reviewer() -> Client:
    """A reviewer who may publish what nobody else has looked at."""
    Policy.objects.update_or_create(pk=1, defaults={"own_changes": "always"})
    return at_the_desk("reviewer", "Reviewers")


@pytest.fixture
def twins() -> tuple[Place, Place]:
    kept, gone = builders.place("kept"), builders.place("gone", latitude=1.5, longitude=2.5)
    builders.tie(gone, builders.place("two"))
    return kept, gone


def address(kept: Any, gone: Any, of: str = CITIES) -> str:
    return f"{of}merge/?rows={kept.pk}&rows={gone.pk}&kept={kept.pk}"


def press(client: Client, kept: Any, gone: Any, of: str = CITIES, **entries: Any) -> Any:
    """Look at the page and press its button."""
    page = client.get(address(kept, gone, of)).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(seen-\d+)" value="(\d+)">', page))
    return client.post(f"{of}merge/", {"rows": [kept.pk, gone.pk], "kept": kept.pk, **sent, **entries})


def lines(response: Any, css: str) -> list[str]:
    """The items of a list on the page."""
    [block] = re.findall(rf'<ul class="{css}">(.*?)</ul>', response.content.decode(), re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", block, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", item).split()) for item in items]


def test_two_selected_rows_lead_to_the_page_of_both(reviewer: Client, twins: tuple[Place, Place]) -> None:
    kept, gone = twins
    response = act(reviewer, "merge", [kept, gone], CITIES)
    assert response["Location"] == f"{CITIES}merge/?rows={kept.pk}&rows={gone.pk}"
    assert reviewer.get(response["Location"]).context["kept"].pk == kept.pk


@pytest.mark.parametrize("count", [1, 3])
def test_other_numbers_of_rows_are_not_merged(reviewer: Client, count: int) -> None:
    rows = [builders.place(f"p-{number}") for number in range(count)]
    assert said(act(reviewer, "merge", rows, CITIES)) == ["Select exactly two records to merge them."]


def test_the_page_tells_what_would_happen_and_nothing_happens(reviewer: Client, twins: tuple[Place, Place]) -> None:
    before = snapshot()
    assert lines(reviewer.get(address(*twins)), "record-outcome") == [
        "Relationships: 1 to move",
        "Other names that are added: Gone",
        "Coordinates: “1.5, 2.5” is taken over",
        "English name: “Kept” stays, not “Gone”",
        "“Gone” is no record of its own any more; its addresses lead to the one that stays.",
    ]
    assert snapshot() == before


def test_a_reviewer_merges_and_takes_it_back(reviewer: Client, twins: tuple[Place, Place]) -> None:
    kept, gone = twins
    before = snapshot()
    response = press(reviewer, kept, gone)
    redirect = Redirect.objects.get()
    assert response["Location"] == f"{MERGED}{redirect.pk}/change/"
    assert said(response) == ["Merged: all of it stands with one record now."]
    assert [tie.home for tie in Relationship.objects.filter(partner__slug="two")] == [kept]
    page = reviewer.get(response["Location"]).content.decode()
    assert ("Gone" in page, f"/place/{kept.pk}/change/" in page, "Undo this merge" in page) == (True, True, True)
    response = reviewer.post(f"{MERGED}{redirect.pk}/undo/")
    assert said(response) == ["The merge was undone: there are two records again."]
    assert snapshot() == before
    assert reviewer.get(f"{MERGED}{redirect.pk}/change/").status_code == 404


def test_what_stays_after_an_undo_is_named_with_who_changed_it(reviewer: Client, twins: tuple[Place, Place]) -> None:
    kept, gone = twins
    press(reviewer, kept, gone)
    kept.refresh_from_db()
    kept.latitude, kept.longitude, kept.version = 7, 8, kept.version + 1
    kept.save()
    response = reviewer.post(f"{MERGED}{Redirect.objects.get().pk}/undo/")
    assert said(response)[-2] == "place “Kept”: Staff has changed it since. It stays: coordinates."


def test_two_ties_are_merged_from_their_list(reviewer: Client) -> None:
    stays = builders.tie(builders.place("one"), builders.place("two"))
    goes = builders.tie(builders.place("one"), builders.place("three"), founded_year=1982)
    builders.evidence(goes)
    assert lines(reviewer.get(address(stays, goes, RELATIONSHIPS)), "record-outcome") == [
        "Evidence: 1 to move",
        f"The ties No. {stays.pk} and No. {goes.pk} become one: No. {stays.pk} stays.",
        "Date established: “1982” is taken over",
        "“One – Three” is no record of its own any more; its addresses lead to the one that stays.",
    ]
    press(reviewer, stays, goes, RELATIONSHIPS)
    stays.refresh_from_db()
    assert (stays.founded_year, Relationship.objects.filter(pk=goes.pk).exists()) == (1982, False)


def test_unlike_records_are_refused_in_words(reviewer: Client) -> None:
    one, other = builders.place("one"), builders.place("other", country_id="JP")
    page = reviewer.get(address(one, other))
    assert page.context["refusal"] == "Places can be merged only where country and level are the same."
    assert "Merge</" not in page.content.decode()
    assert said(press(reviewer, one, other)) == ["Places can be merged only where country and level are the same."]
    assert Place.objects.filter(slug__in=["one", "other"]).count() == 2


def test_who_has_not_seen_the_newest_version_merges_nothing(reviewer: Client, twins: tuple[Place, Place]) -> None:
    kept, gone = twins
    response = reviewer.post(f"{CITIES}merge/", {"rows": [kept.pk, gone.pk], "kept": kept.pk, f"seen-{kept.pk}": "1"})
    assert said(response) == ["“Gone” has been changed meanwhile. Nothing was merged."]


def test_an_editor_proposes_and_a_reviewer_carries_it_out_and_undoes_it(twins: tuple[Place, Place]) -> None:
    kept, gone = twins
    before = snapshot()
    editor, reviewer = at_the_desk("editor", "Editors"), at_the_desk("reviewer", "Reviewers")
    assert "Propose merging" in editor.get(address(kept, gone)).content.decode()
    response = press(editor, kept, gone, proposal_note="the same city")
    proposal = Proposal.objects.get()
    assert response["Location"] == f"/en/admin/friendship/proposal/{proposal.pk}/change/"
    assert (proposal.kind, proposal.state, proposal.note, proposal.place) == ("merge", "open", "the same city", kept)
    assert [(change["model"], change["action"]) for change in proposal.changes] == [
        ("place", "change"),
        ("place", "delete"),
        ("relationship", "change"),
    ]
    assert snapshot() == before
    decide(reviewer, proposal, "apply")
    proposal.refresh_from_db()
    redirect = Redirect.objects.get()
    assert (proposal.state, redirect.reason, str(redirect.made_by)) == ("applied", proposal.history_reason, "editor")
    assert not Place.objects.filter(pk=gone.pk).exists()
    page = reviewer.get(f"{MERGED}{redirect.pk}/change/").content.decode()
    assert ("Undo this merge" in page, f"/proposal/{proposal.pk}/change/" in page) == (False, True)
    decide(reviewer, proposal, "undo")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.kept, snapshot()) == ("undone", [], before)


def test_a_merge_that_was_proposed_is_undone_with_all_that_belongs_to_it(twins: tuple[Place, Place]) -> None:
    press(at_the_desk("editor", "Editors"), *twins)
    second, proposal = at_the_desk("second", "Reviewers"), Proposal.objects.get()
    decide(second, proposal, "apply")
    answer = second.post(f"{MERGED}{Redirect.objects.get().pk}/undo/")
    assert answer["Location"] == f"/en/admin/friendship/proposal/{proposal.pk}/change/"
    assert Redirect.objects.count() == 1


def test_a_link_undoes_no_merge(reviewer: Client, twins: tuple[Place, Place]) -> None:
    press(reviewer, *twins)
    where = f"{MERGED}{Redirect.objects.get().pk}/"
    assert reviewer.get(f"{where}undo/")["Location"] == f"{where}change/"
    assert Redirect.objects.count() == 1


def test_an_editor_cannot_undo_a_public_merge(reviewer: Client, twins: tuple[Place, Place]) -> None:
    press(reviewer, *twins)
    response = at_the_desk("editor", "Editors").post(f"{MERGED}{Redirect.objects.get().pk}/undo/")
    assert said(response) == ["Only reviewers publish and unpublish."]
    assert Redirect.objects.count() == 1


def test_who_may_only_look_merges_nothing(twins: tuple[Place, Place], reviewer: Client) -> None:
    guest = with_permissions("view_city", "view_place", "view_redirect")
    assert guest.get(address(*twins)).status_code == 403
    assert guest.post(f"{CITIES}merge/", {"rows": [row.pk for row in twins]}).status_code == 403
    press(reviewer, *twins)
    assert guest.post(f"{MERGED}{Redirect.objects.get().pk}/undo/").status_code == 403
    assert with_permissions_of_nobody().get(f"{MERGED}{Redirect.objects.get().pk}/change/").status_code == 403


def with_permissions_of_nobody() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    return client


@pytest.mark.parametrize(
    "query", ["", "rows=1", "rows=abc&rows=2", "rows=1&rows=%00", "rows=1&rows=99999999999999999999", "rows=1&rows=1"]
)
def test_an_address_that_names_no_two_records_is_not_found(reviewer: Client, query: str) -> None:
    assert reviewer.get(f"{RELATIONSHIPS}merge/?{query}").status_code == 404


@pytest.mark.parametrize("key", ["abc", "99999999999999999999", "0"])
def test_an_address_that_names_no_merge_is_not_found(reviewer: Client, key: str) -> None:
    assert reviewer.get(f"{MERGED}{key}/change/").status_code == 404


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_list_of_merged_records_opens(reviewer: Client, twins: tuple[Place, Place], language: str) -> None:
    press(reviewer, *twins)
    page = reviewer.get(f"{language}/admin/friendship/redirect/?q=gone").content.decode()
    assert page.count("field-kind") == 1
