"""What the office decided about its own work: one row of settings that Administrators change in the admin."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from friendship.enums import OwnChanges
from friendship.models.curation import Curated

#: The only key of the table.
THE_ONE = 1


class Policy(Curated):
    """The rules of the office. There is one row; where it is missing, the defaults of its columns hold."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    own_changes = models.CharField(
        _("publishing one’s own changes"),
        max_length=8,
        choices=OwnChanges,
        default=OwnChanges.ALONE,
        help_text=_("Whether a reviewer may publish what they wrote themselves. Four eyes see more than two."),
    )
    two_factor = models.BooleanField(
        _("codes required"),
        default=False,
        help_text=_("Everybody on the staff logs in with a password and a code from their phone."),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rules of the office")
        verbose_name_plural = _("rules of the office")
        ordering = ["id"]
        constraints = [
            CheckConstraint(
                condition=Q(id=THE_ONE),
                name="policy_there_is_one",
                violation_error_message=_("Rules of the office: there is only one set of them."),
            ),
            CheckConstraint(
                condition=Q(own_changes__in=OwnChanges.values),
                name="policy_own_changes_known",
                violation_error_message=_("Publishing one’s own changes: choose one from the list."),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
