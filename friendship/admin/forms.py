"""Forms of the staff side: one text box a date, the version that was shown, and quotes that stand in their source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from friendship.dates import PartialDate, fault_of_year
from friendship.enums import Claim, Level, RelationshipType, ReviewState, Status
from friendship.models import Evidence, ReportedTotal, Source

NO_VERSION = _("This form does not say which version of the record it shows. Open it again.")
_LINE_END = re.compile(r"\r\n?")
_VERBATIM = frozenset({"text", "quote"})
_HOW_TO_WRITE = _("1982, 1982-10, 1982-10-03 or 1982年10月3日: only as much as the source states.")


class PartialDateFormField(forms.CharField):
    """A date of day, month or year in one text box; the form keeps it in the three columns of ``prefix``."""

    def __init__(self, *, prefix: str, label: Any, help_text: Any = _HOW_TO_WRITE) -> None:
        self.columns = frozenset(f"{prefix}_{part}" for part in ("year", "month", "day"))
        widget = forms.TextInput(attrs={"size": 14, "autocomplete": "off"})
        super().__init__(required=False, max_length=40, label=label, help_text=help_text, widget=widget)

    def clean(self, value: Any) -> PartialDate | None:
        """The date, or None where the box is empty. The message names the field and the rule."""
        text = super().clean(value)
        try:
            date = PartialDate.parse(text) if text else None
        except ValueError as error:
            raise self._refusal(error) from None
        if date and (fault := fault_of_year(date.year)):
            raise self._refusal(fault)
        return date

    def _refusal(self, rule: object) -> ValidationError:
        return ValidationError(_("%(field)s: %(rule)s"), code="invalid", params={"field": self.label, "rule": rule})

    def prepare_value(self, value: Any) -> Any:
        """ISO 8601 with only the precision that is known; what could not be read stays as it was typed."""
        return value.iso if isinstance(value, PartialDate) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another date was entered, not whether it is written in another way."""
        try:
            return bool(self.clean(data) != initial)
        except ValidationError:
            return True


class MultiLineField(forms.CharField):
    """Text of several lines. Browsers send lines that end in CR LF; stored lines end in LF."""

    def to_python(self, value: Any) -> Any:
        """The text with its lines as they are stored; nothing where only blanks were typed."""
        text = super().to_python(value)
        if not isinstance(text, str):
            return text
        return _LINE_END.sub("\n", text) if text.strip() else self.empty_value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other words were entered, not whether lines end in another way."""
        return super().has_changed(self.to_python(initial), data)


def lines_of(db_field: models.Field[Any, Any]) -> dict[str, Any]:
    """How a form asks for a column of several lines; a source's own words are kept with every blank."""
    if not isinstance(db_field, models.TextField):
        return {}
    return {"form_class": MultiLineField, "strip": db_field.name not in _VERBATIM}


class RegisterForm(forms.ModelForm):  # type: ignore[type-arg] # generic in its types only
    """A form that knows which version of the row the person was shown, and that reads dates of any precision."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    #: Why the register refused what this form was about to save; the entries are shown again beside it.
    refusal: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._return_to_past(kwargs.get("instance"))
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = self._newest_version()
        for name, _field in self._dates():
            self.initial.setdefault(name, getattr(self.instance, name))

    def clean(self) -> dict[str, Any]:
        """Hand the dates to the row, so that its own rules judge them."""
        cleaned = super().clean() or self.cleaned_data
        for name, _field in self._dates():
            if name in cleaned:
                setattr(self.instance, name, cleaned[name])
        if self.refusal:
            self.add_error(None, self.refusal)
        elif cleaned.get("seen_version") is None and not self.instance._state.adding:
            self.add_error(None, NO_VERSION)
        key = self._meta.model._meta.pk.name
        if key in self.errors and self.fields[key].widget.is_hidden:  # Django marks the invisible number as wrong
            self.add_error(None, _("This record has been deleted since you opened it. Nothing was saved."))
        return cleaned

    @property
    def date_names(self) -> list[str]:
        """The boxes that hold dates."""
        return [name for name, _field in self._dates()]

    def _dates(self) -> Iterator[tuple[str, PartialDateFormField]]:
        for name, field in self.fields.items():
            if isinstance(field, PartialDateFormField):
                yield name, field

    def _get_validation_exclusions(self) -> set[str]:
        # Django leaves out rules about columns that are no fields of the form; the columns of the dates are ours.
        read = (field.columns for name, field in self._dates() if name not in self.errors)
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # private, and has no types
        return excluded - frozenset().union(*read)

    def _newest_version(self) -> int | None:
        if self.instance._state.adding:
            return None
        if is_past(self.instance):  # the newest version is what a return to the past replaces
            return _held(self.instance).values_list("version", flat=True).first()
        return int(self.instance.version)

    def _return_to_past(self, row: models.Model | None) -> None:
        """Bring a past version up to what must not go back with it."""
        if row is None or not is_past(row):
            return
        row._state.adding = not _held(row).exists()
        if hasattr(row, "review_state"):  # what the public sees is decided by publishing, not by going back
            row.review_state = _held(row).values_list("review_state", flat=True).first() or ReviewState.DRAFT


class RelationshipForm(RegisterForm):
    """A tie with its two dates."""

    founded = PartialDateFormField(prefix="founded", label=_("Date established"))
    ended = PartialDateFormField(prefix="ended", label=_("Date ended"))


class EventForm(RegisterForm):
    """Something that happened, with its date."""

    date = PartialDateFormField(prefix="date", label=_("Date"))


class SourceForm(RegisterForm):
    """A publication with its date."""

    published_on = PartialDateFormField(prefix="published", label=_("Published on"))

    def _return_to_past(self, row: models.Model | None) -> None:
        super()._return_to_past(row)
        if isinstance(row, Source) and is_past(row) and is_quoted(row):  # quotes point into the text as it is now
            row.text = _held(row).values_list("text", flat=True).get()


class EvidenceForm(RegisterForm):
    """A source's word, in words instead of codes; the place of the quote in the source's text is found, not typed.

    ``chosen_start`` is where the words begin that the person chose in the text beside the form, in code points: the
    same words may stand there several times.
    """

    chosen_start = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self.instance.value
        if self.initial.get("value") == held:
            self.initial["value"] = _codes(self.instance.claim).get(held, held)

    def get_initial_for_field(self, field: Any, field_name: str) -> Any:
        """While a proposal is mended, its quote stays where it was chosen."""
        known = self.initial.get("start") if field_name == "chosen_start" else None
        return super().get_initial_for_field(field, field_name) if known is None else known

    def clean(self) -> dict[str, Any]:
        """Store the code of a word and the ISO form of a date, and find the quote in its source."""
        cleaned = super().clean()
        if "value" in cleaned:
            cleaned["value"] = _stored(cleaned.get("claim", ""), cleaned["value"])
        find_quote(self, cleaned)
        return cleaned


class ReportedTotalForm(RegisterForm):
    """A reported number with its date; the place of the quote is found, not typed."""

    as_of = PartialDateFormField(prefix="as_of", label=_("As of"))

    def clean(self) -> dict[str, Any]:
        """Find the quote in its source."""
        cleaned = super().clean()
        find_quote(self, cleaned)
        return cleaned


class PlaceForm(RegisterForm):
    """A place of any level."""

    def clean(self) -> dict[str, Any]:
        """Judge what contains the place only where its level is known."""
        cleaned = super().clean()
        if "level" in self.errors:
            cleaned.pop("parent", None)
        return cleaned


class ProvinceForm(RegisterForm):
    """A place of the provincial level, which nothing contains."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.level = Level.PROVINCE


