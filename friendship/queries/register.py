"""The register as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Count, Max, Model, Sum

from friendship.models import Country, Event, Evidence, Place, Relationship, ReportedTotal, Source
from friendship.queries.columns import UNDATED, Columns, current

_TABLES: tuple[type[Model], ...] = (Country, Place, Relationship, Event, Source, Evidence, ReportedTotal)


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
    columns = current()
    return columns.kept("summary", lambda: _summary(columns))


def _summary(columns: Columns) -> Summary:
    partners = np.bincount(columns.partner[columns.counted], minlength=len(columns.place_ids)) > 0
    return Summary(
        rows=len(columns),
        ties=int(np.count_nonzero(columns.counted)),
        countries=len(np.unique(columns.place_country[partners])),
        places=int(np.count_nonzero(partners)),
        sources=Source.objects.published().count(),
        undated=int(np.count_nonzero(columns.counted & (columns.dates == UNDATED))),
    )


def states() -> dict[type[Model], str]:
    """By table, a short text that differs after every change of it: one query for each, which reads all rows.

    A row that is added or saved has the latest ``updated_at``, one that is deleted changes the number of rows. Of two
    people who save at once, the one who began first may finish last: then only the versions tell. What is written
    past ``save()`` would go unseen: tests forbid it. The state of the register as a whole is ``state``.
    """
    return {table: repr(_measured(table)) for table in _TABLES}


@dataclass(frozen=True)
class Size:
    """How many records a table holds, the sum of their versions, and when one of them was last written."""

    rows: int
    versions: int
    latest: datetime | None


def sizes() -> dict[str, Size]:
    """The register table by table, drafts included: one query for each."""
    return {str(table._meta.model_name): Size(**_measured(table)) for table in _TABLES}


def _measured(table: type[Model]) -> dict[str, Any]:
    told = table._default_manager.aggregate(rows=Count("pk"), versions=Sum("version"), latest=Max("updated_at"))
    return {**told, "versions": told["versions"] or 0}


def is_ready() -> bool:
    """Whether the register can be read: its tables answer and hold the reference list of countries.

    Raises ``DatabaseError`` where the database does not answer.
    """
    return Country.objects.exists()
