"""The filters beside the lists that Django has no ready-made one for."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class FoundedFilter(admin.SimpleListFilter):
    """The decade in which a tie was established and, once a decade is chosen, its years.

    The parameter is a decade by its first three digits (198) or a year (1982).
    """

    title = _("date established")
    parameter_name = "founded"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """The decades and years that hold a tie."""
        known = model_admin.get_queryset(request).exclude(founded_year=None).order_by("founded_year")
        years = list(known.values_list("founded_year", flat=True).distinct())
        return [choice for decade in dict.fromkeys(year // 10 for year in years) for choice in self._open(decade, years)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Ties of that decade or year; what is no number finds nothing."""
        value = self.value()
        if value is None:
            return queryset
        if not (value.isascii() and value.isdigit() and len(value) in (3, 4)):
            return queryset.none()
        if len(value) == 3:
            return queryset.filter(founded_year__range=(int(value) * 10, int(value) * 10 + 9))
        return queryset.filter(founded_year=int(value))

    def _open(self, decade: int, years: list[int]) -> list[tuple[str, str]]:
        heading = (f"{decade:03d}", _now("%(year)ds") % {"year": decade * 10})
        if (self.value() or "")[:3] != heading[0]:
            return [heading]
        return [heading, *((f"{year:04d}", f"· {year}") for year in years if year // 10 == decade)]

    def value(self) -> str | None:
        """The decade or year asked for."""
        value: str | None = self.used_parameters.get(self.parameter_name)
        return value


class GapFilter(admin.SimpleListFilter):
    """Rows in which something is still missing. ``gaps`` gives each gap's label and its condition."""

    title = _("still missing")
    parameter_name = "missing"
    gaps: ClassVar[dict[str, tuple[Promise, Q]]]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Promise]]:
        """The gaps that this table can have."""
        return [(name, label) for name, (label, _condition) in self.gaps.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows with that gap."""
        value = self.value()
        if value is None:
            return queryset
        return queryset.filter(self.gaps[value][1]) if value in self.gaps else queryset.none()


class RelationshipGaps(GapFilter):
    """What a tie can lack."""

    gaps = {
        "date": (_("date established"), Q(founded_year=None)),
        "evidence": (_("evidence"), Q(evidence=None)),
    }


class PlaceGaps(GapFilter):
    """What a place can lack."""

    gaps = {
        "coordinates": (_("coordinates"), Q(latitude=None)),
        "name_zh": (_("Chinese name"), Q(name_zh="")),
        "name_en": (_("English name"), Q(name_en="")),
    }
