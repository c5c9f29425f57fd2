"""The rows of one table that some records of history wrote: what they said before, and which of them must stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.db.models.deletion import Collector
from django.utils.translation import gettext_noop

from friendship.curation import Actor, batches, is_public, sign
from friendship.enums import ReviewState
from friendship.models import Place, Relationship
from friendship.models.curation import Curated, content_columns, is_edited
from friendship.queries.facts import Fact, facts_of

EDITED = gettext_noop("Staff has changed it since.")
BUILT_UPON = gettext_noop("Other records stand on it by now.")
IN_THE_WAY = gettext_noop("Another record stands in its place by now, or what it belongs to is gone.")

_ADDED, _DELETED = "+", "-"
_BOOKKEEPING = frozenset({"version", "updated_at"})
#: Columns whose rules look at other rows; foreign keys are such columns as well.
_AMONG_OTHERS = frozenset({"slug", "level", "review_state"})


@dataclass(frozen=True)
class Kept:
    """A row that an undo left as it is, or of which it left some facts; ``why`` is a text of the catalogue.

    ``facts`` are the facts that stay, where others went back, and ``who`` has changed the row since.
    """

    row: Curated
    why: str
    facts: tuple[Fact, ...] = ()
    who: str = ""

    @property
    def label(self) -> str:
        """What the row is called, even where it could not come back and what it names is gone."""
        try:
            return str(self.row)
        except ObjectDoesNotExist:
            return f"{self.row._meta.verbose_name} {self.row.pk}"


@dataclass(frozen=True)
class Step:
    """What was done with one row: ``add``, ``change`` or ``delete``, and the columns before and after.

    ``version`` is the row's before that, or None where it is new.
    """

    model: type[Curated]
    key: Any
    version: int | None
    action: str
    before: dict[str, Any]
    after: dict[str, Any]


class Touched:
    """The rows of one table that some records of history wrote; ``kept`` are those that stay.

    ``rows`` exist, ``gone`` were deleted by these records. With ``finely``, what goes back in a changed row is decided
    fact by fact; else a row that says something else by now stays as a whole.
    """

    def __init__(
        self, model: type[Curated], records: QuerySet[Any], note: str, steps: list[Step], *, finely: bool
    ) -> None:
        self.model = model
        self.steps = steps
        self.note = note
        self.finely = finely
        self.history = model.history.model  # type: ignore[attr-defined]
        self.first: dict[Any, Any] = {}
        self.written: dict[Any, Any] = {}
        for record in records.order_by("history_id"):
            self.first.setdefault(self._key(record), record)
            self.written[self._key(record)] = record
        self.rows = self._held()
        self.gone = {key: record for key, record in self.written.items() if self._is_gone(key)}
        self.kept: dict[Any, Kept] = {}
        self.returned: list[Any] = []  # rows that say again what they said before
        self.leave([key for key in self.rows if self.written[key].history_type == _DELETED])
        self.keep((key for key, row in self.rows.items() if self._is_edited(key, row)), EDITED)

    def _held(self) -> dict[Any, Any]:
        rows: dict[Any, Any] = {}
        for keys in batches(self.written):
            held = self.model._default_manager.select_for_update().filter(pk__in=keys)
            rows |= {row.pk: row for row in held}
        return rows

    @property
    def added(self) -> list[Any]:
        """The rows that were not there before."""
        return [row for key, row in self.rows.items() if self._is_added(key)]

    @property
    def changed(self) -> list[Any]:
        """The rows that were there before."""
        return [row for key, row in self.rows.items() if not self._is_added(key)]

    def returning(self) -> list[Curated]:
        """The rows that were deleted, as they were."""
        formers = (self._before_deletion(key) for key in self.gone)
        return [self._as_it_was(former) for former in formers if former is not None]

    # --- what stays

    def keep(self, keys: Iterable[Any], why: str) -> None:
        """Leave these rows as they are, and say why; those that are no longer there say nothing."""
        for key in keys:
            if key in self.rows and key not in self.kept and (why == EDITED or self._is_added(key)):
                self.kept[key] = Kept(self.rows[key], why, who=self._changed_by(key) if why == EDITED else "")

    def leave(self, keys: Iterable[Any]) -> None:
        """Leave these rows as they are without a word: they belong to what is kept."""
        for key in keys:
            del self.rows[key]

    def shows_unseen(self) -> bool:
        """Whether a public row would go back to, or a row come back in public as, what the public has never seen."""
        formers = {key: self._former(key) for key in self._free() if not self._is_added(key)}
        formers |= {key: self._before_deletion(key) for key in self.gone}
        told = ((self.rows.get(key), former) for key, former in formers.items() if former is not None)
        return any(is_public(row or self._as_it_was(former)) and not _was_public(former) for row, former in told)

    # --- what goes back

    def take_out(self, actor: Actor, keys: set[Any] | None = None) -> None:
        """Delete the rows that were added, or only those of ``keys``, that need not be kept."""
        going = [key for key in self._free(keys) if self._is_added(key)]
        for some in batches(self.rows[key] for key in going):
            for row in some:
                sign(row, actor, self.note)
                self._did(row, "delete", self._values(row), {})
            collector = Collector(using=connection.alias)
            collector.collect(some)
            collector.delete()
        self.leave(going)

    def put_back(self, actor: Actor) -> None:
        """Give the rows that were changed their former values, unless they need be kept."""
        for key in [key for key in self._free() if not self._is_added(key)]:
            row, former = self.rows[key], self._former(key)
            if former is None:  # written past the history, as synthetic rows are: nothing tells what it was
                self.kept[key] = Kept(row, EDITED)
            elif self.finely:
                self._put_back_finely(row, former, actor)
            else:
                values = {column: getattr(former, column) for column in content_columns(former)}
                _set(row, values)
                self._save(row, {}, values, actor)
            self.leave([key])

    def bring_back(self, actor: Actor, level: str | None = None) -> None:
        """Add the rows that were deleted, under their former keys; of places those of one level."""
        for key in list(self.gone):
            former = self._before_deletion(key)
            if former is None or (level is not None and former.level != level):
                continue
            del self.gone[key]
            row = self._as_it_was(former)
            if not _fits(row):
                self.kept[key] = Kept(row, IN_THE_WAY)
                continue
            sign(row, actor, self.note)
            row.save(force_insert=True)
            self.returned.append(row)
            self._did(row, "add", {}, self._values(row))

    def _put_back_finely(self, row: Any, former: Any, actor: Actor) -> None:
        written = self.written[row.pk]
        altered = [fact for fact in facts_of(self.model) if fact.of(former) != fact.of(written)]
        altered = [fact for fact in altered if fact.of(row) != fact.of(former) and not self._is_decided(fact, row)]
        free = [fact for fact in altered if fact.of(row) == fact.of(written)]
        if contested := [fact for fact in altered if fact not in free]:
            self._contest(row, contested, EDITED)
        values = {column: getattr(former, column) for fact in free for column in fact.columns}
        before = {column: getattr(row, column) for column in values}
        _set(row, values)
        if values and (_stood_so(row, former, values) or _fits(row)):
            self._save(row, before, values, actor)
        elif values:
            _set(row, before)
            self._contest(row, free, IN_THE_WAY)

    def _contest(self, row: Any, facts: list[Fact], why: str) -> None:
        self.kept[row.pk] = Kept(row, why, tuple(facts), self._changed_by(row.pk) if why == EDITED else "")

    def _is_decided(self, fact: Fact, row: Any) -> bool:
        """Whether taking back decides nothing about this fact: publishing is a decision of its own.

        So a draft stays one, and a place that published ties name by now stays public.
        """
        if fact.name != "review_state":
            return False
        if row.review_state != ReviewState.PUBLISHED:
            return True
        if self.model is not Place:
            return False
        named = Relationship.objects.published()
        return named.filter(home=row.pk).exists() or named.filter(partner=row.pk).exists()

    def _save(self, row: Any, before: dict[str, Any], after: dict[str, Any], actor: Actor) -> None:
        row.version += 1
        sign(row, actor, self.note)
        row.save()
        self.returned.append(row)
        self._did(row, "change", before, after)

    def _did(self, row: Any, action: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        if self.finely:  # of a whole import nothing is told row by row
            version = {"add": None, "delete": row.version}.get(action, row.version - 1)
            self.steps.append(Step(self.model, row.pk, version, action, before, after))

    def _values(self, row: Any) -> dict[str, Any]:
        return {column: getattr(row, column) for fact in facts_of(self.model) for column in fact.columns}

    # --- records

    def _free(self, keys: set[Any] | None = None) -> list[Any]:
        return [key for key in self.rows if key not in self.kept and (keys is None or key in keys)]

    def _as_it_was(self, former: Any) -> Curated:
        columns = (column.attname for column in type(former).tracked_fields if column.name not in _BOOKKEEPING)
        row = self.model(**{column: getattr(former, column) for column in columns})
        row.version = former.version + 1
        return row

    def _former(self, key: Any) -> Any:
        earlier = self.history.objects.filter(history_id__lt=self.first[key].history_id)
        return earlier.filter(**{self._key_name: key}).order_by("-history_id").first()

    def _before_deletion(self, key: Any) -> Any:
        """What a deleted row said before: where nothing else was done with it, its deletion tells."""
        deletion = self.gone[key]
        return deletion if deletion is self.first[key] else self._former(key)

    def _changed_by(self, key: Any) -> str:
        """Who has changed the row last after the records, by their user name."""
        later = self.history.objects.filter(**{self._key_name: key}, history_id__gt=self.written[key].history_id)
        last = later.select_related("history_user").order_by("-history_id").first()
        return str(last.history_user) if last is not None and last.history_user is not None else ""

    def _is_added(self, key: Any) -> bool:
        return bool(self.first[key].history_type == _ADDED)

    def _is_gone(self, key: Any) -> bool:
        return self.written[key].history_type == _DELETED and not self._is_added(key) and key not in self.rows

    def _is_edited(self, key: Any, row: Any) -> bool:
        """Whether the row as a whole is to stay; fact by fact is decided when it goes back."""
        return (not self.finely or self._is_added(key)) and is_edited(row, self.written[key])

    @property
    def _key_name(self) -> str:
        return str(self.model._meta.pk.name)

    def _key(self, record: Any) -> Any:
        return getattr(record, self._key_name)


def _was_public(record: Any) -> bool:
    """Whether the public saw a row when this record of its history was written."""
    if hasattr(record, "review_state"):
        return bool(record.review_state == ReviewState.PUBLISHED)
    if not hasattr(record, "relationship_id"):
        return True
    ties = Relationship.history.filter(id=record.relationship_id, history_date__lte=record.history_date)
    held = ties.order_by("-history_id").first()
    return held is not None and held.review_state == ReviewState.PUBLISHED


def _set(row: Curated, values: dict[str, Any]) -> None:
    for column, value in values.items():
        setattr(row, column, value)


def _stood_so(row: Curated, former: Any, values: Iterable[str]) -> bool:
    """Whether the row says again all that it said in that record, and nothing that other rows could stand against.

    The database has held such a row before: looking at each of its rules again would take long for thousands.
    """
    fields = {field.attname: field for field in row._meta.concrete_fields}
    alone = all(not fields[column].is_relation and column not in _AMONG_OTHERS for column in values)
    return alone and not is_edited(row, former)


def _fits(row: Curated) -> bool:
    """Whether the register’s rules allow the row as it stands in memory."""
    try:
        row.full_clean()
    except (ValidationError, ObjectDoesNotExist):
        return False
    return True
