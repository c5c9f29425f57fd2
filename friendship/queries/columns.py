"""The register's ties in columns, in memory: one array for each thing that can be asked of all ties at once.

A filter is a comparison of an array, a facet is a count of the values in it, an order is an array of positions: each
costs milliseconds for a million ties, where a database takes seconds. The database stays the truth. ``current`` asks it
for the state of the register, and makes the columns anew when that has changed. Nothing here is ever altered in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock
from typing import Any, NamedTuple, TypeVar

import numpy as np
from django.db import Error
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from friendship import state
from friendship.enums import (
    UNCOUNTED_STATUSES,
    UNCOUNTED_TYPES,
    Continent,
    Level,
    RelationshipType,
    ReviewState,
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
#: In ``dates``: after every date there is.
UNDATED = 1 << 30
_AT_ONCE = 20_000
#: Names that are kept with the columns; beyond, they are forgotten and read again.
_MOST_NAMES = 50_000


class Named(NamedTuple):
    """A place as a list names it."""

    slug: str
    level: str
    name_zh: str
    name_en: str
    is_public: bool


@dataclass(frozen=True)
class Columns:
    """The published ties, oldest first (those without a year last), and all places by number.

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
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __len__(self) -> int:
        """How many ties there are."""
        return len(self.ids)

    def kept(self, key: object, make: Callable[[], Made]) -> Made:
        """What was made of these columns before, or is made now: it stays right as long as they do."""
        if key not in self._made:
            made = make()
            with self._lock:
                self._made.setdefault(key, made)
        found: Made = self._made[key]
        return found

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
    def home_province(self) -> Position:
        """The province that the home side is or lies in."""
        return self.kept("home_province", lambda: self.province[self.home])

    @property
    def partner_province(self) -> Position:
        """The province that the partner side is or lies in."""
        return self.kept("partner_province", lambda: self.province[self.partner])

    @property
    def home_level(self) -> Code:
        """The level of the home side."""
        return self.kept("home_level", lambda: self.place_level[self.home])

    @property
    def years(self) -> NDArray[np.int16]:
        """The year of founding; 0 where it is not known."""
        return self.kept("years", lambda: np.where(self.dates == UNDATED, 0, self.dates >> 9).astype(np.int16))

    @property
    def counted(self) -> Truth:
        """Which rows count as ties where nobody asks for a type or a status."""
        return self.kept("counted", lambda: self.counting((), ()))

    def counting(self, types: Iterable[str], statuses: Iterable[str]) -> Truth:
        """The same, where these types and statuses are asked for by name."""
        no_tie = np.isin(self.kind, [TYPES[word] for word in UNCOUNTED_TYPES - set(types)])
        return ~(no_tie | np.isin(self.status, [STATUSES[word] for word in UNCOUNTED_STATUSES - set(statuses)]))

    def order(self, sort: str, chinese: bool) -> Position | None:
        """Positions of all ties in an order; None for the one in which they stand."""
        if sort == "founded":
            return None
        key = (sort, chinese if sort in {"home", "partner", "country"} else None)
        return self.kept(("order", *key), lambda: self._ordered(sort, chinese).astype(np.int32))

    def _ordered(self, sort: str, chinese: bool) -> NDArray[np.intp]:
        if sort == "updated":
            return self._as_updated()
        if sort == "-founded":
            newest = np.where(self.dates == UNDATED, 0, self.dates)
            return np.argsort(-newest, kind="stable")  # of one date, they stand by number already
        ranks = self.kept(("ranks", chinese), lambda: _ranks(self.place_ids, chinese))
        home, partner = ranks[self.home].astype(np.int64), ranks[self.partner].astype(np.int64)
        if sort == "country":
            countries = _country_ranks(self.countries, chinese)
            first, second = countries[self.partner_country].astype(np.int64), partner
        else:
            first, second = (home, partner) if sort == "home" else (partner, home)
        return np.lexsort((self.ids, first << 32 | second))

    def _as_updated(self) -> NDArray[np.intp]:
        """The database knows when rows were written: its index has this order."""
        rows = Relationship.objects.published().order_by("-updated_at", "id").values_list("pk")
        (ids,) = _read(rows, 1)
        by_id = np.argsort(self.ids)
        found = by_id[np.searchsorted(self.ids, ids, sorter=by_id).clip(max=max(len(self) - 1, 0))]
        found = found[self.ids[found] == ids]  # one that was published a moment ago is not in these columns
        return np.concatenate([found, np.setdiff1d(np.arange(len(self)), found)])

    @property
    def speaking(self) -> tuple[Position, Position, list[int]]:
        """Which source speaks of which tie, as evidence or by an event: positions of ties, of sources, the sources."""
        return self.kept("speaking", lambda: self._speaking(*_said(), *_told()))

    def _speaking(self, *read: Whole) -> tuple[Position, Position, list[int]]:
        ties, sources = np.concatenate(read[::2]), np.concatenate(read[1::2])
        known, position = np.unique(sources, return_inverse=True)
        ties, position = self._positions(ties, position)
        pairs = np.unique(ties * max(len(known), 1) + position)
        return (
            (pairs // max(len(known), 1)).astype(np.int32),
            (pairs % max(len(known), 1)).astype(np.int32),
            known.tolist(),
        )

    @property
    def source_counts(self) -> NDArray[np.int32]:
        """The number of sources that give evidence, by tie."""
        return self.kept("source_counts", lambda: self._source_counts(*_said()))

    def _source_counts(self, ties: Whole, sources: Whole) -> NDArray[np.int32]:
        ties, sources = self._positions(ties, sources)
        pairs = np.unique(np.stack([ties, sources]), axis=1) if len(ties) else np.empty((2, 0), np.int64)
        return np.bincount(pairs[0], minlength=len(self)).astype(np.int32)

    def _positions(self, ties: Whole, beside: NDArray[Any]) -> tuple[Whole, NDArray[Any]]:
        """The positions of ties by number, and what stands beside each; drafts are left out."""
        by_id = np.argsort(self.ids)
        if not len(by_id):
            return np.empty(0, np.int64), beside[:0]
        found = by_id[np.searchsorted(self.ids, ties, sorter=by_id).clip(max=len(self) - 1)]
        known = self.ids[found] == ties
        return found[known], beside[known]

    def places_at(self, ids: Iterable[int]) -> Position:
        """The positions of places by number; those that there are not are left out."""
        asked = np.unique(np.fromiter(ids, np.int64))
        if not len(self.place_ids):
            return np.empty(0, np.int32)
        found = np.searchsorted(self.place_ids, asked).clip(max=len(self.place_ids) - 1)
        known: Position = found[self.place_ids[found] == asked].astype(np.int32)
        return known

    def names(self, positions: Iterable[int]) -> dict[int, Named]:
        """The names of places, by position; one query for those that nobody has asked for yet."""
        held: dict[int, Named] = self.kept("names", dict)
        wanted = set(positions)
        if missing := [int(self.place_ids[at]) for at in wanted - held.keys()]:
            if len(held) > _MOST_NAMES:
                held.clear()
            columns = ("pk", "slug", "level", "name_zh", "name_en", "review_state")
            rows = list(Place.objects.filter(pk__in=missing).order_by().values_list(*columns))
            where = np.searchsorted(self.place_ids, [row[0] for row in rows]).tolist()
            for at, (_pk, slug, level, name_zh, name_en, review) in zip(where, rows, strict=True):
                held[at] = Named(slug, level, name_zh, name_en, review == ReviewState.PUBLISHED)
        return {at: held[at] for at in wanted if at in held}

    def country_rows(self) -> dict[str, Country]:
        """The countries by their codes."""
        return self.kept("countries", Country.objects.in_bulk)

    def sources(self) -> dict[int, Source]:
        """The sources that speak of a tie, by number, without their texts."""
        return self.kept("sources", lambda: Source.objects.defer("text").in_bulk(self.speaking[2]))


# --- making them ------------------------------------------------------------------------------------------------------

_latest: Columns | None = None
_making = Lock()


def current() -> Columns:
    """The columns of the register as it is now; one query where nothing has changed."""
    global _latest  # noqa: PLW0603 (one for the process)
    held = _latest
    try:
        now = state.state()
    except Error:
        if held is None:
            raise
        return held  # the primary is away, so nothing is written; a standby may still give the names
    if held is not None and held.state == now:
        return held
    with _making:  # the others wait rather than make the same
        held = _latest
        if held is None or held.state != now:
            _latest = held = _made()
    return held


def _made() -> Columns:
    with at_one_moment():
        now = state.state()
        countries = list(Country.objects.order_by("code").values_list("code", "continent"))
        code_of = {code: at for at, (code, _continent) in enumerate(countries)}
        words = {**LEVELS, **code_of}
        place_ids, country, level, parent, above = _read(
            Place.objects.order_by("pk").values_list(
                "pk", "country", "level", Coalesce("parent", 0), Coalesce("parent__parent", 0)
            ),
            5,
            words,
        )
        dated = [Coalesce(f"founded_{part}", 0) for part in ("year", "month", "day")]
        ids, home, partner, kind, status, year, month, day = _read(
            Relationship.objects.published()
            .order_by("pk")
            .values_list("pk", "home", "partner", "type", "status", *dated),
            8,
            {**TYPES, **{word: STATUSES[word] for word in STATUSES}},
        )
    dates = np.where(year > 0, year << 9 | month << 5 | day, UNDATED)
    oldest = np.argsort(dates, kind="stable")
    return Columns(
        state=now,
        countries=[code for code, _continent in countries],
        continents=np.array([CONTINENTS[continent] for _code, continent in countries], np.uint8),
        place_ids=place_ids,
        place_country=country.astype(np.int16),
        place_level=level.astype(np.uint8),
        province=_provinces(place_ids, level, parent, above),
        ids=ids[oldest],
        home=np.searchsorted(place_ids, home)[oldest].astype(np.int32),
        partner=np.searchsorted(place_ids, partner)[oldest].astype(np.int32),
        dates=dates[oldest].astype(np.int32),
        kind=kind[oldest].astype(np.uint8),
        status=status[oldest].astype(np.uint8),
    )


def _read(rows: QuerySet[Any, tuple[Any, ...]], width: int, words: dict[str, int] | None = None) -> list[Whole]:
    """The columns of a query as numbers; words become their codes."""
    numbers = chain.from_iterable(rows.iterator(_AT_ONCE))
    if words:
        numbers = (words[each] if isinstance(each, str) else each for each in numbers)  # type: ignore[assignment]
    table = np.fromiter(numbers, np.int64).reshape(-1, width)
    return [np.ascontiguousarray(column) for column in table.T]


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
    """By position, where a place's name stands among all; equal names share a rank."""
    column = "pinyin" if chinese else "slug"
    return _dense(
        Place.objects.order_by(column).values_list("pk", column), lambda pk: int(np.searchsorted(ids, pk)), len(ids)
    )


def _country_ranks(codes: list[str], chinese: bool) -> Position:
    column = "pinyin" if chinese else "name_en"
    return _dense(Country.objects.order_by(column).values_list("pk", column), codes.index, len(codes))


def _dense(rows: QuerySet[Any, tuple[Any, str]], position: Callable[[Any], int], count: int) -> Position:
    ranks, rank, last = np.zeros(count, np.int32), -1, None
    for key, name in rows.iterator(_AT_ONCE):
        rank, last = rank + (name != last), name
        ranks[position(key)] = rank
    return ranks


def _said() -> list[Whole]:
    return _read(Evidence.objects.order_by().values_list("relationship", "source"), 2)


def _told() -> list[Whole]:
    return _read(Event.objects.filter(source__isnull=False).order_by().values_list("relationship", "source"), 2)
