"""What an import wrote goes again, and what people have done since stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied

from friendship import curation
from friendship.curation import proposals
from friendship.curation.imports import Load, load
from friendship.curation.reverting import revert
from friendship.curation.undoing import BUILT_UPON, EDITED, IN_THE_WAY, undo
from friendship.models import (
    Country,
    Event,
    Evidence,
    ImportRow,
    Place,
    Proposal,
    Redirect,
    Relationship,
    ReportedTotal,
    Source,
)
from tests import builders
from tests.curation.test_imports import REASON, a_list, new_place, new_tie

pytestmark = pytest.mark.django_db

MODELS: tuple[Any, ...] = (
    Country,
    Source,
    Place,
    Relationship,
    Evidence,
    Event,
    ReportedTotal,
    Redirect,
    ImportRow,
)


def snapshot() -> list[list[dict[str, Any]]]:
    """Every row of the register, apart from the numbers that grow with each change."""
    rows = [model.objects.order_by("pk").values() for model in MODELS]
    return [[{k: v for k, v in row.items() if k not in {"version", "updated_at"}} for row in some] for some in rows]


@pytest.fixture
def loaded() -> Relationship:
    builders.place("one")
    load(a_list(), actor=None, reason=REASON)
    return Relationship.objects.get(partner__slug="city")


def test_nothing_of_it_is_left() -> None:
    tie = builders.tie(founded_year=1999)
    before = snapshot()
    rows = a_list()
    tie.founded_month = 5
    rows.changed = [(tie, ("founded_month",))]
    load(rows, actor=None, reason=REASON)
    assert snapshot() != before
    assert undo(REASON, actor=None) == []
    assert snapshot() == before


def test_what_goes_leaves_its_history(loaded: Relationship) -> None:
    reviewer = User.objects.create_superuser("reviewer")
    undo(REASON, actor=reviewer)
    last = Relationship.history.filter(id=loaded.pk).first()
    assert (last.history_type, last.history_change_reason, last.history_user) == ("-", "import/7/undo", reviewer)


def test_a_tie_that_staff_has_edited_stays_with_its_places_and_evidence(loaded: Relationship) -> None:
    loaded.note_zh = "核对过"
    curation.save(loaded, actor=None)
    kept = undo(REASON, actor=None)
    assert (kept[0].row, kept[0].why) == (loaded, EDITED)
    assert Relationship.objects.get(pk=loaded.pk).evidence.count() == 1
    assert Place.objects.filter(slug__in=["city", "province"]).count() == 2
    assert {(str(left.row), left.why) for left in kept[1:]} == {
        ("City", BUILT_UPON),
        ("Province", BUILT_UPON),
        ("List", BUILT_UPON),
    }


def test_a_tie_to_which_staff_has_added_evidence_stays(loaded: Relationship) -> None:
    curation.save(
        Evidence(source=builders.source(), relationship=loaded, claim="tie", value="sister", quote="said"), actor=None
    )
    kept = undo(REASON, actor=None)
    assert (loaded, BUILT_UPON) in [(left.row, left.why) for left in kept]
    assert Relationship.objects.get(pk=loaded.pk).evidence.count() == 2


def test_a_tie_whose_evidence_staff_has_corrected_stays(loaded: Relationship) -> None:
    piece = loaded.evidence.get()
    piece.quote = "corrected"
    curation.save(piece, actor=None)
    kept = [(left.row, left.why) for left in undo(REASON, actor=None)]
    assert (loaded, BUILT_UPON) in kept
    assert (piece, EDITED) in kept


def test_a_place_with_a_tie_of_its_own_stays(loaded: Relationship) -> None:
    builders.tie(builders.place("two"), loaded.partner)
    kept = undo(REASON, actor=None)
    assert [str(left.row) for left in kept] == ["City", "Province"]
    assert not Relationship.objects.filter(pk=loaded.pk).exists()


def test_a_changed_row_that_staff_has_changed_again_keeps_the_later_value() -> None:
    tie = builders.tie()
    tie.founded_year = 1999
    load(Load(changed=[(tie, ("founded_year",))]), actor=None, reason=REASON)
    tie.refresh_from_db()
    tie.founded_year = 2000
    curation.save(tie, actor=None)
    assert [(left.row, left.why) for left in undo(REASON, actor=None)] == [(tie, EDITED)]
    assert Relationship.objects.get(pk=tie.pk).founded_year == 2000


def test_publishing_is_no_edit_but_taking_back_needs_a_reviewer(loaded: Relationship) -> None:
    curation.publish([loaded], actor=None)
    editor = User.objects.create_user("editor")
    editor.groups.add(Group.objects.get(name="Editors"))
    with pytest.raises(PermissionDenied):
        undo(REASON, actor=editor)
    assert undo(REASON, actor=None) == []
    assert not Relationship.objects.filter(pk=loaded.pk).exists()


def test_what_filled_a_gap_of_a_public_tie_goes_only_by_a_reviewer() -> None:
    tie = builders.tie()
    tie.founded_year = 1999
    editor = User.objects.create_user("editor")
    editor.groups.add(Group.objects.get(name="Editors"))
    load(Load(changed=[(tie, ("founded_year",))]), actor=None, reason=REASON)
    with pytest.raises(PermissionDenied):
        undo(REASON, actor=editor)
    assert Relationship.objects.get(pk=tie.pk).founded_year == 1999
    editor.groups.set([Group.objects.get(name="Reviewers")])
    assert undo(REASON, actor=User.objects.get(pk=editor.pk)) == []
    assert Relationship.objects.get(pk=tie.pk).founded_year is None


def test_a_public_place_goes_only_by_a_reviewer(loaded: Relationship) -> None:
    curation.publish([loaded], actor=None)
    curation.unpublish([Relationship.objects.get(pk=loaded.pk)], actor=None)
    editor = User.objects.create_user("editor")
    editor.groups.add(Group.objects.get(name="Editors"))
    with pytest.raises(PermissionDenied):
        undo(REASON, actor=editor)
    assert Place.objects.filter(slug="city").exists()


def test_what_staff_has_deleted_already_is_no_trouble(loaded: Relationship) -> None:
    curation.delete(loaded, actor=None)
    assert undo(REASON, actor=None) == []
    assert not Place.objects.filter(slug="city").exists()


def test_other_imports_are_not_touched(loaded: Relationship) -> None:
    other = new_place("other")
    load(Load(places=[other], ties=[new_tie(loaded.home, other)]), actor=None, reason="import/70")
    undo(REASON, actor=None)
    assert Place.objects.filter(slug="other").exists()


def test_a_thousand_rows_go_in_few_statements(django_assert_max_num_queries: Any) -> None:
    """Each row that goes leaves one row of history; the rest does not grow with the rows."""
    one, japan = builders.place("one"), Country.objects.get(pk="JP")
    places = [Place(slug=f"p-{n}", country=japan, level="city", name_en=f"P {n}") for n in range(60)]
    for place in places:
        place.refresh_search()
    load(Load(places=places, ties=[new_tie(one, place) for place in places]), actor=None, reason=REASON)
    with django_assert_max_num_queries(120 + 60):
        assert undo(REASON, actor=None) == []


# --- what was deleted comes back --------------------------------------------------------------------------------------


def a_full_tie() -> Relationship:
    """A tie with evidence and an event, between a city in a province and another place."""
    province = builders.place("province", level="province")
    tie = builders.tie(builders.place("one", parent=province), builders.place("two"))
    builders.evidence(tie, quote="said")
    builders.event(tie, source=builders.source())
    return tie


def test_a_deleted_tie_comes_back_under_its_number_with_evidence_and_events() -> None:
    tie = a_full_tie()
    before = snapshot()
    curation.delete(tie, actor=None, reason="proposal/3")
    assert snapshot() != before
    assert undo("proposal/3", actor=None) == []
    assert snapshot() == before
    last = Evidence.history.first()
    assert (last.history_type, last.history_change_reason) == ("+", "proposal/3/undo")


def test_places_ties_totals_and_countries_deleted_under_one_reason_come_back() -> None:
    tie = a_full_tie()
    Country.objects.create(code="XA", name_zh="甲国", name_en="A", continent="asia")
    total = builders.total(tie.home)
    before = snapshot()
    for row in (total, tie, tie.home, tie.home.parent, Country.objects.get(pk="XA")):
        assert row is not None
        curation.delete(row, actor=None, reason="proposal/3")
    assert undo("proposal/3", actor=None) == []
    assert snapshot() == before


def test_a_total_and_a_country_get_their_former_values() -> None:
    total, country = builders.total(), Country.objects.get(pk="JP")
    before = snapshot()
    total.value, country.aliases = 11, "Nippon"
    for row in (total, country):
        curation.save(row, actor=None, reason="proposal/3")
    assert undo("proposal/3", actor=None) == []
    assert snapshot() == before


def test_a_pair_that_was_added_again_stands_in_the_way() -> None:
    tie = a_full_tie()
    curation.delete(tie, actor=None, reason="proposal/3")
    again = builders.tie(tie.partner, tie.home)
    kept = undo("proposal/3", actor=None)
    assert {(left.row._meta.model_name, left.why) for left in kept} == {
        ("relationship", IN_THE_WAY),
        ("evidence", IN_THE_WAY),
        ("event", IN_THE_WAY),
    }
    assert list(Relationship.objects.filter(home=tie.partner)) == [again]


def test_what_came_back_by_itself_is_no_trouble() -> None:
    tie = a_full_tie()
    pk = tie.pk
    curation.delete(tie, actor=None, reason="proposal/3")
    tie.pk = pk
    tie.save(force_insert=True)
    assert undo("proposal/3", actor=None) == []
    assert Relationship.objects.get(pk=pk).evidence.count() == 1


def test_only_a_reviewer_brings_back_what_the_public_would_see() -> None:
    curation.delete(a_full_tie(), actor=None, reason="proposal/3")
    editor = User.objects.create_user("editor")
    editor.groups.add(Group.objects.get(name="Editors"))
    with pytest.raises(PermissionDenied):
        undo("proposal/3", actor=editor)
    assert not Relationship.objects.filter(home__slug="one").exists()


# --- fact by fact -----------------------------------------------------------------------------------------------------


def test_finely_only_the_facts_stay_that_were_changed_since() -> None:
    tie = builders.tie(founded_year=1982, status="active")
    tie.founded_year, tie.founded_month, tie.status, tie.note_zh = 1983, 5, "ended", "一"
    curation.save(tie, actor=None, reason="proposal/3")
    second = User.objects.create_superuser("second")
    tie.founded_day, tie.note_en = 6, "new"
    curation.save(tie, actor=second)
    [left] = undo("proposal/3", actor=None, finely=True)
    assert (left.row, left.why, [fact.name for fact in left.facts], left.who) == (tie, EDITED, ["founded"], "second")
    tie.refresh_from_db()
    assert (tie.founded.iso, tie.status, tie.note_zh, tie.note_en) == ("1983-05-06", "active", "", "new")


def test_finely_publishing_goes_back_as_well_with_the_places_that_nobody_else_shows() -> None:
    shared, lonely = builders.place("one", review_state="draft"), builders.place("two", review_state="draft")
    tie = builders.tie(shared, lonely, review_state="draft")
    curation.publish([tie], actor=None, reason="proposal/3")
    builders.tie(shared, builders.place("three"))
    assert undo("proposal/3", actor=None, finely=True) == []
    states = Place.objects.filter(slug__in=["one", "two"]).order_by("slug").values_list("review_state", flat=True)
    tie.refresh_from_db()
    assert (tie.review_state, list(states)) == ("draft", ["published", "draft"])


def test_finely_values_that_the_rules_forbid_by_now_stay() -> None:
    place = builders.place("one")
    place.slug = "uno"
    curation.save(place, actor=None, reason="proposal/3")
    builders.place("one", name_en="Another")
    [left] = undo("proposal/3", actor=None, finely=True)
    assert (left.row, left.why, [fact.name for fact in left.facts]) == (place, IN_THE_WAY, ["slug"])
    assert Place.objects.get(pk=place.pk).slug == "uno"


def office(*names: str) -> list[User]:
    """Reviewers of an office in which nobody publishes their own changes."""
    people = [User.objects.create_user(name, is_staff=True) for name in names]
    for person in people:
        person.groups.add(Group.objects.get(name="Reviewers"))
    return people


def newest(row: Any) -> dict[Any, list[int]]:
    """The last record of a row's history, chosen to be taken back."""
    return {type(row): [row.history.first().history_id]}


