"""Changes written down before they are made, so that a second person can look at them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from friendship.enums import PENDING_STATES, ProposalKind, ProposalState
from friendship.models.places import Place
from friendship.models.relationships import Relationship


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals in the words of the office."""

    def waiting(self) -> ProposalQuerySet:
        """Those that a reviewer has to decide, the longest waiting first."""
        return self.filter(state=ProposalState.OPEN).order_by("submitted_at", "id")

    def pending(self) -> ProposalQuerySet:
        """Those that somebody still has to act on."""
        return self.filter(state__in=PENDING_STATES)


class Proposal(models.Model):
    """What somebody wants changed in the register, and what became of it.

    ``changes`` is a list, carried out in order and as a whole, of
    ``{"model", "pk", "version", "action", "before", "after"}``: a model of the register, the key of the row (null for a
    new one until it is written), the version that the author saw, ``add``, ``change`` or ``delete``, and the values of
    the columns that change, foreign keys as keys. A proposal to publish a draft has no changes: it means the draft as
    it stands, with its evidence and events. Of a selection or a file, ``left_out`` tells what would not change:
    ``unchanged`` rows by their number, ``added`` rows of a file that the register does not know, and ``refused`` as a
    list of ``{"model", "pk", "row", "label", "why", "parameters"}``, where ``why`` is a text of the catalogue and
    ``row`` that of the file. What it wrote stands in the history of the rows under ``history_reason``.
    """

    kind = models.CharField(_("what it asks for"), max_length=8, choices=ProposalKind)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.PREPARED)
    relationship = models.ForeignKey(
        Relationship,
        models.SET_NULL,
        related_name="proposals",
        null=True,
        blank=True,
        verbose_name=_("relationship"),
    )
    place = models.ForeignKey(
        Place, models.SET_NULL, related_name="proposals", null=True, blank=True, verbose_name=_("place")
    )
    changes = models.JSONField(_("changes"), default=list, blank=True)
    note = models.TextField(_("reason"), blank=True, help_text=_("Why this should change, for the reviewer."))
    word = models.TextField(_("reviewer’s word"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("proposed by"),
    )
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    left_out = models.JSONField(_("left out"), default=dict, blank=True)
    kept = models.JSONField(_("kept when it was undone"), default=list, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        ordering = ["-id"]
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=ProposalKind.values),
                name="proposal_kind_known",
                violation_error_message=_("What it asks for: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(state__in=ProposalState.values),
                name="proposal_state_known",
                violation_error_message=_("State: choose one from the list."),
            ),
            CheckConstraint(
                condition=~Q(state=ProposalState.RETURNED) | ~Q(word=""),
                name="proposal_returned_with_a_word",
                violation_error_message=_("Reviewer’s word: say what is to be mended."),
            ),
        ]
        indexes = [models.Index(fields=["state", "submitted_at"], name="proposal_by_state")]  # what waits

    def __str__(self) -> str:
        subject = self.relationship or self.place
        kind = capfirst(self.get_kind_display())
        return f"{kind}{_(': ')}{subject}" if subject else kind

    @property
    def is_pending(self) -> bool:
        """Whether somebody still has to act on it."""
        return self.state in PENDING_STATES

    @property
    def history_reason(self) -> str:
        """The reason under which its changes stand in the history."""
        return f"proposal/{self.pk}"
