"""What lies beside the form of a tie: the sources that speak of it, and others that staff look for."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from friendship.models import Evidence, Relationship, Source

#: Whether we hold the text of a source; asked of the database, so that no text is read for it.
_HELD = ExpressionWrapper(~Q(text=""), output_field=BooleanField())


@dataclass(frozen=True)
class SourceAtHand:
    """A source without its text, whether there is one, and what it says of the tie."""

    source: Source
    has_text: bool
    said: list[Evidence] = field(default_factory=list)

    @property
    def quotes(self) -> list[str]:
        """Its words for the tie, each once."""
        return list(dict.fromkeys(piece.quote for piece in self.said if piece.quote))


def sources_at_hand(tie: Relationship) -> list[SourceAtHand]:
    """The sources that speak of the tie, drafts included, in the order in which they were entered; two queries."""
    said: dict[int, list[Evidence]] = {}
    for piece in tie.evidence.order_by("pk"):
        said.setdefault(piece.source_id, []).append(piece)
    rows = Source.objects.filter(Q(pk__in=list(said)) | Q(events__relationship=tie)).distinct()
    order = {pk: place for place, pk in enumerate(said)}
    found = sorted(with_holding(rows), key=lambda each: (order.get(each.source.pk, len(order)), each.source.pk))
    return [SourceAtHand(each.source, each.has_text, said.get(each.source.pk, [])) for each in found]


def with_holding(rows: QuerySet[Source]) -> list[SourceAtHand]:
    """The sources without their texts, and whether there is one."""
    held = rows.defer("text").annotate(is_held=_HELD)
    return [SourceAtHand(source, source.is_held) for source in held]


def quoted_for(tie: Relationship, source: Source) -> dict[tuple[int, int], list[Evidence]]:
    """What a source says of the tie, by the place of the quote in the source's text."""
    quoted: dict[tuple[int, int], list[Evidence]] = {}
    for piece in tie.evidence.filter(source=source, start__isnull=False).order_by("start", "pk"):
        if piece.start is not None and piece.end is not None:
            quoted.setdefault((piece.start, piece.end), []).append(piece)
    return quoted
