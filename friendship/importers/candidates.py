"""Candidates of a text, one for each pair of places and each statement of totals: nothing is looked up here.

What a text says of one pair at different times (cooperation in 2018, a sister tie in 2019) is one candidate, as it is
one row of the register. Candidates are made anew whenever a text is looked at; fingerprints find what was decided.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from friendship import extraction
from friendship.dates import PartialDate
from friendship.enums import EventKind, Metric, Paper, RelationshipType, Scope, Status, Strength
from friendship.extraction.records import Quote, Reading, Tie, Total

PLANNED, SUSPENDED, TERMINATED = "planned", "suspended", "terminated"

#: The higher kind of tie is what the pair has; a plan is none yet.
_RANK = {
    RelationshipType.SISTER: 4,
    RelationshipType.COOPERATION: 3,
    RelationshipType.EXCHANGE: 2,
    RelationshipType.OTHER: 1,
    RelationshipType.INTENT: 0,
}
_PAPERS = (
    (re.compile("意向"), Paper.LETTER_OF_INTENT),
    (re.compile("备忘录"), Paper.MEMORANDUM),
    (re.compile("联合声明"), Paper.JOINT_STATEMENT),
    (re.compile("行动计划"), Paper.ACTION_PLAN),
    (re.compile("协议"), Paper.AGREEMENT),
)
#: A figure of a statement by the metric of the register; of exchange ties it keeps none.
FIGURES = {
    "countries": Metric.COUNTRIES,
    "total": Metric.ALL,
    "sister": Metric.SISTER,
    "cooperation": Metric.COOPERATION,
}
_AFTER_THE_NUMBER = frozenset({"余", "多", "左右", "以上", "上下"})


@dataclass(frozen=True, slots=True)
class Stage:
    """An earlier step of a tie, or one that is not the tie itself: an event of its timeline.

    ``type`` is the kind of tie that it founded, empty where it founded none.
    """

    kind: str
    type: str
    date: PartialDate | None
    paper: str
    printed: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Pair:
    """All that a text says of two places. ``stages`` are in the order of the text, ``main`` is what the tie is."""

    key: str
    stages: tuple[Tie, ...]
    main: Tie

    @property
    def quotes(self) -> list[Quote]:
        """The words that say so, each once."""
        return list(dict.fromkeys(tie.evidence for tie in self.stages))

    @property
    def rule(self) -> str:
        """The rule of the grammar that found the tie."""
        return self.main.rule

    @property
    def type(self) -> str:
        """The kind of tie; what is only planned is an intent."""
        return RelationshipType.INTENT.value if self.main.status == PLANNED else self.main.type

    @property
    def status(self) -> str:
        """Where the tie stands. What is planned or only implied is not verified."""
        told = [tie.status for tie in self.stages]
        if TERMINATED in told:
            return Status.ENDED.value
        if SUSPENDED in told:
            return Status.SUSPENDED.value
        return Status.ACTIVE.value if self.main.explicit and self.main.status == "active" else Status.UNKNOWN.value

    @property
    def type_as_printed(self) -> str:
        """The words of the text for the kind of tie."""
        return next((tie.type_as_printed for tie in self.said if tie.type_as_printed), "")

    @property
    def dated_by(self) -> Tie:
        """The mention that tells when the stage that the tie is in began, where one does."""
        return next((tie for tie in self.said if _date(tie.date)), self.main)

    @property
    def founded(self) -> PartialDate | None:
        """When the stage that the tie is in began."""
        return _date(self.dated_by.date)

    @property
    def derived(self) -> frozenset[str]:
        """The facts that do not stand in the text and were reckoned from it: ``founded``, ``ended``."""
        found = {"founded"} if "date" in self.dated_by.derived else set[str]()
        return frozenset(found | {"ended" for tie in self.stages if "ended" in tie.derived})

    @property
    def ended(self) -> PartialDate | None:
        """When the tie ended, where the text tells."""
        return next((_date(tie.ended) for tie in self.stages if tie.status == TERMINATED and tie.ended), None)

    @property
    def ending(self) -> Quote:
        """The words that tell how the tie stands."""
        return next((tie.evidence for tie in self.stages if tie.status in (TERMINATED, SUSPENDED)), self.main.evidence)

    @property
    def strength(self) -> str:
        """Whether the text says it, or lets it be concluded."""
        return Strength.EXPLICIT.value if self.main.explicit else Strength.IMPLIED.value

    @property
    def events(self) -> list[Stage]:
        """What else happened on the tie, in the order of the text: other stages, and when it was suspended."""
        told: dict[tuple[str, str, PartialDate | None], Stage] = {}
        for tie in self.stages:
            if tie is not self.main and (tie.status == PLANNED or tie.type != self.main.type):
                told.setdefault((tie.status, tie.type, _date(tie.date)), stage_of(tie))
            if tie.status == SUSPENDED:
                suspension = Stage(EventKind.SUSPENSION.value, "", _date(tie.ended), "", "", tie.evidence)
                told.setdefault((SUSPENDED, "", suspension.date), suspension)
        return list(told.values())

    @property
    def said(self) -> list[Tie]:
        """Where the text speaks of the tie as it is, the stage that counts first."""
        same = [tie for tie in self.stages if tie.type == self.main.type and (tie.status == PLANNED) == self.is_planned]
        return [self.main, *(tie for tie in same if tie is not self.main)]

    @property
    def is_planned(self) -> bool:
        """Whether the text tells of nothing but a plan."""
        return self.main.status == PLANNED


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a statement: its field there, the metric of the register, the words where it is not exact."""

    name: str
    metric: str
    value: int | None
    as_printed: str


