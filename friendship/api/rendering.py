"""The rows of a list as JSON that is written already, and the page of the list around them.

The JSON of a tie stays the same as long as the register does. Some thousand are kept, so that another list in which
they stand finds them ready.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from friendship import queries
from friendship.api import selection
from friendship.api.serializers import RelationshipSerializer, page_address
from friendship.api.shapes import Shape, written
from friendship.models import Relationship

#: Ties that are kept, of some 700 bytes each; a longer one than any of them should be is made anew.
_MOST, _LONGEST = 16_000, 2_000
_LISTS: dict[str, Callable[[Sequence[int], tuple[str, ...]], list[tuple[Any, ...]]]] = {
    "evidence": queries.values_of_evidence
}
#: Stands in a kept row for the address under which it is asked for; JSON has it in no text.
_HERE = "\0"
_NO_ROWS = b'"results":[]}'
#: The addresses of ties are that of one, with the number of another.
_ANY = Relationship(pk=0)

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
    before, after = written(page_address(_ANY, request)).rsplit("0", 1)
    held: dict[int, bytes] = {} if asked else found.kept("ties as JSON", dict)
    rows = {pk: row for pk in keys if (row := held.get(pk))}
    if missing := [pk for pk in keys if pk not in rows]:
        new = _made(missing, _shape_of_ties(asked), f"{_HERE}%d{after}")
        rows |= new
        if not asked and found.is_current():  # a standby may be behind where the primary is away
            _keep(held, new)
    text = b",".join([rows[pk] for pk in keys if pk in rows])
    return Json(b"[%b]" % text.replace(_HERE.encode(), before.encode()))


@lru_cache(maxsize=64)
def _shape_of_ties(asked: frozenset[str]) -> Shape:
    serializer = RelationshipSerializer()
    if asked:
        selection.narrow(serializer, asked)
    return Shape(serializer)


def _made(keys: Sequence[int], shape: Shape, page: str) -> dict[int, bytes]:
    rows = queries.values_of_ties(keys, ("pk", *shape.columns))
    lists = [_by_tie(name, keys, inner) for name, inner in shape.lists.items()]
    return {
        pk: _sent(shape.json(values, [f"[{','.join(of_ties[pk])}]" for of_ties in lists], page.__mod__))
        for pk, *values in rows
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
