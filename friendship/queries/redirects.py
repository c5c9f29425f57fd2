"""Where the addresses of merged records lead."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from friendship.enums import MergedKind
from friendship.models import Place, Redirect, Relationship

Row = TypeVar("Row", bound=Model)


def moved_place(slug: str) -> Place | None:
    """The public place into which the place that had this address was merged, or None."""
    last = Redirect.objects.filter(kind=MergedKind.PLACE, slug=slug).order_by("-pk").first()
    return _end(last, Place.objects.published())


def moved_tie(pk: int) -> Relationship | None:
    """The public tie into which the tie of this number was merged, or None."""
    return _end(_merged(MergedKind.RELATIONSHIP, pk), Relationship.objects.published())


def _end(redirect: Redirect | None, rows: QuerySet[Row]) -> Row | None:
    """The row at the end of a chain: what a record was merged into may have been merged as well."""
    passed: set[int] = set()
    while redirect is not None and redirect.gone not in passed:
        passed.add(redirect.gone)
        if row := rows.filter(pk=redirect.kept).first():
            return row
        redirect = _merged(redirect.kind, redirect.kept)
    return None


def _merged(kind: str, key: int) -> Redirect | None:
    return Redirect.objects.filter(kind=kind, gone=key).order_by("-pk").first()
