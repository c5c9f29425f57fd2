"""Dates as lists write them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from friendship.dates import PartialDate
from friendship.importers.dating import Undatable, read


@pytest.mark.parametrize(
    ("iso", "texts"),
    [
        ("1999", "1999|1999年|1999.0| 1999 |１９９９年|一九九九年|平成11年|自1999年|1999年结好|since 1999|1999년"),
        (
            "1985",
            "1985-00-00|1985年0月|1985年初|1985年春|1985年上半年|spring 1985|1985-01-01T00:00:00Z|昭和60年|民国74年",
        ),
        ("1986", "1986.1|昭和61年"),
        ("1989", "平成元年"),
        ("2019", "二〇一九年|二零一九年|令和元年"),
        (
            "1982-10",
            "1982年10月|1982-10|1982.10|1982/10|一九八二年十月|Oct 1982|October 1982|10/1982|198210|1982 October",
        ),
        ("1985-10", "1985-10-00|1985-10-01T00:00:00Z|1985年10月上旬|1985年10月份|1985 年 10 月|1985年10"),
        ("1986-09", "1986.9|1986年9月|Sept. 1986|Sep-1986|septiembre de 1986"),
        ("1986-09-13", "1986.09.13|1986.9.13|1986-09-13|1986/9/13|1986年9月13日|19860913|昭和61年9月13日|13.9.1986"),
        (
            "1986-09-13",
            "31668|31668.0|31668.5|1986-09-13 00:00:00|1986-09-13T00:00:00Z|+1986-09-13T00:00:00Z|1986. 9. 13.",
        ),
        ("1986-09-13", "September 13, 1986|13 Sep 1986|13th of September 1986|13. September 1986|13 septembre 1986"),
        (
            "1986-09-13",
            "13-Sep-1986|Saturday, 13 September 1986|1986年9月13日（星期六）|1986年9月13日签署|1986年9月13号",
        ),
        (
            "1986-09-13",
            "一九八六年九月十三日|1986 9 13|1986年9月十三日|1986년 9월 13일|1986.9.13日|13 de septiembre de 1986",
        ),
        ("1973-06-24", "1973.6.24|1973年6月24日|24/6/1973|6/24/1973"),
        (
            "2019-04-25",
            "2019/4/25|25/4/2019|25 April 2019|April 25, 2019|二〇一九年四月廿五日|2019-04-25 10:11:12|25. 4. 2019",
        ),
        ("2019-04-04", "4/4/2019"),
    ],
)
def test_a_date_in_every_form(iso: str, texts: str) -> None:
    assert {text: read(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), PartialDate.parse(iso))


@pytest.mark.parametrize(
    "text", ["", " ", "-", "—", "——", "/", "无", "不详", "n/a", "N/A", "NA", "null", "None", "NaN", "?"]
)
def test_what_says_that_there_is_no_date(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    ["0000-00-00", "0000-05-01", "0000年5月", "0", "_:b7", "t1234567", "http://www.wikidata.org/.well-known/genid/8a"],
)
def test_zeros_and_unknown_values_are_no_date(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "约1985年",
        "1985年左右",
        "c. 1985",
        "ca 1985",
        "circa 1985",
        "1985?",
        "1980s",
        "1980年代",
        "before 1985",
        "1985年以前",
    ],
)
def test_a_date_that_is_not_exact_is_not_made_so(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("problem", "texts"),
    [
        (Undatable.AMBIGUOUS, "4/5/2019|04.05.2019|1-2-1990"),
        (Undatable.SEVERAL, "1985-1990|1985–1990|1985年—1990年|1985.10.3-1990.5|1985 to 1990|1985年（1990年续签）"),
        (Undatable.NO_SUCH_DAY, "1985-02-30|1985-13|31/4/1985|30 February 1985|19850230|1985-10-32"),
        (Undatable.OUT_OF_RANGE, "0836|1836|1899|2100|2099-01-01"),
        (Undatable.UNREADABLE, "abc|86.9.13|199|12345|61000|十月|25-Apr-19|1985-10-03-05|listopad 1990|1/2|=1+1"),
    ],
)
def test_what_cannot_be_read_says_why(problem: Undatable, texts: str) -> None:
    assert {text: read(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), problem)


def test_next_year_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: datetime.date(2026, 11, 24))
    assert read("2027-12-31") == PartialDate(2027, 12, 31)
    assert read("2028") == Undatable.OUT_OF_RANGE
    assert [read("1900"), read("1899-12-31")] == [PartialDate(1900), Undatable.OUT_OF_RANGE]


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2026, 12, 31)))
def test_a_day_is_the_same_in_every_form(day: datetime.date) -> None:
    forms = [
        day.isoformat(),
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.day} {day:%B} {day.year}",
        f"{day.isoformat()} 00:00:00",
    ]
    assert [read(form) for form in forms] == [PartialDate(day.year, day.month, day.day)] * len(forms)


@given(st.dates(datetime.date(1954, 10, 4), datetime.date(2026, 12, 31)))
def test_a_serial_number_is_the_day_that_excel_shows(day: datetime.date) -> None:
    serial = (day - datetime.date(1899, 12, 30)).days
    assert read(str(serial)) == PartialDate(day.year, day.month, day.day)


@given(st.text(max_size=120) | st.from_regex(r"[0-9年月日./ -]{1,20}"))
def test_no_text_is_an_error_and_what_is_read_stays(text: str) -> None:
    found = read(text)
    if isinstance(found, PartialDate):
        assert read(found.iso) == found
