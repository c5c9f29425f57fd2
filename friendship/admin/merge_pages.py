"""What the page of a merge says: two records side by side, and what would become of them."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from friendship.curation.merging import Merged
from friendship.models import Place
from friendship.models.curation import Curated
from friendship.queries.facts import Fact, Key, facts_of, in_words
from friendship.queries.records import foreign_keys, names_of

_UNTOLD = frozenset({"relationship"})
_OF_A_PLACE = ("ties_as_home", "ties_as_partner", "children", "totals")
_OF_A_TIE = ("evidence", "events")


def comparison(rows: list[Any]) -> list[dict[str, Any]]:
    """Each fact that one of the records states, with the words of both."""
    model = rows[0]._meta.concrete_model
    facts = [fact for fact in facts_of(model) if fact.name not in _UNTOLD]
    names = names_of(foreign_keys(model, facts, *rows), public=False)
    told = [(fact, [in_words(model, fact, row, names) for row in rows]) for fact in facts]
    lines = [
        {"label": capfirst(str(fact.label)), "values": values, "differs": values[0] != values[1]}
        for fact, values in told
        if any(values)
    ]
    return lines + [line for line in _counted(rows) if any(line["values"])]


def _counted(rows: list[Any]) -> list[dict[str, Any]]:
    """How many rows hang on each of the records."""
    counted: dict[str, list[int]] = {}
    for name in _OF_A_PLACE if isinstance(rows[0], Place) else _OF_A_TIE:
        named = getattr(rows[0], name).model._meta.verbose_name_plural
        label = capfirst(str(named)) if name != "children" else _("Places within it")
        held = counted.setdefault(label, [0] * len(rows))
        for at, row in enumerate(rows):
            held[at] += getattr(row, name).count()
    return [
        {"label": label, "values": [count or "" for count in values], "differs": False}
        for label, values in counted.items()
    ]


def outcome(merged: Merged) -> dict[str, Any]:
    """What would be filled, what stays although the other record says something else, and what moves."""
    pairs = [*merged.filled, *merged.differing]
    keys = [key for row, fact, other in pairs for key in foreign_keys(_model(row), [fact], row, other)]
    names = names_of(keys, public=False)
    return {
        "filled": [_line(row, fact, other, names) for row, fact, other in merged.filled],
        "differing": [_line(row, fact, other, names) for row, fact, other in merged.differing],
        "aliases": merged.aliases,
        "moved": [(capfirst(str(model._meta.verbose_name_plural)), count) for model, count in merged.moved.items()],
        "same": [(capfirst(str(model._meta.verbose_name_plural)), count) for model, count in merged.same.items()],
        "united": merged.ties,
    }


def _line(row: Curated, fact: Fact, other: Curated, names: dict[Key, Any]) -> dict[str, Any]:
    model = _model(row)
    return {
        "record": row,
        "label": capfirst(str(fact.label)),
        "own": in_words(model, fact, row, names),
        "other": in_words(model, fact, other, names),
    }


def _model(row: Curated) -> type[Curated]:
    model: type[Curated] = row._meta.concrete_model  # type: ignore[assignment] # a proxy's table is its place's
    return model
