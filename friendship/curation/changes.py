"""What a change says, before it is made: a row, the version that its author saw, and the values that should change."""

from __future__ import annotations

from typing import Any, TypedDict

from django.apps import apps
from django.db import transaction

from friendship.curation import lock
from friendship.models.curation import Curated
from friendship.queries.facts import facts_of

#: The models whose rows a proposal may change, by the name that stands in a change.
MODELS = ("relationship", "place", "country", "source", "event", "evidence", "reportedtotal")

#: What no proposal changes: bookkeeping, what the code derives, and what publishing decides.
_NOT_PROPOSED = frozenset({"version", "updated_at", "pinyin", "search_text", "review_state"})


class Change(TypedDict):
    """One row as it should become; see ``Proposal.changes``."""

    model: str
    pk: Any
    version: int | None
    action: str
    before: dict[str, Any]
    after: dict[str, Any]


def model_of(change: Change) -> type[Curated]:
    """The model whose row the change is about. Raises ``LookupError`` for a name that is none of ``MODELS``."""
    if change["model"] not in MODELS:
        raise LookupError(change["model"])
    return apps.get_model("friendship", change["model"])


def columns_of(model: type[Curated]) -> list[str]:
    """The columns that a proposal may change, dates in their three columns, foreign keys by their keys."""
    fields = model._meta.concrete_fields
    return [
        field.attname
        for field in fields
        if field.name not in _NOT_PROPOSED and (not field.primary_key or _typed(field))
    ]


def _typed(field: Any) -> bool:
    """Whether a key is typed by people, as the code of a country."""
    return not field.get_internal_type().endswith("AutoField")


def values_of(row: Curated) -> dict[str, Any]:
    """What the row says, column by column."""
    return {column: getattr(row, column) for column in columns_of(_concrete(row))}


def difference(row: Curated, seen_version: int | None = None) -> Change:
    """What saving the row, as it was altered in memory, would change.

    Raises ``ValidationError`` where the row breaks a rule, ``StaleVersion`` where it was changed since.
    """
    model = _concrete(row)
    after = values_of(row)
    if row._state.adding:
        row.full_clean()
        return Change(model=_name(model), pk=None, version=None, action="add", before={}, after=_filled(values_of(row)))
    version = row.version if seen_version is None else seen_version
    with transaction.atomic():
        lock(row, version)
    row.full_clean()
    held = model._default_manager.get(pk=row.pk)
    before = values_of(held)
    facts = [fact for fact in facts_of(model) if fact.of(row) != fact.of(held)]  # a date changes as a whole
    altered = [column for fact in facts for column in fact.columns if column in after]
    return Change(
        model=_name(model),
        pk=row.pk,
        version=version,
        action="change",
        before={column: before[column] for column in altered},
        after={column: after[column] for column in altered},
    )


def removal(row: Curated, seen_version: int | None = None) -> Change:
    """What deleting the row would remove."""
    version = row.version if seen_version is None else seen_version
    model = _concrete(row)
    return Change(
        model=_name(model), pk=row.pk, version=version, action="delete", before=_filled(values_of(row)), after={}
    )


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in values.items() if value not in (None, "")}


def _concrete(row: Curated) -> type[Curated]:
    model: type[Curated] = row._meta.concrete_model  # type: ignore[assignment] # a proxy's table is its place's
    return model


def _name(model: type[Curated]) -> str:
    return str(model._meta.model_name)
