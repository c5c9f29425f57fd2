"""Names as lists write them: what is the place, what contains it, in which language, of which level.

One place is written in many ways. ``Wuxi – Xinwu``, ``Xinwu (Wuxi)`` and ``Xinwu, Wuxi`` are Xinwu within Wuxi;
绵阳市（四川省） and 四川省绵阳市 are 绵阳市 within 四川省; ``绵阳 Mianyang`` is one name in two languages;
``Otsu, Japan`` and 日本大津市 repeat the country. Names in Chinese characters go to ``zh``, all others to ``en`` as
written; those that are not Latin either become aliases as well. Nothing else is translated or taken away: HTML in a
name is characters like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.translation import gettext_noop

from friendship import names
from friendship.enums import Level
from friendship.importers import levels, wording
from friendship.importers.countries import Countries, Part, normal
from friendship.importers.records import Reason

LONGEST = 100  # as Place.name_zh and name_en

NO_LETTER = gettext_noop("“%(text)s” holds no name.")
ITEM = gettext_noop("“%(text)s” is the number of a Wikidata item, not a name.")
ADDRESS = gettext_noop("“%(text)s” is a web address, not a name.")
BLANK_NODE = gettext_noop("“%(text)s” is a blank node, not a name.")
TOO_LONG = gettext_noop("“%(text)s…” is longer than %(limit)d characters.")
UNPRINTABLE = gettext_noop("“%(text)s” contains control characters.")
OTHER_COUNTRY = gettext_noop("“%(text)s” names another country or region than “%(country)s”.")
SEVERAL = gettext_noop("“%(text)s” names more than one place: write a row for each.")
UNCLEAR = gettext_noop("“%(text)s”: it is not clear which place lies in which.")

_RANK = {level.value: rank for rank, level in enumerate(Level)}


class Misnamed(Exception):
    """A text that cannot be the name of a place."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.text)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Words:
    """A name taken apart. ``within`` are the places that contain it, nearest first, each without containers itself."""

    zh: str = ""
    en: str = ""
    level: str = ""
    within: tuple[Words, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def forms(self) -> set[str]:
        """Its names in normal form."""
        return {normal(name) for name in (self.zh, self.en) if name}


@lru_cache(maxsize=10_000)  # a list names most places several times
def take_apart(text: str, code: str, countries: Countries) -> Words:
    """What a name says of a place of the country. Raises ``Misnamed`` where it says nothing, or too much."""
    written = tidy(text)
    _refuse(written)
    name = _Name(written, code, countries)
    return name.settled(name.by_commas(written))


def within_also(words: Words, outer: Iterable[Words], code: str, countries: Countries) -> Words:
    """The place with further containers around it, where they are not among those that its name tells."""
    found = _Name("", code, countries).settled(_inside(words, outer))
    provinces_last = sorted(found.within, key=lambda container: container.level == Level.PROVINCE)
    return replace(found, within=tuple(provinces_last)) if len(provinces_last) > 1 else found


def country_within(text: str, countries: Countries) -> str:
    """The country that a name ends or begins with (Otsu, Japan; 日本大津市), for lists that name it nowhere else.

    Empty where there is none. Georgia is not taken for a country here: it may be the state.
    """
    written = tidy(text)
    told = [code for piece in _ends(written) if (code := countries.told_by(piece))]
    if told:
        return told[0] if len(set(told)) == 1 else ""
    leading = countries.leading(written) if names.has_han(written[:1]) else None
    return leading[0] if leading else ""


def _ends(written: str) -> list[str]:
    """The first and the last of the pieces that commas or dashes divide, and the last one in the bracket at the end."""
    found: list[str] = []
    for separator in (_COMMA, _DASH):
        pieces = _outside_brackets(separator, written)
        if len(pieces) > 1:
            found += [pieces[0], pieces[-1]]
    if bracket := _TRAILING_BRACKET.fullmatch(written):
        found.append(_outside_brackets(_COMMA, bracket["inside"])[-1].strip())
    return found


def tidy(text: str) -> str:
    """The text with single spaces, without invisible marks, footnotes, and commas around it.

    Raises ``Misnamed`` for a text that is far too long, before anything looks for a name in it.
    """
    plain = " ".join(_INVISIBLE.sub("", text).split())
    if len(plain) > _FAR_TOO_LONG:
        refuse_pretenders(plain)
        refuse_long(plain)
    plain = _SPACED_HAN.sub(lambda spaced: spaced[0].replace(" ", ""), plain)
    while footnote := _FOOTNOTE_AT_END.search(plain, max(0, len(plain) - _LONGEST_FOOTNOTE)):
        plain = plain[: footnote.start()]
    return plain.strip(" ,，;；、")


def unprintable(text: str) -> bool:
    """Whether a text holds what no name has: control characters, halves of characters, turned directions."""
    return _UNPRINTABLE.search(text) is not None


_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
#: 成 都 市 and 成都 市, spread to fill a cell; 绵阳 德阳 are two words.
_SPACED_HAN = re.compile(
    r"(?<![\u3400-\u9fff])(?:[\u3400-\u9fff] )+[\u3400-\u9fff]+"
    r"|[\u3400-\u9fff]+ [省市县区州盟旗](?![^ ,，(（])"
)
_ENUMERATED = re.compile("[、；]")
_FOOTNOTE_AT_END = re.compile(r" ?(?:\[\w{1,3}\]|[*†‡])\Z")
_LONGEST_FOOTNOTE = len(" [123]")
_ITEM = re.compile(r"(?:wd:)?Q[0-9]+", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.|mailto:|<https?:).*", re.IGNORECASE)
_BLANK_NODE = re.compile(r"_:.*|(?:t|genid|nodeid)[-:]?\d{5,}|.*/\.well-known/genid/.*", re.IGNORECASE)
_FAR_TOO_LONG = 4 * LONGEST
#: Where a name may be cut, and how often at most: no place is written with more around it.
_CUT = re.compile("[(（\\[【,，省市县縣県区區州盟旗道郡府邦国]|\\s[-–—―]\\s")
_MOST_CUTS = 20


def refuse_pretenders(written: str) -> None:
    """Raise ``Misnamed`` for what stands in the place of a name, and for what no text should hold."""
    shown = {"text": written[:LONGEST]}
    if _BLANK_NODE.fullmatch(written):
        raise Misnamed(Reason(BLANK_NODE, shown))
    if _ITEM.fullmatch(written):
        raise Misnamed(Reason(ITEM, shown))
    if _ADDRESS.fullmatch(written):
        raise Misnamed(Reason(ADDRESS, shown))
    if unprintable(written):
        raise Misnamed(Reason(UNPRINTABLE, {"text": _UNPRINTABLE.sub("\ufffd", written)[:LONGEST]}))


def refuse_long(written: str, limit: int = LONGEST) -> None:
    """Raise ``Misnamed`` for a text longer than so many characters."""
    if len(written) > limit:
        raise Misnamed(Reason(TOO_LONG, {"text": written[:LONGEST], "limit": LONGEST}))


def _refuse(written: str) -> None:
    refuse_pretenders(written)
    _refuse_without_letter(written)
    if len(_CUT.findall(written)) > _MOST_CUTS:
        raise Misnamed(Reason(UNCLEAR, {"text": written[:LONGEST]}))


def _refuse_without_letter(written: str) -> None:
    if not any(char.isalpha() for char in written):
        raise Misnamed(Reason(NO_LETTER, {"text": written[:LONGEST]}))


# --- the parts of a name ----------------------------------------------------------------------------------------------

_COMMA = re.compile(r"\s*[,，]\s*")
_DASH = re.compile(r"\s+[-–—―]\s+")
_TRAILING_BRACKET = re.compile(r"(?P<before>.*\S)\s*[(（\[【](?P<inside>[^()（）\[\]【】]*)[)）\]】]")
_OPENING, _CLOSING = "(（[【", ")）]】"
_ARTICLES = frozenset("the la le les el los las il die der den".split())
_LATIN = r"[^\W\d_\u0370-\uffff\U00010000-\U0010ffff]"
_LATIN_LETTER = re.compile(_LATIN)
_HAN_CHARS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_RUN = rf"[{_HAN_CHARS}][{_HAN_CHARS}·・•—\-－0-9]+"
_LATIN_RUN = rf"{_LATIN}[^{_HAN_CHARS}]+"
_BILINGUAL = (
    re.compile(rf"(?P<zh>{_HAN_RUN})\s*[/|:：]?\s*(?P<en>{_LATIN_RUN})"),
    re.compile(rf"(?P<en>{_LATIN}[^{_HAN_CHARS}/|:：<>]+?)\s*[/|:：]?\s*(?P<zh>{_HAN_RUN})"),
)
_FORMERLY = re.compile(
    r"(?:formerly|former|previously|also|aka|a\.k\.a\.|or)[: ]+(?P<name>.+)"
    r"|(?:原名?|旧称|旧名|又称|又名|亦称|别称|也称)[:： ]*(?P<han>.+)",
    re.IGNORECASE,
)
_KANA_OR_HANGUL = re.compile("[\u3040-\u30fa\u30fc-\u30ff\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")


def _outside_brackets(separator: re.Pattern[str], text: str) -> list[str]:
    """The pieces of a text between separators that no bracket encloses; at least one."""
    if not separator.search(text):
        return [text]
    pieces, begin, depth = [], 0, _depths(text)
    for match in separator.finditer(text):
        if depth[match.start()] == 0:
            pieces.append(text[begin : match.start()])
            begin = match.end()
    pieces.append(text[begin:])
    return [piece for piece in pieces if piece] or [text]


def _depths(text: str) -> list[int]:
    depths, depth = [], 0
    for char in text:
        depth = max(0, depth + (char in _OPENING) - (char in _CLOSING))
        depths.append(depth)
    return depths


@dataclass(frozen=True, slots=True)
class _Name:
    """One name of a list, on the way to its words: by its commas, then its dashes, then its brackets."""

    written: str
    code: str
    countries: Countries

    def by_commas(self, text: str) -> Words:
        """``Xinwu, Wuxi``: the place stands first, unless the country does."""
        if _ENUMERATED.search(text):
            raise Misnamed(Reason(SEVERAL, {"text": self.written[:LONGEST]}))
        pieces = _outside_brackets(_COMMA, text)
        if len(pieces) == 2 and pieces[1].casefold() in _ARTICLES and not self.countries.part(self.code, pieces[1]):
            return self._by_dashes(f"{pieces[1]} {pieces[0]}")
        return self._nested([self._by_dashes(piece) for piece in self._without_country(pieces)])

    def _without_country(self, pieces: list[str]) -> list[str]:
        """The pieces nearest first, without the row's own country."""
        rest = [piece for piece in pieces if not self._is_country(piece)]
        if not rest or len(pieces) == 1:
            return pieces[:1]
        self._refuse_other_country(rest[-1] if len(rest) > 1 else "")
        return rest[::-1] if self._is_country(pieces[0]) else rest

    def _is_country(self, text: str) -> bool:
        return self.countries.calls(self.code, text) and not self.countries.part(self.code, text)

    def _refuse_other_country(self, text: str) -> None:
        other = self.countries.named(text)
        if not other or other == self.code or self.countries.part(self.code, text):
            return
        if not self.countries.related(self.code, other):
            raise Misnamed(Reason(OTHER_COUNTRY, {"text": self.written[:LONGEST], "country": self.code}))

    def _by_dashes(self, text: str) -> Words:
        """``Wuxi – Xinwu``: the place stands last, unless the country does."""
        pieces = _outside_brackets(_DASH, text)
        rest = [piece for piece in pieces if not self._is_country(piece)] or pieces[:1]
        outer_first = rest[::-1] if self._is_country(pieces[-1]) and len(pieces) > len(rest) else rest
        return self._nested([self._by_brackets(piece) for piece in outer_first[::-1]])

    def _by_brackets(self, text: str) -> Words:
        """What stands in the bracket at the end: the country, the other language, another name, or what contains it."""
        match = _TRAILING_BRACKET.fullmatch(text)
        if match is None:
            return self._by_country(text)
        before, inside = self.by_commas(match["before"].strip()), match["inside"].strip(" ,，")
        if not inside or self._is_country(inside):
            return before
        if other := _FORMERLY.fullmatch(inside):
            return replace(before, aliases=(*before.aliases, (other["name"] or other["han"]).strip()))
        if told := levels.words(self.code).get(inside.casefold()) or _remarked_level(inside):
            return replace(before, level=told)
        if not any(char.isalpha() for char in inside):
            raise Misnamed(Reason(NO_LETTER, {"text": text[:LONGEST]}))
        self._refuse_other_country(_outside_brackets(_COMMA, inside)[-1])
        return self._paired(before, self.by_commas(inside))

    def _paired(self, one: Words, other: Words) -> Words:
        """Two names side by side: one place in two languages, or the second contains the first."""
        if one.forms & other.forms or self._are_languages(one, other):
            return both(one, other)
        if self._is_above(one, other) or self._is_known_in_unknown(one, other):
            raise Misnamed(Reason(UNCLEAR, {"text": self.written[:LONGEST]}))
        return _inside(one, [other])

    def _nested(self, chain: list[Words]) -> Words:
        """Places of which each lies in the next, or one name in two languages."""
        inner, *outer = chain
        if (
            len(outer) == 1
            and self._are_languages(inner, outer[0])
            and Level.PROVINCE not in {inner.level, outer[0].level}
        ):
            return both(inner, outer[0])
        if outer and self._is_above(inner, outer[-1]):
            inner, *outer = chain[::-1]
        elif outer and self._is_known_in_unknown(inner, outer[-1]):
            raise Misnamed(Reason(UNCLEAR, {"text": self.written[:LONGEST]}))
        return _inside(inner, outer)

    def _is_known_in_unknown(self, inner: Words, outer: Words) -> bool:
        """Illinois, Aurora: the order of the names may be another than in the rest of the world."""
        return self._known(inner) is not None and self._part(outer) is None

    def _part(self, words: Words) -> Part | None:
        """The first-level part of the country that is called so, though something else may be as well."""
        return next((part for name in (words.zh, words.en) if (part := self.countries.part(self.code, name))), None)

    def _known(self, words: Words) -> Part | None:
        """The first-level part of the country that is meant for certain."""
        part = self._part(words)
        return part if part and (not part.shared or words.level == Level.PROVINCE) else None

    def _are_languages(self, one: Words, other: Words) -> bool:
        """Whether two names stand in different scripts, and are not known to be different places."""
        return bool(one.zh) != bool(other.zh) and self._part(one) == self._part(other)

    def _is_above(self, one: Words, other: Words) -> bool:
        """Whether the first name is known to be of a higher level than the second."""
        return self._ranks(one)[1] < self._ranks(other)[0]

    def _ranks(self, words: Words) -> tuple[int, int]:
        """The highest and lowest level that a name may have; abroad, counties hold cities, or cities counties."""
        highest = 1 if self.code == _CHINA and words.zh.endswith("市") else 0
        if not words.level:
            return highest, len(_RANK) - 1
        rank = _RANK[words.level]
        return (rank, rank) if rank == 0 or self.code in _CITIES_HOLD_COUNTIES else (1, len(_RANK) - 1)

    def _by_country(self, text: str) -> Words:
        """日本大津市 in Japan is 大津市."""
        while (
            names.has_han(text[:1])
            and not self._is_country(text)
            and (leading := self.countries.leading(text, self.code))
        ):
            text = leading[1]
        return self._by_script(text)

    def _by_script(self, text: str) -> Words:
        for pattern in _BILINGUAL:
            if match := pattern.fullmatch(text):
                return self._paired(self.by_commas(match["zh"]), self.by_commas(match["en"].strip(" -–—/|:")))
        return self._by_spaces(text) if names.has_han(text) else self.single(text)

    def _by_spaces(self, text: str) -> Words:
        """四川省 绵阳市: Chinese has no space within a name, except between single characters."""
        pieces = text.split()
        if len(pieces) > 1 and all(len(piece) == 1 and names.has_han(piece) for piece in pieces):
            return self._by_chain("".join(pieces))
        if len(pieces) > 1 and all(len(piece) > 1 and names.has_han(piece[0]) for piece in pieces):
            return self._nested([self.by_commas(piece) for piece in reversed(pieces)])
        return self._by_chain(text)

    def _by_chain(self, text: str) -> Words:
        """四川省绵阳市: the outermost stands first."""
        if " " in text:
            return self.single(text)
        for pattern in _CHAINS.get(self.code, _CHAINS_ABROAD):
            if match := pattern.fullmatch(text):
                return _inside(self.by_commas(match["inner"]), [self.by_commas(match["outer"])])
        if length := self._length_of_part(text):
            return _inside(self.by_commas(text[length:]), [self.single(text[:length])])
        return self.single(text)

    def _length_of_part(self, text: str) -> int:
        """How much of the text is a known part of the country before another name: 四川 of 四川绵阳."""
        if self.countries.part(self.code, text) or text.startswith(_LIKE_PROVINCES):
            return 0
        for length in self.countries.leading_parts(self.code, text):
            ends_well = self.code == _CHINA or text[length - 1] in "州省"
            if ends_well and len(text) > length + 1 and text[length] not in "省市县区州":
                return length
        return 0

    def single(self, text: str) -> Words:
        """One name of one place."""
        text = tidy(text)
        refuse_long(text)
        _refuse_without_letter(text)
        part = self.countries.part(self.code, text)
        level = Level.PROVINCE.value if part and not part.shared else levels.told_by(text, self.code)
        if names.has_han(text) and not _KANA_OR_HANGUL.search(text):
            return Words(zh=text, level=level)
        return Words(en=text, level=level, aliases=() if _LATIN_LETTER.search(text) else (text,))

    def settled(self, words: Words) -> Words:
        """The place with each container once, none of them itself, and with the levels that one tells of another."""
        if not words.within:
            return words
        containers: list[Words] = []
        for container in map(self._of_both_languages, words.within):
            forms = container.forms
            if not any(forms & known.forms for known in containers) and not self._is_same(words, container):
                containers.append(container)
        if self._known(words) and any(map(self._known, containers)):
            words = replace(words, level=levels.told_by(words.zh or words.en, self.code))  # Delaware, Ohio is a town
        for index in reversed(range(len(containers))):
            container = containers[index]
            told = self._told_by(container, containers[index + 1 :]) or _city_in_china(container, self.code)
            containers[index] = _of_level(container, told)
        return replace(words, level=self._told_by(words, containers), within=tuple(containers))

    def _of_both_languages(self, words: Words) -> Words:
        part = self._part(words)
        return of_part(part) if part else _alone(words)

    def _is_same(self, words: Words, container: Words) -> bool:
        """Whether a container repeats the place or its country; New York lies in New York, Sichuan not in Sichuan."""
        if any(self._is_country(name) for name in (container.zh, container.en) if name):
            return True
        part = self._known(words)
        if part:
            return part == self._known(container)
        return bool(words.forms & container.forms) and not (
            container.level == Level.PROVINCE and words.level != container.level
        )

    def _told_by(self, words: Words, containers: list[Words]) -> str:
        """The level; in China a 市 within a city is of the county level."""
        in_city = any(container.level == Level.CITY for container in containers)
        return Level.COUNTY.value if _city_in_china(words, self.code) and in_city and not words.level else words.level


def _remarked_level(remark: str) -> str:
    """The level of which a remark tells: 副省级, 县级市."""
    told = wording.level_of(remark)
    return "" if isinstance(told, Reason) else told


def _city_in_china(words: Words, code: str) -> str:
    """The level of a 市 of China that contains other places."""
    return words.level or (Level.CITY.value if code == _CHINA and words.zh.endswith("市") else "")


def _inside(inner: Words, outer: Iterable[Words]) -> Words:
    """A place within others, nearest first, and within what contains those."""
    further = [place for words in outer for place in (_alone(words), *words.within)]
    return replace(inner, within=(*inner.within, *further)) if further else inner


def _alone(words: Words) -> Words:
    """A place without what contains it."""
    return replace(words, within=()) if words.within else words


def _of_level(words: Words, level: str) -> Words:
    return words if words.level == level else replace(words, level=level)


def of_part(part: Part) -> Words:
    """A known part of a country, by its names in both languages."""
    return Words(part.name_zh, part.name_en, Level.PROVINCE.value)


def both(one: Words, other: Words) -> Words:
    """One place by two texts of different languages; where both have a name in one language, the second is an alias."""
    zh, en = one.zh or other.zh, one.en or other.en
    further = [name for name in (one.zh, one.en, other.zh, other.en) if name and name not in (zh, en)]
    within = one.within or other.within
    if len(one.within) == len(other.within):
        within = tuple(both(mine, theirs) for mine, theirs in zip(one.within, other.within, strict=True))
    return Words(
        zh, en, one.level or other.level, within, tuple(dict.fromkeys((*one.aliases, *other.aliases, *further)))
    )


# --- chains of names in Chinese ---------------------------------------------------------------------------------------

_CHINA = "CN"
_CITIES_HOLD_COUNTIES = frozenset({"CN", "JP", "KR", "TW"})
#: Names that begin like a province and lie elsewhere, or are no place of it.
_LIKE_PROVINCES = ("海南藏族", "海南州", "河南蒙古族", "吉林市", "澳门半岛", "香港岛", "湖北口")


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)


