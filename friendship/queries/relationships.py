"""Lists of ties, one tie, and what its sources say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from friendship.enums import Claim, RelationshipType, Status
from friendship.models import Event, Evidence, Relationship, RelationshipQuerySet, Source
from friendship.queries.criteria import Criteria, order_of, select
from friendship.queries.prepared import hold, rows
from friendship.queries.selections import selected

if TYPE_CHECKING:
    from friendship.queries.listings import ListedTie


def relationships(criteria: Criteria) -> RelationshipQuerySet:
    """The rows of a list: sorted, with both sides and ``source_count``."""
    rows = select(criteria).with_places().annotate(source_count=source_count())
    return rows.order_by(*order_of(criteria.sort))


def in_order(keys: Sequence[int], **annotations: Combinable) -> list[Relationship]:
    """The published ties with these numbers and both sides, in this order; those that have just gone are left out."""
    ties = Relationship.objects.published_at(keys).with_places().annotate(**annotations)
    held = {tie.pk: tie for tie in ties}
    return [held[pk] for pk in keys if pk in held]


def source_count() -> Coalesce:
    """For a row of relationships, the number of sources that give evidence for it."""
    pieces = Evidence.objects.filter(relationship=OuterRef("pk")).order_by().values("relationship")
    counted = pieces.annotate(n=Count("source", distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_evidence(rows: RelationshipQuerySet) -> RelationshipQuerySet:
    """The rows with their evidence and its sources, in two more queries however many rows there are."""
    return rows.prefetch_related(Prefetch("evidence", _evidence()))


def _evidence() -> QuerySet[Evidence]:
    return Evidence.objects.select_related("source").defer("source__text").order_by("id")


def count_ties(criteria: Criteria) -> int:
    """How many rows count as ties; letters of intent and ended ties count only where asked for by name."""
    return selected(criteria).ties


def relationship(pk: int) -> Relationship | None:
    """One published tie with its evidence and events, or None."""
    tie = next(iter(rows(_published, pk)), None)
    if tie is not None:
        hold(tie, "evidence", rows(_evidence_of, pk))
        hold(tie, "events", rows(_events_of, pk))
    return tie


def _published(keys: Iterable[int]) -> RelationshipQuerySet:
    # Unsorted: to sort the one row takes longer to write than to do.
    return Relationship.objects.published_at(keys).with_places().order_by()


def _evidence_of(keys: Iterable[int]) -> QuerySet[Evidence]:
    return _evidence().filter(relationship__in=keys)


def _events_of(keys: Iterable[int]) -> QuerySet[Event]:
    return Event.objects.select_related("source").defer("source__text").filter(relationship__in=keys)


@dataclass(frozen=True)
class Disagreement:
    """Sources that give different values for one claim of a tie, beside the value that the register chose."""

    claim: Claim
    own: str
    voices: list[tuple[str, list[Source]]]


def disagreements(tie: Relationship) -> list[Disagreement]:
    """Where the evidence of a tie contradicts itself. Expects evidence, sources and events to be loaded.

    A source that tells of an earlier stage (cooperation in 2018, sister tie in 2024) does not contradict the present.
    """
    own = {
        Claim.TIE: RelationshipType(tie.type).label,
        Claim.FOUNDED: tie.founded or "",
        Claim.ENDED: tie.ended or "",
        Claim.STATUS: Status(tie.status).label,
    }
    found = []
    for claim, value in own.items():
        voices: dict[str, list[Source]] = {}
        for piece in tie.evidence.all():
            if piece.claim == claim and piece.value and not _tells_a_stage(piece, tie):
                voices.setdefault(piece.shown_value, []).append(piece.source)
        if len(voices) > 1:
            found.append(Disagreement(claim, str(value), list(voices.items())))
    return found


def _tells_a_stage(piece: Evidence, tie: Relationship) -> bool:
    if piece.claim != Claim.TIE or piece.value == tie.type:
        return False
    dates = [event.date for event in tie.events.all() if event.source_id == piece.source_id and event.date]
    return any(tie.founded is None or tie.founded.is_after(date) for date in dates)


@dataclass(frozen=True)
class Voice:
    """What one source says of one tie: its claims, and the quotes that carry them."""

    source: Source
    claims: list[Evidence]
    quotes: list[Evidence]


def voices(tie: Relationship) -> list[Voice]:
    """The evidence of a tie by source, sources that we quote first. Expects evidence and sources to be loaded."""
    by_source: dict[int, list[Evidence]] = {}
    for piece in tie.evidence.all():
        by_source.setdefault(piece.source_id, []).append(piece)
    found = [
        Voice(pieces[0].source, pieces, list({piece.quote: piece for piece in pieces if piece.quote}.values()))
        for pieces in by_source.values()
    ]
    return sorted(found, key=lambda voice: not voice.quotes)


@dataclass(frozen=True)
class Excerpt:
    """The first rows of a list, how many it has, and how many of them count as ties."""

    rows: Sequence[Relationship | ListedTie]
    count: int
    ties: int
