"""Forms of curated rows: they carry the version that was shown, read partial dates, and find quotes in their source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.functional import Promise
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from friendship.dates import PartialDate
from friendship.models import Event, Evidence, Relationship, ReportedTotal, Source
from friendship.models.curation import Curated


class PartialDateFormField(forms.Field):
    """One box for a date known to the year, the month or the day.

    ``column`` is the beginning of the names of the three columns that hold it.
    """

    widget = AdminTextInputWidget(attrs={"class": "partial-date", "placeholder": "1982-10-03", "autocomplete": "off"})

    def __init__(self, column: str, label: Promise) -> None:
        as_known = _("As far as it is known: 1982, 1982-10 or 1982-10-03. 1982年10月3日 and 1982.10.3 are understood too.")
        super().__init__(required=False, label=capfirst(label), help_text=as_known)
        self.columns = {f"{column}_{part}" for part in ("year", "month", "day")}

    def to_python(self, value: Any) -> PartialDate | None:
        """Read what was typed; an error names the field and the rule."""
        if value is None or isinstance(value, PartialDate):
            return value
        if not value.strip():
            return None
        try:
            return PartialDate.parse(value)
        except ValueError as error:
            raise ValidationError(format_lazy("{}{}{}", self.label, _(": "), str(error)), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """Show ISO 8601; what could not be read is shown as it was typed."""
        return value.iso if isinstance(value, PartialDate) else value


class CuratedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that knows which version of its row the person was shown, and why an earlier try to save was refused."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    refusal: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["version"] = _current_version(self.instance)
        for name, _field in self._dates():
            self.initial.setdefault(name, getattr(self.instance, name))

    def clean(self) -> dict[str, Any]:
        """Refuse what was refused while saving, and a form that hides which version it was made from."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.refusal:
            self.add_error(None, self.refusal)
        elif not self.instance._state.adding and cleaned.get("version") is None:
            self.add_error(None, _("This form does not say which version of the record it shows. Open the record again."))
        return cleaned

    def _post_clean(self) -> None:
        for name, _field in self._dates():
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
        if self.cleaned_data.get("version") is not None:
            self.instance.version = self.cleaned_data["version"]  # curation compares it with the one in the table
        super()._post_clean()  # type: ignore[misc]

    def _get_validation_exclusions(self) -> set[str]:
        # A rule on the three columns is checked although only the one box is on the form.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        for name, field in self._dates():
            if name not in self.errors:
                excluded -= field.columns
        return excluded

    def _dates(self) -> Iterator[tuple[str, PartialDateFormField]]:
        for name, field in self.fields.items():
            if isinstance(field, PartialDateFormField):
                yield name, field


def _current_version(row: Curated) -> int | None:
    """The version in the table: a row brought back from history carries the one of its day."""
    if not hasattr(row, "_history"):
        return row.version
    return type(row)._base_manager.filter(pk=row.pk).values_list("version", flat=True).first()


class CuratedFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The rows below a record; a row that someone else has deleted in the meantime is named as the reason."""

    def clean(self) -> None:
        """Say that a row is gone, where Django only marks its invisible number as wrong."""
        super().clean()
        if any(self._pk_field.name in form.errors for form in self.initial_forms):
            raise ValidationError(
                _("Someone else has deleted one of these entries since you opened the record. Open it again.")
            )


class RelationshipForm(CuratedForm):
    """A tie with its two dates."""

    founded = PartialDateFormField("founded", _("date established"))
    ended = PartialDateFormField("ended", _("date ended"))

    class Meta:
        model = Relationship
        fields: ClassVar[list[str]] = []


class EventForm(CuratedForm):
    """An event with its date."""

    date = PartialDateFormField("date", _("date"))

    class Meta:
        model = Event
        fields: ClassVar[list[str]] = []


class SourceForm(CuratedForm):
    """A source with its date of publication."""

    published_on = PartialDateFormField("published", _("published on"))

    class Meta:
        model = Source
        fields: ClassVar[list[str]] = []


class QuotedForm(CuratedForm):
    """A row with a verbatim quote; its position is found where we hold the source's full text."""

    def clean(self) -> dict[str, Any]:
        """Find the quote in the text."""
        cleaned = super().clean()
        if {"quote", "source"} & set(self.changed_data):
            self._locate(cleaned.get("quote") or "", cleaned.get("source"))
        return cleaned

    def _locate(self, quote: str, source: Source | None) -> None:
        self.instance.start = self.instance.end = None
        if not quote or source is None or not source.text:
            return
        start = source.text.find(quote)
        if start < 0:
            self.add_error(
                "quote",
                _("Quote: these words do not stand in the source’s full text. Copy them from there exactly."),
            )
        else:
            self.instance.start, self.instance.end = start, start + len(quote)


class EvidenceForm(QuotedForm):
    """What a source says about one claim."""

    class Meta:
        model = Evidence
        fields: ClassVar[list[str]] = []


class ReportedTotalForm(QuotedForm):
    """A number that a source reports, with the day that it speaks of."""

    as_of = PartialDateFormField("as_of", _("as of"))

    class Meta:
        model = ReportedTotal
        fields: ClassVar[list[str]] = []
