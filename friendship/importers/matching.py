"""Which places a name of a list may mean: by address, item, or name narrowed by level, containers and distance.

The rules only; ``settling`` decides with them, and asks where nothing tells places apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

from friendship import names, queries
from friendship.distances import Point, kilometres
from friendship.enums import Level
from friendship.importers.understanding import Named
from friendship.models import Place

#: So near, two points are one place: the middle of a city, its town hall, its airport.
NEAR = 60.0
#: So far apart are no two points that lists give for one city, wide as some are.
FAR = 150.0
#: A province’s capital may lie far from its middle: Krasnoyarsk does by 1,200 km.
FAR_IN_A_PROVINCE = 1_500.0

#: What so many places of a country are called names none of them, and comparing them all would take for ever.
MOST_NAMESAKES = 100

_CHINA = "CN"
#: Where the word “City” translates 市 or its like. Elsewhere it belongs to the name: Kansas City, Quezon City.
_CITY_IS_A_LEVEL = frozenset({"CN", "JP", "KP", "KR", "MN", "TW", "VN"})

#: Parts of a country that contain counties, which the register counts among the provinces as well: a place in Norfolk
#: may be in England, though only one of them can stand as what contains it.
_NATIONS = frozenset({"england", "scotland", "wales", "northern ireland", "英格兰", "苏格兰", "威尔士", "北爱尔兰"})

_PROVINCE, _CITY, _COUNTY = (frozenset({level.value}) for level in Level)
ANY_LEVEL = _PROVINCE | _CITY | _COUNTY
#: Which levels a place may have whose name ends so; words that do not stand here fit every level.
_LEVELS_IN_CHINA: dict[str, frozenset[str]] = {
    **dict.fromkeys(["省", "province"], _PROVINCE),
    **dict.fromkeys(["州", "盟", "地区", "prefecture"], _CITY),
    **dict.fromkeys(["县", "旗", "镇", "村", "county", "district"], _COUNTY),
}
_LEVELS_ABROAD: dict[str, frozenset[str]] = {
    **dict.fromkeys(["省", "州", "道", "府", "邦", "大区"], _PROVINCE),
    **dict.fromkeys(["province", "state", "prefecture", "oblast"], _PROVINCE),
    **dict.fromkeys(["县", "county"], _PROVINCE | _COUNTY),  # Japan’s 县 are prefectures
    **dict.fromkeys(["市", "镇", "町", "村", "city", "municipality"], _CITY | _COUNTY),
}


class Fit(IntEnum):
    """How well a name fits; a better one beats the others."""

    PINYIN = 1  # 绵阳 and Mianyang
    SAME_WORD = 2  # 延边州 and 延边朝鲜族自治州
    BARE = 3  # 绵阳 and 绵阳市
    FULL = 4
    ITEM = 5
    ADDRESS = 6


@dataclass(frozen=True, slots=True)
class Called:
    """Normal forms of a place’s names: ``full`` as written, ``bare`` without the word for the level, and that word.

    ``spelt`` is the pinyin of a Chinese place that has no other name: its English name would be just that.
    """

    full: frozenset[str]
    bare: Mapping[str, str]
    spelt: frozenset[str]
    is_chinese: bool
    is_foreign: bool

    @property
    def forms(self) -> set[str]:
        """Everything that the place may be called."""
        return {*self.full, *self.bare, *self.spelt}

    def is_like(self, other: Called) -> bool:
        """Whether both may name the same place."""
        return not self.forms.isdisjoint(other.forms)

    def is_unlike(self, other: Called) -> bool:
        """Whether they name different places; names in Chinese and in English alone tell nothing."""
        comparable = (self.is_chinese and other.is_chinese) or (self.is_foreign and other.is_foreign)
        return comparable and not self.is_like(other)


def called(row: Place | Named) -> Called:
    """What a place of the register or of a list is called."""
    if isinstance(row, Place):
        return _called(row.country_id, row.name_zh, row.name_en, tuple(row.aliases.splitlines()))
    return _called(row.country, row.name_zh, row.name_en, row.aliases)


@lru_cache(maxsize=10_000)  # the same states and provinces contain many
def _called(country: str, name_zh: str, name_en: str, aliases: tuple[str, ...]) -> Called:
    forms = [spelling(name) for name in (name_zh, name_en, *aliases) if name]
    spelt = _pinyin(name_zh) if country == _CHINA and name_zh and not name_en else frozenset()
    full = frozenset(plain for plain, _bare, _word in forms)
    chinese = {plain for plain in full if names.has_han(plain)}
    return Called(
        full=full,
        bare={bare: word for _plain, bare, word in forms if word},
        spelt=spelt,
        is_chinese=bool(chinese),
        is_foreign=bool(full - chinese or spelt),
    )


@lru_cache(maxsize=10_000)
def spelling(name: str) -> tuple[str, str, str]:
    """A name’s normal form, the same without the word for its level, and that word."""
    plain = names.normalise(name)
    return plain, *queries.bare(plain)


def _pinyin(name_zh: str) -> frozenset[str]:
    plain, bare, _word = spelling(name_zh)
    return frozenset("".join(names.syllables(form)) for form in {plain, bare})


# --- places that are known, and names that are looked for -----------------------------------------------------------


@dataclass(slots=True)
class Marks:
    """The items and the coordinates that names of a list have, where the place that they fit has none to compare."""

    items: set[str] = field(default_factory=set)
    points: set[Point] = field(default_factory=set)
    is_spread: bool = False  # some points are too far apart for one place

    def add(self, named: Named, place: Place) -> None:
        """Note what a name says that the place does not."""
        if named.wikidata_id and not place.wikidata_id:
            self.items.add(named.wikidata_id)
        point = _rounded(named) if place.latitude is None else None
        if point and point not in self.points and len(self.points) <= MOST_NAMESAKES:
            self.is_spread |= len(self.points) == MOST_NAMESAKES or self._is_far(point, place, any)
            self.points.add(point)

    @property
    def differ(self) -> bool:
        """Whether they are those of more than one place."""
        return len(self.items) > 1 or self.is_spread

    def contradict(self, named: Named, place: Place) -> bool:
        """Whether the name has an item or coordinates that are not among these."""
        point = _rounded(named)
        has_another_item = bool(self.items and named.wikidata_id) and named.wikidata_id not in self.items
        return has_another_item or bool(self.points and point and self._is_far(point, place, all))

    def _is_far(self, point: Point, place: Place, how_many: Callable[[Iterable[bool]], bool]) -> bool:
        return how_many(kilometres(point, other) > _far(place) for other in self.points)


@dataclass(slots=True, eq=False)
class Candidate:
    """A place that a list may mean: one of the register, or a new one that the list brings.

    ``around`` is what contains it. ``listed_as`` is the address that the list knows it by. ``is_listed_in_full`` says
    that the list has a name that is exactly its own. ``marks`` are those of all names of the list that fit it best,
    ``sure_marks`` those of names that more than the name speaks for.
    """

    place: Place
    number: int
    called: Called
    around: tuple[Called, ...]
    listed_as: str = ""
    is_listed_in_full: bool = False
    marks: Marks = field(default_factory=Marks)
    sure_marks: Marks = field(default_factory=Marks)

    def mark(self, named: Named, *, is_sure: bool) -> None:
        """Remember the item and the coordinates that the list knows the place by."""
        self.marks.add(named, self.place)
        if is_sure:
            self.sure_marks.add(named, self.place)

    @property
    def is_new(self) -> bool:
        """Whether the register does not hold it yet."""
        return self.place._state.adding


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name of a list, made ready to be compared; ``levels`` are those that come into question."""

    named: Named
    called: Called
    around: tuple[Called, ...]
    levels: frozenset[str]

    @classmethod
    def of(cls, named: Named, levels: frozenset[str] = ANY_LEVEL) -> Wanted:
        """Prepare a name. The level that a list tells counts before ``levels``."""
        told = frozenset({named.level}) if named.level else levels
        return cls(named, called(named), tuple(called(container) for container in named.within), told)


