"""Workbooks (XLSX): their sheets as rows of texts, and every part of them looked through before it is opened.

openpyxl reads the cells, in its read-only mode, which keeps one row in memory and knows nothing of merged cells;
opened normally it knows them and takes fifty times the file's size. So each part is gone through once beforehand, piece
by piece, by Expat alone: that finds the merged cells, and refuses what would fill the memory afterwards.
"""

from __future__ import annotations

import datetime
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.importers import archives, kinds
from friendship.importers.records import Reason, Unreadable
from friendship.importers.tables import LAST_ROW, MAX_CELL, MAX_COLUMNS, Row, Sheet
from friendship.importers.texts import refuse_cell, too_many_columns

#: All parts unpacked: XML packs ten to one, and a list of 250,000 rows takes some 200 MB.
MAX_UNPACKED = 300_000_000
#: A workbook of 100 sheets with pictures has 500 parts.
_MAX_PARTS = 5_000
#: openpyxl keeps what stands outside rows and shared texts (styles, links) in memory, half a kilobyte for each element.
_MAX_ELEMENTS = 100_000
#: Texts shared by cells stay in memory: four a row of 250,000 rows, and the letters of a file of text.
_MAX_SHARED_TEXTS = 1_000_000
_MAX_SHARED_LETTERS = 50_000_000
#: Expat keeps a tag until it ends, and openpyxl a text: a text of a cell and its formula are shorter.
_MAX_TOKEN = 100_000
_MAX_DEPTH = 50
_MAX_NUMBER_FORMAT = 255  # as in Excel
_ROWS_AT_ONCE = 500

#: Excel in China writes its own date formats (1985年10月, 1985年10月3日) as bare numbers, which openpyxl does not know:
#: ECMA-376 part 1, 18.8.30, zh-cn.
_MONTHS_IN_CHINA = frozenset({27, 36, 50, 52, 57})
_DAYS_IN_CHINA = frozenset({28, 29, 30, 31, 51, 53, 54, 58})
_LITERAL_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
#: A control character as XML of Excel writes it; ``_x005F_`` is the underscore before what only looks like one.
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005[Ff])_")
_FIXED_DECIMALS = re.compile(r"0\.(0{1,9})[_ ]*")
_FIRST_YEAR, _LAST_YEAR, _A_TENTH = 1800, 2100, 0.1
_LOST_A_ZERO = gettext_noop(
    "Cell %(cell)s holds the number %(number)s, which may be January, or October without its zero. Write it as text."
)
_ERROR_IN_CELL = gettext_noop("Cell %(cell)s shows the error %(error)s.")


def sheets(content: bytes) -> Iterator[Sheet]:
    """The workbook's sheets in order, those that are shown first.

    Raises ``Unreadable`` where the file is no workbook, is damaged, or would unpack to more than the limits.
    """
    # Eight MB that only who reads a workbook needs.
    from openpyxl import load_workbook

    surveys = _looked_through(content)
    try:
        with _silence():
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            opened: list[Any] = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
    except Exception as error:  # openpyxl meets a damaged workbook with whatever breaks first
        raise Unreadable(_damaged()) from error
    for sheet in opened:
        survey = surveys.get(sheet._worksheet_path)
        if survey is not None and survey.columns:
            yield Sheet(partial(_rows, sheet, survey), sheet.title)


def _damaged() -> str:
    return _("The workbook is damaged. Open it in a spreadsheet program and save it again as XLSX.")


def _silence() -> warnings.catch_warnings[None]:
    """What openpyxl leaves out (colours, validations, page headers) it warns of: nothing that a list needs."""
    return warnings.catch_warnings(action="ignore")


# Before openpyxl ------------------------------------------------------------------------------------------------------


@dataclass
class _Survey:
    """What one part of the workbook holds, found without keeping it. ``merges`` are (column, row, last row)."""

    merges: list[tuple[int, int, int]] = field(default_factory=list)
    columns: int = 0


def _looked_through(content: bytes) -> dict[str, _Survey]:
    """Every part by its name, none of them unpacked further than its own limits."""
    if archives.has_more_parts(content, _MAX_PARTS):
        raise Unreadable(_("The workbook has more parts than a workbook has."))
    try:
        parts = archives.parts(content)
    except ValueError as error:
        raise Unreadable(_damaged()) from error
    _refuse_other_packages({part.filename for part in parts})
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable(_too_much())
    return {part.filename: _surveyed(content, part) for part in parts}


