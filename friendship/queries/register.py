"""The register as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.db.models import Count, Max, Model, Sum

from friendship.models import Country, Event, Evidence, Place, Relationship, ReportedTotal, Source


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
        sources=Source.objects.published().count(),
        undated=counted.filter(founded_year=None).count(),
    )


def state() -> str:
    """A short text that differs after every change of the register, for caches that ask whether they are still right.

    A row that is added or saved has the latest ``updated_at``, one that is deleted changes the number of rows. Of two
    people who save at once, the one who began first may finish last: then only the versions tell. What is written
    past ``save()`` would go unseen: tests forbid it.
    """
    return sha256(repr(list(states().values())).encode()).hexdigest()[:32]


def states() -> dict[type[Model], str]:
    """The same for each table by itself: one query for each."""
    tables = (Country, Place, Relationship, Event, Source, Evidence, ReportedTotal)
    told = {"rows": Count("pk"), "versions": Sum("version"), "latest": Max("updated_at")}
    return {table: repr(table._default_manager.aggregate(**told)) for table in tables}


def is_ready() -> bool:
    """Whether the register can be read: its tables answer and hold the reference list of countries.

    Raises ``DatabaseError`` where the database does not answer.
    """
    return Country.objects.exists()
