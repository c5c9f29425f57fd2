"""What staff is asked for an import: the file and its source, the meaning of unknown columns, the decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import AdminTextInputWidget, AdminURLFieldWidget, AutocompleteSelect
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from friendship import curation
from friendship.admin.forms import SourceForm
from friendship.curation.concurrency import in_sentences
from friendship.enums import Outcome, RelationshipType, RowChoice
from friendship.models import ImportRow, ImportRun, Source
from friendship.queries.imports import Question

#: What the columns of a table must say at least.
REQUIRED = ("home", "partner", "partner_country")

#: The answer that a place is none of those of the register.
NEW = "new"

#: What staff may decide about rows of an outcome; those of other outcomes change nothing.
CHOICES: dict[str, list[tuple[str, Any]]] = {
    Outcome.CONFLICT: [
        (RowChoice.PROPOSED, _("keep the register’s value, note the disagreement")),
        (RowChoice.TAKE, _("take the list’s value")),
        (RowChoice.SKIP, _("leave this row out")),
    ],
    Outcome.CREATED: [(RowChoice.PROPOSED, _("load")), (RowChoice.SKIP, _("leave this row out"))],
    Outcome.UPDATED: [(RowChoice.PROPOSED, _("load")), (RowChoice.SKIP, _("leave this row out"))],
}


def choices_of(row: ImportRow) -> list[tuple[str, Any]]:
    """What may be decided about a row. A decision that has been compared already can be taken back."""
    if row.choice == RowChoice.TAKE:
        return CHOICES[Outcome.CONFLICT]
    if row.choice == RowChoice.SKIP:
        return CHOICES.get(row.outcome, CHOICES[Outcome.CREATED])
    return CHOICES.get(row.outcome, [])


class NewSourceForm(SourceForm):
    """A publication that the register does not know yet. Nothing is asked for while all of it is empty."""

    url = forms.URLField(
        required=False, label=_("Web address"), assume_scheme="https", max_length=1000, widget=AdminURLFieldWidget
    )

    class Meta:
        model = Source
        fields = ["title", "publisher", "kind", "language", "url"]
        widgets = {"title": AdminTextInputWidget, "publisher": AdminTextInputWidget}

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        initial = {"language": "zh-Hans"}
        super().__init__(data, prefix="new", initial=initial, empty_permitted=True, use_required_attribute=False)

    @property
    def is_described(self) -> bool:
        """Whether anything of it was entered."""
        return self.is_bound and self.has_changed()


class UploadForm(forms.Form):
    """A file, and what cannot be read from it: whose list it is, and what its ties are."""

    file = forms.FileField(label=_("File"), max_length=255)
    source = forms.ModelChoiceField(Source.objects.defer("text"), required=False, label=_("Source"))
    type = forms.ChoiceField(
        choices=RelationshipType.choices, initial=RelationshipType.SISTER, label=_("Type where the list names none")
    )
    publish = forms.BooleanField(
        required=False,
        label=_("Publish at once"),
        help_text=_(
            "New ties and places are public as soon as they are loaded. Otherwise they are drafts until a reviewer "
            "publishes them."
        ),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        user: User | AnonymousUser,
        site: AdminSite,
    ) -> None:
        super().__init__(data, files)
        self.new_source = NewSourceForm(data)
        chooser = AutocompleteSelect(ImportRun._meta.get_field("source"), site)
        chooser.choices = self.fields["source"].choices  # type: ignore[attr-defined] # of a choice field
        self.fields["source"].widget = chooser
        if not curation.may_publish(user):
            del self.fields["publish"]

    def clean(self) -> dict[str, Any]:
        """One source at most."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("source") and self.new_source.is_described:
            self.add_error("source", _("Source: choose one, or describe a new one below, not both."))
        return cleaned

    def is_valid(self) -> bool:
        """Whether the new source, where one is described, is complete as well."""
        return super().is_valid() & self.new_source.is_valid()

    def wrong_source(self, error: ValidationError) -> None:
        """Show beside the new source why the register refuses it."""
        self.new_source.add_error(None, in_sentences(*error.messages))


class ColumnsForm(forms.Form):
    """One box a column, which says what the column means."""

    def __init__(
        self,
        data: Any = None,
        *,
        headers: Sequence[str],
        meanings: Mapping[str, Any],
        chosen: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(data)
        self.meanings = meanings
        held = {column: name for name, column in (chosen or {}).items()}
        for column, header in enumerate(headers):
            said = str(header).strip() or gettext("Column %(number)d") % {"number": column + 1}
            self.fields[f"column-{column}"] = forms.ChoiceField(
                required=False,
                label=said,
                initial=held.get(column, ""),
                choices=[("", pgettext_lazy("column", "not used")), *meanings.items()],
            )

    def clean(self) -> dict[str, Any]:
        """Each meaning once, and those that a tie cannot do without."""
        cleaned = super().clean() or self.cleaned_data
        said = [name for name in cleaned.values() if name]
        for name in sorted({name for name in said if said.count(name) > 1}):
            self.add_error(None, _("%(meaning)s: several columns are said to mean this.") % self._named([name]))
        if missing := [name for name in REQUIRED if name not in said]:
            self.add_error(None, _("No column is said to mean: %(meaning)s.") % self._named(missing))
        return cleaned

    def columns(self) -> dict[str, int]:
        """For each meaning, the place of its column, from 0."""
        return {name: int(field.removeprefix("column-")) for field, name in self.cleaned_data.items() if name}

    def _named(self, names: Iterable[str]) -> dict[str, str]:
        return {"meaning": gettext(", ").join(str(self.meanings[name]) for name in names)}


def answers_in(data: Mapping[str, Any], questions: Iterable[Question]) -> dict[str, int | str]:
    """What was answered, by the question’s key: the id of one of its places, or the key of another
    name of the list, or ``NEW``. Anything else is no answer.
    """
    said: dict[str, int | str] = {}
    for question in questions:
        value = data.get(f"answer-{question.key}", "")
        if value == NEW:
            said[question.key] = NEW
        elif value in {str(place.pk) for place in question.candidates}:
            said[question.key] = int(value)
        elif value in dict(question.others):
            said[question.key] = value
    return said


def choices_in(data: Mapping[str, Any], rows: Iterable[ImportRow]) -> dict[int, str]:
    """What was decided about these rows and is not yet so, by the number of the row."""
    said = ((row, data.get(f"choice-{row.number}", row.choice)) for row in rows)
    return {row.number: choice for row, choice in said if choice != row.choice and choice in dict(choices_of(row))}
