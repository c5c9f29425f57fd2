"""Taking back what was written under one reason, such as a whole import, from the history that it left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from friendship.curation import Actor, NeedsReview, batches, may_publish, may_publish_own, publish_places, rights
from friendship.curation.redirecting import take_down
from friendship.curation.reviewing import any_public
from friendship.curation.touched import BUILT_UPON, EDITED, IN_THE_WAY, Kept, Step, Touched
from friendship.enums import Level, ReviewState
from friendship.models import Country, Event, Evidence, ImportRun, Place, Relationship, ReportedTotal, Source
from friendship.models.curation import Curated

__all__ = ["BUILT_UPON", "EDITED", "IN_THE_WAY", "Kept", "Records", "Undone", "take_back", "undo"]

#: Who points to places, to sources and to countries.
_TO_PLACES = ((Relationship, "home"), (Relationship, "partner"), (Place, "parent"), (ReportedTotal, "place"))
_TO_SOURCES = ((Evidence, "source"), (Event, "source"), (ReportedTotal, "source"), (ImportRun, "source"))
_TO_COUNTRIES = ((Place, "country"),)

#: The records of history of one table that are to be taken back.
Records = Callable[[type[Curated]], QuerySet[Any]]


@dataclass(frozen=True)
class Undone:
    """What was done with which row, in order, and what was left as it is. Steps are told where it was done finely.

    ``is_public`` is whether the public saw any of it before, or sees what came back.
    """

    steps: list[Step]
    kept: list[Kept]
    is_public: bool = False


def undo(reason: str, *, actor: Actor, finely: bool = False) -> list[Kept]:
    """Take back what was written under this reason; what staff has changed or built upon since stays, and is returned.

    Rows that were added are deleted, those that were deleted come back under their former keys, others get their
    former values, each with its history. A changed row that says something else by now stays as a whole; with
    ``finely`` only the facts stay that were changed since. Raises ``PermissionDenied`` where the public sees what would
    go or come back and the actor may not publish.
    """

    def records(model: type[Curated]) -> QuerySet[Any]:
        return model.history.filter(history_change_reason=reason)  # type: ignore[attr-defined,no-any-return]

    with transaction.atomic():
        undone = take_back(records, note=f"{reason}/undo", actor=actor, finely=finely, seen_before=True)
        take_down(reason)
        return undone.kept


def take_back(records: Records, *, note: str, actor: Actor, finely: bool = True, seen_before: bool = False) -> Undone:
    """Take back what these records of history wrote; ``note`` is the reason that the history of the rows then gives.

    Raises as ``undo`` does, and ``NeedsReview`` where the public sees a row and a second person has to look first.
    With ``seen_before`` a reviewer needs nobody to go back to what the public has seen before.
    """
    with transaction.atomic():
        tables = _Tables(records, note, finely=finely)
        alone = may_publish_own(actor)
        is_public = (finely or not alone) and tables.touch_public()
        if not alone and is_public and not seen_before:
            raise NeedsReview
        tables.guard(actor, is_public=is_public)
        if not alone and is_public and not tables.goes_back_to_the_seen():
            raise NeedsReview
        tables.take_back(actor)
        for touched in tables.all:
            rights.guard_held(touched.returned, actor)
        if not alone and not is_public and tables.show_anything():
            raise NeedsReview
        return Undone(tables.steps, tables.kept, is_public)


class _Tables:
    """All tables of the register, in the order in which rows go and come back.

    What is added goes before what was deleted comes back, so that a pair or an address is free again; what contains
    or supports others comes first and goes last.
    """

    def __init__(self, records: Records, note: str, *, finely: bool) -> None:
        self.finely = finely
        self.steps: list[Step] = []

        def touched(model: type[Curated]) -> Touched:
            return Touched(model, records(model), note, self.steps, finely=finely)

        self.ties, self.evidence, self.events = (touched(model) for model in (Relationship, Evidence, Event))
        self.places, self.totals = touched(Place), touched(ReportedTotal)
        self.sources, self.countries = touched(Source), touched(Country)
        self.pieces = (self.evidence, self.events)
        self.all = (self.ties, *self.pieces, self.totals, self.places, self.sources, self.countries)

    def guard(self, actor: Actor, *, is_public: bool) -> None:
        """Refuse to delete or to show what the public sees or would see, where the actor may not decide that.

        Nor is anything taken back that lies beyond the actor's remit.
        """
        for touched in self.all:
            rights.guard_held(touched.changed if touched is self.sources else touched.rows.values(), actor)
        if may_publish(actor):
            return
        going = (row for touched in (self.ties, self.places) for row in touched.added)
        if any(row.review_state == ReviewState.PUBLISHED for row in going):
            raise PermissionDenied(_("Only reviewers delete what the public sees."))
        coming = (record for touched in (self.ties, self.places) for record in touched.gone.values())
        if any(record.review_state == ReviewState.PUBLISHED for record in coming):
            raise PermissionDenied(_("Only reviewers publish and unpublish."))
        if is_public:
            raise PermissionDenied(_("The public sees a part of it: only reviewers take it back."))

    def take_back(self, actor: Actor) -> None:
        """Take all of it back, and keep what has to stay."""
        self._keep_what_belongs_to_kept_ties()
        for touched in (*self.pieces, self.ties, self.totals):
            touched.take_out(actor)
        self._bring_back_what_others_name(actor)
        for touched in (self.countries, self.sources, self.ties, self.places):
            touched.put_back(actor)
        self.ties.bring_back(actor)
        for touched in (*self.pieces, self.totals):
            touched.put_back(actor)
            touched.bring_back(actor)
        self._take_out_what_others_name(actor)
        self._publish_places(actor)

    def touch_public(self) -> bool:
        """Whether the public sees any of what would be taken back, or would see what comes back."""
        return any_public(row for touched in self.all for row in (*touched.rows.values(), *touched.returning()))

    def goes_back_to_the_seen(self) -> bool:
        """Whether nothing would become public that the public has not seen before."""
        return not any(touched.shows_unseen() for touched in self.all)

    def show_anything(self) -> bool:
        """Whether the public sees a row that was taken back, as it stands now."""
        return any_public(row for touched in self.all for row in touched.returned)

    @property
    def kept(self) -> list[Kept]:
        """What was left as it is."""
        order = (self.ties, *self.pieces, self.places, self.sources, self.totals, self.countries)
        return [kept for touched in order for kept in touched.kept.values()]

    def _keep_what_belongs_to_kept_ties(self) -> None:
        self.ties.keep(_ties_with_others(*self.pieces), BUILT_UPON)
        for pieces in self.pieces:
            pieces.leave([key for key, piece in pieces.rows.items() if piece.relationship_id in self.ties.kept])

    def _bring_back_what_others_name(self, actor: Actor) -> None:
        self.countries.bring_back(actor)
        self.sources.bring_back(actor)
        for level in Level:
            self.places.bring_back(actor, level)

    def _take_out_what_others_name(self, actor: Actor) -> None:
        for level in reversed(Level):  # what a place contains goes before it
            here = {key for key, place in self.places.rows.items() if place.level == level}
            self.places.keep(_referred_to(self.places, _TO_PLACES) & here, BUILT_UPON)
            self.places.take_out(actor, here)
        for touched, pointing in ((self.sources, _TO_SOURCES), (self.countries, _TO_COUNTRIES)):
            touched.keep(_referred_to(touched, pointing), BUILT_UPON)
            touched.take_out(actor)

    def _publish_places(self, actor: Actor) -> None:
        """A published tie has published places, one that comes back as well."""
        for tie in self.ties.returned if self.finely else ():
            if tie.review_state == ReviewState.PUBLISHED:
                publish_places(tie, actor, self.ties.note)


def _ties_with_others(*pieces: Touched) -> set[Any]:
    """The ties on which stands evidence or an event that does not come from the same reason, or was edited since."""
    found: set[Any] = set()
    for touched in pieces:
        own = touched.rows.keys() - touched.kept.keys()
        rows: QuerySet[Any] = touched.model._default_manager.all()
        for ties in batches({piece.relationship_id for piece in touched.rows.values()}):
            held = rows.filter(relationship__in=ties).values_list("pk", "relationship")
            found |= {tie for key, tie in held if key not in own}
    return found


def _referred_to(touched: Touched, columns: Iterable[tuple[type[Model], str]]) -> set[Any]:
    """The rows to which others still point."""
    found: set[Any] = set()
    for model, column in columns:
        for some in batches(touched.rows):
            pointing = model._default_manager.filter(**{f"{column}__in": some}).order_by()
            found |= set(pointing.values_list(column, flat=True).distinct())
    return found
