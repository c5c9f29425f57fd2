"""The account of a run: what was answered how, what was promised to be saved, what counts as lost or wrong."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

#: What a page says while the database cannot be asked, and what the API says.
OUTAGE = ("名录暂时无法读取", "The register cannot be read just now")
OUTAGE_STATUS = 503


class Verdict(StrEnum):
    """What became of a request."""

    RIGHT = "right"
    UNAVAILABLE = "told that the register cannot be read"  # 503 that says so, and when to come back
    UNANSWERED = "no answer"  # the connection broke; of a reading: twice
    WRONG = "wrong"


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]  # by their names in small letters
    body: bytes


@dataclass(frozen=True)
class Asked:
    """One request: when it began (seconds from the start of the run), how long it took, and what became of it."""

    at: float
    seconds: float
    what: str
    verdict: Verdict
    retried: bool = False
    detail: str = ""


def says_that_it_is_away(answer: Answer) -> bool:
    """Whether it is the page, or the JSON, that says so and when to come back; a bare error is not."""
    if answer.status != OUTAGE_STATUS or not answer.headers.get("retry-after", "").isdigit():
        return False
    if answer.headers.get("content-type", "").startswith("application/json"):
        told = json.loads(answer.body)
        return set(told) == {"detail"} and any(words in told["detail"] for words in OUTAGE)
    return any(f"<h1>{words}</h1>".encode() in answer.body for words in OUTAGE)


def judged(answer: Answer | None, is_right: bool) -> Verdict:
    """What an answer counts as; ``is_right`` is what its reader thinks of its status and content."""
    if answer is None:
        return Verdict.UNANSWERED
    if is_right:
        return Verdict.RIGHT
    return Verdict.UNAVAILABLE if says_that_it_is_away(answer) else Verdict.WRONG


def percentile(seconds: Iterable[float], share: float) -> float:
    """The time within which that share of all was answered; 0 of none."""
    ordered = sorted(seconds)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0.0


@dataclass
class Ledger:
    """What all visitors together have seen. Written by many threads."""

    asked: list[Asked] = field(default_factory=list)
    #: What somebody was told is saved, by its mark, with the kind of record.
    promised: dict[str, str] = field(default_factory=dict)
    #: What somebody sent and got no promise for: it may be there, but not twice.
    in_doubt: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, asked: Asked) -> None:
        """One request more."""
        with self._lock:
            self.asked.append(asked)

    def wrote(self, mark: str, kind: str, verdict: Verdict) -> None:
        """Somebody has sent a form with this mark in its text."""
        with self._lock:
            (self.promised if verdict == Verdict.RIGHT else self.in_doubt)[mark] = kind
            if verdict == Verdict.RIGHT:
                self.in_doubt.pop(mark, None)  # sent again, as one does

    def between(self, begin: float, end: float) -> list[Asked]:
        """The requests that began in this time."""
        with self._lock:
            return [each for each in self.asked if begin <= each.at < end]

    def lost(self, found: Mapping[str, int]) -> list[str]:
        """Marks that were promised and are not there."""
        return sorted(mark for mark in self.promised if not found.get(mark))

    def doubled(self, found: Mapping[str, int]) -> list[str]:
        """Marks that are there more than once, promised or not."""
        return sorted(mark for mark in (*self.promised, *self.in_doubt) if found.get(mark, 0) > 1)


def counted(asked: Iterable[Asked]) -> Counter[Verdict]:
    """How many of each."""
    return Counter(each.verdict for each in asked)
