"""The history of a tie or a place, its evidence and events among it, as sets of records that were written at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from friendship.models import Country, Event, Evidence, Place, Relationship, ReportedTotal, Source
from friendship.models.curation import Curated
from friendship.queries.facts import Fact, Key, facts_of

#: Records without a reason belong together where the same person wrote them within this time.
_AT_ONCE = timedelta(seconds=1)
#: Records of one reason, such as an import of a long list, may take longer.
_OF_ONE_REASON = timedelta(hours=1)

#: What hangs on a tie, and on a place: the rows whose changes are told in its history.
OF_A_TIE: tuple[tuple[type[Curated], str], ...] = ((Evidence, "relationship"), (Event, "relationship"))
OF_A_PLACE: tuple[tuple[type[Curated], str], ...] = ((ReportedTotal, "place"),)


@dataclass(frozen=True)
class Written:
    """One record of history, and the one of the same row before it."""

    model: type[Curated]
    record: Any
    before: Any = None

    @property
    def key(self) -> Key:
        """Which row it is about."""
        return self.model, getattr(self.record, str(self.model._meta.pk.name))

    @property
    def is_deletion(self) -> bool:
        """Whether the row was deleted."""
        return bool(self.record.history_type == "-")

    @property
    def altered(self) -> list[Fact]:
        """The facts that differ from the record before; none for a new or deleted row."""
        if self.before is None or self.is_deletion:
            return []
        return [fact for fact in facts_of(self.model) if fact.of(self.before) != fact.of(self.record)]


@dataclass
class ChangeSet:
    """What one person, or one import, changed at once."""

    reason: str
    user: Any
    records: list[Written] = field(default_factory=list)

    @property
    def when(self) -> datetime:
        """When the last of it was written."""
        written: datetime = self.records[-1].record.history_date
        return written

    def takes(self, record: Any) -> bool:
        """Whether a later record belongs to it."""
        if (self.reason, self.user) != (record.history_change_reason or "", record.history_user_id):
            return False
        return bool(record.history_date - self.when <= (_OF_ONE_REASON if self.reason else _AT_ONCE))


def change_sets(row: Relationship | Place, pieces: Iterable[tuple[type[Curated], str]] = ()) -> list[ChangeSet]:
    """Everything that was ever written of a row and of the pieces that hang, or once hung, on it; oldest first."""
    model: Any = Relationship if isinstance(row, Relationship) else Place
    found = [Written(model, record) for record in model.history.filter(id=row.pk)]
    for piece, column in pieces:
        history: Any = piece.history  # type: ignore[attr-defined]
        here = history.filter(**{column: row.pk}).values("id")
        found += [Written(piece, record) for record in history.filter(id__in=here)]
    order = [model, *(piece for piece, _column in pieces)]
    found.sort(key=lambda each: (each.record.history_date, order.index(each.model), each.record.history_id))
    return _grouped(_linked(found))


def _linked(found: Iterable[Written]) -> Iterator[Written]:
    last: dict[Key, Any] = {}
    for each in found:
        before = last.get(each.key)
        yield Written(each.model, each.record, None if before and before.history_type == "-" else before)
        last[each.key] = each.record


def _grouped(found: Iterable[Written]) -> list[ChangeSet]:
    groups: list[ChangeSet] = []
    for each in found:
        if not groups or not groups[-1].takes(each.record):
            groups.append(ChangeSet(each.record.history_change_reason or "", each.record.history_user_id))
        groups[-1].records.append(each)
    return groups


def names_of(values: Iterable[Key], *, public: bool) -> dict[Key, Any]:
    """What the rows of foreign keys are called: places, countries and sources; to the public only what it may know.

    A place that is gone is called by its last name.
    """
    wanted: dict[type[Curated], set[Any]] = {Place: set(), Country: set(), Source: set(), Relationship: set()}
    for model, key in values:
        if key is not None and model in wanted:
            wanted[model].add(key)
    places = Place.objects.published() if public else Place.objects.all()
    sources = Source.objects.published() if public else Source.objects.all()
    names: dict[Key, Any] = {(Place, key): place.name for key, place in places.in_bulk(wanted[Place]).items()}
    names |= {(Country, key): row.name for key, row in Country.objects.in_bulk(wanted[Country]).items()}
    names |= {(Source, key): row.title for key, row in sources.defer("text").in_bulk(wanted[Source]).items()}
    if missing := {key for key in wanted[Place] if (Place, key) not in names}:
        names |= _last_names(missing, public=public)
    return names


def _last_names(keys: set[Any], *, public: bool) -> dict[Key, str]:
    rows = Place.history.filter(id__in=keys).order_by("history_id")
    if public:  # a draft that is still there keeps its name to itself
        rows = rows.filter(review_state="published").exclude(id__in=Place.objects.filter(pk__in=keys).values("pk"))
    known = rows.values_list("id", "name_zh", "name_en")
    return {(Place, key): Place(name_zh=chinese, name_en=english).name for key, chinese, english in known}


def foreign_keys(model: type[Curated], facts: Iterable[Fact], *rows: Any) -> Iterator[Key]:
    """The rows that these facts name."""
    for fact in facts:
        column: Any = model._meta.get_field(fact.name) if len(fact.columns) == 1 else None
        if column is not None and column.remote_field is not None:
            for row in rows:
                yield column.remote_field.model, fact.of(row)[0]
