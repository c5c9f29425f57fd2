"""Our own exports, read back: CSV and XLSX by the names or the headings of the columns, and JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from math import isfinite
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.enums import Claim, ImportFormat, Level
from friendship.exporters import json as exported
from friendship.exporters.columns import COLUMNS, Kind
from friendship.exporters.csv import unguarded
from friendship.importers.records import (
    Happening,
    Listing,
    Piece,
    Publication,
    Reason,
    Record,
    Side,
    Unreadable,
)
from friendship.importers.tables import Document, JsonDocument, Row, fold, numbered

_NEEDED = {"id", "home_slug", "partner_slug"}
#: Columns in which spaces and line breaks at the ends count; elsewhere a person's spreadsheet may have added them.
_AS_WRITTEN = {"note_zh", "note_en"} | {column.name for column in COLUMNS if column.kind == Kind.LINES}
_MISFIT = gettext_noop("%(field)s: %(value)s does not belong there.")
_NUMBER = re.compile(r"[0-9]{1,15}")  # a spreadsheet keeps 15 digits
_SHOWN = 60  # characters of what does not belong


class _Misfit(Exception):
    """A value of the wrong kind in a field; ``reason`` says which."""

    def __init__(self, field: str, value: object) -> None:
        text = str(value) if isinstance(value, (str, int, float)) else type(value).__name__
        self.reason = Reason(_MISFIT, {"field": field, "value": text[:_SHOWN]})
        super().__init__(field)


def recognises(document: Document) -> bool:
    """Whether it says so itself, as our JSON does, or has the columns that tell a tie and its sides."""
    if isinstance(document, JsonDocument):
        return isinstance(document.value, dict) and document.value.get("format") == exported.FORMAT
    return set(_columns(document.header)) >= _NEEDED


def records(document: Document) -> Iterator[Record]:
    """The ties, without the sources; ``listing`` has both."""
    yield from listing(document).records


def listing(document: Document) -> Listing:
    """The ties with the sources that give evidence of them. Raises ``Unreadable`` for JSON of another shape."""
    if isinstance(document, JsonDocument):
        return _of_json(document.value)
    columns = _columns(document.header)
    sources: dict[str, Publication] = {}
    rows = document.records(lambda row: _of_row(row, columns, guarded=not document.sheet, sources=sources))
    return Listing(ImportFormat.REGISTER.value, list(rows), tuple(sources.values()))


# --- tables -----------------------------------------------------------------------------------------------------------


@cache
def _headings() -> tuple[Mapping[str, str], ...]:
    """The column of each heading, folded: one table for their names, and one for what each language calls them."""
    called = [{fold(column.name): column.name for column in COLUMNS}]
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            called.append({fold(column.heading): column.name for column in COLUMNS})
    return tuple(called)


@cache
def _codes() -> Mapping[tuple[str, str], str]:
    """The code of each label of a column with choices, in all languages; a code is its own."""
    codes: dict[tuple[str, str], str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for column in COLUMNS:
                for code, label in column.labels.items():
                    codes[column.name, fold(code)] = codes[column.name, fold(label)] = code
    return codes


@lru_cache(maxsize=64)
def _columns(header: tuple[str, ...]) -> Mapping[str, int]:
    """The place of each of our columns in a header, read as the one of names or languages that fits it best."""
    return max((_placed(header, called) for called in _headings()), key=len)


def _placed(header: tuple[str, ...], called: Mapping[str, str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for place, heading in enumerate(header):
        name = called.get(fold(heading))
        if name:
            found.setdefault(name, place)
    return found


def _of_row(row: Row, columns: Mapping[str, int], *, guarded: bool, sources: dict[str, Publication]) -> Record:
    written = row.written or row.cells
    cells = {name: written[place] if place < len(written) else "" for name, place in columns.items()}
    if guarded:
        cells = {name: unguarded(cell) for name, cell in cells.items()}
    cells = {name: cell if name in _AS_WRITTEN else cell.strip() for name, cell in cells.items()}
    try:
        return _record(row, _Cells(cells), sources)
    except _Misfit as misfit:
        return Record(row.number, quote=row.quote, wrong=misfit.reason)


class _Cells:
    """The cells of one row, by the names of their columns; a column that is missing is empty."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells

    def text(self, name: str) -> str:
        return self._cells.get(name, "")

    def code(self, name: str) -> str:
        """The code, where the cell has its label; words that are neither are left as they are."""
        text = self.text(name).strip()
        return _codes().get((name, fold(text)), text)

    def lines(self, name: str, count: int) -> list[str]:
        lines = [self._line(name, line) for line in self.text(name).split("\n")]
        return lines[:count] + [""] * (count - len(lines))

    @staticmethod
    def _line(name: str, line: str) -> str:
        line = line.strip()
        return _codes().get((name, fold(line)), line)

    def degrees(self, name: str) -> float | None:
        text = self.text(name)
        try:
            degrees = float(text) if text else None
        except ValueError:
            raise _Misfit(name, text) from None
        if degrees is not None and not isfinite(degrees):
            raise _Misfit(name, text)
        return degrees

    def number(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise _Misfit(name, text)
        return int(text)


def _record(row: Row, cells: _Cells, sources: dict[str, Publication]) -> Record:
    tie_type = cells.code("type")
    return Record(
        row.number,
        _side(cells, "home"),
        _side(cells, "partner"),
        quote=row.quote,
        type=tie_type,
        type_as_printed=cells.text("type_as_printed"),
        status=cells.code("status"),
        founded=cells.text("founded"),
        ended=cells.text("ended"),
        note_zh=cells.text("note_zh"),
        note_en=cells.text("note_en"),
        id=cells.number("id"),
        evidence=tuple(_pieces(cells, tie_type, sources)),
    )


def _side(cells: _Cells, side: str) -> Side:
    names = (f"{side}_country", f"{side}_country_zh", f"{side}_country_en")
    country = next(filter(None, map(cells.text, names)), "")
    slug = cells.text(f"{side}_slug")
    containers = (_container(cells, f"{side}_{level}", level, country) for level in (Level.CITY, Level.PROVINCE))
    name_zh, name_en = cells.text(f"{side}_name_zh"), cells.text(f"{side}_name_en")
    return Side(
        name_zh=name_zh,
        name_en=name_en,
        country=country,
        level=cells.code(f"{side}_level"),
        within=tuple(place for place in containers if (place.name_zh or place.name_en) and not _is(place, slug)),
        latitude=cells.degrees(f"{side}_latitude"),
        longitude=cells.degrees(f"{side}_longitude"),
        wikidata_id=cells.text(f"{side}_wikidata_id"),
        slug=slug,
        official_code=cells.text(f"{side}_official_code"),
    )


def _container(cells: _Cells, column: str, level: Level, country: str) -> Side:
    return Side(
        name_zh=cells.text(f"{column}_zh"),
        name_en=cells.text(f"{column}_en"),
        country=country,
        level=level.value,
        slug=cells.text(column),
    )


def _is(place: Side, slug: str) -> bool:
    """Whether the column of a level names the place itself: what is of a level stands in the column of that level."""
    return bool(slug) and place.slug == slug


def _pieces(cells: _Cells, tie_type: str, sources: dict[str, Publication]) -> Iterator[Piece]:
    """One piece of evidence for each source; the sources themselves are noted where they are met first."""
    slugs = [slug.strip() for slug in cells.text("sources").split("\n")]
    columns = ("titles", "publishers", "kinds", "dates", "urls", "languages", "quotes")
    parallel = zip(slugs, *(cells.lines(f"source_{name}", len(slugs)) for name in columns), strict=True)
    for slug, title, publisher, kind, published_on, url, language, quote in parallel:
        if slug:
            sources.setdefault(slug, Publication(slug, title, publisher, kind, published_on, url, language))
            yield Piece(slug, Claim.TIE.value, tie_type, quote)


# --- JSON -------------------------------------------------------------------------------------------------------------


def _of_json(value: Mapping[str, Any]) -> Listing:
    if value.get("version") != exported.VERSION:
        message = _("This export is of version %(version)s, and version %(known)s is known here.")
        raise Unreadable(message % {"version": value.get("version"), "known": exported.VERSION})
    results, sources = value.get("results"), value.get("sources", [])
    for name, part in (("results", results), ("sources", sources)):
        if not isinstance(part, list):
            raise Unreadable(_("“%(name)s” is no list.") % {"name": name})
    return Listing(
        ImportFormat.REGISTER.value,
        [_of_result(number, result) for number, result in numbered(results or ())],
        tuple(_publications(sources)),
    )


def _publications(sources: Iterable[Any]) -> Iterator[Publication]:
    for number, source in numbered(sources):
        try:
            fields = _Fields(source, "sources")
            yield Publication(
                fields.needed("slug"),
                fields.text("title"),
                fields.text("publisher"),
                fields.text("kind"),
                fields.text("published_on"),
                fields.text("url"),
                fields.text("language"),
                fields.text("note_zh"),
                fields.text("note_en"),
            )
        except _Misfit as misfit:
            why = _(misfit.reason.text) % misfit.reason.parameters
            raise Unreadable(_("Source %(number)s: %(why)s") % {"number": number, "why": why}) from misfit


def _of_result(number: int, result: Any) -> Record:
    try:
        fields = _Fields(result, "results")
        return Record(
            number,
            _place(fields.inner("home"), contained=True),
            _place(fields.inner("partner"), contained=True),
            quote=_words(fields),
            type=fields.text("type"),
            type_as_printed=fields.text("type_as_printed"),
            status=fields.text("status"),
            founded=fields.text("founded"),
            ended=fields.text("ended"),
            note_zh=fields.text("note_zh"),
            note_en=fields.text("note_en"),
            id=fields.number("id"),
            evidence=tuple(_piece(piece) for piece in fields.each("evidence")),
            events=tuple(_happening(event) for event in fields.each("events")),
        )
    except _Misfit as misfit:
        return Record(number, wrong=misfit.reason)


def _words(fields: _Fields) -> str:
    """What a person recognises the record by: it has no row with words of its own."""
    sides = [fields.inner(side) for side in ("home", "partner")]
    words = [text for side in sides for text in (side.text("name_zh"), side.text("name_en"), side.text("country"))]
    return " | ".join(filter(None, [*words, fields.text("type"), fields.text("founded")]))


def _place(fields: _Fields, *, contained: bool) -> Side:
    return Side(
        name_zh=fields.text("name_zh"),
        name_en=fields.text("name_en"),
        country=fields.text("country"),
        level=fields.text("level"),
        within=tuple(_place(parent, contained=False) for parent in fields.each("parents")) if contained else (),
        latitude=fields.degrees("latitude"),
        longitude=fields.degrees("longitude"),
        wikidata_id=fields.text("wikidata_id"),
        slug=fields.text("slug"),
        official_code=fields.text("official_code"),
        aliases=fields.texts("aliases"),
    )


def _piece(fields: _Fields) -> Piece:
    return Piece(
        fields.needed("source"),
        fields.text("claim"),
        fields.text("value"),
        fields.text("quote"),
        fields.number("start"),
        fields.number("end"),
        fields.text("strength"),
    )


def _happening(fields: _Fields) -> Happening:
    return Happening(
        fields.text("kind"),
        fields.text("date"),
        fields.text("paper"),
        fields.text("text_zh"),
        fields.text("text_en"),
        fields.text("source"),
    )


class _Fields:
    """An object of JSON, whose fields must be of the kinds that our export writes; what is missing is empty.

    ``path`` says where it stands: ``home.parents``.
    """

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise _Misfit(path, value)
        self._value = value
        self._path = path

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}"

    def text(self, key: str) -> str:
        value = self._value.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise _Misfit(self._name(key), value)
        return value

    def needed(self, key: str) -> str:
        text = self.text(key)
        if not text:
            raise _Misfit(self._name(key), "–")
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._list(key)
        for text in value:
            if not isinstance(text, str):
                raise _Misfit(self._name(key), text)
        return tuple(value)

    def number(self, key: str) -> int | None:
        value = self._value.get(key)
        if value is not None and type(value) is not int:
            raise _Misfit(self._name(key), value)
        return value

    def degrees(self, key: str) -> float | None:
        value = self._value.get(key)
        if value is None:
            return None
        if type(value) not in {int, float} or not isfinite(value):
            raise _Misfit(self._name(key), value)
        return float(value)

    def inner(self, key: str) -> _Fields:
        return _Fields(self._value.get(key), self._name(key))

    def each(self, key: str) -> list[_Fields]:
        return [_Fields(value, self._name(key)) for value in self._list(key)]

    def _list(self, key: str) -> list[Any]:
        value = self._value.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise _Misfit(self._name(key), value)
        return value
