"""Two places side by side."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.filters import LONGEST_QUERY, Parameters
from friendship.freshness import kept
from friendship.models import Place

PLACES = 2
EXAMPLES = 3
SUGGESTED = 6
MOST = 100  # partners in one list; the list of ties has all of them


@dataclass
class Field:
    """One of the two search fields: what was typed, what it means, and what to say about it."""

    text: str
    place: Place | None = None
    candidates: list[Place] = field(default_factory=list)
    count: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def answer(self) -> str:
        """The address of the place, or the text where it means none."""
        return self.place.slug if self.place else self.text


@require_safe
@kept
def compare(request: HttpRequest) -> HttpResponse:
    """The comparison of two places; until both are known, the fields that ask for them."""
    asked = [text.strip() for text in request.GET.getlist("place")]
    given = asked if len(asked) <= PLACES else [text for text in asked if text]
    fields = [_read(text) for text in [*given, "", ""][:PLACES]]
    too_many = len(given) > PLACES
    first, second = (each.place for each in fields)
    if first and first == second:
        fields[1] = Field("", errors=[_("This is the same place: choose another one.")])
    elif first and second and not too_many:
        if asked != [first.slug, second.slug]:
            return redirect(_address(first.slug, second.slug))
        return render(request, "compare.html", _compared(first, second))
    return render(request, "compare.html", {"compared": None, "too_many": too_many, **_asking(fields)})


def _read(text: str) -> Field:
    try:
        forms.CharField(max_length=LONGEST_QUERY, required=False).clean(text)
    except ValidationError as error:
        return Field("", errors=list(error.messages))
    if not text:
        return Field(text)
    found = queries.meaning(text)
    if found.count == 0:
        return Field(text, errors=[_("No place in the register is called “%(text)s”.") % {"text": text}])
    return Field(text, found.place, found.candidates, found.count)


def _address(*answers: str) -> str:
    return f"{reverse('compare')}?{urlencode([('place', answer) for answer in answers])}"


def _address_with(fields: list[Field], number: int, answer: str) -> str:
    """The address that differs in one field."""
    return _address(*(answer if at == number else each.answer for at, each in enumerate(fields)))


def _compared(first: Place, second: Place) -> dict[str, Any]:
    return {
        "compared": queries.comparison(first, second),
        "chain": queries.chain(first, second),
        "longest_chain": queries.LONGEST_CHAIN,
        "most": MOST,
        "parameters": Parameters([("place", first.slug), ("place", second.slug)]),
        "changes": [_address("", second.slug), _address(first.slug, "")],
    }


def _asking(fields: list[Field]) -> dict[str, Any]:
    """The fields, the addresses that choose one of the candidates or open a field again, and what may be compared."""
    known = next((each.place for each in fields if each.place), None)
    suggested = queries.cousins(known, SUGGESTED).rows if known else []
    examples = [] if any(each.text for each in fields) else queries.example_pairs(EXAMPLES)
    return {
        "fields": fields,
        "choices": [
            [(place, _address_with(fields, number, place.slug)) for place in each.candidates]
            for number, each in enumerate(fields)
        ],
        "changes": [_address_with(fields, number, "") for number in range(PLACES)],
        "known": known,
        "suggested": [(row, _address(known.slug, row.place.slug)) for row in suggested] if known else [],
        "examples": [(one, two, shared, _address(one.slug, two.slug)) for one, two, shared in examples],
    }
