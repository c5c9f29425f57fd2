"""Corrections that the public suggests, and what became of them."""

from __future__ import annotations

import secrets
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from friendship.enums import SuggestionState
from friendship.models.places import Place
from friendship.models.relationships import Relationship

LONGEST = 2_000  # characters of a text
#: Letters and digits that nobody takes for each other.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_GROUPS = 4
GROUP = 5


def new_token() -> str:
    """A number to ask by that nobody guesses (99 bits), and that can be read out on the telephone."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(_GROUPS))


class Suggestion(models.Model):
    """What somebody from the public says is wrong with a tie or a place, and the answer to it.

    It changes nothing by itself: staff do. It outlives the record that it is about, so that whoever sent it can still
    read the answer: then its key leads nowhere, and back when the record comes back. Whoever knows the token may read
    all of it but the e-mail address, which is wiped some time after it was closed.
    """

    token = models.CharField(_("reference number"), max_length=40, default=new_token, editable=False)
    relationship = models.ForeignKey(
        Relationship,
        models.DO_NOTHING,
        related_name="suggestions",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("relationship"),
    )
    place = models.ForeignKey(
        Place,
        models.DO_NOTHING,
        related_name="suggestions",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("place"),
    )
    wrong = models.CharField(_("what is wrong"), max_length=LONGEST)
    right = models.CharField(_("what is right"), max_length=LONGEST)
    source = models.CharField(_("source"), max_length=LONGEST)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=12, choices=SuggestionState, default=SuggestionState.OPEN)
    answer = models.CharField(_("answer"), max_length=LONGEST, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("handled by"),
    )
    created_at = models.DateTimeField(pgettext_lazy("suggestion", "sent"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(pgettext_lazy("suggestion", "closed"), null=True, blank=True)
    wiped_at = models.DateTimeField(_("e-mail wiped"), null=True, blank=True)

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["id"]
        constraints = [
            UniqueConstraint(
                fields=["token"],
                name="suggestion_token_unique",
                violation_error_message=_("Reference number: another suggestion has it already."),
            ),
            CheckConstraint(
                condition=Q(relationship__isnull=True, place__isnull=False)
                | Q(relationship__isnull=False, place__isnull=True),
                name="suggestion_about_one_record",
                violation_error_message=_("Relationship and place: a suggestion is about exactly one of them."),
            ),
            CheckConstraint(
                condition=~Q(wrong=""),
                name="suggestion_says_what_is_wrong",
                violation_error_message=_("What is wrong: say it."),
            ),
            CheckConstraint(
                condition=Q(state__in=SuggestionState.values),
                name="suggestion_state_known",
                violation_error_message=_("State: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(state=SuggestionState.OPEN, closed_at__isnull=True)
                | (~Q(state=SuggestionState.OPEN) & Q(closed_at__isnull=False)),
                name="suggestion_closed_at_a_time",
                violation_error_message=_("Closed: an open suggestion has no such time, every other one has."),
            ),
            CheckConstraint(
                condition=Q(state=SuggestionState.OPEN) | ~Q(answer=""),
                name="suggestion_closed_with_an_answer",
                violation_error_message=_("Answer: say what became of the suggestion."),
            ),
            CheckConstraint(
                condition=Q(wiped_at__isnull=True) | Q(email="", closed_at__isnull=False),
                name="suggestion_wiped_once_closed",
                violation_error_message=_("E-mail: it is wiped once the suggestion is closed, and then there is none."),
            ),
        ]
        indexes = [models.Index(fields=["state", "created_at"], name="suggestion_by_state")]  # the list of staff

    def __str__(self) -> str:
        return self.token

    def get_absolute_url(self) -> str:
        """Where whoever sent it sees what became of it."""
        return reverse("suggestion", args=[self.token])

    @property
    def subject(self) -> Relationship | Place | None:
        """The record that it is about, be it a draft; None where the record has been deleted."""
        with suppress(ObjectDoesNotExist):
            return self.relationship or self.place
        return None

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == SuggestionState.OPEN

    @property
    def masked_email(self) -> str:
        """The e-mail address as its owner recognises it and nobody else does: w•••@example.org."""
        name, at, host = self.email.partition("@")
        return f"{name[:1]}•••{at}{host}" if self.email else ""
