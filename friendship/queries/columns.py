"""The register's ties in columns, in memory: one array for each thing that can be asked of all ties at once.

A filter is a comparison of an array, a facet is a count of the values in it, an order is an array of positions: each
costs milliseconds for a million ties, where a database takes seconds. The database stays the truth. ``current`` asks it
for the state of the register, and makes the columns anew when that has changed. Nothing here is ever altered in place.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any, NamedTuple, TypeVar

import numpy as np
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Ord, Substr
from numpy.typing import NDArray

from friendship import numbers, state
from friendship.enums import (
    UNCOUNTED_STATUSES,
    UNCOUNTED_TYPES,
    Continent,
    Level,
    RelationshipType,
    Status,
)
from friendship.models import Country, Event, Evidence, Place, Relationship, Source
from friendship.queries.moments import at_one_moment

Made = TypeVar("Made")
Whole = NDArray[np.int64]
Position = NDArray[np.int32]
Code = NDArray[np.uint8]
Truth = NDArray[np.bool_]

#: The places of values in the arrays of their words.
TYPES = {word.value: code for code, word in enumerate(RelationshipType)}
STATUSES = {word.value: code for code, word in enumerate(Status)}
LEVELS = {word.value: code for code, word in enumerate(Level)}
CONTINENTS = {word.value: code for code, word in enumerate(Continent)}
#: In ``dates``: after every date there is, and the bit at which the year begins.
UNDATED, YEAR = 1 << 30, 9
_AT_ONCE = 20_000
#: Ties beyond which memory that was used in between is given back at once.
_MANY = 200_000
#: Ties that are counted together, once.
_BLOCK = 1 << 15
#: A pair of a tie and a source as one number: 31 bits for each source.
_SHIFT, _SOURCE = 31, (1 << 31) - 1


class Few(NamedTuple):
    """Some places out of many, numbered from 0, and by tie the number of each side; what is none of them comes last."""

    places: Position
    home: NDArray[Any]
    partner: NDArray[Any]


class Speaking(NamedTuple):
    """Which source speaks of which tie, as evidence or by an event: positions of ties, and of sources in ``ids``.

    ``evidence`` is by tie the number of sources that give evidence.
    """

    ties: Position
    sources: Position
    ids: list[int]
    evidence: Position


@dataclass(frozen=True)
class Columns:
    """The published ties, oldest first (those without a year last), and the published places by number.

    ``home`` and ``partner`` are positions among the places; ``dates`` grow with the date, and are ``UNDATED`` without a
    year. ``countries`` holds codes; what belongs to a place or a tie is a position in it.
    """

    state: str
    countries: list[str]
    continents: Code
    place_ids: Whole
    place_country: NDArray[np.int16]
    place_level: Code
    #: The province-level place that a place is or lies in; -1 where there is none.
    province: Position
    ids: Whole
    home: Position
    partner: Position
    dates: Position
    kind: Code
    status: Code
    _made: dict[object, Any] = field(default_factory=dict, repr=False)
    _lock: RLock = field(default_factory=RLock, repr=False)  # what is made may be made of what is

    def __len__(self) -> int:
        """How many ties there are."""
        return len(self.ids)

    def kept(self, key: object, make: Callable[[], Made]) -> Made:
        """What was made of these columns before, or is made now: it stays right as long as they do.

        The others wait rather than make the same: what a million ties are sorted with is ten times what is kept.
        """
        if key not in self._made:
            with self._lock:
                if key not in self._made:
                    self._made[key] = make()
                    if len(self) > _MANY:
                        _trim()
        found: Made = self._made[key]
        return found

    def tally(self, key: str, ties: slice, count: Callable[[slice], Whole]) -> Whole:
        """What is counted of ties that stand beside each other, where counts add up; whole blocks are counted once."""
        first, last = -(-ties.start // _BLOCK), ties.stop // _BLOCK
        if last - first < 2:
            return count(ties)
        sums = self.kept(("sums", key), lambda: self._sums(count))
        before, after = slice(ties.start, first * _BLOCK), slice(last * _BLOCK, ties.stop)
        found: Whole = sums[last] - sums[first] + count(before) + count(after)
        return found

    def _sums(self, count: Callable[[slice], Whole]) -> NDArray[Any]:
        """Of all ties before each block."""
        blocks = [count(slice(at, at + _BLOCK)) for at in range(0, len(self) - _BLOCK + 1, _BLOCK)]
        return np.cumsum([np.zeros_like(blocks[0]), *blocks], axis=0, dtype=np.int32)

    # --- what follows from the columns, made when first asked for ---

    @property
    def home_country(self) -> NDArray[np.int16]:
        """The country of the home side."""
        return self.kept("home_country", lambda: self.place_country[self.home])

    @property
    def partner_country(self) -> NDArray[np.int16]:
        """The country of the partner side."""
        return self.kept("partner_country", lambda: self.place_country[self.partner])

    @property
    def home_continent(self) -> Code:
        """The continent of the home side."""
        return self.kept("home_continent", lambda: self.continents[self.home_country])

    @property
    def partner_continent(self) -> Code:
        """The continent of the partner side."""
        return self.kept("partner_continent", lambda: self.continents[self.partner_country])

    @property
    def homes(self) -> Few:
        """The places that are the home side of a tie."""
        return self.kept("homes", lambda: self._few(self.home, self.partner))

    @property
    def provinces(self) -> Few:
        """The provinces that the sides of ties are or lie in."""
        return self.kept("provinces", lambda: self._few(self.province[self.home], self.province[self.partner]))

    def _few(self, home: Position, partner: Position) -> Few:
        known = np.flatnonzero(np.bincount(home + 1, minlength=len(self.place_ids) + 1)[1:])
        if home is not self.home:
            known = np.union1d(known, np.unique(partner[partner >= 0]))
        numbers = np.full(len(self.place_ids) + 1, len(known), np.uint16 if len(known) < 1 << 16 else np.int32)
        numbers[known] = np.arange(len(known))  # the last stays for -1, which is nowhere
        return Few(known.astype(np.int32), numbers[home], numbers[partner])

    @property
    def home_level(self) -> Code:
        """The level of the home side."""
        return self.kept("home_level", lambda: self.place_level[self.home])

    @property
    def years(self) -> NDArray[np.int16]:
        """The year of founding; 0 where it is not known."""
        return self.kept("years", lambda: np.where(self.dates == UNDATED, 0, self.dates >> YEAR).astype(np.int16))

    @property
    def counted(self) -> Truth:
        """Which rows count as ties where nobody asks for a type or a status."""
        return self.kept("counted", lambda: counting(self.kind, self.status, (), ()))

    def order(self, sort: str, chinese: bool) -> Position | None:
        """Positions of all ties in an order; None for the one in which they stand."""
        if sort == "founded":
            return None
        key = (sort, chinese if sort in {"home", "partner", "country"} else None)
        return self.kept(("order", *key), lambda: self._ordered(sort, chinese).astype(np.int32))

    def rank(self, pk: int, sort: str, chinese: bool) -> int | None:
        """How many ties stand before one in an order, by its number; None where there is no such tie."""
        found = np.flatnonzero(self.ids == pk)
        if not len(found):
            return None
        order = self.order(sort, chinese)
        return int(found[0] if order is None else np.flatnonzero(order == found[0])[0])

    def _ordered(self, sort: str, chinese: bool) -> NDArray[np.intp]:
        if sort == "updated":
            return self._as_updated()
        if sort == "-founded":
            newest = np.where(self.dates == UNDATED, 0, self.dates)
            return np.argsort(-newest, kind="stable")  # of one date, they stand by number already
        ranks = self.ranks(chinese)
        home, partner = ranks[self.home].astype(np.int64), ranks[self.partner].astype(np.int64)
        if sort == "country":
            first, second = self.country_ranks(chinese)[self.partner_country].astype(np.int64), partner
        else:
            first, second = (home, partner) if sort == "home" else (partner, home)
        return np.lexsort((self.ids, first << 32 | second))

    def ranks(self, chinese: bool) -> Position:
        """By position, where a place's name stands among all; equal names share a rank."""
        return self.kept(("ranks", chinese), lambda: _ranks(self.place_ids, chinese))

    def country_ranks(self, chinese: bool) -> Position:
        """The same of countries."""
        return self.kept(("country ranks", chinese), lambda: _country_ranks(self.countries, chinese))

    def _as_updated(self) -> NDArray[np.intp]:
        """The database knows when rows were written: its index has this order."""
        rows = Relationship.objects.published().order_by("-updated_at", "id").values_list("pk", flat=True)
        ids = np.fromiter(rows.iterator(_AT_ONCE), np.int64)
        by_id = np.argsort(self.ids)
        found = by_id[np.searchsorted(self.ids, ids, sorter=by_id).clip(max=max(len(self) - 1, 0))]
        found = found[self.ids[found] == ids]  # one that was published a moment ago is not in these columns
        return np.concatenate([found, np.setdiff1d(np.arange(len(self)), found)])

    @property
    def speaking(self) -> Speaking:
        """Which source speaks of which tie."""
        return self.kept("speaking", self._speaking)

    def _speaking(self) -> Speaking:
        said = self._pairs(numbers.columns(Evidence.objects.all(), "relationship", "source"))
        told = self._pairs(numbers.columns(Event.objects.filter(source__isnull=False), "relationship", "source"))
        pairs = numbers.distinct(np.concatenate([said, told]))
        sources = pairs & _SOURCE
        known = numbers.distinct(sources)
        counts = np.bincount(said >> _SHIFT, minlength=len(self)).astype(np.int32)
        of_ties = (pairs >> _SHIFT).astype(np.int32)
        return Speaking(of_ties, np.searchsorted(known, sources).astype(np.int32), known.tolist(), counts)

    def _pairs(self, read: list[Whole]) -> Whole:
        """The position of a tie and the number of a source in one number, each pair once; drafts are left out."""
        ties, sources = self._positions(*read)
        return numbers.distinct(ties << _SHIFT | sources)

    def _positions(self, ties: Whole, beside: NDArray[Any]) -> tuple[Whole, NDArray[Any]]:
        """The positions of ties by number, and what stands beside each; drafts are left out."""
        by_id = np.argsort(self.ids)
        if not len(by_id):
            return np.empty(0, np.int64), beside[:0]
        found = by_id[np.searchsorted(self.ids, ties, sorter=by_id).clip(max=len(self) - 1)]
        known = self.ids[found] == ties
        return found[known], beside[known]

    def places_at(self, ids: NDArray[np.int64]) -> Position:
        """The positions of places by number; those that there are not are left out."""
        return positions_of(self.place_ids, ids)

    def country_rows(self) -> dict[str, Country]:
        """The countries by their codes."""
        return self.kept("countries", Country.objects.in_bulk)

    def sources(self) -> dict[int, Source]:
        """The sources that speak of a tie, by number, without their texts."""
        return self.kept("sources", lambda: Source.objects.defer("text").in_bulk(self.speaking.ids))


