"""Sources, and the totals that they report."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from friendship.admin.choices import chosen
from friendship.admin.curated import CuratedAdmin
from friendship.admin.forms import ReportedTotalForm, SourceForm
from friendship.dates import PartialDate
from friendship.models import ReportedTotal, Source


@admin.register(Source)
class SourceAdmin(CuratedAdmin):
    """Publications."""

    form = SourceForm
    list_display = ["title", "publisher", "kind", "language", "published_on"]
    list_filter = ["kind", "language", "published_year"]
    search_fields = ["title", "publisher", "url", "slug"]
    ordering = ["-published_year", "-published_month", "-published_day", "slug"]
    fieldsets = [
        (_("The publication"), {"fields": ["title", "publisher", "kind", "published_on", "language", "url"]}),
        (_("Notes for readers"), {"fields": ["note_zh", "note_en"], "classes": ["collapse"]}),
        (
            _("Full text"),
            {
                "fields": ["text"],
                "classes": ["collapse"],
                "description": _("Enter it once, word for word: quotes point into it, so it can’t be changed later."),
            },
        ),
        (_("Address"), {"fields": ["slug"], "classes": ["collapse"]}),
    ]

    @admin.display(description=_("published on"), ordering="published_year", empty_value="—")
    def published_on(self, source: Source) -> PartialDate | None:
        """The date as far as it is known."""
        return source.published_on

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> list[str]:
        """A text that quotes point into is not edited."""
        return ["text"] if obj and obj.text else []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        """Sources, each text loaded only when it is shown."""
        rows: QuerySet[Source] = super().get_queryset(request)
        return rows.defer("text")


@admin.register(ReportedTotal)
class ReportedTotalAdmin(CuratedAdmin):
    """Numbers of ties that sources report."""

    form = ReportedTotalForm
    list_display = ["place", "scope", "metric", "value", "as_of", "source"]
    list_filter = ["scope", "metric", "as_of_year"]
    list_select_related = ["place", "source"]
    search_fields = ["place__search_text", "place__country__search_text"]
    ordering = ["-as_of_year", "-as_of_month", "-as_of_day", "pk"]
    autocomplete_fields = ["source"]
    fieldsets = [(None, {"fields": ["source", "place", ("scope", "metric", "value"), "as_of", "quote"]})]
    view_on_site = False

    @admin.display(description=_("as of"), ordering="as_of_year", empty_value="—")
    def as_of(self, total: ReportedTotal) -> PartialDate | None:
        """The date as far as it is known."""
        return total.as_of

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportedTotal]:
        """Totals, without the full texts of their sources."""
        rows: QuerySet[ReportedTotal] = super().get_queryset(request)
        return rows.defer("source__text")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choose the place by any of its names."""
        if db_field.name == "place":
            kwargs.update(chosen(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
