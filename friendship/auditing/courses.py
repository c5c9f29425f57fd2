"""Rules about the course of a tie: what came before what, and whether its sources tell the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from friendship.auditing.findings import Finding, tie_named
from friendship.dates import PartialDate
from friendship.enums import Claim, EventKind, Paper, RelationshipType
from friendship.models import Event, Evidence
from friendship.queries import worklists

_SIDES = ("home__name_zh", "home__name_en", "partner__name_zh", "partner__name_en")
_OF_TIE = tuple(f"relationship__{column}" for column in _SIDES)
_DATE = ("date_year", "date_month", "date_day")
_FOUNDED = tuple(f"relationship__founded_{part}" for part in ("year", "month", "day"))
_ENDED = tuple(f"relationship__ended_{part}" for part in ("year", "month", "day"))


@dataclass
class _Course:
    """The dated steps of one tie that stand for an intent, and those that stand for a tie."""

    words: tuple[str, ...]
    intents: list[PartialDate] = field(default_factory=list)
    signings: list[PartialDate] = field(default_factory=list)


def signing_before_intent() -> Iterator[Finding]:
    """A letter of intent that surely follows a signing, with no signing or upgrade that may follow it.

    The order is judged only where both dates tell: 1982 and March 1982 tell nothing. A tie of cooperation that was
    signed, then led to an intent and to the sister tie, is in order.
    """
    intends = Q(kind=EventKind.INTENT) | Q(paper=Paper.LETTER_OF_INTENT)
    with_intent = Event.objects.filter(intends, date_year__isnull=False).values("relationship")
    steps = Event.objects.filter(intends | Q(kind__in=[EventKind.SIGNING, EventKind.UPGRADE]))
    rows = steps.filter(relationship__in=with_intent).order_by("relationship_id", "pk")
    columns = ("relationship_id", "kind", "paper", "relationship__type", *_DATE, *_FOUNDED, *_OF_TIE)
    for tie, found in groupby(rows.values_list(*columns).iterator(), key=lambda row: row[0]):
        course = _course(found)
        if pair := _turned_round(course):
            said = _("%(tie)s: signed %(signed)s, letter of intent %(intent)s") % {
                "tie": tie_named((course.words[0], course.words[1]), (course.words[2], course.words[3])),
                "signed": pair[0],
                "intent": pair[1],
            }
            yield Finding(f"relationship/{tie}", (pair[0].iso, pair[1].iso), said)


def _course(rows: Iterable[Sequence[Any]]) -> _Course:
    course = _Course(())
    for _tie, kind, paper, type_of_tie, *rest in rows:
        date, founded = PartialDate.of(*rest[0:3]), PartialDate.of(*rest[3:6])
        course.words = tuple(rest[6:])
        is_intent = kind == EventKind.INTENT or paper == Paper.LETTER_OF_INTENT
        if date is not None:
            (course.intents if is_intent else course.signings).append(date)
        if founded is not None and type_of_tie != RelationshipType.INTENT and founded not in course.signings:
            course.signings.append(founded)
    return course


def _turned_round(course: _Course) -> tuple[PartialDate, PartialDate] | None:
    """The first signing, and an intent that no signing may follow, where they stand in the wrong order."""
    for intent in course.intents:
        before = [signing for signing in course.signings if intent.is_after(signing)]
        if before and len(before) == len(course.signings):
            return before[0], intent
    return None


# --- what sources say ------------------------------------------------------------------------------------------------


def contradicted_value() -> Iterator[Finding]:
    """A source contradicts the register's own value, and no note says why the register chose as it did.

    A source that tells of an earlier stage contradicts nothing, nor does a date that is only more or less precise.
    """
    same = Q(claim=Claim.TIE, value=F("relationship__type")) | Q(claim=Claim.STATUS, value=F("relationship__status"))
    told = Evidence.objects.filter(claim__in=worklists.COMPARED, relationship__note_zh="", relationship__note_en="")
    rows = told.exclude(value="").exclude(same).filter(~worklists.tells_a_stage()).order_by("relationship_id", "pk")
    columns = ("relationship_id", "claim", "value", "relationship__type", "relationship__status", *_FOUNDED, *_ENDED)
    for tie, found in groupby(rows.values_list(*columns, *_OF_TIE).iterator(), key=lambda row: row[0]):
        against = [row for row in found if _contradicts(row[1], row[2], _own(row))]
        if against:
            facts = sorted({(row[1], row[2], _own(row)) for row in against})
            said = _("%(tie)s: %(differences)s") % {
                "tie": tie_named(against[0][11:13], against[0][13:15]),
                "differences": _("; ").join(_difference(*fact) for fact in facts),
            }
            yield Finding(f"relationship/{tie}", tuple(word for fact in facts for word in fact), said)


def _own(row: Sequence[Any]) -> str:
    """The register's own value of the claim that a row is about, as evidence would give it."""
    match row[1]:
        case Claim.TIE:
            return str(row[3])
        case Claim.STATUS:
            return str(row[4])
        case claim:
            date = PartialDate.of(*(row[5:8] if claim == Claim.FOUNDED else row[8:11]))
            return date.iso if date else ""


def _contradicts(claim: str, value: str, own: str) -> bool:
    if claim in (Claim.FOUNDED, Claim.ENDED):
        try:
            said, held = PartialDate.parse(value), PartialDate.parse(own)
        except ValueError:
            return False  # no date is held, or the source prints one that no calendar knows
        return said.is_after(held) or held.is_after(said)
    return value != own


def _difference(claim: str, value: str, own: str) -> str:
    held, said = (Evidence(claim=claim, value=each).shown_value for each in (own, value))
    return _("%(claim)s: here “%(own)s”, a source says “%(said)s”") % {
        "claim": Claim(claim).label,
        "own": held,
        "said": said,
    }
