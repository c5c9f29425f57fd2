"""Every row that answers a question, as tables have it: a tuple of cells for each tie, read without models.

The numbers of the ties come in order through one cursor. What is in their cells is read for some hundreds at a time, by
number, so that sorting moves little and memory stays what it is for a short list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from friendship.enums import Level
from friendship.models import Country
from friendship.queries import values
from friendship.queries.criteria import Criteria, order_of, select
from friendship.queries.exports import address, iso

#: Rows that are read together: more than of documents, since cells are small, and a page of places serves more ties.
CHUNK = 2_000
#: Between the quotes of one source: what lies between them in its text is left out.
OMISSION = " … "


class ExportedRow(NamedTuple):
    """A published tie as a row of cells, one for each of ``exporters.columns.COLUMNS``, in their order."""

    id: int
    home_name_zh: str
    home_name_en: str
    partner_name_zh: str
    partner_name_en: str
    partner_country_zh: str
    partner_country_en: str
    type: str
    type_as_printed: str
    status: str
    founded: str
    ended: str
    note_zh: str
    note_en: str
    source_titles: str
    source_quotes: str
    source_publishers: str
    source_kinds: str
    source_dates: str
    source_urls: str
    source_languages: str
    sources: str
    home_country: str
    home_country_zh: str
    home_country_en: str
    home_slug: str
    home_level: str
    home_province: str
    home_province_zh: str
    home_province_en: str
    home_city: str
    home_city_zh: str
    home_city_en: str
    home_official_code: str
    home_wikidata_id: str
    home_latitude: float | None
    home_longitude: float | None
    partner_country: str
    partner_slug: str
    partner_level: str
    partner_province: str
    partner_province_zh: str
    partner_province_en: str
    partner_city: str
    partner_city_zh: str
    partner_city_en: str
    partner_official_code: str
    partner_wikidata_id: str
    partner_latitude: float | None
    partner_longitude: float | None
    url: str


_SIDES = ("home", "partner")
_PLACE = ("slug", "name_zh", "name_en", "level", "country", "latitude", "longitude", "official_code", "wikidata_id")
#: By a column of a tie or of a side, the cell that holds it as it is.
_AS_IT_IS = {name: name for name in ("id", "type", "type_as_printed", "status", "note_zh", "note_en")} | {
    f"{side}__{name}": f"{side}_{name}" for side in _SIDES for name in _PLACE
}
_DATES = {date: tuple(f"{date}_{part}" for part in ("year", "month", "day")) for date in ("founded", "ended")}
_READ = (*_AS_IT_IS, *_DATES["founded"], *_DATES["ended"], *(f"{side}__parent" for side in _SIDES))
_CONTAINER = ("level", "slug", "name_zh", "name_en")
_PUBLISHED_ON = ("published_year", "published_month", "published_day")
_SOURCE = ("slug", "title", "publisher", "kind", "url", "language", *_PUBLISHED_ON)
_TOLD = (
    *("sources", "source_titles", "source_publishers", "source_kinds", "source_urls", "source_languages"),
    *("source_dates", "source_quotes"),
)

_PROVINCE, _CITY = Level.PROVINCE.value, Level.CITY.value
_Texts = tuple[str, ...]
_NOWHERE = ("", "", "")
_UNTOLD = ("",) * len(_TOLD)

#: What all rows of a portion hold, by the names of columns or of cells.
_Read = dict[str, Sequence[Any]]
_Cells = dict[str, Iterable[Any]]
#: By the number of a place, what is called how of each level: itself and what contains it.
_Called = dict[int | None, dict[str, _Texts]]


def exported_rows(criteria: Criteria, site: str = "") -> Iterator[ExportedRow]:
    """Every listed row in the order asked for, sorted as the language that is active now sorts.

    ``site`` is what addresses begin with (``https://register.example.org``). One query, one for the countries, and
    up to five for every ``CHUNK`` of rows: ties, what contains their places (two), evidence, and sources not yet met.
    """
    before, after = address(site)
    keys = select(criteria).order_by(*order_of(criteria.sort)).values_list("pk", flat=True)
    return _rows(keys.iterator(CHUNK), before, after)


def _rows(keys: Iterator[int], before: str, after: str) -> Iterator[ExportedRow]:
    """What belongs together is read and made column by column: that costs a third of what rows would."""
    names = {code: (zh, en) for code, zh, en in Country.objects.values_list("code", "name_zh", "name_en")}
    told = _Told()
    while chunk := list(islice(keys, CHUNK)):
        found = {row[0]: row for row in values.values_of_ties(chunk, _READ)}
        if rows := [found[pk] for pk in chunk if pk in found]:  # where nobody reads at one moment, some may have gone
            read: _Read = dict(zip(_READ, zip(*rows, strict=True), strict=True))
            cells = _of_ties(read) | _of_sides(read, names) | told.of(read["id"])
            cells["url"] = [f"{before}{pk}{after}" for pk in read["id"]]
            yield from map(ExportedRow._make, zip(*(cells[name] for name in ExportedRow._fields), strict=True))


def _of_ties(read: _Read) -> _Cells:
    as_it_is: _Cells = {cell: read[column] for column, cell in _AS_IT_IS.items()}
    return as_it_is | {date: map(_date, *(read[part] for part in parts)) for date, parts in _DATES.items()}


_date = lru_cache(maxsize=500)(iso)


def _of_sides(read: _Read, names: dict[str, tuple[str, str]]) -> _Cells:
    above = _containers({*read["home__parent"], *read["partner__parent"]})
    cells: _Cells = {}
    for side in _SIDES:
        countries = [names[code] for code in read[f"{side}__country"]]
        place = (read[f"{side}__{column}"] for column in ("parent", "level", "slug", "name_zh", "name_en"))
        within = [_within(above, *each) for each in zip(*place, strict=True)]
        levels = [f"{side}_{level}{form}" for level in (_PROVINCE, _CITY) for form in ("", "_zh", "_en")]
        cells |= _columns((f"{side}_country_zh", f"{side}_country_en"), countries) | _columns(levels, within)
    return cells


def _columns(names: Sequence[str], rows: Sequence[_Texts]) -> _Cells:
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def _containers(keys: set[int | None]) -> _Called:
    """What these places and what contains them are called, by level; what is not public is left out."""
    asked, found = [key for key in keys if key is not None], _Called()
    for pk, level, *called in values.values_of_published_places(asked, ("pk", *_CONTAINER)):
        found.setdefault(pk, {})[level] = tuple(called)
    for pk, level, *called in values.values_of_what_contains(asked, ("children", *_CONTAINER)):
        found.setdefault(pk, {})[level] = tuple(called)
    return found


def _within(above: _Called, parent: int | None, level: str, *called: str) -> _Texts:
    """Address and names of the province, and of the city, that a place is or lies in; empty where it is in none."""
    by_level = {**above.get(parent, {}), level: called}
    return by_level.get(_PROVINCE, _NOWHERE) + by_level.get(_CITY, _NOWHERE)


class _Told:
    """What the sources of ties say, as texts of a line for each; sources that were met are kept, but not many."""

    def __init__(self) -> None:
        self._sources: dict[int, _Texts] = {}

    def of(self, ties: Sequence[int]) -> _Cells:
        """The cells of these ties; empty where there is no evidence."""
        rows = values.values_of_evidence(ties, ("relationship", "source", "quote"))
        self._meet({source for _tie, source, _quote in rows})
        pieces: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for tie, source, quote in rows:
            pieces[tie].append((source, quote))
        lines = lru_cache(self._lines)  # many ties rest on the same
        return _columns(_TOLD, [lines(*pieces[tie]) if tie in pieces else _UNTOLD for tie in ties])

    def _meet(self, keys: set[int]) -> None:
        strangers = keys - self._sources.keys()
        if len(self._sources) + len(strangers) > CHUNK:
            self._sources, strangers = {}, keys
        for pk, *row in values.values_of_sources(list(strangers), ("pk", *_SOURCE)):
            texts = (*row[:-3], iso(*row[-3:]))
            self._sources[pk] = tuple(map(_line, texts))

    def _lines(self, *said: tuple[int, str]) -> _Texts:
        """By slug, each source once with its quotes in order, each quote once."""
        quotes: dict[int, dict[str, None]] = {source: {} for source, _quote in said}
        for source, quote in said:
            if quote:
                quotes[source][quote] = None
        told = sorted((*self._sources[source], _line(OMISSION.join(each))) for source, each in quotes.items())
        return tuple("\n".join(texts) if any(texts) else "" for texts in zip(*told, strict=True))


def _line(text: str) -> str:
    return " ".join(text.splitlines())
