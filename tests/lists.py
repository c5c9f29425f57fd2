"""Lists of ties of any size in every format, for tests and benchmarks: made up, and saying so.

The same number and seed give the same bytes. Places are called Synthetic place 12 and 合成市12; countries and provinces
are real. Every fiftieth row has one of the world’s quirks, each kind in turn.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Literal

import xlsxwriter

#: Chinese and English name, and where its middle is.
COUNTRIES = (
    ("中国", "China", 35.0, 103.0),
    ("日本", "Japan", 36.0, 138.0),
    ("美国", "United States", 39.0, -98.0),
    ("德国", "Germany", 51.0, 10.0),
    ("法国", "France", 46.5, 2.5),
    ("俄罗斯", "Russia", 56.0, 45.0),
    ("英国", "England, United Kingdom", 52.5, -1.5),
    ("韩国", "South Korea", 36.5, 128.0),
    ("意大利", "Italy", 43.0, 12.0),
    ("波兰", "Poland", 52.0, 19.0),
    ("捷克", "Czechia", 49.8, 15.5),
    ("匈牙利", "Hungary", 47.0, 19.5),
    ("巴西", "Brazil", -12.0, -50.0),
    ("加拿大", "Canada", 52.0, -100.0),
    ("澳大利亚", "Australia", -27.0, 140.0),
    ("南非", "South Africa", -29.0, 24.0),
)
CHINA = COUNTRIES[0]
ABROAD = COUNTRIES[1:]
#: Names that lists still use of countries that have another one today.
FORMER = (("斯威士兰", "Swaziland"), ("缅甸联邦", "Burma"), ("扎伊尔", "Zaire"))
PROVINCES = ("四川省", "浙江省", "广东省", "山东省", "江苏省", "湖北省", "陕西省", "云南省", "内蒙古自治区", "重庆市")

QUIRK_EVERY = 50
#: Items of Wikidata that will not exist for a long time.
_FIRST_ITEM = 900_000_000
_PLACES_A_TIE = 0.5
_FEWEST_PLACES = 40
_BLANK_NODE = "_:b{}"


class Quirk(Enum):
    """What the world’s lists do now and then, in the order of their turns."""

    AGAIN_FROM_THE_OTHER_SIDE = auto()
    WITH_ITSELF = auto()
    NO_NAME = auto()
    NO_COUNTRY = auto()
    COMPOSITE = auto()
    FORMER_COUNTRY = auto()


@dataclass(frozen=True)
class Spot:
    """A made-up place."""

    number: int
    zh: str
    en: str
    country_zh: str
    country_en: str
    latitude: float
    longitude: float

    @property
    def item(self) -> str:
        """Its number in Wikidata."""
        return f"Q{_FIRST_ITEM + self.number}"


@dataclass(frozen=True)
class Pair:
    """A made-up tie; ``quirk`` is already done to it."""

    home: Spot
    partner: Spot
    year: int
    month: int
    day: int
    quirk: Quirk | None = None


# --- ties -------------------------------------------------------------------------------------------------------------


def ties(count: int, seed: int, *, from_china: bool = False) -> Iterator[Pair]:
    """So many ties; those from China have their home side there and their partner abroad."""
    chance = random.Random(seed)  # noqa: S311 (not for secrets)
    number = max(int(count * _PLACES_A_TIE), _FEWEST_PLACES)
    if from_china:
        half = number // 2
        first, second = list(_spots(chance, half, [CHINA])), list(_spots(chance, half, ABROAD, first=half))
    else:
        first = second = list(_spots(chance, number, COUNTRIES))
    seen: set[frozenset[int]] = set()
    last: Pair | None = None
    for row in range(1, count + 1):
        pair = _pair(chance, first, second, seen)
        if row % QUIRK_EVERY == 0 and last is not None:
            turn = row // QUIRK_EVERY - 1
            pair = _with_quirk(pair, last, list(Quirk)[turn % len(Quirk)], turn // len(Quirk))
        else:
            last = pair
        yield pair


def _spots(
    chance: random.Random, count: int, countries: Iterable[tuple[str, str, float, float]], first: int = 0
) -> Iterator[Spot]:
    known = list(countries)
    weights = [1 / rank for rank in range(1, len(known) + 1)]
    for number in range(first + 1, first + count + 1):
        zh, en, latitude, longitude = chance.choices(known, weights)[0]
        yield Spot(
            number,
            f"合成市{number}",
            f"Synthetic place {number}",
            zh,
            en,
            round(latitude + chance.uniform(-3, 3), 4),
            round(longitude + chance.uniform(-3, 3), 4),
        )


def _pair(chance: random.Random, first: list[Spot], second: list[Spot], seen: set[frozenset[int]]) -> Pair:
    while True:
        home, partner = chance.choice(first), chance.choice(second)
        numbers = frozenset({home.number, partner.number})
        if len(numbers) == 2 and numbers not in seen:
            seen.add(numbers)
            return Pair(home, partner, chance.randint(1973, 2024), chance.randint(1, 12), chance.randint(1, 28))


def _with_quirk(pair: Pair, last: Pair, quirk: Quirk, cycle: int) -> Pair:
    """The pair with that quirk; every second cycle has another form of it."""
    home, partner = pair.home, pair.partner
    match quirk:
        case Quirk.AGAIN_FROM_THE_OTHER_SIDE:
            home, partner = last.partner, last.home
            pair = last
        case Quirk.WITH_ITSELF:
            partner = home
        case Quirk.NO_NAME:
            nothing = partner.item if cycle % 2 == 0 else _BLANK_NODE.format(partner.number)
            partner = replace(partner, zh=nothing, en=nothing)
        case Quirk.NO_COUNTRY:
            partner = replace(partner, country_zh="", country_en="")
        case Quirk.COMPOSITE:
            form = "{1} – {0}" if cycle % 2 == 0 else "{0} ({1})"
            around = (f"合成省{partner.number}", f"Synthetic province {partner.number}")
            partner = replace(partner, zh=form.format(partner.zh, around[0]), en=form.format(partner.en, around[1]))
        case Quirk.FORMER_COUNTRY:
            zh, en = FORMER[cycle % len(FORMER)]
            partner = replace(partner, country_zh=zh, country_en=en)
    return replace(pair, home=home, partner=partner, quirk=quirk)


# --- files ------------------------------------------------------------------------------------------------------------

Table = list[list[Any]]


def pairs(count: int, seed: int) -> bytes:
    """A CSV of pairs with coordinates; every fifth row has none."""
    table: Table = [["city1", "country1", "lat1", "lng1", "city2", "country2", "lat2", "lng2"]]
    for row, pair in enumerate(ties(count, seed), start=1):
        sides = ((side.en, side.country_en, *_degrees(side, row)) for side in (pair.home, pair.partner))
        table.append([cell for side in sides for cell in side])
    return _csv(table, "utf-8")


def _degrees(spot: Spot, row: int) -> tuple[Any, Any]:
    return ("", "") if row % 5 == 0 else (spot.latitude, spot.longitude)


def cpaffc(count: int, seed: int) -> bytes:
    """The national register’s JSON, with dates in all of its forms."""
    rows = [_cpaffc_row(row, pair) for row, pair in enumerate(ties(count, seed, from_china=True), start=1)]
    answer = {"code": 1, "msg": "ok", "data": {"count": str(count), "lists": rows}}
    return json.dumps(answer, ensure_ascii=False).encode()


def _cpaffc_row(number: int, pair: Pair) -> dict[str, Any]:
    chinese, foreign = pair.home, pair.partner
    if pair.quirk == Quirk.AGAIN_FROM_THE_OTHER_SIDE:
        chinese, foreign = foreign, chinese  # this list has its Chinese side always on the left
    year, month, day = pair.year, pair.month, pair.day
    signed = (
        f"{year}-{month:02}-{day:02}",
        f"{year}.{month}.{day}",
        f"{year}年{month}月",
        "",
        "0000-00-00",
        f"{year}-{month:02}-{day:02} 00:00:00",
        year,
    )
    return {
        "id": number,
        "sn": f"{number:04}",
        "prov": PROVINCES[chinese.number % len(PROVINCES)],
        "city": chinese.zh,
        "w_city": foreign.zh,
        "w_country": foreign.country_zh or None,
        "qzsj": signed[number % len(signed)],
        "jhsj": str(year) if number % 2 else year,
        "dashiji": f"<p>{year}年{month}月{day}日：签署友好城市协议书。</p>" if number % 10 == 0 else None,
        "tags": ["友好城市"] if number % 3 == 0 else [],
    }


_ENTITY = "http://www.wikidata.org/entity/"
_SIDES = "item itemLabel countryLabel coord partner partnerLabel partnerCountryLabel partnerCoord"
_VARIABLES = (*_SIDES.split(), "start", "startPrecision")


def wikidata(count: int, seed: int, form: Literal["json", "csv", "tsv"] = "json") -> bytes:
    """The results of a query, in one of the forms that the query service gives."""
    results = [_result(pair) for pair in ties(count, seed)]
    if form == "json":
        bindings = [
            {name: _binding(text) for name, text in zip(_VARIABLES, texts, strict=True) if text} for texts in results
        ]
        return json.dumps({"head": {"vars": _VARIABLES}, "results": {"bindings": bindings}}).encode()
    if form == "csv":
        return _csv([list(_VARIABLES), *results], "utf-8")
    lines = ["\t".join(f"?{name}" for name in _VARIABLES)]
    lines += ["\t".join(map(_term, texts)) for texts in results]
    return ("\n".join(lines) + "\n").encode()


def _result(pair: Pair) -> list[str]:
    precision = 9 + pair.day % 3
    month, day = (pair.month if precision > 9 else 1), (pair.day if precision > 10 else 1)
    return [
        *_wikidata_side(pair.home),
        *_wikidata_side(pair.partner),
        f"{pair.year}-{month:02}-{day:02}T00:00:00Z",
        str(precision),
    ]


def _wikidata_side(spot: Spot) -> list[str]:
    item = spot.en if spot.en.startswith("_:") else _ENTITY + spot.item
    return [item, spot.en, spot.country_en, f"Point({spot.longitude} {spot.latitude})"]


def _binding(text: str) -> dict[str, str]:
    kind = "uri" if text.startswith("http") else "bnode" if text.startswith("_:") else "literal"
    return {"type": kind, "value": text.removeprefix("_:")}


def _term(text: str) -> str:
    if text.startswith("http"):
        return f"<{text}>"
    if not text or text.startswith("_:") or text.isdecimal():
        return text
    return f'"{text}"^^<http://www.w3.org/2001/XMLSchema#dateTime>' if text.endswith("00Z") else f'"{text}"@en'


_OFFICE_HEADER = ["序号", "中方城市", "外方城市", "国别", "结好时间", "备注"]


def office(count: int, seed: int, form: Literal["csv", "xlsx"] = "csv") -> bytes:
    """A foreign affairs office’s table: GB18030 as Excel in China saves it, or a workbook with a merged title."""
    table: Table = [_OFFICE_HEADER]
    for row, pair in enumerate(ties(count, seed, from_china=True), start=1):
        chinese, foreign = pair.home, pair.partner
        if pair.quirk == Quirk.AGAIN_FROM_THE_OTHER_SIDE:
            chinese, foreign = foreign, chinese
        date = (
            f"{pair.year}年{pair.month}月{pair.day}日",
            f"{pair.year}.{pair.month:02}.{pair.day:02}",
            str(pair.year),
        )
        table.append([str(row), chinese.zh, foreign.zh, foreign.country_zh, date[row % 3], "合成数据"])
    return _csv(table, "gb18030") if form == "csv" else _workbook(table)


def _csv(table: Table, encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(table)
    return text.getvalue().encode(encoding)


def _workbook(table: Table) -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"in_memory": True}) as book:
        book.set_properties({"created": datetime.datetime(2026, 1, 1)})  # noqa: DTZ001 (Excel knows no zones)
        sheet = book.add_worksheet("友城")
        sheet.merge_range(0, 0, 0, len(_OFFICE_HEADER) - 1, "国际友好城市一览表（合成数据）")
        for number, row in enumerate(table, start=1):
            sheet.write_row(number, 0, row)
    return output.getvalue()
