"""What the register cannot keep: rows that would break a rule of the database are refused before it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.validators import slug_re
from django.utils.translation import gettext_noop

from friendship.dates import PartialDate, latest_year
from friendship.enums import Claim, EventKind, Paper, RelationshipType, Status, Strength
from friendship.importers.naming import unprintable
from friendship.importers.records import Happening, Piece, Publication, Reason, Record
from friendship.importers.understanding import Meant, Named
from friendship.models import Evidence, Place, Relationship, Source

ENDS_FIRST = gettext_noop("Date ended: cannot lie before the date established.")
UNKEPT = gettext_noop("The row contains characters that no text may hold.")
_SLUG = gettext_noop("Address: “%(slug)s” may hold only letters, digits, hyphens and underscores, at most %(most)d.")
NAMELESS = gettext_noop("Name: give a Chinese or an English name.")
_LATITUDE = gettext_noop("Latitude: must lie between -90 and 90 degrees.")
_LONGITUDE = gettext_noop("Longitude: must lie between -180 and 180 degrees.")
_HALF = gettext_noop("Latitude and longitude: give both or neither.")
_TYPE = gettext_noop("Type: choose one from the list.")
_STATUS = gettext_noop("Status: choose one from the list.")
_CLAIM = gettext_noop("Claim: choose one from the list.")
_STRENGTH = gettext_noop("Strength: choose one from the list.")
_KIND = gettext_noop("Kind: choose one from the list.")
_PAPER = gettext_noop("Paper: choose one from the list.")
_OFFSETS = gettext_noop("Quote position: give begin and end, the end after the begin, or neither.")

#: Columns of limited length, and what is said of a text that is longer.
_PLACE_COLUMNS = {
    "name_zh": gettext_noop("Chinese name: at most %(most)d characters."),
    "name_en": gettext_noop("English name: at most %(most)d characters."),
    "official_code": gettext_noop("Official code: at most %(most)d characters."),
    "wikidata_id": gettext_noop("Wikidata item: at most %(most)d characters."),
}
_PRINTED_TYPE = gettext_noop("Type as printed: at most %(most)d characters.")
_VALUE = gettext_noop("Value: at most %(most)d characters.")
_PUBLISHED_AHEAD = gettext_noop("Published on: “%(text)s” lies after the year %(latest)d.")
_SOURCE_COLUMNS = {
    "title": gettext_noop("Title of a source: at most %(most)d characters."),
    "publisher": gettext_noop("Publisher: at most %(most)d characters."),
    "url": gettext_noop("Web address of a source: at most %(most)d characters."),
    "language": gettext_noop("Language of a source: at most %(most)d characters."),
}
#: PostgreSQL keeps no NUL, and neither database half a character.
_UNKEPT_CHARS = re.compile("[\0\ud800-\udfff]")
_LARGEST_ID = 2**53  # what a spreadsheet and JSON still write without loss
_LARGEST_OFFSET = 2**31


def kept(text: str) -> str:
    """The text with a mark in place of each character that no database keeps."""
    return _UNKEPT_CHARS.sub("\N{REPLACEMENT CHARACTER}", text)


def fault_of_row(record: Record, meant: Meant) -> Reason | None:
    """The first rule that the row would break, or None."""
    return next(_faults(record, meant), None)


def fault_of_text(model: type[Any], column: str, text: str) -> Reason | None:
    """The rule that a text would break in a column, or None."""
    if _UNKEPT_CHARS.search(text) or unprintable(text):
        return Reason(UNKEPT)
    said = _PLACE_COLUMNS.get(column) if model is Place else {"type_as_printed": _PRINTED_TYPE}.get(column)
    if said and len(text) > (most := _most(model, column)):
        return Reason(said, {"most": most})
    return None


def _faults(record: Record, meant: Meant) -> Iterator[Reason]:
    if _UNKEPT_CHARS.search("".join(_texts(record))):
        yield Reason(UNKEPT)
    for side in (meant.home, meant.partner):
        for named in (side, *side.within):
            yield from _place_faults(named)
    if len(meant.type_as_printed) > (most := _most(Relationship, "type_as_printed")):
        yield Reason(_PRINTED_TYPE, {"most": most})
    if meant.type and meant.type not in RelationshipType.values:
        yield Reason(_TYPE)
    if meant.status and meant.status not in Status.values:
        yield Reason(_STATUS)
    if meant.founded and meant.ended and meant.founded.is_after(meant.ended):
        yield Reason(ENDS_FIRST)
    for piece in record.evidence:
        yield from _piece_faults(piece)
    for event in record.events:
        yield from _event_faults(event)


def _texts(record: Record) -> Iterator[str]:
    yield from (record.quote, record.type, record.type_as_printed, record.note_zh, record.note_en)
    for side in (record.home, record.partner):
        yield from (side.name, side.name_zh, side.name_en, side.slug, *side.aliases)
    for piece in record.evidence:
        yield from (piece.source, piece.value, piece.quote)
    for event in record.events:
        yield from (event.text_zh, event.text_en, event.source)


def _place_faults(named: Named) -> Iterator[Reason]:
    if not named.name_zh and not named.name_en:
        yield Reason(NAMELESS)
    if any(map(unprintable, (named.official_code, *named.aliases))):
        yield Reason(UNKEPT)
    for column, text in _PLACE_COLUMNS.items():
        if len(getattr(named, column)) > (most := _most(Place, column)):
            yield Reason(text, {"most": most})
    yield from _slug_faults(named.slug, _most(Place, "slug"))
    if (named.latitude is None) != (named.longitude is None):
        yield Reason(_HALF)
    # Written so that “not a number” lies outside too.
    if named.latitude is not None and not -90 <= named.latitude <= 90:
        yield Reason(_LATITUDE)
    if named.longitude is not None and not -180 <= named.longitude <= 180:
        yield Reason(_LONGITUDE)


def _slug_faults(slug: str, most: int) -> Iterator[Reason]:
    if slug and (len(slug) > most or not slug_re.match(slug)):
        yield Reason(_SLUG, {"slug": kept(slug[:most]), "most": most})


def _piece_faults(piece: Piece) -> Iterator[Reason]:
    yield from _slug_faults(piece.source, _most(Source, "slug"))
    if len(piece.value) > (most := _most(Evidence, "value")):
        yield Reason(_VALUE, {"most": most})
    if piece.claim not in Claim.values:
        yield Reason(_CLAIM)
    if piece.strength not in Strength.values:
        yield Reason(_STRENGTH)
    if not _is_range(piece.start, piece.end):
        yield Reason(_OFFSETS)


def _is_range(start: int | None, end: int | None) -> bool:
    if start is None or end is None:
        return start is end
    return 0 <= start < end < _LARGEST_OFFSET


def _event_faults(event: Happening) -> Iterator[Reason]:
    yield from _slug_faults(event.source, _most(Source, "slug"))
    if event.kind not in EventKind.values:
        yield Reason(_KIND)
    if event.paper and event.paper not in Paper.values:
        yield Reason(_PAPER)


def fault_of_publication(publication: Publication) -> Reason | None:
    """The first rule that a source would break, or None."""
    texts = (publication.title, publication.note_zh, publication.note_en, publication.publisher, publication.url)
    if _UNKEPT_CHARS.search("".join(texts)):
        return Reason(UNKEPT)
    for column, text in _SOURCE_COLUMNS.items():
        if len(getattr(publication, column)) > (most := _most(Source, column)):
            return Reason(text, {"most": most})
    date, latest = publication_date(publication.published_on), latest_year()
    if date and date.year > latest:
        return Reason(_PUBLISHED_AHEAD, {"text": publication.published_on, "latest": latest})
    return None


def publication_date(text: str) -> PartialDate | None:
    """The date of a source as our own files write it; None where there is none."""
    try:
        return PartialDate.parse(text) if text else None
    except ValueError:
        return None


def is_number(pk: int | None) -> bool:
    """Whether a tie may have this number."""
    return pk is not None and 0 < pk < _LARGEST_ID


def _most(model: type[Any], column: str) -> int:
    return _MOST[model, column]


_MOST: dict[tuple[type[Any], str], int] = {
    (model, field.name): field.max_length
    for model in (Place, Relationship, Source, Evidence)
    for field in model._meta.concrete_fields
    if field.max_length
}
