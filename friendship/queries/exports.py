"""Every row that answers a question, whole and one after the other: what files are made of.

However long the list is, only some of it is in memory: the rows come through one cursor, and what belongs to them is
read for a few hundred at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from friendship.dates import PartialDate
from friendship.enums import ReviewState
from friendship.models import Event, Evidence, Place, RelationshipQuerySet, Source
from friendship.queries.criteria import Criteria, order_of, select

#: Rows that are completed together: more would be faster by little, and need more memory.
CHUNK = 500


class ExportedPlace(NamedTuple):
    """One side of a tie, with the places that contain it, nearest first."""

    slug: str
    name_zh: str
    name_en: str
    level: str
    country: str
    latitude: float | None
    longitude: float | None
    official_code: str
    wikidata_id: str
    aliases: list[str]
    parents: list[ExportedPlace]


class ExportedSource(NamedTuple):
    """A source without its text; the date is ISO 8601 of reduced precision, or empty."""

    slug: str
    title: str
    publisher: str
    kind: str
    published_on: str
    url: str
    language: str


class ExportedPiece(NamedTuple):
    """What a source says for one claim."""

    source: ExportedSource
    claim: str
    value: str
    quote: str
    start: int | None
    end: int | None
    strength: str


class ExportedEvent(NamedTuple):
    """What happened on a tie; ``source`` is a slug, or empty."""

    kind: str
    date: str
    paper: str
    text_zh: str
    text_en: str
    source: str


class ExportedTie(NamedTuple):
    """A published tie with everything that the register says of it. Dates that are not known are empty."""

    id: int
    url: str
    type: str
    type_as_printed: str
    status: str
    founded: str
    ended: str
    note_zh: str
    note_en: str
    home: ExportedPlace
    partner: ExportedPlace
    evidence: list[ExportedPiece]
    events: list[ExportedEvent]


class ExportedNote(NamedTuple):
    """A source as the list of all sources has it: with the remarks of the register's staff."""

    source: ExportedSource
    note_zh: str
    note_en: str


# --- the reads --------------------------------------------------------------------------------------------------------


def count_rows(criteria: Criteria) -> int:
    """How many rows are listed, whether or not they count as ties."""
    return select(criteria).count()


def exported(criteria: Criteria, site: str = "") -> Iterator[ExportedTie]:
    """Every listed row in the order asked for, sorted as the language that is active now sorts.

    ``site`` is what addresses begin with (``https://register.example.org``). One query, and three for every ``CHUNK``
    of rows.
    """
    before, after = address(site)
    rows = select(criteria).order_by(*order_of(criteria.sort))
    return _completed(rows, before, after)


def exported_sources(criteria: Criteria) -> Iterator[ExportedNote]:
    """Every source of the listed rows, by slug: those that give evidence and those that tell of an event."""
    ties = select(criteria).values("pk")
    said = Evidence.objects.filter(relationship__in=ties).order_by().values("source")
    told = Event.objects.filter(relationship__in=ties, source__isnull=False).order_by().values("source")
    rows = Source.objects.filter(Q(pk__in=said) | Q(pk__in=told)).order_by("slug")
    columns = rows.values_list(*_SOURCE, "note_zh", "note_en")
    return (ExportedNote(_source(*row[:-2]), *row[-2:]) for row in columns.iterator(CHUNK))


_TIE = ("id", "type", "type_as_printed", "status", "note_zh", "note_en", "home_id", "partner_id")
_FOUNDED = ("founded_year", "founded_month", "founded_day")
_ENDED = ("ended_year", "ended_month", "ended_day")
_SOURCE = (
    "slug",
    "title",
    "publisher",
    "kind",
    "url",
    "language",
    "published_year",
    "published_month",
    "published_day",
)
_PIECE = ("relationship_id", "claim", "value", "quote", "start", "end", "strength")
_EVENT = ("relationship_id", "kind", "paper", "text_zh", "text_en", "source__slug")
_EVENT_DATE = ("date_year", "date_month", "date_day")
_PLACE = ("slug", "name_zh", "name_en", "level", "country_id", "latitude", "longitude", "official_code", "wikidata_id")
_WITHIN = ("", "parent__", "parent__parent__")


