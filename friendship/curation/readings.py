"""Texts from which staff take records: what is accepted is written with its source, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from friendship import names
from friendship.curation import Actor, StaleVersion, needs_review, proposals, rights, save, undoing
from friendship.curation.changes import Change, difference
from friendship.curation.touched import Kept
from friendship.enums import ProposalKind, ProposalState, ReadingChoice, ReviewState
from friendship.models import (
    Event,
    Evidence,
    Place,
    Proposal,
    Reading,
    ReadingDecision,
    Relationship,
    ReportedTotal,
    Source,
)
from friendship.models.curation import Curated
from friendship.models.readings import fingerprint_of
from friendship.queries.readings import same_text

_LONGEST_SLUG = 100
_LONGEST_LABEL = 300


class Decided(Exception):
    """Somebody else has decided about the candidate meanwhile; the message says so."""


@dataclass
class Taken:
    """What is taken over from one candidate: rows that are unsaved where they are new, without their source.

    ``places`` are new, each after what contains it. ``is_altered`` says that a held tie gets other values.
    """

    tie: Relationship | None
    places: list[Place] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    totals: list[ReportedTotal] = field(default_factory=list)
    is_altered: bool = False


# --- the text ---------------------------------------------------------------------------------------------------------


def begin(
    text: str,
    about: Mapping[str, Any],
    waiting: int,
    *,
    actor: Actor,
    home: str = "",
    source: Source | None = None,
    keeps_text: bool = True,
) -> Reading:
    """Keep a text, so that its candidates can be decided about one by one. Nothing of the register changes.

    ``about`` are the columns of the source that it becomes; of a text that the register holds, ``source`` is its own.
    ``waiting`` is how many candidates were found in it. Without ``keeps_text`` the source will hold quotes alone.
    Whoever presses twice while a long text is read gets the same one twice.
    """
    reading = Reading(title=about["title"], about=dict(about), text=text, home=home, source=source, waiting=waiting)
    reading.started_by, reading.keeps_text = _person(actor), keeps_text
    reading.full_clean()
    with transaction.atomic():
        if (person := _person(actor)) is not None:
            get_user_model().objects.select_for_update().get(pk=person.pk)
        if (known := same_text(fingerprint_of(text), actor)) is not None:
            return known
        reading.save()
    return reading


def keep_typed(reading: Reading, typed: Mapping[str, Mapping[str, Any]]) -> None:
    """Keep corrections that nobody has decided about yet; an empty one is forgotten."""
    with transaction.atomic():
        held = Reading.objects.select_for_update(of=("self",)).get(pk=reading.pk)
        kept = {key: dict(entries) for key, entries in {**held.typed, **typed}.items() if entries}
        if kept != held.typed:
            held.typed = kept
            held.save(update_fields=["typed", "seen_at"])
        reading.typed = kept


def discard(reading: Reading) -> None:
    """Throw a text away of which nothing was accepted. Raises ``PermissionDenied``."""
    with transaction.atomic():
        held = Reading.objects.select_for_update(of=("self",)).filter(pk=reading.pk).first()
        if held is None:
            return
        if held.decisions.filter(choice=ReadingChoice.ACCEPTED).exists():
            raise PermissionDenied(_("Something of this text was accepted. Take that back first."))
        held.delete()


# --- decisions --------------------------------------------------------------------------------------------------------


def refuse(reading: Reading, fingerprint: str, label: str, *, actor: Actor) -> ReadingDecision:
    """Note that a candidate is none. Raises ``Decided``."""
    with _deciding(reading, fingerprint, label, ReadingChoice.REFUSED, actor) as decision:
        return decision


def accept(reading: Reading, fingerprint: str, label: str, taken: Taken, *, actor: Actor) -> ReadingDecision:
    """Write what was taken over from a candidate; of what the public sees, propose it.

    The text becomes a source with the first of them. Raises ``Decided``, and what ``save`` and ``propose`` raise.
    """
    with _deciding(reading, fingerprint, label, ReadingChoice.ACCEPTED, actor) as decision:
        source = _source_of(decision.reading, actor)
        writer = _Writer(actor, decision.history_reason)
        if not decision.reading.keeps_text:
            _forget_positions(taken)
        for place in taken.places:
            place.parent = place.parent  # which has its key by now
            save(place, actor=actor, reason=decision.history_reason)
        if taken.tie is not None:
            _write_tie(taken, source, writer)
        for total in taken.totals:
            total.source = source
            writer.write(total)
        decision.relationship = taken.tie
        decision.proposal = writer.proposed(_("From the text “%(title)s”.") % {"title": decision.reading.title})
        decision.save()
        reading.source = source
        return decision


def _forget_positions(taken: Taken) -> None:
    """Quotes point into no text where the source holds none."""
    pieces: list[Evidence | ReportedTotal] = [*taken.evidence, *taken.totals]
    for piece in pieces:
        piece.start = piece.end = None


def _write_tie(taken: Taken, source: Source, writer: _Writer) -> None:
    tie = taken.tie
    if tie is None:
        return
    if tie._state.adding:
        tie.home, tie.partner = tie.home, tie.partner  # which have their keys by now
        writer.write(tie)
    elif taken.is_altered:
        writer.write(tie)
    pieces: list[Evidence | Event] = [*taken.evidence, *taken.events]
    for piece in pieces:
        piece.relationship, piece.source = tie, source
        writer.write(piece)


class _Writer:
    """Saves rows, or collects what a second person has to look at first."""

    def __init__(self, actor: Actor, reason: str) -> None:
        self._actor = actor
        self._reason = reason
        self._changes: list[Change] = []

    def write(self, row: Curated) -> None:
        """Save a row, or write down what saving it would change."""
        if not needs_review(row, self._actor):
            save(row, actor=self._actor, reason=self._reason)
            return
        rights.guard(row, self._actor)
        self._changes.append(difference(row))

    def proposed(self, note: str) -> Any:
        """The proposal of what was collected; None where all of it was saved."""
        if not self._changes:
            return None
        return proposals.propose(self._changes, actor=self._actor, note=note)


@contextmanager
def _deciding(reading: Reading, fingerprint: str, label: str, choice: str, actor: Actor) -> Iterator[ReadingDecision]:
    with transaction.atomic():
        held = Reading.objects.select_for_update(of=("self",)).filter(pk=reading.pk).first()
        if held is None:
            raise Decided(_("Somebody has thrown this text away meanwhile."))
        if (earlier := held.decisions.filter(fingerprint=fingerprint).select_related("decided_by").first()) is not None:
            told = _("%(who)s has decided about this candidate meanwhile: %(choice)s.")
            raise Decided(told % {"who": earlier.decided_by or _("Someone"), "choice": earlier.get_choice_display()})
        decision = ReadingDecision(
            reading=held,
            fingerprint=fingerprint,
            choice=choice,
            label=label[:_LONGEST_LABEL],
            decided_by=_person(actor),
        )
        decision.full_clean()
        decision.save()
        held.typed.pop(fingerprint, None)
        held.waiting = max(0, held.waiting - 1)
        held.save(update_fields=["typed", "waiting", "seen_at"])
        reading.typed = held.typed
        yield decision


def _source_of(reading: Reading, actor: Actor) -> Source:
    """The source whose text this is; the first time, the text becomes one."""
    if reading.source is not None:
        if reading.keeps_text and reading.source.text != reading.text:
            raise ValidationError(_("The text of the source has changed since. Read it again from there."))
        return reading.source
    source = Source(**reading.about, text=reading.text if reading.keeps_text else "")
    source.slug = _free_slug(source)
    reading.source = save(source, actor=actor, reason=reading.history_reason)
    reading.save(update_fields=["source", "seen_at"])
    return reading.source


def _free_slug(source: Source) -> str:
    """An address that no source has: papers give many texts the same title."""
    base = names.slug_for(source.title, source.title) or "text"
    published = [f"-{source.published_on.iso}"] if source.published_on else []
    endings = chain(["", *published], (f"-{number}" for number in count(2)))
    made = (f"{base[: _LONGEST_SLUG - len(ending)].strip('-')}{ending}" for ending in endings)
    return next(slug for slug in made if not Source.objects.filter(slug=slug).exists())


# --- taking back ------------------------------------------------------------------------------------------------------


def take_back(decision: ReadingDecision, *, actor: Actor) -> list[Kept]:
    """Undo a decision: the candidate waits again. Returns the places and the source on which others stand by now.

    Raises ``PermissionDenied`` where a tie was changed since or the public sees it, or where a proposal was carried
    out: that is undone where it stands.
    """
    with transaction.atomic():
        held = ReadingDecision.objects.select_for_update(of=("self",)).filter(pk=decision.pk).first()
        if held is None:
            return []
        reading = Reading.objects.select_for_update(of=("self",)).get(pk=held.reading_id)
        for proposal in _pending(held):
            proposals.withdraw(proposal, actor=actor)
        kept = undoing.undo(held.history_reason, actor=actor, finely=True)
        if stays := next((left for left in kept if isinstance(left.row, Relationship | ReportedTotal)), None):
            raise PermissionDenied(
                _("“%(row)s”: somebody has changed it since, so it stays. Correct the record itself.")
                % {"row": stays.label}
            )
        held.delete()
        reading.waiting += 1
        reading.save(update_fields=["waiting", "seen_at"])
        if not reading.decisions.filter(choice=ReadingChoice.ACCEPTED).exists():
            kept = undoing.take_back(
                _all_of(reading), note=f"{reading.history_reason}/undo", actor=actor, seen_before=True
            ).kept
        return kept


def _all_of(reading: Reading) -> undoing.Records:
    """All that was written for a text and is still there: what one candidate brought, another may have stood on."""
    reason = reading.history_reason

    def records(model: type[Curated]) -> QuerySet[Any]:
        rows = model.history.exclude(history_change_reason__endswith="/undo")  # type: ignore[attr-defined]
        return rows.filter(  # type: ignore[no-any-return]
            Q(history_change_reason=reason) | Q(history_change_reason__startswith=f"{reason}/")
        )

    return records


def _pending(decision: ReadingDecision) -> list[Proposal]:
    """What waits for a second person because of the decision. Raises ``PermissionDenied`` where it was carried out."""
    if decision.proposal is not None and decision.proposal.state == ProposalState.APPLIED:
        raise PermissionDenied(_("The proposed change was published meanwhile. Undo it on its own page."))
    waiting = Proposal.objects.pending()
    if decision.proposal is not None:
        return list(waiting.filter(pk=decision.proposal.pk))
    added = Relationship.history.filter(history_change_reason=decision.history_reason, history_type="+")
    return list(waiting.filter(kind=ProposalKind.PUBLISH, relationship__in=added.values("id")))


def submit(tie: Relationship, *, actor: Actor, reading: Reading) -> Any:
    """Ask that an accepted draft be published. Raises ``StaleVersion`` where it is a draft no more."""
    note = _("From the text “%(title)s”.") % {"title": reading.title}
    if not Relationship.objects.filter(pk=tie.pk, review_state=ReviewState.DRAFT).exists():
        raise StaleVersion(_("It is no draft any more."))
    return proposals.propose_publication(tie, actor=actor, note=note)


def _person(actor: Actor) -> Any:
    return actor if actor is not None and actor.is_authenticated else None
