"""Dates as lists write them.

Every form is read for what it says and no more: a year, a year and month, or a day. What a list leaves open stays open:

- ``约1985年``, ``c. 1985``, ``1985?``, ``1980s``, ``before 1985`` are no exact date: there is none (the row keeps its
  words).
- ``1985年初``, ``spring 1985`` are surely of that year: the year alone.
- Zero parts (``1985-10-00``) are unknown. ``0000-00-00``, ``-``, ``无``, ``n/a`` are no date.
- ``1985-01-01T00:00:00Z`` is how Wikidata answers for a year, and the first of a month for a month: no day is taken.
- ``1986.1`` may be what a spreadsheet made of ``1986.10``: the year alone.
- Four digits from 1900 to 2100 are a year, five from 20000 to 60000 a spreadsheet’s serial number (1954 to 2064),
  eight a day and six a month without dashes.
- ``25/4/2019`` can be read in one way only; ``4/5/2019`` cannot, and is refused.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType

from babel import Locale

from friendship.dates import PartialDate, latest_year

EARLIEST = 1900


class Undatable(StrEnum):
    """Why a text gives no date."""

    UNREADABLE = "unreadable"
    AMBIGUOUS = "ambiguous"
    SEVERAL = "several"
    NO_SUCH_DAY = "no such day"
    OUT_OF_RANGE = "out of range"


def read(text: str) -> PartialDate | Undatable | None:
    """The date that a text states; None where it states none."""
    found = _understood(text[:_LONGEST])
    if isinstance(found, PartialDate) and not EARLIEST <= found.year <= latest_year():
        return Undatable.OUT_OF_RANGE
    return found


def as_exported(iso: str) -> PartialDate | Undatable:
    """A date as our own files write it: they may name years that no list would, but none that lies ahead."""
    try:
        found = PartialDate.parse(iso)
    except ValueError:
        return Undatable.NO_SUCH_DAY
    return Undatable.OUT_OF_RANGE if found.year > latest_year() else found


def is_inexact(text: str) -> bool:
    """Whether the text speaks of a date and yet states none: 约1985年, 八十年代."""
    return read(text) is None and any(char.isdigit() or char in _DIGITS_OF_YEARS for char in text)


_DIGITS_OF_YEARS = frozenset("〇零一二三四五六七八九十")
_LONGEST = 100  # no date is written in more characters
_EMPTY = re.compile(
    r"[\W_]*|无|暂无|没有|不详|不明|未知|未定|待定|待查|待考|空|"
    r"n\W?a\W?|nat|nan|nil|null|none|tbd|tba|unknown|not known|undated|"
    r"_:.*|t\d{5,}|.*/\.well-known/genid/.*|[0\W]+"
)
_INEXACT = re.compile(
    r".*(?:约|左右|前后|上下|年代|世纪|以前|之前|以后|之后|年前|年后|[?？~～≈]|\bc\b|\bca\b|\bcca\b|\bcirca\b|\babout\b|\baround\b|"
    r"\bapprox|\bbefore\b|\bafter\b|\buntil\b|\bprobably\b|\d0['’]?s\b|\bcentury\b).*"
)
_RANGE = re.compile(r".*(?<!\d)[12]\d{3}(?!\d).*?[^\d].*?(?<!\d)[12]\d{3}(?!\d).*")
_ENDINGS = re.compile(
    r"(?:正式)?(?:结好|缔结|建立|签署|签约|签订|签字|成立|批准|生效)(?:友好)?(?:城市|关系)?$|(?<=[年月日])(?:起|以来)$|(?<=[年月日])[,，;；。.]$"
)
_BEGINNINGS = re.compile(
    r"^(?:[自从于]|since |from |in |on |established |signed |"
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )+"
)
_WEEKDAY = re.compile(r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?")
_TIME = re.compile(r"[t ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[ap]m)?(?P<zone> ?z| ?utc| ?[+-]\d{2}:?\d{2})?$")
_MIDNIGHT_UTC = re.compile(r"t00:00(:00(\.0+)?)?(z|\+00:?00)$")
_CHINESE_DIGITS = MappingProxyType(dict(zip("〇一二三四五六七八九零○元", "0123456789001", strict=True)))
_CHINESE_YEAR = re.compile(r"([〇零○一二三四五六七八九]{4})年?")
_CHINESE_NUMBER = re.compile(
    r"([二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|卅一?|[一二三四五六七八九])(?=[月日号])"
)
#: The year before the first of each era; 元年 is the first.
_ERAS = MappingProxyType(
    {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "民国": 1911, "民國": 1911}
)
_ERA_YEAR = re.compile(rf"({'|'.join(_ERAS)})\s*(\d{{1,3}}|元)\s*年")
_SEASONS = re.compile(
    r"(?<=年)(?:初|底|末|中|春季?|夏季?|秋季?|冬季?|春节|[上下]半年|年[初底末中]|[第]?[一二三四1-4]季度)$|"
    r"(?<=月)(?:初|底|末|中|[上中下]旬|份)$|^(?:early|mid|late|spring|summer|autumn|fall|winter)[ -](?:of |in )?"
)
_EXCEL_EPOCH = datetime.date(1899, 12, 30)


@lru_cache(maxsize=50_000)
def _understood(text: str) -> PartialDate | Undatable | None:
    plain = _plain(text)
    if _EMPTY.fullmatch(plain):
        return None
    if _INEXACT.fullmatch(plain):
        return None
    if _RANGE.fullmatch(plain):
        return Undatable.SEVERAL
    for pattern, meaning in _FORMS:
        if match := pattern.fullmatch(plain):
            return meaning(match)
    return Undatable.UNREADABLE


def _plain(text: str) -> str:
    """The text in one width and case, its numerals as digits, without time of day and words around the date."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    plain = _BEGINNINGS.sub("", _WEEKDAY.sub("", plain)).strip(" '\"“”")
    plain = _numerals_as_digits(_ENDINGS.sub("", plain).strip())
    if _MIDNIGHT_UTC.search(plain):
        return _as_precise_as_wikidata(_TIME.sub("", plain).removeprefix("+"))
    return _SEASONS.sub("", _TIME.sub("", plain)).strip()


