"""What the form of any candidate asks: its entries as found, as typed and as sent, and which place is meant."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from friendship.admin.choices import place_label
from friendship.dates import PartialDate
from friendship.enums import Level
from friendship.extraction.records import Quote
from friendship.importers import records
from friendship.importers.offering import Side, values_of
from friendship.models import Place
from friendship.queries import readings as queries

OTHER, NEW = "other", "new"
_PREFIX = 16


def prefix_of(key: str) -> str:
    """What the names of the boxes of a candidate begin with, and its address on the page."""
    return f"c{key[:_PREFIX]}"


class CandidateForm(forms.Form):
    """The boxes of one candidate, filled with what was found, or with what somebody has typed instead."""

    def __init__(self, data: Any, key: str, found: Mapping[str, Any], typed: Mapping[str, Any]) -> None:
        super().__init__(data, prefix=prefix_of(key), use_required_attribute=False)
        self.found = dict(found)
        self.typed = dict(typed)

    def begin(self) -> None:
        """Fill the boxes, once all of them are there."""
        self.initial = {**self.found, **{name: value for name, value in self.typed.items() if name in self.fields}}

    def now(self, name: str) -> Any:
        """What stands in a box at present, as it is written."""
        if self.is_bound:
            return self.data.get(self.add_prefix(name), "")
        return self.typed.get(name, self.found.get(name, ""))

    def corrections(self) -> dict[str, Any]:
        """The entries that differ from what was found."""
        told = {}
        for name, field in self.fields.items():
            if field.widget.is_hidden:
                continue
            value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if self._was_offered(name, value):
                continue
            if _plain(value) != _plain(field.prepare_value(self.found.get(name))):
                told[name] = _kept(value)
        return told

    @property
    def shown(self) -> str:
        """A sign for the corrections that the page showed: sent back, it tells whether somebody has typed since."""
        return _sign_of(self.typed)

    @property
    def is_as_shown(self) -> bool:
        """Whether the entries that were sent are those of the page: then a colleague’s, who typed meanwhile, stay."""
        return self.data.get(self.add_prefix("shown")) == _sign_of(self.corrections())

    def _was_offered(self, name: str, value: Any) -> bool:
        """Whether the page offered another place than is offered by now: then its entries are nobody's corrections."""
        which = name.partition("_")[0]
        offered = self.offered(which)
        if offered is None or offered == str(self.found[which]):
            return False
        return name != which or value == offered

    def offered(self, name: str) -> str | None:
        """Which place the page offered that was sent; None for other boxes."""
        told = self.data.get(self.add_prefix(f"{name}_was"))
        return None if told is None else str(told)

    def as_sent(self) -> dict[str, Any]:
        """What a browser would send if nobody touched the form."""
        return {self.add_prefix(name): value for name, value in self.initial.items() if value not in (None, "", False)}

    def reason(self, told: records.Reason) -> str:
        """A reason of the importers, in the reader's language."""
        return gettext(told.text) % told.parameters


def _kept(value: Any) -> Any:
    """An entry as a database keeps it: PostgreSQL knows no character NUL."""
    if isinstance(value, list):
        return [_kept(each) for each in value]
    return value.replace("\0", "") if isinstance(value, str) else value


def _sign_of(corrections: Mapping[str, Any]) -> str:
    plain = {name: _plain(value) for name, value in corrections.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:_PREFIX]


def _plain(value: Any) -> Any:
    """A value as a browser sends it back."""
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    if isinstance(value, bool):
        return value
    return re.sub(r"\r\n?", "\n", "" if value is None else str(value))


