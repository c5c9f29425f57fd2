"""A text as the grammar reads it: one line, one width, no stray spaces, and the way back to the text as given.

Scans break words by lines, blank lines and spaces, and mix half- and full-width signs; a pasted page does so elsewhere.
The grammar sees none of it, so that reflowing a text changes nothing. Quotation marks are dropped as well: press texts
put them around whatever they like to stress.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from friendship.extraction.records import Quote

_ONE_SIGN = str.maketrans(
    {
        **dict.fromkeys("“”‘’\"'「」『』〝〞＂＇`´", None),
        **dict.fromkeys("—–―─━‐‑‒−－ー~～〜", "-"),
        **dict.fromkeys("·•・‧∙●◆■▪", "·"),
        **dict.fromkeys("〔[［【", "("),
        **dict.fromkeys("〕]］】", ")"),
        **dict.fromkeys("〈<＜", "《"),
        **dict.fromkeys("〉>＞", "》"),
        **dict.fromkeys("…⋯", "。"),
        **dict.fromkeys("﹑､", "、"),
        "○": "〇",
        "｡": "。",
    }
)
#: Space between two digits or two Latin letters tells numbers and words apart; every other space means nothing.
_TELLING = re.compile(r"(?<=\d) (?=\d)|(?<=[A-Za-z]) (?=[A-Za-z])")
#: …unless the break stands within a year or a day: 20 18年, 1 2月.
_BROKEN = re.compile(r"(?<!\d)(?:(?:[12] \d{3}|(?:19|20) \d{2}|(?:19|20)\d \d)(?= ?年)|[123] \d(?= ?[月日]))")
_DASHES = re.compile(r"-{2,}")
#: 1. 法国…: the stop belongs to the number of a row.
_ROW_NUMBER = re.compile(r"(?<![\d.])\d{1,2} ?\.(?! ?[\dA-Za-z])")
_FULL_STOP = re.compile(r"(?<![0-9A-Za-z])(?<![0-9A-Za-z] )\.|\.(?! ?[0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class Text:
    """``line`` is what the grammar reads; ``offsets[i]`` is where its character ``i`` stands in ``source``."""

    source: str
    line: str
    offsets: tuple[int, ...]

    def quote(self, start: int, end: int) -> Quote:
        """The words of the source from ``start`` to ``end`` of the line, verbatim."""
        first, last = self.offsets[start], self.offsets[end - 1] + 1
        return Quote(self.source[first:last], first, last)


def flatten(source: str) -> Text:
    """Bring ``source`` into one line (NFKC, one sign for each mark, no spaces that mean nothing)."""
    signs: list[tuple[str, int]] = []
    for offset, character in enumerate(source):
        category = unicodedata.category(character)
        if category == "No":  # ① and its like count the rows of a list
            signs.append(("、", offset))
            continue
        folded = character.translate(_ONE_SIGN)
        for sign in unicodedata.normalize("NFKC", folded).translate(_ONE_SIGN):
            if sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf", "Co", "Cs", "Cn"}:
                if signs and signs[-1][0] != " ":
                    signs.append((" ", offset))
            else:
                signs.append((sign, offset))
    return _clean(source, signs)


def _clean(source: str, signs: list[tuple[str, int]]) -> Text:
    line = "".join(sign for sign, _ in signs)
    kept = {match.start() for match in _TELLING.finditer(line)}
    for broken in _BROKEN.finditer(line):
        kept -= set(range(*broken.span()))
    doubled = {index for dashes in _DASHES.finditer(line) for index in range(dashes.start() + 1, dashes.end())}
    stops = {match.start() for match in _FULL_STOP.finditer(line)}
    rows = {match.end() - 1 for match in _ROW_NUMBER.finditer(line)}
    chosen = [
        ("、" if index in rows else "。" if index in stops else sign, offset)
        for index, (sign, offset) in enumerate(signs)
        if (sign != " " or index in kept) and index not in doubled
    ]
    return Text(source, "".join(sign for sign, _ in chosen), tuple(offset for _, offset in chosen))


#: Nobody writes sentences of more than so many characters; a text without marks is cut, so that reading stays linear.
_LONGEST = 1_500
_SENTENCE = re.compile(rf"[^。!?]{{1,{_LONGEST}}}[。!?]*|[。!?]+")


def sentences(line: str) -> list[tuple[int, int]]:
    """Where each sentence of ``line`` begins and ends; the mark that ends it belongs to it."""
    return [match.span() for match in _SENTENCE.finditer(line)]
