"""Results of a SPARQL query, as Wikidata’s query service gives them: JSON (three shapes), CSV and TSV.

Variables are named by whoever wrote the query: ``item`` or ``origincity``, ``partner`` or ``sistercity``, their
``…Label``, ``…LabelZh`` and ``…Label_en``, ``…CountryLabel`` or ``destination_countryLabel``, coordinates as
``Point(longitude latitude)`` or in columns of their own, start and end with their precision.

- An item’s label is ``Q1234`` where it has none in the language asked for: that is no name.
- A blank node says that there is something, and not what: no tie can be made of it.
- Dates are ``1985-01-01T00:00:00Z`` for a day, a month and a year alike. A column with the precision (11, 10, 9) tells
  them apart; without it the first of January is the year, the first of a month the month (``dating``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from friendship.importers import cells
from friendship.importers.records import Reason, Record, Side, Unreadable
from friendship.importers.tables import MAX_COLUMNS, Document, Row, Table, fold, joined, numbered
from friendship.names import has_han

_BLANK_NODE = gettext_noop("%(field)s is a blank node: Wikidata knows that there is one, and not which.")
_NO_LABEL = gettext_noop("%(field)s: %(item)s has no label in Chinese or English.")
_NO_NAME = gettext_noop("%(field)s is empty.")
_NO_COUNTRY_LABEL = gettext_noop("%(field)s: %(item)s is an item and no name. Ask the query for its label as well.")
_NO_POINT = gettext_noop("%(field)s: “%(text)s” is not of the form Point(longitude latitude).")
_NOT_ON_EARTH = gettext_noop("%(field)s: “%(text)s” is a point on another globe.")
_NO_BINDING = gettext_noop("The row is no JSON object.")

# --- the variables ----------------------------------------------------------------------------------------------------

_TOWN = r"(?:city|town|place|item|body|administrativebody|municipality|settlement)"
_HOME = rf"(?:(?:origin|home|from|source|first|subject|own){_TOWN}?|{_TOWN})"
_PARTNER = (
    rf"(?:(?:partner|sister|twin|twinned|twinnedwith|destination|dest|target|to|other|second|related|object){_TOWN}?)"
)
_VARIABLE = re.compile(
    rf"(?:(?P<partner>{_PARTNER})|(?P<home>{_HOME}))??(?P<number>[12ab])?"
    r"(?P<what>country|coord|coords|coordinates?|coordinatelocation|location|point|geo|lat|latitude|lon|lng|long|longitude)?"
    r"(?P<number_behind>[12ab])?(?:(?P<label>label|name)(?P<language>[a-z]{2,8})?)?"
)
_POINTS = frozenset("coord coords coordinate coordinates coordinatelocation location point geo".split())
_LATITUDES, _LONGITUDES = frozenset({"lat", "latitude"}), frozenset({"lon", "lng", "long", "longitude"})
_DATES = {
    "start": r"(?:start|since|begin|beginning|established|date)",
    "end": r"(?:end|until|ended|ending)",
}
_DATE_VARIABLES = {
    **{name: re.compile(pattern + r"(?:time|date)?") for name, pattern in _DATES.items()},
    **{f"{name} precision": re.compile(pattern + r"(?:time|date)?precision") for name, pattern in _DATES.items()},
    "precision": re.compile(r"(?:time|date)?precision"),
}


#: What names a place, the surest last.
_NAMING = ("item", "name", "name zh", "name en")


@dataclass(frozen=True, slots=True)
class _Columns:
    """The variables as written, and the number of the one that holds a part: ``home item``, ``start precision``."""

    names: tuple[str, ...]
    places: Mapping[str, int]

    @property
    def name_both_sides(self) -> bool:
        """Whether a tie can be read from them."""
        return all(any(f"{side} {part}" in self.places for part in _NAMING) for side in ("home", "partner"))


@lru_cache(maxsize=64)
def _columns(names: tuple[str, ...]) -> _Columns:
    places: dict[str, int] = {}
    for number, name in enumerate(names):
        if part := _part(fold(name)):
            places.setdefault(part, number)
    if "precision" in places:  # of the only date
        places.setdefault("start precision", places["precision"])
    return _Columns(tuple(name.removeprefix("?") for name in names), places)


def _part(variable: str) -> str:
    """What a variable holds: ``home name zh``, ``partner country``, ``start precision``; or nothing that is known."""
    for name, pattern in _DATE_VARIABLES.items():
        if pattern.fullmatch(variable):
            return name
    match = _VARIABLE.fullmatch(variable)
    if not match or not (match["home"] or match["partner"] or match["what"]):
        return ""
    number = match["number"] or match["number_behind"] or ""
    side = "partner" if match["partner"] or number in ("2", "b") else "home"
    return f"{side} {_what(match)}"


def _what(match: re.Match[str]) -> str:
    what, language = match["what"] or "", match["language"] or ""
    if what in _POINTS:
        return "point"
    if what in _LATITUDES:
        return "latitude"
    if what in _LONGITUDES:
        return "longitude"
    kind = ("country name" if what else "name") if match["label"] else ("country" if what else "item")
    known = next((code for code in ("zh", "en") if language.startswith(code)), "")
    return f"{kind} {known}".strip()


# --- the file ---------------------------------------------------------------------------------------------------------

_LOOKED_AT = 20


def recognises(document: Document) -> bool:
    """Whether the variables name both sides of a tie, and a query shows: its frame, a ``?``, a ``…Label``."""
    if isinstance(document, Table):
        names = document.header
        shows = any(name.startswith("?") for name in names)
    else:
        names = _variables(document.value)
        shows = isinstance(document.value, dict)
    return _columns(names).name_both_sides and (shows or any("label" in name.casefold() for name in names))


def records(document: Document) -> Iterator[Record]:
    """A record for each result."""
    if isinstance(document, Table):
        columns = _columns(document.header)

        def read(row: Row) -> Record:
            terms = {place: _term(row.cells[place]) for place in columns.places.values()}
            return _record(row.number, columns, terms, row.quote)

        yield from document.records(read)
        return
    columns = _columns(_variables(document.value))
    places = {name: place for place, name in enumerate(columns.names)}
    for number, binding in numbered(_bindings(document.value)):
        if not isinstance(binding, dict):
            yield Record(number, quote=_value(binding), wrong=Reason(_NO_BINDING))
            continue
        known = {places[name]: _value(term) for name, term in binding.items() if name in places}
        yield _record(number, columns, known, joined(known[place] for place in sorted(known)))


def _bindings(value: Any) -> list[Any]:
    """The results: as SPARQL’s standard wraps them, or the bare list that the query service’s page offers."""
    if isinstance(value, dict):
        results = value.get("results")
        value = results.get("bindings") if isinstance(results, dict) else None
    return value if isinstance(value, list) else []


def _variables(value: Any) -> tuple[str, ...]:
    head = value.get("head") if isinstance(value, dict) else None
    names = head.get("vars") if isinstance(head, dict) else None
    if not isinstance(names, list):
        first = [binding for binding in islice(_bindings(value), _LOOKED_AT) if isinstance(binding, dict)]
        names = list(dict.fromkeys(chain.from_iterable(first)))
    if len(names) > MAX_COLUMNS:
        raise Unreadable(_("The results have more than %(limit)s variables.") % {"limit": MAX_COLUMNS})
    names = list(dict.fromkeys(name for name in names if isinstance(name, str)))
    return tuple(names)


# --- terms ------------------------------------------------------------------------------------------------------------

_LITERAL = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?:@[A-Za-z0-9-]+|\^\^(?:<[^<>]*>|\S+))?', re.DOTALL)
_ESCAPE = re.compile(r'\\(?:(?P<char>[tbnrf"\'\\])|u(?P<four>[0-9a-fA-F]{4})|U(?P<eight>[0-9a-fA-F]{8}))')
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_BLANK = re.compile(r"_:.*|t[0-9]{3,}|.*/\.well-known/genid/.*", re.DOTALL)
_ITEM = re.compile(r"(?:wd:|<?https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/)?(?P<id>Q[1-9][0-9]{0,11})>?")
_LAST_OF_UNICODE = 0x10FFFF


def _term(cell: str) -> str:
    """A term of SPARQL’s TSV without its marks: addresses in angle brackets, literals with language or datatype."""
    if match := _LITERAL.fullmatch(cell):
        return _ESCAPE.sub(_unescaped, match["text"]).strip()
    if cell.startswith("<") and cell.endswith(">") and "://" in cell and " " not in cell:
        return cell[1:-1]
    return cell


def _unescaped(match: re.Match[str]) -> str:
    if char := match["char"]:
        return _ESCAPED.get(char, char)
    code = int(match["four"] or match["eight"], 16)
    return chr(code) if code <= _LAST_OF_UNICODE else "\ufffd"


def _value(term: Any) -> str:
    """A term of the JSON: an object with type and value, or the bare value."""
    if isinstance(term, dict):
        value = term.get("value")
        text = value.strip() if isinstance(value, str) else ""
        return f"_:{text.removeprefix('_:')}" if term.get("type") == "bnode" else text
    if isinstance(term, (int, float)) and not isinstance(term, bool):
        return str(term)
    return term.strip() if isinstance(term, str) else ""


# --- a result ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Result:
    """The terms of one result by the numbers of their variables, asked for by what they are."""

    columns: _Columns
    terms: Mapping[int, str]

    def of(self, part: str) -> str:
        """The term that is this part, or nothing."""
        place = self.columns.places.get(part)
        return self.terms.get(place, "") if place is not None else ""

    def first(self, *parts: str) -> str:
        """The first of these parts that is filled, or nothing."""
        return next(filter(None, map(self.of, parts)), "")

    def field(self, *parts: str) -> str:
        """What the query calls the first of these parts that it has."""
        return next(self.columns.names[self.columns.places[part]] for part in parts if part in self.columns.places)


def _record(number: int, columns: _Columns, terms: Mapping[int, str], quote: str) -> Record:
    result = _Result(columns, terms)
    try:
        home, partner = _side(result, "home"), _side(result, "partner")
    except cells.Unusable as unusable:
        return Record(number, quote=quote, wrong=unusable.reason)
    return Record(number, home, partner, quote=quote, founded=_date(result, "start"), ended=_date(result, "end"))


def _side(result: _Result, side: str) -> Side:
    naming = [f"{side} {part}" for part in _NAMING]
    item = result.of(naming[0])
    written = [result.of(part) for part in naming]
    field = result.field(*naming)
    if any(_BLANK.fullmatch(text) for text in written):
        raise cells.Unusable(_BLANK_NODE, field=field)
    name, zh, en = _names(result, naming, field)
    latitude, longitude = _position(result, side)
    match = _ITEM.fullmatch(item)
    return Side(
        name=name,
        name_zh=zh,
        name_en=en,
        country=_country(result, side),
        latitude=latitude,
        longitude=longitude,
        wikidata_id=match["id"] if match else "",
    )


def _names(result: _Result, naming: Sequence[str], field: str) -> tuple[str, str, str]:
    """The name in no known language, or in Chinese and English; an item’s number is none of them."""
    item, *labels = (result.of(part) for part in naming)
    bare, zh, en = (cells.name(label, field) if label and not _is_item(label) else "" for label in labels)
    if zh or en:
        return "", zh or (bare if has_han(bare) else ""), en or ("" if has_han(bare) else bare)
    if not bare and item and not _is_item(item):
        bare = cells.name(item, field)  # a query that gives names under the city’s own variable
    if not bare:
        number = next((match["id"] for text in (item, *labels) if (match := _ITEM.fullmatch(text))), "")
        raise cells.Unusable(_NO_LABEL, field=field, item=number) if number else cells.Unusable(_NO_NAME, field=field)
    return bare, "", ""


def _is_item(text: str) -> bool:
    return _ITEM.fullmatch(text) is not None


def _country(result: _Result, side: str) -> str:
    """The country’s name. Raises ``Unusable`` where there is an item only; blank nodes and gaps are no country."""
    parts = [f"{side} country {part}".strip() for part in ("name zh", "name en", "name", "")]
    written = {part: text for part in parts if (text := result.of(part)) and not _BLANK.fullmatch(text)}
    for text in written.values():
        if not _is_item(text):
            return cells.name(text, result.field(*written))
    if written:
        number = next(match["id"] for text in written.values() if (match := _ITEM.fullmatch(text)))
        raise cells.Unusable(_NO_COUNTRY_LABEL, field=result.field(*written), item=number)
    return ""


# --- coordinates and dates --------------------------------------------------------------------------------------------

_POINT = re.compile(
    r"(?:<(?P<globe>[^<>]*)>\s*)?point\s*\(\s*(?P<longitude>\S+)\s+(?P<latitude>[^\s)]+)\s*\)", re.IGNORECASE
)
_EARTH = "Q2"
_MOMENT = re.compile(r"\+?(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?:T.*)?")
_DAY, _MONTH, _YEAR = 11, 10, 9


def _position(result: _Result, side: str) -> tuple[float, float] | tuple[None, None]:
    written = result.of(f"{side} point")
    if written and not _BLANK.fullmatch(written):
        return _point(written, result.field(f"{side} point"))
    degrees = [result.of(f"{side} {part}") for part in ("latitude", "longitude")]
    if any(degrees) and not any(_BLANK.fullmatch(text) for text in degrees):
        fields = (f"{side} latitude", f"{side} longitude")
        known = [result.field(part) if part in result.columns.places else part for part in fields]
        return cells.position(degrees[0], degrees[1], (known[0], known[1]))
    return None, None


def _point(written: str, field: str) -> tuple[float, float] | tuple[None, None]:
    match = _POINT.fullmatch(written)
    if not match:
        raise cells.Unusable(_NO_POINT, field=field, text=written[:40])
    globe = _ITEM.fullmatch(match["globe"] or "")
    if globe and globe["id"] != _EARTH:
        raise cells.Unusable(_NOT_ON_EARTH, field=field, text=written[:80])
    return cells.position(match["latitude"], match["longitude"], (field, field))


def _date(result: _Result, name: str) -> str:
    """The date in the precision that is stated; as written where none is. Coarser than a year, it is no date."""
    written, precision = result.of(name), result.of(f"{name} precision")
    match = _MOMENT.fullmatch(written)
    if _BLANK.fullmatch(written):
        return ""
    if not match or not precision.isdecimal():
        return written
    parts = ("year", "month", "day")[: max(0, min(int(precision[:3]), _DAY) - _YEAR + 1)]
    return "-".join(match[part] for part in parts)
