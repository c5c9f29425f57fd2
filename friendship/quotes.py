"""A document cut where its quotes begin and end, so that a page can mark them, even where they overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]


@dataclass(frozen=True)
class Passage:
    """A stretch of text between two cuts.

    ``spans`` are the quotes that cover it, ``opens`` those that begin and ``closes`` those that end with it.
    """

    text: str
    spans: tuple[Span, ...]
    opens: tuple[Span, ...]
    closes: tuple[Span, ...]


def passages(text: str, spans: Iterable[Span]) -> list[Passage]:
    """Cut ``text`` at the ends of ``spans`` (offsets in code points, end exclusive); together they are the text.

    Spans that reach outside the text are left out: they quote some other version of it.
    """
    fitting = sorted({span for span in spans if 0 <= span[0] < span[1] <= len(text)})
    cuts = sorted({0, len(text), *(offset for span in fitting for offset in span)})
    return [
        Passage(
            text[start:end],
            tuple(span for span in fitting if span[0] <= start and end <= span[1]),
            tuple(span for span in fitting if span[0] == start),
            tuple(span for span in fitting if span[1] == end),
        )
        for start, end in pairwise(cuts)
    ]
