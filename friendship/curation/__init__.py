"""Every write by a person goes through here: guarded, validated, in one transaction, with its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from friendship.curation import rights
from friendship.curation.concurrency import StaleVersion, lock, rebase
from friendship.curation.reviewing import (
    PUBLISH_PERMISSION,
    Actor,
    NeedsReview,
    guard_own,
    is_public,
    may_publish,
    may_publish_own,
    needs_review,
    policy,
)
from friendship.enums import ReviewState
from friendship.models import Event, Evidence, Place, Relationship
from friendship.models.curation import Curated, is_edited

__all__ = [
    "PUBLISH_PERMISSION",
    "Actor",
    "NeedsReview",
    "StaleVersion",
    "batches",
    "delete",
    "is_public",
    "lock",
    "may_publish",
    "may_publish_own",
    "needs_review",
    "policy",
    "publish",
    "publish_places",
    "rebase",
    "save",
    "sign",
    "unpublish",
]

Row = TypeVar("Row", bound=Curated)


def save(
    row: Row,
    *,
    actor: Actor,
    seen_version: int | None = None,
    reason: str = "",
    reviewed: bool = False,
    author: Actor = None,
) -> Row:
    """Validate and save a new or changed row in one transaction, and note who did it.

    ``seen_version`` is the version that the person was shown; the default is the one the row was read with.
    ``reviewed`` says that a second person has looked at the change; ``author`` is who wrote it, where the actor is
    who decided. A new place is a draft where the actor may not publish it alone. A published tie publishes its two
    places and what contains them. Raises ``ValidationError`` naming the field and the rule, ``StaleVersion`` when the
    row has changed since, ``NeedsReview`` when the public sees the row and a second person must look first,
    ``PermissionDenied`` when the actor may not change what the public sees, or nothing beyond their remit.
    """
    with transaction.atomic(), _recorded(row):
        if not row._state.adding:
            row.version = lock(row, row.version if seen_version is None else seen_version) + 1
        elif isinstance(row, Place) and not may_publish_own(actor):
            row.review_state = ReviewState.DRAFT
        rights.guard(row, actor)
        _hold_tie_of(row)
        _guard_publishing(row, actor)
        if not reviewed and needs_review(row, actor):
            raise NeedsReview
        row.full_clean()
        sign(row, author or actor, reason)
        row.save()
        if isinstance(row, Relationship) and row.review_state == ReviewState.PUBLISHED:
            publish_places(row, actor, reason)
    return row


def delete(
    row: Row,
    *,
    actor: Actor,
    seen_version: int | None = None,
    reason: str = "",
    reviewed: bool = False,
    author: Actor = None,
) -> None:
    """Delete a row; its history stays. The parameters are those of ``save``.

    Raises ``StaleVersion`` when the row has changed since it was read, ``ProtectedError`` where other rows still need
    it, ``NeedsReview`` and ``PermissionDenied`` as ``save`` does.
    """
    with transaction.atomic(), _recorded(row):
        lock(row, row.version if seen_version is None else seen_version)
        rights.guard(row, actor)
        _hold_tie_of(row)
        _guard_deleting(row, actor)
        if not reviewed and needs_review(row, actor):
            raise NeedsReview
        _take_along(row, author or actor, reason)
        sign(row, author or actor, reason)
        row.delete()


def _take_along(row: Curated, actor: Actor, reason: str) -> None:
    """Delete what belongs to a tie before the tie, so that its history names the same person and reason."""
    if isinstance(row, Relationship):
        for piece in (*row.evidence.all(), *row.events.all()):
            sign(piece, actor, reason)
            piece.delete()


def publish(rows: Iterable[Relationship], *, actor: Actor, reason: str = "") -> int:
    """Show rows to the public, each with its places; returns how many changed. Raises ``PermissionDenied``."""
    return _set_review_state(rows, ReviewState.PUBLISHED, actor, reason)


def unpublish(rows: Iterable[Relationship], *, actor: Actor, reason: str = "") -> int:
    """Hide rows from the public, not their places; returns how many changed. Raises ``PermissionDenied``."""
    return _set_review_state(rows, ReviewState.DRAFT, actor, reason)


def _set_review_state(rows: Iterable[Relationship], state: ReviewState, actor: Actor, reason: str) -> int:
    if not may_publish(actor):
        raise PermissionDenied(_("Only reviewers publish and unpublish."))
    changed = 0
    with transaction.atomic():
        for row in rows:
            if row.review_state != state:
                row.review_state = state
                save(row, actor=actor, reason=reason)
                changed += 1
    return changed


def _hold_tie_of(row: Curated) -> None:
    """A piece is as public as its tie, which nobody publishes while the piece is written."""
    if isinstance(row, Evidence | Event) and connection.features.has_select_for_update:
        list(Relationship.objects.select_for_update().filter(pk=row.relationship_id).values_list("pk"))


def _guard_publishing(row: Curated, actor: Actor) -> None:
    if not isinstance(row, Relationship | Place):
        return
    held = type(row)._default_manager.filter(pk=row.pk).values_list("review_state", flat=True).first()
    if row.review_state != (held or ReviewState.DRAFT):
        _guard_deciding(row, actor, is_new=held is None)
    if isinstance(row, Place) and held == ReviewState.PUBLISHED != row.review_state:
        _guard_ties_of(row)


def _guard_deciding(row: Relationship | Place, actor: Actor, *, is_new: bool) -> None:
    if not may_publish(actor):
        raise PermissionDenied(_("Only reviewers publish and unpublish."))
    if row.review_state != ReviewState.PUBLISHED:
        return
    guard_own(row, actor)
    if (is_new or _differs(row)) and not may_publish_own(actor):
        raise PermissionDenied(_("Save it as a draft first: another reviewer publishes what you have written."))


def _differs(row: Curated) -> bool:
    """Whether the row says something else than what is held."""
    newest = row.history.first()  # type: ignore[attr-defined]
    return newest is not None and is_edited(row, newest)


def _guard_ties_of(place: Place) -> None:
    """A published tie has published places. The place is locked, so that no tie of it is published meanwhile."""
    if Relationship.objects.published().filter(Q(home=place.pk) | Q(partner=place.pk)).exists():
        raise ValidationError(
            {"review_state": _("Review state: published ties name this place. Unpublish these ties first.")}
        )


def _guard_deleting(row: Curated, actor: Actor) -> None:
    if not isinstance(row, Relationship | Place) or may_publish(actor):
        return
    if row.review_state == ReviewState.PUBLISHED:
        raise PermissionDenied(_("Only reviewers delete what the public sees."))


def publish_places(tie: Relationship, actor: Actor, reason: str) -> None:
    """Show both sides of a published tie to the public, and what contains them.

    Who may not publish can neither let a published tie name a draft, nor show what contains its places.
    """
    sides = Place.objects.filter(pk__in=(tie.home_id, tie.partner_id))
    above = [key for row in sides.values_list("parent", "parent__parent") for key in row if key is not None]
    involved = Place.objects.select_for_update().filter(pk__in=[tie.home_id, tie.partner_id, *above]).order_by("pk")
    for place in involved:
        if place.review_state == ReviewState.PUBLISHED:
            continue
        if may_publish(actor):
            place.review_state = ReviewState.PUBLISHED
            place.version += 1
            sign(place, actor, reason)
            place.save()
        elif place.pk in (tie.home_id, tie.partner_id):
            raise PermissionDenied(
                _("“%(place)s” is a draft: a published tie may name it once a reviewer has published it.")
                % {"place": place}
            )


def batches(rows: Iterable[Any], size: int = 1_000) -> Iterator[list[Any]]:
    """The rows in lists of at most ``size``, so that no statement names more than a database takes."""
    remaining = iter(rows)
    while some := list(islice(remaining, size)):
        yield some


@contextmanager
def _recorded(row: Curated) -> Iterator[None]:
    # django-simple-history listens to Place, not to its proxies: a change made as City must not go unrecorded.
    shown_as = row.__class__
    row.__class__ = cast("type[Curated]", row._meta.concrete_model)
    try:
        yield
    finally:
        row.__class__ = shown_as


def sign(row: Curated, actor: Actor, reason: str) -> None:
    """Say who changes the row, and why, for the history that its next save or deletion leaves."""
    row._history_user = actor if actor is not None and actor.is_authenticated else None  # type: ignore[attr-defined]
    row._change_reason = reason  # type: ignore[attr-defined]
