"""Pairs of cities, each with its country: ``city1,country1[,lat1,lng1],city2,country2[,lat2,lng2]``.

With a header the columns may stand in any order and have other names (City A, from_country, latitude_2, 城市1). Without
one they stand as above, and the first row shows it: a city, a country, perhaps numbers, a city, a country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache

from babel import Locale

from friendship import names
from friendship.importers import cells
from friendship.importers.records import Record, Side
from friendship.importers.tables import Document, Row, Table, fold

_FIRST = r"1|a|one|first|from|origin|home|source|一|甲"
_SECOND = r"2|b|two|second|to|dest|destination|partner|sister|twin|target|二|乙"
_PARTS = {
    "city": r"(?:city|town|place|municipality|城市|市)(?:name|名称?)?|name",
    "country": r"(?:country|nation|国家|国别|国)(?:name|code|名称?)?",
    "lat": r"lat|latitude|纬度",
    "lng": r"lng|lon|long|longitude|经度",
}
_HEADINGS = tuple(
    (
        f"{part}{number}",
        re.compile(
            rf"(?:{side})(?:city|place)?(?:{words})|(?:city|place)?(?:(?:{words})(?:{side})|(?:{side})(?:{words}))"
        ),
    )
    for part, words in _PARTS.items()
    for number, side in ((1, _FIRST), (2, _SECOND))
)
_FURTHER = {
    "founded": re.compile(r"year|since|date|founded|established|signed|年份|结好时间|时间"),
    "ended": re.compile(r"until|ended|enddate|终止时间"),
    "type": re.compile(r"type|relationship|类型"),
}
_NEEDED = {"city1", "country1", "city2", "country2"}

_WITHOUT_HEADER = {
    4: ("city1", "country1", "city2", "country2"),
    8: ("city1", "country1", "lat1", "lng1", "city2", "country2", "lat2", "lng2"),
}
_NUMBER = re.compile(r"(?:[+\-\u2212]?[0-9]{1,3}(?:[.,][0-9]{1,30})?)?")


def recognises(document: Document) -> bool:
    """Whether the header names two cities and their countries, or the first row is such a pair itself."""
    return isinstance(document, Table) and (
        set(_columns(document.header)) >= _NEEDED or (not document.titles and _is_pair(document.header))
    )


def records(document: Document) -> Iterator[Record]:
    """A record for each row; without a header, the first row is one of them."""
    if not isinstance(document, Table):
        raise TypeError(document)
    columns = _columns(document.header)
    if set(columns) >= _NEEDED:
        yield from document.records(lambda row: _record(row, columns, document.header))
        return
    width = _width(document.header)
    fields = _WITHOUT_HEADER[width]
    columns = {name: column for column, name in enumerate(fields)}
    for row in _all_rows(document, width):
        yield Record(row.number, quote=row.quote, wrong=row.wrong) if row.wrong else _record(row, columns, fields)


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...]) -> Mapping[str, int]:
    """The column of each field that a header names; the first of two that mean the same."""
    found: dict[str, int] = {}
    for column, heading in enumerate(header):
        if field := _field_of(fold(heading)):
            found.setdefault(field, column)
    return found


def _field_of(heading: str) -> str:
    if heading in ("from", "to", "origin", "destination"):
        return "city1" if heading in ("from", "origin") else "city2"
    return next((name for name, pattern in (*_HEADINGS, *_FURTHER.items()) if pattern.fullmatch(heading)), "")


# --- without a header -------------------------------------------------------------------------------------------------


def _width(first: tuple[str, ...]) -> int:
    """How many columns there are; the last two may be empty in the first row."""
    return 4 if len(first) == 4 else 8


def _is_pair(first: tuple[str, ...]) -> bool:
    if len(first) not in (4, 6, 8):
        return False
    row = dict(zip(_WITHOUT_HEADER[_width(first)], first, strict=False))
    numbers = [text for name, text in row.items() if name[:3] in ("lat", "lng")]
    cities = [row["city1"], row["city2"]]
    return (
        all(any(char.isalpha() for char in city) for city in cities)
        and all(_NUMBER.fullmatch(text) for text in numbers)
        and any(_is_country(row[name]) for name in ("country1", "country2"))
    )


def _is_country(text: str) -> bool:
    """Whether a text or its last part (England, United Kingdom) is a country by its usual names or codes."""
    pieces = [text, *re.split(r"[,，]", text)]
    return any(names.normalise(piece) in _countries() for piece in pieces if piece.strip())


@cache
def _countries() -> frozenset[str]:
    """What countries are called in Chinese and English, and their codes."""
    found = {"uk", "usa", "中国香港", "中国澳门", "中国台湾"}
    for language in ("zh", "en"):
        for code, called in Locale.parse(language).territories.items():
            if len(code) == 2:
                found |= {names.normalise(called), code.casefold()}
    return frozenset(found)


def _all_rows(table: Table, width: int) -> Iterator[Row]:
    """The rows, the first included; where it leaves the last columns empty, others are not too long for it."""
    yield _as_wide(Row(table.header_row, table.header), width)
    for row in table.rows:
        fits = row.wrong and "columns" in row.wrong.parameters and len(row.written) == width
        cleaned = tuple(cell.strip() for cell in row.written) if fits else row.cells
        yield _as_wide(replace(row, cells=cleaned, wrong=None if fits else row.wrong), width)


def _as_wide(row: Row, width: int) -> Row:
    return replace(row, cells=(row.cells + ("",) * width)[:width])


# --- a row ------------------------------------------------------------------------------------------------------------


def _record(row: Row, columns: Mapping[str, int], header: Iterable[str]) -> Record:
    fields = {name: row.cells[column] for name, column in columns.items()}
    called = dict(zip(range(len(row.cells)), header, strict=False))
    headings = {name: called[column] for name, column in columns.items()}
    try:
        home, partner = (_side(fields, headings, number) for number in (1, 2))
    except cells.Unusable as unusable:
        return Record(row.number, quote=row.quote, wrong=unusable.reason)
    kind = fields.get("type", "")
    return Record(
        row.number,
        home,
        partner,
        quote=row.quote,
        type=kind,
        type_as_printed=kind,
        founded=fields.get("founded", ""),
        ended=fields.get("ended", ""),
    )


def _side(fields: Mapping[str, str], headings: Mapping[str, str], number: int) -> Side:
    city, country, lat, lng = (f"{part}{number}" for part in _PARTS)
    latitude, longitude = cells.position(
        fields.get(lat, ""), fields.get(lng, ""), (headings.get(lat, lat), headings.get(lng, lng))
    )
    return Side(
        cells.name(fields[city], headings[city]),
        country=cells.name(fields[country], headings[country]) if fields[country] else "",
        latitude=latitude,
        longitude=longitude,
    )
