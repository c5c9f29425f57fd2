"""Dates as texts print them: to their stated precision, and what is reckoned is marked."""

from __future__ import annotations

import pytest

from friendship.dates import PartialDate
from friendship.extraction.dating import dates, number


def read(line: str, published: str | None = None) -> list[tuple[str, str | None]]:
    """Each date of ``line`` as written, with what it says."""
    return [
        (line[dated.start : dated.end], dated.date.iso if dated.date else None)
        for dated in dates(line, PartialDate.parse(published) if published else None)
    ]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("十二", 12),
        ("十", 10),
        ("二十", 20),
        ("三十一", 31),
        ("一百一十六", 116),
        ("两", 2),
        ("二〇〇八", 2008),
    ],
)
def test_numbers(written: str, value: int) -> None:
    assert number(written) == value


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2019年4月25日", "2019-04-25"),
        ("2019年4月25号", "2019-04-25"),
        ("2019年04月05日", "2019-04-05"),
        ("2019年4月", "2019-04"),
        ("2019年4月份", "2019-04"),
        ("2019年", "2019"),
        ("1998年春", "1998"),
        ("2008年初", "2008"),
        ("1949年", "1949"),
        ("二〇〇八年十二月三日", "2008-12-03"),
        ("二零一五年", "2015"),
        ("一九八一年三月二十五日", "1981-03-25"),
        ("2010.4.17", "2010-04-17"),
        ("2015/11/3", "2015-11-03"),
        ("2010-04", "2010-04"),
        # A range has no day of its own, nor a month where it goes over into the next.
        ("2017年11月19日至28日", "2017-11"),
        ("2017年11月19日-28日", "2017-11"),
        ("2017年11月19至28日", "2017-11"),
        ("2008年6月28日至7月10日", "2008"),
        ("2013年2月30日", None),  # no such day
    ],
)
def test_a_date_by_itself(line: str, date: str | None) -> None:
    assert read(line) == [(line, date)]


@pytest.mark.parametrize(
    "line", ["1990年代", "1980年度", "2000多年", "30年", "30周年", "同日本", "100日元", "12345年", "五年级", "21世纪"]
)
def test_no_date(line: str) -> None:
    assert read(line) == []


@pytest.mark.parametrize(
    ("line", "published", "date"),
    [
        ("5月21日", "2024-06-01", "2024-05-21"),
        ("12月20日", "2020-01-08", "2019-12-20"),  # the last such month before the paper
        ("5月21日", "2024", "2024-05-21"),
        ("1月27至28日", "2015-02-12", "2015-01"),
        ("15日", "2022-12-16", "2022-12-15"),
        ("昨日", "2020-03-01", "2020-02-29"),
        ("昨天", "2020-03-01", "2020-02-29"),
        ("今天", "2020-03-01", "2020-03-01"),
        ("今年3月", "2012-08", "2012-03"),
        ("去年10月9日", "2020-01-14", "2019-10-09"),
        ("前年", "2020-01-14", "2018"),
        ("明年5月", "2020-01-14", "2021-05"),
        ("三年前", "2019-10-08", "2016"),
        ("5月21日", None, None),
        ("15日", "2022", None),
        ("昨日", "2020-03", None),
        ("去年", None, None),
        ("2月30日", "2020-05-01", None),
    ],
)
def test_what_is_reckoned_from_the_publication(line: str, published: str | None, date: str | None) -> None:
    assert read(line, published) == [(line, date)]
    assert [dated.derived for dated in dates(line, PartialDate.parse(published) if published else None)] == [True]


@pytest.mark.parametrize(
    ("line", "told", "derived"),
    [
        ("1992年5月18日来访,5月21日签署", ["1992-05-18", "1992-05-21"], [False, False]),
        ("1992年5月18日来访,21日签署", ["1992-05-18", "1992-05-21"], [False, False]),
        ("2005年来访,5月签署", ["2005", "2005-05"], [False, False]),
        ("1988年5月6日来访,同日签署", ["1988-05-06", "1988-05-06"], [False, False]),
        ("2005年访华,同年9月签署", ["2005", "2005-09"], [False, False]),
        ("2005年访华,次年9月签署", ["2005", "2006-09"], [False, True]),
        ("2005年访华,翌年签署", ["2005", "2006"], [False, True]),
        ("1990年访华,十年后签署", ["1990", "2000"], [False, True]),
        ("1997年至2015年", ["1997", "2015"], [False, False]),
    ],
)
def test_what_is_left_out_stands_before(line: str, told: list[str], derived: list[bool]) -> None:
    """A year that does not stand in the text is marked; one that stands there, before, is not."""
    found = dates(line, None)
    assert [dated.date.iso if dated.date else None for dated in found] == told
    assert [dated.derived for dated in found] == derived


def test_a_day_in_a_new_sentence_is_one_of_the_paper() -> None:
    line = "1992年两市结好。5月21日,代表团来访。"
    assert read(line, "2024-06-01") == [("1992年", "1992"), ("5月21日", "2024-05-21")]


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("截至2022年4月19日", "2022-04-19"),
        ("截止2022年4月", "2022-04"),
        ("截止到2022年", "2022"),
        ("至2018年底", "2018"),
        ("到2018年末", "2018"),
    ],
)
def test_as_of(line: str, date: str) -> None:
    assert [(dated.date and dated.date.iso, dated.as_of) for dated in dates(line, None)] == [(date, True)]


@pytest.mark.parametrize("line", ["2018年", "至2018年", "在2018年底"])
def test_not_as_of(line: str) -> None:
    assert [dated.as_of for dated in dates(line, None)] == [False]
