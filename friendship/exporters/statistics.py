"""The tables of the statistics as rows for a file: codes for machines, labels in the active language for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.utils.translation import gettext as _

from friendship.enums import RelationshipType
from friendship.exporters.csv import Cell
from friendship.queries import Group, Statistics

Rows = Iterator[Sequence[Cell]]


def _years(statistics: Statistics) -> Rows:
    yield [_("Year"), *(f"{word.label} ({word.value})" for word in RelationshipType), _("Total"), _("Cumulative")]
    for year in statistics.years:
        yield [year.year, *(year.types.get(word, 0) for word in RelationshipType), year.total, year.cumulative]


def _groups(groups: list[Group], code: str, label: str) -> Rows:
    yield [code, label, _("Ties")]
    for group in groups:
        yield [group.value, group.label, group.total]


#: Each table by the name in its address.
TABLES: dict[str, Callable[[Statistics], Rows]] = {
    "years": _years,
    "countries": lambda found: _groups(found.countries, _("ISO code"), _("Country or region")),
    "continents": lambda found: _groups(found.continents, _("Code"), _("Continent")),
    "places": lambda found: _groups(found.places, _("Slug"), _("Home place")),
    "levels": lambda found: _groups(found.levels, _("Code"), _("Level of the home side")),
    "types": lambda found: _groups(found.types, _("Code"), _("Type")),
}