class KnownPlaces:
    """The places of some countries, and those that a list brings, by everything that they are found by."""

    def __init__(self, rows: Iterable[Place]) -> None:
        self._by_id: dict[int, Candidate] = {}
        self._by_slug: dict[str, Candidate] = {}
        self._by_item: dict[tuple[str, str], Candidate] = {}
        self._by_form: dict[str, dict[str, list[Candidate]]] = defaultdict(dict)
        self._count = 0
        for row in rows:
            candidate = self.add(row, tuple(called(container) for container in _containers(row)))
            self._by_id[row.pk] = candidate

    def add(self, place: Place, around: tuple[Called, ...]) -> Candidate:
        """Make a place known, with what contains it."""
        self._count += 1
        candidate = Candidate(place, self._count, called(place), around)
        self._by_slug.setdefault(place.slug, candidate)
        self._index(candidate)
        return candidate

    def refresh(self, candidate: Candidate) -> None:
        """Find a place also by names and the item that it has got meanwhile."""
        candidate.called = called(candidate.place)
        self._index(candidate)

    def _index(self, candidate: Candidate) -> None:
        country = candidate.place.country_id
        for form in candidate.called.forms:
            same = self._by_form[country].setdefault(form, [])
            if candidate not in same:
                same.append(candidate)
        if item := candidate.place.wikidata_id:
            self._by_item.setdefault((country, item), candidate)

    def with_id(self, pk: int) -> Candidate | None:
        """The place of the register with this id."""
        return self._by_id.get(pk)

    def addressed(self, named: Named) -> Candidate | None:
        """The place at the address that a list gives, in the same country."""
        found = self._by_slug.get(named.slug) if named.slug else None
        return found if found and found.place.country_id == named.country else None

    def identified(self, named: Named) -> Candidate | None:
        """The place with the Wikidata item that a list gives, in the same country."""
        return self._by_item.get((named.country, named.wikidata_id)) if named.wikidata_id else None

    def namesakes(self, wanted: Wanted) -> list[Candidate]:
        """The places of the country that share a form of the name, each once; not those that the list tells apart."""
        forms = self._by_form.get(wanted.named.country, {})
        slug = wanted.named.slug
        found = {one.number: one for form in wanted.called.forms for one in forms.get(form, ())}
        return [one for one in found.values() if not (slug and one.listed_as and one.listed_as != slug)]


