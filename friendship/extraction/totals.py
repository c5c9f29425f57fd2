"""Reported totals: how many ties, of which kind, with how many countries, of whom and as of when.

A sentence tells one total after the other: a figure that is told again (another level, another place, another year)
begins a new one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from friendship.extraction.dating import Dated, number
from friendship.extraction.places import Mention
from friendship.extraction.records import Total
from friendship.extraction.scene import Scene
from friendship.extraction.words import BARE, FOUNDING, PLANNED, TIE

_N = (
    r"(?P<before>约|近|超过|超|逾|突破|将近|大约|至少)?(?<![第\d])"
    r"(?P<number>\d{1,6}|[一二两三四五六七八九十百千]{1,9})(?P<after>余|多|来)?"
)
_UNIT = r"(?:个|对|座|家)"
_COUNTRIES = re.compile(rf"(?![两二三]国){_N}(?:个)?(?:国家|国(?![际内外家]))(?:和地区)?")
_FIGURE = re.compile(rf"{_N}{_UNIT}")
_SINGLE_CITY = re.compile(
    rf"{_N}(?![位对])(?:个|座|(?<=\d)|(?<=[余多百]))[^,;。:\dHFPQ]{{0,16}}?(?:城市|省州|[省州市县区]|地方政府|地区|地方|行政区)"
)
#: A figure before its word tells a total only where the clause says that there are so many.
_THERE_ARE = re.compile(
    r"有|共|已|达|累计|建立|缔结|结成|结为|拥有|总数|总量|增至|目前|截至|截止|现|全(?=[省市县州])|余"
)
#: …42对增至2022年的61对: the figure grows.
_GROWN = re.compile(
    rf"[^。;HFC\d]{{0,6}}?(?:发展到|增至|增加到|增长到|扩大到|升至|达到)(?:D_*|如今|现在|目前|今天)?的?{_N}{_UNIT}"
)
#: …2834对,其中广东省203对: a part of it, of a place.
_PART = re.compile(rf"(?:[,、]?其中|[,、])H_*(?:有|为|占)?{_N}{_UNIT}")
_RESPECTIVELY = re.compile(
    rf"(?:数量|数)?分别(?:为|是|有|达|达到)(?P<list>(?:{_UNIT}?[、和及]?(?:\d+|[一二三四五六七八九十百]+){_UNIT})+)"
)
#: Two kinds counted as one figure.
_BOTH = re.compile(r"(?:或|和|及|、|与|以及)(?:国际)?友好")
_AND_BEFORE = re.compile(r"(?:友好城市|友城)(?:关系)?(?:和|及|与|以及)(?:国际)?$")
_SOMEBODY = re.compile(r"[他她](?:的|们)?")
_ORDINAL = re.compile(r"第(?P<number>\d+|[一二三四五六七八九十百]+)(?:个|对|座)")
#: Between a word for a tie and its figure; the longest first and taken once, or 共有共有… would be tried anew for ever.
_COUNTS = (
    "现已|共有|共计|共|总计|合计|累计|现有|仅有|只有|有|达到|达|增至|增加到|增加至|升至|上升到"
    "|变为|发展到|已|为|是|则|也|就|:"
)
_AFTER_WORD = re.compile(
    r"(?P<gap>(?:关系|城市)?(?:\(.{1,8}\))?(?:总数|总量|数量|数|对数)?的?(?:[由从]?D_*的?)?"
    f"(?:{_COUNTS})*+"
    rf"(?:由[^,;。]{{0,16}}?)?){_N}{_UNIT}"
)
#: Between a figure and its word.
_TO_WORD = re.compile(r"(?:各级|省级|市级|县级|国际|正式|中外|外国|国外|的)*")
_FOUNDED_WITH = re.compile(rf"[^,;。\d]{{0,10}}?(?:{FOUNDING}|保持|维持)[^,;。\d]{{0,8}}?")
_LEVEL = re.compile(
    r"(?P<province>省级|自治区级|区级(?=友城2))|(?P<prefecture>市级|地市级|地级|设区市级|市州级|市本级|州级)|(?P<county>县\(市、?区\)级|区县级|县区级|县级|县市区级)$"
)
_LEVEL_FIGURE = re.compile(
    rf"(?P<level>省级|地市级|设区市级|市州级|地级|市级|州级|县\(市、?区\)级|区县级|县区级|县级|县市区级|省本级|市本级|州本级"
    rf"|县\([^()]{{1,6}}\)级|(?<=[,、])(?:各)?(?:县\([^()]{{1,6}}\)|县区|区县|市县))(?:的)?(?:国际)?(?:友[^,;。、\d]{{0,7}}?)?(?:有|为|共|达)?{_N}{_UNIT}"
)
_LEVELS = {
    "省": "province",
    "地": "prefecture",
    "设": "prefecture",
    "市": "prefecture",
    "州": "prefecture",
    "县": "county",
    "区": "county",
}
_OF_PROVINCES = re.compile("(?:国际)?友好(?:省州|省区|省道|省县|省份|省)")
_NEW = re.compile(r"(?:新增|新缔结|新建立|新结|新建|新辟|增加|净增)(?:了)?(?!到|至)[^,;。]{0,12}$")
#: Ties with one country or one part of the world are a share of the total.
_SHARE = re.compile(
    r"(?:与|和|同|对)[^,;。\d]{0,6}(?:C_*(?:、C_*)*(?:和C_*)?|东盟|南亚|东南亚|一带一路|欧洲|非洲|亚洲|拉美|拉丁美洲|中东欧|金砖|大洋洲|北美|周边|两国|三国|欧亚)[^,;。\d]{0,14}$"
)
_REGION = re.compile(
    r"(?:与|和|同|对)[^,;。\d]{0,10}(?:东盟|南亚|东南亚|一带一路|中东欧|金砖|拉美|非洲|欧亚)[^,;。]{0,20}$"
)
_SPREAD = re.compile(r"(?:分布|遍及|遍布|涉及|覆盖|来自|辐射|涵盖|横跨|分属)[^,;。\d]{0,10}$")
#: 其中,江苏省以303对居首.
_ALL_IN_ALL = re.compile(rf"(?:总数|合计)(?:已|达到|达|为|增至|增加到|升至)*+{_N}对")
_OF_THEM = re.compile(rf"其中,?H_*(?:以|有|为|达|占|共){_N}对")
_SAME_FIGURE = re.compile(rf"这一(?:数字|数量)(?:变为|增至|达到|达|刚刚|升至|为|是)*{_N}{_UNIT}")


#: A figure and what it counts, and whose it is, stand no farther apart.
_AS_FAR_BACK = 120
METRICS = ("countries", "total", "sister", "cooperation", "exchange")


@dataclass(slots=True)
class _Told:
    """One figure: what it counts, its value, and where it stands."""

    metric: str
    value: int
    start: int
    end: int
    level: str | None = None
    inexact: str = ""
    rule: str = ""


@dataclass(slots=True)
class _Group:
    """Figures of one place, level and time."""

    scope: str
    level: str | None
    as_of: Dated | None
    figures: dict[str, _Told] = field(default_factory=dict)


def totals(scene: Scene) -> list[Total]:
    """All totals that the text reports, in its order."""
    told: list[Total] = []
    by_figure: defaultdict[tuple[Any, ...], list[Total]] = defaultdict(list)
    for start, end in scene.sentences:
        for total in _Sentence(scene, start, end).totals():
            keys = [(total.scope, total.level, *figure) for figure in _figures(total).items()]
            fewest = min((by_figure[key] for key in keys), key=len)
            if not any(_same(total, other) for other in fewest):
                told.append(total)
                for key in keys:
                    by_figure[key].append(total)
    return told


def _figures(total: Total) -> dict[str, int]:
    return {metric: value for metric in METRICS if (value := getattr(total, metric)) is not None}


def _same(total: Total, other: Total) -> bool:
    """Whether ``total`` says again what ``other`` has said of the same place and level."""
    return _figures(total).items() <= _figures(other).items()


class _Sentence:
    def __init__(self, scene: Scene, start: int, end: int) -> None:
        self.scene = scene
        self.start, self.end = start, end
        self.signs = scene.signs[:end]

    def totals(self) -> Iterator[Total]:
        groups: list[_Group] = []
        for told in self._figures():
            self._place(told, groups)
        groups = [group for group in groups if any(_counts(told) for told in group.figures.values())]
        _sums(groups)
        for group in groups:
            yield self._total(group)

    def _total(self, group: _Group) -> Total:
        values = {metric: told.value for metric, told in group.figures.items()}
        dated = group.as_of
        date = dated.date if dated and dated.date else self.scene.published
        return Total(
            scope=group.scope,
            evidence=self.scene.text.quote(self.start, self.end),
            rule=next(told.rule for told in group.figures.values() if told.metric != "countries"),
            level=group.level,
            as_of=date.iso if date else None,
            inexact={metric: told.inexact for metric, told in group.figures.items() if told.inexact},
            derived=() if dated and dated.date and not dated.derived else ("as_of",) if date else (),
            **values,
        )

    def _place(self, told: _Told, groups: list[_Group]) -> None:
        scope = self._scope(told.start)
        if scope is None:
            return
        as_of = self._as_of(told.start)
        current = groups[-1] if groups else None
        if current and told.level is None and self._goes_on(current, told):
            told.level = current.level
        apart = (
            current is not None and "countries" in current.figures and ";" in self.signs[_end_of(current) : told.start]
        )
        same = (
            current is not None
            and not (apart and told.metric != "countries")
            and current.scope == scope
            and told.metric not in current.figures
            and (current.level == told.level or told.metric == "countries")
            and (as_of is None or current.as_of is None or as_of == current.as_of)
        )
        if not same or current is None:
            current = _Group(scope, told.level, as_of or (current.as_of if current else None))
            groups.append(current)
        current.figures[told.metric] = told

    def _goes_on(self, current: _Group, told: _Told) -> bool:
        """Whether a figure is told of the same level: 其中友城4个、友好合作城市29个."""
        by_level = any(figure.rule == "by level" for figure in current.figures.values())
        between = self.signs[_end_of(current) : told.start]
        return (
            not by_level and not re.search("[;。HPQC]", between) and len(between) <= (40 if "其中" in between else 20)
        )

    # --- the figures ---

    def _figures(self) -> list[_Told]:
        told = [
            *self._respectively(),
            *self._of_words(),
            *self._of_bare_words(),
            *self._of_levels(),
            *self._ordinals(),
            *self._said_again(),
        ]
        told += list(self._going_on(told))
        told = _apart(sorted(told, key=lambda figure: (figure.start, figure.level is None, -figure.end)))
        _by_kind_of_place(told, self.signs)
        told += list(self._countries(told))
        return sorted(told, key=lambda figure: figure.start)

    def _of_words(self) -> Iterator[_Told]:
        for match in TIE.finditer(self.signs, self.start):
            if self.signs[match.end() : match.end() + 1] == "寨" or re.search("[乡村]", match.group()):
                continue
            metric = _metric(match)
            yield from self._after_word(match, metric)
            yield from self._before_word(match, metric)

    def _of_bare_words(self) -> Iterator[_Told]:
        """与7个国外城市结好."""
        for match in BARE.finditer(self.signs, self.start):
            near = self.signs[max(self.start, match.start() - 24) : match.start()]
            offset = match.start() - len(near)
            for figure in _SINGLE_CITY.finditer(near):
                if figure.end() == len(near) and not self._is_share(offset + figure.start()):
                    yield self._told("sister", figure, offset + figure.start(), "so many places", offset)

    def _after_word(self, match: re.Match[str], metric: str) -> Iterator[_Told]:
        figure = _AFTER_WORD.match(self.signs, match.end())
        clause = self._clause(match.start())
        if PLANNED.search(clause):
            return
        if not figure or self._is_share(match.start()) or _NEW.search(self._near(match.start())):
            return
        if re.match(r"(?:国家|[^,;。]{0,6}大洲)", self.signs[figure.end() : figure.end() + 10]):
            return
        if figure["number"] == "一" and not _GROWN.match(self.signs, figure.end()):
            return  # 友城是一座桥
        if _AND_BEFORE.search(self.signs[max(0, match.start() - 10) : match.start()]):
            metric = "total"
        start = figure.start("number") if "D" in figure["gap"] else match.start()
        yield self._told(metric, figure, start, "word, then figure")

    def _before_word(self, match: re.Match[str], metric: str) -> Iterator[_Told]:
        near = self.signs[max(self.start, match.start() - 46) : match.start()]
        offset = match.start() - len(near)
        for figure in (*_FIGURE.finditer(near), *_SINGLE_CITY.finditer(near)):
            rest = re.sub(r"\([^()]*\)", "", near[figure.end() :])
            here = offset + figure.start()
            if self._is_share(here) or _NEW.search(self._near(here)):
                continue
            clause = self._clause(here)
            planned = PLANNED.search(self._near(here)) and not re.search("已|现有|共有", clause)
            if _SOMEBODY.search(clause) or planned or re.search("国内|省外|省内|兄弟", clause):
                continue
            if _TO_WORD.fullmatch(rest) and near[figure.end() - 1] in "个对座家":
                if re.search(r"F_*$", clause) or not _THERE_ARE.search(clause):
                    continue
                both = _BOTH.match(self.signs, match.end())
                yield self._told("total" if both else metric, figure, here, "figure, then word", offset)
            elif near[figure.end() - 1] not in "个对座家" and (rest == "的" or _FOUNDED_WITH.fullmatch(rest)):
                both = _BOTH.match(self.signs, match.end())
                yield self._told("total" if both else metric, figure, here, "so many places", offset)

    def _of_levels(self) -> Iterator[_Told]:
        if not TIE.search(self.signs, self.start) and not TIE.search(
            self.signs, self.scene.sentence_before(self.start)
        ):
            return
        for match in _LEVEL_FIGURE.finditer(self.signs, self.start):
            yield self._told("sister", match, match.start(), "by level", level=_LEVELS[match["level"][0]])
        for match in re.finditer(
            rf"{_N}{_UNIT}(?P<level>省级|市级|地市级|县级|区县级)(?=国际|友)", self.signs[self.start :]
        ):
            here = self.start + match.start()
            if re.search(r"F_*$", self.signs[max(0, here - 24) : here]):
                continue  # 发展了怀俄明州、内布拉斯加州两对省级友城
            yield self._told("sister", match, here, "by level", self.start, level=_LEVELS[match["level"][0]])

    def _respectively(self) -> Iterator[_Told]:
        """国际友城、友好交流城市分别为9个、21个."""
        for match in _RESPECTIVELY.finditer(self.signs, self.start):
            words = list(TIE.finditer(self.signs, self.start, match.start()))
            figures = list(_FIGURE.finditer(self.signs, match.start("list"), match.end("list")))
            if len(words) >= len(figures) > 1:
                for word, figure in zip(words[-len(figures) :], figures, strict=True):
                    yield self._told(_metric(word), figure, figure.start(), "respectively")

    def _ordinals(self) -> Iterator[_Told]:
        """第34个国际友好城市: so many there are now."""
        for match in _ORDINAL.finditer(self.signs, self.start):
            word = TIE.search(self.signs, match.end())
            if (
                word
                and word.start() - match.end() <= 6
                and number(match["number"]) > 1
                and not self._is_share(match.start())
            ):
                both = _BOTH.match(self.signs, word.end())
                yield _Told(
                    "total" if both else _metric(word),
                    number(match["number"]),
                    match.start(),
                    word.end(),
                    rule="ordinal",
                )

    def _going_on(self, told: list[_Told]) -> Iterator[_Told]:
        """What the figures tell further: …由42对增至61对, …2834对,其中广东省203对."""
        for figure in told:
            place, metric = figure.end, figure.metric
            while match := _GROWN.match(self.signs, place) or _PART.match(self.signs, place):
                grown = self._told(metric, match, match.start("number"), "the same figure", level=figure.level)
                yield grown
                place = match.end()

    def _said_again(self) -> Iterator[_Told]:
        spoken = TIE.search(self.signs, self.scene.sentence_before(self.start))
        for match in _OF_THEM.finditer(self.signs, self.start) if spoken else ():
            yield self._told("sister", match, match.start("number"), "the same figure")
        for match in _ALL_IN_ALL.finditer(self.signs, self.start) if TIE.search(self.signs, self.start) else ():
            yield self._told("sister", match, match.start(), "the same figure")
        for match in _SAME_FIGURE.finditer(self.signs, self.start):
            yield self._told("sister", match, match.start(), "the same figure")

    def _countries(self, told: list[_Told]) -> Iterator[_Told]:
        for match in _COUNTRIES.finditer(self.signs, self.start):
            before = self.signs[self.start : match.start()]
            clause_end = next((i for i in range(match.end(), self.end) if self.signs[i] in ",;。"), self.end)
            close = any(
                match.start() <= figure.start < clause_end or figure.start <= match.start() < figure.end
                for figure in told
            )
            if close or (_SPREAD.search(before) and any(figure.start < match.start() for figure in told)):
                level = next((f.level for f in told if f.start >= match.start()), None) if close else None
                yield self._told("countries", match, match.start(), "countries", level=level)

    def _near(self, place: int) -> str:
        """What stands before ``place`` in the sentence, as far back as it can bear on a figure."""
        return self.signs[max(self.start, place - _AS_FAR_BACK) : place]

    def _clause(self, place: int, marks: str = ",;。") -> str:
        """What stands before ``place`` in its clause."""
        near = self._near(place)
        return near[max(near.rfind(mark) for mark in marks) + 1 :]

    def _told(
        self, metric: str, match: re.Match[str], start: int, rule: str, offset: int = 0, level: str | None = None
    ) -> _Told:
        inexact = match["before"] or match["after"] or ""
        end = match.end() + offset
        if level is None:
            level = self._level(start)
        return _Told(metric, number(match["number"]), start, end, level, inexact, rule)

    def _level(self, start: int) -> str | None:
        part = self._clause(start)
        if re.search(r"各级|包括(?:所属|各)|含(?:所属|各)", part) or re.search(
            r"全[省市州县区国]", self.scene.line[start - len(part) : start]
        ):
            return "all"
        if re.search(r"本级", part):
            return self._own_level(start)
        if re.search(r"(?:各|所辖|下辖)(?:县|区|市县|市区)|各市\(县|各县\(", part):
            return "county"
        if re.search(r"(?:各|所辖|下辖)(?:地市|市州|市)", part):
            return "prefecture"
        return None

    def _own_level(self, place: int) -> str | None:
        """The level of the place of which the figure speaks."""
        for mention in reversed(self.scene.between(self.start, place, "HP")):
            home = self.scene.resolve(mention, "H")
            if home and home.division:
                return {"municipality": "province", "district": "county"}.get(home.division.level, home.division.level)
        return None

    def _is_share(self, start: int) -> bool:
        clause = self._clause(start, ",;。:")
        return bool(_REGION.search(clause) or _SHARE.search(clause)) and not (
            re.search(r"\d+个国家", clause) and not _REGION.search(clause)
        )

    # --- of whom, as of when ---

    def _scope(self, place: int) -> str | None:
        before = [
            m
            for m in self.scene.between(self.start, place, "HPQC")
            if not self.scene.is_elsewhere(m) and not self._in_brackets(m)
        ]
        clause = self.signs[place - len(self._clause(place)) : place]
        if re.search("F_*(?:现|已|共|目前|拥)*有?$", clause) and not re.search("[与和同]F", clause):
            return None  # 喀山共有25个友好城市
        for mention in reversed(before):
            if mention.sign == "C":
                if mention.country == "CN" and self._means_all(mention):
                    return "中国"
                continue
            home = self.scene.resolve(mention, "H")
            if home:
                return home.name
        after = [m for m in self.scene.between(place, self.end, "H") if self.signs[place : m.start].count(",") == 0]
        if not before and after and re.search(r"第", self.signs[place : place + 1]):
            return after[0].name
        ours = re.compile(r"[^,;。]{0,14}[与和同](?=[HP])").match(self.signs, place)
        if not before and ours:
            named = self.scene.between(ours.end(), self.end, "HP")
            home = self.scene.resolve(named[0], "H") if named else None
            return home.name if home else None
        return self._scope_before()

    def _means_all(self, mention: Mention) -> bool:
        """Whether the country is counted, and not compared with: 全国已有…, but not 居全国第二."""
        return mention.name != "全国" or bool(re.match(r"[已共累现有各与同\d]", self.signs[mention.end :]))

    def _in_brackets(self, mention: Mention) -> bool:
        opening = self.signs.rfind("(", self.start, mention.start)
        return opening >= 0 and ")" not in self.signs[opening : mention.start]

    def _scope_before(self) -> str | None:
        for start, end in islice(self.scene.sentences_before(self.start), 60):
            for mention in reversed(self.scene.between(start, end, "HPC")):
                if mention.sign == "C" and mention.country == "CN" and mention.name == "我国":
                    return "中国"
                home = self.scene.resolve(mention, "H") if mention.sign != "C" else None
                if home and not self.scene.is_elsewhere(mention) and not self.scene.is_compared(mention):
                    return home.name
        told: Mention | None = self.scene.told_home()
        return told.name if told else None

    def _as_of(self, place: int) -> Dated | None:
        before = [dated for dated in self.scene.dates_between(self.start, place) if dated.date]
        return before[-1] if before else None


def _end_of(group: _Group) -> int:
    """Where the last figure of a group ends."""
    return max(told.end for told in group.figures.values())


def _by_kind_of_place(told: list[_Told], signs: str) -> None:
    """93对,其中友好省州17对、友好城市76对: ties of provinces beside ties of cities are told by level."""
    for provinces, cities in pairwise(told):
        beside = signs[provinces.end : cities.start] in {"、", ",", "和"}
        if beside and _OF_PROVINCES.match(signs, provinces.start) and signs.startswith("友好城市", cities.start):
            provinces.level, cities.level = "province", "prefecture"


def _counts(told: _Told) -> bool:
    """Whether a figure reports a number: 友城1个 does, 一个友城 does not."""
    return told.metric != "countries" and (told.value > 1 or told.rule == "word, then figure")


def _metric(match: re.Match[str]) -> str:
    if match["cooperation"]:
        return "cooperation"
    if match["exchange"]:
        return "exchange"
    return "sister" if match["sister"] else "total"


def _apart(told: list[_Told]) -> list[_Told]:
    """Figures without those that lie within another or tell the same number again."""
    kept: list[_Told] = []
    for figure in told:
        if any(
            other.start <= figure.start < other.end or (figure.start < other.end and other.start < figure.end)
            for other in kept
        ):
            continue
        kept.append(figure)
    return kept


def _sums(groups: list[_Group]) -> None:
    """全市友城关系达到45对, after 33 and 12 of all kinds: the sum of what was told before is a total, not a kind."""
    for group, parts in pairwise(list(groups)):
        whole = group.figures.get("sister")
        kinds = {
            metric: parts.figures[metric].value
            for metric in ("sister", "cooperation", "exchange")
            if metric in parts.figures
        }
        if whole and len(kinds) > 1 and sum(kinds.values()) == whole.value and group.scope == parts.scope:
            whole.metric = "total"
            parts.figures = {
                ("total" if metric == "sister" else metric): told for metric, told in group.figures.items()
            } | parts.figures
            parts.level = group.level
            groups.remove(group)
    if len(groups) < 3:
        return
    final = groups[-1]
    told = final.figures.get("sister")
    before = [
        sum(
            f.value
            for m, f in g.figures.items()
            if m in ({"total"} if "total" in g.figures else {"sister", "cooperation", "exchange"})
        )
        for g in groups[:-1]
    ]
    if told and final.level in {None, "all"} and told.value == sum(before):
        told.metric = "total"
        final.figures = {
            ("total" if metric == "sister" else metric): figure for metric, figure in final.figures.items()
        }
        final.level = "all"
