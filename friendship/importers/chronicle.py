"""Chronicles inside a list (大事记): markup, plain text or JSON, taken apart into lines with their dates."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from friendship.dates import PartialDate
from friendship.importers import dating

#: What one tie’s history needs many times over; the rest is left out.
_LONGEST = 20_000
_MOST = 200

_ESCAPED_TIMES = 3
#: A tag, even one that is never closed.
_TAG = re.compile(r"<[/!?a-z][^<>]*(?:>|(?=<)|$)", re.IGNORECASE)
_TAG_NAME = re.compile(r"<(/?)\s*([a-z0-9]*)", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "template", "iframe"})
_INLINE = frozenset("a b i u em strong span font sup sub small".split())

_DATE_FIRST = re.compile(
    r"(?P<date>[12][0-9]{3}(?:\s*年(?:\s*[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*日)?)?"
    r"|\s*[-./]\s*[0-9]{1,2}(?:\s*[-./]\s*[0-9]{1,2})?(?![0-9])|(?=[\s:：,，、]|$)))\s*[:：,，、—–-]*\s*(?P<text>.*)"
)
_NAMES_A_DATE = re.compile(r"time|date|year|shijian|sj$|rq$|riqi", re.IGNORECASE)
_NO_WORDS = re.compile(r"id$|sort|url|link|img|image|pic|path|sn$", re.IGNORECASE)


def unescaped(text: str) -> str:
    """The text with its entities as characters, also those that were escaped twice."""
    for _time in range(_ESCAPED_TIMES):
        if "&" in text:
            text = html.unescape(text)
    return text


def plain(text: str) -> str:
    """The words of a piece of markup, a block to a line. Scripts and styles leave nothing."""
    words: list[str] = []
    unseen = ""
    markup, end = unescaped(text[:_LONGEST]), 0
    for tag in _TAG.finditer(markup):
        words.append("" if unseen else markup[end : tag.start()])
        end = tag.end()
        unseen = _still_unseen(tag[0], unseen)
        words.append("" if unseen or _name(tag[0])[1] in _INLINE else "\n")
    words.append("" if unseen else markup[end:])
    return "\n".join(filter(None, (" ".join(line.split()) for line in "".join(words).splitlines())))


def _name(tag: str) -> tuple[bool, str]:
    """Whether the tag closes, and its name."""
    match = _TAG_NAME.match(tag)
    return (bool(match[1]), match[2].casefold()) if match else (False, "")


def _still_unseen(tag: str, unseen: str) -> str:
    """The element whose content is not shown behind this tag, or nothing."""
    closes, name = _name(tag)
    if unseen:
        return "" if closes and name == unseen else unseen
    return name if name in _UNSEEN and not closes and not tag.endswith("/>") else ""


def lines(value: Any) -> Iterator[tuple[str, str]]:
    """What a chronicle tells, line by line: each one’s date as written, or nothing, and its text."""
    yield from islice(_lines(_parsed(value)), _MOST)


def _parsed(value: Any) -> Any:
    """JSON within a text, where it is valid."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{") and len(value) <= _LONGEST:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _lines(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield from _dated(plain(value).splitlines())
    elif isinstance(value, dict):
        yield from _entry(value)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, (str, dict)):
                yield from _lines(item)


def _dated(written: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Lines that begin with a date; a line that is nothing else dates the next one."""
    waiting = ""
    for line in written:
        match = _DATE_FIRST.fullmatch(line)
        date, text = (match["date"].strip(), match["text"]) if match else ("", line)
        if not text:
            if waiting:
                yield waiting, ""
            waiting = date
        else:
            yield date or waiting, text
            waiting = ""
    if waiting:
        yield waiting, ""


def _entry(entry: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """An object with a date and words under whatever keys; without a date, its words may begin with one."""
    values = {name: plain(str(value)) for name, value in entry.items() if type(value) in (str, int) and value}
    dates = [name for name, text in values.items() if _NAMES_A_DATE.search(name) and _is_date(text)]
    texts = [text for name, text in values.items() if name not in dates and _is_words(name, text)]
    if dates:
        yield values[dates[0]], " ".join(" ".join(texts).splitlines())
    else:
        yield from _dated("\n".join(texts).splitlines())


def _is_date(text: str) -> bool:
    return isinstance(dating.read(text), PartialDate)


def _is_words(name: str, text: str) -> bool:
    return not _NO_WORDS.search(name) and any(char.isalpha() for char in text) and "://" not in text
