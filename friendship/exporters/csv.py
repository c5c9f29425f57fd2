"""CSV that spreadsheets open as it is meant: Chinese stays Chinese, and no text turns into a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

Cell = str | int | float | None

CONTENT_TYPE = "text/csv; charset=utf-8"
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the encoding of its country
#: What a spreadsheet may run, in full width as well. Apostrophes before it are doubled, so that they can be taken away.
_FORMULA = re.compile("'*\n*[=+\\-@\t\r＝＋－＠]")
_SUSPECT = frozenset("'\n=+-@\t\r＝＋－＠")  # few texts begin so: the others need no look
_QUOTED = re.compile('[",\r\n]')
#: In texts of a line each: what is quoted, and what may have to be guarded since it begins a line.
_MARKED = re.compile("""[",\r'=+\\-@\t＝＋－＠](?:(?<=[",\r])|(?<=\n.))""")
_AT_ONCE = 200  # rows


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The rows as lines of a file, some at a time, so that a long table need not stand in memory."""
    yield _BYTE_ORDER_MARK
    remaining = iter(rows)
    while some := list(islice(remaining, _AT_ONCE)):
        columns = map(_texts, zip(*some, strict=True))
        yield "\r\n".join([*map(",".join, zip(*columns, strict=True)), ""])


def _texts(column: Sequence[Cell]) -> Sequence[str]:
    """The cells of a column as a file has them: as they are, where one look finds nothing to guard or to quote."""
    with suppress(TypeError):  # some are numbers
        text = "\n" + "\n".join(column)  # type: ignore[arg-type]
        if text.count("\n") == len(column) and not _MARKED.search(text):
            return column  # type: ignore[return-value]  # all of it are texts
    return [_text(cell) if isinstance(cell, str) else "" if cell is None else str(cell) for cell in column]


def _text(cell: str) -> str:
    text = guarded(cell)
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def guarded(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it. After OWASP, “CSV Injection”."""
    return f"'{text}" if text and text[0] in _SUSPECT and _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before ``guarded``."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
