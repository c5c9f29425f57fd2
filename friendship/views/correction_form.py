"""The form by which the public suggests a correction, and what keeps robots from it without asking another service."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from friendship.models.suggestions import ALPHABET, GROUP, LONGEST, new_token

#: The name of the field that people do not see. What fills it is a robot.
TRAP = "website"
STAMP = "opened"
#: How long somebody reads and writes, in seconds: nobody is faster, and a page may lie open for a day.
FASTEST = 3
SLOWEST = 24 * 60 * 60

_SALT = "friendship.corrections"
_LINE_END = re.compile(r"\r\n?")

_REQUIRED = _("%(field)s: fill in this box.")
_TOO_LONG = _("%(field)s: at most %(most)d characters; these are %(count)d.")
_EMAIL = _("E-mail: write it like name@example.org, or leave it empty.")
_NUL = _("%(field)s: it holds the character NUL, which no text has. Type it anew.")


class TextField(forms.CharField):
    """A text of several lines, whose refusals name the field. Lines end in LF, however browsers send them."""

    def __init__(self, *, label: Any, help_text: Any) -> None:
        super().__init__(label=label, help_text=help_text)

    def clean(self, value: Any) -> str:
        """The text, or why it cannot be kept."""
        text = _LINE_END.sub("\n", str(value or "")).strip()
        if not text:
            raise ValidationError(_REQUIRED % {"field": self.label})
        if "\0" in text:
            raise ValidationError(_NUL % {"field": self.label})
        if len(text) > LONGEST:
            raise ValidationError(_TOO_LONG % {"field": self.label, "most": LONGEST, "count": len(text)})
        return text


class CorrectionForm(forms.Form):
    """What is wrong, what is right, and how one knows."""

    wrong = TextField(label=_("What is wrong"), help_text=_("Which of the facts above, or what is missing there."))
    right = TextField(label=_("What is right"), help_text=_("As it should read. If you do not know, say so."))
    source = TextField(
        label=_("Source"), help_text=_("A web address, a newspaper with its date, a document, or how you know it.")
    )
    email = forms.EmailField(
        required=False,
        max_length=254,
        label=_("E-mail (optional)"),
        error_messages=dict.fromkeys(["invalid", "max_length"], _EMAIL),
    )


@dataclass(frozen=True)
class Stamp:
    """When somebody opened the form of which record; what is sent once with it is kept under its token."""

    record: str
    at: float
    token: str

    @classmethod
    def new(cls, record: str) -> Stamp:
        """A stamp for a form that is opened now."""
        return cls(record, time.time(), new_token())

    @property
    def signed(self) -> str:
        """As the form carries it."""
        return signing.dumps([self.record, self.at, self.token], salt=_SALT)

    @property
    def age(self) -> float:
        """Seconds since the form was opened."""
        return time.time() - self.at


def stamp_in(data: Mapping[str, Any], record: str) -> Stamp | None:
    """The stamp that was sent; None where it is not ours, of another record or too old."""
    try:
        stamp = Stamp(*signing.loads(str(data.get(STAMP, "")), salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return stamp if stamp.record == record and stamp.age <= SLOWEST else None


# --- what a robot is told ---------------------------------------------------------------------------------------------


def decoy(token: str) -> str:
    """A token like any other, under which nothing is kept: a robot that asks for it is thanked all the same."""
    groups = token.rpartition("-")[0]
    return f"{groups}-{_check(groups)}"


def is_decoy(token: str) -> bool:
    """Whether a robot was given this token."""
    return constant_time_compare(token, decoy(token))


def _check(groups: str) -> str:
    """A last group that follows from the groups before it and from our key."""
    number = int(salted_hmac(_SALT, groups, algorithm="sha256").hexdigest(), 16)
    base = len(ALPHABET)
    return "".join(ALPHABET[number // base**place % base] for place in range(GROUP))
