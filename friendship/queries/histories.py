"""The public history of a tie or a place: what changed, when, and on which source.

It is told from what the public could see before and after each set of changes. What a draft said, what was said while
the record was not public, and who did it, are nobody's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from friendship.enums import ReviewState
from friendship.models import Event, Evidence, ImportRun, Place, Relationship, Source
from friendship.models.curation import Curated
from friendship.queries.facts import Fact, Key, facts_of, in_words
from friendship.queries.records import OF_A_TIE, ChangeSet, change_sets, foreign_keys, names_of

#: Decided about a record, not stated by it; and what a reader sees in the quote itself.
_UNTOLD = frozenset({"review_state", "relationship"})
_IMPORT, _MERGE, _UNDO = "import", "merge", "undo"


@dataclass(frozen=True)
class FactChange:
    """One fact, as it was said before and after; empty where nothing was said."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class PieceChange:
    """Evidence or an event that was ``added``, ``changed`` or ``removed``; ``facts`` are those that changed.

    ``source`` is None where there is none, or where the public may not know it.
    """

    action: str
    piece: Evidence | Event
    source: Source | None
    facts: list[FactChange]

    @property
    def is_evidence(self) -> bool:
        """Whether a source said it; an event otherwise."""
        return isinstance(self.piece, Evidence)


@dataclass(frozen=True)
class Entry:
    """One set of changes that the public saw, or the moment from which it saw the record (``is_first``).

    ``cause`` is ``import``, ``merge`` or ``undo`` where the changes came from that. ``sources`` are those on which
    the changes rest.
    """

    when: datetime
    is_first: bool
    cause: str = ""
    facts: list[FactChange] = field(default_factory=list)
    pieces: list[PieceChange] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    @property
    def other_sources(self) -> list[Source]:
        """Those of the sources that no piece of the entry names."""
        named = {piece.source for piece in self.pieces}
        return [source for source in self.sources if source not in named]


def history_of_tie(pk: int) -> tuple[Relationship, list[Entry]] | None:
    """A published tie and its public history, newest first; None where there is no such tie."""
    tie = Relationship.objects.published().with_places().filter(pk=pk).first()
    return (tie, _told(Relationship, change_sets(tie, OF_A_TIE), tie.pk)) if tie is not None else None


def history_of_place(slug: str) -> tuple[Place, list[Entry]] | None:
    """A published place and the public history of its own facts, newest first; None where there is no such place."""
    place = Place.objects.published().select_related("country", "parent__parent").filter(slug=slug).first()
    return (place, _told(Place, change_sets(place), place.pk)) if place is not None else None


# --- what the public saw ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Seen:
    """What the public saw of a record: its own facts, and the pieces on it."""

    row: Any
    pieces: dict[Key, Any]


@dataclass(frozen=True)
class _Change:
    """Two states that the public saw one after the other, and the changes between them."""

    changes: ChangeSet
    before: _Seen | None
    after: _Seen


def _seen_changes(model: type[Curated], sets: Iterable[ChangeSet], pk: int) -> Iterator[_Change]:
    held: dict[Key, Any] = {}
    seen: _Seen | None = None
    for changes in sets:
        for each in changes.records:
            held[each.key] = each.record
        row = held.get((model, pk))
        if row is None or row.history_type == "-" or row.review_state != ReviewState.PUBLISHED:
            continue
        now = _Seen(row, {key: piece for key, piece in held.items() if key[0] is not model and _is_on(piece, pk)})
        yield _Change(changes, seen, now)
        seen = now


def _is_on(piece: Any, pk: int) -> bool:
    return bool(piece.history_type != "-" and piece.relationship_id == pk)


# --- in words ---------------------------------------------------------------------------------------------------------


def _told(model: type[Curated], sets: Iterable[ChangeSet], pk: int) -> list[Entry]:
    changes = list(_seen_changes(model, sets, pk))
    words = _Words(model, changes)
    entries = [entry for entry in map(words.entry, changes) if entry is not None]
    return entries[::-1]


