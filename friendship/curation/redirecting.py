"""Addresses of merged records, and the rows without a history that point to such a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from friendship.curation.reviewing import Actor
from friendship.enums import MergedKind
from friendship.models import Place, Redirect, Relationship

#: Rows without a history that point to a place or a tie: a merge leads them to the record that stays.
LOGS = frozenset(
    {
        ("importrow", "relationship"),
        ("proposal", "place"),
        ("proposal", "relationship"),
        ("readingdecision", "relationship"),
        ("remit", "place"),
        ("suggestion", "place"),
        ("suggestion", "relationship"),
    }
)

MODELS: dict[str, type[Place | Relationship]] = {MergedKind.PLACE: Place, MergedKind.RELATIONSHIP: Relationship}


def lead(gone: Place | Relationship, kept: Place | Relationship, *, actor: Actor, reason: str) -> Redirect:
    """Let the addresses of a record lead to the one it is merged into, and what points to it point there.

    Without a reason, the redirect's own number is one.
    """
    redirect = Redirect(
        kind=MergedKind.PLACE if isinstance(gone, Place) else MergedKind.RELATIONSHIP,
        gone=gone.pk,
        slug=gone.slug if isinstance(gone, Place) else "",
        name=_name(gone),
        kept=kept.pk,
        made_by=actor if actor is not None and actor.is_authenticated else None,
        moved=dict(_move(gone, kept)),
        reason=reason,
    )
    redirect.full_clean()
    redirect.save()
    if not reason:
        redirect.reason = f"merge/{redirect.pk}"
        redirect.save()
    return redirect


def take_down(reason: str) -> None:
    """Remove the redirects of a merge whose records are back, and lead what pointed to them there again."""
    for redirect in Redirect.objects.filter(reason=reason):
        if not MODELS[redirect.kind].objects.filter(pk=redirect.gone).exists():
            continue
        for told, keys in redirect.moved.items():
            model, column = told.split(".")
            pointing = _table(model).filter(pk__in=keys, **{column: redirect.kept})
            pointing.update(**{column: redirect.gone})
        redirect.delete()


def _move(gone: Place | Relationship, kept: Place | Relationship) -> Iterator[tuple[str, list[int]]]:
    for model, column in sorted(LOGS):
        rows = _table(model)
        if rows.model._meta.get_field(column).related_model is not type(gone):
            continue
        pointing = rows.filter(**{column: gone.pk})
        if keys := list(pointing.order_by("pk").values_list("pk", flat=True)):
            pointing.update(**{column: kept.pk})
            yield f"{model}.{column}", keys


def _table(model: str) -> Any:
    return apps.get_model("friendship", model)._default_manager.all()


def _name(row: Place | Relationship) -> str:
    """What the record is called whatever the language: in Chinese where it has a Chinese name."""
    if isinstance(row, Place):
        return row.name_zh or row.name_en
    return "—".join(_name(side) for side in (row.home, row.partner))
