"""A document of others as a text to be read for ties: TXT, DOCX, or PDF with a text layer."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.importers import docx, kinds, pdf, texts
from friendship.importers.prose import MAX_CHARACTERS, no_text, refuse_long, tidied
from friendship.importers.records import Unreadable
from friendship.importers.tables import MAX_BYTES

#: What the page that takes a document says it takes.
EXTENSIONS = (".txt", ".docx", ".pdf")

_MARKUP = re.compile(rb"[\s\xef\xbb\xbf\xff\xfe]*(<\s*(!doctype|html|\?xml)|MIME-Version:)", re.IGNORECASE)
_BEGINNING = 1_024  # within which Acrobat looks for the first word of a PDF
_MOST_BYTES = 4  # that an encoding takes for a character
#: Names within the files of Office before 2007, in UTF-16.
_WORD_WITHIN, _LOCKED_WITHIN = ("WordDocument".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le"))


def read(name: str, content: bytes) -> str:
    """The text of a file: a line for each paragraph, row of a table or printed line, and no invisible characters.

    What the file is shows in its content; its name tells only what a damaged one should have been. Raises
    ``Unreadable`` with what to do instead.
    """
    _refuse_size(content)
    if content.startswith(kinds.ARCHIVE):
        return tidied(docx.text(content))
    if content.startswith(kinds.OLD_OFFICE):
        raise Unreadable(_old_office(content))
    if _is_pdf(name, content):
        return tidied(pdf.text(content))
    _refuse_other_kinds(name, content)
    return tidied(_decoded(content))


def _refuse_size(content: bytes) -> None:
    if len(content) > MAX_BYTES:
        message = _("The file is larger than %(limit)s MB. Copy the part that tells of ties and paste it.")
        raise Unreadable(message % {"limit": MAX_BYTES // 1_000_000})
    if not content:
        raise Unreadable(_("The file is empty."))


def _old_office(content: bytes) -> str:
    if _LOCKED_WITHIN in content:
        return _(
            "The document is locked with a password. Open it, take the password away, save it and choose it again."
        )
    if _WORD_WITHIN in content:
        return _("This is an old Word document (DOC). Open it in Word or WPS and save it as DOCX.")
    return no_text(gettext_noop("a file of an old office program"))


def _is_pdf(name: str, content: bytes) -> bool:
    within = _BEGINNING if name.lower().endswith(".pdf") else len(kinds.PDF)
    return kinds.PDF in content[:within]


def _refuse_other_kinds(name: str, content: bytes) -> None:
    if kind := kinds.by_beginning(content):
        raise Unreadable(no_text(kind))
    if _MARKUP.match(content[:_BEGINNING].replace(b"\0", b"")):  # in UTF-16 as well
        raise Unreadable(no_text(kinds.MARKUP))
    for extension in (".docx", ".doc", ".pdf"):
        if name.lower().endswith(extension):
            message = _("The file is named %(extension)s and is none, or it is damaged. Copy the text and paste it.")
            raise Unreadable(message % {"extension": extension})


def _decoded(content: bytes) -> str:
    if len(content) > MAX_CHARACTERS * _MOST_BYTES:
        refuse_long()
    try:
        text = content.decode(texts.encoding_of(content))
    except Unreadable as error:
        raise Unreadable(_no_encoding()) from error
    if "\0" in text:
        raise Unreadable(_no_encoding())
    return text


def _no_encoding() -> str:
    return _(
        "The file is no text, or in an encoding that cannot be told. Save it as TXT in UTF-8, or copy its text and "
        "paste it."
    )
