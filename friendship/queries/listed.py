"""Places as lists name them, kept with the columns: the same few thousand stand on most pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from friendship import state
from friendship.enums import Level
from friendship.models import Country, Place
from friendship.models.places import is_chinese, naming
from friendship.paths import path_of
from friendship.queries.columns import LEVELS, Columns
from friendship.queries.values import values_of_published_places

#: Places that are kept in each language. Where there are more, these are forgotten in the end.
_MOST = 20_000
#: Places that are asked for by their numbers; of more, all are read.
_FEW = 2_000
_COLUMNS = ("pk", "slug", "name_zh", "name_en")
_PROVINCE = LEVELS[Level.PROVINCE]

#: The slug of a place, its Chinese name and its English one.
Names = Sequence[str]


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
    """Places by position, in the active language, made when first asked for."""
    wanted = set(positions)
    held: dict[int, ListedPlace] = columns.kept(("listed", is_chinese()), dict)
    found = {at: held[at] for at in wanted & held.keys()}
    if missing := wanted - found.keys():
        made = _made(columns, missing)
        if len(held) + len(made) > _MOST:
            held.clear()
        held.update(made)
        found.update(made)
    return found


def _made(columns: Columns, positions: Collection[int]) -> dict[int, ListedPlace]:
    """Their addresses lie under those of their lists, as friendship/urls.py has them."""
    cities, provinces, chinese = path_of("cities"), path_of("provinces"), is_chinese()
    countries = columns.kept(("listed countries", chinese), lambda: _countries(columns))
    found = {}
    for at, (slug, name_zh, name_en) in names_at(columns, positions).items():
        country = countries[columns.place_country[at]]
        address = f"{provinces if columns.place_level[at] == _PROVINCE else cities}{slug}/"
        found[at] = ListedPlace(*naming(name_zh, name_en, chinese=chinese), slug, address, country)
    return found


def names_at(columns: Columns, positions: Collection[int]) -> dict[int, Names]:
    """Slugs and names of places by position; where there are no more than are kept, those of all are."""
    if len(columns.place_ids) > _MOST:
        return _read(columns, positions)
    held = columns.kept("names", lambda: _read(columns, range(len(columns.place_ids))))
    return {at: held[at] for at in positions if at in held}


def _read(columns: Columns, positions: Collection[int]) -> dict[int, Names]:
    if not positions:
        return {}
    ids = columns.place_ids[[*positions]].tolist()
    if len(ids) <= _FEW:
        read: Iterable[tuple[Any, ...]] = values_of_published_places(ids, _COLUMNS)
    else:
        read = Place.objects.published().order_by().values_list(*_COLUMNS).iterator(_FEW)
    # One that was published after the columns were read is none of them.
    where = dict(zip(ids, positions, strict=True))
    return {where[pk]: names for pk, *names in read if pk in where}


def _countries(columns: Columns) -> list[ListedCountry]:
    known, above = columns.country_rows(), path_of("countries")
    return [ListedCountry(known[code].name, f"{above}{code}/") for code in columns.countries]


_known: tuple[str, dict[str, Country]] = "", {}


def countries_by_code() -> dict[str, Country]:
    """All countries, read again when the register has changed: some 250 rows that are asked for all the time."""
    global _known  # noqa: PLW0603 (one for the process)
    known = _known
    if (now := state.state()) != known[0]:
        _known = known = now, Country.objects.in_bulk()
    return known[1]
