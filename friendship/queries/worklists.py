"""What waits for staff: gaps of places and ties, drafts, lists to confirm, anniversaries to come.

A condition stands here once: the workbench counts by it, and the list behind the count is filtered by it.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from friendship.enums import Claim, EventKind, ImportState, Level, ProposalState, ReviewState
from friendship.models import Event, Evidence, ImportRun, Place, Proposal, Reading, Relationship, RelationshipQuerySet
from friendship.queries.anniversaries import Anniversary, anniversary

#: The claims of which a tie has a value of its own.
COMPARED = (Claim.TIE, Claim.FOUNDED, Claim.ENDED, Claim.STATUS)
#: How many days ahead the office looks.
DAYS_AHEAD = 60
_TENS = 10

# --- places and ties with gaps ---------------------------------------------------------------------------------------

#: What is left to find out about a place, by the words of the address of the list.
PLACE_GAPS = {
    "coordinates": Q(latitude__isnull=True),
    "name_en": Q(name_en=""),
    "name_zh": Q(name_zh=""),
    "parent": Q(parent__isnull=True),
}
_BELOW = ~Q(level=Level.PROVINCE)


def place_gaps(places: QuerySet[Place]) -> dict[str, int]:
    """How many of the places have each gap, and are drafts: one query. Only below the provinces a parent lacks."""
    gaps = {**PLACE_GAPS, "parent": PLACE_GAPS["parent"] & _BELOW, "draft": Q(review_state=ReviewState.DRAFT)}
    return _counts(places, gaps)


def tie_gaps(ties: QuerySet[Relationship]) -> dict[str, int]:
    """How many of the ties have no date, no source, unexplained sources that disagree, and are drafts: one query."""
    gaps = {
        "date": Q(founded_year__isnull=True),
        "source": ~has_source(),
        "unexplained": unexplained(),
        "draft": Q(review_state=ReviewState.DRAFT),
    }
    return _counts(ties, gaps)


def _counts(rows: QuerySet[Place] | QuerySet[Relationship], conditions: dict[str, Q]) -> dict[str, int]:
    # Under names of their own: an aggregate must not hide a column.
    named = {f"n_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    return {name.removeprefix("n_"): number for name, number in rows.order_by().aggregate(**named).items()}


def has_source() -> Q:
    """Ties of which any source speaks."""
    return Q(Exists(Evidence.objects.filter(relationship=OuterRef("pk"))))


# --- sources that disagree -------------------------------------------------------------------------------------------


def disagreeing() -> Q:
    """Ties of which two sources give different values of one claim, as ``queries.disagreements`` tells them."""
    pieces = Evidence.objects.filter(claim__in=COMPARED).exclude(value="").filter(~tells_a_stage())
    voices = pieces.order_by().values("relationship", "claim").annotate(said=Count("value", distinct=True))
    return Q(pk__in=voices.filter(said__gt=1).values("relationship"))


def unexplained() -> Q:
    """Those of them without a note: nobody has said yet why the register chose as it did."""
    return disagreeing() & Q(note_zh="", note_en="")


def tells_a_stage() -> Q:
    """Evidence of an earlier stage of a tie: its source has an event from before the present tie was established.

    It does not contradict the present: cooperation in 2018, sister tie in 2024.
    """
    of_the_source = Event.objects.filter(relationship=OuterRef("relationship"), source=OuterRef("source"))
    earlier = of_the_source.filter(date_year__isnull=False).filter(
        Q(relationship__founded_year__isnull=True) | _founded_after_event()
    )
    return Q(claim=Claim.TIE) & ~Q(value=F("relationship__type")) & Q(Exists(earlier))


def _founded_after_event() -> Q:
    """``PartialDate.is_after`` in SQL: what is unknown on either side proves nothing."""
    later, same = Q(), Q()
    for part in ("year", "month", "day"):
        founded, date = f"relationship__founded_{part}", F(f"date_{part}")
        later |= same & Q(**{f"{founded}__gt": date})
        same &= Q(**{founded: date})
    return later


# --- texts -----------------------------------------------------------------------------------------------------------


def texts_waiting(rows: QuerySet[Reading]) -> QuerySet[Reading]:
    """Those of the texts of which candidates wait to be accepted or refused."""
    return rows.filter(waiting__gt=0)


# --- proposals -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposed:
    """How many proposals wait for a reviewer, how many of these are one's own, and which of one's own go on."""

    open: int
    own: int
    returned: int
    prepared: int


def proposed(proposals: QuerySet[Proposal], author: int | None) -> Proposed:
    """The proposals as the person of this key sees them: one query."""
    mine = Q(author=author) if author is not None else Q(pk__in=[])
    found = proposals.order_by().aggregate(
        n_open=Count("pk", filter=Q(state=ProposalState.OPEN)),
        n_own=Count("pk", filter=Q(state=ProposalState.OPEN) & mine),
        n_returned=Count("pk", filter=Q(state=ProposalState.RETURNED) & mine),
        n_prepared=Count("pk", filter=Q(state=ProposalState.PREPARED) & mine),
    )
    return Proposed(found["n_open"], found["n_own"], found["n_returned"], found["n_prepared"])


# --- lists on their way in -------------------------------------------------------------------------------------------


def imports_waiting(imports: QuerySet[ImportRun]) -> dict[str, int]:
    """How many of the imports wait for a confirmation, for the meaning of columns, or have failed: one query."""
    states = (ImportState.CHECKED, ImportState.UPLOADED, ImportState.FAILED)
    rows = imports.filter(state__in=states).order_by().values_list("state").annotate(Count("pk"))
    found = dict(rows)
    return {state.value: found.get(state.value, 0) for state in states}


# --- anniversaries ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ahead:
    """How many anniversaries are near, and how many of them are round."""

    count: int
    round: int


def coming_anniversaries(
    ties: RelationshipQuerySet, today: datetime.date, *, only_round: bool = False
) -> RelationshipQuerySet:
    """Those of the ties whose anniversary falls into the days ahead and is not yet among their events, by the day.

    A date without a day counts for its whole month; ties of which only the year is known are left out.
    """
    this_year, next_year = Value(today.year), Value(today.year + 1)
    rows = ties.published().counted().filter(_falls_near(today))
    rows = rows.annotate(falls_in=Case(When(founded_month__gte=today.month, then=this_year), default=next_year))
    noted = Event.objects.filter(
        relationship=OuterRef("pk"), kind=EventKind.ANNIVERSARY, date_year=OuterRef("falls_in")
    )
    rows = rows.filter(~Exists(noted), founded_year__lt=F("falls_in"))
    if only_round:
        rows = rows.annotate(beyond=(F("falls_in") - F("founded_year")) % Value(_TENS)).filter(beyond=0)
    by_day: list[Any] = ["falls_in", "founded_month", F("founded_day").asc(nulls_last=True), "founded_year", "pk"]
    return rows.order_by(*by_day)


def count_ahead(ties: RelationshipQuerySet, today: datetime.date) -> Ahead:
    """The numbers of both: one query."""
    beyond = (F("falls_in") - F("founded_year")) % Value(_TENS)
    rows = coming_anniversaries(ties, today).order_by().annotate(beyond=beyond)
    found = rows.aggregate(n_all=Count("pk"), n_round=Count("pk", filter=Q(beyond=0)))
    return Ahead(found["n_all"], found["n_round"])


def as_anniversary(tie: Relationship, today: datetime.date) -> Anniversary:
    """The coming anniversary of one of these ties."""
    return anniversary(tie, today.year if (tie.founded_month or 0) >= today.month else today.year + 1)


def _falls_near(today: datetime.date) -> Q:
    """The months and days from today on, as far as the office looks; less than a year, so each day stands once."""
    last = today + datetime.timedelta(days=DAYS_AHEAD)
    found = Q()
    month = today.replace(day=1)
    while month <= last:
        within = Q(founded_month=month.month)
        if (month.year, month.month) == (today.year, today.month):
            within &= Q(founded_day__isnull=True) | Q(founded_day__gte=today.day)
        if (month.year, month.month) == (last.year, last.month) and not _ends_month(last):
            within &= Q(founded_day__isnull=True) | Q(founded_day__lte=last.day)
        found |= within
        month = (month + datetime.timedelta(days=31)).replace(day=1)
    return found


def _ends_month(day: datetime.date) -> bool:
    """On the last day of February, 29 February has come as well."""
    return (day + datetime.timedelta(days=1)).day == 1
