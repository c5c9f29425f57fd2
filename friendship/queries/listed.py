"""Places as lists name them, kept with the columns: the same few thousand stand on most pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

import numpy as np
from django.urls import reverse

from friendship import state
from friendship.enums import Level
from friendship.models import Country, Place
from friendship.models.places import is_chinese, naming
from friendship.queries.columns import Columns
from friendship.queries.values import values_of_places

#: Places that are kept in each language. Where there are no more, all are; else these are forgotten in the end.
_MOST = 20_000
_COLUMNS = ("pk", "slug", "level", "name_zh", "name_en")


class ListedCountry(NamedTuple):
    """A country as a list names it."""

    name: str
    address: str

    def get_absolute_url(self) -> str:
        """Its page."""
        return self.address


class ListedPlace(NamedTuple):
    """A place as a list names it, in one language."""

    name: str
    language: str
    other_name: str
    slug: str
    address: str
    country: ListedCountry

    def get_absolute_url(self) -> str:
        """Its page."""
        return self.address


def places_at(columns: Columns, positions: Iterable[int]) -> dict[int, ListedPlace]:
    """Places by position, in the active language: all are read at once, or those that nobody has asked for yet."""
    wanted = set(positions)
    few = len(columns.place_ids) <= _MOST
    held = columns.kept(("listed", is_chinese()), lambda: _read(columns, range(len(columns.place_ids))) if few else {})
    found = {at: held[at] for at in wanted & held.keys()}
    if missing := wanted - found.keys():
        read = _read(columns, missing)
        if len(held) + len(read) > _MOST:
            held.clear()
        held.update(read)
        found.update(read)
    return found


def _read(columns: Columns, positions: Collection[int]) -> dict[int, ListedPlace]:
    """Their addresses lie under those of their lists, as friendship/urls.py has them."""
    if not positions:
        return {}
    cities, provinces, chinese = reverse("cities"), reverse("provinces"), is_chinese()
    countries = columns.kept(("listed countries", chinese), lambda: _countries(columns))
    if len(positions) < len(columns.place_ids):
        read = values_of_places(columns.place_ids[[*positions]].tolist(), _COLUMNS)
    else:
        read = list(Place.objects.published().order_by().values_list(*_COLUMNS))
    where = np.searchsorted(columns.place_ids, [row[0] for row in read]).clip(max=len(columns.place_ids) - 1).tolist()
    found = {}
    for at, (pk, slug, level, name_zh, name_en) in zip(where, read, strict=True):
        if pk == columns.place_ids[at]:  # else it was published after the columns were read
            country = countries[columns.place_country[at]]
            address = f"{provinces if level == Level.PROVINCE else cities}{slug}/"
            found[at] = ListedPlace(*naming(name_zh, name_en, chinese=chinese), slug, address, country)
    return found


def _countries(columns: Columns) -> list[ListedCountry]:
    known, above = columns.country_rows(), reverse("countries")
    return [ListedCountry(known[code].name, f"{above}{code}/") for code in columns.countries]


_known: tuple[str, dict[str, Country]] = "", {}


def countries_by_code() -> dict[str, Country]:
    """All countries, read again when the register has changed: some 250 rows that are asked for all the time."""
    global _known  # noqa: PLW0603 (one for the process)
    known = _known
    if (now := state.state()) != known[0]:
        _known = known = now, Country.objects.in_bulk()
    return known[1]
