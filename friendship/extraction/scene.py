"""The line in signs: places, dates and sentences laid out so that the grammar can look around a word."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from friendship.dates import PartialDate
from friendship.extraction.dating import Dated, dates
from friendship.extraction.gazetteer import Division, gazetteer
from friendship.extraction.mentions import mentions
from friendship.extraction.places import THAT, Mention
from friendship.extraction.text import Text, sentences
from friendship.extraction.words import ORGANISATION, PLACE_OF

#: How many places back 该市 and 我市 can mean.
_AS_FAR_AS = 200


_COMPARED = re.compile(r"的?(?:第[一二三四五六七八九十\d]|首[个对座家]|最早|较早|唯一)")
_SITUATED = re.compile("(?:位于|地处|坐落于|隶属于)$")


@dataclass(frozen=True)
class Scene:
    """A text, its places and dates.

    ``signs`` is the line with every place and date written as its sign (``mentions``; ``D`` for a date) and filled up
    with ``_``: positions are those of the line.
    """

    text: Text
    published: PartialDate | None
    home: str

    @cached_property
    def line(self) -> str:
        """The line that the grammar reads."""
        return self.text.line

    @cached_property
    def mentions(self) -> list[Mention]:
        """Every place, in order."""
        return mentions(self.line)

    @cached_property
    def dates(self) -> list[Dated]:
        """Every date, in order."""
        return dates(self.line, self.published)

    @cached_property
    def _starts(self) -> list[int]:
        return [mention.start for mention in self.mentions]

    @cached_property
    def _date_starts(self) -> list[int]:
        return [date.start for date in self.dates]

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self.sentences]

    @cached_property
    def signs(self) -> str:
        """The line in signs, as the class says."""
        signs = list(re.sub(r"[A-Z_]", "x", self.line))
        spans = [(mention.start, mention.end, mention.sign) for mention in self.mentions]
        spans += [(date.start, date.end, "D") for date in self.dates]
        for start, end, sign in spans:
            signs[start:end] = sign + "_" * (end - start - 1)
        return "".join(signs)

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Where each sentence begins and ends."""
        return sentences(self.line)

    def between(self, start: int, end: int, signs: str = "HFPQ") -> list[Mention]:
        """The places that stand wholly within ``start`` to ``end``."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [m for m in self.mentions[first:last] if m.end <= end and m.sign in signs]

    def dates_between(self, start: int, end: int) -> list[Dated]:
        """The dates that stand wholly within ``start`` to ``end``."""
        first, last = bisect_left(self._date_starts, start), bisect_left(self._date_starts, end)
        return [date for date in self.dates[first:last] if date.end <= end]

    def sentence_of(self, place: int) -> tuple[int, int]:
        """The sentence in which ``place`` lies."""
        index = bisect_right(self._sentence_starts, place) - 1
        return self.sentences[index] if index >= 0 else (0, len(self.line))

    def sentences_before(self, place: int) -> Iterator[tuple[int, int]]:
        """The sentences that end at or before ``place``, the nearest first."""
        for index in range(bisect_right(self._sentence_starts, place) - 1, -1, -1):
            if self.sentences[index][1] <= place:
                yield self.sentences[index]

    def mentions_before(self, place: int) -> Iterator[Mention]:
        """The places that end at or before ``place``, the nearest first."""
        for index in range(bisect_left(self._starts, place) - 1, -1, -1):
            if self.mentions[index].end <= place:
                yield self.mentions[index]

    def date_at(self, place: int) -> Dated | None:
        """The date that begins at ``place``."""
        index = bisect_left(self._date_starts, place)
        return self.dates[index] if index < len(self.dates) and self.dates[index].start == place else None

    def sentence_before(self, start: int) -> int:
        """Where the sentence before the one at ``start`` begins; ``start`` itself where there is none."""
        return next((begin for begin, _ in self.sentences_before(start)), start)

    def title_start(self, place: int) -> int | None:
        """Where the title 《…》 begins within which ``place`` lies."""
        start, _ = self.sentence_of(place)
        opening = self.signs.rfind("《", start, place)
        return None if opening < 0 or "》" in self.signs[opening:place] else opening

    def clause_start(self, place: int) -> int:
        """Where the clause begins in which ``place`` lies: after a comma, or within a title."""
        start, _ = self.sentence_of(place)
        clause = max((match.end() + start for match in re.finditer(r"[,;:。]", self.signs[start:place])), default=start)
        title = self.title_start(place)
        return max(clause, title + 1) if title is not None else clause

    def country_of(self, mention: Mention) -> tuple[str | None, str | None]:
        """The register's name of the country of a foreign place, and its ISO code."""
        return gazetteer().country_names.get(mention.country), mention.country or None

    def is_organisation(self, mention: Mention) -> bool:
        """Whether the place only says where an organisation is."""
        return bool(ORGANISATION.match(self.signs, mention.end))

    def is_compared(self, mention: Mention) -> bool:
        """Whether the place is only what something is the first of: 是河南省第一个…."""
        return self.signs[mention.start - 1 : mention.start] in {"是", "为"} and bool(
            _COMPARED.match(self.signs, mention.end)
        )

    def is_elsewhere(self, mention: Mention) -> bool:
        """Whether something happens at the place, or somebody goes there."""
        before = self.signs[max(0, mention.start - 6) : mention.start]
        return bool(PLACE_OF.search(before))

    # --- who is 我市 ---

    def resolve(self, mention: Mention, side: str = "H") -> Mention | None:
        """The place that 我市, 全省 or 该州 stands for, on ``side``; a place that is named is itself."""
        if mention.sign in "HF":
            return mention if mention.sign == side else None
        if mention.sign == THAT:
            return self._that(mention, side)
        return self._ours(mention) if side == "H" else None

    def _that(self, mention: Mention, side: str) -> Mention | None:
        nearest = None
        for other in islice(self.mentions_before(mention.start), _AS_FAR_AS):
            if other.sign == side and not _SITUATED.search(self.signs[max(0, other.start - 4) : other.start]):
                if other.name.endswith(mention.name[-1]):
                    return other
                nearest = nearest or other
        return nearest

    def _ours(self, mention: Mention) -> Mention | None:
        told = self.told_home()
        before = [m for m in islice(self.mentions_before(mention.start), _AS_FAR_AS) if m.sign == "H"]
        after = [m for m in self.mentions[bisect_left(self._starts, mention.end) :][:_AS_FAR_AS] if m.sign == "H"]
        candidates = [*([told] if told else []), *before, *after]
        suffix = re.sub(r"^[我本全]|(?:人民政府|政府|委|外事)$", "", mention.name)
        for candidate in candidates:
            if candidate.division and _fits(candidate.division, suffix):
                return self._whole(candidate, candidates) if mention.name[0] == "全" else candidate
        if suffix in {"省", "自治区"}:
            return self._province(candidates)
        return None

    def _whole(self, part: Mention, candidates: list[Mention]) -> Mention:
        """全市 after several cities of one prefecture is the prefecture, where the text has named it."""
        division = part.division
        above = division.prefecture if division and division.level == "county" else ""
        return next((m for m in candidates if above and m.name == above), part)

    def told_home(self) -> Mention | None:
        """The place whose paper the text is."""
        divisions = gazetteer().home.get(self.home) if self.home else []
        return Mention("H", 0, 0, divisions[0].name, "CN", division=divisions[0]) if divisions else None

    def _province(self, candidates: list[Mention]) -> Mention | None:
        for candidate in candidates:
            if candidate.division:
                for division in gazetteer().home.get(candidate.division.province):
                    if division.level == "province":
                        return Mention("H", 0, 0, division.name, "CN", division=division)
        return None


def _fits(division: Division, suffix: str) -> bool:
    if suffix in {"省", "自治区"}:
        return division.level == "province"
    if suffix == "区":
        return division.level == "district" or division.name.endswith("区")
    return division.name.endswith(suffix)
