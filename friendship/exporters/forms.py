"""The forms in which a list of ties comes out, each by the end of its address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from friendship import queries
from friendship.exporters import csv, geojson, json, quickstatements, xlsx
from friendship.exporters.columns import NAMES
from friendship.exporters.export import Export

_BLOCK = 64 * 1024  # characters that are sent together
_BROKEN_OFF = "THIS FILE IS INCOMPLETE: the register could not be read to the end."


@dataclass(frozen=True)
class Form:
    """A kind of file. ``label`` is what people call it, ``blocks`` gives its bytes one after the other.

    ``is_whole`` says whether every row of the list is in it.
    """

    label: str
    content_type: str
    blocks: Callable[[Export], Iterator[bytes]]
    is_whole: bool = True

    @property
    def is_json(self) -> bool:
        """Whether who reads it expects JSON, refusals included."""
        return self.content_type.endswith("json")


def _table(export: Export) -> Iterator[str]:
    return csv.lines(chain([NAMES], export.rows()))


def _streamed(texts: Callable[[Export], Iterator[str]]) -> Callable[[Export], Iterator[bytes]]:
    def blocks(export: Export) -> Iterator[bytes]:
        with queries.at_one_moment():
            yield from _together(texts(export))

    return blocks


def _marked(blocks: Callable[[Export], Iterator[bytes]]) -> Callable[[Export], Iterator[bytes]]:
    """Say at the end of a table that it broke off: it has no end of its own, and a proxy may close it as if whole."""

    def marked(export: Export) -> Iterator[bytes]:
        try:
            yield from blocks(export)
        except Exception:
            yield f"\r\n{_BROKEN_OFF}\r\n".encode()
            raise

    return marked


def _together(texts: Iterable[str]) -> Iterator[bytes]:
    """Texts as bytes, many short ones in one block."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= _BLOCK:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()


FORMS: dict[str, Form] = {
    "csv": Form("CSV", csv.CONTENT_TYPE, _marked(_streamed(_table))),
    "xlsx": Form("Excel", xlsx.CONTENT_TYPE, xlsx.blocks),
    "json": Form("JSON", json.CONTENT_TYPE, _streamed(json.texts)),
    "geojson": Form("GeoJSON", geojson.CONTENT_TYPE, _streamed(geojson.texts)),
    "quickstatements": Form(
        "QuickStatements", quickstatements.CONTENT_TYPE, _streamed(quickstatements.texts), is_whole=False
    ),
}
