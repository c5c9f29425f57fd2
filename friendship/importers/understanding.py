"""What a row means: countries by their codes, names in their language, dates as precise as stated, types and levels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from types import MappingProxyType
from typing import TypeVar

from django.utils.translation import gettext_noop

from friendship.dates import PartialDate, latest_year
from friendship.importers import dating, naming, wording
from friendship.importers.countries import Countries, Land, normal
from friendship.importers.dating import Undatable
from friendship.importers.naming import Misnamed, Words
from friendship.importers.records import Reason, Record, Side


@dataclass(frozen=True, slots=True)
class Named:
    """A place as a list means it, before it is looked up.

    ``country`` is an ISO code; at least one of the names is filled; ``level`` is a code or empty where nothing tells
    it. ``within`` are the places that contain it, nearest first, parts of countries (England) included.
    """

    country: str
    name_zh: str = ""
    name_en: str = ""
    level: str = ""
    within: tuple[Named, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    wikidata_id: str = ""
    slug: str = ""
    official_code: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """A row understood. ``type`` is empty where it names none that is known, ``unknown_type`` is then its word."""

    home: Named
    partner: Named
    type: str = ""
    type_as_printed: str = ""
    status: str = ""
    founded: PartialDate | None = None
    ended: PartialDate | None = None
    unknown_type: str = ""


NO_NAME = MappingProxyType(
    {"home": gettext_noop("The home side has no name."), "partner": gettext_noop("The partner side has no name.")}
)
NO_COUNTRY = MappingProxyType(
    {
        "home": gettext_noop("The home side, “%(text)s”, has no country."),
        "partner": gettext_noop("The partner side, “%(text)s”, has no country."),
    }
)
UNCLEAR_CONTAINER = gettext_noop("Part of: the register holds several places of this name: %(text)s.")
WITH_ITSELF = gettext_noop("Partner side: a place cannot be tied with itself.")
WRONG_ITEM = gettext_noop("Wikidata item: “%(text)s” is none.")

UNDATABLE = MappingProxyType(
    {
        ("founded", Undatable.UNREADABLE): gettext_noop("Date established: “%(text)s” cannot be read as a date."),
        ("founded", Undatable.AMBIGUOUS): gettext_noop(
            "Date established: “%(text)s” may begin with the day or with the month."
        ),
        ("founded", Undatable.SEVERAL): gettext_noop("Date established: “%(text)s” names more than one date."),
        ("founded", Undatable.NO_SUCH_DAY): gettext_noop("Date established: “%(text)s” is not in the calendar."),
        ("founded", Undatable.OUT_OF_RANGE): gettext_noop(
            "Date established: “%(text)s” lies outside the years %(earliest)d to %(latest)d."
        ),
        ("ended", Undatable.UNREADABLE): gettext_noop("Date ended: “%(text)s” cannot be read as a date."),
        ("ended", Undatable.AMBIGUOUS): gettext_noop(
            "Date ended: “%(text)s” may begin with the day or with the month."
        ),
        ("ended", Undatable.SEVERAL): gettext_noop("Date ended: “%(text)s” names more than one date."),
        ("ended", Undatable.NO_SUCH_DAY): gettext_noop("Date ended: “%(text)s” is not in the calendar."),
        ("ended", Undatable.OUT_OF_RANGE): gettext_noop(
            "Date ended: “%(text)s” lies outside the years %(earliest)d to %(latest)d."
        ),
    }
)

#: What lists write where a name is missing. NA is Namibia, and Nan a town in Thailand.
_EMPTY = re.compile(r"[\W_]*|无|不详|未知|[nN]/[aA]|null|NULL|[nN]one|nan|NaN|[uU]nknown")
_ITEM = re.compile(r"(?:https?://www\.wikidata\.org/(?:entity|wiki)/|wd:)?(?P<id>Q[1-9][0-9]{0,14})", re.IGNORECASE)
_SHOWN = 100
#: So many degrees apart, two points of one name are two places.
_APART = 0.3


Answer = TypeVar("Answer")


class NotUnderstood(Exception):
    """A row that does not say what a tie needs."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


def understand(record: Record, countries: Countries) -> Meant | Reason:
    """What a row means, or why that cannot be told. Nothing is looked up but the country.

    Whether the register can keep what it says is for ``faults`` to tell.
    """
    if record.wrong:
        return record.wrong
    try:
        return _meant(record, countries)
    except (NotUnderstood, Misnamed) as refused:
        return refused.reason


def _meant(record: Record, countries: Countries) -> Meant:
    home, partner = _place(record.home, "home", countries), _place(record.partner, "partner", countries)
    if are_same(home, partner):
        raise NotUnderstood(Reason(WITH_ITSELF))
    kind, printed = _told(wording.type_of(record.type, record.type_as_printed))
    unknown = wording.unknown_type(record.type, record.type_as_printed)
    status = _told(wording.status_of(record.status))
    ours = bool(record.home.slug)
    founded, ended = _date(record.founded, "founded", ours), _date(record.ended, "ended", ours)
    return Meant(home, partner, "" if unknown else kind, printed, status, founded, ended, unknown)


def place_of(side: Side, which: str, countries: Countries) -> Named | Reason:
    """What one side of a tie means, ``home`` or ``partner``, or why that cannot be told."""
    try:
        return _place(side, which, countries)
    except (NotUnderstood, Misnamed) as refused:
        return refused.reason


_ISO = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d))?)?")


def _told(answer: Answer | Reason) -> Answer:
    if isinstance(answer, Reason):
        raise NotUnderstood(answer)
    return answer


