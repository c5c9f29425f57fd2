"""Loading many rows at once: in one transaction, guarded, each with its history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from friendship.curation import Actor, StaleVersion, batches, may_publish, may_publish_own, rights
from friendship.enums import Level, ReviewState
from friendship.models import Event, Evidence, Place, Relationship, Source
from friendship.models.curation import Curated

Row = TypeVar("Row", bound=Curated)
_Changed = tuple[Curated, tuple[str, ...]]


@dataclass
class Load:
    """What an import adds and changes.

    New rows are unsaved and may point to each other: a tie to new places, a place to its new parent, evidence to a new
    tie. ``changed`` holds saved rows, as they were read and then altered, with the names of the altered columns.
    """

    sources: list[Source] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    ties: list[Relationship] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    changed: list[tuple[Curated, tuple[str, ...]]] = field(default_factory=list)

    @property
    def written(self) -> Iterator[Curated]:
        """Every row that it adds or changes, those that people ask about first."""
        yield from (*self.ties, *self.evidence, *self.events, *self.places, *self.sources)
        yield from (row for row, _fields in self.changed)


def load(rows: Load, *, actor: Actor, reason: str, author: Actor = None, reviewed: bool = False) -> None:
    """Write everything or nothing; ``reason`` stands in the history of every row, and ``undoing`` finds them by it.

    ``author`` is who brought the list, where ``actor`` is somebody else who has looked at it. ``reviewed`` says that
    whether the public may see it was decided already: the history then names the author, as that of ``save`` does.
    Raises ``PermissionDenied`` where the actor may not publish what is to be public, or where anything of it lies
    beyond the remit of either, ``ValidationError`` for a text that is too long, ``StaleVersion`` where a row has
    changed since it was read, ``IntegrityError`` where someone else has added the same pair or address meanwhile.
    """
    signer = author or actor if reviewed else actor
    with transaction.atomic():
        if not reviewed:
            _guard_publishing(rows, actor, author)
        _lock([row for row, _fields in rows.changed])
        rights.guard_held([row for row, _fields in rows.changed], actor, author)
        _add(Source, rows.sources, signer, reason)
        for level in Level:  # what contains a place is of a higher level, and is there before it
            _add(Place, [place for place in rows.places if place.level == level], signer, reason)
        _pass_over([tie.pk or 0 for tie in rows.ties])
        _add(Relationship, rows.ties, signer, reason)
        _add(Evidence, rows.evidence, signer, reason)
        _add(Event, rows.events, signer, reason)
        _change(_with_places_of_published(rows.ties, rows.changed), signer, reason)
        rights.guard_held(rows.written, actor, author)


def _guard_publishing(rows: Load, actor: Actor, author: Actor) -> None:
    if touches_public(rows):
        guard_confirming(actor, author)


def guard_confirming(actor: Actor, author: Actor) -> None:
    """Refuse whoever may not load what the public sees. Raises ``PermissionDenied``."""
    if not may_publish(actor):
        raise PermissionDenied(_("The public sees a part of this list: a reviewer has to confirm it."))
    if (author is None or author == actor) and not may_publish_own(actor):
        raise PermissionDenied(_("The public sees a part of your list: another reviewer has to confirm it."))


def touches_public(rows: Load) -> bool:
    """Whether the public sees any of what would be written."""
    written = [*rows.places, *rows.ties, *rows.evidence, *rows.events, *(row for row, _fields in rows.changed)]
    seen = (row.relationship if isinstance(row, Event | Evidence) else row for row in written)
    return any(row.review_state == ReviewState.PUBLISHED for row in seen if isinstance(row, Place | Relationship))


def _lock(rows: Iterable[Curated]) -> None:
    """Hold the rows until the transaction ends. Raises ``StaleVersion``."""
    for model, same in _by_model(rows).items():
        for some in batches(same):
            held = model._default_manager.select_for_update().filter(pk__in=[row.pk for row in some])
            versions = dict(held.values_list("pk", "version"))
            for row in some:
                if versions.get(row.pk) != row.version:
                    raise StaleVersion(_("“%(row)s” has been changed meanwhile. Nothing was loaded.") % {"row": row})


def _add(model: type[Row], rows: Sequence[Row], actor: Actor, reason: str) -> None:
    for row in rows:
        _check_lengths(row)
    user = actor if actor is not None and actor.is_authenticated else None
    for some in batches(rows):  # their history stands in memory as long as they are written
        bulk_create_with_history(some, model, default_user=user, default_change_reason=reason)


def _check_lengths(row: Curated) -> None:
    """SQLite keeps texts of any length, so a column's length is checked here."""
    for column in row._meta.concrete_fields:
        if isinstance(column, models.CharField) and len(getattr(row, column.attname) or "") > (column.max_length or 0):
            said = _("%(field)s: at most %(most)d characters.")
            parameters = {"field": capfirst(str(column.verbose_name)), "most": column.max_length}
            raise ValidationError({column.name: said % parameters})


