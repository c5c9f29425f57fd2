"""What a file holds before its format is known: tables of texts, or JSON. The limits that keep any file harmless.

A format is a module with two functions::

    def recognises(document: Document) -> bool:
        '''Whether the file is of this format, by its header or its keys; nothing is read further.'''

    def records(document: Document) -> Iterator[Record]:
        '''The records in the file's order; for a table, usually ``document.records(read_a_row)``.'''

``recognises`` is asked for every row that may be a header, so it looks at ``header`` only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NoReturn, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.importers.records import Reason, Record, Unreadable

#: What lists need many times over: 26,000 pairs are 2 MB, and with all columns of our own export 20 MB.
MAX_BYTES = 50_000_000
#: Ten times what Wikipedia lists.
MAX_ROWS = 250_000
#: As many as Excel has, blank ones included.
LAST_ROW = 1_048_576
#: Four times our own export, which is the widest list known.
MAX_COLUMNS = 200
#: The longest text that a cell of Excel holds.
MAX_CELL = 32_767
#: Titles, remarks and units above a header take a few rows; a header further down is none.
HEADER_WITHIN = 30

_LONGEST_HEADING = 200  # characters that are looked through for brackets
_IN_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_NO_LETTER = re.compile(r"[\W_]+")


Item = TypeVar("Item")


def fold(heading: str) -> str:
    """A heading without what varies from list to list: case, width, spaces, line breaks, punctuation.

    What stands in brackets stays: ``国家（地区）`` gives ``国家地区``.
    """
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", heading).casefold())


def fold_bare(heading: str) -> str:
    """A folded heading without what stands in brackets: ``结好时间（年月日）`` gives ``结好时间``."""
    return fold(_IN_BRACKETS.sub("", unicodedata.normalize("NFKC", heading[:_LONGEST_HEADING])))


def joined(cells: Iterable[str]) -> str:
    """A row's own words: its filled cells joined by `` | ``."""
    return " | ".join(" ".join(cell.split()) for cell in cells if cell.strip())


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. ``wrong`` says why its cells cannot be used.

    ``number`` is the row as a person counts it in the file, the header's and blank ones included. ``cells`` are
    stripped, as many as the header has; ``written`` are the cells with the spaces and line breaks around them.
    """

    number: int
    cells: tuple[str, ...]
    wrong: Reason | None = None
    written: tuple[str, ...] = ()

    @property
    def quote(self) -> str:
        """The row's own words."""
        return joined(self.written or self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """A table under the row that is taken for its header.

    ``header`` is stripped, empty cells at its end left out; ``titles`` are the filled cells of the rows above it.
    ``rows`` can be gone through several times; they are read meanwhile, and none is blank. ``sheet`` is the name of the
    workbook's sheet, empty where the file is a text. The cells of a text with tabs whose header begins with ``?``
    (SPARQL's TSV) keep their quotation marks.
    """

    header: tuple[str, ...]
    header_row: int
    rows: Iterable[Row]
    titles: tuple[str, ...] = ()
    sheet: str = ""

    def records(self, read: Callable[[Row], Record | None]) -> Iterator[Record]:
        """A record for each row: broken rows say why, ``read`` makes the others or leaves them out by None."""
        for row in self.rows:
            record = Record(row.number, quote=row.quote, wrong=row.wrong) if row.wrong else read(row)
            if record is not None:
                yield record


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A file of JSON: ``value`` is what it holds, its kinds unchecked."""

    value: Any


Document = Table | JsonDocument


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows before one of them is taken for the header; ``rows`` begins to read them anew, and may leave out blank ones.

    In a text each row has as many cells as the header, or is broken; a workbook leaves out cells at a row's end.
    """

    rows: Callable[[], Iterator[Row]]
    name: str = ""

    def tables(self) -> Iterator[Table]:
        """A table for each row that may be its header: two cells of it are filled, and it is among the first."""
        above: list[str] = []
        for row in islice(self.filled_rows(), HEADER_WITHIN):
            filled = [cell for cell in row.cells if cell]
            if len(filled) > 1:
                header = trimmed(row.cells)
                yield Table(header, row.number, _Below(self, row.number, len(header)), tuple(above), self.name)
            above += filled

    def filled_rows(self) -> Iterator[Row]:
        """The rows that hold something; refuses a sheet of too many."""
        count = 0
        for row in self.rows():
            if row.wrong or any(row.cells):
                count += 1
                if count > MAX_ROWS:
                    refuse_rows()
                yield row


def refuse_rows() -> NoReturn:
    """Refuse a table that goes on and on."""
    message = _("The table has more than %(limit)s rows. Divide it into several files.")
    raise Unreadable(message % {"limit": f"{MAX_ROWS:,}"})


def numbered(rows: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    """The rows of a JSON with their numbers, from 1; refuses too many."""
    for number, row in enumerate(rows, 1):
        if number > MAX_ROWS:
            refuse_rows()
        yield number, row


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """The cells without the empty ones at the end."""
    length = len(cells)
    while length and not cells[length - 1]:
        length -= 1
    return tuple(cells[:length])


_BREAKS_OFF = gettext_noop("The file breaks off in this row: it has %(cells)s of %(columns)s cells.")
_TOO_SHORT = gettext_noop("The row has %(cells)s cells, the header has %(columns)s.")


@dataclass(frozen=True, slots=True)
class _Below:
    """The rows under a header, each made as wide as the header."""

    sheet: Sheet
    header_row: int
    width: int

    def __iter__(self) -> Iterator[Row]:
        held: Row | None = None
        for row in self.sheet.filled_rows():
            if row.number > self.header_row:
                if held is not None:
                    yield self._fitted(held, _TOO_SHORT)
                held = row
        if held is not None:
            yield self._fitted(held, _BREAKS_OFF)

    def _fitted(self, row: Row, too_short: str) -> Row:
        filled = trimmed(row.cells)
        if not row.wrong and not self.sheet.name:
            sizes = {"cells": len(row.cells), "columns": self.width}
            if len(row.cells) < self.width:
                row = replace(row, wrong=Reason(too_short, sizes))
            elif len(filled) > self.width:
                row = replace(row, wrong=Reason(_TOO_SHORT, sizes))
        return replace(row, cells=(row.cells + ("",) * self.width)[: self.width])
