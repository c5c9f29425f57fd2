"""Which anniversaries there are, and where in the year they stand."""

from __future__ import annotations

import datetime
from importlib import import_module

import pytest
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.dates import PartialDate
from friendship.models import Place, Relationship
from friendship.queries import Anniversary, Criteria
from tests import builders

pytestmark = pytest.mark.django_db

ONE = Criteria(place=("one",))


def tie(name: str, founded: PartialDate | None, **fields: object) -> Relationship:
    """A tie of One, dated as the test needs it."""
    row = builders.tie(builders.place("one"), builders.place(name), **fields)
    row.founded = founded
    row.save()
    return row


def said(rows: list[Anniversary]) -> list[tuple[str, str, int]]:
    return [(row.tie.partner.slug, row.date.iso, row.years) for row in rows]


def by_month(criteria: Criteria, year: int, most: int = 100) -> dict[str, list[tuple[str, str, int]]]:
    months = [PartialDate(year, month) for month in range(1, 13)]
    found = queries.anniversaries_by_month(criteria, months, most)
    return {row.month.iso: said(row.rows) for row in found if row.rows}


@pytest.mark.parametrize(
    ("founded", "year", "expected"),
    [
        (PartialDate(1982, 10, 3), 2026, "2026-10-03"),
        (PartialDate(1982, 10), 2026, "2026-10"),
        (PartialDate(1982), 2026, "2026"),
        (PartialDate(1996, 2, 29), 2026, "2026-02-28"),
        (PartialDate(1996, 2, 29), 2028, "2028-02-29"),
        (PartialDate(1996, 2, 29), 2100, "2100-02-28"),
        (PartialDate(1996, 2), 2026, "2026-02"),
    ],
)
def test_a_date_returns_as_precisely_as_it_is_known(founded: PartialDate, year: int, expected: str) -> None:
    assert queries.anniversary_date(founded, year).iso == expected


def test_a_tie_without_a_date_has_no_anniversary() -> None:
    with pytest.raises(ValueError, match="without a founding date"):
        queries.anniversary(tie("undated", None), 2026)
    assert by_month(ONE, 2026) == {}
    assert queries.anniversaries_by_age(ONE, 2026, 100) == []


def test_each_precision_stands_where_it_belongs() -> None:
    tie("by-month", PartialDate(1990, 5))
    tie("by-day", PartialDate(1986, 5, 20))
    tie("early", PartialDate(2001, 5, 3))
    tie("by-year", PartialDate(1990))
    tie("undated", None)
    assert by_month(ONE, 2026) == {
        "2026-05": [("early", "2026-05-03", 25), ("by-day", "2026-05-20", 40), ("by-month", "2026-05", 36)]
    }
    [group] = queries.anniversaries_by_age(ONE, 2026, 100)
    assert said(group.rows) == [("by-year", "2026", 36)]
    assert (group.youngest, group.oldest, group.founded_after, group.founded_before) == (30, 39, 1987, 1996)


def test_a_tie_has_its_first_anniversary_a_year_after_it_was_founded() -> None:
    tie("new", PartialDate(2026, 3, 1))
    tie("to-come", PartialDate(2027, 3, 1))
    tie("new-by-year", PartialDate(2026))
    assert by_month(ONE, 2026) == {}
    assert queries.anniversaries_by_age(ONE, 2026, 100) == []
    assert by_month(ONE, 2027) == {"2027-03": [("new", "2027-03-01", 1)]}
    assert [said(group.rows) for group in queries.anniversaries_by_age(ONE, 2027, 100)] == [
        [("new-by-year", "2027", 1)]
    ]


def test_only_the_tens_are_round() -> None:
    ages = range(1, 61)
    rows = [tie(f"age-{age}", PartialDate(2026 - age, 7, 1)) for age in ages]
    assert [age for age, row in zip(ages, rows, strict=True) if queries.anniversary(row, 2026).is_round] == [
        10, 20, 30, 40, 50, 60,
    ]  # fmt: skip
    assert [row.years for row in queries.round_anniversaries(ONE, 2026, 100)] == [60, 50, 40, 30, 20, 10]
    assert [(age.years, age.founded, age.count) for age in queries.round_ages(ONE, 2026)] == [
        (years, 2026 - years, 1) for years in (60, 50, 40, 30, 20, 10)
    ]


def test_round_ones_of_every_precision_the_highest_first_then_by_date() -> None:
    tie("by-year", PartialDate(2016))
    tie("december", PartialDate(2016, 12, 31))
    tie("month", PartialDate(2016, 1))
    tie("january", PartialDate(2016, 1, 31))
    tie("fifty", PartialDate(1976, 12, 1))
    tie("odd", PartialDate(2015, 1, 1))
    assert [row.tie.partner.slug for row in queries.round_anniversaries(ONE, 2026, 100)] == [
        "fifty", "january", "month", "december", "by-year",
    ]  # fmt: skip
    assert [row.tie.partner.slug for row in queries.round_anniversaries(ONE, 2026, 2)] == ["fifty", "january"]


def test_intents_ended_ties_and_drafts_have_none() -> None:
    founded = PartialDate(2016, 7, 1)
    tie("intent", founded, type="intent")
    tie("ended", founded, status="ended")
    tie("draft", founded, review_state="draft")
    tie("suspended", founded, status="suspended")
    for asked in (ONE, Criteria(place=("one",), type=("intent", "sister"), status=("ended", "suspended"))):
        assert by_month(asked, 2026) == {"2026-07": [("suspended", "2026-07-01", 10)]}
        assert said(queries.round_anniversaries(asked, 2026, 9)) == [("suspended", "2026-07-01", 10)]
        assert said(queries.dated_anniversaries(asked, 2026, 9)) == [("suspended", "2026-07-01", 10)]
    assert by_month(Criteria(type=("intent",)), 2026) == {}


