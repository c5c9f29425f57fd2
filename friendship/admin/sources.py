"""Sources, the evidence they give, and the totals they report."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from friendship.admin.filters import titled
from friendship.admin.forms import EvidenceForm, ReportedTotalForm, SourceForm, is_quoted
from friendship.admin.register import RegisterAdmin
from friendship.admin.relationships import TIE_SEARCH
from friendship.models import Evidence, ReportedTotal, Source

_QUOTE = (
    _("The source’s own words"),
    {
        "fields": ["quote", ("start", "end")],
        "description": _(
            "Where we hold the full text of the source, the position of the quote is found when you save."
        ),
    },
)


@admin.register(Source)
class SourceAdmin(RegisterAdmin):
    """Publications that state facts."""

    form = SourceForm
    is_seen_beyond_remits = True
    list_display = ("title", "publisher", "kind", "published_on", "language")
    list_filter = ("kind", ("language", admin.AllValuesFieldListFilter))
    search_fields = ("title", "publisher", "slug")
    search_help_text = _("Words of the title, the publisher or the address.")
    formfield_overrides = {models.URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"}}
    fieldsets = (
        (_("The publication"), {"fields": ["title", "publisher", "kind", "published_on", "language", "url", "slug"]}),
        (_("Notes"), {"fields": ["note_zh", "note_en"]}),
        (_("Full text"), {"fields": ["text"], "classes": ["collapse"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Sources; their texts are read only where they are shown."""
        rows: QuerySet[Any] = super().get_queryset(request).defer("text")
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> tuple[str, ...]:
        """A text into which quotes point by position stays as it is."""
        return ("text",) if obj is not None and is_quoted(obj) else ()

    @admin.display(description=_("published on"), ordering="published_year")
    def published_on(self, source: Source) -> str | None:
        """The date of publication, as far as it is known."""
        return source.published_on.iso if source.published_on else None


@admin.register(Evidence)
class EvidenceAdmin(RegisterAdmin):
    """What sources say of all ties."""

    form = EvidenceForm
    list_display = ("relationship", "claim", "said", "source", "strength")
    list_filter = ("claim", "strength", ("source__kind", titled(_("kind of source"))))
    search_fields = (*(f"relationship__{column}" for column in TIE_SEARCH), "source__title", "value", "quote")
    search_help_text = _("Either place or its country, the title of the source, or words of the quote.")
    autocomplete_fields = ("relationship", "source")
    readonly_fields = ("start", "end")
    fieldsets = (
        (None, {"fields": ["relationship", "source", ("claim", "value"), "strength"]}),
        _QUOTE,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Evidence with its tie and its source, without the source's text."""
        rows: QuerySet[Any] = super().get_queryset(request).defer("source__text")
        return rows.select_related("relationship__home", "relationship__partner", "source")

    @admin.display(description=_("value"), ordering="value")
    def said(self, evidence: Evidence) -> str:
        """What the source says, in the reader's words."""
        return Truncator(evidence.shown_value).chars(60)


@admin.register(ReportedTotal)
class ReportedTotalAdmin(RegisterAdmin):
    """Numbers of ties that sources report."""

    form = ReportedTotalForm
    list_display = ("place", "scope", "metric", "figure", "as_of", "source")
    list_filter = ("metric", "scope")
    search_fields = ("place__search_text", "place__country__search_text", "source__title")
    search_help_text = _("The place, its country, or the title of the source.")
    autocomplete_fields = ("source",)
    readonly_fields = ("start", "end")
    fieldsets = (
        (None, {"fields": ["place", "source", ("scope", "metric"), "as_of"]}),
        (
            _("The figure"),
            {
                "fields": ["value", "as_printed"],
                "description": _(
                    "One of the two: the number, or the source’s own words where it gives no exact number. Words are "
                    "shown as printed, and never computed with."
                ),
            },
        ),
        _QUOTE,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Totals with place and source, without the source's text."""
        rows: QuerySet[Any] = super().get_queryset(request).defer("source__text")
        return rows.select_related("place", "source")

    @admin.display(description=pgettext_lazy("total", "value"), ordering="value")
    def figure(self, total: ReportedTotal) -> str:
        """The number, or the source's own words for it."""
        return total.figure

    @admin.display(description=_("as of"), ordering="as_of_year")
    def as_of(self, total: ReportedTotal) -> str | None:
        """The day, month or year of which the number is true."""
        return total.as_of.iso if total.as_of else None
