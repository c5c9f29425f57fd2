"""Reads a line from left to right and takes the places that stand in it.

At each place the longest known name is tried first: a Chinese division, a name that the text has introduced, a country
with what follows it, a known foreign place. Then come the places that grammar alone finds: members of a list, rows of a
table, the other side of a link word, and a run of characters that write foreign sounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from friendship.extraction.dating import dates
from friendship.extraction.foreign import IN_NAMES, OFFICE, Foreign
from friendship.extraction.gazetteer import Division, Names, gazetteer, state_ending, stem
from friendship.extraction.places import ABROAD, COUNTRY, HOME, OURS, THAT, Mention
from friendship.extraction.words import DESCRIPTION, ENDING, SUFFIX, WORD


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the text itself has introduced: foreign places with their countries, Chinese places by their short names."""

    abroad: Names[Mention]
    home: Names[Division]


NOTHING = Lexicon(Names(()), Names(()))

_OURS = re.compile(
    r"(?:我|本|全)(?:省|市|自治区|自治州|州|县|区|盟|旗)(?![长里内外])"
    r"|(?<![一-鿿])(?:市|省|州|县|区)(?:人民政府|政府|委|外事)"
)
_THAT = re.compile("该(?:省|市|边疆区|自治区|大区|地区|州|府|道|县|郡|区|镇|国)")
#: Words of one character before a place; no foreign name is read from them.
_FUNCTION = re.compile("[与同和及对于向由从在到被把将给来以]")
#: A Chinese place within a word: 四川路, 上海话.
_NO_PLACE_BEFORE = set("路街话菜籍港")
#: What follows a place and lies in it, but is no place of a register.
_NO_INNER_PLACE = re.compile("经济|高新|工业|开发|自贸|科技|新区|老城|主城|城区|各|郊区|市区")
_PLACE_NAME = re.compile("[一-鿿·]{1,7}?(?:市|区|县|州|郡|府|省|道|町|镇)")
_ROW_NAME = re.compile("[一-鿿·]{1,9}?(?:市|州|县|省|郡|区|道|府|镇)")
_TELLS_COUNTRY = re.compile("(?:位于|地处|坐落于|隶属于?)")
_CELL = re.compile("[|,、(]")
_ROW_ENDS = re.compile(r"[\d(;|,、。:)]|$")
_BEFORE_OPPOSITE = re.compile("(?:[与和同,。;:、《(]|友好城市|友城|姐妹城市)$")
_AFTER_TIE_WORD = re.compile("(?:友好城市|友城|姐妹城市)$")
_LIST_ENDS = set("等两三四五六七八九十与和同及")
_LINKED = re.compile("[与和同](?:[^,。;]{0,6}的)?")
_BESIDE_SHORT_NAME = re.compile(r"[与和同跟及、,\-对《(]")
_BEFORE_COUNTY = re.compile("[,、。;:!?与和同及》(·]")
_AFTER_COUNTY = re.compile(
    r"[、与和同]|[一二三四五六七八九两]市|(?:19|20)\d\d年|于(?:19|20)|(?:已|先后|就|又|也|还)(?:与|和|同|先后)|是|缔结|结为|结好|建立|签|成为"
)


@dataclass(frozen=True, slots=True)
class _Option:
    """A name that stands at a place: how long it is, which kind goes first, and how to take it (0 where it is none)."""

    length: int
    rank: int
    take: Callable[[], int]