@pytest.mark.parametrize(
    ("today", "first", "last", "count"),
    [
        (datetime.date(2026, 1, 1), "2026-01", "2027-01", 13),
        (datetime.date(2026, 11, 24), "2026-01", "2027-11", 23),
        (datetime.date(2026, 12, 31), "2026-01", "2027-12", 24),
    ],
)
def test_this_year_and_the_next_twelve_months(today: datetime.date, first: str, last: str, count: int) -> None:
    months = queries.anniversary_months(today)
    assert (months[0].iso, months[-1].iso, len(set(months))) == (first, last, count)


def test_december_and_january_belong_to_their_years() -> None:
    tie("december", PartialDate(2007, 12, 31))
    tie("january", PartialDate(2007, 1, 1))
    found = queries.anniversaries_by_month(ONE, queries.anniversary_months(datetime.date(2026, 12, 31)), 100)
    assert [said(row.rows) for row in found if row.rows] == [
        [("january", "2026-01-01", 19)],
        [("december", "2026-12-31", 19)],
        [("january", "2027-01-01", 20)],
        [("december", "2027-12-31", 20)],
    ]


def test_a_long_month_shows_round_ones_first_and_counts_all() -> None:
    for day in range(1, 29):
        tie(f"day-{day}", PartialDate(2016 if day > 26 else 2017, 7, day))
    [month] = queries.anniversaries_by_month(ONE, [PartialDate(2026, 7)], 3)
    assert (month.count, [row.date.day for row in month.rows]) == (28, [1, 27, 28])
    everyone = queries.anniversaries_of_month(ONE, PartialDate(2026, 7))
    assert [row.founded and row.founded.day for row in everyone[0:100]] == list(range(1, 29))


def test_a_long_decade_shows_round_ones_first_and_counts_all() -> None:
    for number in range(8):
        tie(f"odd-{number}", PartialDate(2011))
    tie("round", PartialDate(2016))
    tie("young", PartialDate(2017))
    older, younger = queries.anniversaries_by_age(ONE, 2026, 2)
    assert (older.count, said(older.rows)) == (9, [("odd-0", "2026", 15), ("round", "2026", 10)])
    assert (younger.youngest, younger.count, said(younger.rows)) == (1, 1, [("young", "2026", 9)])


def test_a_calendar_has_days_and_months_and_of_too_many_the_round_and_the_old() -> None:
    tie("by-year", PartialDate(1990))
    tie("by-month", PartialDate(1991, 5))
    tie("by-day", PartialDate(1992, 5, 2))
    tie("round", PartialDate(2016, 8, 1))
    everything = [("by-day", "2026-05-02", 34), ("by-month", "2026-05", 35), ("round", "2026-08-01", 10)]
    assert sorted(said(queries.dated_anniversaries(ONE, 2026, 100))) == sorted(everything)
    assert said(queries.dated_anniversaries(ONE, 2026, 2)) == [("by-month", "2026-05", 35), ("round", "2026-08-01", 10)]


@pytest.mark.parametrize(
    "asked",
    [
        Criteria(q="chengdu"),
        Criteria(country=("JP", "US")),
        Criteria(continent=("europe",)),
        Criteria(type=("cooperation",)),
        Criteria(status=("active",)),
        Criteria(province=("sichuan",)),
        Criteria(place=("mianyang",)),
        Criteria(level=("county",)),
        Criteria(founded_after=1990, founded_before=1999),
        Criteria(source=("sichuan-press-conference-2023-05-18",)),
    ],
    ids=lambda asked: next(name for name, value in vars(asked).items() if value),
)
def test_every_filter_narrows(asked: Criteria) -> None:
    rows = [row for row in queries.select(asked).counted() if row.founded and row.founded.year < 2026]
    dated = {row.pk for row in rows if row.founded_month}
    found = queries.anniversaries_by_month(asked, [PartialDate(2026, month) for month in range(1, 13)], 1000)
    groups = queries.anniversaries_by_age(asked, 2026, 1000)
    assert {item.tie.pk for month in found for item in month.rows} == dated
    assert {item.tie.pk for group in groups for item in group.rows} == {row.pk for row in rows} - dated
    assert sum(month.count for month in found) + sum(group.count for group in groups) == len(rows)
    assert {item.tie.pk for item in queries.dated_anniversaries(asked, 2026, 1000)} == dated


def test_a_choice_counts_the_ties_that_it_leaves() -> None:
    asked = Criteria(province=("sichuan",), type=("sister",))
    chengdu, mianyang = (Place.objects.get(slug=slug) for slug in ("chengdu", "mianyang"))
    builders.tie(mianyang, chengdu, founded_year=2000)  # each is the home side of others
    for name, choices in queries.anniversary_choices(asked, 2027).items():
        assert choices
        for choice in choices:
            narrowed = Criteria(**{**vars(asked), name: (choice.value,)})
            rows = queries.select(narrowed).counted().filter(founded_year__lt=2027)
            assert rows.count() == choice.count, (name, choice.value)


def test_of_many_places_those_with_the_most_anniversaries_are_choices(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(import_module("friendship.queries.facets"), "MOST_CHOICES", 2)
    partners = [builders.place(f"partner-{number}") for number in range(3)]
    for number in range(1, 4):
        for partner in partners[:number]:
            builders.tie(builders.place(f"home-{number}"), partner, founded_year=2000)
    builders.columns_are_read()
    with django_assert_num_queries(2):  # the state, and what the search finds
        choices = queries.anniversary_choices(Criteria(q="partner"), 2026)
    assert [(choice.value, choice.count) for choice in choices["place"]] == [("home-3", 3), ("home-2", 2)]
