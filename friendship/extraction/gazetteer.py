"""The places and countries that the grammar knows by name, read once from the data files of this folder.

Chinese divisions are all known (present and abolished); countries too; of foreign places only some are, since no list
has them all: the rest are found by grammar (``mentions``).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from friendship.extraction.words import SUFFIX as FOREIGN_SUFFIX

_HERE = Path(__file__).parent
_COUNTRIES = _HERE.parent.parent / "fixtures" / "countries.csv"

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Division:
    """A Chinese administrative division: full names, and the last year in which it existed, if it no longer does."""

    name: str
    level: str
    province: str
    prefecture: str
    until: str

    @property
    def chain(self) -> tuple[str, ...]:
        """Itself and what contains it, nearest first, by full names."""
        return tuple(dict.fromkeys(name for name in (self.name, self.prefecture, self.province) if name))


@dataclass(frozen=True, slots=True)
class Abroad:
    """A foreign place that is known by name; ``weight`` is its population in thousands."""

    name: str
    country: str
    kind: str
    weight: int


class Names(Generic[_Value]):
    """Names by their first two characters: the longest that stands at a place of a line is found in a few steps."""

    def __init__(self, entries: Iterable[tuple[str, _Value]]) -> None:
        self._values: dict[str, list[_Value]] = defaultdict(list)
        for name, value in entries:
            self._values[name].append(value)
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._values:
            lengths[name[:2]].add(len(name))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}

    def get(self, name: str) -> list[_Value]:
        """All that bear ``name``."""
        return self._values.get(name, [])

    def at(self, line: str, start: int) -> Iterator[tuple[str, list[_Value]]]:
        """The names that stand at ``start``, the longest first."""
        for length in self._lengths.get(line[start : start + 2], ()):
            name = line[start : start + length]
            if name in self._values:
                yield name, self._values[name]


#: The peoples after whom autonomous divisions are named, longest first; the short name leaves them out.
_PEOPLES = sorted(
    """
    蒙古族 回族 藏族 维吾尔 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 瑶族 白族 土家族 哈尼族 哈萨克
    哈萨克族 傣族 黎族 傈僳族 佤族 畲族 拉祜族 水族 东乡族 纳西族 景颇族 柯尔克孜 柯尔克孜族 土族 达斡尔族 仫佬族
    羌族 布朗族 撒拉族 毛南族 仡佬族 锡伯 锡伯族 阿昌族 普米族 塔吉克 塔吉克族 怒族 鄂温克族 德昂族 保安族 裕固族
    独龙族 鄂伦春 蒙古 各族 回族维吾尔族
""".split(),
    key=len,
    reverse=True,
)
_OF_PEOPLES = re.compile(f"(?<=..)(?:{'|'.join(_PEOPLES)})+(?=自治)")
_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|矿区|新区|省|市|盟|县|区|旗)$")
_GENERIC = {"自治州": "州", "自治县": "县", "自治旗": "旗", "自治区": "区"}


def stem(name: str) -> str:
    """凉山 of 凉山彝族自治州: without peoples and suffix; the name itself where less than two characters are left."""
    bare = _SUFFIX.sub("", _OF_PEOPLES.sub("", name))
    return bare if len(bare) >= 2 else name


def bare_name(name: str) -> str:
    """A foreign name without its suffix: 平阳 of 平阳省; the name itself where less than two are left."""
    for match in FOREIGN_SUFFIX.finditer(name):
        if match.end() == len(name) and match.start() >= 2:
            return name[: match.start()]
    return name


def short_forms(division: Division) -> set[str]:
    """The names a text uses for a division besides the full one: 凉山州 and, from the prefecture up, 凉山."""
    forms = set()
    bare = stem(division.name)
    for suffix, generic in _GENERIC.items():
        if division.name.endswith(suffix) and bare != division.name:
            forms |= {bare + generic, bare + suffix} if suffix != "自治区" else set()
    if division.level in {"province", "municipality", "prefecture"}:
        forms.add(bare)
    forms |= {short for short, name in _SHORTER.items() if name == division.name}
    return forms - {division.name}


#: Short names that no rule gives.
_SHORTER = {
    "克州": "克孜勒苏柯尔克孜自治州",
    "巴州": "巴音郭楞蒙古自治州",
    "博州": "博尔塔拉蒙古自治州",
    "版纳": "西双版纳傣族自治州",
    "版纳州": "西双版纳傣族自治州",
    "黔西南州": "黔西南布依族苗族自治州",
}


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Everything that is known by name.

    ``stems`` are short names of Chinese counties, and ``bare`` those of foreign places that are words or Chinese places
    as well: too weak to stand alone.
    """

    home: Names[Division]
    stems: Names[Division]
    abroad: Names[Abroad]
    bare: Names[Abroad]
    countries: Names[str]
    country_names: Mapping[str, str]
    transliteration: frozenset[str]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _divisions() -> list[Division]:
    return [
        Division(row["name"], row["level"], row["province"], row["prefecture"], row["until"])
        for row in _rows(_HERE / "divisions.csv")
    ]


