"""The conditions of the workbench: gaps, sources that disagree, proposals, and the anniversaries ahead."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User

from friendship import queries
from friendship.models import ImportRun, Place, Proposal, Relationship
from friendship.queries import worklists
from tests import builders

pytestmark = pytest.mark.django_db


def test_gaps_of_places() -> None:
    before = worklists.place_gaps(Place.objects.all())
    builders.place("one", name_zh="", latitude=1.0, longitude=2.0)
    builders.place("two", name_en="", name_zh="乙", parent=builders.place("above", level="province", name_zh="省"))
    builders.place("three", name_zh="丙", latitude=1.0, longitude=2.0, review_state="draft")
    after = worklists.place_gaps(Place.objects.all())
    assert {name: after[name] - number for name, number in before.items()} == {
        "coordinates": 2,
        "name_en": 1,
        "name_zh": 1,
        "parent": 2,
        "draft": 1,
    }


def test_gaps_of_ties() -> None:
    before = worklists.tie_gaps(Relationship.objects.all())
    builders.tie(builders.place("one"), builders.place("two"), founded_year=1999)
    draft = builders.tie(builders.place("one"), builders.place("three"), review_state="draft")
    builders.evidence(draft)
    builders.evidence(draft, builders.source("other"), value="cooperation")
    after = worklists.tie_gaps(Relationship.objects.all())
    assert {name: after[name] - number for name, number in before.items()} == {
        "date": 1,
        "source": 1,
        "unexplained": 1,
        "draft": 1,
    }


def disagreeing() -> set[int]:
    return set(Relationship.objects.filter(worklists.disagreeing()).values_list("pk", flat=True))


def test_the_database_sees_the_disagreements_that_the_page_tells() -> None:
    rows = queries.with_evidence(Relationship.objects.with_places()).prefetch_related("events")
    told = {tie.pk for tie in rows if queries.disagreements(tie)}
    assert len(told) == 9
    assert disagreeing() == told
    assert not Relationship.objects.filter(worklists.unexplained()).exists()


@pytest.mark.parametrize(
    ("founded", "event", "is_stage"),
    [
        ({"founded_year": 2024}, {"date_year": 2018}, True),
        ({"founded_year": 2024, "founded_month": 5}, {"date_year": 2024, "date_month": 4}, True),
        (
            {"founded_year": 2024, "founded_month": 5, "founded_day": 2},
            {"date_year": 2024, "date_month": 5, "date_day": 1},
            True,
        ),
        ({}, {"date_year": 2018}, True),
        ({"founded_year": 2024}, {"date_year": 2024, "date_month": 4}, False),
        ({"founded_year": 2018}, {"date_year": 2024}, False),
        ({"founded_year": 2024}, {}, False),
    ],
)
def test_a_source_that_tells_of_an_earlier_stage_does_not_disagree(
    founded: dict[str, Any], event: dict[str, Any], is_stage: bool
) -> None:
    tie = builders.tie(**founded)
    builders.evidence(tie)
    builders.evidence(tie, builders.source("earlier"), value="cooperation")
    builders.event(tie, source=builders.source("earlier"), **event)
    [row] = queries.with_evidence(Relationship.objects.filter(pk=tie.pk)).prefetch_related("events")
    assert (tie.pk not in disagreeing(), not queries.disagreements(row)) == (is_stage, is_stage)


def test_proposals_as_their_author_and_as_others_see_them() -> None:
    author, other = (User.objects.create_user(name) for name in ("author", "other"))
    for state in ("open", "returned", "prepared", "applied"):
        Proposal.objects.create(kind="edit", state=state, author=author, word="Mend it.")
    assert worklists.proposed(Proposal.objects.all(), author.pk) == worklists.Proposed(
        open=1, own=1, returned=1, prepared=1
    )
    assert worklists.proposed(Proposal.objects.all(), other.pk) == worklists.Proposed(
        open=1, own=0, returned=0, prepared=0
    )
    assert worklists.proposed(Proposal.objects.all(), None) == worklists.Proposed(open=1, own=0, returned=0, prepared=0)


# --- anniversaries --------------------------------------------------------------------------------------------------


def coming(today: str, *founded: str, **fields: Any) -> list[str]:
    """The anniversaries ahead of a day, of ties founded on these dates."""
    Relationship.objects.all().delete()
    for number, iso in enumerate(founded):
        parts = dict(zip(("year", "month", "day"), (int(part) for part in iso.split("-")), strict=False))
        dated = {f"founded_{name}": value for name, value in parts.items()}
        builders.tie(builders.place("one"), builders.place(f"city-{number}"), **dated, **fields)
    day = datetime.date.fromisoformat(today)
    rows = list(worklists.coming_anniversaries(Relationship.objects.all(), day))
    assert worklists.count_ahead(Relationship.objects.all(), day).count == len(rows)
    return [worklists.as_anniversary(tie, day).date.iso for tie in rows]


def test_the_sixty_days_by_the_day_and_over_new_year() -> None:
    found = coming(
        "2026-11-27", "1980-01-26", "1980-11-27", "1980-12", "1980-12-24", "1980-11-26", "1980-01-27", "1980"
    )
    assert found == ["2026-11-27", "2026-12-24", "2026-12", "2027-01-26"]


def test_a_month_without_a_day_counts_as_a_whole() -> None:
    assert coming("2026-11-27", "1980-11", "1980-01", "1980-02") == ["2026-11", "2027-01"]


@pytest.mark.parametrize(
    ("today", "found"),
    [
        ("2026-12-30", ["2027-02-28"]),  # the last of the 60 days is 28 February
        ("2026-12-29", []),
        ("2027-02-28", ["2027-02-28"]),
        ("2027-03-01", []),
        ("2027-12-30", []),  # 28 February 2028 is not yet the 29th
        ("2027-12-31", ["2028-02-29"]),
    ],
)
def test_the_twenty_ninth_of_february(today: str, found: list[str]) -> None:
    assert coming(today, "1996-02-29") == found


def test_a_tie_has_its_first_anniversary_a_year_later() -> None:
    assert coming("2026-11-27", "2026-12-01", "2025-12-01", "2026-01-05") == ["2026-12-01", "2027-01-05"]


@pytest.mark.parametrize("fields", [{"review_state": "draft"}, {"status": "ended"}, {"type": "intent"}])
def test_only_public_ties_that_count(fields: dict[str, str]) -> None:
    assert coming("2026-11-27", "1980-12-01", **fields) == []


def test_a_celebration_that_is_noted_leaves_the_list() -> None:
    assert coming("2026-11-27", "1980-12-01") == ["2026-12-01"]
    [tie] = Relationship.objects.all()
    builders.event(tie, kind="anniversary", date_year=2025)
    assert list(worklists.coming_anniversaries(Relationship.objects.all(), datetime.date(2026, 11, 27))) == [tie]
    builders.event(tie, kind="anniversary", date_year=2026)
    assert list(worklists.coming_anniversaries(Relationship.objects.all(), datetime.date(2026, 11, 27))) == []


def test_round_ones() -> None:
    coming("2026-11-27", "1986-12-01", "1987-12-01", "1987-01-03")
    day = datetime.date(2026, 11, 27)
    found = worklists.coming_anniversaries(Relationship.objects.all(), day, only_round=True)
    assert [worklists.as_anniversary(tie, day).years for tie in found] == [40, 40]
    assert worklists.count_ahead(Relationship.objects.all(), day) == worklists.Ahead(count=3, round=2)


def test_imports_that_wait() -> None:
    for state in ("checked", "checked", "failed", "loaded"):
        ImportRun.objects.create(file_name="list.csv", content=b"", state=state)
    assert worklists.imports_waiting(ImportRun.objects.all()) == {"checked": 2, "uploaded": 0, "failed": 1}


def test_places_are_asked_once() -> None:
    assert (
        Place.objects.filter(worklists.PLACE_GAPS["coordinates"]).count()
        == worklists.place_gaps(Place.objects.all())["coordinates"]
    )
