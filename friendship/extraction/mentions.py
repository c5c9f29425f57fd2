"""Places in a line: Chinese ones by list, foreign ones by list and by grammar, each with what contains it.

A foreign place is what stands after a country up to its suffix (芬兰南博滕区艾赫泰里市), a run of the characters that write
foreign sounds and ends in a suffix (马塞约市), a name that is known, or a name that the same text has introduced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from friendship.extraction.dating import dates
from friendship.extraction.gazetteer import Abroad, Division, Gazetteer, Names, gazetteer, state_ending, stem
from friendship.extraction.words import DESCRIPTION, ENDING, SUFFIX, WORD

HOME, ABROAD, COUNTRY, OURS, THAT = "H", "F", "C", "P", "Q"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named at ``start`` to ``end`` of the line.

    ``sign`` is ``H`` (Chinese), ``F`` (foreign), ``C`` (a country alone), ``P`` (我市 and its like) or ``Q`` (该市, which
    may be on either side). ``name`` leaves out country and parents; for Chinese places it is the official full name.
    """

    sign: str
    start: int
    end: int
    name: str
    country: str = ""
    parent: str = ""
    division: Division | None = None
    known: bool = False
    written: str = ""


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """What the text itself has introduced: foreign places with their countries, Chinese places by their full names."""

    abroad: Names[Mention]
    home: Names[Division]


_NOTHING = _Lexicon(Names(()), Names(()))
_NAME = re.compile(r"[一-鿿〇·\-]")
_OURS = re.compile(
    r"(?:我|本|全)(?:省|市|自治区|自治州|州|县|区|盟|旗)(?![长里内外])|(?<![一-鿿])(?:市|省|州|县|区)(?:人民政府|政府|委|外事)|我国|全国"
)
_THAT = re.compile(r"该(?:省|市|边疆区|自治区|大区|地区|州|府|道|县|郡|区|镇|国)")
_ABBREVIATED = re.compile(
    r"中(美|日|韩|俄|英|法|德|澳|意|泰|越|老|缅|柬|哈|蒙|印|巴|荷|新|加|西|葡|匈|波|捷|埃|以|土)(?=[两友城地建关双合缔外]|[^一-鿿])"
)
_SHORT = dict(
    zip(
        "美日韩俄英法德澳意泰越老缅柬哈蒙印巴荷新加西葡匈波捷埃以土",
        "US JP KR RU GB FR DE AU IT TH VN LA MM KH KZ MN IN BR NL NZ CA ES PT HU PL CZ EG IL TR".split(),
        strict=True,
    )
)
#: How many places away a country can be told that a place is left without.
_AS_FAR_AS = 200
_EMPTY_NAME = re.compile(
    r"^(?:市|县|自治|直辖|行政|城|都|各|诸|同|多|大|小|外|内|另|其他|其它|首都|中心|主要|沿海|边境|口岸|港口|地方|联邦|中央|一些|不少|部分|若干|某|多个|有关|相关|国|几个?|数|数个|们|[一二三四五六七八九十两\d]+个?|和|与|及|等)+$"
)
_TIE_BEFORE = re.compile("(?:友好城市|友城|姐妹城市)$")
_PLACE_NAME = re.compile(r"[一-鿿·]{1,7}?(?:市|区|县|州|郡|府|省|道|町|镇)")
_MAYOR = re.compile(r"[长委守]|知事")


def mentions(line: str) -> list[Mention]:
    """All places of ``line``, in order and without overlap; foreign ones with their country where the text tells it."""
    first = _Reader(line, _NOTHING).read()
    lexicon = _learn(first)
    found = _within_lists(line, _Reader(line, lexicon).read())
    return _with_countries(line, found)


def _within_lists(line: str, found: list[Mention]) -> list[Mention]:
    """A Chinese name between two foreign ones of a list is a foreign one of the same name: 安山市、利川市、杨平郡."""
    told = list(found)
    for index in range(1, len(told) - 1):
        before, here, after = told[index - 1 : index + 2]
        gaps = line[before.end : here.start], line[here.end : after.start]
        if (before.sign, here.sign, after.sign) == (ABROAD, HOME, ABROAD) and set(gaps) <= {"、", "和", "及"}:
            told[index] = Mention(ABROAD, here.start, here.end, line[here.start : here.end], before.country)
    return told


