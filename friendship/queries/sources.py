"""Sources, and what each of them says."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.db.models import F, Prefetch, QuerySet

from friendship.models import Event, Evidence, Relationship, Source
from friendship.queries.columns import current


def sources() -> QuerySet[Source]:
    """Every public source without its full text, newest first."""
    return (
        Source.objects.published()
        .defer("text")
        .order_by(
            F("published_year").desc(nulls_last=True),
            F("published_month").desc(nulls_last=True),
            F("published_day").desc(nulls_last=True),
            "slug",
        )
    )


def tie_counts_of_sources() -> Counter[int]:
    """By source, the number of published ties that it speaks of."""
    spoken = current().speaking
    numbers = np.bincount(spoken.sources, minlength=len(spoken.ids)).tolist()
    return Counter(dict(zip(spoken.ids, numbers, strict=True)))


def source(slug: str) -> Source | None:
    """One source with its full text, or None."""
    return Source.objects.published().filter(slug=slug).first()


@dataclass(frozen=True)
class Statement:
    """What one source says of one tie: its claims, and where in its text they stand."""

    tie: Relationship
    claims: list[Evidence]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The places of its quotes in the source's text, each once, in the order of the text."""
        return sorted({(piece.start, piece.end) for piece in self.claims if piece.start is not None and piece.end})

    @property
    def quote(self) -> str:
        """The words that state it, or an empty text."""
        return next((piece.quote for piece in self.claims if piece.quote), "")


def statements(row: Source) -> list[Statement]:
    """What a source says of published ties, in the order of its text."""
    pieces = evidence_of(row)
    ties = Relationship.objects.published().with_places().in_bulk([piece.relationship_id for piece in pieces])
    by_tie: dict[int, list[Evidence]] = {}
    for piece in pieces:
        by_tie.setdefault(piece.relationship_id, []).append(piece)
    return [Statement(ties[pk], claims) for pk, claims in by_tie.items()]


def evidence_of(row: Source) -> QuerySet[Evidence]:
    """What a source says of published ties, in the order of its text."""
    rows = Evidence.objects.filter(source=row, relationship__in=Relationship.objects.published())
    return rows.order_by(F("start").asc(nulls_last=True), "relationship", "id")


def events_of(row: Source) -> QuerySet[Event]:
    """What a source tells of the life of published ties, by date."""
    published = Relationship.objects.published().with_places()
    return Event.objects.filter(source=row, relationship__in=Relationship.objects.published()).prefetch_related(
        Prefetch("relationship", published)
    )