class _Words:
    """Says changes in the reader's language; names and sources are read once for all of them."""

    def __init__(self, model: type[Curated], changes: list[_Change]) -> None:
        self.model = model
        keys = {key for change in changes for key in self._named(change)}
        self.names = names_of(keys, public=True)
        self.imports = _imports(change.changes.reason for change in changes)
        wanted = {key for named, key in keys if named is Source and key is not None} | set(self.imports.values())
        self.sources = Source.objects.published().defer("text").in_bulk(wanted)

    def _named(self, change: _Change) -> Iterator[Key]:
        if change.before is not None:
            yield from foreign_keys(
                self.model,
                _altered(self.model, change.before.row, change.after.row),
                change.before.row,
                change.after.row,
            )
        for _action, (model, _key), before, after in _pieces(change):
            for piece in (before, after):
                if piece is not None:
                    yield from foreign_keys(model, _facts(model), piece)

    def entry(self, change: _Change) -> Entry | None:
        """What a reader is told of a change; nothing where the public could not see it."""
        pieces = [self._piece(*each) for each in _pieces(change)]
        facts = self._facts(self.model, change.before.row, change.after.row) if change.before else []
        if change.before is not None and not facts and not pieces:
            return None
        reason = change.changes.reason
        from_list = self.sources.get(self.imports.get(reason) or 0)
        said = [piece.source for piece in pieces if piece.action != "removed"]
        sources = list(dict.fromkeys(source for source in (*said, from_list) if source is not None))
        first = change.before is None
        return Entry(change.changes.when, first, _cause(reason), facts, [] if first else pieces, sources)

    def _facts(self, model: type[Curated], before: Any, after: Any) -> list[FactChange]:
        return [
            FactChange(
                capfirst(str(fact.label)),
                in_words(model, fact, before, self.names),
                in_words(model, fact, after, self.names),
            )
            for fact in _altered(model, before, after)
        ]

    def _piece(self, action: str, key: Key, before: Any, after: Any) -> PieceChange:
        record = before if after is None else after
        facts = self._facts(key[0], before, after) if action == "changed" else []
        return PieceChange(action, _as_row(key[0], record), self.sources.get(record.source_id), facts)


def _pieces(change: _Change) -> Iterator[tuple[str, Key, Any, Any]]:
    """What happened to each piece: the action, the row, and the records before and after."""
    before = change.before.pieces if change.before else {}
    for key, piece in change.after.pieces.items():
        if key not in before:
            yield "added", key, None, piece
        elif _altered(key[0], before[key], piece):
            yield "changed", key, before[key], piece
    for key, piece in before.items():
        if key not in change.after.pieces:
            yield "removed", key, piece, None


def _facts(model: type[Curated]) -> list[Fact]:
    return [fact for fact in facts_of(model) if fact.name not in _UNTOLD]


def _altered(model: type[Curated], before: Any, after: Any) -> list[Fact]:
    return [fact for fact in _facts(model) if fact.of(before) != fact.of(after)]


def _as_row(model: type[Curated], record: Any) -> Any:
    columns = (column for fact in facts_of(model) for column in fact.columns)
    return model(**{column: getattr(record, column) for column in columns})


def _cause(reason: str) -> str:
    if reason.endswith("/undo") or reason.startswith("revert/"):
        return _UNDO
    kind = reason.partition("/")[0]
    return kind if kind in (_IMPORT, _MERGE) else ""


def _imports(reasons: Iterable[str]) -> dict[str, int]:
    """The sources of the imports that are named as reasons, by reason."""
    keys = {reason: reason.removeprefix("import/") for reason in reasons if reason.startswith("import/")}
    numbers = {int(key) for key in keys.values() if key.isdecimal()}
    if not numbers:
        return {}
    held = dict(ImportRun.objects.filter(pk__in=numbers).values_list("pk", "source"))
    return {reason: held[int(key)] for reason, key in keys.items() if key.isdecimal() and held.get(int(key))}
