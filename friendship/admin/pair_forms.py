"""The form of a candidate tie: filled, beside what the register holds, and turned into rows once it is accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from friendship.admin.candidate_forms import CandidateForm, PlaceQuestion, find_quote, read_date
from friendship.admin.forms import MultiLineField, PartialDateFormField
from friendship.dates import PartialDate
from friendship.enums import EventKind, Paper, RelationshipType, Status, Strength
from friendship.importers import records
from friendship.importers.candidates import Pair, Stage, stage_of
from friendship.importers.comparing import CLAIMS, Comparison, Given, agree, compare, written
from friendship.importers.offering import Offers, Side, is_earlier_stage, new_places
from friendship.importers.taking import Kept, Taking, Values
from friendship.models import Evidence, Place, Relationship

_FACTS: dict[str, Any] = {
    "type": _("type"),
    "type_as_printed": _("type as printed"),
    "founded": _("date established"),
    "ended": _("date ended"),
    "status": _("status"),
}


class PairForm(CandidateForm):
    """One candidate tie."""

    type = forms.ChoiceField(choices=RelationshipType.choices, label=_("Type"))
    type_as_printed = forms.CharField(required=False, max_length=100, label=_("Type as printed"))
    founded = PartialDateFormField(prefix="founded", label=_("Date established"), help_text="")
    ended = PartialDateFormField(prefix="ended", label=_("Date ended"), help_text="")
    status = forms.ChoiceField(choices=Status.choices, label=_("Status"))
    strength = forms.ChoiceField(choices=Strength.choices, label=_("The text says it"))
    quote = MultiLineField(strip=False, label=_("Quote"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: Any, pair: Pair, sides: tuple[Side, Side], typed: Mapping[str, Any], text: str) -> None:
        super().__init__(data, pair.key, _found_of(pair, sides), typed)
        self.pair, self.text = pair, text
        self.home_side = PlaceQuestion(self, "home", sides[0])
        self.partner_side = PlaceQuestion(self, "partner", sides[1])
        self.held: Relationship | None = None
        self.stages: list[Stage] = []
        self.comparison: Comparison | None = None

    @property
    def places(self) -> tuple[int, int] | None:
        """The two places of the register that are chosen at present."""
        home, partner = self.home_side.place, self.partner_side.place
        return (home.pk, partner.pk) if home is not None and partner is not None else None

    def stand_beside(self, held: Relationship | None, said: set[tuple[str, str]]) -> None:
        """Take note of the tie that the register holds between the two places."""
        self.held, self.said = held, said
        if held is not None:
            self.comparison = compare(held, self._given_now())
            differing = [name for name in _FACTS if name in {**self.comparison.gaps, **self.comparison.conflicts}]
            self.fields["take"] = forms.MultipleChoiceField(
                required=False,
                choices=[(name, capfirst(str(_FACTS[name]))) for name in differing],
                widget=forms.CheckboxSelectMultiple,
                label=_("The record follows the text in"),
            )
            self.found["take"] = list(self.comparison.gaps)
        self.found["seen"] = self.stands
        self.stages = [*self._first_stage(), *self.pair.events]
        for number, stage in enumerate(self.stages):
            self.fields |= _boxes_of_stage(number)
            self.found |= _found_of_stage(number, stage)
        self.begin()

    @property
    def stands(self) -> str:
        """Which version of which tie stands beside the form."""
        return f"{self.held.pk}:{self.held.version}" if self.held is not None else ""

    def _first_stage(self) -> Iterator[Stage]:
        """Of a tie that is more by now, the text may tell how it began."""
        if self.is_earlier:
            yield stage_of(self.pair.main)

    @property
    def is_earlier(self) -> bool:
        """Whether the text tells of an earlier stage of the held tie, and of nothing after it."""
        if self.held is None or self.pair.status in (Status.ENDED, Status.SUSPENDED):
            return False
        return is_earlier_stage(str(self.now("type")), self.held)

    def _given_now(self) -> Given:
        """What the boxes say at present, as far as it can be read."""
        given = Given(
            type=str(self.now("type")),
            type_as_printed=str(self.now("type_as_printed")),
            status=str(self.now("status")),
            founded=read_date(self.now("founded")),
            ended=read_date(self.now("ended")),
        )
        return Given() if self.is_earlier else given

    @property
    def compared(self) -> list[dict[str, Any]]:
        """Field by field what the record says, what the text says, and whether they agree."""
        if self.held is None:
            return []
        given = self._given_now()
        return [_compared(name, self.held, getattr(given, name)) for name in _FACTS if self._is_compared(name, given)]

    def _is_compared(self, name: str, given: Given) -> bool:
        return bool(getattr(self.held, name) or getattr(given, name))

    @property
    def boxes_of_stages(self) -> list[dict[str, Any]]:
        """The boxes of each stage, with its words."""
        return [
            {
                "keep": self[f"stage{number}_keep"],
                "boxes": [self[f"stage{number}_{part}"] for part in ("kind", "date", "paper", "text")],
                "quote": stage.quote,
            }
            for number, stage in enumerate(self.stages)
        ]

    @property
    def is_new_and_complete(self) -> bool:
        """Whether nothing is left to decide: both places are known or new, and the tie is not held."""
        sides = (self.home_side, self.partner_side)
        is_clear = all((side.place is not None or side.is_new) and side.side.fault is None for side in sides)
        return is_clear and self.held is None

    # --- what is sent

    def clean(self) -> dict[str, Any]:
        """Judge the places, the quote, and whether the person has seen the tie that is held."""
        cleaned = super().clean() or self.cleaned_data
        self.home_side.judge()
        self.partner_side.judge()
        if self.places and self.places[0] == self.places[1]:
            self.add_error("partner", _("Partner side: a place cannot be tied with itself."))
        founded, ended = cleaned.get("founded"), cleaned.get("ended")
        if founded and ended and founded.is_after(ended):
            self.add_error("ended", _("Date ended: cannot lie before the date established."))
        self._find_quote(cleaned)
        if not self.errors and cleaned.get("seen", "") != self.stands:
            self.add_error(None, self._why_not_seen())
        return cleaned

    def _why_not_seen(self) -> Any:
        if self.held is None:
            return _("The register holds no tie between these two places any more. Look at it again, then accept.")
        return _("The register holds a tie between these two places. Compare what it says, then accept once more.")

    def _find_quote(self, cleaned: dict[str, Any]) -> None:
        found = find_quote(self.text, cleaned.get("quote") or "", self.pair.main.evidence)
        if found is None:
            self.add_error("quote", _("Quote: these words do not stand in the text."))
        cleaned["where"] = found

    def new_sides(self, offers: Offers) -> dict[str, Place]:
        """The new places, unsaved; what is wrong with them is said beside their boxes."""
        asked = {side.name: side.described() for side in (self.home_side, self.partner_side) if side.is_new}
        made = new_places(asked, offers.countries) if asked else {}
        for name, place in made.items():
            if isinstance(place, records.Reason):
                self.add_error(_box_of(name, place), self.reason(place))
        return {name: place for name, place in made.items() if isinstance(place, Place)}

    def taking(self) -> Taking:
        """What is taken over."""
        cleaned = self.cleaned_data
        given = Given(
            type=cleaned["type"],
            type_as_printed=cleaned["type_as_printed"],
            status=cleaned["status"],
            founded=cleaned["founded"],
            ended=cleaned["ended"],
        )
        if self.is_earlier:  # the stage tells it, as an event; the source does not speak of the present tie
            given = Given()
        derived = frozenset(name for name in self.pair.derived if cleaned[name] == getattr(self.pair, name))
        values = Values(given, cleaned["strength"], cleaned["where"], derived)
        return Taking(self.pair, values, list(self._kept()), frozenset(cleaned.get("take", ())))

    def _kept(self) -> Iterator[Kept]:
        for number, stage in enumerate(self.stages):
            told = {part: self.cleaned_data[f"stage{number}_{part}"] for part in ("kind", "date", "paper", "text")}
            if self.cleaned_data[f"stage{number}_keep"]:
                yield Kept(stage, told["kind"], told["date"], told["paper"], told["text"])


def _box_of(name: str, reason: records.Reason) -> str:
    """The box that a reason is about."""
    told = reason.text.casefold()
    if "part of" in told:
        return f"{name}_parent"
    return f"{name}_country" if "countr" in told else f"{name}_name_zh"


def _found_of(pair: Pair, sides: tuple[Side, Side]) -> dict[str, Any]:
    founded, ended = pair.founded, pair.ended
    return {
        **PlaceQuestion.found("home", sides[0]),
        **PlaceQuestion.found("partner", sides[1]),
        "type": pair.type,
        "type_as_printed": pair.type_as_printed,
        "founded": founded.iso if founded else "",
        "ended": ended.iso if ended else "",
        "status": pair.status,
        "strength": pair.strength,
        "quote": pair.main.evidence.quote,
    }


def _boxes_of_stage(number: int) -> dict[str, Any]:
    return {
        f"stage{number}_keep": forms.BooleanField(required=False, label=_("Note it as an event")),
        f"stage{number}_kind": forms.ChoiceField(required=False, choices=EventKind.choices, label=_("Kind")),
        f"stage{number}_date": PartialDateFormField(prefix="date", label=_("Date"), help_text=""),
        f"stage{number}_paper": forms.ChoiceField(
            required=False, choices=[("", "—"), *Paper.choices], label=_("Paper")
        ),
        f"stage{number}_text": forms.CharField(required=False, max_length=500, label=_("Text in Chinese")),
    }


#: The public reads it, in Chinese: what happened, in the register's own words.
_IN_WORDS: dict[tuple[str, str], str] = {
    (EventKind.SIGNING, RelationshipType.SISTER): "结为国际友好城市。",
    (EventKind.SIGNING, RelationshipType.COOPERATION): "建立友好合作关系。",
    (EventKind.SIGNING, RelationshipType.EXCHANGE): "建立友好交流关系。",
    (EventKind.INTENT, RelationshipType.INTENT): "签署结好意向书。",
}


def _found_of_stage(number: int, stage: Stage) -> dict[str, Any]:
    return {
        f"stage{number}_keep": True,
        f"stage{number}_kind": stage.kind,
        f"stage{number}_date": stage.date.iso if stage.date else "",
        f"stage{number}_paper": stage.paper,
        f"stage{number}_text": _IN_WORDS.get((stage.kind, stage.type), ""),
    }


def _compared(name: str, held: Relationship, given: Any) -> dict[str, Any]:
    own = getattr(held, name)
    if not given or (name == "status" and given == Status.UNKNOWN):
        verdict = "silent"
    elif agree(own, given):
        verdict = "agrees"
    else:
        verdict = "more" if not own or own == Status.UNKNOWN or _is_finer(own, given) else "differs"
    return {
        "name": name,
        "label": capfirst(str(_FACTS[name])),
        "held": _shown(name, own),
        "given": _shown(name, given),
        "verdict": verdict,
    }


def _is_finer(own: Any, given: Any) -> bool:
    return isinstance(own, PartialDate) and isinstance(given, PartialDate) and given.iso.startswith(own.iso)


def _shown(name: str, value: Any) -> str:
    return str(Evidence(claim=CLAIMS[name], value=written(value)).shown_value) if value else ""
