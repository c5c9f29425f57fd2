"""What the lists of the staff side can be narrowed by: work that is left to do, and dates known or not."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from friendship.admin.keys import key_of
from friendship.models import ImportRun, Place, Relationship
from friendship.queries import worklists
from friendship.queries.imports import ties_of_import
from friendship.queries.rights import narrowed, remit_of

_NO_DATE = "none"


def titled(words: Any) -> type[admin.ChoicesFieldListFilter]:
    """A filter by the choices of a column, under another heading than the column's own."""

    class Titled(admin.ChoicesFieldListFilter):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.title = words

    return Titled


class FoundedFilter(admin.SimpleListFilter):
    """The decade of the date established; within a chosen decade its years, and the ties without a date."""

    title = _("date established")
    parameter_name = "founded"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The decades and years that the register holds, newest first."""
        years = Relationship.objects.filter(founded_year__isnull=False).order_by("-founded_year")
        held: list[Any] = list(years.values_list("founded_year", flat=True).distinct())
        options: list[tuple[str, str]] = []
        for decade in dict.fromkeys(year // 10 * 10 for year in held):
            options.append((f"{decade}s", gettext("%(decade)ds") % {"decade": decade}))
            if self._is_in(decade):
                options += [(str(year), f"· {year}") for year in held if year // 10 * 10 == decade]
        return [*options, (_NO_DATE, gettext("no date"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The ties of the decade or year."""
        value = self.value()
        if value == _NO_DATE:
            return queryset.filter(founded_year__isnull=True)
        first = _year(value)
        if first is None:
            return queryset
        last = first + 9 if str(value).endswith("s") else first
        return queryset.filter(founded_year__range=(first, last))

    def _is_in(self, decade: int) -> bool:
        year = _year(self.value())
        return year is not None and year // 10 * 10 == decade


def _year(value: str | None) -> int | None:
    digits = (value or "").removesuffix("s")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 4 else None


class EvidenceFilter(admin.SimpleListFilter):
    """Whether any source speaks of the tie."""

    title = _("evidence")
    parameter_name = "has_evidence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """With or without."""
        return [("yes", _("has evidence")), ("no", _("has no evidence"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The ties with or without a source."""
        match self.value():
            case "yes":
                return queryset.filter(worklists.has_source())
            case "no":
                return queryset.filter(~worklists.has_source())
        return queryset


class DisagreementFilter(admin.SimpleListFilter):
    """Whether sources give different values of one claim, and whether a note says why the register chose as it did."""

    title = _("sources that disagree")
    parameter_name = "sources"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """All of these ties, or those that wait for a word."""
        return [("disagree", _("sources disagree")), ("unexplained", _("sources disagree, no note"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The ties with such sources."""
        match self.value():
            case "disagree":
                return queryset.filter(worklists.disagreeing())
            case "unexplained":
                return queryset.filter(worklists.unexplained())
        return queryset


class MissingFilter(admin.SimpleListFilter):
    """What is left to find out about a place."""

    title = _("what is missing")
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The gaps that a list of these places can have."""
        gaps: list[tuple[str, Any]] = [
            ("coordinates", _("without coordinates")),
            ("name_en", _("without English name")),
            ("name_zh", _("without Chinese name")),
        ]
        return [*gaps, ("parent", _("without a place it is part of"))] if model_admin.shows_parent else gaps

    def queryset(self, request: HttpRequest, queryset: QuerySet[Place]) -> QuerySet[Place]:
        """The places with the gap."""
        condition = worklists.PLACE_GAPS.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


class RemitFilter(admin.SimpleListFilter):
    """What the person may change, where a remit limits them. Nobody else is asked."""

    title = _("remit")
    parameter_name = "remit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Only for who has one."""
        return [] if remit_of(request.user) is None else [("own", _("within your remit"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows within it."""
        return narrowed(queryset, request.user) if self.value() == "own" else queryset


class ImportFilter(admin.SimpleListFilter):
    """The ties that one import wrote. Reached from the page of the import; other lists do not show it."""

    title = _("import")
    parameter_name = "import"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The import of the address, where it names one."""
        key = key_of(self.value() or "")
        runs = narrowed(ImportRun.objects.all(), request.user)
        asked = runs.none() if key is None else runs.filter(pk=key)
        return [(str(run.pk), run.file_name) for run in asked.only("file_name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The ties of the import."""
        return queryset.filter(ties_of_import(key_of(self.value() or "") or 0))