def _learn(found: list[Mention]) -> _Lexicon:
    abroad: list[tuple[str, Mention]] = []
    home: list[tuple[str, Division]] = []
    for mention in found:
        if mention.sign == ABROAD:
            bare = SUFFIX.sub("", mention.name) if not mention.known else mention.name
            short = mention.name[0] + mention.name[-1] if len(mention.name) >= 4 else ""
            for name in {mention.name, _bare(mention.name), bare, short}:
                if len(name) >= 2:
                    abroad.append((name, mention))
        if mention.sign == HOME and mention.division:
            home.append((stem(mention.division.name), mention.division))
    return _Lexicon(Names(abroad), Names(home))


def _bare(name: str) -> str:
    match = None
    for match in SUFFIX.finditer(name):
        if match.end() == len(name) and match.start() >= 2:
            return name[: match.start()]
    return name


class _Reader:
    """Reads one line from left to right."""

    def __init__(self, line: str, lexicon: _Lexicon) -> None:
        self.line = line
        self.lexicon = lexicon
        self.known: Gazetteer = gazetteer()
        self.found: list[Mention] = []
        self.dated = {place for dated in dates(line, None) for place in range(dated.start, dated.end)}

    def read(self) -> list[Mention]:
        place = 0
        while place < len(self.line):
            place = self._step(place)
        return self.found

    def _step(self, place: int) -> int:
        """Take what stands at ``place``; where to go on."""
        if place in self.dated:
            return place + 1
        row = self._row(place)
        if row:
            return row
        pronoun = _OURS.match(self.line, place) or _THAT.match(self.line, place)
        if pronoun and pronoun.group() not in {"我国", "全国"}:
            sign = THAT if pronoun.group()[0] == "该" else OURS
            self.found.append(Mention(sign, place, pronoun.end(), pronoun.group()))
            return pronoun.end()
        options = sorted(self._options(place), key=lambda option: option[0], reverse=True)
        for _, _, take in options:
            end = take()
            if end:
                return end
        country = self._country_of_list(place)
        if country and not WORD.match(self.line, place) and (end := self._abroad(place, country, "")):
            return end
        word = WORD.match(self.line, place)
        if word and not self._links_a_country(place):
            return word.end()
        opposite = self._opposite(place)
        if opposite:
            return opposite
        if _FUNCTION.match(self.line, place):
            return place + 1
        return self._by_sound(place) or place + 1

    def _row(self, place: int) -> int:
        """A row of a table that names the place before its country: 1 津市 日本."""
        if place and not re.match(r"[\d;|:,。]", self.line[place - 1]):
            return 0
        match = re.compile(r"[一-鿿·]{1,9}?(?:市|州|县|省|郡|区|道|府|镇)").match(self.line, place)
        if not match or ENDING.search(match.group()):
            return 0
        told = re.compile(r"(?:位于|地处|坐落于|隶属于?|[|,、(])").match(self.line, match.end())
        if not told and re.match(r"[,。]", self.line[place - 1]):
            return 0
        for name, codes in self.known.countries.at(self.line, told.end() if told else match.end()):
            end = (told.end() if told else match.end()) + len(name)
            if "CN" not in codes and (
                told and told.group() not in "|,、(" or re.match(r"[\d(;|,、。:)]|$", self.line[end:])
            ):
                self.found.append(Mention(ABROAD, place, match.end(), match.group(), codes[0]))
                return match.end()
        return 0

    def _links_a_country(self, place: int) -> bool:
        """Whether a word begins with a link to a country: 同|意大利, and no consent."""
        return bool(_FUNCTION.match(self.line, place)) and any(True for _ in self.known.countries.at(self.line, place + 1))

    def _opposite(self, place: int) -> int:
        """An unknown place that a link word joins to a Chinese one: 练马区与海淀区, 海淀区与练马区."""
        match = _PLACE_NAME.match(self.line, place)
        before = self.line[place - 1 : place]
        if (
            not match
            or ENDING.search(match.group())
            or _EMPTY_NAME.match(match.group()[:-1])
            or (before and not re.search(r"(?:[与和同,。;:、《(]|友好城市|友城|姐妹城市)$", self.line[max(0, place - 6) : place]))
        ):
            return 0
        end = match.end()
        if _MAYOR.match(self.line, end) or self.known.home.get(match.group()):
            return 0
        after = re.compile("[与和同](?:[^,。;]{0,6}的)?").match(self.line, end)
        if after and any(
            name != stem(name) or division.level != "county"
            for name, divisions in self.known.home.at(self.line, after.end())
            for division in divisions
        ):
            self.found.append(Mention(ABROAD, place, end, match.group()))
            return end
        if _TIE_BEFORE.search(self.line[max(0, place - 6) : place]) and not _NAME.match(self.line[end : end + 1] or "。"):
            self.found.append(Mention(ABROAD, place, end, match.group()))
            return end
        linked = before in "与和同" and self.found and self.found[-1].sign == HOME and self.found[-1].end >= place - 8
        if before and linked and (not _NAME.match(self.line[end : end + 1] or "。") or ENDING.match(self.line, end)):
            self.found.append(Mention(ABROAD, place, end, match.group()))
            return end
        return 0

    def _options(self, place: int) -> Iterator[tuple[tuple[int, int], str, object]]:
        for name, values in self.known.home.at(self.line, place):
            if (
                len(stem(name)) >= 2 and not _single(name) or _single(name) and self._stands_alone(place, name)
            ) and name != "友好区":
                yield (len(name), 3), "home", lambda name=name, values=values: self._home(place, name, values)
                break
        for name, values in self.known.stems.at(self.line, place):
            if self._stands_as_county(place, name, values):
                yield (len(name), 1), "home", lambda name=name, values=values: self._home(place, name, values)
            break
        for name, values in self.lexicon.home.at(self.line, place):
            yield (len(name), 2), "home", lambda name=name, values=values: self._home(place, name, values)
            break
        names = list(self.known.countries.at(self.line, place))
        if names:
            yield (len(names[0][0]), 1), "country", lambda: self._country(place, names)
        for name, values in self.lexicon.abroad.at(self.line, place):
            yield (len(name) + 0, 4), "lexicon", lambda name=name, values=values: self._again(place, name, values)
            break
        word = WORD.match(self.line, place)
        for name, _ in self.known.abroad.at(self.line, place):
            if word and len(word.group()) >= len(name):
                break
            if len(name) == 2 and not self._stands_out(place, name):
                continue
            yield (len(name), 0), "abroad", lambda: self._abroad(place, "", "")
            break

    def _stands_out(self, place: int, name: str) -> bool:
        """Whether a short name without a country stands as a name: a suffix after it, or a list or link around it."""
        end = place + len(name)
        beside = self.line[place - 1 : place] + self.line[end : end + 1]
        after_mention = bool(self.found) and self.found[-1].end == place
        return (
            self._suffix_end(end) > end
            or after_mention
            or bool(re.search(r"[与和同跟及、,\-对《(]", beside))
            or place == 0
        )

    def _stands_alone(self, place: int, name: str) -> bool:
        """Whether a county of one character, 歙县 or 黟县, is meant, and not some county of a sentence."""
        before, after = self.line[place - 1 : place], self.line[place + 2 : place + 3]
        return (
            name[1] == "县"
            and name[0] not in "全本该我各两郡州市区省道府友和同与城成"
            and (not before or before in "与和同、,。;:(》的省市州" or bool(self.found) and self.found[-1].end == place)
            and after not in "级域长委里内外城"
        )

    def _stands_as_county(self, place: int, name: str, divisions: list[Division]) -> bool:
        """Whether the short name of a county stands as a name: 常熟、江阴、昆山三市分别与…, 义乌与…."""
        if all(division.until or division.level == "district" for division in divisions) or WORD.match(
            self.line, place
        ):
            return False
        before, after = self.line[place - 1 : place], self.line[place + len(name) :]
        return bool(
            not before or re.match(r"[,、。;:!?与和同及》(·]", before) or self.found and self.found[-1].end == place
        ) and bool(
            re.match(
                r"[、与和同]|[一二三四五六七八九两]市|(?:19|20)\d\d年|于(?:19|20)|(?:已|先后|就|又|也|还)(?:与|和|同|先后)|是",
                after,
            )
        )

    # --- Chinese places ------------------------------------------------------------------------------------------------

    def _home(self, place: int, name: str, divisions: list[Division]) -> int:
        end = place + len(name)
        if self._in_a_foreign_list(place):
            return self._abroad(place, self.found[-1].country, "")
        if self.line[end : end + 1] in {"路", "街", "话", "菜", "籍", "港"} and name == stem(name):
            return 0
        end, divisions, written = self._below(end, divisions, name)
        division = _likely(divisions)
        self.found.append(Mention(HOME, place, end, division.name, "CN", division=division, written=written))
        return end

    def _below(self, end: int, divisions: list[Division], written: str) -> tuple[int, list[Division], str]:
        """What follows within it: 云南省 → 玉溪市 → 元江县."""
        while True:
            above = {division.name for division in divisions}
            start = end + 1 if self.line[end : end + 1] == "的" else end
            for names in (self.known.home, self.known.stems):
                inside = next(
                    (
                        (name, kept)
                        for name, values in names.at(self.line, start)
                        if (kept := [value for value in values if above & set(value.chain[1:])])
                        and not WORD.match(self.line, start)
                    ),
                    None,
                )
                if inside:
                    break
            if not inside:
                return end, divisions, written
            end, divisions, written = start + len(inside[0]), inside[1], inside[0]

    # --- foreign places ------------------------------------------------------------------------------------------------

    def _country(self, place: int, names: list[tuple[str, list[str]]]) -> int:
        """A country, with the place that follows it if there is one."""
        told: list[tuple[int, int, str]] = []
        for name, codes in names:
            end = state_ending(self.line, place + len(name))
            for code in codes:
                known = self._known_at(self._described(end), code) if code != "CN" else []
                if known:
                    told.append((len(known[0].name), end, code))
        if told:
            _, end, code = max(told)
            return self._abroad_after(place, end, code)
        name, codes = names[0]
        end = state_ending(self.line, place + len(name))
        if codes[0] == "CN":
            self.found.append(Mention(COUNTRY, place, end, name, "CN"))
            return end
        return self._abroad_after(place, end, codes[0])

    def _abroad_after(self, place: int, end: int, code: str) -> int:
        after = self._described(end)
        for start in dict.fromkeys((after, end)):
            taken = self._abroad(start, code, "", begin=place)
            if taken:
                return taken
        if SUFFIX.match(self.line, end) and self.line[end : end + 1] in "市城" and not _MAYOR.match(self.line, end + 1):
            self.found.append(Mention(ABROAD, place, end + 1, self.line[place : end + 1], code))
            return end + 1
        self.found.append(Mention(COUNTRY, place, end, self.line[place:end], code))
        return end

    def _described(self, end: int) -> int:
        match = DESCRIPTION.match(self.line, end)
        return match.end() if match else end

    def _abroad(self, start: int, code: str, parent: str, begin: int | None = None) -> int:
        """The foreign place at ``start``, and what follows within it; 0 where there is none."""
        taken = self._name_at(start, code)
        if taken is None:
            return 0
        end, known = taken
        name = self.line[start:end]
        begin = start if begin is None else begin
        country = code or (known[0].country if len({place.country for place in known}) == 1 else "")
        inner = self._inside(end, country, name, begin)
        if inner:
            return inner
        self.found.append(Mention(ABROAD, begin, end, name, country, parent, known=bool(known)))
        return end

    def _inside(self, end: int, code: str, parent: str, begin: int) -> int:
        """What follows within ``parent``; 0 where nothing does."""
        start = end + 1 if self.line[end : end + 1] == "的" else end
        if parent[-1] in "市都" and not re.match(r"[^市]{1,5}[区郡町]", self.line[start:]):
            return 0
        if re.match(r"(?:经济|高新|工业|开发|自贸|科技|新区|老城|主城|城区|各|郊区|市区)", self.line[start:]):
            return 0
        return self._within(start, code, parent, begin) if _contains(parent) else 0

    def _within(self, start: int, code: str, parent: str, begin: int) -> int:
        if WORD.match(self.line, start) or self._is_home(start):
            return 0
        if any(True for _ in self.known.countries.at(self.line, start)) and not self._known_at(start, code):
            return 0
        taken = self._name_at(start, code, inner=True)
        if taken is None or (parent[-1] in "市都" and self.line[taken[0] - 1] not in "区郡町"):
            return 0
        return self._abroad(start, code, parent, begin=begin)

    def _in_a_foreign_list(self, place: int) -> bool:
        """Whether a Chinese name is that of a foreign place as well and stands in a list of such: 安山市、利川市、杨平郡."""
        country = self._country_of_list(place)
        return bool(country) and bool(self._known_at(place, country)) and not self._is_home(place)

    def _country_of_list(self, place: int) -> str:
        """The country of the place before, where ``place`` goes on with a list of such."""
        if not self.found or self.found[-1].sign != ABROAD:
            return ""
        goes_on = re.fullmatch("[、和及]|以及", self.line[self.found[-1].end : place])
        return self.found[-1].country if goes_on else ""

    def _is_home(self, start: int) -> bool:
        """Whether a Chinese place begins at ``start``: 义王市|内蒙古自治区…, 万荣县|敦煌市与…, but not 万象省|万荣县."""
        for name, divisions in self.known.home.at(self.line, start):
            if name != stem(name) and len(name) > 2:
                high = any(division.level in {"province", "municipality"} for division in divisions)
                return high or bool(
                    re.match(r"[^,。;、]{0,4}(?:[与和]|同(?![名样时]))", self.line[start + len(name) :])
                )
        return False

    def _known_at(self, start: int, code: str) -> list[Abroad]:
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

    def _name_at(self, start: int, code: str, *, inner: bool = False) -> tuple[int, list[Abroad]] | None:
        """Where the foreign name at ``start`` ends, and who is known by it."""
        known = self._known_at(start, code)
        grammar = self._by_suffix(start, anything=bool(code))
        if known:
            end = start + len(known[0].name)
            ending = self._suffix_end(end)
            if grammar > ending == end and not self._known_at(end, code):
                return grammar, []
            if inner and ending == end and len(known[0].name) < 3:
                return None
            return ending, known
        if grammar:
            return grammar, []
        if code and not inner:
            return self._by_sound_alone(start)
        return None

    def _suffix_end(self, end: int) -> int:
        suffix = re.compile("(?:文化|大都会|次大都会)市|城(?!市)").match(self.line, end) or SUFFIX.match(self.line, end)
        if not suffix or (_MAYOR.match(self.line, suffix.end()) and len(suffix.group()) == 1):
            return end
        return suffix.end()

    def _by_suffix(self, start: int, *, anything: bool) -> int:
        """Where a name ends that a suffix ends; of ``anything``, or of characters that write foreign sounds."""
        for place in range(start, min(start + 12, len(self.line))):
            if place > start:
                suffix = SUFFIX.match(self.line, place)
                if suffix and not (_MAYOR.match(self.line, suffix.end()) and len(suffix.group()) == 1):
                    return self._accepted(start, place, suffix.end(), anything=anything)
            sign = self.line[place]
            if not _NAME.match(sign) or ENDING.match(self.line, place):
                return 0
            if not anything and sign not in self.known.transliteration and sign not in "·-":
                return 0
            if not anything and any(True for _ in self.known.countries.at(self.line, place)):
                return 0
        return 0

    def _accepted(self, start: int, place: int, end: int, *, anything: bool) -> int:
        name = self.line[start:place]
        if (
            _EMPTY_NAME.match(name)
            or (not anything and len(name) < 2)
            or any(self.known.home.get(self.line[start:end]))
        ):
            if not (anything and self.known.home.get(self.line[start:end])):
                return 0
        again = SUFFIX.match(self.line, end)
        if again and again.group() in {"市", "町", "村", "郡"} and not _MAYOR.match(self.line, again.end()):
            return again.end()  # 四日市市, 清州市
        return end

    def _by_sound_alone(self, start: int) -> tuple[int, list[Abroad]] | None:
        """A name without suffix after its country, up to the first sign that cannot belong to it: 英国斯特拉特福."""
        end = start
        while end < min(start + 11, len(self.line)):
            sign = self.line[end]
            if not (sign in self.known.transliteration or sign in "·-") or ENDING.match(self.line, end):
                break
            end += 1
        rest = self.line[end : end + 1]
        if 2 <= end - start <= 10 and (not _NAME.match(rest or "。") or ENDING.match(self.line, end)):
            return end, []
        return None

    def _by_sound(self, place: int) -> int:
        """A name of foreign sounds with its suffix, without a country before it: 马塞约市."""
        if self.line[place] not in self.known.transliteration or self.line[place] in "·-市州省县区府郡道":
            return 0
        return self._abroad(place, "", "") if self._by_suffix(place, anything=False) else 0

    def _again(self, place: int, name: str, values: list[Mention]) -> int:
        """A foreign place that the text has introduced elsewhere."""
        end = place + len(name)
        suffixed = self._suffix_end(end)
        before = values[0]
        if suffixed > end:
            written = self.line[place:suffixed]
            same = next((value for value in values if value.name == written), None)
            bare = next((value for value in values if value.name == name), None)
            if same is None and (bare is None or SUFFIX.search(bare.name)):
                return 0
            before, end = same or values[0], suffixed
        if len(name) < 3 and self.known.home.get(name) and not before.country:
            return 0
        inner = self._inside(end, before.country, before.name, place)
        if inner:
            return inner
        self.found.append(replace(before, start=place, end=end))
        return end


