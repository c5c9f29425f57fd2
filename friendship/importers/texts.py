"""Texts: which encoding, which delimiter, and their rows one by one; JSON."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Any, Literal, NamedTuple, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.importers.records import Reason, Unreadable
from friendship.importers.tables import LAST_ROW, MAX_CELL, MAX_COLUMNS, JsonDocument, Row, Sheet, refuse_rows, trimmed

#: Room for 200 columns of 5,000 characters: no row of a list comes near, and a line without an end is given up early.
_MAX_ROW = 1_000_000
#: An object of JSON takes 200 bytes in memory: 26,000 ties of our own export are 400,000 objects.
_MAX_OBJECTS = 2_000_000
#: A text of JSON takes 50 bytes in memory besides its letters: 26,000 ties of our own export are 2,000,000 values.
_MAX_VALUES = 5_000_000

_PIECE = 65_536
_SAMPLE = 50
_DELIMITERS = ",;\t"
#: Chinese as UTF-8 writes it. A line of GB18030 is hardly ever valid UTF-8 with three of them.
_CHINESE_IN_UTF8 = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")
_SURELY = 3
_TWO_BYTES_OF_GBK = re.compile(rb"[\x81-\xfe]([\x40-\x7e]|[\x80-\xfe])")
#: JSON can write the character zero and halves of characters, which no database keeps.
_NO_CHARACTER_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_UNCLOSED = gettext_noop("The file ends inside a quoted cell that begins in this row.")


def encoding_of(content: bytes) -> str:
    """The encoding of a text: by its byte-order mark, else UTF-8 where all of it is, else GB18030.

    Raises ``Unreadable`` with the line where the text is in neither, or changes from one to the other.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if not _is(content, "utf-16"):
            raise Unreadable(_("The file begins as UTF-16 and goes on in another encoding. Save it as CSV UTF-8."))
        return "utf-16"
    if _is(content, "utf-8"):
        return "utf-8-sig"
    _refuse_mixture(content)
    for number, line in enumerate(io.BytesIO(content), 1):
        if not _is(line, "gb18030"):
            raise Unreadable(_not_readable(number))
    return "gb18030"


