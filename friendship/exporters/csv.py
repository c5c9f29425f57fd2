"""CSV that spreadsheets open as it is meant: Chinese stays Chinese, and no text turns into a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | float | None

CONTENT_TYPE = "text/csv; charset=utf-8"
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the encoding of its country
#: What a spreadsheet may run, in full width as well. Apostrophes before it are doubled, so that they can be taken away.
_FORMULA = re.compile("'*\n*[=+\\-@\t\r＝＋－＠]")
_SUSPECT = frozenset("'\n=+-@\t\r＝＋－＠")  # few texts begin so: the others need no look


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The rows as lines of a file, one by one, so that a long table need not stand in memory."""
    writer = csv.writer(_Passing())
    yield _BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])


def guarded(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it. After OWASP, “CSV Injection”."""
    return f"'{text}" if text and text[0] in _SUSPECT and _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before ``guarded``."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


class _Passing:
    """A file that keeps nothing: what is written comes back from ``writerow``."""

    def write(self, line: str) -> str:
        return line
