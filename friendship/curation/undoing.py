"""Taking back what was written under one reason, such as a whole import, from the history that it left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.curation import Actor, batches, may_publish, sign
from friendship.enums import Level, ReviewState
from friendship.models import Event, Evidence, ImportRun, Place, Relationship, ReportedTotal, Source
from friendship.models.curation import Curated, content_columns, is_edited

EDITED = gettext_noop("Staff has changed it since.")
BUILT_UPON = gettext_noop("Other records stand on it by now.")


#: Who points to places and to sources.
_TO_PLACES = ((Relationship, "home"), (Relationship, "partner"), (Place, "parent"), (ReportedTotal, "place"))
_TO_SOURCES = ((Evidence, "source"), (Event, "source"), (ReportedTotal, "source"), (ImportRun, "source"))


@dataclass(frozen=True)
class Kept:
    """A row that an undo left as it is; ``why`` is a text of the catalogue."""

    row: Curated
    why: str


def undo(reason: str, *, actor: Actor) -> list[Kept]:
    """Take back what was written under this reason; what staff has changed or built upon since stays, and is returned.

    Rows that were added are deleted, others get their former values, each with its history. Raises
    ``PermissionDenied`` where the public sees what would go and the actor may not publish.
    """
    with transaction.atomic():
        ties, evidence, events = (_Touched(model, reason) for model in (Relationship, Evidence, Event))
        places = _Touched(Place, reason)
        _guard_deleting(ties, places, actor)
        ties.keep(_ties_with_others(evidence, events), BUILT_UPON)
        for pieces in (evidence, events):
            pieces.leave({key for key, piece in pieces.rows.items() if piece.relationship_id in ties.kept})
            pieces.take_back(actor)
        ties.take_back(actor)
        for level in reversed(Level):  # what a place contains goes before it
            here = {key for key, place in places.rows.items() if place.level == level}
            places.keep(_referred_to(places, _TO_PLACES) & here, BUILT_UPON)
            places.take_back(actor, here)
        sources = _Touched(Source, reason)
        sources.keep(_referred_to(sources, _TO_SOURCES), BUILT_UPON)
        sources.take_back(actor)
        return [kept for touched in (ties, evidence, events, places, sources) for kept in touched.kept.values()]


class _Touched:
    """The rows of one table that were written under the reason and still exist; ``kept`` are those that stay."""

    def __init__(self, model: type[Curated], reason: str) -> None:
        self.model = model
        self.reason = reason
        self.history = model.history.model  # type: ignore[attr-defined]
        self.written: dict[Any, Any] = {
            self._key(record): record
            for record in self.history.objects.filter(history_change_reason=reason).order_by("history_id")
        }
        self.rows: dict[Any, Any] = {}
        for keys in batches(self.written):
            held = model._default_manager.select_for_update().filter(pk__in=keys)
            self.rows |= {row.pk: row for row in held}
        self.kept: dict[Any, Kept] = {}
        self.keep((key for key, row in self.rows.items() if self._is_edited(row)), EDITED)

    @property
    def added(self) -> list[Any]:
        """The rows that were not there before."""
        return [row for key, row in self.rows.items() if self._is_added(key)]

    def keep(self, keys: Iterable[Any], why: str) -> None:
        """Leave these rows as they are, and say why; those that are no longer there say nothing."""
        for key in keys:
            if key in self.rows and key not in self.kept and (why == EDITED or self._is_added(key)):
                self.kept[key] = Kept(self.rows[key], why)

    def leave(self, keys: Iterable[Any]) -> None:
        """Leave these rows as they are without a word: they belong to what is kept."""
        for key in keys:
            del self.rows[key]

    def take_back(self, actor: Actor, keys: set[Any] | None = None) -> None:
        """Delete or restore the rows, or only those of ``keys``, that need not be kept."""
        going = [key for key in self.rows if key not in self.kept and (keys is None or key in keys)]
        self._delete([self.rows[key] for key in going if self._is_added(key)], actor)
        for key in going:
            if not self._is_added(key):
                self._restore(self.rows[key], actor)
        self.leave(going)

    def _delete(self, rows: list[Any], actor: Actor) -> None:
        for some in batches(rows):
            for row in some:
                sign(row, actor, f"{self.reason}/undo")
            collector = Collector(using=connection.alias)
            collector.collect(some)
            collector.delete()

    def _restore(self, row: Any, actor: Actor) -> None:
        former = self._former(row)
        if former is None:  # written past the history, as synthetic rows are: nothing tells what it was
            self.kept[row.pk] = Kept(row, EDITED)
            return
        for column in content_columns(former):
            setattr(row, column, getattr(former, column))
        row.version += 1
        sign(row, actor, f"{self.reason}/undo")
        row.save()

    def _former(self, row: Any) -> Any:
        earlier = self.history.objects.filter(history_id__lt=self.written[row.pk].history_id)
        return earlier.filter(**{self._key_name: row.pk}).order_by("-history_id").first()

    def _is_added(self, key: Any) -> bool:
        return bool(self.written[key].history_type == "+")

    def _is_edited(self, row: Any) -> bool:
        return is_edited(row, self.written[row.pk])

    @property
    def _key_name(self) -> str:
        return str(self.model._meta.pk.name)

    def _key(self, record: Any) -> Any:
        return getattr(record, self._key_name)


def _guard_deleting(ties: _Touched, places: _Touched, actor: Actor) -> None:
    public = (row.review_state == ReviewState.PUBLISHED for touched in (ties, places) for row in touched.added)
    if not may_publish(actor) and any(public):
        raise PermissionDenied(_("Only reviewers delete what the public sees."))


def _ties_with_others(*pieces: _Touched) -> set[Any]:
    """The ties on which stands evidence or an event that does not come from the same reason, or was edited since."""
    found: set[Any] = set()
    for touched in pieces:
        own = touched.rows.keys() - touched.kept.keys()
        rows: QuerySet[Any] = touched.model._default_manager.all()
        for ties in batches({piece.relationship_id for piece in touched.rows.values()}):
            held = rows.filter(relationship__in=ties).values_list("pk", "relationship")
            found |= {tie for key, tie in held if key not in own}
    return found


def _referred_to(touched: _Touched, columns: Iterable[tuple[type[Model], str]]) -> set[Any]:
    """The rows to which others still point."""
    found: set[Any] = set()
    for model, column in columns:
        for some in batches(touched.rows):
            pointing = model._default_manager.filter(**{f"{column}__in": some}).order_by()
            found |= set(pointing.values_list(column, flat=True).distinct())
    return found