#: By country, what is an outer and what an inner name. No name of one place may be cut: 广州市, 市中区, 市川市,
#: 大和郡山市, 四日市市, 清道郡.
_CHAINS: dict[str, tuple[re.Pattern[str], ...]] = {
    _CHINA: _patterns(
        "(?P<outer>北京市|天津市|上海市|重庆市|.{2,}?(?:省|自治区|特别行政区))(?P<inner>.{2,})",
        "(?P<outer>.+?(?:自治州|地区|盟|市)|.{2,}?州)(?P<inner>.+(?:县|区|市|旗|镇|乡))",
    ),
    "JP": _patterns(
        "(?P<outer>[东東]京都|北海道|京都府|大阪府|.{2,3}?[县縣県])(?P<inner>.{2,})",
        "(?P<outer>.+?市)(?P<inner>.+[区區])",
        "(?P<outer>.+?郡)(?P<inner>.+[町村])",
    ),
    "KR": _patterns(
        "(?P<outer>.{2,}?(?:特别自治道|特别自治市|广域市|特别市|道))(?P<inner>.{2,})",
        "(?P<outer>.+?市)(?P<inner>.+[区邑面洞])",
    ),
    "KP": _patterns("(?P<outer>.{2,}?(?:特别市|直辖市|道))(?P<inner>.{2,})"),
    "VN": _patterns("(?P<outer>.{2,}?省)(?P<inner>.{2,})", "(?P<outer>.{2,}?市)(?P<inner>.{2,}[郡县区])"),
    "TW": _patterns("(?P<outer>.{2,}?[市县縣])(?P<inner>.+[区區镇鎮乡鄉市])"),
    "IN": _patterns("(?P<outer>.{2,}?(?:邦|联邦属地))(?P<inner>.{2,})"),
    "MM": _patterns("(?P<outer>.{2,}?(?:邦|省))(?P<inner>.{2,})"),
    "TH": _patterns("(?P<outer>.{2,}?府)(?P<inner>.{2,})"),
}
_CHAINS_ABROAD = _patterns(
    "(?P<outer>.{2,}?(?:自治区|共和国|边疆区|联邦区|大区|酋长国|省|州))(?P<inner>.{2,})",
    "(?P<outer>.{2,}?[郡县])(?P<inner>.{2,}[市镇区村])",
    "(?P<outer>.{2,}?市)(?P<inner>.{2,}[区镇])",
)
