"""Ties between two places, and what happened on them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from friendship.enums import (
    UNCOUNTED_STATUSES,
    UNCOUNTED_TYPES,
    EventKind,
    Paper,
    RelationshipType,
    ReviewState,
    Status,
)
from friendship.models.curation import Curated
from friendship.models.partial_dates import (
    date_constraints,
    date_property,
    day_column,
    month_column,
    refuse_ahead,
    year_column,
)
from friendship.models.places import Place, in_language
from friendship.paths import path_of

_PUBLIC = Q(review_state=ReviewState.PUBLISHED)


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    """Ties in the words of the field."""

    def published(self) -> RelationshipQuerySet:
        """What the public may see. Decided here and nowhere else."""
        return self.filter(_PUBLIC)

    def published_at(self, keys: Iterable[int]) -> RelationshipQuerySet:
        """The same of the rows with these numbers, each looked up by its number.

        Denied twice, the condition is one for which SQLite has no index: it would take that of all published rows, and
        read every one of them to find fifty.
        """
        return self.exclude(~_PUBLIC).filter(pk__in=keys)

    def counted(self, types: Iterable[str] = (), statuses: Iterable[str] = ()) -> RelationshipQuerySet:
        """The rows that count as ties.

        Letters of intent and ended ties are listed, but not counted, except those asked for by name.
        """
        unasked_types = UNCOUNTED_TYPES - set(types)
        unasked_statuses = UNCOUNTED_STATUSES - set(statuses)
        return self.exclude(type__in=unasked_types).exclude(status__in=unasked_statuses)

    def with_places(self) -> RelationshipQuerySet:
        """Both sides, their countries and what contains them, in the same query."""
        return self.select_related(
            "home__country", "home__parent__parent", "partner__country", "partner__parent__parent"
        )


class Relationship(Curated):
    """A tie between two places: one row per pair, whichever side is named first.

    A pair that went from intent to cooperation to a sister tie is still one row, of its present type; the
    stages are its events. An ended tie keeps its row. ``founded`` holds only what a source states.
    """

    home = models.ForeignKey(Place, models.PROTECT, related_name="ties_as_home", verbose_name=_("home side"))
    partner = models.ForeignKey(Place, models.PROTECT, related_name="ties_as_partner", verbose_name=_("partner side"))
    type = models.CharField(_("type"), max_length=12, choices=RelationshipType)
    type_as_printed = models.CharField(
        _("type as printed"), max_length=100, blank=True, help_text=_("The source’s own word, such as 友好省州关系.")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.UNKNOWN)
    founded_year = year_column(_("date established"))
    founded_month = month_column(_("date established"))
    founded_day = day_column(_("date established"))
    ended_year = year_column(_("date ended"))
    ended_month = month_column(_("date ended"))
    ended_day = day_column(_("date ended"))
    note_zh = models.TextField(_("note in Chinese"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)
    review_state = models.CharField(_("review state"), max_length=12, choices=ReviewState, default=ReviewState.DRAFT)

    founded = date_property("founded")
    ended = date_property("ended")
    objects = RelationshipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        ordering = ["id"]
        permissions = [("publish_relationship", _("Can publish and unpublish relationships"))]
        constraints = [
            UniqueConstraint(
                Least("home", "partner"),
                Greatest("home", "partner"),
                name="relationship_pair_unique",
                violation_error_message=_("Home side and partner side: this pair is already in the register."),
            ),
            CheckConstraint(
                condition=~Q(home=F("partner")),
                name="relationship_two_places",
                violation_error_message=_("Partner side: a place cannot be tied with itself."),
            ),
            CheckConstraint(
                condition=Q(type__in=RelationshipType.values),
                name="relationship_type_known",
                violation_error_message=_("Type: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(status__in=Status.values),
                name="relationship_status_known",
                violation_error_message=_("Status: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(review_state__in=ReviewState.values),
                name="relationship_review_state_known",
                violation_error_message=_("Review state: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(ended_year__isnull=True)
                | Q(founded_year__isnull=True)
                | Q(ended_year__gt=F("founded_year"))
                | Q(ended_year=F("founded_year"))
                & (
                    Q(ended_month__isnull=True)
                    | Q(founded_month__isnull=True)
                    | Q(ended_month__gt=F("founded_month"))
                    | Q(ended_month=F("founded_month"))
                    & (Q(ended_day__isnull=True) | Q(founded_day__isnull=True) | Q(ended_day__gte=F("founded_day")))
                ),
                name="relationship_ended_not_before_founded",
                violation_error_message=_("Date ended: cannot lie before the date established."),
            ),
            *date_constraints("relationship", "founded", _("Date established")),
            *date_constraints("relationship", "ended", _("Date ended")),
        ]
        indexes = [
            models.Index(
                fields=["review_state", "founded_year", "founded_month", "founded_day", "id"],
                name="relationship_public_by_date",  # the list's default order
            ),
            models.Index(
                fields=["review_state", "-updated_at", "id"],
                name="relationship_public_by_change",  # the list by its latest changes
            ),
        ]

    def __str__(self) -> str:
        return f"{self.home}{in_language('—', ' – ')}{self.partner}"

    def clean(self) -> None:
        """Refuse dates that lie too far ahead."""
        super().clean()
        refuse_ahead(self, founded=_("Date established"), ended=_("Date ended"))

    @property
    def note(self) -> str:
        """The note in the active language."""
        return in_language(self.note_zh, self.note_en)

    @property
    def is_counted(self) -> bool:
        """Whether the row counts as a tie."""
        return self.type not in UNCOUNTED_TYPES and self.status not in UNCOUNTED_STATUSES

    def get_absolute_url(self) -> str:
        """The public page."""
        return path_of("relationship", self.pk)


class Event(Curated):
    """Something that happened on a tie; together they are its timeline from intent to the present."""

    relationship = models.ForeignKey(
        Relationship, models.CASCADE, related_name="events", verbose_name=_("relationship")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=EventKind)
    date_year = year_column(_("date"))
    date_month = month_column(_("date"))
    date_day = day_column(_("date"))
    paper = models.CharField(_("paper"), max_length=20, choices=Paper, blank=True)
    text_zh = models.TextField(_("text in Chinese"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)
    source = models.ForeignKey(
        "Source", models.PROTECT, related_name="events", null=True, blank=True, verbose_name=_("source")
    )

    date = date_property("date")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = [
            F("date_year").asc(nulls_last=True),
            F("date_month").asc(nulls_first=True),
            F("date_day").asc(nulls_first=True),
            "id",
        ]
        constraints = [
            CheckConstraint(
                condition=Q(kind__in=EventKind.values),
                name="event_kind_known",
                violation_error_message=_("Kind: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(paper__in=["", *Paper.values]),
                name="event_paper_known",
                violation_error_message=_("Paper: choose one from the list."),
            ),
            *date_constraints("event", "date", _("Date")),
        ]

    def __str__(self) -> str:
        return f"{self.date or '—'} {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse dates that lie too far ahead."""
        super().clean()
        refuse_ahead(self, date=_("Date"))

    @property
    def text(self) -> str:
        """The text in the active language."""
        return in_language(self.text_zh, self.text_en)
