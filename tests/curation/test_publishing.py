"""A published tie has published places: whoever publishes the one publishes the others, and nobody else does."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils import translation

from friendship import curation
from friendship.models import City, Place, Province, Relationship
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return User.objects.create_user("editor")


@pytest.fixture
def reviewer() -> User:
    user = User.objects.create_user("reviewer")
    user.user_permissions.add(Permission.objects.get(codename="publish_relationship"))
    return user


@pytest.fixture
def drafts() -> Relationship:
    """A draft tie between a draft county in a draft city of a draft province, and a draft place."""
    province = builders.place("province", level="province", review_state="draft")
    city = builders.place("city", parent=province, review_state="draft")
    county = builders.place("county", level="county", parent=city, review_state="draft")
    return builders.tie(county, builders.place("partner", review_state="draft"), review_state="draft")


def states() -> dict[str, str]:
    """The places of the draft tie and what the public sees of them."""
    rows = Place.objects.filter(slug__in=("province", "city", "county", "partner"))
    return dict(rows.values_list("slug", "review_state"))


def test_publishing_a_tie_publishes_its_places_and_what_contains_them(drafts: Relationship, reviewer: User) -> None:
    assert curation.publish([drafts], actor=reviewer) == 1
    assert states() == dict.fromkeys(("province", "city", "county", "partner"), "published")
    for place in Place.objects.filter(slug__in=states()):
        newest = place.history.first()
        assert (newest.review_state, newest.history_user, newest.history_type) == ("published", reviewer, "~")
        assert place.version == newest.version == 2


def test_a_tie_saved_as_published_publishes_its_places_for_the_same_reason(drafts: Relationship) -> None:
    drafts.review_state = "published"
    curation.save(drafts, actor=None, reason="list of 2026")
    assert set(states().values()) == {"published"}
    assert {place.history.first().history_change_reason for place in Place.objects.filter(slug__in=states())} == {
        "list of 2026"
    }


def test_a_draft_tie_leaves_its_places_drafts(drafts: Relationship, reviewer: User) -> None:
    drafts.note_en = "new"
    curation.save(drafts, actor=reviewer)
    assert set(states().values()) == {"draft"}


def test_unpublishing_a_tie_hides_no_place(drafts: Relationship, reviewer: User) -> None:
    curation.publish([drafts], actor=reviewer)
    curation.unpublish([drafts], actor=reviewer)
    assert set(states().values()) == {"published"}
    drafts.refresh_from_db()
    assert drafts.review_state == "draft"


def test_nothing_is_published_where_the_tie_cannot_be_saved(drafts: Relationship, editor: User) -> None:
    with pytest.raises(PermissionDenied):
        curation.publish([drafts], actor=editor)
    drafts.refresh_from_db()
    drafts.founded_year, drafts.review_state = 0, "published"
    with pytest.raises(ValidationError):
        curation.save(drafts, actor=None)
    assert set(states().values()) == {"draft"}


@pytest.mark.usefixtures("no_review")
def test_a_reviewer_who_corrects_a_tie_publishes_what_contains_its_places(editor: User, reviewer: User) -> None:
    province = builders.place("hidden", level="province", review_state="draft")
    tie = builders.tie(builders.place("one", parent=province))
    tie.note_en = "new"
    with pytest.raises(curation.NeedsReview):
        curation.save(tie, actor=editor)
    assert Place.objects.get(slug="hidden").review_state == "draft"
    curation.save(Relationship.objects.get(pk=tie.pk), actor=reviewer)
    assert Place.objects.get(slug="hidden").review_state == "published"


@pytest.mark.parametrize("kind", [Place, City])
def test_an_editors_new_place_is_a_draft_and_a_reviewers_is_not(
    kind: type[Place], editor: User, reviewer: User
) -> None:
    for actor, state in ((editor, "draft"), (reviewer, "published"), (None, "published")):
        new = kind(country_id="CN", level="city", name_en=f"Made by {actor}", review_state="published")
        curation.save(new, actor=actor)
        assert Place.objects.get(pk=new.pk).review_state == new.history.first().review_state == state


def test_an_editor_neither_publishes_nor_hides_nor_deletes_a_place(editor: User, reviewer: User) -> None:
    for held, wanted in (("draft", "published"), ("published", "draft")):
        place = Province.objects.create(country_id="CN", level="province", slug=held, name_en=held, review_state=held)
        place.review_state = wanted
        with pytest.raises(PermissionDenied):
            curation.save(place, actor=editor)
        assert Place.objects.get(slug=held).review_state == held
        place = Province.objects.get(slug=held)
        place.review_state = wanted
        curation.save(place, actor=reviewer)
        assert Place.objects.get(slug=held).review_state == wanted
    with pytest.raises(PermissionDenied):
        curation.delete(Place.objects.get(slug="draft"), actor=editor)  # a published one by now
    curation.delete(Place.objects.get(slug="published"), actor=editor)
    assert not Place.objects.filter(slug="published").exists()


@pytest.mark.parametrize("side", ["home", "partner"])
def test_a_place_of_a_published_tie_stays_published(side: str, reviewer: User) -> None:
    place = builders.place("named")
    tie = builders.tie(**{side: place})
    place.review_state = "draft"
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        curation.save(place, actor=reviewer)
    assert refused.value.message_dict == {
        "review_state": ["Review state: published ties name this place. Unpublish these ties first."]
    }
    curation.unpublish([tie], actor=reviewer)
    hidden = Place.objects.get(pk=place.pk)
    hidden.review_state = "draft"
    curation.save(hidden, actor=reviewer)
    assert Place.objects.get(pk=place.pk).review_state == "draft"


def test_who_may_not_publish_shows_no_place_with_a_tie(editor: User) -> None:
    above = builders.place("above", level="province", review_state="draft")
    tie = builders.tie(builders.place("one", parent=above, review_state="published"), review_state="published")
    tie.note_en = "reviewed"
    curation.save(tie, actor=editor, reviewed=True)
    above.refresh_from_db()
    assert (tie.version, above.review_state) == (2, "draft")
    Place.objects.filter(slug="two").update(review_state="draft")
    with pytest.raises(PermissionDenied, match="“Two”"):
        curation.save(tie, actor=editor, reviewed=True)


@pytest.mark.parametrize("write", [curation.save, curation.delete])
@pytest.mark.parametrize("build", [builders.evidence, builders.event, None])
def test_nobody_publishes_a_tie_while_a_piece_of_it_is_written(
    write: Any, build: Any, drafts: Relationship, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the database can: which rows are asked to be held, in order."""
    row = build(drafts) if build else drafts
    held: list[Any] = []

    def hold(rows: Any, **_how: Any) -> Any:
        held.append(rows.model)
        return rows

    monkeypatch.setattr(connection.features, "has_select_for_update", True)
    monkeypatch.setattr(QuerySet, "select_for_update", hold)
    write(row, actor=None)
    assert held == ([type(row), Relationship] if build else [Relationship])
