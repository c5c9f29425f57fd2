"""What a rule of the audit is, and what it finds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Model
from django.utils.functional import Promise

from friendship.enums import Severity
from friendship.models.places import in_language

Fact = str | int | float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the register holds and that a rule doubts.

    ``subject`` names it for good: ``relationship/12``, ``place/3+place/9``. ``facts`` are what it was found on: when
    one of them changes, it is another finding, and whoever accepted the former is asked again. ``says`` is for
    people, in the language that was active. ``records`` are where it is mended, each as ``model/key``.
    """

    subject: str
    facts: tuple[Fact, ...]
    says: str
    records: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The facts in 32 letters."""
        return fingerprint(*self.facts)

    @property
    def mended_at(self) -> tuple[str, ...]:
        """The records that show it: those named, or those of the subject."""
        return self.records or tuple(self.subject.split("+"))


def fingerprint(*facts: Fact) -> str:
    """Facts in 32 letters: the same facts give the same letters, on every machine."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Rule:
    """A rule that no constraint of the database can say.

    ``find`` reads the register row by row and never holds it whole; ``reads`` are the tables that it looks at. An
    error contradicts itself or cannot be; a hint may be right, and somebody should have looked.
    """

    code: str
    severity: Severity
    title: Promise
    meaning: Promise
    mending: Promise
    reads: tuple[type[Model], ...]
    find: Callable[[], Iterator[Finding]]

    def __str__(self) -> str:
        return str(self.title)


def named(chinese: str, english: str) -> str:
    """A name in the active language, as rules read it: without its row."""
    return in_language(chinese, english)


def tie_named(home: tuple[str, str], partner: tuple[str, str]) -> str:
    """A tie as the admin calls it, from the names of its sides."""
    return f"{named(*home)}{in_language('—', ' – ')}{named(*partner)}"
