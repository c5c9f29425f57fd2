"""Texts from which staff take records: the text on its way, and what was decided about each of its candidates."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from friendship.dates import PartialDate
from friendship.enums import ReadingChoice
from friendship.models.proposals import Proposal
from friendship.models.relationships import Relationship
from friendship.models.sources import Source


def fingerprint_of(text: str) -> str:
    """What two people who bring the same text have in common, however its lines break."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()


class Reading(models.Model):
    """One text on its way into the register.

    Its candidates are read anew whenever somebody looks, so only what people said is kept. ``about`` holds the columns
    of the source that the text becomes once a candidate is accepted; ``source`` is that source, or the one whose text
    was chosen. Unless ``keeps_text``, that source holds quotes alone: the public reads a source's text, and not every
    text may be printed again. ``typed`` are corrections that wait for a decision: by the fingerprint of the candidate,
    the entries of its form that differ from what was offered. ``waiting`` is how many candidates nobody has decided
    about, as far as the text was read when it was brought. What was written stands in the history under
    ``history_reason``.
    """

    title = models.CharField(_("title"), max_length=300)
    about = models.JSONField(_("the publication"), default=dict, blank=True)
    text = models.TextField(_("text"))
    home = models.CharField(_("home of the text"), max_length=100, blank=True)
    source = models.ForeignKey(
        Source, models.SET_NULL, related_name="readings", null=True, blank=True, verbose_name=_("source")
    )
    typed = models.JSONField(_("corrections"), default=dict, blank=True)
    keeps_text = models.BooleanField(_("whole text is kept"), default=True)
    waiting = models.PositiveIntegerField(_("to be decided"), default=0)
    fingerprint = models.CharField(max_length=64, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("brought by")
    )
    started_at = models.DateTimeField(_("brought"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last worked on"), auto_now=True)

    class Meta:
        verbose_name = _("text to read")
        verbose_name_plural = _("texts to read")
        ordering = ["-id"]
        indexes = [models.Index(fields=["fingerprint"], name="reading_by_fingerprint")]  # the same text, brought again

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the fingerprint of the text."""
        self.fingerprint = fingerprint_of(self.text)
        super().save(*args, **kwargs)

    @property
    def published_on(self) -> PartialDate | None:
        """When the text was published, as far as it is known."""
        return PartialDate.of(*(self.about.get(f"published_{part}") for part in ("year", "month", "day")))

    @property
    def history_reason(self) -> str:
        """The reason under which the source that the text became stands in the history."""
        return f"reading/{self.pk}"


class ReadingDecision(models.Model):
    """What a person decided about one candidate of a text: the tie or the numbers that were taken over, or nothing.

    ``relationship`` is the tie that was added or got evidence; ``proposal`` holds what a second person has to look at
    first. ``label`` says what the candidate was, for the time when the text is read otherwise.
    """

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="decisions", verbose_name=_("text to read"))
    fingerprint = models.CharField(max_length=64, editable=False)
    choice = models.CharField(pgettext_lazy("reading", "decision"), max_length=8, choices=ReadingChoice)
    label = models.CharField(_("candidate"), max_length=300)
    relationship = models.ForeignKey(
        Relationship,
        models.SET_NULL,
        related_name="reading_decisions",
        null=True,
        blank=True,
        verbose_name=_("relationship"),
    )
    proposal = models.ForeignKey(
        Proposal, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("proposed change")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), auto_now_add=True)

    class Meta:
        verbose_name = _("decision about a candidate")
        verbose_name_plural = _("decisions about candidates")
        ordering = ["reading", "id"]
        default_permissions = ()  # who works on the text decides
        constraints = [
            UniqueConstraint(
                fields=["reading", "fingerprint"],
                name="readingdecision_once",
                violation_error_message=_("Candidate: somebody has decided about it already."),
            ),
            CheckConstraint(
                condition=Q(choice__in=ReadingChoice.values),
                name="readingdecision_choice_known",
                violation_error_message=_("Decision: choose one from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.get_choice_display()}"

    @property
    def history_reason(self) -> str:
        """The reason under which what was taken over stands in the history."""
        return f"reading/{self.reading_id}/{self.pk}"
