"""What staff is asked for a text: the text itself, and the publication that it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from friendship.admin.forms import MultiLineField
from friendship.admin.import_forms import NewSourceForm
from friendship.admin.keys import key_of
from friendship.importers import documents, records
from friendship.importers.tables import MAX_BYTES
from friendship.models import Reading, Source

#: So many characters of a text are read, more than 1 MB in Chinese: a book has no more.
MOST_CHARACTERS = 400_000
_TITLE = 300


class PublicationForm(NewSourceForm):
    """The publication that a new text is."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["title"].required = False
        self.fields["title"].help_text = _("Left empty, the first line of the text is taken.")
        self.fields["kind"].initial = self.initial["kind"] = "news"

    def columns(self, text: str) -> dict[str, Any]:
        """The columns of the source that the text becomes."""
        row = self.instance
        names = [*self._meta.fields, "published_year", "published_month", "published_day"]  # type: ignore[misc]
        first = next((" ".join(line.split()) for line in text.splitlines() if line.strip()), "")
        return {name: getattr(row, name) for name in names} | {"title": row.title or first[:_TITLE]}

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"title", "slug"}  # both may be made from the text


class TextForm(forms.Form):
    """A text, pasted or as a file, or one that the register holds."""

    text = MultiLineField(
        required=False,
        strip=False,
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField"}),
        help_text=_("Paste the whole text. It is kept as it is, so that quotes can point into it."),
    )
    file = forms.FileField(
        required=False,
        label=_("or a file"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ",".join(documents.EXTENSIONS)}),
        help_text=_("TXT, Word (DOCX), or PDF with text in it; a scan without text cannot be read."),
    )
    source = forms.ModelChoiceField(Source.objects.none(), required=False, label=_("or a source of the register"))
    keeps_text = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Keep the whole text with the source"),
        help_text=_(
            "The public reads it on the page of the source once something of it is published. Untick it for articles "
            "under copyright: then the quotes alone are kept."
        ),
    )
    home = forms.CharField(
        required=False,
        max_length=100,
        label=_("Home of the text"),
        help_text=_(
            "The place that “our city” or “the whole province” means, such as 四川省. Only needed for such words."
        ),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, site: AdminSite, home: str = "", source: str = ""
    ) -> None:
        super().__init__(data, files, initial={"home": home, "keeps_text": True, "source": key_of(source)})
        self.publication = PublicationForm(data)
        field: Any = self.fields["source"]
        field.queryset = Source.objects.exclude(text="").defer("text")
        field.widget = AutocompleteSelect(Reading._meta.get_field("source"), site)
        field.widget.choices = field.choices
        field.help_text = _("Only one whose full text the register holds.")

    def clean(self) -> dict[str, Any]:
        """One text and no more, of a length that can be read."""
        cleaned = super().clean() or self.cleaned_data
        file, source = cleaned.get("file"), cleaned.get("source")
        given = [name for name in ("text", "file", "source") if cleaned.get(name)]
        if not given and not self.errors:
            self.add_error("text", _("Text: paste one, choose a file, or choose a source below."))
        elif len(given) > 1:
            self.add_error(given[-1], _("Text: either paste it, or choose a file, or a source; not several."))
        elif file is not None:
            cleaned["text"] = self._read(file)
        elif source is not None:
            cleaned["text"] = source.text
        if len(cleaned.get("text") or "") > MOST_CHARACTERS:
            told = _("Text: longer than %(most)d characters. Cut it into parts.")
            self.add_error(given[-1] if given else "text", told % {"most": MOST_CHARACTERS})
        return cleaned

    def _read(self, file: Any) -> str:
        """The text of a file; the form shows it, so that it is there still when something else has to be mended."""
        try:
            _refuse_large(file.size)
            text = documents.read(file.name, file.read())
        except records.Unreadable as error:
            self.add_error("file", str(error))
            return ""
        self.data = {**self.data, "text": text}  # a browser does not send the file again
        return text

    def is_valid(self) -> bool:
        """Whether the publication is described as well, where the text is no source of the register."""
        sound = super().is_valid()
        if sound and self.cleaned_data.get("source"):
            return True
        return sound & self.publication.is_valid()


def _refuse_large(size: int) -> None:
    """Refuse a file before it is read into memory."""
    if size > MAX_BYTES:
        raise records.Unreadable(gettext("The file is too large: at most %(most)d MB.") % {"most": MAX_BYTES // 10**6})
