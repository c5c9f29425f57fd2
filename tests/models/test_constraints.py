"""Every rule that the database keeps, broken once: by the name that the database says, and in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone, translation

from friendship.models import (
    AcceptedFinding,
    AccessEvent,
    ColumnMapping,
    Country,
    Event,
    Evidence,
    ImportRow,
    ImportRun,
    Place,
    Policy,
    Proposal,
    ReadingDecision,
    Redirect,
    Relationship,
    ReportedTotal,
    Source,
    Suggestion,
)
from tests import builders

pytestmark = pytest.mark.django_db

DATES: dict[str, dict[str, int]] = {
    "year_in_range": {"year": 0},
    "month_needs_year": {"month": 5},
    "day_needs_month": {"year": 1999, "day": 5},
    "date_exists": {"year": 1900, "month": 2, "day": 29},
}
DATE_MESSAGES = {
    "year_in_range": "the year must lie between 1 and 9999.",
    "month_needs_year": "a month needs a year.",
    "day_needs_month": "a day needs a month.",
    "date_exists": "this date does not exist in the calendar.",
}


def country(**fields: Any) -> Country:
    return Country(**{"code": "XA", "name_zh": "甲国", "name_en": "A", "continent": "asia", **fields})


def place(**fields: Any) -> Place:
    known = {"slug": "nowhere", "country_id": "CN", "level": "city", "name_zh": "某市", "name_en": "Nowhere"}
    return Place(**{**known, **fields})


def tie(**fields: Any) -> Relationship:
    known = {"home": builders.place("one"), "partner": builders.place("two"), "type": "sister"}
    return Relationship(**{**known, **fields})


def event(**fields: Any) -> Event:
    return Event(**{"relationship": builders.tie(), "kind": "signing", **fields})


def source(**fields: Any) -> Source:
    known = {"slug": "paper", "title": "Paper", "publisher": "Press", "kind": "news", "language": "en"}
    return Source(**{**known, **fields})


def evidence(**fields: Any) -> Evidence:
    known = {"source": builders.source("paper"), "relationship": builders.tie(), "claim": "tie", "value": "sister"}
    return Evidence(**{**known, **fields})


def total(**fields: Any) -> ReportedTotal:
    known = {"source": builders.source("paper"), "place": builders.place("one"), "scope": "all", "metric": "all"}
    return ReportedTotal(**{**known, "value": 1, **fields})


def run(**fields: Any) -> ImportRun:
    return ImportRun(**{"file_name": "list.csv", "content": b"", **fields})


def reading_decision(**fields: Any) -> ReadingDecision:
    known = {"reading": builders.reading(), "fingerprint": "1", "choice": "refused", "label": "One"}
    return ReadingDecision(**{**known, **fields})


def decided_twice() -> ReadingDecision:
    held = reading_decision()
    held.save()
    return reading_decision(reading=held.reading)


def import_row(**fields: Any) -> ImportRow:
    of = run()
    of.save()
    return ImportRow(**{"run": of, "number": 1, "outcome": "created", **fields})


def row_again() -> ImportRow:
    held = import_row()
    held.save()
    return ImportRow(run=held.run, number=held.number, outcome="unchanged")


def mapped_twice() -> ColumnMapping:
    ColumnMapping.objects.create(headers=["A"], fields={}, fingerprint="a")
    return ColumnMapping(headers=["A"], fields={}, fingerprint="a")


def suggestion(**fields: Any) -> Suggestion:
    known = {"place": builders.place("one"), "wrong": "a", "right": "b", "source": "c", "language": "en"}
    return Suggestion(**{**known, **fields})


def taken_token() -> Suggestion:
    suggestion(token="abc").save()
    return suggestion(token="abc")


def taken_slug() -> Place:
    builders.place("nowhere")
    return place()


def taken_source_slug() -> Source:
    builders.source("paper")
    return source()


def pair_the_other_way_round() -> Relationship:
    held = builders.tie()
    return tie(home=held.partner, partner=held.home)


def with_itself() -> Relationship:
    one = builders.place("one")
    return tie(home=one, partner=one)


def said_twice() -> ReportedTotal:
    total(as_of_year=2023).save()
    return total(as_of_year=2023, value=2)


def accepted(**fields: Any) -> AcceptedFinding:
    known = {"rule": "levels-differ", "subject": "relationship/0", "fingerprint": "a", "reason": "So it is."}
    return AcceptedFinding(**{**known, **fields})


def accepted_twice() -> AcceptedFinding:
    accepted().save()
    return accepted(fingerprint="b")


def own_parent() -> Place:
    row = builders.place("one")
    row.parent = row
    return row


BROKEN: dict[str, tuple[Callable[[], models.Model], str]] = {
    "country_continent_known": (lambda: country(continent="atlantis"), "Continent: choose one from the list."),
    "place_slug_unique": (taken_slug, "Address: another place already uses it."),
    "place_slug_not_empty": (
        lambda: place(slug="", name_zh="", name_en=" "),
        "Address: give one, or an English name to make it from.",
    ),
    "place_has_a_name": (lambda: place(name_zh="", name_en=""), "Name: give a Chinese or an English name."),
    "place_level_known": (lambda: place(level="village"), "Level: choose one from the list."),
    "place_review_state_known": (lambda: place(review_state="lost"), "Review state: choose one from the list."),
    "place_latitude_in_range": (
        lambda: place(latitude=90.1, longitude=0),
        "Latitude: must lie between -90 and 90 degrees.",
    ),
    "place_longitude_in_range": (
        lambda: place(latitude=0, longitude=-180.1),
        "Longitude: must lie between -180 and 180 degrees.",
    ),
    "place_coordinates_are_a_pair": (lambda: place(latitude=1.0), "Latitude and longitude: give both or neither."),
    "place_parent_is_another": (own_parent, "Part of: a place cannot belong to itself."),
    "relationship_pair_unique": (
        pair_the_other_way_round,
        "Home side and partner side: this pair is already in the register.",
    ),
    "relationship_two_places": (with_itself, "Partner side: a place cannot be tied with itself."),
    "relationship_type_known": (lambda: tie(type="cousin"), "Type: choose one from the list."),
    "relationship_status_known": (lambda: tie(status="asleep"), "Status: choose one from the list."),
    "relationship_review_state_known": (lambda: tie(review_state="lost"), "Review state: choose one from the list."),
    "relationship_ended_not_before_founded": (
        lambda: tie(founded_year=1999, founded_month=5, ended_year=1999, ended_month=4),
        "Date ended: cannot lie before the date established.",
    ),
    "event_kind_known": (lambda: event(kind="rumour"), "Kind: choose one from the list."),
    "event_paper_known": (lambda: event(paper="napkin"), "Paper: choose one from the list."),
    "source_slug_unique": (taken_source_slug, "Address: another source already uses it."),
    "source_slug_not_empty": (lambda: source(slug="", title="!"), "Address: give one for this source."),
    "source_kind_known": (lambda: source(kind="gossip"), "Kind: choose one from the list."),
    "evidence_claim_known": (lambda: evidence(claim="weather"), "Claim: choose one from the list."),
    "evidence_strength_known": (lambda: evidence(strength="iron"), "Strength: choose one from the list."),
    "evidence_offsets_are_a_range": (
        lambda: evidence(start=5, end=5),
        "Quote position: give begin and end, the end after the begin, or neither.",
    ),
    "reportedtotal_value_not_negative": (lambda: total(value=-1), "Value: must not be negative."),
    "reportedtotal_has_a_figure": (
        lambda: total(value=None),
        "Value: give the number, or the figure as printed where it is not exact.",
    ),
    "reportedtotal_exact_or_as_printed": (
        lambda: total(value=0, as_printed="近90"),
        "Figure as printed: leave it empty where the value is exact.",
    ),
    "reportedtotal_scope_known": (lambda: total(scope="moon"), "Scope: choose one from the list."),
    "reportedtotal_metric_known": (lambda: total(metric="hugs"), "Metric: choose one from the list."),
    "reportedtotal_said_once": (
        said_twice,
        "This source already gives this total for this place, scope and date.",
    ),
    "reportedtotal_offsets_are_a_range": (
        lambda: total(start=3),
        "Quote position: give begin and end, the end after the begin, or neither.",
    ),
    "importrun_format_known": (lambda: run(format="papyrus"), "Format: choose one from the list."),
    "importrun_type_known": (lambda: run(type="cousin"), "Type: choose one from the list."),
    "importrun_state_known": (lambda: run(state="lost"), "State: choose one from the list."),
    "importrow_number_unique": (row_again, "Row: stands in this import already."),
    "importrow_outcome_known": (lambda: import_row(outcome="luck"), "Outcome: choose one from the list."),
    "readingdecision_once": (decided_twice, "Candidate: somebody has decided about it already."),
    "readingdecision_choice_known": (
        lambda: reading_decision(choice="perhaps"),
        "Decision: choose one from the list.",
    ),
    "importrow_choice_known": (lambda: import_row(choice="perhaps"), "Decision: choose one from the list."),
    "policy_there_is_one": (
        lambda: Policy(id=2),
        "Rules of the office: there is only one set of them.",
    ),
    "policy_own_changes_known": (
        lambda: Policy(own_changes="at noon"),
        "Publishing one’s own changes: choose one from the list.",
    ),
    "redirect_kind_known": (
        lambda: Redirect(kind="country", gone=1, kept=2, name="A"),
        "Kind of record: choose one from the list.",
    ),
    "redirect_leads_elsewhere": (
        lambda: Redirect(kind="place", gone=1, kept=1, name="A"),
        "A record cannot be merged with itself.",
    ),
    "proposal_kind_known": (lambda: Proposal(kind="wish"), "What it asks for: choose one from the list."),
    "proposal_state_known": (lambda: Proposal(kind="edit", state="lost"), "State: choose one from the list."),
    "proposal_returned_with_a_word": (
        lambda: Proposal(kind="edit", state="returned"),
        "Reviewer’s word: say what is to be mended.",
    ),
    "acceptedfinding_subject_unique": (accepted_twice, "Finding: is accepted already."),
    "acceptedfinding_has_a_reason": (lambda: accepted(reason=""), "Reason: say why this may stand as it is."),
    "accessevent_kind_known": (lambda: AccessEvent(kind="rumour"), "What happened: choose one from the list."),
    "columnmapping_fingerprint_unique": (mapped_twice, "Header: its columns have a meaning already."),
    "suggestion_token_unique": (taken_token, "Reference number: another suggestion has it already."),
    "suggestion_about_one_record": (
        lambda: suggestion(relationship=builders.tie()),
        "Relationship and place: a suggestion is about exactly one of them.",
    ),
    "suggestion_says_what_is_wrong": (lambda: suggestion(wrong=""), "What is wrong: say it."),
    "suggestion_state_known": (
        lambda: suggestion(state="lost", closed_at=timezone.now(), answer="a"),
        "State: choose one from the list.",
    ),
    "suggestion_closed_at_a_time": (
        lambda: suggestion(state="declined", answer="a"),
        "Closed: an open suggestion has no such time, every other one has.",
    ),
    "suggestion_closed_with_an_answer": (
        lambda: suggestion(state="declined", closed_at=timezone.now()),
        "Answer: say what became of the suggestion.",
    ),
    "suggestion_wiped_once_closed": (
        lambda: suggestion(wiped_at=timezone.now()),
        "E-mail: it is wiped once the suggestion is closed, and then there is none.",
    ),
}


def _dated(build: Callable[..., models.Model], prefix: str, rule: str) -> Callable[[], models.Model]:
    return lambda: build(**{f"{prefix}_{part}": value for part, value in DATES[rule].items()})


for build, model_name, prefix, label in (
    (tie, "relationship", "founded", "Date established"),
    (tie, "relationship", "ended", "Date ended"),
    (event, "event", "date", "Date"),
    (source, "source", "published", "Published on"),
    (total, "reportedtotal", "as_of", "As of"),
):
    for rule, said in DATE_MESSAGES.items():
        BROKEN[f"{model_name}_{prefix}_{rule}"] = (_dated(build, prefix, rule), f"{label}: {said}")


def test_the_list_is_the_models_own() -> None:
    models_of_ours = apps.get_app_config("friendship").get_models()
    assert set(BROKEN) == {rule.name for model in models_of_ours for rule in model._meta.constraints}


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name: str) -> None:
    row = BROKEN[name][0]()
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        models.Model.save(row)  # past every check in Python
    if connection.vendor == "postgresql" or "CHECK" in str(refused.value):
        assert name in str(refused.value)
    else:
        assert "UNIQUE constraint failed" in str(refused.value)


@pytest.mark.parametrize("name", BROKEN)
def test_a_person_is_told_in_words(name: str) -> None:
    build, message = BROKEN[name]
    row = build()
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        row.validate_constraints()
    assert message in refused.value.messages


@pytest.mark.parametrize(("fields", "figure"), [({"value": 0}, "0"), ({"value": None, "as_printed": "近90"}, "近90")])
def test_a_total_is_a_number_or_the_words_of_its_source(fields: dict[str, Any], figure: str) -> None:
    row = total(**fields)
    row.full_clean()
    row.save()
    row.refresh_from_db()
    assert ({name: getattr(row, name) for name in fields}, row.figure) == (fields, figure)


@pytest.mark.parametrize(
    "fields",
    [
        {"founded_year": 2000, "founded_month": 2, "founded_day": 29},
        {"founded_year": 1996, "founded_month": 2, "founded_day": 29},
        {"founded_year": 1999, "founded_month": 12, "founded_day": 31},
        {"founded_year": 1999, "founded_month": 4, "founded_day": 30},
        {"founded_year": 1, "ended_year": 9999},
        {"founded_year": 1999, "founded_month": 5, "ended_year": 1999},
        {
            "founded_year": 1999,
            "founded_month": 5,
            "founded_day": 3,
            "ended_year": 1999,
            "ended_month": 5,
            "ended_day": 3,
        },
    ],
)
def test_dates_that_exist_are_kept(fields: dict[str, int]) -> None:
    row = tie(**fields)
    row.save()
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in fields} == fields


@pytest.mark.parametrize(
    "fields",
    [
        {"founded_year": 2023, "founded_month": 2, "founded_day": 29},
        {"founded_year": 2024, "founded_month": 2, "founded_day": 30},
        {"founded_year": 2024, "founded_month": 4, "founded_day": 31},
        {"founded_year": 2024, "founded_month": 13},
        {"founded_year": 2024, "founded_month": 1, "founded_day": 32},
        {"founded_year": 2024, "founded_month": 1, "founded_day": 0},
    ],
)
def test_dates_that_do_not_exist_are_refused(fields: dict[str, int]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        tie(**fields).save()
