"""Where facts come from: sources, the evidence they give for a tie, and the totals they report."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from friendship import names
from friendship.dates import PartialDate
from friendship.enums import Claim, Metric, RelationshipType, Scope, SourceKind, Status, Strength
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
from friendship.models.relationships import Event, Relationship
from friendship.paths import path_of


class SourceQuerySet(models.QuerySet["Source"]):
    """Sources in the words of the field."""

    def published(self) -> SourceQuerySet:
        """What the public may see: not a source that speaks of drafts alone, such as the file of an import.

        Nor one that says nothing yet: what it is to say may wait for review.
        """
        source = OuterRef("pk")
        # Looked up one by one: a list of all that is published takes longer to make than to ask.
        public = Exists(Relationship.objects.published().filter(pk=OuterRef("relationship")))
        placed = Exists(Place.objects.published().filter(pk=OuterRef("place")))
        shown = Exists(Evidence.objects.filter(public, source=source))
        told = Exists(Event.objects.filter(public, source=source))
        counted = Exists(ReportedTotal.objects.filter(placed, source=source))
        return self.filter(shown | told | counted)


class Source(Curated):
    """One publication that states facts about ties: a press conference, a web page, an article.

    ``text`` is the whole document, verbatim, where we hold it; evidence points into it by character offsets.
    A title in round brackets was supplied by us because the document has none of its own.
    """

    slug = models.SlugField(
        _("address"),
        max_length=100,
        blank=True,
        help_text=_("Last part of the page’s address; made from the title when left empty."),
    )
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind)
    published_year = year_column(_("published on"))
    published_month = month_column(_("published on"))
    published_day = day_column(_("published on"))
    url = models.URLField(_("web address"), max_length=1000, blank=True)
    language = models.CharField(_("language"), max_length=12, help_text=_("BCP 47 code, such as zh-Hans, en or ja."))
    note_zh = models.TextField(_("note in Chinese"), blank=True)
    note_en = models.TextField(_("note in English"), blank=True)
    text = models.TextField(
        _("full text"), blank=True, help_text=_("Verbatim. Quotes point into it by position, so it is never tidied up.")
    )

    published_on = date_property("published")
    objects = SourceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["slug"]
        constraints = [
            UniqueConstraint(
                fields=["slug"],
                name="source_slug_unique",
                violation_error_message=_("Address: another source already uses it."),
            ),
            CheckConstraint(
                condition=~Q(slug=""),
                name="source_slug_not_empty",
                violation_error_message=_("Address: give one for this source."),
            ),
            CheckConstraint(
                condition=Q(kind__in=SourceKind.values),
                name="source_kind_known",
                violation_error_message=_("Kind: choose one from the list."),
            ),
            *date_constraints("source", "published", _("Published on")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def note(self) -> str:
        """The note in the active language."""
        return in_language(self.note_zh, self.note_en)

    def get_absolute_url(self) -> str:
        """The public page."""
        return path_of("source", self.slug)

    def clean_fields(self, exclude: Any = None) -> None:
        """Make the address from the title where it was left empty."""
        self.slug = self.slug or names.slug_for(self.title, self.title)[:100].strip("-")
        super().clean_fields(exclude)

    def clean(self) -> None:
        """Refuse dates that lie too far ahead."""
        super().clean()
        refuse_ahead(self, published=_("Published on"))


class Evidence(Curated):
    """A source's word on one claim about one tie.

    Sources that disagree are all kept: the row's own value is the curator's decision. ``value`` is the claim as this
    source gives it (a type code, an ISO date, a status code, or the printed word), ``start`` and ``end`` are
    offsets in Unicode code points of the quote in the source's text.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="evidence", verbose_name=_("source"))
    relationship = models.ForeignKey(
        Relationship, models.CASCADE, related_name="evidence", verbose_name=_("relationship")
    )
    claim = models.CharField(_("claim"), max_length=8, choices=Claim)
    value = models.CharField(
        _("value"), max_length=200, blank=True, help_text=_("As this source gives it, even where it disagrees.")
    )
    quote = models.TextField(_("quote"), blank=True, help_text=_("The source’s own words, verbatim."))
    start = models.IntegerField(_("quote begins at"), null=True, blank=True)
    end = models.IntegerField(_("quote ends at"), null=True, blank=True)
    strength = models.CharField(_("strength"), max_length=8, choices=Strength, default=Strength.EXPLICIT)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["id"]
        constraints = [
            CheckConstraint(
                condition=Q(claim__in=Claim.values),
                name="evidence_claim_known",
                violation_error_message=_("Claim: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(strength__in=Strength.values),
                name="evidence_strength_known",
                violation_error_message=_("Strength: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True)
                | Q(start__gte=0, end__isnull=False, end__gt=F("start")),
                name="evidence_offsets_are_a_range",
                violation_error_message=_("Quote position: give begin and end, the end after the begin, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_claim_display()}: {self.shown_value}"

    @property
    def shown_value(self) -> str:
        """The value in the reader's words: a date or a label instead of a code."""
        match self.claim:
            case Claim.TIE if self.value in RelationshipType.values:
                return str(RelationshipType(self.value).label)
            case Claim.STATUS if self.value in Status.values:
                return str(Status(self.value).label)
            case Claim.FOUNDED | Claim.ENDED:
                return _shown_date(self.value)
            case _:
                return self.value


def _shown_date(value: str) -> str:
    try:
        return str(PartialDate.parse(value))
    except ValueError:
        return value  # a source may print a date that no calendar knows; it is shown as printed


class ReportedTotal(Curated):
    """A number of ties that a source reports for a place, to be set beside what the register holds.

    A source that gives no exact number (近90, "nearly 90") is kept in its own words: these are shown, and nothing is
    computed with them.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="totals", verbose_name=_("source"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="totals", verbose_name=_("place"))
    scope = models.CharField(_("scope"), max_length=12, choices=Scope)
    metric = models.CharField(_("metric"), max_length=12, choices=Metric)
    value = models.IntegerField(
        pgettext_lazy("total", "value"),
        null=True,
        blank=True,
        help_text=_("The number, where the source gives an exact one."),
    )
    as_printed = models.CharField(
        _("figure as printed"),
        max_length=100,
        blank=True,
        help_text=_("The source’s own words, where its number is not exact: 近90. Shown, never computed with."),
    )
    as_of_year = year_column(_("as of"))
    as_of_month = month_column(_("as of"))
    as_of_day = day_column(_("as of"))
    quote = models.TextField(_("quote"), blank=True, help_text=_("The source’s own words, verbatim."))
    start = models.IntegerField(_("quote begins at"), null=True, blank=True)
    end = models.IntegerField(_("quote ends at"), null=True, blank=True)

    as_of = date_property("as_of")
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reported total")
        verbose_name_plural = _("reported totals")
        ordering = ["id"]
        constraints = [
            CheckConstraint(
                condition=Q(value__gte=0),
                name="reportedtotal_value_not_negative",
                violation_error_message=_("Value: must not be negative."),
            ),
            CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(as_printed=""),
                name="reportedtotal_has_a_figure",
                violation_error_message=_("Value: give the number, or the figure as printed where it is not exact."),
            ),
            CheckConstraint(
                condition=Q(value__isnull=True) | Q(as_printed=""),
                name="reportedtotal_exact_or_as_printed",
                violation_error_message=_("Figure as printed: leave it empty where the value is exact."),
            ),
            CheckConstraint(
                condition=Q(scope__in=Scope.values),
                name="reportedtotal_scope_known",
                violation_error_message=_("Scope: choose one from the list."),
            ),
            CheckConstraint(
                condition=Q(metric__in=Metric.values),
                name="reportedtotal_metric_known",
                violation_error_message=_("Metric: choose one from the list."),
            ),
            UniqueConstraint(
                "source",
                "place",
                "scope",
                "metric",
                Coalesce("as_of_year", 0),
                Coalesce("as_of_month", 0),
                Coalesce("as_of_day", 0),
                name="reportedtotal_said_once",
                violation_error_message=_("This source already gives this total for this place, scope and date."),
            ),
            CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True)
                | Q(start__gte=0, end__isnull=False, end__gt=F("start")),
                name="reportedtotal_offsets_are_a_range",
                violation_error_message=_("Quote position: give begin and end, the end after the begin, or neither."),
            ),
            *date_constraints("reportedtotal", "as_of", _("As of")),
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.get_scope_display()} · {self.get_metric_display()}: {self.figure}"

    def clean(self) -> None:
        """Refuse dates that lie too far ahead."""
        super().clean()
        refuse_ahead(self, as_of=_("As of"))

    @property
    def figure(self) -> str:
        """The number, or the source's own words where it is not exact."""
        return self.as_printed if self.value is None else str(self.value)
