"""A date of day, month or year as three columns: the property that reads them and the rules that the database keeps."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q, Value
from django.db.models.lookups import Exact
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from friendship.dates import PartialDate, fault_of_year

_LONG_MONTHS = [1, 3, 5, 7, 8, 10, 12]
_LAST_YEAR = 9999


def year_column(verbose_name: Promise) -> models.SmallIntegerField[int | None, int | None]:
    """The column of the year."""
    return models.SmallIntegerField(format_lazy("{} ({})", verbose_name, _("year")), null=True, blank=True)


def month_column(verbose_name: Promise) -> models.SmallIntegerField[int | None, int | None]:
    """The column of the month, empty where only the year is known."""
    return models.SmallIntegerField(format_lazy("{} ({})", verbose_name, _("month")), null=True, blank=True)


def day_column(verbose_name: Promise) -> models.SmallIntegerField[int | None, int | None]:
    """The column of the day, empty where the day is not known."""
    return models.SmallIntegerField(format_lazy("{} ({})", verbose_name, _("day")), null=True, blank=True)


def date_property(prefix: str) -> property:
    """A property that reads and writes ``<prefix>_year``, ``_month`` and ``_day`` as one ``PartialDate`` or None."""
    columns = [f"{prefix}_{part}" for part in ("year", "month", "day")]

    def read(row: models.Model) -> PartialDate | None:
        return PartialDate.of(*(getattr(row, column) for column in columns))

    def write(row: models.Model, date: PartialDate | None) -> None:
        for column, part in zip(columns, date.parts if date else (None, None, None), strict=True):
            setattr(row, column, part)

    return property(read, write, doc=f"The {prefix} date with the precision that is known, or None.")


def refuse_ahead(row: models.Model, **labels: Promise) -> None:
    """Raise ``ValidationError`` where dates lie too far ahead, each named by its label.

    No constraint says it, because a database that judges by its clock judges the same row in two ways; rows that were
    written past the models are found by the audit.
    """
    faults = {label: fault_of_year(getattr(row, f"{prefix}_year")) for prefix, label in labels.items()}
    if said := [f"{label}{_(': ')}{fault}" for label, fault in faults.items() if fault]:
        raise ValidationError(said)


def date_constraints(model: str, prefix: str, label: Promise) -> list[CheckConstraint]:
    """The rules of one partial date; ``label`` names the field in the messages."""
    year, month, day = (f"{prefix}_{part}" for part in ("year", "month", "day"))
    rules: list[tuple[str, Q, Promise]] = [
        (
            "year_in_range",
            Q(**{f"{year}__isnull": True}) | Q(**{f"{year}__range": (1, _LAST_YEAR)}),
            _("the year must lie between 1 and 9999."),
        ),
        (
            "month_needs_year",
            Q(**{f"{month}__isnull": True}) | Q(**{f"{year}__isnull": False}),
            _("a month needs a year."),
        ),
        (
            "day_needs_month",
            Q(**{f"{day}__isnull": True}) | Q(**{f"{month}__isnull": False}),
            _("a day needs a month."),
        ),
        (
            "date_exists",
            _month_exists(month) & _day_exists(year, month, day),
            _("this date does not exist in the calendar."),
        ),
    ]
    return [
        CheckConstraint(
            condition=condition,
            name=f"{model}_{prefix}_{name}",
            violation_error_message=format_lazy("{}{}{}", label, _(": "), message),
        )
        for name, condition, message in rules
    ]


def _month_exists(month: str) -> Q:
    return Q(**{f"{month}__isnull": True}) | Q(**{f"{month}__range": (1, 12)})


def _day_exists(year: str, month: str, day: str) -> Q:
    thirtieth = Q(**{day: 30}) & ~Q(**{month: 2})
    thirty_first = Q(**{day: 31, f"{month}__in": _LONG_MONTHS})
    twenty_ninth = Q(**{day: 29}) & (~Q(**{month: 2}) | _leap(year))
    return Q(**{f"{day}__isnull": True}) | Q(**{f"{day}__range": (1, 28)}) | twenty_ninth | thirtieth | thirty_first


def _leap(year: str) -> Q:
    def divides(divisor: int) -> Q:
        return Q(Exact(F(year) % Value(divisor), 0))

    return (divides(4) & ~divides(100)) | divides(400)