def address(site: str) -> list[str]:
    """What stands before and after the number in the address of a tie's Chinese page."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{site}{reverse('relationship', args=[0])}".rsplit("0", 1)


def _completed(rows: RelationshipQuerySet, before: str, after: str) -> Iterator[ExportedTie]:
    found = rows.values_list(*_TIE, *_FOUNDED, *_ENDED).iterator(CHUNK)
    while chunk := list(islice(found, CHUNK)):
        ids = [row[0] for row in chunk]
        places = _places({side for row in chunk for side in row[6:8]})
        evidence, events = _evidence(ids), _events(ids)
        for pk, kind, printed, status, note_zh, note_en, home, partner, *dates in chunk:
            yield ExportedTie(
                id=pk,
                url=f"{before}{pk}{after}",
                type=kind,
                type_as_printed=printed,
                status=status,
                founded=iso(*dates[:3]),
                ended=iso(*dates[3:]),
                note_zh=note_zh,
                note_en=note_en,
                home=places[home],
                partner=places[partner],
                evidence=evidence.get(pk, []),
                events=events.get(pk, []),
            )


def iso(year: int | None, month: int | None, day: int | None) -> str:
    """A date in three columns as ISO 8601 with only the precision that is known; empty without a year."""
    date = PartialDate.of(year, month, day)
    return date.iso if date else ""


def _places(ids: Iterable[int]) -> dict[int, ExportedPlace]:
    """The places with what contains them."""
    columns = [f"{within}{name}" for within in _WITHIN for name in (*_PLACE, "aliases", "review_state")]
    width = len(columns) // len(_WITHIN)
    rows = Place.objects.filter(pk__in=ids).order_by().values_list("pk", *columns)
    return {pk: _place(row[:width], _containers(row[width:], width)) for pk, *row in rows}


def _containers(row: list[Any], width: int) -> list[ExportedPlace]:
    """What contains a place, nearest first; what is not public is left out."""
    above = [row[start : start + width] for start in range(0, len(row), width)]
    return [_place(each, []) for each in above if each[-1] == ReviewState.PUBLISHED]


def _place(row: list[Any], parents: list[ExportedPlace]) -> ExportedPlace:
    slug, name_zh, name_en, level, country, latitude, longitude, official_code, wikidata_id, aliases, _state = row
    return ExportedPlace(
        slug=slug,
        name_zh=name_zh,
        name_en=name_en,
        level=level,
        country=country,
        latitude=latitude,
        longitude=longitude,
        official_code=official_code,
        wikidata_id=wikidata_id,
        aliases=[line for line in aliases.splitlines() if line],
        parents=parents,
    )


def _evidence(ids: list[int]) -> dict[int, list[ExportedPiece]]:
    """The evidence for each tie, in the order of entry."""
    source = [f"source__{name}" for name in _SOURCE]
    rows = Evidence.objects.filter(relationship__in=ids).order_by("id").values_list(*_PIECE, *source)
    found: dict[int, list[ExportedPiece]] = defaultdict(list)
    known: dict[tuple[Any, ...], ExportedSource] = {}
    for tie, *row in rows.iterator(CHUNK):
        written = tuple(row[len(_PIECE) - 1 :])
        if written not in known:
            known[written] = _source(*written)
        found[tie].append(ExportedPiece(known[written], *row[: len(_PIECE) - 1]))
    return found


def _source(*row: Any) -> ExportedSource:
    slug, title, publisher, kind, url, language, *published = row
    return ExportedSource(slug, title, publisher, kind, iso(*published), url, language)


def _events(ids: list[int]) -> dict[int, list[ExportedEvent]]:
    """What happened on each tie, by date."""
    rows = Event.objects.filter(relationship__in=ids).values_list(*_EVENT, *_EVENT_DATE)
    found: dict[int, list[ExportedEvent]] = defaultdict(list)
    for tie, kind, paper, text_zh, text_en, source, *date in rows.iterator(CHUNK):
        found[tie].append(ExportedEvent(kind, iso(*date), paper, text_zh, text_en, source or ""))
    return found
