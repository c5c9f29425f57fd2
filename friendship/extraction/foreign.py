"""The grammar of foreign names: where one ends that begins at a place of a line.

A name ends with its suffix (艾赫泰里|市), or where the characters end that write foreign sounds (英国|斯特拉特福).
After a country anything may be a name; without one only what is known by list or written in such characters.
"""

from __future__ import annotations

import re
from dataclasses import replace

from friendship.extraction.gazetteer import Abroad, Gazetteer
from friendship.extraction.words import DESCRIPTION, ENDING, SUFFIX

IN_NAMES = re.compile(r"[一-鿿〇·\-]")
#: 市长, 州长, 郡守, 道知事: the suffix belongs to the office, not to the name.
OFFICE = re.compile("[长委守]|知事")
#: What stands where a name would and is none: 各城市, 沿海地区.
_NO_NAME = re.compile(
    r"(?:市|县|地|自治|直辖|行政|城|都|各|诸|同|多|大|小|外|内|另|其他|其它|首都|中心|主要|沿海|边境|口岸|港口|地方|联邦|中央"
    r"|一些|不少|部分|若干|某|多个|有关|相关|国|几个?|数|数个|们|[一二三四五六七八九十两\d]+个?|和|与|及|等)+"
)
_DOUBLE_SUFFIX = re.compile("(?:文化|大都会|次大都会)市|城(?!市)")
#: Characters that hold a sentence together and begin names all the same: 于利希, 因特拉肯.
_BEGINNING = set("于因以")
_JOINS = "·-"
_LONGEST = 12


class Foreign:
    """Foreign names of one line."""

    def __init__(self, line: str, known: Gazetteer) -> None:
        self.line = line
        self.known = known

    def is_no_name(self, name: str) -> bool:
        """Whether a word before a suffix names nothing."""
        return bool(_NO_NAME.fullmatch(name))

    def known_at(self, start: int, code: str) -> list[Abroad]:
        """Those known by the longest name at ``start``; with ``code``, those of that country."""
        for _, places in self.known.abroad.at(self.line, start):
            fitting = [place for place in places if not code or place.country == code]
            if fitting:
                return fitting
        for name, places in self.known.bare.at(self.line, start) if code else ():
            fitting = [replace(place, name=name) for place in places if place.country == code]
            if fitting:
                return fitting
        return []

    def name_at(self, start: int, code: str, *, inner: bool = False) -> tuple[int, list[Abroad]] | None:
        """Where the name at ``start`` ends, and who is known by it; ``inner`` within a place just named."""
        if self.line[start : start + 1] in _JOINS:
            return None
        known = self.known_at(start, code)
        by_suffix = self.by_suffix(start, anything=bool(code))
        if not known:
            if by_suffix:
                return by_suffix, []
            by_sound = self._by_sound(start) if code and not inner else 0
            return (by_sound, []) if by_sound else None
        end = start + len(known[0].name)
        ending = self.suffix_end(end)
        if by_suffix > ending == end and not self.known_at(end, code):
            return by_suffix, []
        if inner and ending == end and len(known[0].name) < 3:
            return None
        return ending, known

    def suffix_end(self, end: int) -> int:
        """Where the suffix ends that follows a name at ``end``; ``end`` itself where none does."""
        ended = bool(SUFFIX.match(self.line, end - 1))  # 京畿道|城南市
        suffix = (None if ended else _DOUBLE_SUFFIX.match(self.line, end)) or SUFFIX.match(self.line, end)
        return suffix.end() if suffix and not self._is_office(suffix) else end

    def _is_office(self, suffix: re.Match[str]) -> bool:
        return len(suffix.group()) == 1 and bool(OFFICE.match(self.line, suffix.end()))

    def by_suffix(self, start: int, *, anything: bool) -> int:
        """Where a name ends that a suffix ends: of ``anything``, or of characters that write foreign sounds; else 0."""
        for place in range(start, min(start + _LONGEST, len(self.line))):
            suffix = SUFFIX.match(self.line, place) if place > start else None
            if suffix and not self._is_office(suffix):
                return self._with_suffix(start, place, suffix.end(), anything=anything)
            if self._ends_in_town(start, place):
                return place + 2
            if place > start and next(self.known.countries.at(self.line, place), None):
                return 0  # 托尔斯泰家乡|俄罗斯图拉市
            begins = place == start and anything and self.line[place] in _BEGINNING
            if not IN_NAMES.match(self.line[place]) or (ENDING.match(self.line, place) and not begins):
                return 0
            if not anything and not self._sounds(place):
                return 0
        return 0

    def _ends_in_town(self, start: int, place: int) -> bool:
        """Whether 城市 at ``place`` ends a name (共青城市, 维也纳新城市) and is not the word for a city."""
        if self.line[place : place + 2] != "城市" or place - start < 2:
            return False
        name = self.line[start : place + 2]
        if DESCRIPTION.fullmatch(name[:-2]):
            return False  # 海滨城市
        return bool(self.known.home.get(name)) or all(sign in self.known.transliteration for sign in name[:-2])

    def _sounds(self, place: int) -> bool:
        """Whether the sign at ``place`` writes a foreign sound and begins no country."""
        sign = self.line[place]
        if sign not in self.known.transliteration and sign not in _JOINS:
            return False
        return next(self.known.countries.at(self.line, place), None) is None

    def _with_suffix(self, start: int, suffix: int, end: int, *, anything: bool) -> int:
        name = self.line[start:suffix]
        at_home = bool(self.known.home.get(self.line[start:end]))
        if not (anything and at_home) and (self.is_no_name(name) or at_home or (not anything and len(name) < 2)):
            return 0
        again = SUFFIX.match(self.line, end)
        if again and again.group() in {"市", "町", "村", "郡"} and not self._is_office(again):
            return again.end()  # 四日市市, 清州市
        return end

    def _by_sound(self, start: int) -> int:
        """Where a name without suffix ends, at the first sign that cannot belong to it; else 0."""
        end = start
        while end < min(start + _LONGEST - 1, len(self.line)):
            sign = self.line[end]
            if (sign not in self.known.transliteration and sign not in _JOINS) or ENDING.match(self.line, end):
                break
            end += 1
        return end if 2 <= end - start < _LONGEST - 1 and self.ends_at(end) else 0

    def ends_at(self, end: int) -> bool:
        """Whether a name can end at ``end``: a mark follows, or a word that no name holds."""
        return not IN_NAMES.match(self.line[end : end + 1] or "。") or bool(ENDING.match(self.line, end))
