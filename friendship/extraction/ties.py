"""Ties: what each anchor says of its pairs, when they were founded or ended, and whether they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from friendship.extraction.dating import Dated
from friendship.extraction.frames import Anchor, anchors
from friendship.extraction.implied import implied
from friendship.extraction.merging import merged
from friendship.extraction.places import Mention
from friendship.extraction.records import Home, Partner, Tie
from friendship.extraction.scene import Scene
from friendship.extraction.sides import Pair, Sides
from friendship.extraction.words import (
    AGAIN,
    CONSENT_GIVEN,
    CONSENTED,
    DENIED,
    ELSEWHEN,
    NEGATED,
    PLANNED,
    PLANNED_AFTER,
)

#: Beyond the 31 divisions with which the field deals; a tie of theirs is for people to judge.
_LEFT_ALONE = {"台湾省", "香港特别行政区", "澳门特别行政区"}
_DATE_AFTER = re.compile(
    r"(?:关系)?》?(?:,(?=D_*\))"  # in brackets: (友好合作关系,2005年5月)
    r"|\((?:结好|缔结|签署|建立)?于?"
    r"|(?:始|建立|缔结|签署|结成|确立|签订|签)于"
    r"|(?:协议书?|备忘录|意向书)?(?:则|也|已|是)?[于在]"
    r"|(?:最早|较早)?,?(?:结好|缔结|签署|建立|首次签订|签订|签约)?的?(?:时间|日期)?(?:为|是|:|于))D"
)
#: 是一对老友城,1995年11月21日签约.
_SIGNED_THEN = re.compile(",(?=D_*(?:正式)?(?:结好|签约|缔结|签署|结为))")
_DATE_BEFORE = re.compile(
    r"D_*(?:以来|起|就|即)?(?:结好|缔结|建立|签署|结成|结为)?的(?:第?[一二三四五六七八九十\d]+[个对座])?$"
)
#: The date of a press conference is no date of what is said there.
_TOLD = re.compile("介绍|说,|说:|表示|指出|发布会|获悉|致辞|讲话|报道")
#: …一度中断,2023年全面恢复.
_RESUMED = re.compile("恢复|重启|重新建立|撤回")
_OCCASION = re.compile("会上|仪式上|活动上|期间|其间|当天|当日")
_HELD = re.compile("出访|赴|举行|举办|召开|开幕|访问|到访|来访|抵达|率团|启动|签字仪式")
_ENDED_SINCE = re.compile(
    r"(?:关系)?[,;](?P<date>D_*)?(?:双方|两市)?(?:已|正式|宣布|又|即|起|将其)*(?P<verb>解除|终止|中止|暂停|冻结)(?!与|和|同)"
)
_LONGEST_QUOTE = 160
#: Ties of cities are younger; 3000周年 is that of something else.
_OLDEST = 150
_NOT_FOUNDED_THEN = re.compile(r"(?:年)?(?:以来|以后|起(?!草)|开始|以前|之前|之后|前(?!往)|后|至今|间|期间)")


def ties(scene: Scene) -> list[Tie]:
    """Every tie that the text states or implies, stage by stage, in the order of the text."""
    sides = Sides(scene)
    for anchor in anchors(scene):
        sides.fill(anchor)
    said: list[Tie] = []
    for index, anchor in enumerate(sides.done):
        others = [other.start for other in sides.done[max(0, index - 12) : index]]
        said += _Saying(scene, anchor, others).ties()
    told = merged([*_without_their_provinces(said), *implied(scene)])
    return sorted(told, key=lambda tie: tie.evidence.start)


def _without_their_provinces(said: list[Tie]) -> Iterator[Tie]:
    """Leave out provinces that are named only for their city: 1985年与白沙瓦市签约,是新疆在南亚的第一个友城."""
    of_cities = {(tie.home.province, tie.partner.name) for tie in said if tie.home.province != tie.home.name}
    for tie in said:
        if not tie.rule.startswith("copula") or (tie.home.name, tie.partner.name) not in of_cities:
            yield tie


class _Saying:
    """What one anchor says."""

    def __init__(self, scene: Scene, anchor: Anchor, others: list[int]) -> None:
        self.scene = scene
        self.anchor = anchor
        self.signs = scene.signs
        self.others = others
        self.begin = scene.clause_start(anchor.start)
        self.start, self.end = scene.sentence_of(anchor.start)

    def ties(self) -> Iterator[Tie]:
        head = self.signs[self.begin : max(self.anchor.head + 1, self.begin)]
        negated = NEGATED.search(head[-14:])
        if (negated and self.anchor.frame not in {"ended", "suspended"}) or DENIED.search(head):
            return
        status, kind = ("active", self.anchor.type) if negated else self._standing(head)
        kinds = [(kind, self.anchor.printed), *self.anchor.kinds]
        respectively = len(kinds) == len(self.anchor.pairs) and "分别" in self.signs[self.start : self.anchor.start]
        for index, (home, partner) in enumerate(self.anchor.pairs):
            if home.division is not None and home.division.province not in _LEFT_ALONE:
                yield self._tie(home, partner, status, *kinds[index if respectively else 0])

    def _tie(self, home: Mention, partner: Mention, status: str, kind: str, printed: str) -> Tie:
        date, ended, derived = self._when((home, partner), status)
        since = self._ended_since()
        if since:
            status, ended = since
        division = home.division
        assert division is not None  # nosec B101 # noqa: S101 - ties() lets no other through
        return Tie(
            home=Home(division.name, division.level, division.province, home.written),
            partner=Partner(partner.name, *self.scene.country_of(partner), partner.parent),
            type=kind,
            evidence=self.scene.text.quote(*self._span(home, partner)),
            rule=self.anchor.rule,
            date=date,
            ended=ended,
            status=status,
            explicit=self.anchor.frame not in {"such as", "pictured"},
            type_as_printed=printed,
            derived=("date",) if derived and date else (),
            vague=self.anchor.vague,
        )

    def _standing(self, head: str) -> tuple[str, str]:
        anchor = self.anchor
        resumed = _RESUMED.search(self.signs, anchor.end, self.end)
        if anchor.frame in {"ended", "suspended"} and (resumed or PLANNED.search(head)):
            return "active", anchor.type
        if anchor.frame in {"ended", "suspended"}:
            return ("terminated" if anchor.frame == "ended" else "suspended"), anchor.type
        after = self.signs[anchor.end : anchor.end + 12]
        consented = CONSENTED.search(head) and not CONSENT_GIVEN.search(head)
        planned = PLANNED.search(head) or PLANNED_AFTER.match(after) or consented
        if anchor.frame in {"founding", "copula"} and planned:
            return "planned", "intent"
        return "active", anchor.type

    def _span(self, home: Mention, partner: Mention) -> tuple[int, int]:
        """The sentence, or where it is long the part of it that says so."""
        if self.end - self.start <= _LONGEST_QUOTE:
            return self._after_heading(home, partner), self.end
        inside = [m for m in (home, partner) if self.start <= m.start < self.end]
        first = min([self.begin, self.anchor.head, *(m.start for m in inside)])
        final = max([self.anchor.end, *(m.end for m in inside)])
        closing = re.compile("[,;。!?》]").search(self.signs, final)
        return first, closing.end() if closing and closing.start() < self.end else self.end

    def _after_heading(self, home: Mention, partner: Mention) -> int:
        """Where the sentence begins, without a heading that runs into its date: …扩大“朋友圈”|1982年10月,四川与…."""
        used = [m.start for m in (home, partner) if self.start <= m.start < self.end]
        dates = [dated.start for dated in self.scene.dates_between(self.start, min([self.anchor.start, *used]))]
        if dates and re.search(r"[^_\W在于自从到至和与及以为的截]$", self.signs[self.start : dates[0]]):
            return dates[0] if not re.search("[,;:]", self.signs[self.start : dates[0]]) else self.start
        return self.start

    # --- when ---

    def _when(self, pair: Pair, status: str) -> tuple[str | None, str | None, bool]:
        if self.anchor.frame == "anniversary":
            return self._reckoned()
        if status in {"terminated", "suspended"}:
            dated, begun = self._end_date(), self._attached_before()
            return (
                begun.date.iso if begun and begun.date else None,
                dated.date.iso if dated and dated.date else None,
                False,
            )
        dated = self._own_date(pair) or self._date()
        if dated is None or dated.date is None or status == "planned" or self.anchor.renewed:
            return None, None, False
        return dated.date.iso, None, dated.derived

    def _end_date(self) -> Dated | None:
        """When it was ended: 自2021年起终止, or …2010年10月起中止."""
        after = re.compile(r"(?:关系)?[^,;。D]{0,6}(?:自|于|从|在)?D").match(self.signs, self.anchor.end)
        here = [dated for dated in self.scene.dates_between(self.begin, self.anchor.start) if not dated.as_of]
        return (here[-1] if here else None) or (self.scene.date_at(after.end() - 1) if after else None) or self._date()

    def _ended_since(self) -> tuple[str, str | None] | None:
        """…2003年缔结友好城市关系,2020年5月解除: how the tie stands by the next clause, and since when."""
        after = _ENDED_SINCE.match(self.signs, self.anchor.end)
        if not after or self.anchor.frame in {"ended", "suspended"}:
            return None
        dated = self.scene.date_at(after.start("date")) if after["date"] else None
        status = "suspended" if re.search("中止|暂停|冻结", after["verb"]) else "terminated"
        return status, dated.date.iso if dated and dated.date else None

    def _reckoned(self) -> tuple[str | None, str | None, bool]:
        here = self.scene.dates_between(self.start, self.end)
        celebrated = next((dated.date for dated in here if dated.date), None) or self.scene.published
        if celebrated is None or self.anchor.years is None or self.anchor.years > _OLDEST:
            return None, None, False
        year = celebrated.year - self.anchor.years
        return (f"{year:04d}", None, True) if year > 0 else (None, None, False)

    def _own_date(self, pair: Pair) -> Dated | None:
        """The date that stands with one partner of several: (1996年8月), or 1987年5月4日与英国切尔滕纳姆市."""
        home, partner = pair
        after = max(partner.end, home.end if partner.end <= home.start < partner.end + 4 else 0)
        bracket = re.compile(r"\([^()D]{0,8}D").match(self.signs, after)
        if bracket:
            return self.scene.date_at(bracket.end() - 1)
        if self.anchor.frame in {"inventory", "apposition"}:
            return self._row_date(partner)
        partners = [p for _, p in self.anchor.pairs if self.start <= p.start < self.end]
        if len(partners) < 2 or partner not in partners:
            return None
        return self._one_of_several(partner, partners)

    def _row_date(self, partner: Mention) -> Dated | None:
        """The date of a row: after its partner, or before it where the first row begins with one."""
        listed = [p for _, p in self.anchor.pairs]
        index = listed.index(partner)
        begin = self.anchor.end if index == 0 else listed[index - 1].end
        end = listed[index + 1].start if index + 1 < len(listed) else min(self.end, partner.end + 24)
        leading = self.scene.dates_between(self.anchor.end, listed[0].start)
        beside = self.scene.dates_between(max(0, partner.start - 24), partner.start)
        of_the_row_before = beside and index > 0 and not leading and beside[-1].start == begin
        if (
            beside
            and not of_the_row_before
            and re.fullmatch(r"[与和同于,、]{0,2}", self.signs[beside[-1].end : partner.start])
        ):
            return beside[-1]
        rows = self.scene.dates_between(begin, partner.start) if leading else self.scene.dates_between(partner.end, end)
        if self.anchor.frame == "apposition" and rows and rows[0].start > partner.end + 1:
            return None
        gap = self.signs[partner.end : rows[0].start] if rows and not leading else ""
        return rows[0] if rows and not re.search("[。!?自从至]", gap) and len(gap) <= 16 else None

    def _one_of_several(self, partner: Mention, partners: list[Mention]) -> Dated | None:
        said = [other for other in self.others if other < partners[0].start]
        limit = max([self.start, partners[0].start - 60, *said[-1:]])
        given = [dated for dated in self.scene.dates_between(limit, self.anchor.start) if self._founds(dated)]
        after = [dated for dated in self.scene.dates_between(self.anchor.end, self.end) if self._founds(dated)]
        if after and not re.fullmatch(r"[^,。D]{0,4}", self.signs[self.anchor.end : after[0].start]):
            after = []
        for block in (
            [dated for dated in given if dated.end <= partners[0].start],
            [dated for dated in given if dated.start >= partners[-1].end],
            after[: len(partners)],
        ):
            if len(block) == len(partners) and self._in_a_row(block):
                return block[partners.index(partner)]
        if len(given) < 2:
            return None
        before = [dated for dated in given if dated.end <= partner.start]
        return before[-1] if before else None

    def _in_a_row(self, block: list[Dated]) -> bool:
        gaps = [self.signs[a.end : b.start] for a, b in pairwise(block)]
        return all(re.fullmatch(r"[、,和与及]|以及", gap) for gap in gaps)

    def _founding(self, dated: Dated | None) -> Dated | None:
        return None if dated is None or dated.as_of else dated

    def _founds(self, dated: Dated) -> bool:
        bracketed = self.signs[dated.start - 1 : dated.start] == "("
        return not dated.as_of and not bracketed and not _NOT_FOUNDED_THEN.match(self.signs, dated.end)

    def _date(self) -> Dated | None:
        if attached := self._attached():
            return attached
        if self.anchor.frame not in {"founding", "ended", "suspended", "pictured"} and not self.anchor.bare:
            return None
        head = max(self.begin, self.anchor.start)
        here = [dated for dated in self.scene.dates_between(self.begin, head) if self._founds(dated)]
        return here[-1] if here else self._date_before()

    def _date_before(self) -> Dated | None:
        """A date in an earlier part of the sentence, unless something else has happened since."""
        clause = self.signs[self.begin : self.anchor.start]
        before = [dated for dated in self.scene.dates_between(self.start, self.begin) if self._founds(dated)]
        if not before:
            return self._date_of_the_occasion()
        between = self.signs[before[-1].end : self.begin]
        if ";" in between and re.match(r"[HFPQD]", self.signs[self.signs.rfind(";", self.start, self.begin) + 1 :]):
            return None
        if self._belongs_to_another(before[-1]) or _TOLD.search(between):
            return None
        next_to_it = re.fullmatch(r"[^,;]{0,14},?|,?[^,;]{0,14}[《]?", between)
        if "已" in clause and not next_to_it:
            return None
        since = any(before[-1].end <= other < self.begin for other in self.others)
        if not next_to_it and (ELSEWHEN.search(between + clause) or (since and AGAIN.search(between + clause))):
            return None
        return before[-1]

    def _belongs_to_another(self, dated: Dated) -> bool:
        """Whether the date stands in the clause of another saying: 与干邑市已于4月签署意向书,与泰拉维市达成…."""
        end = next((i for i in range(dated.end, self.begin) if self.signs[i] in ",;:"), self.begin)
        return any(dated.end <= other < end for other in self.others)

    def _date_of_the_occasion(self) -> Dated | None:
        """When the occasion was held of which the sentence before told: 活动期间, 仪式上."""
        if not _OCCASION.search(self.signs[self.start : self.anchor.start]):
            return None
        earlier = self.scene.dates_between(max(0, self.start - 400), self.start)
        return next((dated for dated in reversed(earlier) if self._held(dated)), None)

    def _held(self, dated: Dated) -> bool:
        """Whether an occasion is told to have been held then."""
        _, end = self.scene.sentence_of(dated.start)
        return (
            self._founds(dated)
            and bool(_HELD.search(self.signs, dated.end, end))
            and (self.signs[dated.start - 1 : dated.start] not in {"自", "从"})
        )

    def _attached(self) -> Dated | None:
        """友好城市(1985年); 友城关系始于1999年; 是1999年以来的友好城市."""
        after = _DATE_AFTER.match(self.signs, self.anchor.end)
        if not after and self.anchor.frame in {"copula", "compound", "apposition"}:
            after = _SIGNED_THEN.match(self.signs, self.anchor.end)
            return self.scene.date_at(after.end()) if after else self._attached_before()
        return self._founding(self.scene.date_at(after.end() - 1)) if after else self._attached_before()

    def _attached_before(self) -> Dated | None:
        """始于1986年的友城关系."""
        near = max(0, self.anchor.start - 24)
        before = _DATE_BEFORE.search(self.signs[near : self.anchor.start])
        return self._founding(self.scene.date_at(near + before.start())) if before else None