def test_taking_back_an_unpublishing_publishes_nothing() -> None:
    first, second = office("first", "second")
    tie = builders.tie()
    curation.unpublish([tie], actor=first)
    hidden = newest(Relationship.objects.get(pk=tie.pk))
    draft = Relationship.objects.get(pk=tie.pk)
    draft.note_en = "never reviewed"
    curation.save(draft, actor=second)
    for actor in (second, None):
        revert(hidden, actor=actor)
        assert Relationship.objects.get(pk=tie.pk).review_state == "draft"


def test_evidence_does_not_go_back_to_a_public_tie_unreviewed() -> None:
    editor = User.objects.create_user("editor", is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    public, draft = builders.tie(), builders.tie(partner=builders.place("three"), review_state="draft")
    piece = builders.evidence(public, value="sister")
    piece.relationship = draft
    curation.save(piece, actor=None)
    moved = newest(piece)
    piece.value = "other"
    curation.save(piece, actor=editor)
    with pytest.raises(curation.NeedsReview):
        revert(moved, actor=editor)
    assert Evidence.objects.get(pk=piece.pk).relationship == draft


def test_a_reviewer_does_not_undo_to_what_nobody_has_looked_at() -> None:
    first, second = office("first", "second")
    tie = builders.tie(review_state="draft")
    tie.note_en = "never reviewed"
    curation.save(tie, actor=first)
    tie.note_en = "harmless"
    proposal = proposals.propose([proposals.difference(tie)], actor=first, kind="bulk", prepared=True)
    proposals.apply(proposal, actor=first)
    curation.publish([Relationship.objects.get(pk=tie.pk)], actor=second)
    with pytest.raises(PermissionDenied):
        proposals.undo(Proposal.objects.get(pk=proposal.pk), actor=first)
    assert Relationship.objects.get(pk=tie.pk).note_en == "harmless"


# --- who did it -------------------------------------------------------------------------------------------------------


def everything(name: str, code: str) -> dict[str, Any]:
    """A row of each kind, in the order in which they are needed, each apart from those of other names."""
    country = Country.objects.create(code=code, name_zh=f"{name}国", name_en=name, continent="asia")
    above = builders.place(f"{name}-province", level="province", country=country)
    place = builders.place(f"{name}-city", parent=above, country=country)
    paper = builders.source(f"{name}-paper")
    tie = builders.tie(place, builders.place("abroad"))
    return {
        "country": country,
        "above": above,
        "place": place,
        "source": paper,
        "tie": tie,
        "total": builders.total(place, paper),
        "evidence": builders.evidence(tie, paper),
        "event": builders.event(tie, source=paper),
    }


def test_all_that_goes_changes_or_comes_back_names_who_took_it_back() -> None:
    reviewer = User.objects.create_superuser("reviewer")
    gone, altered = everything("gone", "XA"), everything("altered", "XB")
    before = snapshot()
    for row in reversed(gone.values()):
        curation.delete(row, actor=None, reason=REASON)
    told = {"place": "name_zh", "above": "name_zh", "source": "title", "country": "aliases", "tie": "note_zh"}
    for what, column in (told | {"total": "value", "evidence": "quote", "event": "text_zh"}).items():
        setattr(altered[what], column, "7")
        curation.save(altered[what], actor=None, reason=REASON)
    load(a_list(), actor=None, reason=REASON)
    assert undo(REASON, actor=reviewer) == []
    after = snapshot()
    one = Place.objects.get(slug="one")  # which the list needs, and did not bring
    assert [[row for row in rows if row.get("slug") != one.slug] for rows in after] == before
    for model in (Country, Source, Place, Relationship, ReportedTotal, Evidence, Event):
        records = model.history.filter(history_change_reason=f"{REASON}/undo")
        went = [] if model in (Country, ReportedTotal) else ["-"]  # which a list does not bring
        each = 2 if model is Place else 1
        kinds = sorted(records.values_list("history_type", flat=True))
        assert kinds == sorted((["+", *went, "~"]) * each), model
        assert {record.history_user for record in records} == {reviewer}, model


def test_a_reviewer_brings_back_what_the_public_had_seen_although_nothing_else_tells_of_it() -> None:
    """The piece was written while its tie was a draft: that the public has seen it, only its deletion tells."""
    first, second = office("first", "second")
    tie = builders.tie(review_state="draft")
    piece = builders.evidence(tie)
    curation.publish([tie], actor=first)
    curation.delete(piece, actor=second, reason="proposal/3", reviewed=True)
    assert undo("proposal/3", actor=first) == []
    assert tie.evidence.count() == 1


def test_a_reviewer_does_not_bring_back_what_the_public_has_never_seen() -> None:
    first, second = office("first", "second")
    tie = builders.tie(review_state="draft")
    curation.delete(builders.evidence(tie), actor=second, reason="proposal/3")
    curation.publish([tie], actor=first)
    with pytest.raises(curation.NeedsReview):
        undo("proposal/3", actor=first)
    assert tie.evidence.count() == 0
