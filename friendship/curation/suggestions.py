"""What the public suggests: received, closed once with an answer, and forgotten as far as it tells of a person."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from friendship.curation import Actor
from friendship.enums import SuggestionState
from friendship.models import Suggestion
from friendship.models.suggestions import new_token
from friendship.queries.rights import narrowed, remit_of

#: How long an e-mail address is kept after its suggestion was closed; the form says so to those who write.
KEPT_AFTER_CLOSING = datetime.timedelta(days=180)

#: May have been deleted since: the database keeps its key.
_SUBJECT = ("relationship", "place")
_SENT = ("relationship_id", "place_id", "wrong", "right", "source", "email")


class AlreadyClosed(Exception):
    """Someone else was faster; the message says who, when and how."""


def receive(suggestion: Suggestion) -> Suggestion:
    """Keep what somebody sent, once: who presses the button twice gets the first one back.

    Where something else was sent under the same token (a form that was gone back to), it gets a token of its own.
    Raises ``ValidationError``.
    """
    suggestion.full_clean(exclude=["token"])
    for _again in range(2):  # the second time where both were sent at the same moment
        held = Suggestion.objects.filter(token=suggestion.token).first()
        if held is not None and _says_the_same(held, suggestion):
            return held
        if held is not None:
            suggestion.token = new_token()
        try:
            with transaction.atomic():
                suggestion.save(force_insert=True)
        except IntegrityError:
            continue
        return suggestion
    raise RuntimeError("A suggestion collides with others under every token.")


def _says_the_same(one: Suggestion, other: Suggestion) -> bool:
    return all(getattr(one, column) == getattr(other, column) for column in _SENT)


def may_handle(actor: Actor, suggestion: Suggestion) -> bool:
    """Whether the actor may answer this suggestion; the program itself (no actor) may. Remits limit it as all else."""
    if actor is None:
        return True
    allowed = actor.has_perm("friendship.change_suggestion")
    if not allowed or remit_of(actor) is None:
        return allowed
    return narrowed(Suggestion.objects.filter(pk=suggestion.pk), actor).exists()


def close(suggestion: Suggestion, state: SuggestionState, *, actor: Actor, answer: str) -> Suggestion:
    """Close an open suggestion as accepted, answered or declined, with an answer to whoever sent it.

    Raises ``AlreadyClosed``, ``PermissionDenied``, and ``ValidationError`` where there is no answer.
    """
    with transaction.atomic():
        held = Suggestion.objects.select_for_update().filter(pk=suggestion.pk).first()
        if held is None:
            raise AlreadyClosed(_("This suggestion has been deleted since you opened it. Nothing was saved."))
        if not may_handle(actor, held):
            raise PermissionDenied(_("This suggestion is not yours to answer."))
        if not held.is_open:
            raise AlreadyClosed(_closed_message(held))
        held.state, held.answer = state, answer.strip()
        held.handled_by = actor  # type: ignore[assignment] # a member of staff
        held.closed_at = timezone.now()
        held.full_clean(exclude=_SUBJECT)
        held.save()
    return held


def _closed_message(held: Suggestion) -> str:
    return _("%(who)s closed this suggestion on %(when)s: %(state)s. Nothing was changed by you.") % {
        "who": held.handled_by or _("Someone"),
        "when": date_format(timezone.localtime(held.closed_at), "DATETIME_FORMAT"),
        "state": held.get_state_display(),
    }


def delete(suggestions: Iterable[Suggestion], *, actor: Actor) -> None:
    """Delete suggestions, such as insults, all or none. Raises ``PermissionDenied``."""
    with transaction.atomic():
        for suggestion in suggestions:
            if not may_handle(actor, suggestion):
                raise PermissionDenied(_("This suggestion is not yours to answer."))
            suggestion.delete()


def wipe(now: datetime.datetime | None = None) -> int:
    """Wipe the e-mail addresses of suggestions that were closed long enough ago; returns how many.

    What was said and answered stays: it is why the register was changed, or was not.
    """
    moment = now or timezone.now()
    due = Suggestion.objects.filter(closed_at__lte=moment - KEPT_AFTER_CLOSING, wiped_at=None).exclude(email="")
    return due.update(email="", wiped_at=moment)
