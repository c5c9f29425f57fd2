"""Reported totals beside what is recorded: the gap, the latest of each question, and the history of each."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.dates import PartialDate
from friendship.models import Place, ReportedTotal
from friendship.queries import ComparedTotal, Criteria, Gap
from friendship.queries.totals import moment
from tests import builders

pytestmark = pytest.mark.django_db


def sichuan() -> queries.PlaceReport:
    return queries.report_of(Place.objects.get(slug="sichuan"))


def said(rows: list[ComparedTotal]) -> list[tuple[str | None, str, int]]:
    """As of when, which figure, beside how many."""
    return [(row.total.as_of.iso if row.total.as_of else None, row.total.figure, row.recorded) for row in rows]


@pytest.mark.parametrize(
    ("reported", "recorded", "difference", "share"),
    [(119, 85, 34, 85 / 119), (4, 4, 0, 1.0), (3, 4, -1, 1.0), (0, 0, 0, 1.0), (0, 2, -2, 1.0), (5, 0, 5, 0.0)],
)
def test_a_gap(reported: int, recorded: int, difference: int, share: float) -> None:
    gap = Gap(reported, recorded)
    assert (gap.difference, gap.share) == (difference, share)


def test_an_inexact_total_has_no_gap() -> None:
    builders.ties(2)
    exact, inexact = queries.compare(
        [builders.total(value=3), builders.total(metric="sister", value=None, as_printed="近90")]
    )
    assert (exact.gap, inexact.gap) == (Gap(3, 2), None)
    assert (exact.recorded, inexact.recorded) == (2, 2)


def test_the_history_of_sichuans_sister_ties() -> None:
    history = sichuan().histories[0]
    assert (history.key, history.scope, history.metric) == ("sichuan-all-sister", "all", "sister")
    assert said(history.rows) == [
        ("2014-11", "78", 64),
        ("2021-05", "112", 83),
        ("2023-05-18", "119", 85),
        ("2023", "127", 85),
        ("2024-11-12", "127", 87),
    ]
    assert [row.recorded for row in history.rows] == [queries.recorded(row.total) for row in history.rows]
    moments = [at for at, _gap in history.points]
    assert [int(at) for at in moments] == [2014, 2021, 2023, 2023, 2024]
    assert moments == sorted(moments)


def test_what_is_inexact_is_told_and_never_computed_with() -> None:
    [history] = [item for item in sichuan().histories if item.key == "sichuan-all-cooperation"]
    assert said(history.rows) == [
        ("2014-11", "近90", 16),
        ("2021-05", "280", 29),
        ("2023-05-18", "321", 32),
        ("2024-11-12", "373", 36),
    ]
    assert [gap.reported for _at, gap in history.points] == [280, 321, 373]
    assert [total.as_printed for total in history.inexact] == ["近90"]


def test_the_questions_about_a_place_stand_in_one_order() -> None:
    assert [history.key for history in sichuan().histories] == [
        "sichuan-all-sister",
        "sichuan-all-cooperation",
        "sichuan-all-all",
        "sichuan-all-countries",
        "sichuan-own-sister",
    ]


def test_a_total_without_a_date_has_no_point() -> None:
    builders.total(value=5, as_of_year=None)
    builders.total(value=7, as_of_year=1999)
    [history] = queries.report_of(builders.place("one")).histories
    assert said(history.rows) == [(None, "5", 0), ("1999", "7", 0)]
    assert history.points == [(1999.5, Gap(7, 0))]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2022-12-31", "2023-01-01"),
        ("2023-05-18", "2023"),
        ("2023", "2023-08"),
        ("2023-05", "2023-05-18"),
        ("2023-05-03", "2023-05"),
    ],
)
def test_dates_of_any_precision_have_their_moment(earlier: str, later: str) -> None:
    first, second = moment(PartialDate.parse(earlier)), moment(PartialDate.parse(later))
    assert int(earlier[:4]) <= first < second < int(later[:4]) + 1


def test_the_latest_of_each_question() -> None:
    latest = queries.latest_totals(12)
    assert [(row.total.place.slug, row.total.scope, row.total.metric, row.total.figure) for row in latest] == [
        ("sichuan", "all", "sister", "127"),
        ("sichuan", "all", "cooperation", "373"),
        ("sichuan", "all", "all", "500"),
        ("sichuan", "all", "countries", "87"),
        ("sichuan", "own", "sister", "40"),
        ("mianyang", "all", "all", "45"),
        ("mianyang", "own", "sister", "4"),
        ("mianyang", "own", "cooperation", "29"),
        ("mianyang", "own", "partners", "33"),
        ("mianyang", "own", "countries", "21"),
        ("mianyang", "subordinate", "cooperation", "12"),
        ("mianyang", "subordinate", "countries", "10"),
    ]
    assert queries.latest_totals(3) == latest[:3]


def test_history_does_not_make_the_latest_longer(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ReportedTotal.objects.all().delete()
    for year in range(1990, 2020):
        builders.total(value=year, as_of_year=year)
    builders.total(value=5, as_of_year=None)
    builders.columns_are_read()
    with django_assert_num_queries(5):  # all dates, the chosen rows, the state, what lies in the place, and within that
        assert said(queries.latest_totals(12)) == [("2019", "2019", 0)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({}, ["sichuan", "mianyang"]),
        ({"type": ("sister",), "country": ("JP",)}, ["sichuan", "mianyang"]),
        ({"province": ("sichuan",)}, ["sichuan", "mianyang"]),
        ({"place": ("mianyang", "chengdu")}, ["mianyang"]),
        ({"place": ("mianyang",), "province": ("sichuan",)}, ["mianyang"]),
        ({"place": ("mianyang",), "province": ("yunnan",)}, []),
        ({"province": ("washington",)}, []),
    ],
)
def test_the_places_in_question(question: dict[str, Any], expected: list[str]) -> None:
    found = queries.reports(Criteria(**question), most=10)
    assert ([report.place.slug for report in found.places], found.left_out) == (expected, 0)


def test_only_so_many_places_are_reported(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(5):
        builders.total(builders.place(f"city-{number}"))
    builders.columns_are_read()
    with django_assert_num_queries(5):  # the places, their totals, the state, what lies in them, and within that
        found = queries.reports(Criteria(), most=2)
    assert ([report.place.slug for report in found.places], found.left_out) == (["sichuan", "mianyang"], 5)
    assert found.places[0] == sichuan()


@pytest.mark.parametrize("count", [1, 30])
def test_totals_are_compared_together(django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    builders.ties(3)
    rows = [builders.total(as_of_year=1990 + number) for number in range(count)]
    builders.columns_are_read()
    with django_assert_num_queries(3):  # the state, what lies in the place, and within that
        assert [row.recorded for row in queries.compare(rows)] == [3] * count


def test_the_ends_of_many_ties_are_asked_for_in_parts(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(import_module("friendship.queries.totals"), "_AT_ONCE", 2)
    for year in range(1990, 1995):
        builders.tie(builders.place("one"), builders.place(f"city-{year}"), status="ended", ended_year=year)
    rows = [builders.total(as_of_year=1988 + number) for number in range(8)]
    builders.columns_are_read()
    with django_assert_num_queries(6):
        compared = queries.compare(rows)
    assert [row.recorded for row in compared] == [5, 5, 4, 3, 2, 1, 0, 0]


def test_nothing_is_asked_where_nothing_was_reported(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert queries.compare([]) == []


def test_a_draft_is_not_recorded() -> None:
    before = said([row for history in sichuan().histories for row in history.rows])
    home = Place.objects.get(slug="sichuan")
    builders.tie(home, builders.place("two"), founded_year=1990, review_state="draft")
    assert said([row for history in sichuan().histories for row in history.rows]) == before
    builders.tie(home, builders.place("three"), founded_year=1990)
    after = said([row for history in sichuan().histories for row in history.rows])
    assert [now[2] - then[2] for then, now in zip(before, after, strict=True) if now != then][:5] == [1] * 5
