"""The register as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from friendship.models import Country, Relationship, Source


@dataclass(frozen=True)
class Summary:
    """The register in a handful of figures; ``ties`` leaves out letters of intent and ended ties."""

    rows: int
    ties: int
    countries: int
    places: int
    sources: int
    undated: int


def summary() -> Summary:
    """Count what the public register holds; ``countries`` and ``places`` are the partner sides' of counted ties."""
    counted = Relationship.objects.published().counted()
    return Summary(
        rows=Relationship.objects.published().count(),
        ties=counted.count(),
        countries=counted.values("partner__country").distinct().count(),
        places=counted.values("partner").distinct().count(),
        sources=Source.objects.count(),
        undated=counted.filter(founded_year=None).count(),
    )


def is_ready() -> bool:
    """Whether the register can be read: its tables answer and hold the reference list of countries.

    Raises ``DatabaseError`` where the database does not answer.
    """
    return Country.objects.exists()