#: Names of countries that press texts use besides those of fixtures/countries.csv; none of them is a name to show.
_OTHER_NAMES = {
    "RU": "俄国 俄联邦 苏联 前苏联",
    "KR": "南朝鲜",
    "TH": "泰王国",
    "DE": "联邦德国 西德 东德",
    "MN": "蒙古 外蒙古",
    "CZ": "捷克斯洛伐克",
    "MK": "马其顿",
    "RS": "南斯拉夫 南联盟",
    "SA": "沙特",
    "PG": "巴新",
    "WS": "西萨摩亚",
    "LK": "锡兰",
    "KG": "吉尔吉斯",
    "SZ": "斯威士兰",
    "BN": "文莱国",
    "CN": "我国 全国",
    "CD": "刚果",
}
#: What stands after a short name in the long name of a state: 芬兰共和国, 越南社会主义共和国.
_STATE = re.compile(
    r"(?:人民民主|民主社会主义|社会主义|联邦民主|阿拉伯|阿拉伯埃及|伊斯兰|伊斯兰革命|民主人民|人民|民主|联邦|合作|多民族|玻利瓦尔|东岸|独立)*"
    r"(?:共和国|合众国|王国|大公国|公国|酋长国|联邦|联合王国|国(?![家际务会立内外人民产王]))"
)


def _countries() -> tuple[list[tuple[str, str]], dict[str, str]]:
    names: list[tuple[str, str]] = []
    shown: dict[str, str] = {}
    for row in _rows(_COUNTRIES):
        code, shown[row["code"]] = row["code"], row["name_zh"]
        names += [(unicodedata.normalize("NFKC", name), code) for name in (row["name_zh"], *row["aliases"].split("|"))]
    names += [(name, code) for code, others in _OTHER_NAMES.items() for name in others.split()]
    return [pair for pair in dict.fromkeys(names) if len(pair[0]) >= 2 and not pair[0].isascii()], shown


def state_ending(line: str, start: int) -> int:
    """Where a state's long name ends whose short name ends at ``start``."""
    match = _STATE.match(line, start)
    return match.end() if match else start


#: A character is one of those that write foreign sounds when it stands in so many foreign names.
_COMMON = 4
_OWN_CHARACTERS = frozenset({"JP", "KR", "KP", "VN", "SG", "MY"})


def _transliteration(places: Iterable[Abroad]) -> frozenset[str]:
    counts: dict[str, int] = defaultdict(int)
    for place in places:
        if place.country not in _OWN_CHARACTERS:
            for character in set(place.name):
                counts[character] += 1
    return frozenset(character for character, count in counts.items() if count >= _COMMON)


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer, read from the files at the first call (under half a second)."""
    divisions = _divisions()
    foreign = [
        Abroad(row["name"], row["country"], row["kind"], int(row["weight"])) for row in _rows(_HERE / "abroad.csv")
    ]
    names, shown = _countries()
    return Gazetteer(
        home=Names((name, division) for division in divisions for name in (division.name, *short_forms(division))),
        stems=Names(
            (stem(division.name), division)
            for division in divisions
            if division.level in {"county", "district"} and stem(division.name) != division.name
        ),
        abroad=Names((place.name, place) for place in foreign),
        bare=Names((bare, place) for place in foreign if (bare := bare_name(place.name)) != place.name),
        countries=Names(names),
        country_names=shown,
        transliteration=_transliteration(foreign),
    )
