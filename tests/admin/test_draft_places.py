"""Places that the public does not see yet, at the desk."""

from __future__ import annotations

import pytest

from friendship.models import Place, Proposal
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, opened, problems

pytestmark = pytest.mark.django_db

CITIES = "/en/admin/friendship/city/"
PROVINCES = "/en/admin/friendship/province/"
NEW = {"country": "CN", "level": "city", "name_en": "New Town"}


def test_an_editors_new_place_is_a_draft_and_is_not_asked() -> None:
    editor = at_the_desk("editor", "Editors")
    entries = opened(editor, f"{CITIES}add/")
    assert "review_state" not in entries
    assert "Publication" not in editor.get(f"{CITIES}add/").content.decode()
    editor.post(f"{CITIES}add/", entries | NEW | {"review_state": "published"})
    assert Place.objects.get(slug="new-town").review_state == "draft"


def test_a_reviewers_new_place_is_published_unless_they_say_otherwise() -> None:
    reviewer = at_the_desk("reviewer", "Reviewers")
    entries = opened(reviewer, f"{CITIES}add/") | NEW
    assert entries["review_state"] == "published"
    reviewer.post(f"{CITIES}add/", entries)
    reviewer.post(f"{CITIES}add/", entries | {"name_en": "Later", "review_state": "draft"})
    assert Place.objects.get(slug="new-town").review_state == "published"
    assert Place.objects.get(slug="later").review_state == "draft"


def test_an_editor_reads_the_state_and_a_reviewer_changes_it() -> None:
    place = builders.place("hidden", review_state="draft")
    address = f"{CITIES}{place.pk}/change/"
    editor = at_the_desk("editor", "Editors")
    entries = opened(editor, address)
    assert "review_state" not in entries
    assert "The public sees published places only." in editor.get(address).content.decode()
    editor.post(address, entries | {"review_state": "published", "aliases": "Den"})
    place.refresh_from_db()
    assert (place.aliases, place.review_state) == ("Den", "draft")
    reviewer = at_the_desk("reviewer", "Reviewers")
    reviewer.post(address, opened(reviewer, address) | {"review_state": "published"})
    place.refresh_from_db()
    assert place.review_state == "published"


@pytest.mark.parametrize("address", [CITIES, PROVINCES])
def test_lists_find_the_drafts(address: str) -> None:
    level = "province" if address == PROVINCES else "city"
    builders.place("hidden", level=level, review_state="draft", name_en="Hidden")
    found = at_the_desk("root").get(address, {"review_state__exact": "draft"}).context["cl"]
    assert [str(row) for row in found.queryset] == ["Hidden"]


@pytest.mark.parametrize(("state", "link"), [("published", True), ("draft", False)])
def test_only_a_published_place_links_to_its_public_page(state: str, link: bool) -> None:
    place = builders.place("some-town", review_state=state)
    page = at_the_desk("root").get(f"{CITIES}{place.pk}/change/").content.decode()
    assert ('href="/en/cities/some-town/"' in page) is link


def test_hiding_a_place_of_a_published_tie_is_refused_beside_the_field() -> None:
    tie = builders.tie()
    address = f"{CITIES}{tie.home.pk}/change/"
    root = at_the_desk("root")
    response = root.post(address, opened(root, address) | {"review_state": "draft"})
    assert problems(response) == ["Review state: published ties name this place. Unpublish these ties first."]


def test_an_editor_proposes_that_a_published_tie_name_a_draft() -> None:
    tie = builders.tie()
    hidden = builders.place("hidden", review_state="draft", name_en="Hidden")
    editor = at_the_desk("editor", "Editors")
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    editor.post(address, opened(editor, address) | {"partner": hidden.pk})
    tie.refresh_from_db()
    hidden.refresh_from_db()
    assert (tie.partner.slug, hidden.review_state) == ("two", "draft")
    assert Proposal.objects.get().changes[0]["after"] == {"partner_id": hidden.pk}


def test_going_back_in_the_history_decides_nothing() -> None:
    place = builders.place("some-town", review_state="draft", aliases="Old")
    past = place.history.first().pk
    place.review_state, place.aliases = "published", "New"
    place.save()
    root = at_the_desk("root")
    address = f"{CITIES}{place.pk}/history/{past}/"
    root.post(address, opened(root, address))
    place.refresh_from_db()
    assert (place.aliases, place.review_state) == ("Old", "published")


def test_the_box_that_chooses_a_place_says_which_are_drafts() -> None:
    builders.place("hidden", review_state="draft", name_en="Hidden Den")
    asked = {"term": "hidden den", "app_label": "friendship", "model_name": "relationship", "field_name": "home"}
    response = at_the_desk("root").get("/en/admin/friendship/place/choices/", asked)
    assert [row["text"] for row in response.json()["results"]] == ["Hidden Den (China · city level · draft)"]
