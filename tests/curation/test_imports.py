"""Many rows at once: all or nothing, with history, and no way around the rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import translation

from friendship import curation
from friendship.curation.imports import Load, load
from friendship.models import Country, Event, Evidence, Place, Relationship, Source
from tests import builders

pytestmark = pytest.mark.django_db

REASON = "import/7"


def new_place(slug: str, **fields: object) -> Place:
    known = {"country": Country.objects.get(pk="JP"), "name_en": slug.title(), "review_state": "draft"}
    place = Place(slug=slug, **{**known, **fields})
    place.level = place.level or "city"
    place.refresh_search()
    return place


def new_tie(home: Place, partner: Place, **fields: object) -> Relationship:
    return Relationship(home=home, partner=partner, type="sister", **fields)


def a_list(**fields: object) -> Load:
    """A tie between a city in a new province and a place that is there, with a source, evidence and an event."""
    source = Source(slug="list", title="List", publisher="Office", kind="official", language="en")
    province = new_place("province", level="province")
    city = new_place("city", parent=province)
    tie = new_tie(builders.place("one"), city, **fields)
    return Load(
        sources=[source],
        places=[city, province],
        ties=[tie],
        evidence=[Evidence(source=source, relationship=tie, claim="tie", value="sister")],
        events=[Event(relationship=tie, kind="signing", source=source)],
    )


@pytest.fixture
def editor() -> User:
    user = User.objects.create_user("editor")
    user.groups.add(Group.objects.get(name="Editors"))
    return user


def test_rows_that_point_to_each_other_are_written_together() -> None:
    load(a_list(), actor=None, reason=REASON)
    tie = Relationship.objects.get(partner__slug="city")
    assert tie.partner.parent is not None
    assert tie.partner.parent.slug == "province"
    assert [(piece.source.slug, piece.value) for piece in tie.evidence.all()] == [("list", "sister")]
    assert [event.kind for event in tie.events.all()] == ["signing"]
    assert tie.review_state == "draft"


def test_every_row_has_its_history_with_reason_and_author(editor: User) -> None:
    load(a_list(), actor=editor, reason=REASON)
    written = [model.history.filter(history_change_reason=REASON) for model in (Source, Place, Relationship, Evidence)]
    assert [rows.count() for rows in written] == [1, 2, 1, 1]
    assert {row.history_user for rows in written for row in rows} == {editor}
    assert {row.history_type for rows in written for row in rows} == {"+"}


def test_a_changed_row_grows_a_version_and_is_found_by_its_new_name() -> None:
    place = builders.place("one", name_zh="一市")
    place.name_zh = "新市"
    load(Load(changed=[(place, ("name_zh",))]), actor=None, reason=REASON)
    held = Place.objects.get(slug="one")
    assert (held.name_zh, held.version, held.pinyin) == ("新市", 2, "xinshi")
    assert held.history.first().history_change_reason == REASON


def test_rows_of_one_kind_may_have_different_columns_changed() -> None:
    first, second = builders.ties(2)
    first.note_zh, second.founded_year = "注", 1999
    load(Load(changed=[(first, ("note_zh",)), (second, ("founded_year",))]), actor=None, reason=REASON)
    assert Relationship.objects.get(pk=first.pk).note_zh == "注"
    assert Relationship.objects.get(pk=second.pk).founded_year == 1999


def test_a_row_that_someone_changed_meanwhile_stops_everything() -> None:
    tie = builders.tie()
    seen = Relationship.objects.get(pk=tie.pk)
    curation.save(tie, actor=None)
    rows = a_list()
    rows.changed = [(seen, ("note_zh",))]
    with pytest.raises(curation.StaleVersion, match="Two"):
        load(rows, actor=None, reason=REASON)
    assert not Place.objects.filter(slug="city").exists()


def test_the_same_pair_from_the_other_side_stops_everything() -> None:
    rows = a_list()
    rows.ties.append(new_tie(rows.places[0], builders.place("one")))
    with pytest.raises(IntegrityError):
        load(rows, actor=None, reason=REASON)


def test_only_who_may_publish_loads_what_is_public(editor: User) -> None:
    with pytest.raises(PermissionDenied):
        load(a_list(review_state="published"), actor=editor, reason=REASON)
    load(a_list(review_state="published"), actor=None, reason=REASON)
    assert Relationship.objects.published().filter(partner__slug="city").exists()


def test_a_reviewer_has_their_own_public_list_confirmed_by_another() -> None:
    people = []
    for name in ("reviewer", "second"):
        user = User.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name="Reviewers"))
        people.append(user)
    reviewer, second = people
    for author in (reviewer, None):
        with pytest.raises(PermissionDenied, match="须由另一位审核人员确认"):
            load(a_list(review_state="published"), actor=reviewer, author=author, reason=REASON)
    assert not Relationship.objects.filter(partner__slug="city").exists()
    load(a_list(review_state="published"), actor=second, author=reviewer, reason=REASON)
    assert Relationship.objects.published().filter(partner__slug="city").exists()


def test_a_public_tie_makes_the_drafts_public_that_it_names() -> None:
    province = builders.place("north", level="province", review_state="draft")
    draft = builders.place("town", parent=province, review_state="draft")
    builders.place("elsewhere", review_state="draft")
    draft.name_zh = "镇"
    tie = new_tie(builders.place("one"), draft, review_state="published")
    load(Load(ties=[tie], changed=[(draft, ("name_zh",))]), actor=None, reason=REASON)
    states = dict(Place.objects.filter(slug__in=["north", "town", "elsewhere"]).values_list("slug", "review_state"))
    assert states == {"north": "published", "town": "published", "elsewhere": "draft"}
    assert Place.objects.get(slug="town").name_zh == "镇"
    assert province.history.first().history_change_reason == REASON


def test_a_text_longer_than_its_column_names_the_field() -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refusal:
        load(a_list(type_as_printed="友" * 101), actor=None, reason=REASON)
    assert refusal.value.message_dict == {"type_as_printed": ["Type as printed: at most 100 characters."]}


def test_ids_that_a_list_brings_are_kept_and_passed_over_by_new_rows() -> None:
    rows = a_list(id=5000)
    rows.ties.append(new_tie(builders.place("one"), builders.place("two")))
    load(rows, actor=None, reason=REASON)
    assert rows.ties[1].pk > 5000
    assert Relationship.objects.get(pk=5000).partner.slug == "city"
    assert builders.tie(builders.place("two"), builders.place("three")).pk > 5000


def test_the_number_of_statements_does_not_grow_with_the_rows(django_assert_num_queries: Any) -> None:
    def rows(prefix: str, count: int) -> Load:
        places = [new_place(f"{prefix}-{number}") for number in range(count)]
        return Load(places=places, ties=[new_tie(one, place) for place in places])

    one = builders.place("one")
    few, more = rows("a", 2), rows("b", 40)
    with django_assert_num_queries(6):
        load(few, actor=None, reason=REASON)
    with django_assert_num_queries(6):
        load(more, actor=None, reason=REASON)


def test_a_published_tie_publishes_the_drafts_that_it_names() -> None:
    province = builders.place("hidden-province", level="province", review_state="draft")
    home = builders.place("hidden-home", parent=province, review_state="draft")
    builders.place("other", review_state="draft")
    home.name_en = "Changed"
    ties = [
        new_tie(home, builders.place("two"), review_state="published"),
        new_tie(builders.place("other"), builders.place("three")),
    ]
    load(Load(ties=ties, changed=[(home, ("name_en",))]), actor=None, reason=REASON)
    drafts = Place.objects.filter(review_state="draft").values_list("slug", flat=True)
    assert list(drafts) == ["other"]
    for slug in ("hidden-home", "hidden-province"):
        [newest, _made] = Place.history.filter(slug=slug)
        assert (newest.review_state, newest.history_change_reason, newest.version) == ("published", REASON, 2)
    assert Place.objects.get(slug="hidden-home").name_en == "Changed"