def _single(name: str) -> bool:
    return len(name) == 2 and name[-1] in "省市县区旗盟"


_FUNCTION = re.compile("[与同和及对于向由从在到被把将给来以]")


def _contains(name: str) -> bool:
    """Whether other places may lie within a place of this name."""
    return bool(
        re.search(r"(?:州|省|府|道|大区|自治区|区|县|郡|边疆区|共和国|地区|市|都)$", name)
    ) or not SUFFIX.search(name[-1])


def _likely(divisions: list[Division]) -> Division:
    """Of several divisions of one name: one that exists, the higher."""
    rank = {"province": 0, "municipality": 0, "prefecture": 1, "county": 2, "district": 3}
    return min(divisions, key=lambda division: (bool(division.until), rank[division.level]))


# --- countries that the text leaves out ---------------------------------------------------------------------------------


def _with_countries(line: str, found: list[Mention]) -> list[Mention]:
    named = {mention.name: mention.country for mention in found if mention.sign == ABROAD and mention.country}
    stems = {_bare(name): country for name, country in named.items()}
    abbreviated = [_SHORT[match.group(1)] for match in _ABBREVIATED.finditer(line)]
    told: list[Mention] = []
    for index, mention in enumerate(found):
        if mention.sign != ABROAD or mention.country:
            told.append(mention)
            continue
        country = (
            named.get(mention.name)
            or stems.get(_bare(mention.name))
            or _told_of(line, mention)
            or _known_country(mention, told[-_AS_FAR_AS:], found[index : index + _AS_FAR_AS], abbreviated)
            or _nearest(told, found[index : index + _AS_FAR_AS], abbreviated)
        )
        told.append(replace(mention, country=country))
    return told


def _told_of(line: str, mention: Mention) -> str:
    """The country of 奥什是吉尔吉斯斯坦第二大城市."""
    known = gazetteer()
    for match in re.finditer(
        rf"{re.escape(_bare(mention.name))}[市州省县府]?(?:是|位于|地处|系|为|坐落于|隶属于?|属于?)", line
    ):
        for _, codes in known.countries.at(line, match.end()):
            return codes[0]
    return ""


def _known_country(mention: Mention, before: list[Mention], after: list[Mention], abbreviated: list[str]) -> str:
    places = gazetteer().abroad.get(mention.name) or gazetteer().abroad.get(_bare(mention.name))
    if not places:
        return ""
    countries = {place.country for place in places}
    for other in (*reversed(before), *after):
        if other.sign in {ABROAD, COUNTRY} and other.country in countries:
            return other.country
    for code in abbreviated:
        if code in countries:
            return code
    return max(places, key=lambda place: place.weight).country


def _nearest(before: list[Mention], after: list[Mention], abbreviated: list[str]) -> str:
    for other in (*reversed(before), *after):
        if other.sign in {ABROAD, COUNTRY} and other.country not in {"", "CN"}:
            return other.country
    return abbreviated[0] if abbreviated else ""