def _as_precise_as_wikidata(day: str) -> str:
    return day.removesuffix("-01").removesuffix("-01") if day.endswith("-01-01") else day.removesuffix("-01")


def _numerals_as_digits(text: str) -> str:
    text = _CHINESE_YEAR.sub(lambda match: "".join(map(_digit, match[1])) + "年", text)
    text = _CHINESE_NUMBER.sub(lambda match: str(_chinese_number(match[1])), text)
    return _ERA_YEAR.sub(lambda match: f"{_ERAS[match[1]] + int(match[2].replace('元', '1'))}年", text)


def _digit(char: str) -> str:
    return _CHINESE_DIGITS[char]


def _chinese_number(text: str) -> int:
    """Up to thirty-one: 十 is 10, 二十五 and 廿五 are 25."""
    tens, ten, ones = text.replace("廿", "二十").replace("卅", "三十").rpartition("十")
    return (10 * int(_digit(tens) if tens else 1) if ten else 0) + (int(_digit(ones)) if ones else 0)


# --- the forms, in the order in which they are tried ------------------------------------------------------------------


def _year_first(match: re.Match[str]) -> PartialDate | Undatable | None:
    return _date(match["year"], match["month"], match["day"])


def _cut_short(match: re.Match[str]) -> PartialDate | Undatable | None:
    return _date(match["year"])


def _serial(match: re.Match[str]) -> PartialDate | Undatable:
    days = int(match["days"])
    if not 20_000 <= days <= 60_000:
        return Undatable.UNREADABLE
    day = _EXCEL_EPOCH + datetime.timedelta(days=days)
    return PartialDate(day.year, day.month, day.day)


def _year_last(match: re.Match[str]) -> PartialDate | Undatable | None:
    first, second = int(match["first"]), int(match["second"])
    if first == second or second > 12:
        return _date(match["year"], match["first"], match["second"])
    if first > 12:
        return _date(match["year"], match["second"], match["first"])
    return Undatable.AMBIGUOUS


def _month_in_words(match: re.Match[str]) -> PartialDate | Undatable | None:
    month = _months().get(match["word"].rstrip("."))
    if month is None:
        return Undatable.UNREADABLE
    return _date(match["year"], str(month), match.groupdict().get("day"))


def _date(year: str, month: str | None = None, day: str | None = None) -> PartialDate | Undatable | None:
    """The date of these digits; zeros are unknown."""
    numbers = int(year), int(month or 0) or None, int(day or 0) or None
    if numbers[0] == 0:
        return None
    try:
        return PartialDate(numbers[0], numbers[1], numbers[2] if numbers[1] else None)
    except ValueError:
        return Undatable.NO_SUCH_DAY


_YEAR = r"(?P<year>[0-9]{4})"
_WORD = r"(?P<word>[^\W\d_]{3,}\.?)"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|º|ª|\.)?"
_REST_OF_DAY = r"(?:\s*[-‐–./月월,、]\s*(?P<day>[0-9]{1,2})\s*[日号號일.]?|\s*[月월.])?"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], PartialDate | Undatable | None]], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (rf"{_YEAR}(?:\.0)?\s*[年년]?(?P<month>)(?P<day>)", _year_first),
        (rf"{_YEAR}\.1", _cut_short),
        (rf"{_YEAR}\s*[-‐–./年년,、]\s*(?P<month>[0-9]{{1,2}}){_REST_OF_DAY}", _year_first),
        (rf"{_YEAR} (?P<month>[0-9]{{1,2}})(?: (?P<day>[0-9]{{1,2}}))?", _year_first),
        (r"(?P<year>(?:19|20)[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])?(?:\.0)?", _year_first),
        (r"(?P<days>[0-9]{5})(?:\.[0-9]*)?", _serial),
        (rf"(?P<month>[0-9]{{1,2}})[-./ ]{_YEAR}(?P<day>)", _year_first),
        (rf"(?P<first>[0-9]{{1,2}})\s?[-./]\s?(?P<second>[0-9]{{1,2}})\s?[-./]\s?{_YEAR}", _year_last),
        (rf"{_DAY}[ -]?(?:of |de |d')?{_WORD}[ ,-]*(?:of |de )?{_YEAR}", _month_in_words),
        (rf"{_WORD} ?{_DAY}[ ,]+{_YEAR}", _month_in_words),
        (rf"{_WORD}[ ,-]*(?:of |de )?{_YEAR}", _month_in_words),
        (rf"{_YEAR}[ ,-]+{_WORD}(?:[ ,-]+{_DAY})?", _month_in_words),
    )
)
#: The languages in which city halls write months.
_LANGUAGES = "en de fr es it pt nl pl cs hr ru uk sv da nb fi hu ro tr".split()


@cache
def _months() -> dict[str, int]:
    """The month that a word means; one that means two months in two languages is left out (listopad)."""
    found: dict[str, set[int]] = {"sept": {9}}
    for language in _LANGUAGES:
        for context in Locale.parse(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in context.get(width, {}).items():
                    found.setdefault(name.casefold().rstrip("."), set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}