def fitting(wanted: Wanted, namesakes: Iterable[Candidate]) -> Iterator[tuple[Candidate, Fit]]:
    """The places whose name fits and which nothing else that the list says rules out."""
    for candidate in namesakes:
        fit = _fit(wanted.called, candidate)
        if fit and not _contradicts(wanted, candidate):
            yield candidate, fit


def _containers(place: Place) -> Iterator[Place]:
    while place.parent is not None:
        place = place.parent
        yield place


# --- how a name fits a place ----------------------------------------------------------------------------------------


def _fit(mine: Called, candidate: Candidate) -> Fit | None:
    theirs, place = candidate.called, candidate.place
    if not mine.full.isdisjoint(theirs.full):
        return Fit.FULL
    words = [word for form, word in mine.bare.items() if form in theirs.full or form in theirs.spelt]
    if not all(place.level in _levels(word, place.country_id) for word in words):
        return None
    if any(form in theirs.full for form in mine.bare) or not theirs.bare.keys().isdisjoint(mine.full):
        return Fit.BARE
    if any(_last(theirs.bare[form]) == _last(word) for form, word in mine.bare.items() if form in theirs.bare):
        return Fit.SAME_WORD
    is_spelt_alike = mine.spelt & (theirs.full | theirs.bare.keys()) or theirs.spelt & (mine.full | mine.bare.keys())
    return Fit.PINYIN if is_spelt_alike else None


def _last(word: str) -> str:
    """What of the word tells the level: the end of 藏族自治州, the whole of an English one."""
    return word[-1:] if names.has_han(word) else word


def _levels(word: str, country: str) -> frozenset[str]:
    known = _LEVELS_IN_CHINA if country == _CHINA else _LEVELS_ABROAD
    return known.get(word) or known.get(_last(word)) or ANY_LEVEL


