"""CSV that spreadsheets open as it is meant: Chinese stays Chinese, and no text turns into a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | float | None

CONTENT_TYPE = "text/csv; charset=utf-8"
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for the encoding of its country
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def lines(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The rows as lines of a file, one by one, so that a long table need not stand in memory."""
    writer = csv.writer(_Passing())
    yield _BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([_guarded(cell) for cell in row])


def _guarded(cell: Cell) -> Cell:
    """A text that a spreadsheet would run begins with an apostrophe; numbers stay numbers.

    After OWASP, “CSV Injection”.
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_A_FORMULA) else cell


class _Passing:
    """A file that keeps nothing: what is written comes back from ``writerow``."""

    def write(self, line: str) -> str:
        return line
