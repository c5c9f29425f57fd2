"""What every format says of a row, in the words of the list: nothing is understood here, and nothing is looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row ended as it did: a text of the catalogue (marked with ``gettext_noop``) and what stands in it."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Unreadable(Exception):
    """A file that cannot be read at all; the message, in the reader's language, says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a tie as a list names it.

    ``name`` is the name as written in any language, with whatever stands around it (``Xinwu (Wuxi)``, 四川省绵阳市);
    lists that tell names apart fill ``name_zh`` and ``name_en`` and may leave ``name`` empty. ``country`` is the
    country as written, a name or an ISO code. ``level`` is a code of ``enums.Level`` where the list states it.
    ``within`` are the places that contain it, nearest first. ``slug``, ``official_code`` and ``aliases`` come from our
    own exports only.
    """

    name: str = ""
    name_zh: str = ""
    name_en: str = ""
    country: str = ""
    level: str = ""
    within: tuple[Side, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    wikidata_id: str = ""
    slug: str = ""
    official_code: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Evidence that a list brings with it, as our own JSON does; codes and ISO dates as in ``models.Evidence``."""

    source: str
    claim: str
    value: str = ""
    quote: str = ""
    start: int | None = None
    end: int | None = None
    strength: str = "explicit"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that a list tells of a tie; ``kind`` and ``paper`` are codes, the date as written."""

    kind: str
    date: str = ""
    paper: str = ""
    text_zh: str = ""
    text_en: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """A source that a list names, as our own exports do; ``published_on`` as written."""

    slug: str
    title: str = ""
    publisher: str = ""
    kind: str = ""
    published_on: str = ""
    url: str = ""
    language: str = ""
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the tie as the list gives it.

    ``row`` is the row as a person counts it in the file (in a table, the header's row is counted; in JSON, the first
    record is 1). ``quote`` is the row's own words, its filled cells joined by `` | ``. ``type`` and ``status`` are as
    written, codes or words of any language; ``founded`` and ``ended`` are dates as written. ``wrong`` says why the row
    cannot be used at all, where the format itself sees it (a row that breaks off, a blank node).
    """

    row: int
    home: Side = Side()
    partner: Side = Side()
    quote: str = ""
    type: str = ""
    type_as_printed: str = ""
    status: str = ""
    founded: str = ""
    ended: str = ""
    note_zh: str = ""
    note_en: str = ""
    id: int | None = None
    evidence: tuple[Piece, ...] = ()
    events: tuple[Happening, ...] = ()
    wrong: Reason | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A file as its format understands it: the records in order, and the sources that they name by slug."""

    format: str
    records: list[Record]
    sources: tuple[Publication, ...] = ()