class Reader:
    """Reads one line with one lexicon."""

    def __init__(self, line: str, lexicon: Lexicon) -> None:
        self.line = line
        self.lexicon = lexicon
        self.known = gazetteer()
        self.foreign = Foreign(line, self.known)
        self.found: list[Mention] = []
        self.dated = {place for dated in dates(line, None) for place in range(dated.start, dated.end)}

    def read(self) -> list[Mention]:
        """The places of the line, in order."""
        place = 0
        while place < len(self.line):
            place = self._step(place)
        return self.found

    def _step(self, place: int) -> int:
        """Take what stands at ``place``; where to go on."""
        if place in self.dated or not IN_NAMES.match(self.line, place):
            return place + 1
        return self._row(place) or self._pronoun(place) or self._by_name(place) or self._by_grammar(place)

    def _by_name(self, place: int) -> int:
        options = sorted(self._options(place), key=lambda option: (option.length, option.rank), reverse=True)
        return next((end for option in options if (end := option.take())), 0)

    def _by_grammar(self, place: int) -> int:
        word = WORD.match(self.line, place)
        country = self._country_of_list(place)
        if country and not word and self._is_listed(place, country) and (end := self._abroad(place, country, "")):
            return end
        if word and not self._links_a_country(place):
            return word.end()
        if end := self._opposite(place):
            return end
        if _FUNCTION.match(self.line, place):
            return place + 1
        return self._by_sound(place) or place + 1

    def _take(self, mention: Mention) -> int:
        self.found.append(mention)
        return mention.end

    def _pronoun(self, place: int) -> int:
        if ours := _OURS.match(self.line, place):
            return self._take(Mention(OURS, place, ours.end(), ours.group()))
        if that := _THAT.match(self.line, place):
            return self._take(Mention(THAT, place, that.end(), that.group()))
        return 0

    # --- known names ---

    def _options(self, place: int) -> Iterator[_Option]:
        yield from self._known_abroad(place)
        yield from self._introduced(place)
        names = list(self.known.countries.at(self.line, place))
        if names:
            yield _Option(len(names[0][0]), 1, partial(self._country, place, names))
        for name, divisions in self.known.home.at(self.line, place):
            if self._stands(place, name):
                yield _Option(len(name), 3, partial(self._home, place, name, divisions))
                break
        for name, divisions in self.known.stems.at(self.line, place):
            if self._stands_as_county(place, name, divisions):
                yield _Option(len(name), 1, partial(self._home, place, name, divisions))
            break

    def _introduced(self, place: int) -> Iterator[_Option]:
        for name, divisions in self.lexicon.home.at(self.line, place):
            yield _Option(len(name), 2, partial(self._home, place, name, divisions))
            break
        for name, mentions in self.lexicon.abroad.at(self.line, place):
            yield _Option(len(name), 4, partial(self._again, place, name, mentions))
            break

    def _known_abroad(self, place: int) -> Iterator[_Option]:
        word = WORD.match(self.line, place)
        for name, _ in self.known.abroad.at(self.line, place):
            if word and len(word.group()) >= len(name):
                return
            if len(name) > 2 or self._stands_out(place, name):
                yield _Option(len(name), 0, partial(self._abroad, place, "", ""))
                return

    def _stands(self, place: int, name: str) -> bool:
        """Whether a Chinese name is one here, and not part of a word: 友好区县 is none of 友好区."""
        if name == "友好区":
            return False
        if len(name) == 2 and name[-1] in "省市县区旗盟":
            return self._stands_alone(place, name)
        return len(stem(name)) >= 2

    def _stands_alone(self, place: int, name: str) -> bool:
        """Whether a county of one character, 歙县 or 黟县, is meant, and not some county of a sentence."""
        return (
            (name[1] == "县" or name == "芒市")
            and name[0] not in "全本该我各两郡州市区省道府友和同与城成"
            and (self._follows_mention(place) or (self.line[place - 1 : place] or "。") in "与和同、,。;:(》的省市州")
            and self.line[place + 2 : place + 3] not in set("级域长委里内外城")
        )

    def _stands_as_county(self, place: int, name: str, divisions: list[Division]) -> bool:
        """Whether the short name of a county stands as a name: 常熟、江阴、昆山三市分别与…, 义乌与…."""
        if all(division.until or division.level == "district" for division in divisions):
            return False
        if WORD.match(self.line, place) or not _AFTER_COUNTY.match(self.line, place + len(name)):
            return False
        return place == 0 or self._follows_mention(place) or bool(_BEFORE_COUNTY.match(self.line, place - 1))

    def _stands_out(self, place: int, name: str) -> bool:
        """Whether a short name without a country stands as a name: a suffix after it, or a list or link around it."""
        end = place + len(name)
        if place == 0 or self._follows_mention(place) or self.foreign.suffix_end(end) > end:
            return True
        return bool(_BESIDE_SHORT_NAME.search(self.line[place - 1] + self.line[end : end + 1]))

    def _follows_mention(self, place: int) -> bool:
        return bool(self.found) and self.found[-1].end == place

    # --- Chinese places ---

    def _home(self, place: int, name: str, divisions: list[Division]) -> int:
        end = place + len(name)
        if self._in_a_foreign_list(place):
            return self._abroad(place, self.found[-1].country, "")
        within = self.line[end : end + 1] in _NO_PLACE_BEFORE or self.line[place - 1 : place] == "隔"  # 隔黑龙江相望
        if within and name == stem(name):
            return 0
        end, divisions, written = self._below(end, divisions, name)
        division = _likely(divisions)
        return self._take(Mention(HOME, place, end, division.name, "CN", division=division, written=written))

    def _below(self, end: int, divisions: list[Division], written: str) -> tuple[int, list[Division], str]:
        """What follows within it: 云南省 → 玉溪市 → 元江县."""
        while True:
            start = end + 1 if self.line[end : end + 1] == "的" else end
            inner = self._inner_division(start, {division.name for division in divisions})
            if inner is None:
                return end, divisions, written
            written, divisions = inner
            end = start + len(written)

    def _inner_division(self, start: int, above: set[str]) -> tuple[str, list[Division]] | None:
        word = WORD.match(self.line, start)
        for names in (self.known.home, self.known.stems):
            for name, divisions in names.at(self.line, start):
                inside = [division for division in divisions if above & set(division.chain[1:])]
                if inside and (not word or len(name) > len(word.group())):
                    return name, inside
        return None

    # --- countries and what follows them ---

    def _country(self, place: int, names: list[tuple[str, list[str]]]) -> int:
        """A country, with the place that follows it; of several readings (刚果|金沙萨) one that leads on."""
        told = [
            (len(known[0].name), end, code)
            for name, codes in names
            for end in [state_ending(self.line, place + len(name))]
            for code in codes
            if code != "CN" and (known := self.foreign.known_at(self._described(end), code))
        ]
        if told:
            _, end, code = max(told)
            return self._abroad_after(place, end, code)
        name, codes = names[0]
        end = state_ending(self.line, place + len(name))
        if codes[0] == "CN":
            return self._take(Mention(COUNTRY, place, end, name, "CN"))
        return self._abroad_after(place, end, codes[0])

    def _abroad_after(self, place: int, end: int, code: str) -> int:
        for start in dict.fromkeys((self._described(end), end)):
            if taken := self._abroad(start, code, "", begin=place):
                return taken
        if self.line[end : end + 1] in {"市", "城"} and self.foreign.suffix_end(end) > end:  # 吉布提市
            return self._take(Mention(ABROAD, place, end + 1, self.line[place : end + 1], code))
        return self._take(Mention(COUNTRY, place, end, self.line[place:end], code))

    def _described(self, end: int) -> int:
        """Where a description of the place ends: 捷克|首都|布拉格."""
        match = DESCRIPTION.match(self.line, end)
        return match.end() if match else end

    # --- foreign places ---

    def _abroad(self, start: int, code: str, parent: str, begin: int | None = None) -> int:
        """The foreign place at ``start``, or what follows within it; 0 where there is none."""
        taken = self.foreign.name_at(start, code)
        if taken is None:
            return 0
        end, known = taken
        name = self.line[start:end]
        begin = start if begin is None else begin
        country = code or (known[0].country if len({place.country for place in known}) == 1 else "")
        return self._inside(end, country, name, begin) or self._take(
            Mention(ABROAD, begin, end, name, country, parent, known=bool(known), told=begin < start and bool(code))
        )

    def _inside(self, end: int, code: str, parent: str, begin: int) -> int:
        """What follows within ``parent``; 0 where nothing does."""
        start = end + 1 if self.line[end : end + 1] == "的" else end
        in_city = parent[-1] in "市都"
        if in_city and not re.match("[^市]{1,5}[区郡町]", self.line[start : start + 6]):
            return 0
        if _NO_INNER_PLACE.match(self.line, start) or not _contains(parent):
            return 0
        if WORD.match(self.line, start) or self._is_home(start):
            return 0
        if next(self.known.countries.at(self.line, start), None) and not self.foreign.known_at(start, code):
            return 0
        taken = self.foreign.name_at(start, code, inner=True)
        if taken is None or (in_city and self.line[taken[0] - 1] not in "区郡町"):
            return 0
        return self._abroad(start, code, parent, begin=begin)

    def _is_home(self, start: int) -> bool:
        """Whether a Chinese place begins at ``start``: 义王市|内蒙古自治区, 万荣县|敦煌市与, but not 万象省|万荣县."""
        for name, divisions in self.known.home.at(self.line, start):
            if name != stem(name) and len(name) > 2:
                high = any(division.level in {"province", "municipality"} for division in divisions)
                end = start + len(name)
                inner = self._inner_division(end, {division.name for division in divisions})
                end += len(inner[0]) if inner else 0
                return high or bool(re.match("[与和]|同(?![名样时])", self.line[end : end + 2]))
        return False

    def _again(self, place: int, name: str, values: list[Mention]) -> int:
        """A foreign place that the text has introduced elsewhere."""
        end = place + len(name)
        before = values[0]
        suffixed = self.foreign.suffix_end(end)
        if suffixed > end:
            same = next((value for value in values if value.name == self.line[place:suffixed]), None)
            bare = next((value for value in values if value.name == name), None)
            if same is None and (bare is None or SUFFIX.search(bare.name)):
                return 0
            before, end = same or before, suffixed
        if len(name) < 3 and self.known.home.get(name) and not before.country:
            return 0
        return self._inside(end, before.country, before.name, place) or self._take(
            replace(before, start=place, end=end)
        )

    # --- by grammar alone ---

    def _row(self, place: int) -> int:
        """A place named before its country: a row of a table (1 津市 日本), or 津市位于日本."""
        before = self.line[place - 1 : place]
        match = _ROW_NAME.match(self.line, place) if not before or before in "0123456789;|:,。" else None
        if not match or ENDING.search(match.group()):
            return 0
        tells = _TELLS_COUNTRY.match(self.line, match.end())
        cell = _CELL.match(self.line, match.end())
        if not tells and not cell and before in {",", "。"}:
            return 0
        told = tells or cell
        start = told.end() if told else match.end()
        for name, codes in self.known.countries.at(self.line, start):
            if "CN" not in codes and (tells or _ROW_ENDS.match(self.line, start + len(name))):
                return self._take(Mention(ABROAD, place, match.end(), match.group(), codes[0]))
        return 0

    def _in_a_foreign_list(self, place: int) -> bool:
        """Whether a Chinese name is that of a foreign place as well and stands in a list of such: 安山市、利川市."""
        country = self._country_of_list(place)
        return bool(country and self.foreign.known_at(place, country)) and not self._is_home(place)

    def _country_of_list(self, place: int) -> str:
        """The country of the place before, where ``place`` goes on with a list of such."""
        last = self.found[-1] if self.found else None
        if last is None or last.sign != ABROAD or self.line[last.end : place] not in {"、", "和", "及", "以及"}:
            return ""
        return last.country

    def _is_listed(self, place: int, country: str) -> bool:
        """Whether a member of a list stands here: known, with its suffix, or up to the next mark (波乔|四省)."""
        taken = self.foreign.name_at(place, country)
        if taken is None:
            return False
        end, known = taken
        after = self.line[end : end + 1] or "。"
        return (
            bool(known) or bool(SUFFIX.search(self.line[end - 1])) or not IN_NAMES.match(after) or after in _LIST_ENDS
        )

    def _links_a_country(self, place: int) -> bool:
        """Whether a word begins with a link to a country: 同|意大利, and no consent."""
        linked = next(self.known.countries.at(self.line, place + 1), None)
        return bool(_FUNCTION.match(self.line, place)) and linked is not None

    def _opposite(self, place: int) -> int:
        """An unknown place that a link word joins to a Chinese one (练马区与海淀区), or that is called a 友城."""
        match = _PLACE_NAME.match(self.line, place)
        before = self.line[max(0, place - 6) : place]
        if not match or (before and not _BEFORE_OPPOSITE.search(before)) or self._is_no_place(match):
            return 0
        end = match.end()
        stands = self._joined_to_home(end)
        if before and not stands and self.foreign.ends_at(end):
            called = bool(_AFTER_TIE_WORD.search(before)) and not IN_NAMES.match(self.line[end : end + 1] or "。")
            stands = called or (before[-1] in "与和同" and self._after_home(place))
        return self._take(Mention(ABROAD, place, end, match.group())) if stands else 0

    def _is_no_place(self, match: re.Match[str]) -> bool:
        name = match.group()
        return bool(
            ENDING.search(name)
            or self.foreign.is_no_name(name[:-1])
            or OFFICE.match(self.line, match.end())
            or self.known.home.get(name)
        )

    def _joined_to_home(self, end: int) -> bool:
        link = _LINKED.match(self.line, end)
        return link is not None and any(
            name != stem(name) or division.level != "county"
            for name, divisions in self.known.home.at(self.line, link.end())
            for division in divisions
        )

    def _after_home(self, place: int) -> bool:
        return bool(self.found) and self.found[-1].sign == HOME and self.found[-1].end >= place - 8

    def _by_sound(self, place: int) -> int:
        """A name of foreign sounds with its suffix, without a country before it: 马塞约市."""
        sign = self.line[place]
        if sign not in self.known.transliteration or sign in "·-市州省县区府郡道":
            return 0
        return self._abroad(place, "", "") if self.foreign.by_suffix(place, anything=False) else 0


def _contains(name: str) -> bool:
    """Whether other places may lie within a place of this name."""
    return bool(re.search("[州省府道区县郡市都国]$", name)) or not SUFFIX.match(name[-1])


def _likely(divisions: list[Division]) -> Division:
    """Of several divisions of one name: one that exists, the higher."""
    rank = {"province": 0, "municipality": 0, "prefecture": 1, "county": 2, "district": 3}
    return min(divisions, key=lambda division: (bool(division.until), rank[division.level]))