def counting(kinds: Code, statuses: Code, types_asked: Iterable[str], statuses_asked: Iterable[str]) -> Truth:
    """Which rows of these kinds and statuses count as ties, where some of both are asked for by name."""
    no_tie = np.isin(kinds, [TYPES[word] for word in UNCOUNTED_TYPES - set(types_asked)])
    return ~(no_tie | np.isin(statuses, [STATUSES[word] for word in UNCOUNTED_STATUSES - set(statuses_asked)]))


def either_side(home: NDArray[Any], partner: NDArray[Any], size: int) -> Whole:
    """How many ties have a value on either side; one with the same on both counts once."""
    counted: Whole = np.bincount(home, minlength=size) + np.bincount(partner, minlength=size)
    return counted - np.bincount(home[home == partner], minlength=size)


def positions_of(place_ids: Whole, asked: Whole) -> Position:
    """Where these numbers stand among the numbers of places; those that are not there are left out."""
    if not len(place_ids):
        return np.empty(0, np.int32)
    found = np.searchsorted(place_ids, asked).clip(max=len(place_ids) - 1)
    known: Position = found[place_ids[found] == asked].astype(np.int32)
    return known


# --- making them ------------------------------------------------------------------------------------------------------

_latest: Columns | None = None
_making = Lock()


