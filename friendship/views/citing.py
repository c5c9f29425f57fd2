"""The citation that a page offers of itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from friendship.citations import Record
from friendship.models import Place, Relationship, Source
from friendship.models.curation import Curated


def citation(request: HttpRequest, row: Place | Relationship | Source, shown: Iterable[Curated] = ()) -> Record:
    """How to cite the page of a row, today. It is as new as the newest change of the row and of what the page shows."""
    changed = max(each.updated_at for each in (row, *shown))
    return Record(
        key=f"{row._meta.model_name}-{row.pk if isinstance(row, Relationship) else row.slug}",
        title=str(row),
        register=gettext("Register of sister cities"),
        url=request.build_absolute_uri(row.get_absolute_url()),
        updated=timezone.localdate(changed),
        accessed=timezone.localdate(),
    )
