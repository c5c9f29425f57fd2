"""What the public sees changes once a second person has looked at it, as proposed and as a whole, or not at all."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError

from friendship import curation
from friendship.curation import proposals, reverting
from friendship.curation.imports import Load, load
from friendship.curation.reviewing import authors, shown_with
from friendship.dates import PartialDate
from friendship.models import Evidence, ImportRun, Place, Policy, Proposal, Relationship, Remit
from tests import builders

pytestmark = pytest.mark.django_db


def person(name: str, group: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def editor() -> User:
    return person("editor", "Editors")


@pytest.fixture
def reviewer() -> User:
    return person("reviewer", "Reviewers")


def proposed(editor: User, tie: Relationship, **values: Any) -> Proposal:
    """A proposal of the editor's to change these columns of the tie."""
    row = Relationship.objects.get(pk=tie.pk)
    for column, value in values.items():
        setattr(row, column, value)
    return proposals.propose([proposals.difference(row)], actor=editor)


# --- who needs a second person ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [builders.evidence, builders.event])
def test_what_stands_on_a_public_tie_needs_review_as_the_tie_does(build: Any, editor: User) -> None:
    tie = builders.tie()
    for row in (tie, build(tie)):
        with pytest.raises(PermissionDenied):
            curation.delete(row, actor=editor)
        with pytest.raises(curation.NeedsReview):
            curation.save(row, actor=editor)
    draft = builders.tie(partner=builders.place("three"), review_state="draft")
    for row in (draft, build(draft)):
        curation.save(row, actor=editor)


def test_a_piece_does_not_slip_from_a_draft_to_a_public_tie_or_back(editor: User) -> None:
    public, draft = builders.tie(), builders.tie(partner=builders.place("three"), review_state="draft")
    for held, wanted in ((public, draft), (draft, public)):
        piece = builders.evidence(held)
        piece.relationship = wanted
        with pytest.raises(curation.NeedsReview):
            curation.save(piece, actor=editor)


def test_countries_totals_and_public_sources_need_review_and_new_sources_do_not(editor: User) -> None:
    paper = builders.source()
    curation.save(paper, actor=editor)
    builders.evidence(builders.tie(), paper)
    for row in (paper, builders.place("one").country, builders.total()):
        with pytest.raises(curation.NeedsReview):
            curation.save(row, actor=editor)


@pytest.mark.parametrize(
    ("rule", "others", "allowed"),
    [
        ("never", 0, False),
        ("alone", 0, True),
        ("alone", 1, False),
        ("always", 1, True),
    ],
)
def test_reviewers_publish_their_own_changes_as_the_rules_of_the_office_say(
    rule: str, others: int, allowed: bool, reviewer: User
) -> None:
    Policy.objects.filter(pk=1).update(own_changes=rule)
    for number in range(others):
        person(f"other {number}", "Editors")
    tie = builders.tie()
    tie.note_en = "new"
    assert curation.needs_review(tie, reviewer) is not allowed
    assert curation.may_publish_own(None)


def test_whoever_has_left_is_not_counted_as_staff(reviewer: User, editor: User) -> None:
    assert not curation.may_publish_own(reviewer)
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert curation.may_publish_own(reviewer)


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_nobody_publishes_a_draft_that_they_had_a_hand_in(editor: User, reviewer: User) -> None:
    tie = Relationship(home=builders.place("one"), partner=builders.place("two"), type="sister")
    curation.save(tie, actor=editor)
    curation.save(Evidence(relationship=tie, source=builders.source(), claim="tie"), actor=reviewer)
    with pytest.raises(PermissionDenied):
        curation.publish([tie], actor=reviewer)
    other = person("other", "Reviewers")
    assert curation.publish([Relationship.objects.get(pk=tie.pk)], actor=other) == 1


def test_what_becomes_public_with_a_tie_has_authors_as_well(editor: User, reviewer: User) -> None:
    province = builders.place("province", level="province", review_state="draft")
    city = builders.place("city", parent=province, review_state="draft")
    tie = builders.tie(city, builders.place("two"), review_state="draft")
    paper, public = builders.source(), builders.source("public")
    builders.evidence(tie, paper)
    builders.evidence(tie, public)
    builders.evidence(builders.tie(), public)
    assert shown_with(tie) == [province, city, paper]
    for row, column in ((Place.objects.get(pk=province.pk), "name_en"), (paper, "publisher")):
        setattr(row, column, "of a reviewer")
        curation.save(row, actor=person(f"reviewer of {column}", "Reviewers"))
    names = User.objects.filter(pk__in=authors(tie)).values_list("username", flat=True)
    assert set(names) == {"reviewer of name_en", "reviewer of publisher"}
    with pytest.raises(PermissionDenied):
        curation.publish([tie], actor=User.objects.get(username="reviewer of publisher"))