def _too_much() -> str:
    message = _("The workbook unpacks to more than %(limit)s MB: no list of ties is that long.")
    return message % {"limit": MAX_UNPACKED // 1_000_000}


def _refuse_other_packages(names: set[str]) -> None:
    if kind := kinds.by_parts(names, "xl/workbook.xml"):
        raise Unreadable(no_table(kind))


def no_table(kind: str) -> str:
    """What to say of a file that is something else; ``kind`` is a text of the catalogue."""
    message = _("This is %(kind)s, not a table that can be read. Save the list as XLSX or CSV and choose that file.")
    return message % {"kind": _(kind)}


def _surveyed(content: bytes, part: zipfile.ZipInfo) -> _Survey:
    survey = _Survey()
    reader = _Reader(survey, part.filename) if part.filename.endswith((".xml", ".rels")) else None
    try:
        for piece in archives.unpacked(content, part):
            if reader:
                reader.feed(piece)
        if reader:
            reader.close()
    except (expat.ExpatError, zlib.error, ValueError, TypeError, LookupError) as error:
        raise Unreadable(_damaged()) from error
    return survey


class _Reader:
    """Goes through the XML of one part: finds what the survey wants, refuses what no spreadsheet program writes."""

    def __init__(self, survey: _Survey, part: str) -> None:
        self._survey = survey
        self._part = part
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._fed = self._depth = self._elements = self._length = 0
        self._row = self._column = 0
        self._shared_texts = self._shared_letters = 0
        self._in_cell = self._in_value = False

    def feed(self, piece: bytes) -> None:
        self._fed += len(piece)
        self._parser.Parse(piece, False)
        if self._fed - self._parser.CurrentByteIndex > _MAX_TOKEN + 2 * archives.PIECE:
            raise ValueError("a tag without an end")

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _refuse_doctype(self, *_declaration: Any) -> None:
        raise ValueError("entities may expand without end, and workbooks declare none")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        self._depth += 1
        self._elements += 1
        if self._depth > _MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise Unreadable(_more_than_a_list(self._part))
        if not self._in_cell:
            self._length = 0
        self._in_value = name in {"v", "t"}
        if start := self._STARTS.get(name):
            start(self, attributes)

    def _start_row(self, attributes: dict[str, str]) -> None:
        row = int(attributes["r"]) if "r" in attributes else self._row + 1
        if not self._row < row <= LAST_ROW:
            raise ValueError("rows out of order would be passed over")
        self._row, self._column = row, 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._in_cell, self._length = True, 0
        self._column = _column_of(attributes["r"]) if "r" in attributes else self._column + 1

    def _start_shared_text(self, _attributes: dict[str, str]) -> None:
        self._in_cell, self._length = True, 0
        self._shared_texts += 1
        if self._shared_texts > _MAX_SHARED_TEXTS:
            raise Unreadable(_more_than_a_list(self._part))

    def _start_merge(self, attributes: dict[str, str]) -> None:
        from openpyxl.utils.cell import range_boundaries

        column, first, _last_column, last = range_boundaries(attributes["ref"])
        if column and first and last and last > first:
            self._survey.merges.append((column, first, last))

    def _start_number_format(self, attributes: dict[str, str]) -> None:
        if len(attributes.get("formatCode", "")) > _MAX_NUMBER_FORMAT:
            raise ValueError("openpyxl would look through it again and again")

    _STARTS = {
        "row": _start_row,
        "c": _start_cell,
        "si": _start_shared_text,
        "mergeCell": _start_merge,
        "numFmt": _start_number_format,
    }

    def _text(self, text: str) -> None:
        self._length += len(text)
        if self._length > _MAX_TOKEN:
            raise Unreadable(_more_than_a_list(self._part))
        if self._in_value and self._in_cell and not text.isspace():
            self._fill(len(text))

    def _fill(self, letters: int) -> None:
        if not self._row:  # a shared text: it stands outside any row
            self._shared_letters += letters
            if self._shared_letters > _MAX_SHARED_LETTERS:
                raise Unreadable(_more_than_a_list(self._part))
        elif self._column > MAX_COLUMNS:
            raise Unreadable(too_many_columns(self._row))
        else:
            self._survey.columns = max(self._survey.columns, self._column)

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._depth -= 1
        self._in_value = False
        if name in {"c", "si"}:
            self._in_cell = False
        if name in {"row", "si"}:
            self._elements = 0


def _more_than_a_list(part: str) -> str:
    message = _("The workbook’s part %(part)s holds more than a list of ties has. Copy the list into a new workbook.")
    return message % {"part": part}


def _column_of(coordinate: str) -> int:
    """The column of a cell, from 1: ``AB12`` gives 28. Raises ``ValueError``."""
    from openpyxl.utils.cell import column_index_from_string

    return column_index_from_string(coordinate.rstrip("0123456789"))


# With openpyxl --------------------------------------------------------------------------------------------------------


def _rows(sheet: Any, survey: _Survey) -> Iterator[Row]:
    """The rows as texts, cells that the file merges downwards filled from the one at the top."""
    merges = sorted(survey.merges, key=itemgetter(1), reverse=True)
    running: dict[int, tuple[int, str]] = {}
    for row in _as_they_stand(sheet, survey.columns):
        written = list(row.written)
        for column, (last, text) in list(running.items()):
            if row.number <= last:
                written[column] = written[column] or text
            else:
                del running[column]
        while merges and merges[-1][1] <= row.number:
            column, _first, last = merges.pop()
            if column <= survey.columns:
                running[column - 1] = last, written[column - 1]
        yield Row(row.number, tuple(cell.strip() for cell in written), row.wrong, tuple(written))


def _as_they_stand(sheet: Any, columns: int) -> Iterator[Row]:
    """The rows as openpyxl gives them; a sheet's own word on its size may be wrong and is not asked."""
    sheet.reset_dimensions()
    numbered = enumerate(sheet.iter_rows(max_col=columns), 1)
    while True:
        try:
            with _silence():  # some rows at a time, so that nobody else is silenced meanwhile
                some = [_row(number, cells) for number, cells in islice(numbered, _ROWS_AT_ONCE)]
        except Unreadable:
            raise
        except Exception as error:
            raise Unreadable(_damaged()) from error
        if not some:
            return
        yield from some


def _row(number: int, cells: tuple[Any, ...]) -> Row:
    written = tuple("" if cell.value is None else _text_of(cell) for cell in cells)
    if any(len(text) > MAX_CELL for text in written):
        refuse_cell(number)
    for cell, text in zip(cells, written, strict=True):
        if "\0" in text:
            message = _("Cell %(cell)s holds a NUL character, which no text has: write it anew.")
            raise Unreadable(message % {"cell": cell.coordinate})
    return Row(number, (), next(filter(None, map(_wrong, cells)), None), written)


def _wrong(cell: Any) -> Reason | None:
    if cell.data_type == "e":
        return Reason(_ERROR_IN_CELL, {"cell": cell.coordinate, "error": str(cell.value)})
    if isinstance(cell.value, float) and _lost_a_zero(cell.value, cell.number_format):
        return Reason(_LOST_A_ZERO, {"cell": cell.coordinate, "number": repr(cell.value)})
    return None


def _lost_a_zero(value: float, number_format: str) -> bool:
    """Whether it may be a month: typed as 1985.10, it is kept and shown as the number 1985.1."""
    return number_format == "General" and _FIRST_YEAR < value < _LAST_YEAR and round(value % 1, 6) == _A_TENTH


def _text_of(cell: Any) -> str:
    """The cell's value as a person reads it: 1985 and not 1985.0, and a date no finer than its format shows it."""
    value = cell.value
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if "_x00" in value else value
    if isinstance(value, datetime.datetime):
        return _date(value, cell.number_format)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _number(cell, value)
    return str(value)


def _number(cell: Any, value: float) -> str:
    from openpyxl.utils.datetime import from_excel

    code = cell.style_array.numFmtId
    if code in _MONTHS_IN_CHINA or code in _DAYS_IN_CHINA:
        date = from_excel(value, cell.parent.parent.epoch)
        if isinstance(date, datetime.datetime):
            return f"{date:%Y-%m}" if code in _MONTHS_IN_CHINA else f"{date:%Y-%m-%d}"
    if float(value).is_integer():
        return str(int(value))
    decimals = _FIXED_DECIMALS.fullmatch(cell.number_format)
    shown = f"{value:.{len(decimals[1])}f}" if decimals else ""
    return shown if shown and float(shown) == value else repr(value)  # 1985.10 with its zero, and nothing rounded


def _date(value: datetime.datetime, number_format: str) -> str:
    """ISO 8601, to the day, month or year.

    Excel makes a day of what is typed as ``1985年10月`` or ``Oct 1985``, the first of the month, and its format tells.
    """
    shown = _LITERAL_IN_FORMAT.sub("", number_format.partition(";")[0]).casefold()
    if "y" not in shown or "d" in shown:
        return f"{value:%Y-%m-%d}"
    return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}"
