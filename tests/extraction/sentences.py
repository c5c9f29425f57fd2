"""Sentences that we wrote for tests, each with its whole answer: the notation of ``sentences.txt`` and its reader.

An entry is ``## id`` (with ``published=`` or ``home=`` where the reader is told them), the text as it stands, and its
answer::

    + 江苏省 常熟市 county | JP 绫部市; AU 惠特尔西市 | sister 1999
    = 绵阳市 prefecture 2023-05-18 | countries=21 cooperation=约29

A ``+`` line tells one tie for each partner: home with its province (a province or municipality stands alone) and level;
the partner's country (``??`` where the text does not tell it), what contains it, and its name; then the type, the date
of founding, ``planned``, ``suspended`` or ``terminated`` with its date, ``derived`` for a date that was reckoned,
and ``implied``. A ``=`` line tells one total: scope, level, as of when (``~``: not in the text), and the figures with
the word that makes one inexact. ``-`` is nothing told, ``0`` the answer of a text that tells no tie and no total.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from friendship.dates import PartialDate
from friendship.extraction import read
from friendship.extraction.records import Reading, Tie, Total

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text of one phenomenon, what the reader is told besides, and the answer as sorted lines of the notation."""

    id: str
    text: str
    published: str
    home: str
    answer: tuple[str, ...]

    def read(self, text: str | None = None) -> Reading:
        """What the grammar reads in it, or in another text in its place."""
        return read(
            self.text if text is None else text,
            PartialDate.parse(self.published) if self.published else None,
            self.home,
        )


def answer(reading: Reading) -> tuple[str, ...]:
    """A reading as sorted lines of the notation, one for each tie and total."""
    return tuple(sorted([*map(_tie, reading.ties), *map(_total, reading.totals)]))


def said(reading: Reading) -> list[Tie | Total]:
    """All ties and totals of a reading."""
    return [*reading.ties, *reading.totals]


def misquoted(reading: Reading, text: str) -> list[str]:
    """The quotes that are not the words of ``text`` at their offsets."""
    quotes = [each.evidence for each in said(reading)]
    return [quote.quote for quote in quotes if not quote.quote or text[quote.start : quote.end] != quote.quote]


def _tie(tie: Tie) -> str:
    province = [] if tie.home.level in {"province", "municipality"} else [tie.home.province]
    standing = [tie.status, tie.ended] if tie.status != "active" or tie.ended else []
    words = [
        *(tie.type, tie.date, *standing),
        *(["derived"] if tie.derived else []),
        *([] if tie.explicit else ["implied"]),
    ]
    partner = [tie.partner.iso2 or "??", tie.partner.parent, tie.partner.name]
    return " | ".join(_joined(part) for part in ([*("+", *province), tie.home.name, tie.home.level], partner, words))


def _joined(words: list[str | None] | list[str]) -> str:
    return " ".join(word for word in words if word)


def _total(total: Total) -> str:
    figures = [
        f"{metric}={_figure(value, total.inexact.get(metric, ''))}"
        for metric in ("countries", "total", "sister", "cooperation", "exchange")
        if (value := getattr(total, metric)) is not None
    ]
    as_of = ("~" if total.derived else "") + (total.as_of or "-")
    return f"= {total.scope} {total.level or '-'} {as_of} | {' '.join(figures)}"


def _figure(value: int, inexact: str) -> str:
    return f"{value}{inexact}" if inexact in {"余", "多", "来"} else f"{inexact}{value}"


# --- the reader of the notation --------------------------------------------------------------------------------------


def _entries(file: str) -> tuple[Sentence, ...]:
    written = (_HERE / file).read_text(encoding="utf-8")
    blocks = re.split(r"^## ", written, flags=re.MULTILINE)[1:]
    return tuple(_entry(re.sub(r"^# .*\n", "", block, flags=re.MULTILINE)) for block in blocks)


def _entry(block: str) -> Sentence:
    head, *lines = block.rstrip().split("\n")
    name, *told = head.split()
    first = next(index for index, line in enumerate(lines) if re.match(r"[+=] |0$", line))
    facts = dict(word.split("=") for word in told)
    expected = sorted(told for line in lines[first:] for told in _told(line))
    return Sentence(name, "\n".join(lines[:first]), facts.get("published", ""), facts.get("home", ""), tuple(expected))


def _told(line: str) -> Iterator[str]:
    if line == "0":
        return
    if line.startswith("="):
        yield line
        return
    home, partners, words = line.split(" | ")
    yield from (f"{home} | {partner.strip()} | {words}" for partner in partners.split(";"))


SENTENCES = _entries("sentences.txt")
#: What the grammar is known to get wrong: told in docs/extraction.md.
KNOWN_LIMITS = _entries("known_limits.txt")