def test_who_brought_a_list_has_written_it_whoever_had_it_loaded(editor: User, reviewer: User) -> None:
    run = ImportRun.objects.create(file_name="list.csv", content=b"1", started_by=reviewer, confirmed_by=editor)
    row = Relationship(home=builders.place("one"), partner=builders.place("two"), type="sister")
    load(Load(ties=[row]), actor=editor, author=reviewer, reason=run.history_reason)
    assert authors(Relationship.objects.get(home__slug="one")) == {editor.pk, reviewer.pk}


def test_a_draft_is_not_changed_and_published_in_one_step(editor: User, reviewer: User) -> None:
    tie = builders.tie(review_state="draft")
    tie.note_en, tie.review_state = "mine", "published"
    with pytest.raises(PermissionDenied):
        curation.save(tie, actor=reviewer)
    assert Relationship.objects.get(pk=tie.pk).review_state == "draft"


def test_who_hid_a_tie_may_show_it_again(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    curation.unpublish([tie], actor=reviewer)
    assert curation.publish([Relationship.objects.get(pk=tie.pk)], actor=reviewer) == 1


def test_a_reviewers_new_place_waits_for_another_reviewer(editor: User, reviewer: User) -> None:
    place = Place(country_id="CN", level="city", name_en="New Town", review_state="published")
    curation.save(place, actor=reviewer)
    assert Place.objects.get(pk=place.pk).review_state == "draft"


def test_a_submitted_draft_is_returned_mended_and_published(editor: User, reviewer: User) -> None:
    tie = builders.tie(review_state="draft")
    proposal = proposals.propose_publication(tie, actor=editor, note="from the newspaper")
    assert list(Proposal.objects.waiting()) == [proposal]
    with pytest.raises(ValidationError):
        proposals.send_back(proposal, actor=reviewer, word="  ")
    proposals.send_back(proposal, actor=reviewer, word="Which day?")
    assert list(Proposal.objects.waiting()) == []

    again = proposals.propose_publication(tie, actor=editor)
    assert (again.pk, again.state, again.note, again.word) == (proposal.pk, "open", "from the newspaper", "Which day?")
    with pytest.raises(PermissionDenied):
        proposals.apply(again, actor=editor)
    done = proposals.apply(again, actor=reviewer)
    tie.refresh_from_db()
    assert (done.state, done.decided_by, tie.review_state) == ("applied", reviewer, "published")
    assert tie.history.first().history_change_reason == f"proposal/{proposal.pk}"


# --- proposals --------------------------------------------------------------------------------------------------------


def test_a_proposal_holds_both_values_and_changes_nothing(editor: User) -> None:
    tie = builders.tie(founded_year=1982)
    proposal = proposed(editor, tie, founded_month=10, note_en="new")
    assert proposal.changes == [
        {
            "model": "relationship",
            "pk": tie.pk,
            "version": 1,
            "action": "change",
            "before": {"founded_year": 1982, "founded_month": None, "founded_day": None, "note_en": ""},
            "after": {"founded_year": 1982, "founded_month": 10, "founded_day": None, "note_en": "new"},
        }
    ]
    assert (proposal.relationship, proposal.state, proposal.author) == (tie, "open", editor)
    tie.refresh_from_db()
    assert (tie.note_en, tie.version) == ("", 1)


def test_what_breaks_a_rule_is_not_even_proposed(editor: User) -> None:
    with pytest.raises(ValidationError):
        proposed(editor, builders.tie(), founded_month=10)


def test_carried_out_it_is_in_the_history_under_its_authors_name(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    proposal = proposed(editor, tie, note_en="new")
    with pytest.raises(PermissionDenied):
        proposals.apply(proposal, actor=editor)
    proposals.apply(proposal, actor=reviewer)
    tie.refresh_from_db()
    newest = tie.history.first()
    assert (tie.note_en, newest.history_user, newest.history_change_reason) == (
        "new",
        editor,
        f"proposal/{proposal.pk}",
    )


def test_nobody_publishes_their_own_proposal(reviewer: User, editor: User) -> None:
    proposal = proposed(reviewer, builders.tie(), note_en="new")
    with pytest.raises(PermissionDenied):
        proposals.apply(proposal, actor=reviewer)
    Policy.objects.filter(pk=1).update(own_changes="always")
    assert proposals.apply(proposal, actor=reviewer).state == "applied"


def test_additions_changes_and_removals_come_together_or_not_at_all(editor: User, reviewer: User) -> None:
    tie, paper = builders.tie(), builders.source()
    old = builders.evidence(tie, paper, quote="old")
    new = Evidence(relationship=tie, source=paper, claim="founded", value="1982")
    changes = [proposals.removal(old), proposals.difference(new)]
    proposal = proposals.propose(changes, actor=editor)
    assert (proposal.relationship, tie.evidence.get(), proposals.touches_public(proposal)) == (tie, old, True)

    broken = proposals.propose(
        [*changes, {**changes[1], "after": {**changes[1]["after"], "claim": "weather"}}], actor=editor
    )
    with pytest.raises(ValidationError):
        proposals.apply(broken, actor=reviewer)
    assert (tie.evidence.get(), Proposal.objects.get(pk=broken.pk).state) == (old, "open")

    done = proposals.apply(proposal, actor=reviewer)
    piece = tie.evidence.get()
    assert (piece.claim, piece.value, done.changes[1]["pk"]) == ("founded", "1982", piece.pk)


def test_two_proposals_for_one_tie_are_both_kept_where_they_do_not_clash(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    first, second = proposed(editor, tie, note_en="first"), proposed(editor, tie, note_zh="第二")
    for proposal in (first, second):
        proposals.apply(proposal, actor=reviewer)
    tie.refresh_from_db()
    assert (tie.note_en, tie.note_zh, tie.version) == ("first", "第二", 3)


def test_two_proposals_for_one_fact_clash_and_nothing_is_lost(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    first, second = proposed(editor, tie, note_en="first"), proposed(editor, tie, note_en="second")
    proposals.apply(first, actor=reviewer)
    with pytest.raises(proposals.Conflict) as clash:
        proposals.apply(second, actor=reviewer)
    assert clash.value.clashes == [(0, "note_en", "first")]
    assert (Relationship.objects.get(pk=tie.pk).note_en, Proposal.objects.get(pk=second.pk).state) == ("first", "open")

    mended = proposals.amend(second, proposed(editor, tie, note_en="both").changes, actor=editor)
    proposals.apply(mended, actor=reviewer)
    assert Relationship.objects.get(pk=tie.pk).note_en == "both"


def test_a_date_is_one_fact_whatever_part_of_it_changes(editor: User, reviewer: User) -> None:
    tie = builders.tie(founded_year=1982)
    month, year = proposed(editor, tie, founded_month=10), proposed(editor, tie, founded_year=1983)
    proposals.apply(year, actor=reviewer)
    with pytest.raises(proposals.Conflict):
        proposals.apply(month, actor=reviewer)
    assert Relationship.objects.get(pk=tie.pk).founded == PartialDate(1983)


def test_what_was_deleted_meanwhile_clashes(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    change, removal = proposed(editor, tie, note_en="new"), proposals.propose([proposals.removal(tie)], actor=editor)
    tie.note_zh = "新"
    curation.save(tie, actor=None)
    with pytest.raises(proposals.Conflict):
        proposals.apply(removal, actor=reviewer)
    curation.delete(tie, actor=None)
    with pytest.raises(proposals.Conflict):
        proposals.apply(change, actor=reviewer)


def test_what_is_so_already_is_no_clash(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    proposal = proposed(editor, tie, note_en="same")
    tie.note_en = "same"
    curation.save(tie, actor=None)
    assert proposals.apply(proposal, actor=reviewer).state == "applied"


def test_what_somebody_has_deleted_already_need_not_be_deleted(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    piece = builders.evidence(tie)
    row = Relationship.objects.get(pk=tie.pk)
    row.note_en = "new"
    proposal = proposals.propose([proposals.removal(piece), proposals.difference(row)], actor=editor)
    curation.delete(piece, actor=None)
    assert proposals.apply(proposal, actor=reviewer).state == "applied"
    assert (Relationship.objects.get(pk=tie.pk).note_en, tie.evidence.count()) == ("new", 0)


def test_what_was_deleted_meanwhile_is_nobodys_and_may_be_declined_by_anybody(editor: User) -> None:
    limited = person("limited", "Reviewers")
    Remit.objects.create(user=limited, place=Place.objects.get(slug="mianyang"))
    tie = builders.tie()
    moved, noted = proposed(editor, tie, home_id=builders.place("three").pk), proposed(editor, tie, note_en="new")
    for proposal in (moved, noted):
        with pytest.raises(PermissionDenied):
            proposals.decline(proposal, actor=limited, word="no")
    curation.delete(tie, actor=None)
    for proposal in (moved, noted):
        assert proposals.decline(proposal, actor=limited, word="no").state == "declined"


def test_a_proposal_is_decided_once(editor: User, reviewer: User) -> None:
    proposal = proposed(editor, builders.tie(), note_en="new")
    proposals.decline(proposal, actor=reviewer, word="No source says so.")
    for late in (
        partial(proposals.apply, actor=reviewer),
        partial(proposals.send_back, actor=reviewer, word="again"),
        partial(proposals.withdraw, actor=editor),
    ):
        with pytest.raises(proposals.NotPending):
            late(proposal)


def test_only_its_author_changes_or_withdraws_it(editor: User, reviewer: User) -> None:
    proposal = proposed(editor, builders.tie(), note_en="new")
    with pytest.raises(PermissionDenied):
        proposals.withdraw(proposal, actor=reviewer)
    with pytest.raises(PermissionDenied):
        proposals.amend(proposal, proposal.changes, actor=reviewer)
    assert proposals.withdraw(proposal, actor=editor).state == "withdrawn"


@pytest.mark.parametrize("decide", [proposals.send_back, proposals.decline])
def test_editors_decide_nothing(decide: Any, editor: User) -> None:
    proposal = proposed(editor, builders.tie(), note_en="new")
    with pytest.raises(PermissionDenied):
        decide(proposal, actor=person("other", "Editors"), word="no")


def test_who_declines_or_returns_a_proposal_says_why(editor: User, reviewer: User) -> None:
    proposal = proposed(editor, builders.tie(), note_en="new")
    for decide, said in ((proposals.decline, "请说明未采纳的理由"), (proposals.send_back, "请说明需要修改之处")):
        with pytest.raises(ValidationError, match=said):
            decide(proposal, actor=reviewer, word=" \n")
    declined = proposals.decline(proposal, actor=reviewer, word=" No source.\n")
    assert (declined.state, declined.word, declined.decided_by) == ("declined", "No source.", reviewer)


def test_a_reviewer_with_a_remit_decides_nothing_that_leads_out_of_it(editor: User) -> None:
    limited = person("limited", "Reviewers")
    mianyang, deyang = Place.objects.get(slug="mianyang"), Place.objects.get(slug="deyang")
    Remit.objects.create(user=limited, place=mianyang)
    tie = builders.tie(mianyang)
    leaving, staying = proposed(editor, tie, home_id=deyang.pk), proposed(editor, tie, note_en="new")
    for decide in (proposals.send_back, proposals.decline):
        with pytest.raises(PermissionDenied, match="不在您的工作范围"):
            decide(leaving, actor=limited, word="no")
    assert proposals.decline(staying, actor=limited, word="no").state == "declined"
    assert Proposal.objects.get(pk=leaving.pk).state == "open"


def test_of_drafts_alone_an_editor_carries_out_what_they_have_prepared(editor: User) -> None:
    row = builders.tie(review_state="draft")
    row.note_en = "new"
    prepared = proposals.propose([proposals.difference(row)], actor=editor, kind="bulk", prepared=True)
    assert list(Proposal.objects.waiting()) == []
    proposals.apply(prepared, actor=editor)
    assert Relationship.objects.get(pk=row.pk).note_en == "new"


def test_what_is_carried_out_is_what_was_seen_once_nobody_can_change_it(editor: User, reviewer: User) -> None:
    proposal = proposed(editor, builders.tie(), note_en="new")
    with pytest.raises(curation.StaleVersion):
        proposals.apply(proposal, actor=reviewer, as_seen=lambda held: held.note == "another")
    assert proposals.apply(proposal, actor=reviewer, as_seen=lambda held: held.note == "").state == "applied"


def test_a_draft_that_was_deleted_meanwhile_is_not_published(editor: User, reviewer: User) -> None:
    draft = builders.tie(review_state="draft")
    proposal = proposals.propose_publication(draft, actor=editor)
    curation.delete(draft, actor=editor)
    with pytest.raises(curation.StaleVersion, match="草稿其间已被删除"):
        proposals.apply(proposal, actor=reviewer)
    assert Proposal.objects.get(pk=proposal.pk).state == "open"


@pytest.mark.parametrize("gone", [0, 1])
def test_two_records_of_which_one_was_deleted_meanwhile_are_not_merged(gone: int, editor: User, reviewer: User) -> None:
    places = [builders.place("one"), builders.place("two")]
    proposal = reverting.propose_merge(*places, actor=editor)
    curation.delete(places[gone], actor=None)
    with pytest.raises(curation.StaleVersion, match="其中一条记录在此期间已被删除"):
        proposals.apply(proposal, actor=reviewer)
    assert Place.objects.filter(slug__in=("one", "two")).count() == 1


def test_a_proposal_that_deletes_its_place_is_about_none_afterwards(editor: User, reviewer: User) -> None:
    place = builders.place("one", review_state="published")
    proposal = proposals.propose([proposals.removal(place)], actor=editor)
    assert proposal.place == place
    done = proposals.apply(proposal, actor=reviewer)
    assert (done.state, done.place, Place.objects.filter(pk=place.pk).exists()) == ("applied", None, False)
    assert proposals.undo(done, actor=reviewer).kept == []
    assert Place.objects.get(slug="one").pk == place.pk


def test_a_publication_is_not_undone_as_a_change_is(editor: User, reviewer: User) -> None:
    proposal = proposals.propose_publication(builders.tie(review_state="draft"), actor=editor)
    with pytest.raises(PermissionDenied):
        proposals.undo(proposals.apply(proposal, actor=reviewer), actor=reviewer)


def test_a_merge_is_not_mended_in_a_form(editor: User) -> None:
    proposal = proposed(editor, builders.tie(), note_en="new")
    Proposal.objects.filter(pk=proposal.pk).update(kind="merge")
    with pytest.raises(PermissionDenied):
        proposals.amend(proposal, proposal.changes, actor=editor)


def test_undone_it_gives_back_what_stood_there_and_keeps_what_was_changed_since(editor: User, reviewer: User) -> None:
    tie, other = builders.tie(note_en="old"), builders.tie(partner=builders.place("three"), note_en="old")
    changes = [*proposed(editor, tie, note_en="new").changes, *proposed(editor, other, note_en="new").changes]
    proposal = proposals.apply(proposals.propose(changes, actor=editor, kind="bulk"), actor=reviewer)
    other.refresh_from_db()
    other.note_en = "later"
    curation.save(other, actor=None)
    with pytest.raises(PermissionDenied):
        proposals.undo(proposal, actor=editor)
    undone = proposals.undo(proposal, actor=reviewer)
    notes = Relationship.objects.filter(pk__in=(tie.pk, other.pk)).order_by("pk").values_list("note_en", flat=True)
    assert (list(notes), undone.state, undone.undone_by) == (["old", "later"], "undone", reviewer)
    assert [kept["id"] for kept in undone.kept] == [other.pk]


def test_a_change_names_a_model_of_the_register() -> None:
    with pytest.raises(LookupError):
        proposals.model_of({"model": "user", "pk": 1, "version": 1, "action": "change", "before": {}, "after": {}})


def test_a_proposal_deletes_its_own_subject_and_brings_it_back(editor: User, reviewer: User) -> None:
    tie = builders.tie()
    builders.evidence(tie)
    builders.event(tie)
    proposal = proposals.propose([proposals.removal(tie)], actor=editor)
    done = proposals.apply(proposal, actor=reviewer)
    assert (done.state, done.relationship_id, Relationship.objects.filter(pk=tie.pk).exists()) == (
        "applied",
        None,
        False,
    )
    assert proposals.undo(done, actor=reviewer).kept == []
    back = Relationship.objects.get(pk=tie.pk)
    assert (back.review_state, back.evidence.count(), back.events.count()) == ("published", 1, 1)
