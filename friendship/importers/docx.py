"""Documents of Word and WPS (DOCX): the words of their body, paragraph by paragraph.

Expat alone reads the one part that holds them, piece by piece. python-docx would bring lxml, build the whole tree
before it can be asked how much there is, and leave out text boxes and what stands in content controls.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Protocol
from xml.parsers import expat
from zipfile import ZipInfo

from django.utils.translation import gettext as _

from friendship.importers import archives, kinds
from friendship.importers.prose import MAX_CHARACTERS, no_text, refuse_long
from friendship.importers.records import Unreadable

#: A book of a million characters takes some 30 MB of XML.
MAX_UNPACKED = 100_000_000
#: A document of 1,000 pictures has 2,000 parts.
_MAX_PARTS = 10_000
#: A word takes up to ten elements, a table within a text box some fifty levels.
_MAX_ELEMENTS = 5_000_000
_MAX_DEPTH = 1_000
#: Expat keeps a tag until it ends: a drawing of Word may carry a copy of itself in an attribute.
_MAX_TAG = 10_000_000

_RELATIONSHIPS = "_rels/.rels"
_BODY = "word/document.xml"
#: In the names of both namespaces that documents use, the usual one and that of ISO 29500 strict.
_WORD = "wordprocessingml"
#: What stands in the body and not on the page: layout, where moved words once stood, the older form of a drawing; and
#: the pronunciation above a character, which would stand among the words.
_PASSED_OVER = frozenset({"pPr", "moveFrom", "Fallback", "rt"})
_AS_WRITTEN = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def text(content: bytes) -> str:
    """The body's paragraphs, each a line; of a table each row, its cells divided by tabs as when it is pasted.

    Text boxes follow the paragraph to which they are fastened. Left out are headers, footers, notes, comments, deleted
    words, and the numbers of lists, which no document holds. Raises ``Unreadable``.
    """
    if archives.has_more_parts(content, _MAX_PARTS):
        raise Unreadable(_too_much())
    body = _Body()
    try:
        _parse(content, _body_part(content), body)
    except (expat.ExpatError, zlib.error, ValueError, LookupError) as error:
        raise Unreadable(_damaged()) from error
    return "\n".join(map("".join, body.lines))


def _damaged() -> str:
    return _(
        "The document is damaged. Open it in Word or WPS and save it again as DOCX, or copy its text and paste it."
    )


def _too_much() -> str:
    return _("The document holds far more than its text. Copy the part that tells of ties and paste it.")


def _body_part(content: bytes) -> ZipInfo:
    """The part that holds the body: nearly always the same, but its name is free. Raises ``KeyError``."""
    parts = {part.filename: part for part in archives.parts(content)}
    if kind := kinds.by_parts(parts, _BODY):
        raise Unreadable(no_text(kind))
    if _BODY in parts:
        return parts[_BODY]
    main = _Main()
    _parse(content, parts[_RELATIONSHIPS], main)
    return parts[main.name]


class _Handler(Protocol):
    """What is told of each tag as it is met; the names come with their namespace before them."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


def _parse(content: bytes, part: ZipInfo, handler: _Handler) -> None:
    if part.file_size > MAX_UNPACKED:
        raise Unreadable(_too_much())
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    fed = 0
    for piece in archives.unpacked(content, part):
        fed += len(piece)
        parser.Parse(piece, False)
        if fed - parser.CurrentByteIndex > _MAX_TAG:
            raise ValueError("a tag without an end")
    parser.Parse(b"", True)


def _refuse_doctype(*_declaration: Any) -> None:
    raise ValueError("entities may expand without end, and documents declare none")


class _Main:
    """Finds the name of the part with the body among the relationships of the package."""

    def __init__(self) -> None:
        self.name = _BODY

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            self.name = attributes["Target"].lstrip("/")

    def end(self, _name: str) -> None:
        pass

    def text(self, _text: str) -> None:
        pass


class _Body:
    """Collects what a person reads. Paragraphs may stand within paragraphs, as text boxes do, and tables within cells.

    A line is a list of pieces of text that lies in its place before it is filled, so that the lines of a text box
    follow the paragraph within which they stand.
    """

    def __init__(self) -> None:
        self.lines: list[list[str]] = []
        #: The lines of the body, and of each cell that is open.
        self._blocks = [self.lines]
        self._paragraphs: list[list[str]] = []
        self._rows: list[list[str]] = []
        self._characters = self._elements = self._depth = 0
        self._passed_over = 0
        self._is_text = False

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > _MAX_ELEMENTS:
            raise Unreadable(_too_much())
        if self._depth > _MAX_DEPTH:
            raise ValueError("no program nests its tags as deeply")
        space, _space, local = name.rpartition(" ")
        if self._passed_over or local in _PASSED_OVER:
            self._passed_over += 1
        elif _WORD in space:
            self._is_text = local == "t"
            if local in _AS_WRITTEN:
                self._write(_AS_WRITTEN[local])
            elif opens := self._OPENS.get(local):
                opens(self)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._is_text = False
        if self._passed_over:
            self._passed_over -= 1
            return
        space, _space, local = name.rpartition(" ")
        if _WORD in space and (closes := self._CLOSES.get(local)):
            closes(self)

    def text(self, text: str) -> None:
        if self._is_text and not self._passed_over:
            self._write(text)

    def _write(self, text: str) -> None:
        self._count(len(text))
        if self._paragraphs:
            self._paragraphs[-1].append(text)

    def _count(self, characters: int) -> None:
        self._characters += characters
        if self._characters > 2 * MAX_CHARACTERS:  # how long it is without its blanks, nobody knows yet
            refuse_long()

    def _open_paragraph(self) -> None:
        self._count(1)  # its line break
        self._paragraphs.append(self._new_line())

    def _new_line(self) -> list[str]:
        line: list[str] = []
        self._blocks[-1].append(line)
        return line

    def _close_paragraph(self) -> None:
        self._paragraphs.pop()

    def _open_row(self) -> None:
        self._rows.append([])

    def _close_row(self) -> None:
        self._count(1)
        self._new_line().append("\t".join(self._rows.pop()))

    def _open_cell(self) -> None:
        self._count(1)  # the tab before it
        self._blocks.append([])

    def _close_cell(self) -> None:
        words = " ".join(map("".join, self._blocks.pop())).split()
        self._rows[-1].append(" ".join(words))

    _OPENS: dict[str, Callable[[_Body], None]] = {"p": _open_paragraph, "tr": _open_row, "tc": _open_cell}
    _CLOSES: dict[str, Callable[[_Body], None]] = {"p": _close_paragraph, "tr": _close_row, "tc": _close_cell}