def current() -> Columns:
    """The columns of the register as it is now; one query where nothing has changed."""
    global _latest  # noqa: PLW0603 (one for the process)
    held, now = _latest, state.state()
    if held is not None and held.state == now:
        return held
    with _making:  # the others wait rather than make the same
        held = _latest
        if held is None or held.state != now:
            _latest = held = _made()
    return held


def _made() -> Columns:
    columns = _read_all()
    _trim()
    return columns


def _trim() -> None:
    """Give back to the system what reading has used: ten times as much as what is kept."""
    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:  # glibc alone has it
        trim(0)


def _read_all() -> Columns:
    with at_one_moment():
        now = state.state()
        countries = list(Country.objects.order_by("code").values_list("code", "continent"))
        place_ids, country, level, parent, above = _sorted(
            Place.objects.published(),
            *(_letters("country"), _coded("level", LEVELS), Coalesce("parent", 0), Coalesce("parent__parent", 0)),
        )
        told = (_coded("type", TYPES), _coded("status", STATUSES), _date("founded"))
        ids, home, partner, kind, status, dates = _sorted(Relationship.objects.published(), "home", "partner", *told)
    # A published tie has published places; one that has not is nowhere.
    seen = np.isin(home, place_ids) & np.isin(partner, place_ids)
    ids, home, partner, kind, status, dates = (column[seen] for column in (ids, home, partner, kind, status, dates))
    oldest = np.argsort(dates, kind="stable")
    codes = [code for code, _continent in countries]
    spelt = [ord(code[0]) << 8 | ord(code[1]) for code in codes]
    return Columns(
        state=now,
        countries=codes,
        continents=np.array([CONTINENTS[continent] for _code, continent in countries], np.uint8),
        place_ids=place_ids,
        place_country=np.searchsorted(spelt, country).astype(np.int16),
        place_level=level.astype(np.uint8),
        province=_provinces(place_ids, level, parent, above),
        ids=ids[oldest],
        home=np.searchsorted(place_ids, home)[oldest].astype(np.int32),
        partner=np.searchsorted(place_ids, partner)[oldest].astype(np.int32),
        dates=dates[oldest].astype(np.int32),
        kind=kind[oldest].astype(np.uint8),
        status=status[oldest].astype(np.uint8),
    )


