"""The register as a workbook of Excel: a sheet of ties for people, and one that says what they are looking at.

Every text is written as a text: no cell becomes a formula, a link, a date or a number.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from friendship import queries
from friendship.dates import PartialDate
from friendship.exporters.columns import COLUMNS, Column, Kind
from friendship.exporters.csv import guarded
from friendship.exporters.export import Export
from friendship.exporters.licence import LICENCE

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575  # below the header
LONGEST_CELL = 32_767
_BLOCK = 64 * 1024
_ROW_HEIGHT = 16.5  # points: a row shows its first line, however many it has
_FONT = {"font_name": "Arial", "font_size": 10, "valign": "top"}

_WIDTHS = {
    Kind.INTEGER: 8,
    Kind.NUMBER: 11,
    Kind.DATE: 14,
    Kind.CODE: 20,
    Kind.LINES: 30,
    Kind.ADDRESS: 44,
    Kind.TEXT: 20,
}
_TEXT_AS_IT_IS = {"num_format": "@"}  # Excel would turn 1982-10 into a date as soon as somebody edits the cell


class TooLong(Exception):
    """More than a workbook of Excel holds; the message, in the active language, says what to take instead."""


def blocks(export: Export) -> Iterator[bytes]:
    """The workbook, made before the first block is given. Raises ``TooLong``."""
    file = TemporaryFile()  # noqa: SIM115 (closed, and so removed, with the last block)
    try:
        with queries.at_one_moment(), translation.override(export.language):
            write(export, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return _read(file)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(_BLOCK):
            yield block


def write(export: Export, file: IO[bytes]) -> None:
    """Write the workbook in the active language, row by row. Raises ``TooLong``."""
    count = queries.count_rows(export.criteria)
    if count > MOST_ROWS:
        raise TooLong(
            _("Excel holds %(most)s rows; these are %(count)s. Choose CSV, or narrow the list.")
            % {"most": f"{MOST_ROWS:,}", "count": f"{count:,}"}
        )
    # Where it fails, the workbook is closed all the same: that closes the files it works on.
    with TemporaryDirectory() as folder, Workbook(file, {"constant_memory": True, "tmpdir": folder}) as book:
        book.use_zip64()
        book.set_properties(_properties(export))
        # Each sheet is written to its end before the next: they are kept row by row.
        _write_ties(book, book.add_worksheet(_("Ties")), export, count)
        _write_about(book, book.add_worksheet(pgettext("sheet", "About")), export, count)


def _properties(export: Export) -> dict[str, Any]:
    return {
        "title": _("Register of sister cities"),
        "subject": export.words or _("All records"),
        "comments": f"{_licence()} {export.date.isoformat()}",
        "created": datetime.datetime.combine(export.date, datetime.time()),  # the same bytes all day
    }


# --- the ties ---------------------------------------------------------------------------------------------------------


def _write_ties(book: Workbook, sheet: Worksheet, export: Export, count: int) -> None:
    formats = _formats(book)
    for place, column in enumerate(COLUMNS):
        numeric = column.kind in (Kind.INTEGER, Kind.NUMBER)
        sheet.set_column(place, place, _width(column), formats["number" if numeric else "text"])
        sheet.write_string(0, place, column.heading, formats["heading"])
    sheet.set_default_row(_ROW_HEIGHT)
    sheet.freeze_panes(1, 5)  # the header, and both names
    sheet.autofilter(0, 0, count, len(COLUMNS) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{count + 1}"})  # years and codes are texts on purpose
    labels = [column.labels for column in COLUMNS]
    for number, row in enumerate(export.rows(), start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                _write_text(sheet, number, place, _in_words(cell, labels[place]), formats["formula"])
            elif cell is not None:
                sheet.write_number(number, place, cell)


def _in_words(cell: str, labels: dict[str, str]) -> str:
    """A cell for people: in place of codes, one a line, their labels."""
    return "\n".join(labels.get(code, code) for code in cell.split("\n")) if labels else cell


def _write_text(sheet: Worksheet, row: int, place: int, text: str, formula: Any) -> None:
    if not text:
        return
    if len(text) > LONGEST_CELL:
        words = _("Row %(row)s, %(column)s: the text is longer than what a cell of Excel holds (%(most)s). Choose CSV.")
        heading = COLUMNS[place].heading
        raise TooLong(words % {"row": row + 1, "column": heading, "most": f"{LONGEST_CELL:,}"})
    # A quoting format keeps it a text even when somebody edits the cell.
    sheet.write_string(row, place, text, formula if guarded(text) != text else None)


def _formats(book: Workbook) -> dict[str, Any]:
    wrapped = {**_FONT, "text_wrap": True, **_TEXT_AS_IT_IS}
    return {
        "heading": book.add_format({**_FONT, "bold": True, "bottom": 1, **_TEXT_AS_IT_IS}),
        "text": book.add_format(wrapped),
        "formula": book.add_format({**wrapped, "quote_prefix": True}),
        "number": book.add_format(_FONT),
    }


def _width(column: Column) -> int:
    """Characters: enough for what such cells hold, and for the heading."""
    wide = sum(2 if ord(letter) > 0x2E7F else 1 for letter in column.heading)
    return max(_WIDTHS[column.kind], wide + 3)  # with the button of the filter


# --- what they are ----------------------------------------------------------------------------------------------------


def _write_about(book: Workbook, sheet: Worksheet, export: Export, count: int) -> None:
    title = book.add_format({**_FONT, "bold": True, "font_size": 14})
    strong = book.add_format({**_FONT, "bold": True})
    heading = book.add_format({**_FONT, "bold": True, "bottom": 1})
    plain = book.add_format({**_FONT, "text_wrap": True})
    sheet.set_column(0, 0, 34, plain)
    sheet.set_column(1, 1, 28, plain)
    sheet.set_column(2, 2, 70, plain)
    sheet.write_string(0, 0, _("Register of sister cities"), title)
    facts = list(_facts(export, count))
    for row, (name, value) in enumerate(facts, start=2):
        sheet.write_string(row, 0, name, strong)
        sheet.write_string(row, 1, value, book.add_format(_FONT))
    first = len(facts) + 3
    for place, name in enumerate((_("Column"), _("Name in CSV and GeoJSON"), _("What it means"))):
        sheet.write_string(first, place, name, heading)
    for row, column in enumerate(COLUMNS, start=first + 1):
        for place, text in enumerate((column.heading, column.name, str(column.meaning))):
            sheet.write_string(row, place, text)


def _facts(export: Export, count: int) -> Iterator[tuple[str, str]]:
    date = export.date
    yield _("Filter"), export.words or _("All records")
    yield _("Records"), ngettext("%(num)s record", "%(num)s records", count) % {"num": count}
    yield _("Date"), str(PartialDate(date.year, date.month, date.day))
    yield _("Licence"), _licence()
    if export.site:
        yield _("Address of the register"), export.site


def _licence() -> str:
    return _("%(licence)s (%(url)s). Quotes remain their sources’ own.") % {"licence": LICENCE.name, "url": LICENCE.url}
