"""What the schema says beyond what can be read from serializers and filters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from friendship.api import serializers

#: Rows of which ``fields`` can choose a part, and what lies within them.
_OPEN = (
    serializers.RelationshipSerializer,
    serializers.SideSerializer,
    serializers.EvidenceSerializer,
    serializers.PlaceSerializer,
    serializers.CountrySerializer,
    serializers.SourceSerializer,
    serializers.SourceDetailSerializer,
    serializers.TotalSerializer,
)
#: For each path an address and what the shipped register answers there.
EXAMPLES = Path(__file__).with_name("examples.json")


_COMPONENTS = {
    "ContinentTotal": _("The ties that touch a continent."),
    "Country": _("A country or region of ISO 3166-1."),
    "CountryTotal": _("The ties that touch a country."),
    "Evidence": _("What a source says for one claim, with its words and where they stand in its text."),
    "Index": _("The addresses of the API."),
    "LevelTotal": _("The ties whose home side is of a level."),
    "Place": _("A place of the reference list, whether or not a tie names it."),
    "PlaceTotal": _("The ties that touch a place, which is the home side of one at least."),
    "Problem": _("What went wrong, in the language of the request."),
    "Relationship": _("A published tie with both sides and its evidence."),
    "ReportedTotal": _(
        "A total that a source reports: a number, or the source’s own words where it gives no exact one."
    ),
    "Side": _("One side of a tie."),
    "Source": _("A source: “url” is the document’s own address, “page” its page here."),
    "SourceDetail": _("A source with its full text, where we hold it, and every value that it gives."),
    "Statement": _("One claim of a source about one tie, with the value as this source gives it."),
    "Statistics": _("The ties that answer the filters, counted."),
    "Total": _("A total that a source reports, beside what the register holds for the same question."),
    "TypeTotal": _("The ties of a type."),
    "Types": _("The ties of a year by type, every type always there."),
    "Year": _("A year with at least one tie."),
}


def describe_components(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Say what each part of an answer is, in the language of the request; the package takes our docstrings."""
    for name, words in _COMPONENTS.items():
        result["components"]["schemas"][name]["description"] = str(words)
    return result


def leave_open_what_fields_leaves_out(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Promise no key that ``fields`` may leave out: without it every key is there, which a schema cannot say."""
    described = result["components"]["schemas"]
    for serializer in _OPEN:
        described[serializer.__name__.removesuffix("Serializer")].pop("required")
    return result


def add_examples(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Show for every address a true answer."""
    for path, example in json.loads(EXAMPLES.read_text("utf-8")).items():
        content = result["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        content["examples"] = {"example": {"summary": example["address"], "value": example["answer"]}}
    return result
