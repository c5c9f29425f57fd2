"""Cells of a table made for editing, understood: what each fact may hold, or why it cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from friendship.curation import batches
from friendship.dates import latest_year
from friendship.enums import RelationshipType, Status
from friendship.exporters.worksheet import Fact
from friendship.importers import cells, dating, faults, understanding, wording
from friendship.importers.records import Reason
from friendship.models import Place, Relationship

_TYPE = gettext_noop("Type: choose one from the list.")
_STATUS = gettext_noop("Status: choose one from the list.")
_UNKNOWN_TYPE = gettext_noop("Type: “%(text)s” is none that the register knows.")
_NO_SUCH_PARENT = gettext_noop("Part of: no place has the address “%(text)s”.")
_INEXACT = {
    "founded": gettext_noop("Date established: “%(text)s” is no exact date. Write only as much as is known."),
    "ended": gettext_noop("Date ended: “%(text)s” is no exact date. Write only as much as is known."),
}
_ISO = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
_SHOWN = 100

Values = tuple[Any, ...]


@dataclass
class Places:
    """The places to which a part of a table points: their addresses by key, and they themselves."""

    slugs: Mapping[int, str] = field(default_factory=dict)
    by_slug: Mapping[str, Place] = field(default_factory=dict)
    by_key: Mapping[int, Place] = field(default_factory=dict)

    @classmethod
    def read(cls, slugs: Mapping[int, str], wanted: Iterable[str]) -> Places:
        """Those of known addresses, and those that a table asks for."""
        found: dict[str, Place] = {}
        for some in batches({*wanted, *slugs.values()} - {""}):
            found |= {place.slug: place for place in Place.objects.filter(slug__in=some)}
        here = {place.pk: place for place in found.values()}
        return cls({**slugs, **{key: place.slug for key, place in here.items()}}, found, here)


def read_fact(model: type[Any], fact: Fact, texts: tuple[str, ...], places: Places) -> Values | Reason:
    """The values of the fact's columns that the cells mean, or why they mean none."""
    if fact.choices is not None:
        return _CHOICES[fact.choices](texts[0])
    if len(fact.columns) == 3:
        return _date(fact.name, texts[0])
    if fact.name == "parent":
        return _parent(texts[0], places)
    if fact.name == "latitude":
        return _position(texts)
    return _text(model, fact.name, texts[0])


def _type(text: str) -> Values | Reason:
    found = wording.type_of(text)
    if isinstance(found, Reason):
        return found
    code, kept = found
    if not code:
        return Reason(_TYPE)
    return Reason(_UNKNOWN_TYPE, {"text": text[:_SHOWN]}) if code == RelationshipType.OTHER and kept else (code,)


def _status(text: str) -> Values | Reason:
    found = wording.status_of(text)
    if isinstance(found, Reason):
        return found
    return (found,) if found else Reason(_STATUS)


_CHOICES: Mapping[Any, Callable[[str], Values | Reason]] = {RelationshipType: _type, Status: _status}


def _date(name: str, text: str) -> Values | Reason:
    """The three columns of a date, all empty where the cell says that there is none."""
    shown = {"text": text[:_SHOWN]}
    found = dating.as_exported(text) if _ISO.fullmatch(text) else dating.read(text)
    if isinstance(found, dating.Undatable):
        years = {"earliest": dating.EARLIEST, "latest": latest_year()}
        return Reason(understanding.UNDATABLE[name, found], shown | years)
    if found is None and dating.is_inexact(text):
        return Reason(_INEXACT[name], shown)
    return found.parts if found else (None, None, None)


def _parent(text: str, places: Places) -> Values | Reason:
    if not text:
        return (None,)
    place = places.by_slug.get(text)
    return (place.pk,) if place is not None else Reason(_NO_SUCH_PARENT, {"text": text[:_SHOWN]})


def _position(texts: tuple[str, ...]) -> Values | Reason:
    try:
        return cells.position(texts[0], texts[1], ("latitude", "longitude"))
    except cells.Unusable as unusable:
        return unusable.reason


def _text(model: type[Relationship | Place], column: str, text: str) -> Values | Reason:
    if column == "aliases":
        text = "\n".join(name.strip() for name in text.split("\n") if name.strip())
    if column == "wikidata_id":
        try:
            text = understanding.item(text)
        except understanding.NotUnderstood as refused:
            return refused.reason
    return faults.fault_of_text(model, column, text) or (text,)