def _is(content: bytes, encoding: str) -> bool:
    """Whether all of it is in that encoding; decoded piece by piece, so that no second copy stands in memory."""
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    try:
        for start in range(0, len(content), _PIECE):
            decoder.decode(view[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_mixture(content: bytes) -> None:
    """Refuse a text of which some lines are surely UTF-8 and others surely not, or which looks like no Chinese.

    GB18030 gives a meaning to most bytes, so it is not enough that it can be decoded: in Western encodings an accented
    letter stands among ASCII, which Chinese characters in common use never have as their second byte.
    """
    utf8: list[int] = []
    others: list[int] = []
    common = rare = 0
    for number, line in enumerate(io.BytesIO(content), 1):
        if line.isascii():
            continue
        if not _is(line, "utf-8"):
            others.append(number)
            for second in _TWO_BYTES_OF_GBK.findall(line):
                common, rare = common + (second >= b"\x80"), rare + (second < b"\x80")
        elif len(_CHINESE_IN_UTF8.findall(line)) >= _SURELY:
            utf8.append(number)
    if utf8:
        odd = others if len(others) <= len(utf8) else utf8
        raise Unreadable(
            _("Line %(line)s is in another encoding than the rest of the file. Save the whole list as CSV UTF-8.")
            % {"line": odd[0]}
        )
    if rare > common:
        raise Unreadable(_not_readable(others[0]))


def _not_readable(line: int) -> str:
    return _("Line %(line)s is neither UTF-8 nor GB18030. Save the list as CSV UTF-8.") % {"line": line}


def sheets(content: bytes) -> Iterator[Sheet]:
    """The text as rows of cells, once for each delimiter that divides it, the likeliest first."""
    encoding = encoding_of(content)
    sample = list(islice(_lines(content, encoding), _SAMPLE))
    fits = {delimiter: _fit(sample, delimiter) for delimiter in _DELIMITERS}
    for delimiter in sorted(fits, key=lambda delimiter: fits[delimiter], reverse=True):
        if any(fits[delimiter]):
            dialect = _Dialect(delimiter, is_sparql=delimiter == "\t" and sample[0].startswith("?"))
            yield Sheet(partial(_rows, content, encoding, dialect))


def _fit(sample: list[str], delimiter: str) -> tuple[float, int]:
    """How well a delimiter divides the lines: the share of rows that have the commonest width, and their cells."""
    widths: Counter[int] = Counter()
    with suppress(csv.Error):  # a cell too long: its row is named when the rows are read
        widths.update(len(cells) for cells in csv.reader(sample, delimiter=delimiter) if any(cells))
    divided = {width: times for width, times in widths.items() if width > 1}
    width, times = max(divided.items(), key=itemgetter(1, 0), default=(0, 0))
    return (times / widths.total(), times * width) if times else (0, 0)


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    """Physical lines with their ends. A line too long and a NUL are refused before anything splits them."""
    stream = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    number = 0
    while line := stream.readline(_MAX_ROW + 1):
        number += 1
        if number == 1:
            line = line.removeprefix("\ufeff")
        if "\0" in line:
            raise Unreadable(_("Line %(line)s holds a NUL byte: the file is damaged, or no text.") % {"line": number})
        if len(line) > _MAX_ROW:
            raise Unreadable(_too_long("line", number))
        yield line


def _too_long(what: str, number: int) -> str:
    text = (
        _("Line %(number)s has more than %(limit)s characters.")
        if what == "line"
        else _("Row %(number)s has more than %(limit)s characters.")
    )
    return text % {"number": number, "limit": f"{_MAX_ROW:,}"}


class _Dialect(NamedTuple):
    """How a text divides its cells; SPARQL's TSV knows no quoted cells."""

    delimiter: str
    is_sparql: bool

    def reader(self, lines: Iterator[str], *, strict: bool = False) -> Iterator[list[str]]:
        quoting: Literal[0, 3] = csv.QUOTE_NONE if self.is_sparql else csv.QUOTE_MINIMAL
        return csv.reader(lines, delimiter=self.delimiter, quoting=quoting, strict=strict)


def _refuse_columns(delimiters: int, row: int, *, quoted: bool) -> None:
    """Before a line is split: a million columns need not become a million texts first."""
    if delimiters >= MAX_COLUMNS and not quoted:
        raise Unreadable(too_many_columns(row))


def too_many_columns(row: int) -> str:
    """What to say of a row that is wider than any list of ties."""
    return _("Row %(row)s has more than %(limit)s columns.") % {"row": row, "limit": MAX_COLUMNS}


class _Taken:
    """Lines on their way into the reader of rows; knows those that the present row has taken so far."""

    def __init__(self, lines: Iterator[str], dialect: _Dialect) -> None:
        self._lines = lines
        self._dialect = dialect
        self.row = 1
        self.lines: list[str] = []
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.lines.append(line)
            self._length += len(line)
            if self._length > _MAX_ROW:
                raise Unreadable(_too_long("row", self.row))
            _refuse_columns(line.count(self._dialect.delimiter), self.row, quoted=len(self.lines) > 1 or '"' in line)
            yield line

    def next_row(self) -> list[str]:
        taken, self.lines, self._length = self.lines, [], 0
        self.row += 1
        return taken


def _rows(content: bytes, encoding: str, dialect: _Dialect) -> Iterator[Row]:
    taken = _Taken(_lines(content, encoding), dialect)
    held: Row | None = None
    last: list[str] = []
    try:
        for cells in dialect.reader(iter(taken)):
            row, lines = taken.row, taken.next_row()
            if any(cells):
                if held is not None:
                    yield held
                held, last = _row(row, cells), lines
            elif row > LAST_ROW:
                refuse_rows()
    except csv.Error as error:
        message = _("Row %(row)s cannot be divided into cells: a cell of it is too long or not closed.")
        raise Unreadable(message % {"row": taken.row}) from error
    if held is not None:
        yield replace(held, wrong=Reason(_UNCLOSED)) if _ends_in_quotes(last, dialect) else held


def _row(number: int, written: list[str]) -> Row:
    cells = tuple(cell.strip() for cell in written)
    if len(cells) > MAX_COLUMNS and len(trimmed(cells)) > MAX_COLUMNS:
        raise Unreadable(too_many_columns(number))
    if any(len(cell) > MAX_CELL for cell in cells):
        refuse_cell(number)
    return Row(number, cells, written=tuple(written))


def refuse_cell(row: int) -> NoReturn:
    """Refuse a file for a cell that is longer than any that Excel can hold."""
    raise Unreadable(
        _("A cell of row %(row)s has more than %(limit)s characters. Perhaps a quotation mark is missing there.")
        % {"row": row, "limit": f"{MAX_CELL:,}"}
    )


def _ends_in_quotes(lines: list[str], dialect: _Dialect) -> bool:
    """Whether the last row's quoted cell is never closed, which the reader of rows passes over in silence."""
    try:
        list(dialect.reader(iter(lines), strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def json_document(content: bytes) -> JsonDocument:
    """The file as JSON. Raises ``Unreadable`` with line and column where it is none."""
    text = content.decode(encoding_of(content)).removeprefix("\ufeff")
    if text.count("{") + text.count("[") > _MAX_OBJECTS or text.count(",") > _MAX_VALUES:
        raise Unreadable(_("The JSON holds more values than a list of ties has. Divide it."))
    try:
        document = JsonDocument(json.loads(text, parse_constant=_refuse_constant))
    except json.JSONDecodeError as error:
        message = _("The JSON is not valid at line %(line)s, column %(column)s.")
        raise Unreadable(message % {"line": error.lineno, "column": error.colno}) from error
    except RecursionError as error:
        raise Unreadable(_("The JSON is nested too deeply to be a list of ties.")) from error
    except ValueError as error:
        raise Unreadable(_("The JSON holds a number that is none or far too long.")) from error
    if escape := _NO_CHARACTER_ESCAPED.search(text):
        _refuse_no_characters(document.value, text.count("\n", 0, escape.start()) + 1)
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse_no_characters(value: Any, line: int) -> None:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, dict):
            waiting += [*inner, *inner.values()]
        elif isinstance(inner, list):
            waiting += inner
        elif isinstance(inner, str) and _NO_CHARACTER.search(inner):
            message = _("The JSON writes a NUL or half a character as text, first near line %(line)s.")
            raise Unreadable(message % {"line": line})
