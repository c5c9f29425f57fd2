"""A text as the register holds it, whatever file it came from: how long at most, and of which characters."""

from __future__ import annotations

import re
from typing import NoReturn

from django.utils.translation import gettext as _

from friendship.importers.records import Unreadable

#: A press conference has 10,000 characters, a yearbook a million; a page that marks more is of no use to anybody.
MAX_CHARACTERS = 1_000_000

_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
#: What has no meaning in a text and breaks words apart or hides what is written: controls, halves of characters, soft
#: hyphens and spaces without width, directions. Joiners stay: Persian and Hindi are written with them.
_NO_CHARACTER = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_BLANK_LINES = re.compile("\n{3,}")


def tidied(text: str) -> str:
    """The text with a line break for each paragraph, no more than one blank line between two, and nothing invisible.

    Raises ``Unreadable`` where nothing remains, or more than ``MAX_CHARACTERS``.
    """
    lines = _NO_CHARACTER.sub("", _LINE_END.sub("\n", text)).split("\n")
    tidy = _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
    if not tidy:
        raise Unreadable(_("The file holds nothing but blanks."))
    if len(tidy) > MAX_CHARACTERS:
        refuse_long()
    return tidy


def refuse_long() -> NoReturn:
    """Refuse a text that is longer than ``MAX_CHARACTERS``."""
    message = _("The text has more than %(limit)s characters. Copy the part that tells of ties and paste it.")
    raise Unreadable(message % {"limit": f"{MAX_CHARACTERS:,}"})


def no_text(kind: str) -> str:
    """What to say of a file that is something else; ``kind`` is a text of the catalogue."""
    message = _(
        "This is %(kind)s, not a text that can be read. Save it as DOCX, PDF or TXT, or copy its text and paste it."
    )
    return message % {"kind": _(kind)}
