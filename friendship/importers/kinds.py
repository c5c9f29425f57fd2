"""What a file is, told by its content: the kinds of files that people take for a list or a text, or rename to one."""

from __future__ import annotations

from collections.abc import Container

from django.utils.translation import gettext_noop

#: Office programs before 2007, and what those of today encrypt.
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVE = b"PK\x03\x04"
PDF = b"%PDF"

WORKBOOK = gettext_noop("an Excel workbook")
MARKUP = gettext_noop("a web page or an XML document, whatever its name says")
_PICTURE = gettext_noop("a picture")
_ARCHIVE_OF_FILES = gettext_noop("an archive of files")
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"RIFF", _PICTURE),
    (b"Rar!", _ARCHIVE_OF_FILES),
    (b"7z\xbc\xaf", _ARCHIVE_OF_FILES),
    (b"\x1f\x8b", _ARCHIVE_OF_FILES),
    (b"{\\rtf", gettext_noop("a text document (RTF)")),
    (b"SQLite format 3", gettext_noop("a database")),
)
#: What is packed as an archive, by a part that only it has.
_PACKAGES = {
    "content.xml": gettext_noop("an OpenDocument file"),
    "word/document.xml": gettext_noop("a text document (DOCX)"),
    "xl/workbook.xml": WORKBOOK,
    "ppt/presentation.xml": gettext_noop("a presentation"),
    "xl/workbook.bin": gettext_noop("a binary workbook (XLSB)"),
    "Index/Document.iwa": gettext_noop("a Numbers document"),
}


def by_beginning(content: bytes) -> str:
    """The kind of a file that is neither list nor text, a text of the catalogue; empty where it may be one."""
    return next((kind for beginning, kind in _BEGINNINGS if content.startswith(beginning)), "")


def by_parts(names: Container[str], wanted: str) -> str:
    """The kind of an archive with these parts, a text of the catalogue; empty where it may have the part wanted."""
    for name, kind in _PACKAGES.items():
        if name in names and name != wanted:
            return kind
    return "" if "[Content_Types].xml" in names else gettext_noop("an archive of files (ZIP)")
