"""What staff have looked at and found to be right, although a rule of the audit doubts it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _


class AcceptedFinding(models.Model):
    """One finding of one rule that stands as it is, and why.

    ``subject`` is its lasting name, such as ``relationship/12`` or ``place/3+place/9``. ``fingerprint`` stands for the
    facts that were seen: when they change, the finding is open again. Findings that the shipped register was reviewed
    for have nobody in ``accepted_by``.
    """

    rule = models.CharField(_("rule"), max_length=40)
    subject = models.CharField(_("subject"), max_length=120)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    reason = models.TextField(_("reason"), blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("accepted by"),
    )
    accepted_at = models.DateTimeField(_("accepted"), auto_now=True)

    class Meta:
        verbose_name = _("accepted finding")
        verbose_name_plural = _("audit")
        ordering = ["rule", "subject"]
        constraints = [
            UniqueConstraint(
                fields=["rule", "subject"],
                name="acceptedfinding_subject_unique",
                violation_error_message=_("Finding: is accepted already."),
            ),
            CheckConstraint(
                condition=~Q(reason=""),
                name="acceptedfinding_has_a_reason",
                violation_error_message=_("Reason: say why this may stand as it is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.subject}"
