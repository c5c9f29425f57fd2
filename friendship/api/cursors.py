"""Where a reader of a long list stands: a signed text in the links ``next`` and ``previous``.

The values in it go into the question as they are, so only those that we gave out are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from django.core import signing
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from friendship.queries.keyset import Position, written

_SIGNER = signing.Signer(sep=".", salt="friendship.api.cursors")
_NOT_OURS = _("This is no cursor of this register: take it from “next” or “previous”, or leave it out.")
_OTHER_QUESTION = _("This cursor belongs to another question: only “page_size” and “fields” may change on the way.")


@dataclass(frozen=True)
class Cursor:
    """A place in a list: between two rows, looking forward or back. ``count`` are its rows when the walk began."""

    question: str
    position: Position
    is_forward: bool
    count: int

    def __str__(self) -> str:
        return _SIGNER.sign_object([self.question, written(self.position), self.is_forward, self.count])


def read(text: str, question: str) -> Cursor:
    """The cursor as it was given out. Raises ``ValidationError`` where it is not ours, or of another question."""
    try:
        asked, position, is_forward, count = _SIGNER.unsign_object(text)
    except (signing.BadSignature, ValueError):
        raise ValidationError({"cursor": [_NOT_OURS]}) from None
    if asked != question:
        raise ValidationError({"cursor": [_OTHER_QUESTION]})
    return Cursor(asked, tuple(position), is_forward, count)


def question(path: str, parameters: Iterable[tuple[str, str]], columns: Iterable[object]) -> str:
    """A short text that is the same for the same rows in the same order."""
    told = (path, sorted(set(parameters)), [repr(column) for column in columns])
    return sha256(repr(told).encode()).hexdigest()[:12]