def _pass_over(ids: Iterable[int]) -> None:
    """Let PostgreSQL give out only ids after those that a list brought along; SQLite does by itself."""
    if connection.vendor == "postgresql" and (highest := max(ids, default=0)):
        table = Relationship._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(ids, GREATEST(nextval(ids), %s)) FROM pg_get_serial_sequence(%s, 'id') AS ids",
                [highest, table],
            )


def _with_places_of_published(ties: Iterable[Relationship], changed: Iterable[_Changed]) -> list[_Changed]:
    """What is changed, and with it the drafts that published ties name: a published tie has published places."""
    others: list[_Changed] = []
    places: dict[int, tuple[Place, tuple[str, ...]]] = {}
    for row, fields in changed:
        if isinstance(row, Place):
            places[row.pk] = row, fields
        else:
            others.append((row, fields))
    for draft in _drafts_of_published(ties):
        place, fields = places.get(draft.pk, (draft, ()))
        place.review_state = ReviewState.PUBLISHED
        places[place.pk] = place, (*fields, "review_state")
    return [*places.values(), *others]


def _drafts_of_published(ties: Iterable[Relationship]) -> Iterator[Place]:
    """The drafts among the places of published ties and what contains these, held until the transaction ends."""
    published = [tie for tie in ties if tie.review_state == ReviewState.PUBLISHED]
    seen: set[int] = set()
    for some in batches({side for tie in published for side in (tie.home_id, tie.partner_id)}):
        above = Place.objects.filter(pk__in=some).values_list("parent", "parent__parent")
        keys = {key for row in above for key in row if key is not None} | set(some)
        drafts = Place.objects.filter(review_state=ReviewState.DRAFT).select_for_update()
        for others in batches(keys - seen):
            yield from drafts.filter(pk__in=others).order_by("pk")
        seen |= keys


def _change(changed: Iterable[tuple[Curated, tuple[str, ...]]], actor: Actor, reason: str) -> None:
    """Write altered rows, those with the same columns together."""
    user = actor if actor is not None and actor.is_authenticated else None
    now = timezone.now()
    alike: dict[tuple[type[Curated], tuple[str, ...]], list[Curated]] = defaultdict(list)
    for row, fields in changed:
        row.version += 1
        row.updated_at = now
        columns = [*fields, "version", "updated_at"]
        if isinstance(row, Place):
            row.refresh_search()
            columns += ["pinyin", "search_text"]
        _check_lengths(row)
        alike[type(row), tuple(columns)].append(row)
    for (model, altered), rows in alike.items():
        for some in batches(rows):
            bulk_update_with_history(some, model, list(altered), default_user=user, default_change_reason=reason)


def _by_model(rows: Iterable[Curated]) -> dict[type[Curated], list[Curated]]:
    found: dict[type[Curated], list[Curated]] = defaultdict(list)
    for row in rows:
        found[type(row)].append(row)
    return found
