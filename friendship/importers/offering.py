"""What the register knows of the candidates of a text: which places are meant, and whether it holds the tie already.

The rules are those of an import: a place is found by its name and what contains it, what nothing tells apart is asked,
and the values of the text are set beside those of the register.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from friendship import queries
from friendship.enums import Level, RelationshipType
from friendship.importers import records, understanding
from friendship.importers.candidates import Figures, Pair
from friendship.importers.countries import Countries
from friendship.importers.matching import KnownPlaces
from friendship.importers.settling import NEW, Places, Settled, key_of
from friendship.importers.understanding import Named
from friendship.models import Place, Relationship
from friendship.queries import readings

_CHINA = "CN"
_LEVELS = {
    "province": Level.PROVINCE.value,
    "municipality": Level.PROVINCE.value,
    "prefecture": Level.CITY.value,
    "county": Level.COUNTY.value,
    "district": Level.COUNTY.value,
}
#: The higher kind of tie includes the lower one: a text that tells of that tells of an earlier stage.
RANK = {
    RelationshipType.INTENT.value: 0,
    RelationshipType.OTHER.value: 0,
    RelationshipType.EXCHANGE.value: 1,
    RelationshipType.COOPERATION.value: 2,
    RelationshipType.SISTER.value: 3,
}


@dataclass
class Side:
    """A place as a text names it. ``options`` are those of the register that may be meant.

    ``meant`` is the one that is surely meant; ``brought`` the new one that it would be, unsaved. Where neither is
    known, a person has to say. ``land`` is the country that was understood, by its name; ``fault`` says why the name
    cannot be understood.
    """

    written: records.Side
    named: Named | None = None
    options: list[Place] = field(default_factory=list)
    meant: Place | None = None
    brought: Place | None = None
    land: str = ""
    fault: records.Reason | None = None

    @property
    def places(self) -> list[Place]:
        """The places of the register that it may be, and what would contain it."""
        parent = self.brought.parent if self.brought else None
        return [place for place in (*self.options, parent) if place is not None and place.pk is not None]


def home_of(name: str, level: str, province: str) -> records.Side:
    """The Chinese side of a candidate, in the words of a list."""
    is_province = _LEVELS.get(level) == Level.PROVINCE
    around = () if is_province or not province or province == name else (records.Side(name=province, country=_CHINA),)
    return records.Side(name=name, country=_CHINA, level=_LEVELS.get(level, ""), within=around)


def sides_of(pair: Pair) -> tuple[records.Side, records.Side]:
    """Both sides of a candidate in the words of a list; what one mention leaves out another may tell."""
    home, partner = pair.main.home, pair.main.partner
    country = next((tie.partner.iso2 or tie.partner.country for tie in pair.stages if tie.partner.country), "") or ""
    parent = next((tie.partner.parent for tie in pair.stages if tie.partner.parent), "")
    around = (records.Side(name=parent, country=country),) if parent else ()
    return (
        home_of(home.name, home.level, home.province),
        records.Side(name=partner.name, country=country, within=around),
    )


class Offers:
    """The places that the candidates mean: all names of a text are settled together, as those of a list."""

    def __init__(self, pairs: Iterable[Pair], statements: Iterable[Figures] = ()) -> None:
        self.countries = Countries.known()
        self._pairs = {pair.key: tuple(map(self._side, sides_of(pair), ("home", "partner"))) for pair in pairs}
        self._scopes = {each.key: self._scope(each) for each in statements}
        every = [side for sides in (*self._pairs.values(), self._scopes.values()) for side in sides]
        self._settle([side for side in every if side.named is not None])

    def sides(self, pair: Pair) -> tuple[Side, Side]:
        """Both places of a candidate."""
        home, partner = self._pairs[pair.key]
        return home, partner

    def scope(self, statement: Figures) -> Side:
        """The place whose ties were counted."""
        return self._scopes[statement.key]

    def _side(self, written: records.Side, which: str) -> Side:
        understood = understanding.place_of(written, which, self.countries)
        if isinstance(understood, records.Reason):
            return Side(written, fault=understood)
        return Side(written, understood)

    def _scope(self, statement: Figures) -> Side:
        name = statement.total.scope
        land = self.countries.land(name)
        if isinstance(land, records.Reason):
            return self._side(records.Side(name=name, country=_CHINA), "home")
        return Side(records.Side(name=name, country=land.code))  # the register counts for places, not for countries

    def _settle(self, sides: Sequence[Side]) -> None:
        named = [side.named for side in sides if side.named is not None]
        known = KnownPlaces(queries.places_to_match({each.country for each in named}))
        places = Places(known, named, answers={}, publish=False)
        asked: dict[int, list[Side]] = {}
        for side in sides:
            if side.named is not None:
                _fill(side, places[side.named], asked)
        held = readings.places_by_key(asked)
        _name_countries(sides)
        for key, waiting in asked.items():
            for side in waiting:
                side.options.append(held[key])
                if side.meant is not None and side.meant.pk == key:
                    side.meant = held[key]


def _name_countries(sides: Iterable[Side]) -> None:
    """Name the countries that were understood, in one query for all."""
    told = {id(side): side.named.country for side in sides if side.named is not None}
    known = readings.countries_by_code(told.values()) if told else {}
    for side in sides:
        if (code := told.get(id(side))) in known:
            side.land = known[code].name


def _fill(side: Side, settled: Settled, asked: dict[int, list[Side]]) -> None:
    candidate = settled.candidate
    if candidate is None:
        for key in (settled.question or {}).get("candidates", ()):
            asked.setdefault(key, []).append(side)
    elif candidate.is_new:
        side.brought = candidate.place
    else:
        side.meant = candidate.place
        asked.setdefault(candidate.place.pk, []).append(side)


def new_places(written: Mapping[str, records.Side], countries: Countries) -> dict[str, Place | records.Reason]:
    """New places as a person describes them, by ``home`` and ``partner``: unsaved, each with what contains it.

    What contains a place is found as that of a list is, and new as well where the register does not hold it; where it
    may be several, the reason says so.
    """
    understood = {which: understanding.place_of(side, which, countries) for which, side in written.items()}
    named = {which: each for which, each in understood.items() if isinstance(each, Named)}
    known = KnownPlaces(queries.places_to_match({each.country for each in named.values()}))
    places = Places(known, named.values(), answers={key_of(each): NEW for each in named.values()}, publish=False)
    found: dict[str, Place | records.Reason] = {
        which: reason for which, reason in understood.items() if isinstance(reason, records.Reason)
    }
    for which, each in named.items():
        found[which] = _brought(places[each])
    return found


def _brought(settled: Settled) -> Place | records.Reason:
    if settled.candidate is not None:
        return settled.candidate.place
    return records.Reason(understanding.UNCLEAR_CONTAINER, {"text": (settled.question or {}).get("text", "")})


# --- ties that are held -----------------------------------------------------------------------------------------------


def is_earlier_stage(pair_type: str, tie: Relationship) -> bool:
    """Whether a text that names this kind of tie tells how the held one began."""
    return RANK.get(pair_type, 0) < RANK.get(tie.type, 0)


def values_of(side: Side) -> dict[str, Any]:
    """What a form of a new place begins with: what was understood, or else the words of the text."""
    place, written = side.brought, side.written
    land = side.land or written.country
    if place is None:
        around = written.within[0].name if written.within else ""
        return {"name_zh": written.name, "level": written.level, "country": land, "parent": around}
    parent = place.parent
    return {
        "name_zh": place.name_zh,
        "name_en": place.name_en,
        "level": place.level,
        "country": land,
        "parent": (parent.name_zh or parent.name_en) if parent else "",
    }
