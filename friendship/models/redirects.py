"""Records that were merged into others: where their addresses lead."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _

from friendship.enums import MergedKind


class Redirect(models.Model):
    """A place or a tie that is no record of its own any more, since it was merged into another.

    ``gone`` and ``kept`` are the keys of the two, without the database's guard: ``gone`` no longer exists, and ``kept``
    may itself be merged into a third record later. What the merge changed stands in the history of the rows, under
    ``reason``: it is undone from there. ``moved`` tells which rows without a history came from the record that is gone,
    by ``"model.column"``.
    """

    kind = models.CharField(_("kind of record"), max_length=12, choices=MergedKind)
    gone = models.PositiveBigIntegerField(_("number of the merged record"))
    slug = models.SlugField(_("former address"), max_length=80, blank=True)
    name = models.CharField(_("former name"), max_length=250)
    kept = models.PositiveBigIntegerField(_("number of the record that stays"))
    reason = models.CharField(_("reason in the history"), max_length=100, blank=True, editable=False)
    moved = models.JSONField(_("what moved"), default=dict, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("merged by")
    )
    made_at = models.DateTimeField(_("merged on"), auto_now_add=True)

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        ordering = ["-id"]
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=MergedKind.values),
                name="redirect_kind_known",
                violation_error_message=_("Kind of record: choose one from the list."),
            ),
            CheckConstraint(
                condition=~Q(gone=F("kept")),
                name="redirect_leads_elsewhere",
                violation_error_message=_("A record cannot be merged with itself."),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "gone"], name="redirect_by_number"),  # addresses of ties, and chains
            models.Index(fields=["kind", "slug"], name="redirect_by_slug"),  # addresses of places
        ]

    def __str__(self) -> str:
        return self.name
