"""Dates in a text: what is written, to its stated precision, and what can be reckoned from what is written."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from friendship.dates import PartialDate

_DIGITS = {
    **{digit: digit for digit in "0123456789"},
    **dict(zip("〇零一二两三四五六七八九", "001223456789", strict=True)),
}

_SOME = "(?:3[01]|[12]\\d|0?[1-9]|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
#: Parts of a date; ``{0}`` keeps the names of groups apart where a part stands twice.
_YEAR = "(?P<year>(?:1[89]|20)\\d\\d|[一二][〇零一二三四五六七八九]{3})年(?![代级度间后龄]|来(?![访华到京信]))"
_RELATIVE = (
    "(?P<relative>今年|去年|前年|明年|当年|同年|次年|翌年|本年"
    "|(?:(?P<ago>[一二两三四五六七八九十]{1,3}|\\d{1,2})年(?P<later>[前后](?!来))))"
)
_MONTH_AND_DAY = (
    "(?P<{0}month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?"
    "(?:(?P<{0}day>SOME)(?:[日号]?[至到-](?:(?P<{0}to_month>SOME)月)?(?P<{0}to_day>SOME)[日号]|[日号]))?"
).replace("SOME", _SOME)
_DOTTED = (
    "(?<![\\d.])(?P<dotted_year>(?:19|20)\\d\\d)[./-](?P<dotted_month>1[0-2]|0?[1-9])"
    "(?:[./-](?P<dotted_day>3[01]|[12]\\d|0?[1-9]))?(?![\\d.])"
)
_WRITTEN = re.compile(
    f"(?:(?:{_YEAR}|{_RELATIVE})[初春夏秋冬底末]?的?)(?:{_MONTH_AND_DAY.replace('{0}', '')})?"
    f"|(?<![\\d年])(?P<bare>{_MONTH_AND_DAY.replace('{0}', 'bare_')})"
    f"|{_DOTTED}"
    "|(?<![\\d月.])(?P<only_day>3[01]|[12]\\d|[1-9])日(?!本|元)"
    f"|(?P<month_before>本月|当月|同月)(?P<its_day>{_SOME})[日号]"
    "|(?P<same>同日(?!本)|当日|当天|同一天|本月|同月|当月)"
    "|(?P<year_end>(?<![\\d年])年[底末])|(?P<yesterday>昨[日天晚])|(?P<today>(?<!前的)今[日天晨](?!后))"
)
#: 2011年至2015年: something happened within those years.
_SPAN_AFTER = re.compile(r"(?:至|到|-)(?:19|20)\d\d年")
_SENTENCE_END = re.compile("[。!?]")
_SHIFT = {"今年": 0, "本年": 0, "今": 0, "去年": -1, "前年": -2, "明年": 1}


@dataclass(frozen=True, slots=True)
class Dated:
    """A date at ``start`` to ``end`` of the line; ``derived`` when its year does not stand there.

    ``date`` is None where the text gives a day but nothing to tell its year by. ``as_of`` is True after 截至.
    """

    start: int
    end: int
    date: PartialDate | None
    derived: bool = False
    as_of: bool = False


_UNITS = {"十": 10, "百": 100, "千": 1000}


def number(written: str) -> int:
    """12, 十二, 一百一十六 or 二〇〇八 as a number."""
    if written.isdigit():
        return int(written)
    if not set(written) & set(_UNITS):
        return int("".join(_DIGITS[digit] for digit in written))
    total, digit = 0, 0
    for sign in written:
        if sign in _UNITS:
            total += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            digit = int(_DIGITS[sign])
    return total + digit


def _date(year: int | None, month: int | None, day: int | None) -> PartialDate | None:
    if year is None:
        return None
    try:
        datetime.date(year, month or 1, day or 1)
    except ValueError:  # a misprint: 30 February
        return None
    return PartialDate(year, month, day)


def dates(line: str, published: PartialDate | None) -> list[Dated]:
    """Every date of ``line``, in order; a year left out is that of the date before, or of the publication."""
    found: list[Dated] = []
    last: Dated | None = None
    for match in _WRITTEN.finditer(line):
        found.append(dated := _read(match, line, last, published))
        last = dated if dated.date and not dated.as_of else last
    return found


def _read(match: re.Match[str], line: str, last: Dated | None, published: PartialDate | None) -> Dated:
    before_it = line[max(0, match.start() - 4) : match.start()]
    as_of = bool(re.search(r"(?:截至|截止|截止到|截至到|截止至|直到)$", before_it)) or bool(
        _SPAN_AFTER.match(line, match.end())
        or re.search(r"年(?:至|到|-)$", before_it)
        or (before_it.endswith(("至", "到")) and re.search(r"[末底]", line[match.start() : match.end() + 1]))
    )
    told_anew = not match["relative"] and not match["year_end"]
    if last and published and told_anew and _SENTENCE_END.search(line, last.end, match.start()):
        last = None  # a day in a new sentence is one of the days of which the paper reports
    date, derived = _understood(match.groupdict(), last, published)
    return Dated(*match.span(), date, derived, as_of)


def _understood(
    groups: dict[str, str | None], before: Dated | None, published: PartialDate | None
) -> tuple[PartialDate | None, bool]:
    last = before.date if before else None
    if groups["year_end"]:
        return _date(_year_just_over(last, published), None, None), last is None
    if groups["yesterday"] or groups["today"]:
        return _days_before(published, 1 if groups["yesterday"] else 0), True
    if groups["month_before"]:
        context = published if groups["month_before"] == "本月" else last
        its_day = number(groups["its_day"] or "")
        return (_date(context.year, context.month, its_day) if context and context.month else None), True
    if groups["same"] == "本月" and published:
        return _date(published.year, published.month, None), True
    if groups["same"]:
        return last, bool(before and before.derived)
    if groups["dotted_year"]:
        return _date(
            *(int(part) if (part := groups[f"dotted_{unit}"]) else None for unit in ("year", "month", "day"))
        ), False
    if groups["only_day"]:
        context = last if last and last.month else published
        derived = not (last and last.month) or bool(before and before.derived)
        return (
            _date(context.year, context.month, int(groups["only_day"])) if context and context.month else None
        ), derived
    return _year_month_day(groups, before, published)


def _year_month_day(
    groups: dict[str, str | None], before: Dated | None, published: PartialDate | None
) -> tuple[PartialDate | None, bool]:
    """A year, a month or a day written out; of a span of days only what both ends share."""
    month, day = groups["month"] or groups["bare_month"], groups["day"] or groups["bare_day"]
    to_month, to_day = groups["to_month"] or groups["bare_to_month"], groups["to_day"] or groups["bare_to_day"]
    if groups["bare"]:
        year, derived = _year_left_out(number(month or ""), before, published)
    else:
        year, derived = _year(groups["year"], groups["relative"], groups, before, published)
    if to_day:
        day = None
        month = None if to_month and to_month != month else month
    if year is None:
        return None, derived
    return _date(year, number(month) if month else None, number(day) if day else None), derived


def _year_just_over(last: PartialDate | None, published: PartialDate | None) -> int | None:
    """The year of 截至年底: that of which the text speaks, or the last that had ended when it was printed."""
    if last:
        return last.year
    return published.year - ((published.month or 12) <= 6) if published else None


def _days_before(published: PartialDate | None, days: int) -> PartialDate | None:
    if published is None or published.month is None or published.day is None:
        return None
    then = datetime.date(published.year, published.month, published.day).toordinal() - days
    return PartialDate(*datetime.date.fromordinal(then).timetuple()[:3]) if then > 0 else None


def _year(
    written: str | None,
    relative: str | None,
    groups: dict[str, str | None],
    before: Dated | None,
    published: PartialDate | None,
) -> tuple[int | None, bool]:
    last = before.date if before else None
    if written:
        return number(written), False
    if ago := groups["ago"]:
        if groups["later"] == "后":
            return (last.year + number(ago), True) if last else (None, True)
        return (published.year - number(ago), True) if published else (None, True)
    if relative in _SHIFT:
        base = published.year if published else (last.year if last and _SHIFT[relative] else None)
        return (base + _SHIFT[relative], True) if base else (None, True)
    if relative in {"当年", "同年"}:
        return (last.year, bool(before and before.derived)) if last else (None, True)
    return (last.year + 1, True) if last else (None, True)  # 次年, 翌年


def _year_left_out(month: int, last: Dated | None, published: PartialDate | None) -> tuple[int | None, bool]:
    """The year of 5月21日: that of the date before it, else the last in which such a month lay before publication."""
    if last and last.date:
        return last.date.year, last.derived
    if published is None:
        return None, True
    return (published.year - 1 if published.month and month > published.month else published.year), True