def _sorted(rows: QuerySet[Any], *told: str | Combinable) -> list[Whole]:
    """The keys of rows, and columns of them, by key."""
    read = numbers.columns(rows, "pk", *told)
    by_key = np.argsort(read[0], kind="stable")
    return [column[by_key] for column in read]


def _coded(column: str, codes: Mapping[str, int]) -> Case:
    """A column of words as their numbers."""
    return Case(*(When(**{column: word}, then=Value(code)) for word, code in codes.items()))


def _letters(column: str) -> Combinable:
    """A column of two letters as a number, in whose order they stand as well."""
    return Ord(column) * 256 + Ord(Substr(column, 2, 1))


def _date(name: str) -> Coalesce:
    """A date as a number that grows with it, and ``UNDATED`` without a year."""
    month, day = Coalesce(f"{name}_month", 0), Coalesce(f"{name}_day", 0)
    return Coalesce(F(f"{name}_year") * (1 << YEAR) + month * (1 << 5) + day, UNDATED)


def _provinces(ids: Whole, level: Whole, parent: Whole, above: Whole) -> Position:
    """By place, the province-level place that it is, or that it lies in directly or by its city."""
    found = np.full(len(ids), -1, np.int32)
    is_province = level == LEVELS[Level.PROVINCE]
    for column in (ids, parent, above):
        at = np.searchsorted(ids, column).clip(max=max(len(ids) - 1, 0))
        fits = (ids[at] == column) & is_province[at]
        found[fits] = at[fits]
    return found


def _ranks(ids: Whole, chinese: bool) -> Position:
    column = "pinyin" if chinese else "slug"
    keys, ranks = _dense(Place.objects.published().order_by(column).values_list("pk", column))
    found = np.zeros(len(ids), np.int32)
    found[np.searchsorted(ids, np.array(keys, np.int64)).clip(max=max(len(ids) - 1, 0))] = ranks
    return found


def _country_ranks(codes: list[str], chinese: bool) -> Position:
    column = "pinyin" if chinese else "name_en"
    keys, ranks = _dense(Country.objects.order_by(column).values_list("pk", column))
    by_code = dict(zip(keys, ranks, strict=True))
    return np.array([by_code.get(code, 0) for code in codes], np.int32)


def _dense(rows: QuerySet[Any, tuple[Any, str]]) -> tuple[list[Any], list[int]]:
    keys, ranks, rank, last = [], [], -1, None
    for key, name in rows.iterator(_AT_ONCE):
        rank, last = rank + (name != last), name
        keys.append(key)
        ranks.append(rank)
    return keys, ranks
