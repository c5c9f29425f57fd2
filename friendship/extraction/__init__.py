"""From a Chinese text to candidate ties and reported totals, offline and without a database."""

from __future__ import annotations

from friendship.dates import PartialDate
from friendship.extraction.records import Reading
from friendship.extraction.scene import Scene
from friendship.extraction.text import flatten
from friendship.extraction.ties import ties
from friendship.extraction.totals import totals


def read(text: str, published: PartialDate | None = None, home: str = "") -> Reading:
    """All candidates of ``text``.

    ``published`` is when it was printed: it gives the year of 11月12日 and of 40周年. ``home`` is the Chinese place
    whose paper it is, by its full or short name: it is 我市 where the text names no other.
    """
    scene = Scene(flatten(text), published, home)
    return Reading(tuple(ties(scene)), tuple(totals(scene)))
