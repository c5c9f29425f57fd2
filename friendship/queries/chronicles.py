"""The history of a tie or a place for staff: every record, its evidence and events among them, with who and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.text import capfirst

from friendship.models import Event, Evidence, Place, Relationship, ReportedTotal, Source
from friendship.models.curation import Curated
from friendship.queries.facts import Key, facts_of, in_words
from friendship.queries.histories import FactChange
from friendship.queries.records import OF_A_PLACE, OF_A_TIE, ChangeSet, Written, change_sets, foreign_keys, names_of

_ACTIONS = {"+": "added", "~": "changed", "-": "deleted"}


@dataclass(frozen=True)
class Line:
    """One record of history: what kind of row, what happened to it, and the facts that changed.

    ``title`` tells which piece of evidence or event is meant; of the record itself it is empty.
    """

    model: type[Curated]
    key: int
    action: str
    title: str
    facts: list[FactChange]

    @property
    def token(self) -> str:
        """The record in an address: ``evidence-12``."""
        return f"{self.model._meta.model_name}-{self.key}"

    @property
    def kind(self) -> str:
        """What the row is called."""
        return capfirst(str(self.model._meta.verbose_name))


@dataclass(frozen=True)
class Chapter:
    """What one person, or one import, changed at once, and under which reason."""

    when: datetime
    who: str
    reason: str
    lines: list[Line]

    @property
    def tokens(self) -> list[str]:
        """All of its records."""
        return [line.token for line in self.lines]


def chronicle(row: Relationship | Place) -> list[Chapter]:
    """All sets of changes of a record and of what hangs on it, newest first."""
    sets = change_sets(row, OF_A_TIE if isinstance(row, Relationship) else OF_A_PLACE)
    names = names_of({key for changes in sets for each in changes.records for key in _named(each)}, public=False)
    who = get_user_model()._default_manager.in_bulk({changes.user for changes in sets if changes.user})
    return [_chapter(changes, names, str(who.get(changes.user) or ""), row) for changes in reversed(sets)]


def chosen_records(row: Relationship | Place, tokens: list[str]) -> dict[type[Curated], list[int]]:
    """The records that these tokens name, as far as they belong to the history of the row."""
    wanted = set(tokens)
    found: dict[type[Curated], list[int]] = {}
    for changes in change_sets(row, OF_A_TIE if isinstance(row, Relationship) else OF_A_PLACE):
        for each in changes.records:
            if f"{each.model._meta.model_name}-{each.record.history_id}" in wanted:
                found.setdefault(each.model, []).append(each.record.history_id)
    return found


def _named(each: Written) -> list[Key]:
    rows = [row for row in (each.before, each.record) if row is not None]
    sources = [(Source, row.source_id) for row in rows if hasattr(row, "source_id")]
    return [*foreign_keys(each.model, each.altered, *rows), *sources]


def _chapter(changes: ChangeSet, names: dict[Key, Any], who: str, row: Relationship | Place) -> Chapter:
    own: type[Curated] = Relationship if isinstance(row, Relationship) else Place
    lines = [
        Line(
            model=each.model,
            key=each.record.history_id,
            action=_ACTIONS[each.record.history_type],
            title="" if each.model is own else _title(each, names),
            facts=[
                FactChange(
                    capfirst(str(fact.label)),
                    in_words(each.model, fact, each.before, names),
                    in_words(each.model, fact, each.record, names),
                )
                for fact in each.altered
            ],
        )
        for each in changes.records
    ]
    return Chapter(changes.when, who, changes.reason, lines)


def _title(each: Written, names: dict[Key, Any]) -> str:
    columns = {column: getattr(each.record, column) for fact in facts_of(each.model) for column in fact.columns}
    row: Any = each.model(**columns)
    match row:
        case ReportedTotal():
            said = f"{row.get_scope_display()} · {row.get_metric_display()}: {row.figure}"
        case Evidence() | Event():
            said = str(row)
        case _:
            said = ""
    source = names.get((Source, getattr(each.record, "source_id", None)), "")
    return " · ".join(part for part in (said, source) if part)
