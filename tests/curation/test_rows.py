"""Writes of people: guarded, validated, with their history."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from friendship import curation
from friendship.models import City, Place, Relationship
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


def test_a_save_leaves_its_history(editor: User) -> None:
    tie = builders.tie(review_state="draft")
    tie.note_en = "new"
    curation.save(tie, actor=editor, reason="asked by phone")
    newest = tie.history.first()
    assert (newest.note_en, newest.history_user, newest.history_type) == ("new", editor, "~")
    assert newest.history_change_reason == "asked by phone"
    assert tie.version == Relationship.objects.get(pk=tie.pk).version == 2


def test_a_change_made_as_city_is_in_the_history_of_the_place(editor: User) -> None:
    city = City.objects.get(slug="mianyang")
    city.aliases = "涪城"
    curation.save(city, actor=editor, reviewed=True)
    assert Place.history.filter(slug="mianyang").first().aliases == "涪城"
    assert [row.slug for row in Place.objects.filter(search_text__contains=" fucheng")] == ["mianyang"]


def test_a_newer_version_is_not_saved_over(editor: User) -> None:
    tie = builders.tie(review_state="draft")
    mine, theirs = Relationship.objects.get(pk=tie.pk), Relationship.objects.get(pk=tie.pk)
    theirs.note_en = "theirs"
    curation.save(theirs, actor=editor)
    mine.note_en = "mine"
    with translation.override("en"), pytest.raises(curation.StaleVersion, match=r"^editor changed this record on "):
        curation.save(mine, actor=editor)
    tie.refresh_from_db()
    assert tie.note_en == "theirs"


def test_a_deleted_row_is_not_saved_again(editor: User) -> None:
    tie = builders.tie(review_state="draft")
    mine = Relationship.objects.get(pk=tie.pk)
    curation.delete(tie, actor=editor)
    with translation.override("en"), pytest.raises(curation.StaleVersion, match=r"^This record has been deleted "):
        curation.save(mine, actor=editor)
    assert not Relationship.objects.filter(pk=mine.pk).exists()


def test_what_is_wrong_is_not_saved(editor: User) -> None:
    tie = builders.tie(review_state="draft")
    tie.partner = tie.home
    with pytest.raises(ValidationError):
        curation.save(tie, actor=editor)
    assert Relationship.objects.get(pk=tie.pk).partner.slug == "two"
    assert Relationship.objects.get(pk=tie.pk).version == 1


def test_only_reviewers_publish(editor: User, reviewer: User) -> None:
    tie = builders.tie(review_state="draft")
    with pytest.raises(PermissionDenied):
        curation.publish([tie], actor=editor)
    tie.refresh_from_db()
    assert tie.review_state == "draft"
    assert curation.publish([tie], actor=reviewer) == 1
    assert curation.publish([tie], actor=reviewer) == 0
    assert Relationship.objects.published().filter(pk=tie.pk).exists()
    assert tie.history.first().history_user == reviewer
    assert curation.unpublish([tie], actor=reviewer) == 1
    assert not Relationship.objects.published().filter(pk=tie.pk).exists()


def test_an_editor_cannot_publish_by_saving(editor: User) -> None:
    tie = builders.tie(review_state="draft")
    tie.review_state = "published"
    with pytest.raises(PermissionDenied):
        curation.save(tie, actor=editor)
    new = Relationship(home=builders.place("three"), partner=builders.place("four"), type="sister")
    new.review_state = "published"
    with pytest.raises(PermissionDenied):
        curation.save(new, actor=editor)
    assert not Relationship.objects.filter(home__slug="three").exists()


def test_an_editor_cannot_delete_what_the_public_sees(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    with pytest.raises(PermissionDenied):
        curation.delete(tie, actor=editor)
    number = tie.pk
    curation.delete(tie, actor=reviewer)
    assert Relationship.history.filter(id=number).first().history_type == "-"


def test_the_groups_of_the_house() -> None:
    rights = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    assert set(rights) == {"Editors", "Reviewers", "Administrators"}
    assert rights["Reviewers"] < rights["Administrators"]
    assert "publish_relationship" in rights["Reviewers"] - rights["Editors"]
    assert {"add_relationship", "change_relationship", "view_relationship"} <= rights["Editors"]
    assert "delete_relationship" in rights["Reviewers"] - rights["Editors"]


@pytest.mark.parametrize("fields", [{"level": "county"}, {"country_id": "JP"}])
def test_a_place_must_go_on_holding_its_own_places(fields: dict[str, str], reviewer: User) -> None:
    sichuan = Place.objects.get(slug="sichuan")
    for name, value in fields.items():
        setattr(sichuan, name, value)
    message = "Level: places that belong to it would no longer fit under it."
    with pytest.raises(ValidationError) as refused:
        curation.save(sichuan, actor=reviewer)
    with translation.override("en"):
        assert refused.value.message_dict == {"level": [message]}
