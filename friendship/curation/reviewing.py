"""Who decides what the public sees, and what a second person has to look at first.

No one publishes their own change unless the office's rules allow it (``Policy.own_changes``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from friendship.enums import OwnChanges, ReviewState
from friendship.models import (
    Country,
    Event,
    Evidence,
    ImportRun,
    Place,
    Policy,
    Relationship,
    ReportedTotal,
    Source,
)
from friendship.models.curation import Curated, is_edited
from friendship.models.policy import THE_ONE

Actor = User | AnonymousUser | None

PUBLISH_PERMISSION = "friendship.publish_relationship"


class NeedsReview(PermissionDenied):
    """The public sees the row, and somebody else has to look at the change first: propose it instead."""

    def __init__(self) -> None:
        super().__init__(_("The public sees this record: another person has to look at the change first."))


def policy() -> Policy:
    """The rules of the office, as they are held or by default."""
    return Policy.objects.filter(pk=THE_ONE).first() or Policy()


def may_publish(actor: Actor) -> bool:
    """Whether the actor decides what the public sees; the program itself (no actor) may."""
    return actor is None or actor.has_perm(PUBLISH_PERMISSION)


def may_publish_own(actor: Actor) -> bool:
    """Whether the actor may publish what nobody else has looked at."""
    if actor is None or not may_publish(actor):
        return actor is None
    match policy().own_changes:
        case OwnChanges.ALWAYS:
            return True
        case OwnChanges.ALONE:
            staff = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
            return {actor.pk}.issuperset(staff.values_list("pk", flat=True))
    return False


def is_public(row: Curated) -> bool:
    """Whether the public sees the row as it stands, or would see it once it is saved."""
    match row:
        case Relationship() | Place():
            return row.review_state == ReviewState.PUBLISHED
        case Evidence() | Event():
            return Relationship.objects.published().filter(pk=row.relationship_id).exists()
        case Source():
            return Source.objects.published().filter(pk=row.pk).exists()
        case Country() | ReportedTotal():
            return True
    return False


def any_public(rows: Iterable[Curated]) -> bool:
    """Whether the public sees any of the rows: for many of them few questions."""
    ties, sources = set[int](), set[int]()
    for row in rows:
        match row:
            case Evidence() | Event():
                ties.add(row.relationship_id)
            case Source():
                sources.add(row.pk)
            case _ if is_public(row):
                return True
    return _any_of(Relationship.objects.published(), ties) or _any_of(Source.objects.published(), sources)


def _any_of(rows: QuerySet[Any], keys: Iterable[int]) -> bool:
    wanted = sorted(keys)
    return any(rows.filter(pk__in=wanted[at : at + 500]).exists() for at in range(0, len(wanted), 500))


def needs_review(row: Curated, actor: Actor) -> bool:
    """Whether saving this row changes what the public sees, and the actor may not decide that alone.

    Publishing and unpublishing a tie or a place are decisions of their own, which ``save`` guards.
    """
    return (is_public(row) or _was_public(row)) and not _is_newly_public(row) and not may_publish_own(actor)


def _was_public(row: Curated) -> bool:
    """Whether the public sees a piece as it is held: it may be about to move from one tie to another."""
    if row._state.adding or not isinstance(row, Evidence | Event):
        return False
    held = type(row)._default_manager.filter(pk=row.pk)
    return bool(held.filter(relationship__review_state=ReviewState.PUBLISHED).exists())


def _is_newly_public(row: Curated) -> bool:
    if not isinstance(row, Relationship | Place):
        return False
    return not type(row)._default_manager.filter(pk=row.pk, review_state=ReviewState.PUBLISHED).exists()


def guard_own(row: Relationship | Place, actor: Actor) -> None:
    """Refuse to publish a draft that the actor wrote, or had a hand in. Raises ``PermissionDenied``."""
    if not may_publish_own(actor) and actor is not None and actor.pk in authors(row):
        raise PermissionDenied(
            _("“%(row)s”: you have written this draft yourself, so another reviewer publishes it.") % {"row": row}
        )


def shown_with(tie: Relationship) -> list[Place | Source]:
    """What the public sees once the tie is published, besides itself, its evidence and its events.

    Drafts among its two sides and what contains them, and the sources that speak of it and of nothing public yet.
    """
    sides = Place.objects.filter(pk__in=(tie.home_id, tie.partner_id))
    above = [key for row in sides.values_list("parent", "parent__parent") for key in row if key is not None]
    places = Place.objects.filter(pk__in=(tie.home_id, tie.partner_id, *above), review_state=ReviewState.DRAFT)
    speaking = Source.objects.filter(Q(evidence__relationship=tie.pk) | Q(events__relationship=tie.pk)).distinct()
    public = Source.objects.published().filter(pk__in=[source.pk for source in speaking]).values_list("pk", flat=True)
    return [*places.order_by("pk"), *(source for source in speaking if source.pk not in set(public))]


def authors(row: Relationship | Place | Source) -> set[int]:
    """The keys of those who wrote what is not public yet: of a tie its evidence, events, places and sources as well.

    Whoever brought a list has written what the import of it added, whoever had it loaded.
    """
    last = _last_public(row)
    since = row.history.filter(history_id__gte=last.history_id) if last else row.history.all()
    records = list(since.order_by("history_id"))
    written = [after for before, after in pairwise(records) if is_edited(before, after)]
    written += [] if last else records[:1]
    told = {(record.history_user_id, record.history_change_reason) for record in written}
    if isinstance(row, Relationship):
        told |= _told_of_pieces(row, last.history_date if last else None)
    keys = {key for key, _reason in told} | _bringers(reason for _key, reason in told)
    for other in shown_with(row) if isinstance(row, Relationship) else ():
        keys |= authors(other)
    return {key for key in keys if key is not None}


def _last_public(row: Relationship | Place | Source) -> Any:
    if isinstance(row, Source):
        return None
    return row.history.filter(review_state=ReviewState.PUBLISHED).order_by("-history_id").first()


def _told_of_pieces(tie: Relationship, since: datetime | None) -> set[tuple[Any, Any]]:
    later = Q(history_date__gt=since) if since else Q()
    records = (model.history.filter(later, relationship=tie.pk) for model in (Evidence, Event))
    return {told for some in records for told in some.values_list("history_user", "history_change_reason")}


def _bringers(reasons: Iterable[str | None]) -> set[int | None]:
    """Who brought the lists of these imports."""
    keys = {reason.split("/")[1] for reason in reasons if reason and reason.startswith("import/")}
    runs = ImportRun.objects.filter(pk__in=[key for key in keys if key.isdigit()])
    return set(runs.values_list("started_by", flat=True))