def _contradicts(wanted: Wanted, candidate: Candidate) -> bool:
    """Whether the list says anything that rules the place out."""
    named, place = wanted.named, candidate.place
    return (
        place.level not in wanted.levels
        or bool(named.wikidata_id and place.wikidata_id and named.wikidata_id != place.wikidata_id)
        or _has_another_chinese_name(named, candidate)
        or _lies_elsewhere(wanted.around, candidate.around)
        or _lies_far_away(named, place)
    )


def _has_another_chinese_name(named: Named, candidate: Candidate) -> bool:
    """In China the Chinese name decides: 苏州 is not 宿州, both Suzhou. Abroad it is one transcription of several."""
    if named.country != _CHINA or not named.name_zh or not candidate.place.name_zh:
        return False
    return candidate.called.forms.isdisjoint(spelling(named.name_zh)[:2])


def _lies_elsewhere(mine: tuple[Called, ...], theirs: tuple[Called, ...]) -> bool:
    """Whether both sides name a container that the other does not have; one that is left out contradicts nothing."""
    only_mine = [one for one in mine if not any(one.is_like(other) for other in theirs)]
    only_theirs = [other for other in theirs if not any(other.is_like(one) for one in mine)]
    return any(
        one.is_unlike(other) and _is_nation(one) == _is_nation(other) for one in only_mine for other in only_theirs
    )


def _is_nation(container: Called) -> bool:
    return not container.full.isdisjoint(_NATIONS)


def _lies_far_away(named: Named, place: Place) -> bool:
    apart = distance(named, place)
    return apart is not None and apart > _far(place)


def _far(place: Place) -> float:
    return FAR_IN_A_PROVINCE if place.level == Level.PROVINCE else FAR


def means_another(wanted: Wanted, candidate: Candidate) -> bool:
    """Whether the list tells this place apart from the one that is wanted, and only the name speaks for it."""
    return candidate.sure_marks.contradict(wanted.named, candidate.place) and not any(is_supported(wanted, candidate))


def is_contested(wanted: Wanted, candidate: Candidate) -> bool:
    """Whether two namesakes of the list may be the place, and nothing tells which of them, or which one is wanted."""
    if candidate.sure_marks.differ:
        return True
    marks, sure = candidate.marks, candidate.sure_marks
    is_open = (len(marks.items) > 1 and not sure.items) or (marks.is_spread and not sure.points)
    return is_open and not any(is_supported(wanted, candidate))


def is_supported(wanted: Wanted, candidate: Candidate) -> tuple[bool, bool]:
    """Whether a container that the list names contains the place, and whether its coordinates lie near."""
    apart = distance(wanted.named, candidate.place)
    contained = any(one.is_like(other) for one in wanted.around for other in candidate.around)
    return contained, apart is not None and apart <= NEAR


def is_doubtful(wanted: Wanted, candidate: Candidate, fit: Fit) -> bool:
    """Whether the list may well mean a namesake that the register does not hold.

    Abroad, a bare Hiroshima is more often the city than the prefecture, even where that is called so too; and Iowa is
    not Iowa City.
    """
    place = candidate.place
    if fit >= Fit.ITEM or place.country_id == _CHINA or wanted.levels != ANY_LEVEL:
        return False
    if place.level != Level.PROVINCE:
        endings = {*wanted.called.bare.values(), *candidate.called.bare.values()}
        return fit < Fit.FULL and place.country_id not in _CITY_IS_A_LEVEL and "city" in endings
    main = {spelling(name)[0] for name in (place.name_zh, place.name_en) if name}
    asked = wanted.called.full
    shortened = any(form in candidate.called.bare or any(own.startswith(f"{form} ") for own in main) for form in asked)
    return shortened and asked.isdisjoint(main)


def distance(one: Named | Place, other: Named | Place) -> float | None:
    """Kilometres along the great circle, or None where one of them has no coordinates."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return kilometres((one.latitude, one.longitude), (other.latitude, other.longitude))


def _rounded(named: Named) -> Point | None:
    """Where a name lies, to some 10 km: many a list gives one place many points."""
    if named.latitude is None or named.longitude is None:
        return None
    return round(named.latitude, 1), round(named.longitude, 1)
