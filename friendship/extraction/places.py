"""A place as a line names it."""

from __future__ import annotations

from dataclasses import dataclass

from friendship.extraction.gazetteer import Division

#: Chinese, foreign, a country alone, 我市 and its like, 该市 and its like: the signs of ``Scene.signs``.
HOME, ABROAD, COUNTRY, OURS, THAT = "H", "F", "C", "P", "Q"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named at ``start`` to ``end`` of the line.

    ``sign`` is ``HOME``, ``ABROAD``, ``COUNTRY``, ``OURS`` or ``THAT``, which may be on either side. ``name`` leaves
    out country and parents; a Chinese place has its official full name, and ``written`` as it stands. ``known`` says
    that a foreign name was known by list, ``told`` that its country stands before it.
    """

    sign: str
    start: int
    end: int
    name: str
    country: str = ""
    parent: str = ""
    division: Division | None = None
    known: bool = False
    told: bool = False
    written: str = ""
