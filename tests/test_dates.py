"""Dates of day, month or year."""

from __future__ import annotations

import calendar
import datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from friendship.dates import PartialDate


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("1982", "1982"),
        ("1982年", "1982"),
        ("1982-10", "1982-10"),
        ("1982年10月", "1982-10"),
        ("1982.10", "1982-10"),
        ("1982-10-03", "1982-10-03"),
        ("1982.10.3", "1982-10-03"),
        ("1982/10/3", "1982-10-03"),
        (" 1982 年 10 月 3 日 ", "1982-10-03"),
        ("１９８２年１０月", "1982-10"),
        ("836", "0836"),
        ("2000-02-29", "2000-02-29"),
    ],
)
def test_parse_reads_what_people_write(text: str, iso: str) -> None:
    assert PartialDate.parse(text).iso == iso


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Write the date as 1982, 1982-10 or 1982-10-03."),
        ("October 1982", "Write the date as 1982, 1982-10 or 1982-10-03."),
        ("19821003", "Write the date as 1982, 1982-10 or 1982-10-03."),
        ("1982-10-", "Write the date as 1982, 1982-10 or 1982-10-03."),
        ("1982-13", "This date does not exist in the calendar."),
        ("1982-00", "This date does not exist in the calendar."),
        ("0", "This date does not exist in the calendar."),
        ("1900-02-29", "This date does not exist in the calendar."),
        ("1982-04-31", "This date does not exist in the calendar."),
    ],
)
def test_parse_says_what_is_wrong(text: str, message: str) -> None:
    with translation.override("en"), pytest.raises(ValueError, match=f"^{message}$"):
        PartialDate.parse(text)


def test_a_day_needs_a_month() -> None:
    with translation.override("en"), pytest.raises(ValueError, match=r"^A day needs a month\.$"):
        PartialDate(1982, None, 3)


@given(st.dates())
def test_iso_and_back(date: datetime.date) -> None:
    full = PartialDate(date.year, date.month, date.day)
    month, year = PartialDate(date.year, date.month), PartialDate(date.year)
    assert full.iso == date.isoformat()
    assert [PartialDate.parse(value.iso) for value in (full, month, year)] == [full, month, year]


@pytest.mark.parametrize(
    ("parts", "chinese", "english"),
    [
        ((1982,), "1982年", "1982"),
        ((1982, 10), "1982年10月", "October 1982"),
        ((1982, 10, 3), "1982年10月3日", "3 October 1982"),
    ],
)
def test_written_as_each_language_writes_it(parts: tuple[int, ...], chinese: str, english: str) -> None:
    date = PartialDate(*parts)
    with translation.override("zh-hans"):
        assert str(date) == chinese
    with translation.override("en"):
        assert str(date) == english


def test_the_months_in_english() -> None:
    with translation.override("en"):
        assert [str(PartialDate(1982, month)).removesuffix(" 1982") for month in range(1, 13)] == list(
            calendar.month_name
        )[1:]


@pytest.mark.parametrize(
    ("one", "other", "after"),
    [
        ("1983", "1982", True),
        ("1982", "1983", False),
        ("1982", "1982-10", False),
        ("1982-11", "1982-10-03", True),
        ("1982-10", "1982-10-03", False),
        ("1982-10-04", "1982-10-03", True),
        ("1982-10-03", "1982-10-03", False),
    ],
)
def test_is_after_only_when_sure(one: str, other: str, after: bool) -> None:
    assert PartialDate.parse(one).is_after(PartialDate.parse(other)) is after


def test_of_three_columns() -> None:
    assert PartialDate.of(None, None, None) is None
    assert PartialDate.of(1982, 10, None) == PartialDate(1982, 10)
    assert PartialDate.of(1982, 10, 3) == PartialDate(1982, 10, 3)