class CountryForm(RegisterForm):
    """A country; its code is asked for once and never changes."""

    def clean_code(self) -> str:
        """Two letters of ISO 3166-1, in capitals."""
        code = str(self.cleaned_data["code"]).upper()
        if len(code) != 2 or not (code.isascii() and code.isalpha()):
            raise ValidationError(_("ISO code: two letters, such as CN."))
        return code


def is_past(row: models.Model) -> bool:
    """Whether the row was read from its history."""
    return hasattr(row, "_history")


def is_quoted(source: Source) -> bool:
    """Whether quotes point into the source's text by position."""
    quotes = (rows.filter(start__isnull=False) for rows in (source.evidence.all(), source.totals.all()))
    return any(rows.exists() for rows in quotes)


def find_quote(form: forms.ModelForm[Any], cleaned: dict[str, Any]) -> None:
    """Set where the quote begins and ends in the text that we hold of its source, in code points."""
    source, quote = cleaned.get("source"), cleaned.get("quote") or ""
    row: Evidence | ReportedTotal = form.instance
    if source is None or not (is_past(row) or {"source", "quote", "chosen_start"} & set(form.changed_data)):
        return
    chosen = cleaned.get("chosen_start")
    if chosen is None and row.start is not None and quote and source.text[row.start : row.end] == quote:
        return  # it stands there still, be it not for the first time
    row.start = row.end = None
    if not quote or not source.text:
        return
    found = _where_it_stands(quote, source.text, chosen)
    if found is None:
        form.add_error("quote", _("Quote: these words do not stand in the full text of the source."))
        return
    row.start, row.end = found.span()
    cleaned["quote"] = found[0]


def _where_it_stands(quote: str, text: str, chosen: int | None) -> re.Match[str] | None:
    """The quote in the text: at the chosen place if it stands there, else for the first time.

    A quote that came through a browser has lines that end in LF; those of a stored text may end otherwise.
    """
    words = re.compile(r"(?:\r\n?|\n)".join(map(re.escape, _LINE_END.sub("\n", quote).split("\n"))))
    at_chosen = words.match(text, chosen) if chosen is not None else None
    return at_chosen or words.search(text)


def _codes(claim: str) -> dict[str, str]:
    """The words for the codes in which a claim of this kind is stored, in the active language."""
    kinds: dict[str, type[models.TextChoices]] = {Claim.TIE: RelationshipType, Claim.STATUS: Status}
    return {code: str(label) for code, label in kinds[claim].choices} if claim in kinds else {}


def _stored(claim: str, value: str) -> str:
    for code, label in _codes(claim).items():
        if value == label:
            return code
    if claim in (Claim.FOUNDED, Claim.ENDED):
        with suppress(ValueError):  # a source may print a date that no calendar knows; it is kept as printed
            return PartialDate.parse(value).iso
    return value


def _held(row: models.Model) -> models.QuerySet[Any]:
    return type(row)._default_manager.filter(pk=row.pk)
