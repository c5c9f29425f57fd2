"""What is accepted from a text: written with its source, proposed where the public sees it, and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from friendship import curation
from friendship.curation import proposals, readings
from friendship.curation.readings import Decided, Taken
from friendship.curation.undoing import BUILT_UPON
from friendship.models import (
    Event,
    Evidence,
    Place,
    Proposal,
    Reading,
    ReadingDecision,
    Relationship,
    Remit,
    ReportedTotal,
    Source,
)
from tests import builders

pytestmark = pytest.mark.django_db

ABOUT = {"title": "Report", "publisher": "Test Press", "kind": "news", "language": "zh-Hans", "published_year": 2023}
TEXT = "2021年5月，绵阳市与法国试验市结为国际友好城市。"


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def person(name: str, group: str = "Editors") -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def editor() -> User:
    return person("editor")


def brought(actor: Any, **about: Any) -> Reading:
    return readings.begin(TEXT, {**ABOUT, **about}, 2, actor=actor)


def new_tie(home: Place | None = None, partner: Place | None = None) -> Taken:
    """A draft with evidence and an event, between Mianyang and a place that is new."""
    new = partner or Place(country_id="FR", level="city", slug="test-town", name_zh="试验市", review_state="draft")
    tie = Relationship(home=home or builders.place("mianyang"), partner=new, type="sister", review_state="draft")
    piece = Evidence(relationship=tie, claim="tie", value="sister", quote=TEXT[:5], start=0, end=5)
    event = Event(relationship=tie, kind="signing")
    return Taken(tie, places=[] if partner else [new], evidence=[piece], events=[event])


def more_for(tie: Relationship) -> Taken:
    piece = Evidence(relationship=tie, claim="founded", value="2021-05", quote=TEXT[:7], start=0, end=7)
    return Taken(tie, evidence=[piece])


def reasons(model: Any) -> set[str]:
    rows = model.history.filter(history_change_reason__startswith="reading/")
    return set(rows.values_list("history_change_reason", flat=True))


# --- the text


def test_bringing_a_text_changes_nothing_of_the_register(editor: User) -> None:
    before = Source.objects.count()
    reading = brought(editor)
    assert (reading.title, reading.started_by, reading.source, reading.waiting) == ("Report", editor, None, 2)
    assert Source.objects.count() == before


def test_whoever_presses_twice_has_brought_one_text(editor: User) -> None:
    assert brought(editor) == brought(editor)
    assert Reading.objects.count() == 1


def test_corrections_are_kept_until_they_are_empty(editor: User) -> None:
    reading = brought(editor)
    readings.keep_typed(reading, {"a": {"type": "exchange"}, "b": {}})
    readings.keep_typed(Reading.objects.get(), {"b": {"type": "other"}})
    assert Reading.objects.get().typed == {"a": {"type": "exchange"}, "b": {"type": "other"}}
    readings.keep_typed(reading, {"a": {}})
    assert Reading.objects.get().typed == {"b": {"type": "other"}}


def test_a_text_goes_unless_something_of_it_was_accepted(editor: User) -> None:
    reading = brought(editor)
    readings.refuse(reading, "1", "One", actor=editor)
    readings.discard(reading)
    assert (Reading.objects.count(), ReadingDecision.objects.count()) == (0, 0)
    kept = brought(editor)
    readings.accept(kept, "1", "One", new_tie(), actor=editor)
    with pytest.raises(PermissionDenied, match="Take that back first"):
        readings.discard(kept)
    readings.discard(reading)  # gone already


# --- accepting


def test_a_new_tie_is_a_draft_with_its_places_and_the_text_as_its_source(editor: User) -> None:
    reading = brought(editor)
    readings.keep_typed(reading, {"1": {"type": "other"}})
    decision = readings.accept(reading, "1", "One", new_tie(), actor=editor)
    tie = Relationship.objects.get(home__slug="mianyang", partner__slug="test-town")
    source = Source.objects.get(title="Report")
    assert (tie.review_state, tie.partner.review_state, decision.relationship) == ("draft", "draft", tie)
    assert (source.text, source.published_year, source.slug) == (TEXT, 2023, "report")
    assert [(piece.source, piece.start) for piece in tie.evidence.all()] == [(source, 0)]
    assert [event.source for event in tie.events.all()] == [source]
    for model in (Relationship, Evidence, Event, Place):
        assert reasons(model) == {f"reading/{reading.pk}/{decision.pk}"}
    assert reasons(Source) == {f"reading/{reading.pk}"}
    held = Reading.objects.get()
    assert (held.source, held.typed, held.waiting) == (source, {}, 1)


def test_the_public_sees_nothing_of_it_yet(editor: User) -> None:
    readings.accept(brought(editor), "1", "One", new_tie(), actor=editor)
    assert not Source.objects.published().filter(title="Report").exists()
    assert not Relationship.objects.published().filter(partner__slug="test-town").exists()


def test_a_draft_stays_one_even_where_the_office_lets_everybody_publish(no_review: None) -> None:
    reviewer = person("reviewer", "Reviewers")
    decision = readings.accept(brought(reviewer), "1", "One", new_tie(), actor=reviewer)
    assert decision.relationship is not None
    assert (decision.relationship.review_state, decision.relationship.partner.review_state) == ("draft", "draft")


def test_what_contains_a_new_place_comes_before_it(editor: User) -> None:
    around = Place(country_id="FR", level="province", slug="test-land", name_zh="试验大区", review_state="draft")
    town = Place(country_id="FR", level="city", slug="test-town", name_zh="试验市", parent=around, review_state="draft")
    taken = new_tie(partner=town)
    taken.places = [around, town]
    readings.accept(brought(editor), "1", "One", taken, actor=editor)
    held = Place.objects.get(slug="test-town").parent
    assert held is not None
    assert held.slug == "test-land"


def test_a_second_candidate_has_the_same_source(editor: User) -> None:
    reading = brought(editor)
    readings.accept(reading, "1", "One", new_tie(), actor=editor)
    partner = builders.place("other-town", country_id="FR")
    readings.accept(Reading.objects.get(), "2", "Two", new_tie(partner=partner), actor=editor)
    assert Source.objects.filter(title="Report").count() == 1
    assert Evidence.objects.filter(source__title="Report").count() == 2


def test_texts_of_one_title_have_addresses_of_their_own(editor: User) -> None:
    slugs = []
    for number in range(3):
        partner = builders.place(f"town-{number}", country_id="FR")
        another = readings.begin(f"{TEXT}{number}", ABOUT, 2, actor=editor)
        readings.accept(another, "1", "One", new_tie(partner=partner), actor=editor)
        slugs.append(Source.objects.latest("pk").slug)
    assert slugs == ["report", "report-2023", "report-2"]


def test_evidence_for_a_public_tie_is_proposed(editor: User) -> None:
    tie = builders.tie(builders.place("mianyang"), builders.place("town", country_id="FR"))
    decision = readings.accept(brought(editor), "1", "One", more_for(tie), actor=editor)
    assert (tie.evidence.count(), decision.relationship) == (0, tie)
    assert decision.proposal is not None
    assert (decision.proposal.state, decision.proposal.note) == ("open", "From the text “Report”.")
    proposals.apply(decision.proposal, actor=person("reviewer", "Reviewers"))
    [piece] = tie.evidence.all()
    assert (piece.claim, piece.value, piece.source.title) == ("founded", "2021-05", "Report")
    assert Source.objects.published().filter(title="Report").exists()


def test_evidence_for_a_draft_is_written(editor: User) -> None:
    tie = builders.tie(builders.place("mianyang"), builders.place("town", country_id="FR"), review_state="draft")
    decision = readings.accept(brought(editor), "1", "One", more_for(tie), actor=editor)
    assert (tie.evidence.count(), decision.proposal) == (1, None)


def test_totals_are_proposed_together(editor: User) -> None:
    rows = [
        ReportedTotal(place=builders.place("mianyang"), scope="all", metric=metric, value=3, as_of_year=2023)
        for metric in ("sister", "all")
    ]
    decision = readings.accept(brought(editor), "1", "One", Taken(None, totals=rows), actor=editor)
    assert decision.proposal is not None
    assert [change["after"]["metric"] for change in decision.proposal.changes] == ["sister", "all"]
    assert not ReportedTotal.objects.filter(source__title="Report").exists()


def test_nobody_decides_twice(editor: User) -> None:
    reading = brought(editor)
    readings.refuse(reading, "1", "One", actor=editor)
    told = "editor has decided about this candidate meanwhile: refused"
    with pytest.raises(Decided, match=told):
        readings.refuse(reading, "1", "One", actor=person("other"))
    with pytest.raises(Decided, match=told):
        readings.accept(reading, "1", "One", new_tie(), actor=editor)
    assert not Relationship.objects.filter(partner__slug="test-town").exists()


def test_a_text_that_is_gone_decides_nothing(editor: User) -> None:
    reading = brought(editor)
    Reading.objects.get().delete()
    with pytest.raises(Decided, match="thrown this text away"):
        readings.refuse(reading, "1", "One", actor=editor)


def test_a_refusal_of_the_register_leaves_nothing_behind(editor: User) -> None:
    builders.tie(builders.place("mianyang"), builders.place("town", country_id="FR"))
    reading, before = brought(editor), Source.objects.count()
    with pytest.raises(ValidationError, match="this pair is already in the register"):
        readings.accept(reading, "1", "One", new_tie(partner=builders.place("town")), actor=editor)
    assert (Source.objects.count(), ReadingDecision.objects.count(), Reading.objects.get().waiting) == (before, 0, 2)


def test_a_source_whose_text_has_changed_is_read_again(editor: User) -> None:
    source = builders.source("held", text=TEXT)
    reading = readings.begin(TEXT, ABOUT, 1, actor=editor, source=source)
    source.text += "…"
    source.save()
    with pytest.raises(ValidationError, match="has changed since"):
        readings.accept(Reading.objects.get(), "1", "One", new_tie(), actor=editor)
    assert reading.source == source


def test_nothing_beyond_a_remit_is_accepted(editor: User) -> None:
    Remit.objects.create(user=editor, place=builders.place("mianyang"))
    reading = brought(editor)
    with pytest.raises(PermissionDenied, match="lies beyond your remit"):
        readings.accept(reading, "1", "One", new_tie(home=builders.place("deyang")), actor=editor)
    assert not Place.objects.filter(slug="test-town").exists()
    readings.accept(reading, "1", "One", new_tie(), actor=editor)


def test_of_a_text_under_copyright_the_quotes_alone_are_kept(editor: User) -> None:
    reading = readings.begin(TEXT, ABOUT, 1, actor=editor, keeps_text=False)
    readings.accept(reading, "1", "One", new_tie(), actor=editor)
    piece = Evidence.objects.get(source__title="Report")
    assert (piece.source.text, piece.quote, piece.start, piece.end) == ("", TEXT[:5], None, None)
    other = new_tie(partner=builders.place("other-town", country_id="FR"))
    readings.accept(Reading.objects.get(), "2", "Two", other, actor=editor)
    assert Source.objects.filter(title="Report").count() == 1


# --- taking back


def test_what_was_accepted_goes_with_its_places_and_its_source(editor: User) -> None:
    reading = brought(editor)
    decision = readings.accept(reading, "1", "One", new_tie(), actor=editor)
    readings.submit(Relationship.objects.get(partner__slug="test-town"), actor=editor, reading=reading)
    assert readings.take_back(decision, actor=editor) == []
    assert not Place.objects.filter(slug="test-town").exists()
    assert not Source.objects.filter(title="Report").exists()
    held = Reading.objects.get()
    assert (held.source, held.waiting, held.text, held.decisions.count()) == (None, 2, TEXT, 0)
    assert [proposal.state for proposal in Proposal.objects.filter(kind="publish")] == ["withdrawn"]
    readings.accept(held, "1", "One", new_tie(), actor=editor)
    assert Source.objects.get(title="Report").text == TEXT


def test_the_source_stays_while_another_candidate_stands_on_it(editor: User) -> None:
    reading = brought(editor)
    first = readings.accept(reading, "1", "One", new_tie(), actor=editor)
    other = new_tie(partner=builders.place("other-town", country_id="FR"))
    readings.accept(Reading.objects.get(), "2", "Two", other, actor=editor)
    assert readings.take_back(first, actor=editor) == []
    assert Reading.objects.get().source == Source.objects.get(title="Report")


def test_what_one_candidate_brought_and_another_stood_on_goes_with_the_last(editor: User) -> None:
    reading = brought(editor)
    around = Place(country_id="FR", level="province", slug="test-land", name_zh="试验大区", review_state="draft")
    towns = [Place(country_id="FR", level="city", slug=f"town-{n}", name_zh="镇", review_state="draft") for n in (1, 2)]
    decisions = []
    for number, town in enumerate(towns):
        town.parent = around
        taken = new_tie(partner=town)
        taken.places = [town] if number else [around, town]
        decisions.append(readings.accept(Reading.objects.get(), str(number), "x", taken, actor=editor))
    [left] = readings.take_back(decisions[0], actor=editor)
    assert left.label == "试验大区"
    assert readings.take_back(decisions[1], actor=editor) == []
    assert not Place.objects.filter(slug__in=("test-land", "town-1", "town-2")).exists()
    assert reading.decisions.count() == 0


def test_a_refusal_is_taken_back(editor: User) -> None:
    reading = brought(editor)
    decision = readings.refuse(reading, "1", "One", actor=editor)
    assert readings.take_back(decision, actor=editor) == []
    assert (Reading.objects.get().waiting, reading.decisions.count()) == (2, 0)
    assert readings.take_back(decision, actor=editor) == []


def test_a_tie_that_was_changed_since_stays_with_its_decision(editor: User) -> None:
    decision = readings.accept(brought(editor), "1", "One", new_tie(), actor=editor)
    tie = Relationship.objects.get(partner__slug="test-town")
    tie.note_en = "Changed."
    curation.save(tie, actor=editor)
    with pytest.raises(PermissionDenied, match="somebody has changed it since"):
        readings.take_back(decision, actor=editor)
    assert ReadingDecision.objects.count() == 1
    assert tie.evidence.count() == 1


def test_what_was_published_since_is_for_reviewers(editor: User) -> None:
    decision = readings.accept(brought(editor), "1", "One", new_tie(), actor=editor)
    tie = Relationship.objects.get(partner__slug="test-town")
    reviewer = person("reviewer", "Reviewers")
    curation.publish([tie], actor=reviewer)
    with pytest.raises(PermissionDenied):
        readings.take_back(decision, actor=editor)
    assert Relationship.objects.filter(pk=tie.pk, review_state="published").exists()


def test_a_proposal_is_withdrawn_and_one_that_was_carried_out_stays(editor: User) -> None:
    tie = builders.tie(builders.place("mianyang"), builders.place("town", country_id="FR"))
    first = readings.accept(brought(editor), "1", "One", more_for(tie), actor=editor)
    readings.take_back(first, actor=editor)
    assert Proposal.objects.get().state == "withdrawn"
    second = readings.accept(brought(editor), "1", "One", more_for(tie), actor=editor)
    assert second.proposal is not None
    proposals.apply(second.proposal, actor=person("reviewer", "Reviewers"))
    with pytest.raises(PermissionDenied, match="published meanwhile"):
        readings.take_back(ReadingDecision.objects.get(), actor=editor)
    assert tie.evidence.count() == 1


def test_a_proposal_of_somebody_else_is_not_withdrawn(editor: User) -> None:
    tie = builders.tie(builders.place("mianyang"), builders.place("town", country_id="FR"))
    decision = readings.accept(brought(editor), "1", "One", more_for(tie), actor=editor)
    with pytest.raises(PermissionDenied, match="Only who wrote a proposal"):
        readings.take_back(decision, actor=person("other"))


def test_a_source_that_others_quote_by_now_stays_and_is_named_though_nobody_looks_at_it_again(editor: User) -> None:
    """Of what only reviewers decide, one may still take back what they accepted themselves."""
    reviewer = person("reviewer", "Reviewers")
    decision = readings.accept(brought(reviewer), "1", "One", new_tie(), actor=reviewer)
    source = Source.objects.get(title="Report")
    builders.evidence(builders.tie(), source)
    [left] = readings.take_back(decision, actor=reviewer)
    assert (left.row, left.why) == (source, BUILT_UPON)
    assert not Relationship.objects.filter(partner__slug="test-town").exists()
    assert Source.history.filter(history_change_reason=f"reading/{decision.reading_id}/undo").count() == 0


def test_long_titles_and_labels_are_cut_where_their_columns_end(editor: User) -> None:
    reading = brought(editor, title="t" * 300)
    decision = readings.accept(reading, "1", "l" * 301, new_tie(), actor=editor)
    assert decision.label == "l" * 300
    assert Source.objects.get(title="t" * 300).slug == "t" * 100
    other = readings.begin(f"{TEXT}2", {**ABOUT, "title": "t" * 300}, 2, actor=editor)
    readings.accept(other, "1", "l" * 300, new_tie(partner=builders.place("town", country_id="FR")), actor=editor)
    assert Source.objects.latest("pk").slug == "t" * 95 + "-2023"
    assert ReadingDecision.objects.latest("pk").label == "l" * 300


# --- four eyes


def test_another_person_publishes_what_was_accepted(editor: User) -> None:
    reviewer = person("reviewer", "Reviewers")
    reading = brought(reviewer)
    readings.accept(reading, "1", "One", new_tie(), actor=reviewer)
    tie = Relationship.objects.get(partner__slug="test-town")
    proposal = readings.submit(tie, actor=reviewer, reading=reading)
    with pytest.raises(PermissionDenied):
        proposals.apply(proposal, actor=reviewer)
    proposals.apply(proposal, actor=person("second", "Reviewers"))
    with pytest.raises(curation.StaleVersion, match="no draft any more"):
        readings.submit(tie, actor=editor, reading=reading)
