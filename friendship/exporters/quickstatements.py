"""Sister-city ties as commands for Wikidata, in version 1 of QuickStatements: those with an item on each side.

P190 is “twinned administrative body”: only sister ties are. It is symmetric, so that each tie is said on both items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from friendship.enums import RelationshipType, Status
from friendship.exporters.export import Export
from friendship.queries import ExportedRow

CONTENT_TYPE = "text/plain; charset=utf-8"

_TWINNED = "P190"
_START, _END = "P580", "P582"
_ADDRESS = "S854"  # reference URL, as a reference
_UNKNOWN = "somevalue"
_ITEM = re.compile("Q[1-9][0-9]*")
#: The code of a date’s precision, by how many of its parts are known.
_PRECISIONS = {1: 9, 2: 10, 3: 11}
_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"  # what an address may hold as it is; the rest is written as %22 and the like


def texts(export: Export) -> Iterator[str]:
    """The commands, a line each: what is already on an item is only completed by what it lacks."""
    for row in export.rows():
        home, partner = row.home_wikidata_id, row.partner_wikidata_id
        if (
            row.type == RelationshipType.SISTER
            and home != partner
            and _ITEM.fullmatch(home)
            and _ITEM.fullmatch(partner)
        ):
            said = [*_dates(row), *_references(row)]
            yield "\t".join([home, _TWINNED, partner, *said]) + "\n"
            yield "\t".join([partner, _TWINNED, home, *said]) + "\n"


def _dates(row: ExportedRow) -> Iterator[str]:
    if row.founded:
        yield from (_START, _time(row.founded))
    if row.ended or row.status == Status.ENDED:  # without an end, Wikidata would take it for a tie of today
        yield from (_END, _time(row.ended) if row.ended else _UNKNOWN)


def _time(date: str) -> str:
    """A date as Wikidata writes it: 1985-10 is +1985-10-00T00:00:00Z/10."""
    parts = date.split("-")
    return f"+{'-'.join([*parts, '00', '00'][:3])}T00:00:00Z/{_PRECISIONS[len(parts)]}"


def _references(row: ExportedRow) -> Iterator[str]:
    """The web addresses of the sources, each a reference of its own: those after the first begin with ``!``."""
    addresses = dict.fromkeys(url for url in row.source_urls.split("\n") if url)
    for number, address in enumerate(addresses):
        yield from (f"!{_ADDRESS}" if number else _ADDRESS, f'"{quote(address, safe=_IN_ADDRESSES)}"')
