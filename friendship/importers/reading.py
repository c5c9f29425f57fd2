"""A file of any known kind as a list of records: what it is shows in its content, never in its name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.enums import ImportFormat
from friendship.importers import cpaffc, kinds, mapped, office, pairs, register, texts, wikidata, workbooks
from friendship.importers.records import Listing, Unreadable
from friendship.importers.tables import HEADER_WITHIN, MAX_BYTES, Document, Sheet, Table, fold
from friendship.importers.workbooks import no_table

#: In the order in which they are asked: the narrower ones first.
_FORMATS = {
    ImportFormat.REGISTER: register,
    ImportFormat.CPAFFC: cpaffc,
    ImportFormat.WIKIDATA: wikidata,
    ImportFormat.PAIRS: pairs,
    ImportFormat.OFFICE: office,
}
#: Our own export in one of its forms, and what such a file is.
_OWN_FORMS = {"csv": "text", "xlsx": "workbook", "json": "json"}
#: All that ``read`` takes for its format.
FORMATS: tuple[str, ...] = ("auto", *_OWN_FORMS, *ImportFormat.values)

_SAMPLE_ROWS = 5
#: A header names nearly all columns; a title or a remark above it fills one or two.
_HEADER_FILLS = 0.75

_OLD_EXCEL = gettext_noop("an old Excel file (XLS) or one with a password")
_PDF = gettext_noop("a PDF document")
_UNKNOWN_JSON = gettext_noop(
    "The JSON is neither an export of this register, nor rows of the national register, nor answers of Wikidata."
)
#: Blanks, zeros and byte-order marks fill a file without saying anything.
_NO_BLANK = re.compile(rb"[^\0 \t\r\n\xef\xbb\xbf\xff\xfe]")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class UnknownColumns(Unreadable):
    """A table whose columns no format knows. Staff may say what ``headers`` mean; ``sample_rows`` stand below them."""

    def __init__(self, headers: Sequence[str], sample_rows: Sequence[Sequence[str]]) -> None:
        self.headers = list(headers)
        self.sample_rows = [list(cells) for cells in sample_rows]
        message = _("What the columns of this table mean is not known: %(headers)s.")
        super().__init__(message % {"headers": _(", ").join(header or "–" for header in self.headers)})


def fingerprint(headers: Iterable[str]) -> str:
    """What tells one header from another, whatever its case, width, spaces and punctuation: 64 hexadecimal digits."""
    return hashlib.sha256("\x1f".join(fold(header) for header in headers).encode()).hexdigest()


def read(
    content: bytes,
    file_name: str,
    *,
    format: str = "auto",  # noqa: A002 - the word of the command line and of the model
    mapping: Mapping[str, int] | None = None,
) -> Listing:
    """The records of a file.

    ``format`` is one of ``FORMATS``; a file that is not of that format is refused. ``mapping`` tells the columns of a
    table of no known format: a field of ``mapped.FIELDS``, and its column from 0. Raises ``UnknownColumns`` where that
    is needed, and ``Unreadable`` with a message for the reader where the file cannot be used.
    """
    if format not in FORMATS:
        raise ValueError(format)
    _refuse_size(content)
    kind = _kind_of(content)
    _refuse_other_form(kind, format)
    documents = _Documents(content, kind)
    if mapping is not None or format == ImportFormat.MAPPED:
        return _mapped(documents, mapping)
    wanted = _FORMATS if format == "auto" else [_format_of(format)]
    found = _recognised(documents, wanted)
    if found is None:
        raise _unknown(documents, file_name, format)
    return _listing(*found)


def table(content: bytes, format_name: str) -> Table | None:
    """The table from which ``read`` takes its records, with its cells as they are; None where the file is JSON."""
    documents = _Documents(content, _kind_of(content))
    if documents.kind == "json":
        return None
    if format_name == ImportFormat.MAPPED:
        return documents.likely_table()
    found = _recognised(documents, [ImportFormat(format_name)])
    return found[1] if found and isinstance(found[1], Table) else None


def tables(content: bytes) -> Iterator[Table]:
    """Every table that the file may hold, whatever its columns mean. Raises ``Unreadable``."""
    _refuse_size(content)
    kind = _kind_of(content)
    _refuse_other_form(kind, "xlsx" if kind == "json" else kind)
    for sheet in _Documents(content, kind).sheets():
        yield from sheet.tables()


def _format_of(name: str) -> ImportFormat:
    return ImportFormat.REGISTER if name in _OWN_FORMS else ImportFormat(name)


def _refuse_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        message = _("The file is larger than %(limit)s MB, which no list of ties needs. Divide it.")
        raise Unreadable(message % {"limit": MAX_BYTES // 1_000_000})
    if not content:
        raise Unreadable(_("The file is empty."))
    if not _NO_BLANK.search(content):
        raise Unreadable(_("The file holds nothing but blanks."))


def _kind_of(content: bytes) -> str:
    """``workbook``, ``json`` or ``text``, by the first bytes."""
    if content.startswith(kinds.ARCHIVE):
        return "workbook"
    if kind := _other_kind(content):
        raise Unreadable(no_table(kind))
    first = _first_letter(content)
    if first == b"<":
        raise Unreadable(no_table(kinds.MARKUP))
    return "json" if first in {b"{", b"["} else "text"


def _other_kind(content: bytes) -> str:
    if content.startswith(kinds.OLD_OFFICE):
        return _OLD_EXCEL
    return _PDF if content.startswith(kinds.PDF) else kinds.by_beginning(content)


def _first_letter(content: bytes) -> bytes:
    beginning = content[:1000]
    for mark in _BYTE_ORDER_MARKS:
        beginning = beginning.removeprefix(mark)
    return beginning.lstrip(b"\0 \t\r\n")[:1]


_KINDS = {
    "workbook": kinds.WORKBOOK,
    "json": gettext_noop("JSON"),
    "text": gettext_noop("a text with a table (CSV)"),
}


def _refuse_other_form(kind: str, format_name: str) -> None:
    wanted = _OWN_FORMS.get(format_name, kind)
    if kind != wanted:
        message = _("The file is %(kind)s, not %(wanted)s as stated.")
        raise Unreadable(message % {"kind": _(_KINDS[kind]), "wanted": _(_KINDS[wanted])})


@dataclass(frozen=True, slots=True)
class _Documents:
    """What the file may be taken for: JSON, or each of its sheets under each row that may be a header.

    A text is a sheet for each way of dividing it.
    """

    content: bytes
    kind: str

    def __iter__(self) -> Iterator[Document]:
        if self.kind == "json":
            yield texts.json_document(self.content)
            return
        for sheet in self.sheets():
            yield from sheet.tables()

    def sheets(self) -> Iterator[Sheet]:
        if self.kind == "workbook":
            yield from workbooks.sheets(self.content)
        else:
            yield from texts.sheets(self.content)

    def likely_table(self) -> Table:
        """The first sheet's table under the row that looks most like a header, where no format knows one."""
        for sheet in self.sheets():
            tables = list(sheet.tables())
            if tables:
                fullest = max(_filled(table.header) for table in tables)
                return next(table for table in tables if _filled(table.header) >= _HEADER_FILLS * fullest)
        raise Unreadable(
            _("The file holds no table: none of its first %(rows)s rows has two cells.") % {"rows": HEADER_WITHIN}
        )