@dataclass(frozen=True, slots=True)
class Figures:
    """One statement of totals."""

    key: str
    total: Total

    @property
    def quotes(self) -> list[Quote]:
        """The words that say so."""
        return [self.total.evidence]

    @property
    def rule(self) -> str:
        """The rule of the grammar that found the numbers."""
        return self.total.rule

    @property
    def as_of(self) -> PartialDate | None:
        """The day, month or year of which the numbers are true."""
        return _date(self.total.as_of)

    @property
    def figures(self) -> list[Figure]:
        """The numbers that the register keeps."""
        return list(_figures(self.total))

    @property
    def scope(self) -> str:
        """Which places the numbers cover, where the text tells it as the register does."""
        level = self.total.level or ""
        return level if level in Scope.values else ""


Candidate = Pair | Figures


@lru_cache(maxsize=8)  # reading 1 MB takes seconds, and people look at a text many times
def read(text: str, published: PartialDate | None, home: str) -> tuple[Candidate, ...]:
    """The candidates of a text, in the order in which it first speaks of them."""
    return candidates(extraction.read(text, published, home))


def candidates(found: Reading) -> tuple[Candidate, ...]:
    """What was read, put together by pairs of places."""
    pairs: dict[tuple[str, ...], list[Tie]] = {}
    for tie in found.ties:
        pairs.setdefault(_sides(tie), []).append(tie)
    made: list[Candidate] = [*map(_pair, pairs.values()), *map(_statement, dict.fromkeys(map(_Kept, found.totals)))]
    return tuple(sorted(made, key=lambda each: (each.quotes[0].start, each.key)))


class _Kept:
    """A total as a key: what it says twice in the same words is one statement."""

    def __init__(self, total: Total) -> None:
        self.total = total

    def __hash__(self) -> int:
        return hash(self.total.evidence)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self.total == other.total


def _sides(tie: Tie) -> tuple[str, ...]:
    return tie.home.province, tie.home.name, tie.partner.iso2 or tie.partner.country or "", tie.partner.name


def _pair(stages: Iterable[Tie]) -> Pair:
    ordered = tuple(sorted(dict.fromkeys(stages), key=lambda tie: tie.evidence.start))
    main = max(ordered, key=_weight)
    told = [(tie.type, tie.date, tie.ended, tie.status, tie.explicit, tie.evidence.start) for tie in ordered]
    return Pair(_fingerprint("tie", *_sides(ordered[0]), told), ordered, main)


def _weight(tie: Tie) -> tuple[bool, int, str]:
    """Which of two stages is what the tie is: the higher kind, then the later date."""
    is_plan = tie.status == PLANNED
    return not is_plan, -1 if is_plan else _RANK.get(RelationshipType(tie.type), 0), tie.date or ""


def _statement(kept: _Kept) -> Figures:
    total = kept.total
    figures = [getattr(total, name) for name in FIGURES]
    return Figures(_fingerprint("total", total.scope, total.level, total.as_of, figures, total.evidence.start), total)


def _fingerprint(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _date(written: str | None) -> PartialDate | None:
    """The date, or None where the text gives none that a calendar knows."""
    try:
        return PartialDate.parse(written) if written else None
    except ValueError:
        return None


def stage_of(tie: Tie) -> Stage:
    """One mention of a tie as an event of another, higher one."""
    is_intent = tie.status == PLANNED or tie.type == RelationshipType.INTENT
    kind, code = (EventKind.INTENT, RelationshipType.INTENT.value) if is_intent else (EventKind.SIGNING, tie.type)
    return Stage(kind.value, code, _date(tie.date), paper_of(tie), tie.type_as_printed, tie.evidence)


def paper_of(tie: Tie) -> str:
    """The paper that was signed, where the words for the tie name one, or every time the next words do."""
    printed, plain = tie.type_as_printed, re.sub(r"\s+", "", tie.evidence.quote)
    if not printed:
        return _paper_in(plain)
    after = {_paper_in(found[1]) for found in re.finditer(rf"{re.escape(printed)}(?=([^，,。；;、]{{0,6}}))", plain)}
    return _paper_in(printed) or (after.pop() if len(after) == 1 else "")


def _paper_in(words: str) -> str:
    return next((paper.value for pattern, paper in _PAPERS if pattern.search(words)), "")


def _figures(total: Total) -> Iterator[Figure]:
    for name, metric in FIGURES.items():
        value = getattr(total, name)
        if value is None:
            continue
        word = total.inexact.get(name, "")
        printed = _as_printed(total.evidence.quote, value, word) if word else ""
        yield Figure(name, metric.value, None if word else value, printed)


def _as_printed(quote: str, value: int, word: str) -> str:
    """The words of the text for a number that is not exact: 近90, 300余."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", quote))
    spelt = re.search(rf"{word}(?:达|到|了)?{value}(?!\d)|(?<!\d){value}{word}", plain)
    if spelt:
        return spelt[0]
    return f"{value}{word}" if word in _AFTER_THE_NUMBER else f"{word}{value}"
