"""Lists that staff load: the file, what each of its rows led to, and which columns of an unknown table mean what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from friendship.enums import ImportFormat, ImportState, Outcome, RelationshipType, RowChoice
from friendship.models.relationships import Relationship
from friendship.models.sources import Source


class ImportRun(models.Model):
    """One file on its way into the register.

    What it changed stands in the history of the rows, under the reason ``history_reason``: an import is undone from
    there. ``answers`` holds what staff said to the questions of the file, by the question’s key: the id of a place, or
    ``"new"``. ``done`` of ``total`` steps of the present ``stage`` are over; ``seen_at`` is when its process last said
    so.
    """

    file_name = models.CharField(_("file"), max_length=255)
    content = models.BinaryField(_("content"), editable=False)
    format = models.CharField(_("format"), max_length=12, choices=ImportFormat, blank=True)
    mapping = models.JSONField(_("columns"), default=dict, blank=True)
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="imports", null=True, blank=True, verbose_name=_("source")
    )
    type = models.CharField(
        _("type where the list names none"),
        max_length=12,
        choices=RelationshipType,
        default=RelationshipType.SISTER,
    )
    publish = models.BooleanField(_("publish at once"), default=False)
    touches_public = models.BooleanField(_("changes what the public sees"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    done = models.PositiveIntegerField(_("steps done"), default=0)
    total = models.PositiveIntegerField(_("steps in all"), default=0)
    error = models.TextField(_("why it failed"), blank=True)
    counts = models.JSONField(_("outcomes"), default=dict, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    new_places = models.JSONField(_("new places"), default=list, blank=True)
    kept = models.JSONField(_("kept when it was undone"), default=list, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("imported by"),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("confirmed by"),
    )
    started_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    seen_at = models.DateTimeField(_("last sign of life"), auto_now=True)
    loaded_at = models.DateTimeField(_("loaded"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("undone by"),
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        constraints = [
            CheckConstraint(
                condition=Q(format__in=["", *ImportFormat.values]),
                name="importrun_format_known",
                violation_error_message=_("Format: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(type__in=RelationshipType.values),
                name="importrun_type_known",
                violation_error_message=_("Type: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(state__in=ImportState.values),
                name="importrun_state_known",
                violation_error_message=_("State: choose one from the list."),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def history_reason(self) -> str:
        """The reason under which its changes stand in the history."""
        return f"import/{self.pk}"


class ImportRow(models.Model):
    """What one row of the file led to, or would lead to.

    ``reason`` is a text of the catalogue with its ``parameters``; ``text`` is the row's own words. ``differences`` are
    ``{"field", "held", "given", "sources"}``; ``questions`` are ``{"key", "side", "text", "candidates"}``, candidates
    being ids of places.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    reason = models.TextField(_("reason"), blank=True)
    parameters = models.JSONField(default=dict, blank=True)
    text = models.TextField(_("row of the file"), blank=True)
    home = models.CharField(_("home side"), max_length=250, blank=True)
    partner = models.CharField(_("partner side"), max_length=250, blank=True)
    differences = models.JSONField(_("differences"), default=list, blank=True)
    questions = models.JSONField(_("questions"), default=list, blank=True)
    relationship = models.ForeignKey(
        Relationship, models.SET_NULL, related_name="import_rows", null=True, blank=True, verbose_name=_("relationship")
    )
    choice = models.CharField(
        pgettext_lazy("import", "decision"), max_length=12, choices=RowChoice, default=RowChoice.PROPOSED
    )

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["run", "number"]
        constraints = [
            UniqueConstraint(
                fields=["run", "number"],
                name="importrow_number_unique",
                violation_error_message=_("Row: stands in this import already."),
            ),
            CheckConstraint(
                condition=Q(outcome__in=Outcome.values),
                name="importrow_outcome_known",
                violation_error_message=_("Outcome: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(choice__in=RowChoice.values),
                name="importrow_choice_known",
                violation_error_message=_("Decision: choose one from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_outcome_display()}"

    @property
    def why(self) -> str:
        """The reason in the active language."""
        return gettext(self.reason) % self.parameters if self.reason else ""


class ColumnMapping(models.Model):
    """Which columns of a kind of table mean what, chosen once by staff and used for every table with that header."""

    headers = models.JSONField(_("header"), help_text=_("The cells of the table’s header, in order."))
    fields = models.JSONField(_("meanings"), help_text=_("For each field, the place of its column, from 0."))
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("chosen by")
    )
    chosen_at = models.DateTimeField(_("chosen"), auto_now=True)
    fingerprint = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("meaning of columns")
        verbose_name_plural = _("meanings of columns")
        ordering = ["id"]
        constraints = [
            UniqueConstraint(
                fields=["fingerprint"],
                name="columnmapping_fingerprint_unique",
                violation_error_message=_("Header: its columns have a meaning already."),
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(str(cell) for cell in self.headers)