class PlaceQuestion:
    """The boxes with which a form asks for one place: which one of the register, or a new one."""

    def __init__(self, form: CandidateForm, name: str, side: Side, *, may_be_new: bool = True) -> None:
        self.form, self.name, self.side = form, name, side
        written = str(form.now(f"{name}_other")).strip()  # what it found stays to choose from
        self.looked_up = queries.places_called(written) if written and form.now(name) != NEW else []
        self.options = list({place.pk: place for place in [*side.options, *self.looked_up]}.values())
        choices = [(str(place.pk), place_label(place)) for place in self.options]
        choices.append((OTHER, gettext("another place of the register")))
        if may_be_new:
            choices.append((NEW, gettext("a new place")))
        form.fields[name] = forms.ChoiceField(
            required=False, label=self.label, choices=choices, widget=forms.RadioSelect()
        )
        form.fields[f"{name}_other"] = forms.CharField(
            required=False, max_length=100, label=_("Its name, with its province or country where needed")
        )
        if may_be_new:
            self._describe()

    @property
    def label(self) -> Any:
        """What the place is to the tie."""
        return {"home": _("Home side"), "partner": _("Partner side")}.get(self.name, _("Place"))

    @staticmethod
    def found(name: str, side: Side) -> dict[str, Any]:
        """What the boxes are filled with."""
        if side.meant is not None:
            choice = str(side.meant.pk)
        else:
            choice = NEW if side.brought is not None or not side.options else ""
        described = {f"{name}_{part}": value for part, value in values_of(side).items()}
        return {name: choice, f"{name}_other": "", **described}

    def _describe(self) -> None:
        parts: dict[str, Any] = {
            "name_zh": forms.CharField(required=False, max_length=100, label=_("Chinese name")),
            "name_en": forms.CharField(required=False, max_length=100, label=_("English name")),
            "level": forms.ChoiceField(required=False, choices=[("", "—"), *Level.choices], label=_("Level")),
            "country": forms.CharField(
                required=False,
                max_length=100,
                label=_("Country or region"),
                widget=forms.TextInput(attrs={"list": "countries"}),
            ),
            "parent": forms.CharField(required=False, max_length=100, label=_("Part of")),
        }
        for part, field in parts.items():
            self.form.fields[f"{self.name}_{part}"] = field

    @property
    def fault(self) -> str:
        """Why the name in the text cannot be understood."""
        return self.form.reason(self.side.fault) if self.side.fault else ""

    @property
    def boxes(self) -> list[Any]:
        """The boxes that describe a new place."""
        return [self.form[f"{self.name}_{part}"] for part in ("name_zh", "name_en", "level", "country", "parent")]

    @property
    def was(self) -> tuple[str, str]:
        """The name and the value of the entry that tells which place the page offers."""
        return self.form.add_prefix(f"{self.name}_was"), str(self.form.found[self.name])

    @property
    def choice(self) -> Any:
        """The box that chooses."""
        return self.form[self.name]

    @property
    def other(self) -> Any:
        """The box for the name of another place."""
        return self.form[f"{self.name}_other"]

    @property
    def place(self) -> Place | None:
        """The place of the register that is chosen at present."""
        chosen = str(self.form.now(self.name))
        if chosen == OTHER:
            return self.looked_up[0] if len(self.looked_up) == 1 else None
        return next((place for place in self.options if str(place.pk) == chosen), None)

    @property
    def is_new(self) -> bool:
        """Whether a new place is chosen at present."""
        return bool(self.form.now(self.name) == NEW)

    def described(self) -> records.Side:
        """The new place in the words that were typed."""
        told = {part: str(self.form.cleaned_data.get(f"{self.name}_{part}") or "").strip() for part in _PARTS}
        around = (records.Side(name=told["parent"], country=told["country"]),) if told["parent"] else ()
        return records.Side(
            name_zh=told["name_zh"],
            name_en=told["name_en"],
            level=told["level"],
            country=told["country"],
            within=around,
        )

    def judge(self) -> None:
        """Say what is missing."""
        form, name = self.form, self.name
        if {name, f"{name}_other"} & form.errors.keys():
            return
        if self.is_new:
            if form.offered(name) == NEW and form.found[name] not in (NEW, ""):
                form.add_error(name, _("The register holds such a place by now. Choose it, or accept once more."))
            told = self.described()
            if not (told.name_zh or told.name_en):
                form.add_error(f"{name}_name_zh", _("Name: give a Chinese or an English name."))
            if not told.country:
                form.add_error(f"{name}_country", _("Country or region: say in which one the place lies."))
            if not told.level:
                form.add_error(f"{name}_level", _("Level: choose one from the list."))
        elif form.now(name) == OTHER and self.place is None:
            form.add_error(f"{name}_other", self._why_none())
        elif self.place is None:
            form.add_error(name, _("%(side)s: say which place is meant.") % {"side": self.label})

    def _why_none(self) -> Any:
        if not str(self.form.now(f"{self.name}_other")).strip():
            return _("Name: say which place is meant.")
        if self.looked_up:
            return _("Several places are called so. Choose one of them above.")
        return _("The register holds no place of this name.")


_PARTS = ("name_zh", "name_en", "level", "country", "parent")


def read_date(told: Any) -> PartialDate | None:
    """The date that stands in a box, or None where it is empty or cannot be read."""
    try:
        return PartialDate.parse(str(told)) if told else None
    except ValueError:
        return None


def find_quote(text: str, words: str, near: Quote) -> Quote | None:
    """The words in the text: where the candidate's own stand if they are among those, else the first time."""
    if not words.strip():
        return None
    pattern = re.compile(r"(?:\r\n?|\n)".join(map(re.escape, re.sub(r"\r\n?", "\n", words).split("\n"))))
    found = pattern.search(text, near.start, max(near.end, near.start)) or pattern.search(text)
    return Quote(found[0], found.start(), found.end()) if found else None