def _filled(cells: Iterable[str]) -> int:
    return sum(1 for cell in cells if cell)


def _recognised(documents: Iterable[Document], wanted: Iterable[ImportFormat]) -> tuple[ImportFormat, Document] | None:
    """The first document that a format recognises. In a workbook, the first sheet with such a header wins."""
    for document in documents:
        for name in wanted:
            if _FORMATS[name].recognises(document):
                return name, document
    return None


def _listing(name: ImportFormat, document: Document) -> Listing:
    if name == ImportFormat.REGISTER:
        return register.listing(document)
    return Listing(name.value, list(_FORMATS[name].records(document)))


def _mapped(documents: _Documents, mapping: Mapping[str, int] | None) -> Listing:
    if documents.kind == "json":
        raise Unreadable(_("Columns can be chosen for a table only, and this file is JSON."))
    table = documents.likely_table()
    if mapping is None:
        raise _unknown_columns(table)
    return Listing(ImportFormat.MAPPED.value, list(mapped.records(table, mapping)))


def _unknown(documents: _Documents, file_name: str, format_name: str) -> Unreadable:
    if format_name != "auto":
        label = _format_of(format_name).label
        return Unreadable(_("%(file)s is not of this format: %(format)s.") % {"file": file_name, "format": label})
    if documents.kind == "json":
        return Unreadable(_(_UNKNOWN_JSON))
    return _unknown_columns(documents.likely_table())


def _unknown_columns(table: Table) -> UnknownColumns:
    return UnknownColumns(table.header, [row.cells for row in islice(table.rows, _SAMPLE_ROWS)])
