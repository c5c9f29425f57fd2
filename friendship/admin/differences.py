"""Proposed changes field by field, in the words of the forms: what stands there, what should stand there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from friendship.admin.choices import place_label
from friendship.admin.history import DATE_COLUMN, DATE_LABELS
from friendship.curation.proposals import Change, columns_of, model_of, removal
from friendship.dates import PartialDate
from friendship.enums import ProposalKind
from friendship.models import Event, Evidence, Place, Proposal
from friendship.models.curation import Curated

#: What a reader of a change learns elsewhere on the page, or from the quote itself.
_UNTOLD = frozenset({"start", "end", "id"})


@dataclass(frozen=True)
class Line:
    """One fact: its name, what it says now, what it should say; ``held`` is what others have made of it meanwhile."""

    label: str
    before: str
    after: str
    held: str | None = None
    is_long: bool = False


@dataclass(frozen=True)
class Sheet:
    """One record that changes: its name and kind, what happens to it, and the facts."""

    title: str
    kind: str
    action: str
    address: str
    lines: list[Line] = field(default_factory=list)


def sheets(proposal: Proposal, clashes: Sequence[tuple[int, str, Any]] = ()) -> list[Sheet]:
    """Every record that the proposal changes; of a draft to be published all that it says."""
    if proposal.kind == ProposalKind.PUBLISH:
        return list(_draft(proposal))
    return [
        _sheet(change, {column: value for at, column, value in clashes if at == index})
        for index, change in enumerate(proposal.changes)
    ]


def fingerprint(shown: Sequence[Sheet]) -> str:
    """What the person who decides has seen, in short."""
    return hashlib.sha256(repr(list(shown)).encode()).hexdigest()[:32]


def _draft(proposal: Proposal) -> Iterator[Sheet]:
    tie = proposal.relationship
    if tie is None:
        return
    drafts = [place for place in (tie.home, tie.partner) if place.review_state == "draft"]
    rows: list[Curated] = [tie, *drafts, *tie.evidence.select_related("source"), *tie.events.select_related("source")]
    for row in rows:
        change = removal(row)
        yield _sheet(Change(**{**change, "action": "publish", "before": {}, "after": change["before"]}), {}, row)


def _sheet(change: Change, clashes: dict[str, Any], row: Curated | None = None) -> Sheet:
    model = model_of(change)
    row = row or model._default_manager.filter(pk=change["pk"]).first()
    return Sheet(
        title=_title(change, row),
        kind=capfirst(str(model._meta.verbose_name)),
        action=change["action"],
        address=_address(model, row),
        lines=list(_lines(model, change, clashes)),
    )


def _title(change: Change, row: Curated | None) -> str:
    if isinstance(row, Place):
        return place_label(row)
    if isinstance(row, Evidence | Event) and row.source is not None:
        return f"{row} · {row.source}"
    if row is not None:
        return str(row)
    return "" if change["action"] == "add" else _("deleted meanwhile")


def _address(model: type[Curated], row: Curated | None) -> str:
    return "" if row is None else reverse(f"admin:friendship_{model._meta.model_name}_change", args=[row.pk])


def _lines(model: type[Curated], change: Change, clashes: dict[str, Any]) -> Iterator[Line]:
    told: set[str] = set()
    for column in columns_of(model):
        if column in _UNTOLD or (column not in change["before"] and column not in change["after"]):
            continue
        if found := DATE_COLUMN.fullmatch(column):
            prefix = found.group("prefix")
            if prefix not in told:
                told.add(prefix)
                yield _date_line(prefix, change, clashes)
        elif change["action"] != "change" or change["before"].get(column) != change["after"].get(column):
            yield _line(model, column, change, clashes)


def _line(model: type[Curated], column: str, change: Change, clashes: dict[str, Any]) -> Line:
    label = capfirst(str(_field(model, column).verbose_name))
    before, after = (written(model, column, change[side].get(column)) for side in ("before", "after"))
    held = written(model, column, clashes[column]) if column in clashes else None
    return Line(label, before, after, held, is_long=max(len(before), len(after)) > 80)


def _date_line(prefix: str, change: Change, clashes: dict[str, Any]) -> Line:
    columns = [f"{prefix}_{part}" for part in ("year", "month", "day")]
    whole = _whole_dates(columns, change)
    held = None
    if clashes.keys() & set(columns):
        held = _date([clashes.get(column, whole[0][at]) for at, column in enumerate(columns)])
    return Line(str(DATE_LABELS[prefix]), _date(whole[0]), _date(whole[1]), held)


def _whole_dates(columns: list[str], change: Change) -> tuple[list[Any], list[Any]]:
    """The two dates with the parts that did not change, which only the row tells."""
    row = model_of(change)._default_manager.filter(pk=change["pk"]).first() if change["action"] == "change" else None
    held = [getattr(row, column, None) for column in columns]
    before = [change["before"].get(column, value) for column, value in zip(columns, held, strict=True)]
    after = [change["after"].get(column, value) for column, value in zip(columns, held, strict=True)]
    return (before, after) if change["action"] != "delete" else (before, [None] * 3)


def _date(parts: list[Any]) -> str:
    try:
        date = PartialDate.of(*parts)
    except ValueError:
        return "-".join(str(part) for part in parts if part is not None)
    return date.iso if date else "—"


def _field(model: type[Model], column: str) -> Any:
    try:
        return model._meta.get_field(column.removesuffix("_id"))
    except FieldDoesNotExist:
        return model._meta.get_field(column)


def written(model: type[Model], column: str, value: Any) -> str:
    """A value of a column as people read it: a label for a code, a name for a key, a dash for nothing."""
    if value in (None, ""):
        return "—"
    asked = _field(model, column)
    if isinstance(asked, ForeignKey):
        row = asked.remote_field.model._default_manager.filter(pk=value).first()
        return place_label(row) if isinstance(row, Place) else str(row or value)
    return str(dict(asked.flatchoices).get(value, value))
