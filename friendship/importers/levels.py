"""Which level a name tells by the word at its end, or before it.

``level_words.csv`` says which word at the end of a name tells which level, in all countries or in some. Its reasons:

- Levels are those of the shipped fixtures: the first below the state is ``province`` (Dalarna, a Swedish län; Japan’s
  县; 清迈府), Landkreise and Leicestershire are ``county``, cities and towns ``city`` whatever their rank (大邱广域市).
- 县 and County are the first level in EE, HR, HU, KE, LR, LT, NO, RO and SE, and the last elsewhere.
- 省 of Italy, France or Spain lie below their regions, but are provinces by name and hold cities: ``province``.
- China’s 自治州, 地区 and 盟 rank with its cities. Its 市 are of all three levels: only what contains them, or what
  they contain, tells; the four that are provinces stand in ``parts.csv``.
- Words that mean several things (Region in Australia, China and New Zealand) tell nothing.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from friendship import names

_HERE = Path(__file__).parent
_LONGEST_WORD = 5  # 特别行政区
_LATIN = re.compile(r"[^\W\d_\u0370-\uffff\U00010000-\U0010ffff]")
_OF = re.compile(r"(?P<word>[^\W\d]+(?: [^\W\d]+)*?) (?:of|de|di|del|della|do|da|von) .+")
#: Words that stand before the name without “of”.
_BEFORE = frozenset({"county", "kreis", "landkreis", "comune", "provincia", "région", "megye", "område"})


def told_by(text: str, code: str) -> str:
    """The level that a word of the name tells, or nothing."""
    known = words(code)
    if names.has_han(text[-1]) or not _LATIN.search(text):
        lengths = range(min(_LONGEST_WORD, len(text) - 1), 0, -1)
        whole = text.casefold()
        ending = next((whole[-length:] for length in lengths if whole[-length:] in known), whole.rpartition(" ")[2])
        return known.get(ending, "")
    return _in_english(text.casefold().split(), known)


def _in_english(spelt: list[str], known: dict[str, str]) -> str:
    last, last_two = spelt[-1], " ".join(spelt[-2:])
    if len(spelt) > 2 and last_two in known:
        return known[last_two]
    if len(spelt) > 1 and last in known:
        return known[last]
    if len(spelt) > 1 and spelt[0] in _BEFORE:
        return known.get(spelt[0], "")
    match = _OF.fullmatch(" ".join(spelt))
    return known.get(match["word"], "") if match else ""


@cache
def words(code: str) -> dict[str, str]:
    """The words that tell a level in a country; its own stand before those of all countries."""
    rows = _rows()
    general = {row["word"].casefold(): row["level"] for row in rows if not row["countries"]}
    own = {row["word"].casefold(): row["level"] for row in rows if code in row["countries"].split()}
    return general | own


@cache
def _rows() -> list[dict[str, str]]:
    with (_HERE / "level_words.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
