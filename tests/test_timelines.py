"""The life of a tie as one line."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from friendship import queries
from friendship.dates import PartialDate
from friendship.models import Relationship
from friendship.queries.timelines import years_between
from tests import builders

pytestmark = pytest.mark.django_db


def steps(tie: Relationship) -> list[queries.Step]:
    held = queries.relationship(tie.pk)
    assert held is not None
    return queries.timeline(held)


def told(tie: Relationship) -> list[tuple[str | None, str | None, bool]]:
    """Kind, date and whether it founded the tie, of each step."""
    return [(step.kind, step.date.iso if step.date else None, step.is_founding) for step in steps(tie)]


def dates(prefix: str, iso: str) -> dict[str, Any]:
    parts = (int(part) for part in iso.split("-"))
    return {f"{prefix}_{name}": part for name, part in zip(("year", "month", "day"), parts, strict=False)}


def test_a_stage_by_stage_tie_of_the_register() -> None:
    tie = Relationship.objects.get(pk=66)
    assert told(tie) == [
        ("signing", "2018-08", False),
        ("approval", "2023-08-19", False),
        ("upgrade", "2024-09-12", True),
    ]
    found = steps(tie)
    assert [step.years for step in found] == [0, 5, 1]
    assert (found[2].paper, [source.slug for source in found[2].sources]) == (
        "agreement",
        ["cns-chengdu-yekaterinburg-2024"],
    )
    with translation.override("en"):
        assert steps(tie)[0].text == "A friendly-cooperation tie was set up."


def test_a_tie_of_one_date_is_one_step_with_the_sources_of_that_date() -> None:
    tie = builders.tie(founded_year=1988, founded_month=5)
    for slug, value in (("early", "1987"), ("right", "1988-05"), ("precise", "1988-05-03"), ("also", "1988-05")):
        builders.evidence(tie, builders.source(slug), claim="founded", value=value)
    assert told(tie) == [(None, "1988-05", True)]
    assert [source.slug for source in steps(tie)[0].sources] == ["right", "precise", "also"]


def test_a_tie_of_which_no_date_is_known_has_no_line() -> None:
    assert told(builders.tie()) == []


def test_every_tie_of_the_register_with_a_date_has_a_line_that_founds_it_once() -> None:
    for tie in Relationship.objects.published():
        founding = [step for step in steps(tie) if step.is_founding]
        assert len(founding) == (tie.founded is not None)
        assert all(step.date and tie.founded and step.date.iso.startswith(tie.founded.iso) for step in founding)


@pytest.mark.parametrize(
    ("founded", "events", "expected"),
    [
        ("2018", [("signing", "2018-03-05")], [("signing", "2018-03-05", True)]),
        ("2018-03-05", [("signing", "2018-03-05")], [("signing", "2018-03-05", True)]),
        ("2018-03-05", [("signing", "2018")], [("signing", "2018", False), (None, "2018-03-05", True)]),
        ("2018-03", [("approval", "2018-03")], [("approval", "2018-03", False), (None, "2018-03", True)]),
        ("2018-03", [("signing", "2018-04")], [(None, "2018-03", True), ("signing", "2018-04", False)]),
        (
            "2018",
            [("signing", "2018-02"), ("upgrade", "2018-09")],
            [("signing", "2018-02", False), ("upgrade", "2018-09", True)],
        ),
        (
            "2018",
            [("signing", "2018-02"), ("signing", "2018-09")],
            [("signing", "2018-02", True), ("signing", "2018-09", False)],
        ),
        ("2018", [("signing", None)], [(None, "2018", True), ("signing", None, False)]),
        ("2018", [("intent", "2018-02")], [(None, "2018", True), ("intent", "2018-02", False)]),
    ],
)
def test_the_founding_date_is_told_once(
    founded: str, events: list[tuple[str, str | None]], expected: list[tuple[str | None, str | None, bool]]
) -> None:
    tie = builders.tie(**dates("founded", founded))
    for kind, date in events:
        builders.event(tie, kind=kind, **(dates("date", date) if date else {}))
    assert told(tie) == expected


def test_a_letter_of_intent_is_founded_by_its_letter() -> None:
    tie = builders.tie(type="intent", founded_year=2017)
    builders.event(tie, kind="intent", date_year=2017, date_month=8, paper="letter_of_intent")
    assert told(tie) == [("intent", "2017-08", True)]


@pytest.mark.parametrize(
    ("fields", "event", "expected"),
    [
        ({"ended_year": 2001}, None, [("end", "2001")]),
        ({"ended_year": 2001, "ended_month": 5}, {"date_year": 2001}, [("end", "2001-05")]),
        ({"ended_year": 2001}, {"date_year": 2001, "date_month": 5}, [("end", "2001-05")]),
        ({"ended_year": 2001}, {}, [("end", "2001")]),
        ({"ended_year": 2001}, {"date_year": 2003}, [("end", "2001"), ("end", "2003")]),
        ({}, None, [("end", None)]),
        ({}, {"date_year": 2003}, [("end", "2003")]),
    ],
)
def test_the_end_is_told_once(
    fields: dict[str, Any], event: dict[str, Any] | None, expected: list[tuple[str, str | None]]
) -> None:
    tie = builders.tie(status="ended", founded_year=1990, **fields)
    if event is not None:
        builders.event(tie, kind="end", **event)
    assert [(kind, date) for kind, date, _founding in told(tie)[1:]] == expected


def test_a_year_stands_before_its_months_and_what_has_no_date_last() -> None:
    tie = builders.tie(founded_year=2000)
    for kind, date in (
        ("project", None),
        ("visit", "2010-03-02"),
        ("anniversary", "2010-03"),
        ("renewal", "2010"),
        ("suspension", "2010-03-02"),
        ("approval", "2000"),
    ):
        builders.event(tie, kind=kind, **(dates("date", date) if date else {}))
    assert told(tie) == [
        ("approval", "2000", False),
        (None, "2000", True),
        ("renewal", "2010", False),
        ("anniversary", "2010-03", False),
        ("visit", "2010-03-02", False),
        ("suspension", "2010-03-02", False),
        ("project", None, False),
    ]
    assert [step.years for step in steps(tie)] == [0, 0, 10, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("earlier", "later", "years"),
    [
        ("1982", "2023", 41),
        ("1982-10", "2023", 41),
        ("1982-10", "2023-09", 40),
        ("1982-10", "2023-10", 41),
        ("1982-10-03", "2023-10-02", 40),
        ("1982-10-03", "2023-10-03", 41),
        ("1982-10-03", "2023-10", 41),
        ("1982-10", "2023-10-01", 41),
        ("2018-08", "2018-12", 0),
    ],
)
def test_years_between_partial_dates(earlier: str, later: str, years: int) -> None:
    assert years_between(PartialDate.parse(earlier), PartialDate.parse(later)) == years