def _date(written: str, field: str, ours: bool) -> PartialDate | None:
    """The date. Our own exports write ISO 8601."""
    found = dating.as_exported(written) if ours and _ISO.fullmatch(written) else dating.read(written)
    if isinstance(found, Undatable):
        limits = {"earliest": dating.EARLIEST, "latest": latest_year()} if found is Undatable.OUT_OF_RANGE else {}
        raise NotUnderstood(Reason(UNDATABLE[field, found], {"text": written[:_SHOWN], **limits}))
    return found


# --- the two places ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)  # a list names most places several times
def _place(side: Side, which: str, countries: Countries) -> Named:
    """One side of the tie. Its own words first, then what the list says beside them."""
    written = _written(side)
    if not written:
        raise NotUnderstood(Reason(NO_NAME[which]))
    land = _land(side, written, which, countries)
    if side.slug:
        return _as_exported(side, land.code)
    words = _words(side, land.code, countries)
    outer = [
        (_words(around, land.code, countries), around)
        for around in side.within
        if _names_another(around, land, countries)
    ]
    around = [words for words, _side in outer] + (
        [naming.take_apart(land.part, land.code, countries)] if land.part else []
    )
    words = naming.within_also(words, around, land.code, countries)
    within = tuple(_container(container, outer, land.code) for container in words.within)
    return _named(words, side, land.code, within)


def _written(side: Side) -> list[str]:
    """The names of a side that are more than a dash or a “none”."""
    tidied = [naming.tidy(name) for name in (side.name_zh, side.name_en, side.name)]
    return [name for name in dict.fromkeys(tidied) if not _EMPTY.fullmatch(name)]


def _land(side: Side, written: list[str], which: str, countries: Countries) -> Land:
    """The country of a side by its column, or else by the names themselves."""
    if not _EMPTY.fullmatch(side.country):
        return _told(countries.land(side.country))
    codes = {code for name in written if (code := naming.country_within(name, countries))}
    if len(codes) != 1:
        raise NotUnderstood(Reason(NO_COUNTRY[which], {"text": written[0][:_SHOWN]}))
    return Land(codes.pop())


def _words(side: Side, code: str, countries: Countries) -> Words:
    """All names of a side taken apart, as one place; a level of its own column stands before that of the name."""
    words = reduce(naming.both, (naming.take_apart(name, code, countries) for name in _written(side)))
    level = _told(wording.level_of(side.level))
    return replace(words, level=level) if level else words


def _names_another(around: Side, land: Land, countries: Countries) -> bool:
    """Whether a container has a name, and is not the country itself."""
    written = _written(around)
    part_too = any(countries.part(land.code, name) for name in written)
    return bool(written) and (part_too or not all(countries.calls(land.code, name) for name in written))


def _container(words: Words, outer: Iterable[tuple[Words, Side]], code: str) -> Named:
    """A container, with what the list says of it besides its name."""
    side = next((side for known, side in outer if known.forms & words.forms), Side())
    return _named(words, side, code, ())


def _as_exported(side: Side, code: str) -> Named:
    """A place of our own exports: its names are whole, whatever stands in them."""
    for name in _written(side):
        naming.refuse_pretenders(name)
        naming.refuse_long(name)
    words = Words(
        side.name_zh, side.name_en or ("" if side.name_zh else side.name), _told(wording.level_of(side.level))
    )
    return _named(words, side, code, tuple(_as_exported(around, code) for around in side.within if _written(around)))


def _named(words: Words, side: Side, code: str, within: tuple[Named, ...]) -> Named:
    return Named(
        country=code,
        name_zh=words.zh,
        name_en=words.en,
        level=words.level,
        within=within,
        latitude=side.latitude,
        longitude=side.longitude,
        wikidata_id=item(side.wikidata_id),
        slug=side.slug,
        official_code=side.official_code,
        aliases=_aliases((*side.aliases, *words.aliases)),
    )


def item(written: str) -> str:
    """The item of Wikidata, whether written as Q19770 or by its address. Raises ``NotUnderstood``."""
    if _EMPTY.fullmatch(written):
        return ""
    match = _ITEM.fullmatch(written.strip())
    if match is None:
        raise NotUnderstood(Reason(WRONG_ITEM, {"text": written[:_SHOWN]}))
    return match["id"].upper()


def _aliases(written: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(alias.split()) for alias in written if alias.strip()))


# --- one place or two -------------------------------------------------------------------------------------------------


def are_same(one: Named, other: Named) -> bool:
    """Whether both sides are one place: of one name, and nothing tells them apart."""
    if one.country != other.country:
        return False
    if one.slug and other.slug:
        return one.slug == other.slug
    if one.wikidata_id and other.wikidata_id:
        return one.wikidata_id == other.wikidata_id
    return bool(_forms(one) & _forms(other)) and not _are_apart(one, other)


def _forms(named: Named) -> set[str]:
    return {normal(name) for name in (named.name_zh, named.name_en) if name}


def _are_apart(one: Named, other: Named) -> bool:
    """Whether level, containers or coordinates tell two places of one name apart."""
    if one.level and other.level and one.level != other.level:
        return True
    if one.within and other.within and not _forms(one.within[-1]) & _forms(other.within[-1]):
        return True
    return _degrees_between(one, other) > _APART


def _degrees_between(one: Named, other: Named) -> float:
    """How far apart two points are, in degrees of latitude or longitude; 0 where one is unknown."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return 0
    east = abs(one.longitude - other.longitude)
    return max(abs(one.latitude - other.latitude), min(east, 360 - east))
