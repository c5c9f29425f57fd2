"""The rows of a list as JSON that is written already, and the page of the list around them.

The JSON of a tie stays the same as long as the register does. Some thousand are kept, so that another list in which
they stand finds them ready.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from friendship import queries
from friendship.api import selection
from friendship.api.serializers import PlaceSerializer, RelationshipSerializer, page_address
from friendship.api.shapes import Page, Shape, written
from friendship.models import Place, Relationship

#: Ties that are kept, of some 700 bytes each; a longer one than any of them should be is made anew.
_MOST, _LONGEST = 16_000, 2_000
_LISTS: dict[str, Callable[[Sequence[int], tuple[str, ...]], list[tuple[Any, ...]]]] = {
    "evidence": queries.values_of_evidence
}
#: Stands in a kept row for the address under which it is asked for; JSON has it in no text.
_HERE = "\0"
_NO_ROWS = b'"results":[]}'

_keeping = Lock()


class Json(bytes):
    """What is JSON already."""


class RowsRenderer(JSONRenderer):
    """Puts rows that are JSON into the page of the list around them, as if they had been written with it."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The whole answer. Who asks for an indented one gets it from the rows as they are read again."""
        rows = data.get("results") if isinstance(data, dict) else None
        if not isinstance(rows, Json):
            return super().render(data, accepted_media_type, renderer_context)
        page = super().render({**data, "results": []}, accepted_media_type, renderer_context)
        if page.endswith(_NO_ROWS):
            return b"".join([page.removesuffix(b"[]}"), rows, b"}"])
        return super().render({**data, "results": json.loads(rows)}, accepted_media_type, renderer_context)


def ties(found: queries.TieParts, keys: Sequence[int], asked: frozenset[str], request: Request) -> Json:
    """What ``RelationshipSerializer`` says of the public ties with these numbers, in this order.

    Of ``asked``, the names of fields, or of all where there are none.
    """
    before, after = _around(Relationship(pk=0), request)
    held: dict[int, bytes] = {} if asked else found.kept("ties as JSON", dict)
    rows = {pk: row for pk in keys if (row := held.get(pk))}
    if missing := [pk for pk in keys if pk not in rows]:
        new = _made(missing, _shape(RelationshipSerializer, asked), lambda key: str(key[0]).join((_HERE, after)))
        rows |= new
        if not asked and found.is_current():  # a standby may be behind where the primary is away
            _keep(held, new)
    text = b",".join([rows[pk] for pk in keys if pk in rows])
    return Json(b"[%b]" % text.replace(_HERE.encode(), before.encode()))


def places(keys: Sequence[int], asked: frozenset[str], request: Request) -> Json:
    """What ``PlaceSerializer`` says of the published places with these numbers, in this order."""
    around = cache(lambda level: _around(Place(level=level, slug="0"), request))
    shape = _shape(PlaceSerializer, asked)
    read = queries.values_of_published_places(keys, ("pk", *shape.columns))
    rows = {pk: shape.json(values, page=lambda address: address[1].join(around(address[0]))) for pk, *values in read}
    return Json(_sent(f"[{','.join([rows[pk] for pk in keys if pk in rows])}]"))


def _around(row: Any, request: Request) -> tuple[str, str]:
    """What stands before and behind 0 in the address of the row's page, as JSON: all pages have it around their own."""
    before, after = written(page_address(row, request)).rsplit("0", 1)
    return before, after


@lru_cache(maxsize=64)
def _shape(serializer_class: type[Any], asked: frozenset[str]) -> Shape:
    serializer = serializer_class()
    if asked:
        selection.narrow(serializer, asked)
    return Shape(serializer)


def _made(keys: Sequence[int], shape: Shape, page: Page) -> dict[int, bytes]:
    rows = queries.values_of_ties(keys, ("pk", *shape.columns))
    lists = [_by_tie(name, keys, inner) for name, inner in shape.lists.items()]
    return {
        pk: _sent(shape.json(values, [f"[{','.join(of_ties[pk])}]" for of_ties in lists], page)) for pk, *values in rows
    }


def _by_tie(name: str, keys: Sequence[int], shape: Shape) -> dict[int, list[str]]:
    rows: dict[int, list[str]] = defaultdict(list)
    for pk, *values in _LISTS[name](keys, ("relationship", *shape.columns)):
        rows[pk].append(shape.json(values))
    return rows


def _sent(text: str) -> bytes:
    """As ``JSONRenderer`` does, two ends of lines are escaped that JavaScript once read as such."""
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def _keep(held: dict[int, bytes], new: dict[int, bytes]) -> None:
    """For lists to come; those that came first go first."""
    with _keeping:
        held.update((pk, row) for pk, row in new.items() if len(row) <= _LONGEST)
        while len(held) > _MOST:
            del held[next(iter(held))]
