"""Rows of the national register (CPAFFC) as its pages load them: JSON objects whose keys abbreviate pinyin.

``prov`` and ``city`` are the Chinese side: the city is empty, or the province once more, where the tie is the
province’s own. ``w_city`` and ``w_country`` are the foreign side. ``qzsj`` (签字时间) is the date of signing, ``jhsj``
(结好时间) the year; where both are dates, the first counts, and the quote holds both. ``dashiji`` (大事记) tells what
happened since: dated lines become events where their words say of which kind, all others stay in the quote. ``sn`` is
a number.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_noop

from friendship.dates import PartialDate
from friendship.enums import EventKind, Level, Paper
from friendship.importers import cells, chronicle, dating, wording
from friendship.importers.records import Happening, Reason, Record, Side
from friendship.importers.tables import Document, Row, Table, joined, numbered

_NO_OBJECT = gettext_noop("The row is no JSON object.")
_NO_TEXT = gettext_noop("%(field)s holds no text.")
_NO_HOME = gettext_noop("The row does not name the Chinese side (prov, city).")
_NO_PARTNER = gettext_noop("The row does not name the foreign side (w_city).")

#: What the rows may be wrapped in, outermost first.
_WRAPPERS = ("data", "lists", "list", "rows", "result")
_DEEPEST = 5
_LOOKED_AT = 20
_QUOTED = ("sn", "prov", "city", "w_city", "w_country", "qzsj", "jhsj")
_NOTHING = re.compile(r"[\W_]*|无|暂无|不详|null", re.IGNORECASE)

_PROVINCE_ITSELF = re.compile(r"[省市区]?(?:自治区)?本?级")
_RANK = re.compile(r"(?<=..)(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)$")
#: The one province that shares its name with a city of its own.
_SHARED_NAME = "吉林"

#: Databases keep moments as seconds or milliseconds since 1970; China’s first tie is of 1973.
_SECONDS, _MILLISECONDS = re.compile(r"[0-9]{9,10}"), re.compile(r"[0-9]{12,13}")
_CLOCK = ZoneInfo("Asia/Shanghai")
_EMPTY_MOMENT = PartialDate(1970, 1, 1)

_TAG_SEPARATORS = re.compile(r"[,，;；、|/\s]+")
_NAMES_A_TYPE = re.compile(r"(?:国际|对外)?(?:友好.{1,10}|友城|结好意向|意向.{0,4})")


def recognises(document: Document) -> bool:
    """Whether there are rows with a foreign city and a Chinese side, whatever they are wrapped in."""
    if isinstance(document, Table):
        return _is_row(dict.fromkeys(_keys(document)))
    return any(_is_row(row) for row in islice(_rows(document.value), _LOOKED_AT))


def records(document: Document) -> Iterator[Record]:
    """A record for each row; in a table made from the JSON, the keys are the header."""
    if isinstance(document, Table):
        keys = _keys(document)

        def read(row: Row) -> Record:
            return _record(row.number, dict(zip(keys, row.cells, strict=True)))

        yield from document.records(read)
        return
    for number, row in numbered(_rows(document.value)):
        yield _record(number, row)


def _keys(table: Table) -> tuple[str, ...]:
    return tuple(cell.casefold() for cell in table.header)


def _is_row(value: Any) -> bool:
    return isinstance(value, dict) and "w_city" in value and ("prov" in value or "city" in value)


def _rows(value: Any, depth: int = _DEEPEST) -> Iterator[Any]:
    """The rows of an answer, or of several answers one after the other."""
    if not depth:
        return
    if isinstance(value, dict):
        yield from _rows(_unwrapped(value), depth - 1)
    elif isinstance(value, list):
        for item in value:
            if _is_row(item) or not isinstance(item, dict) or _unwrapped(item) is None:
                yield item
            else:
                yield from _rows(item, depth - 1)


def _unwrapped(value: dict[str, Any]) -> Any:
    if value and all(key.isdecimal() for key in value):  # PHP writes a list with gaps as an object
        return list(value.values())
    return next((value[name] for name in _WRAPPERS if isinstance(value.get(name), (list, dict))), None)


def _record(number: int, row: Any) -> Record:
    if not isinstance(row, dict):
        return Record(number, quote=_shown(row), wrong=Reason(_NO_OBJECT))
    tags = [chronicle.plain(tag) for tag in _tags(row.get("tags"))]
    events, rest = _told(row.get("dashiji"))
    quote = joined([*(_shown(row.get(name)) for name in _QUOTED), *tags, *rest])
    try:
        fields = {name: _text(row, name) for name in _QUOTED}
        home, partner = _home(fields), _partner(fields)
    except cells.Unusable as unusable:
        return Record(number, quote=quote, wrong=unusable.reason)
    kind = next((tag for tag in tags if _NAMES_A_TYPE.fullmatch(tag)), "")
    return Record(
        number,
        home,
        partner,
        quote=quote,
        type=kind,
        type_as_printed=kind,
        status=next(filter(_is_status, tags), ""),
        founded=_founded(fields["qzsj"], fields["jhsj"]),
        events=tuple(events),
    )


# --- texts ------------------------------------------------------------------------------------------------------------


def _shown(value: Any) -> str:
    """A value in one line of text; lists and objects are none. PHP writes ``false`` for nothing."""
    if isinstance(value, str):
        return " ".join(chronicle.unescaped(value).split())
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    return ""


def _text(row: Mapping[str, Any], name: str) -> str:
    if isinstance(row.get(name), (dict, list)) and row[name]:  # an empty list stands for nothing
        raise cells.Unusable(_NO_TEXT, field=name)
    shown = _shown(row.get(name))
    return "" if _NOTHING.fullmatch(shown) else shown


def _tags(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from filter(None, _TAG_SEPARATORS.split(value))
    for item in value if isinstance(value, list) else ():
        named = (
            next((item[name] for name in ("name", "title", "tag") if name in item), "") if type(item) is dict else item
        )
        if isinstance(named, str) and named.strip():
            yield named.strip()


def _is_status(tag: str) -> bool:
    status = wording.status_of(tag)
    return isinstance(status, str) and status != ""


# --- sides ------------------------------------------------------------------------------------------------------------


def _home(fields: Mapping[str, str]) -> Side:
    province, city = fields["prov"], fields["city"]
    if not province and not city:
        raise cells.Unusable(_NO_HOME)
    if not province:
        return Side(cells.name(city, "city"), country="CN")
    within = Side(cells.name(province, "prov"), country="CN", level=Level.PROVINCE)
    if _is_its_own(province, city):
        return within
    return Side(cells.name(city, "city"), country="CN", within=(within,))


def _is_its_own(province: str, city: str) -> bool:
    """Whether the tie is the province’s own."""
    if not city or city == province or _PROVINCE_ITSELF.fullmatch(city):
        return True
    return _RANK.sub("", city) == _RANK.sub("", province) != _SHARED_NAME


def _partner(fields: Mapping[str, str]) -> Side:
    if not fields["w_city"]:
        raise cells.Unusable(_NO_PARTNER)
    country = cells.name(fields["w_country"], "w_country") if fields["w_country"] else ""
    return Side(cells.name(fields["w_city"], "w_city"), country=country)


# --- dates ------------------------------------------------------------------------------------------------------------


def _founded(signed: str, year: str) -> str:
    """The date of signing where it is one, else the year; where neither can be read, the words that cannot."""
    written = [_as_day(signed), year]
    understood = [dating.read(text) for text in written]
    for kind in (PartialDate, dating.Undatable):
        for text, date in zip(written, understood, strict=True):
            if isinstance(date, kind) and date != _EMPTY_MOMENT:
                return text
    return ""


def _as_day(written: str) -> str:
    """A moment that a database wrote as a number, as the day that it was in China."""
    if _MILLISECONDS.fullmatch(written):
        written = written[:-3]
    if _SECONDS.fullmatch(written):
        return datetime.datetime.fromtimestamp(int(written), _CLOCK).date().isoformat()
    return written


# --- events -----------------------------------------------------------------------------------------------------------

_TIE = r"(?:友好(?:城市|省|州|市|区|县|关系|交流|合作|伙伴)|友城|姐妹城|结好)"
#: Which words tell of which event; the first that fits a line.
_KINDS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (EventKind.ANNIVERSARY, "周年"),
        (EventKind.END, r"(?:解除|终止).{0,12}(?:关系|友城|友好城市|协议)"),
        (EventKind.SUSPENSION, r"(?:暂停|中止).{0,12}(?:关系|往来|交往)"),
        (EventKind.RENEWAL, r"续签|续约"),
        (EventKind.UPGRADE, r"(?:升级|升格|提升)[为成].{0,6}" + _TIE),
        (EventKind.INTENT, r"结好意向|意向书"),
        (EventKind.APPROVAL, r"批复|批准"),
        (EventKind.SIGNING, r"(?:签署|签订|签定|缔结|结为|结成|建立).{0,20}" + _TIE + "|正式结好"),
        (EventKind.VISIT, r"访问|来访|出访|回访|到访"),
    )
)
_PAPERS = {
    "意向书": Paper.LETTER_OF_INTENT,
    "备忘录": Paper.MEMORANDUM,
    "联合声明": Paper.JOINT_STATEMENT,
    "行动计划": Paper.ACTION_PLAN,
    "协议": Paper.AGREEMENT,
}
_SIGNED = frozenset({EventKind.INTENT, EventKind.SIGNING, EventKind.RENEWAL, EventKind.UPGRADE})


def _told(value: Any) -> tuple[list[Happening], list[str]]:
    """The events, and the lines that are none."""
    events, rest = [], []
    for date, text in chronicle.lines(value):
        kind = next((kind for kind, words in _KINDS if words.search(text)), None)
        if kind is None or not isinstance(dating.read(date), PartialDate):
            rest.append(f"{date} {text}".strip())
            continue
        paper = next((code for word, code in _PAPERS.items() if word in text), "") if kind in _SIGNED else ""
        events.append(Happening(kind, date, paper, text_zh=text))
    return events, rest
