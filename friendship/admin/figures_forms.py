"""The form of a statement of totals: filled, beside the totals that the register holds, and turned into rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from friendship.admin.candidate_forms import NEW, OTHER, CandidateForm, PlaceQuestion, find_quote, read_date
from friendship.admin.forms import MultiLineField, PartialDateFormField
from friendship.enums import Metric, Scope
from friendship.importers.candidates import Figure, Figures
from friendship.importers.offering import Side
from friendship.models import ReportedTotal


class FiguresForm(CandidateForm):
    """One statement of totals: the place whose ties were counted, and each number."""

    scope = forms.ChoiceField(
        required=False, choices=[("", "—"), *Scope.choices], label=pgettext_lazy("total", "Scope")
    )
    as_of = PartialDateFormField(prefix="as_of", label=_("As of"), help_text="")
    quote = MultiLineField(strip=False, label=_("Quote"), widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, data: Any, statement: Figures, side: Side, typed: Mapping[str, Any], text: str) -> None:
        found = {
            **{name: value for name, value in PlaceQuestion.found("place", side).items() if name == "place"},
            "scope": statement.scope,
            "as_of": statement.as_of.iso if statement.as_of else "",
            "quote": statement.total.evidence.quote,
        }
        self.is_of_a_country = side.named is None and side.fault is None
        if found["place"] == NEW:
            found["place"] = OTHER
            found["place_other"] = "" if self.is_of_a_country else side.written.name
        super().__init__(data, statement.key, found, typed)
        self.statement, self.text = statement, text
        self.place_side = PlaceQuestion(self, "place", side, may_be_new=False)
        self.held: list[ReportedTotal] = []

    def stand_beside(self, held: Iterable[ReportedTotal], source: int | None) -> None:
        """Take note of the totals that the register holds of the place."""
        place = self.place_side.place
        self.held = [total for total in held if place is not None and total.place_id == place.pk]
        self.source = source
        for figure in self.statement.figures:
            name = figure.name
            self.fields[f"{name}_keep"] = forms.BooleanField(required=False, label=Metric(figure.metric).label)
            self.fields[f"{name}_value"] = forms.IntegerField(
                required=False, min_value=0, max_value=2**31 - 1, label=pgettext_lazy("total", "Value")
            )
            self.fields[f"{name}_as_printed"] = forms.CharField(
                required=False, max_length=100, label=_("Figure as printed")
            )
            self.found |= {
                f"{name}_keep": not self._is_told(figure.metric),
                f"{name}_value": figure.value,
                f"{name}_as_printed": figure.as_printed,
            }
        self.begin()

    def _like(self, metric: str) -> list[ReportedTotal]:
        """The totals of the same metric, scope and date."""
        scope, as_of = str(self.now("scope")), read_date(self.now("as_of"))
        return [total for total in self.held if (total.metric, total.scope, total.as_of) == (metric, scope, as_of)]

    def _is_told(self, metric: str) -> bool:
        """Whether the same source has said it already."""
        return any(total.source_id == self.source for total in self._like(metric))

    @property
    def figures(self) -> list[dict[str, Any]]:
        """Each number with its boxes, and what the register holds of the same."""
        return [
            {
                "metric": Metric(figure.metric).label,
                "keep": self[f"{figure.name}_keep"],
                "boxes": [self[f"{figure.name}_value"], self[f"{figure.name}_as_printed"]],
                "held": self._like(figure.metric),
                "is_told": self._is_told(figure.metric),
                "agrees": any(_same_figure(total, figure) for total in self._like(figure.metric)),
            }
            for figure in self.statement.figures
        ]

    def clean(self) -> dict[str, Any]:
        """Judge the place, the scope and each number that is kept."""
        cleaned = super().clean() or self.cleaned_data
        self.place_side.judge()
        if not cleaned.get("scope"):
            self.add_error("scope", _("Scope: choose one from the list."))
        kept = [figure for figure in self.statement.figures if cleaned.get(f"{figure.name}_keep")]
        if not kept:
            self.add_error(None, _("Figures: tick those that are to be noted, or refuse the candidate."))
        for figure in kept:
            self._judge_figure(figure.name, cleaned)
        cleaned["where"] = find_quote(self.text, cleaned.get("quote") or "", self.statement.total.evidence)
        if cleaned["where"] is None:
            self.add_error("quote", _("Quote: these words do not stand in the text."))
        return cleaned

    def _judge_figure(self, name: str, cleaned: Mapping[str, Any]) -> None:
        value, printed = cleaned.get(f"{name}_value"), cleaned.get(f"{name}_as_printed")
        if value is None and not printed and not {f"{name}_value"} & self.errors.keys():
            told = _("Value: give the number, or the figure as printed where it is not exact.")
            self.add_error(f"{name}_value", told)
        elif value is not None and printed:
            self.add_error(f"{name}_as_printed", _("Figure as printed: leave it empty where the value is exact."))

    def rows(self) -> list[ReportedTotal]:
        """The totals that are kept, unsaved and without their source."""
        cleaned, rows = self.cleaned_data, list[ReportedTotal]()
        for figure in self.statement.figures:
            if not cleaned[f"{figure.name}_keep"]:
                continue
            row = ReportedTotal(
                place=self.place_side.place,
                scope=cleaned["scope"],
                metric=figure.metric,
                value=cleaned[f"{figure.name}_value"],
                as_printed=cleaned[f"{figure.name}_as_printed"],
            )
            row.as_of = cleaned["as_of"]
            rows.append(row)
        return rows


def _same_figure(total: ReportedTotal, figure: Figure) -> bool:
    return bool((total.value, total.as_printed) == (figure.value, figure.as_printed))
