"""Who with whom: the two sides of what an anchor says, beside it, in a list, or in the sentences before."""

from __future__ import annotations

import re
from itertools import islice, pairwise

from friendship.extraction.frames import Anchor
from friendship.extraction.places import Mention
from friendship.extraction.scene import Scene
from friendship.extraction.words import FOUNDING, GUESTS, LINK, LIST_GAP, NUMBER, PAIR_PRONOUN

#: How far back an elided side is looked for; a text that has been silent of its place for longer tells no more.
_SENTENCES_BACK = 60
_ANCHORS_BACK = 40

Pair = tuple[Mention, Mention]
_Block = tuple[str, list[Mention]]

#: A part of a sentence that goes on with the same saying: ,并与…, ,1992年与….
_GOES_ON = re.compile(
    r"(?:D_*|并|又|还|也|再|则|就|已|先后|分别|相继|陆续|同时|正式|再次|现|目前|自D_*起|于|另|均|都|其中|以及)*(?:与|和|同|跟|以及|及)[^HFPQ]{0,12}$"
)
#: Between the two cells of one row.
_CELLS = re.compile(r"[|;,、/]?")
_COUNTED = re.compile(rf"(?:第?{NUMBER}|首|唯一的?一?|多)(?:个|对|座|家)")
#: A partner that is not named: 与中国的一座城市.
_UNNAMED = re.compile(r"C_*的?(?:[一某]些?[座个]?|多[座个]|几[座个])(?:城市|地方|省|州|市)")
#: 眉山竹编和瑞士布里恩茨市的木雕,东坡文化和泰国清迈府的兰纳文化: two likenesses, one saying.
_PARALLEL = re.compile(r"的[^,;HFPQ]{1,8},[^,;HFPQ]{1,8}[与和同]")
_ANOTHER_SAYING = re.compile(rf"{FOUNDING}|;(?:D_*)?[与和同]")
_VENUE = re.compile("[在于]$")
_BRACKETS = re.compile(r"\([^()]*\)")
_ONE = re.compile(r"第|首|^[一1]对")
_PAIRS_COUNTED = re.compile(rf"(?:第?{NUMBER}余?|首|多)对")


class Sides:
    """Finds the pairs of one anchor after the other; what was said before resolves 双方 and an elided side."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.signs = scene.signs
        self.done: list[Anchor] = []

    def fill(self, anchor: Anchor) -> None:
        """Put the pairs of ``anchor`` into it, with the rule that found them."""
        if self._describes(anchor):
            return
        for rule, way in (
            ("title", self._in_title),
            ("list after it", self._after),
            ("both before it", self._before),
            ("since then", self._since),
            ("pronoun", self._pronoun),
        ):
            anchor.pairs = way(anchor)
            if anchor.pairs:
                anchor.rule = f"{anchor.frame}: {rule}"
                self.done.append(anchor)
                return

    def _describes(self, anchor: Anchor) -> bool:
        """Whether it only says more of the pair before (成为我省第一对友城) or counts (已缔结14对友城)."""
        clause = self.signs[self.scene.clause_start(anchor.start) : anchor.start]
        if anchor.frame not in {"founding", "copula"} or "F" in clause:
            return False
        counted = _PAIRS_COUNTED.search(clause)
        if not counted:
            return False
        start, _ = self.scene.sentence_of(anchor.start)
        said = bool(self.done) and self.done[-1].start >= start
        if said and self.done[-1].vague:
            self.done[-1].type, self.done[-1].vague = anchor.type, False
        return said or not _ONE.search(counted.group())

    def _limit(self, anchor: Anchor) -> int:
        """Where the saying about other partners ends, in the same sentence."""
        start, _ = self.scene.sentence_of(anchor.start)
        recent = [other for other in self.done[-_ANCHORS_BACK:] if other.end <= anchor.head]
        ends = [other.end for other in recent]
        listed = [
            partner.end
            for other in recent
            if other.frame in {"inventory", "apposition"}
            for _, partner in other.pairs
            if partner.end <= anchor.head
        ]
        return max([start, *ends, *listed])

    # --- in a title ---

    def _in_title(self, anchor: Anchor) -> list[Pair]:
        opening = self.scene.title_start(anchor.start)
        if opening is None:
            return []
        _, end = self.scene.sentence_of(anchor.start)
        closing = self.signs.find("》", anchor.end, end)
        inside = self.scene.between(opening, closing if closing >= 0 else end)
        return self._paired(inside)

    # --- before the word ---

    def _before(self, anchor: Anchor) -> list[Pair]:
        limit, head = self._limit(anchor), anchor.start
        opening = self.scene.title_start(anchor.start)
        if opening is not None:
            head = opening
        clause = self.signs[self.scene.clause_start(anchor.start) : anchor.start]
        if _UNNAMED.search(clause) and "F" not in clause:
            return []
        run = self._run(limit, head, guests=anchor.frame in {"such as", "anniversary"})
        if anchor.frame == "copula":
            run = self._of_subject(run, anchor)
        if not run or not self._holds(anchor, run, head):
            return []
        return self._paired(run) or self._completed(run, anchor, limit)

    def _of_subject(self, run: list[Mention], anchor: Anchor) -> list[Mention]:
        """堺市是连云港市和伯克利市的友好城市: what stands beside a Chinese place after 是 is no partner of it."""
        subjects = [m for m in run if m.end <= anchor.verb and m.sign == "F"]
        homes = [m for m in run if m.start > anchor.verb and m.sign in "HP"]
        return [*subjects, *homes] if subjects and homes else run

    def _holds(self, anchor: Anchor, run: list[Mention], head: int) -> bool:
        """Whether a frame that is open to chance has its places right beside it."""
        gap = self.signs[run[-1].end : head]
        linked = any(LINK.search(self.signs[max(0, m.start - 3) : m.start]) for m in run if m.sign == "F") or (
            len(run) > 1 and any(LINK.search(self.signs[a.end : b.start]) for a, b in pairwise(run))
        )
        if anchor.frame in {"standing", "compound", "pictured"}:
            return linked and not re.search("[,:;]", gap)
        if anchor.frame == "bracket":
            return True
        if anchor.frame == "such as":
            return len(gap) <= 22 and not re.search("[,:;]", gap)
        return True

    def _run(self, limit: int, head: int, *, guests: bool = False) -> list[Mention]:
        """The places before ``head`` that belong together, from the last one back."""
        active = [m for m in self.scene.between(limit, head) if not self._is_aside(m, guests=guests)]
        run: list[Mention] = []
        for mention in reversed(active):
            if run and not self._connected(mention, run[0]):
                break
            if not run and PAIR_PRONOUN.search(self.signs[mention.end : head]) and self._is_past(mention, head):
                break
            run.insert(0, mention)
        return run

    def _is_past(self, mention: Mention, head: int) -> bool:
        return bool(re.search("[,;:]", self.signs[mention.end : head]))

    def _is_aside(self, mention: Mention, *, guests: bool = False) -> bool:
        """Whether a place is not meant itself: where an organisation is, a venue, a former name, what contains one."""
        scene = self.scene
        if mention.sign == "Q" and re.match(r"的?[FH]", self.signs[mention.end :]):
            return True
        if re.search(r"F_*\($", self.signs[max(0, mention.start - 24) : mention.start]) and mention.sign == "F":
            return True
        if re.search(r"\((?:原|前|旧|今|现|即|又称|原称|原名)$", self.signs[max(0, mention.start - 4) : mention.start]):
            return True
        if scene.line[mention.start - 1 : mention.start + 1] in {"(原", "(前", "(旧", "(今", "(现", "(即"}:
            return True
        return scene.is_organisation(mention) or self._visited(mention, guests=guests)

    def _visited(self, mention: Mention, *, guests: bool) -> bool:
        """Whether the place, or the list in which it stands, is where somebody goes; ``guests`` of ours are meant."""
        first = mention
        for other in self.scene.mentions_before(mention.start):
            if other.sign != mention.sign or not LIST_GAP.fullmatch(self.signs[other.end : first.start]):
                break
            first = other
        return self.scene.is_elsewhere(first) and not (
            guests and GUESTS.search(self.signs[max(0, first.start - 4) : first.start])
        )

    def _connected(self, left: Mention, right: Mention) -> bool:
        gap = self.signs[left.end : right.start]
        if re.search(r"[。;!?:]", gap) or len(gap) > 45:
            return False
        parts = gap.split(",")
        return (
            len(parts) == 1
            or bool(_PARALLEL.fullmatch(gap))
            or bool(LIST_GAP.fullmatch(gap))
            or (len(_BRACKETS.sub("", parts[0])) <= 2 and bool(_GOES_ON.fullmatch(parts[-1])))
        )

    def _paired(self, run: list[Mention]) -> list[Pair]:
        """The pairs of a run that has both sides."""
        sides = [self._side(mention, run) for mention in run]
        if not {"H", "F"} <= set(sides):
            return []
        blocks: list[_Block] = []
        for side, mention in zip(sides, run, strict=True):
            if blocks and blocks[-1][0] == side:
                blocks[-1][1].append(mention)
            else:
                blocks.append((side, [mention]))
        return self._matched(*blocks) if len(blocks) == 2 else self._series(blocks)

    def _side(self, mention: Mention, run: list[Mention]) -> str:
        if mention.sign == "P":
            return "H"
        if mention.sign == "Q":
            return "F" if any(m.sign in "HP" for m in run) and not any(m.sign == "F" for m in run) else "H"
        return mention.sign

    def _series(self, blocks: list[_Block]) -> list[Pair]:
        """东山县与达古潘市、云霄县与塔巴科市: neighbours that a link word joins."""
        pairs: list[Pair] = []
        taken = -1
        for index, (left, right) in enumerate(pairwise(blocks)):
            gap = self.signs[left[1][-1].end : right[1][0].start]
            if index > taken and (LINK.search(gap) or _CELLS.fullmatch(gap)) and len(gap) <= 30:
                pairs += self._matched(left, right)
                taken = index + 1
        return pairs or self._matched(blocks[-2], blocks[-1])

    def _matched(self, left: _Block, right: _Block) -> list[Pair]:
        homes, partners = (left[1], right[1]) if left[0] == "H" else (right[1], left[1])
        ours = [home for m in homes if (home := self.scene.resolve(m, "H"))]
        theirs = [partner for m in partners if (partner := self.scene.resolve(m, "F"))]
        if len(ours) > 1 and len(ours) == len(theirs):
            return list(zip(ours, theirs, strict=True))
        if len(ours) > 1 and len(theirs) > 1 and self._respectively(left, right):
            return []  # who with whom is told by the order, and one of the names was not understood
        if len(ours) > 1 and not self._coordinated(homes):
            ours = ours[-1:] if left[0] == "H" else ours[:1]
        if len(theirs) > 1 and not self._coordinated(partners, loosely=True):
            theirs = theirs[:1] if left[0] == "H" else theirs[-1:]
        return [(home, partner) for home in ours for partner in theirs]

    def _respectively(self, left: _Block, right: _Block) -> bool:
        return "分别" in self.signs[left[1][-1].end : right[1][0].start]

    def _coordinated(self, block: list[Mention], *, loosely: bool = False) -> bool:
        """Whether neighbours of a block are members of one list."""
        gaps = [self.signs[left.end : right.start] for left, right in pairwise(block)]
        if loosely:
            return all(len(gap) <= 30 for gap in gaps)
        return all(LIST_GAP.fullmatch(gap) for gap in gaps)

    # --- one side only ---

    def _completed(self, run: list[Mention], anchor: Anchor, limit: int) -> list[Pair]:
        """A run of one side: the other stands before it, or was spoken of."""
        start, _ = self.scene.sentence_of(anchor.start)
        if self._side(run[0], run) == "H":
            return self._with_partners(run, anchor, limit)
        beside = self.signs[max(limit, run[0].start - 1) : run[0].start]
        if anchor.frame in {"pictured", "compound"} and not LINK.search(beside):
            return []
        if self._of_one_abroad(run[0], start):
            return []
        home = self._subject(run[0].start, start) or self._named_since(anchor) or self._spoken_of(run[0].start)
        theirs = [partner for m in run if (partner := self.scene.resolve(m, "F"))]
        return [(home, partner) for partner in theirs] if home else []

    def _of_one_abroad(self, partner: Mention, start: int) -> bool:
        """与牡丹江市结好的乌苏里斯克市,还与韩国东海市…: the subject is the foreign place."""
        last = self.done[-1] if self.done else None
        if last is None or last.start < start:
            return False
        if last.pairs[-1][1].end <= start and self.scene.between(start, last.start, "Q"):
            return True  # 该市与吴中区建立友城关系,与日本别府市也是姐妹城市
        if last.frame != "apposition":
            return False
        between = self.signs[last.pairs[-1][1].end : partner.start]
        return bool(re.fullmatch(",?(?:还|也|又)?[与和同]", between))

    def _named_since(self, anchor: Anchor) -> Mention | None:
        """自1979年与美国圣路易斯市结为友好城市以来,南京市…: whose it is comes after."""
        since = re.compile(r"(?:关系)?以来,?(?=[HP])").match(self.signs, anchor.end)
        _, end = self.scene.sentence_of(anchor.start)
        named = self.scene.between(since.end(), end, "HP") if since else []
        return self.scene.resolve(named[0], "H") if named else None

    def _with_partners(self, run: list[Mention], anchor: Anchor, limit: int) -> list[Pair]:
        before = [
            m
            for m in self.scene.between(limit, run[0].start, "F")
            if not self.scene.is_organisation(m)
            and not re.search(r"(?:位于|地处|坐落于|隶属于)$", self.signs[max(0, m.start - 4) : m.start])
        ]
        ours = [home for m in run if (home := self.scene.resolve(m, "H"))]
        if not before or not ours:
            return self._told_of(ours, anchor)
        listed = [before[-1]]
        for mention in reversed(before[:-1]):
            if not LIST_GAP.fullmatch(self.signs[mention.end : listed[0].start]):
                break
            listed.insert(0, mention)
        if len(listed) == len(ours):
            return list(zip(ours, listed, strict=True))
        if anchor.frame == "copula" and not re.search("[都均皆同也]", self.signs[listed[-1].end : anchor.start]):
            return [(ours[-1], listed[-1])] if len(listed) == 1 else []
        return [(ours[-1], partner) for partner in listed]

    def _told_of(self, ours: list[Mention], anchor: Anchor) -> list[Pair]:
        """…与呼和浩特市、北京市结有友城关系,其中与北京市结好于2014年: a pair of the same sentence, told of further."""
        start, _ = self.scene.sentence_of(anchor.start)
        if anchor.frame != "founding":
            return []
        return [
            (home, partner)
            for other in self.done
            if other.start >= start
            for home, partner in other.pairs
            if home.name in {our.name for our in ours}
        ]

    def _subject(self, place: int, start: int) -> Mention | None:
        """The Chinese place of which the sentence speaks, before ``place``."""
        for mention in reversed(self.scene.between(start, place, "HPQ")):
            if self.scene.is_compared(mention):
                continue
            if not self.scene.is_elsewhere(mention) and not re.match(r"的?F", self.signs[mention.end :]):
                home = self.scene.resolve(mention, "H")
                if home:
                    return home
        return None

    def _spoken_of(self, place: int) -> Mention | None:
        """The Chinese place of which the sentences before spoke."""
        for start, end in islice(self.scene.sentences_before(place), _SENTENCES_BACK):
            home = self._subject(end, start)
            if home:
                return home
        return self.scene.told_home()

    # --- after the word ---

    def _after(self, anchor: Anchor) -> list[Pair]:
        """友好城市奥克兰市; 现有友好城市2个,分别为日本长井市、俄罗斯马加丹市."""
        if anchor.frame not in {"inventory", "apposition"}:
            return []
        _, end = self.scene.sentence_of(anchor.start)
        listed: list[Mention] = []
        for mention in self.scene.between(anchor.end, end, "HF"):
            if mention.sign == "F" and self.scene.is_organisation(mention):
                break
            if listed and not self._listed(listed[-1], mention, anchor.frame):
                break
            listed.append(mention)
        if any(mention.sign == "H" for mention in listed):
            gaps = [self.signs[a.end : b.start] for a, b in pairwise(listed) if a.sign != b.sign]
            linked = any(LINK.search(gap) or _CELLS.fullmatch(gap) for gap in gaps)
            return self._paired(listed) if linked else self._with_subject_abroad(listed, anchor)
        start, _ = self.scene.sentence_of(anchor.start)
        home = self._right_before(anchor) or self._subject(anchor.start, start) or self._spoken_of(anchor.start)
        return [(home, partner) for partner in listed] if home else []

    def _with_subject_abroad(self, listed: list[Mention], anchor: Anchor) -> list[Pair]:
        """仁川广域市向友好城市天津市、青岛市捐款: the foreign place is the subject."""
        start, _ = self.scene.sentence_of(anchor.start)
        before = [m for m in self.scene.between(start, anchor.start, "F") if not self.scene.is_elsewhere(m)]
        if anchor.frame != "apposition" or not before or self.scene.between(before[-1].end, anchor.start, "HP"):
            return []
        return [(home, before[-1]) for m in listed if (home := self.scene.resolve(m, "H"))]

    def _right_before(self, anchor: Anchor) -> Mention | None:
        """兰州市友好城市秋田市: whose it is stands beside the word."""
        before = next(self.scene.mentions_before(anchor.head), None)
        if (
            before is None
            or before.sign not in "HP"
            or self.signs[before.end : anchor.start].strip("的") not in {"", "国际"}
        ):
            return None
        return self.scene.resolve(before, "H")

    def _since(self, anchor: Anchor) -> list[Pair]:
        """自1982年结为友好城市以来,昆明和苏黎世…: the pair that is named next."""
        after = re.compile(r"(?:关系)?以来,?(?=[HF])").match(self.signs, anchor.end)
        _, end = self.scene.sentence_of(anchor.start)
        if not after:
            return []
        named = self.scene.between(after.end(), end, "HF")[:2]
        linked = len(named) == 2 and re.fullmatch("[与和同]", self.signs[named[0].end : named[1].start])
        return self._paired(named) if linked else []

    def _listed(self, left: Mention, right: Mention, frame: str) -> bool:
        gap = self.signs[left.end : right.start]
        if frame == "inventory" and _ANOTHER_SAYING.search(gap):
            return False
        return bool(LIST_GAP.fullmatch(gap) or (frame == "inventory" and re.fullmatch(r"[^HFPQ。]{0,30}", gap)))

    # --- 双方 ---

    def _pronoun(self, anchor: Anchor) -> list[Pair]:
        """双方, 两市, or nothing at all: the pair of which the text just spoke."""
        if anchor.frame not in {"founding", "ended", "suspended", "anniversary", "copula"}:
            return []
        start, _ = self.scene.sentence_of(anchor.start)
        begin = self.scene.clause_start(anchor.start)
        meant = PAIR_PRONOUN.search(self.signs[max(start, self._limit(anchor)) : anchor.end])
        clause = self.signs[begin : anchor.end]
        venues = all(self.scene.is_elsewhere(m) for m in self.scene.between(begin, anchor.end, "HFCPQ"))
        if not meant and (not venues or anchor.frame == "copula"):
            return []
        if not meant and _COUNTED.search(clause):
            return []
        begins_with_date = anchor.frame == "founding" and re.match(r"[^,。]{0,6}D_*", self.signs[start:])
        if not meant and not begins_with_date and not self.scene.between(start, anchor.start):
            return []
        return self._last_pair(anchor)

    def _last_pair(self, anchor: Anchor) -> list[Pair]:
        start, _ = self.scene.sentence_of(anchor.start)
        cuts = [self._limit(anchor), max(start, self.signs.rfind(";", start, anchor.start) + 1), start]
        for cut in dict.fromkeys(cuts):
            pair = self._only_pair(cut, anchor.start, start)
            if pair:
                return [pair]
        if self.done and len(self.done[-1].pairs) == 1:
            return list(self.done[-1].pairs)
        for begin, end in islice(self.scene.sentences_before(start), 2):
            pair = self._only_pair(begin, end, begin)
            if pair:
                return [pair]
        return []

    def _linked(self, begin: int, end: int) -> Pair | None:
        """The pair that a link word joins: 黑河与俄罗斯布拉戈维申斯克市隔黑龙江相望."""
        for left, right in pairwise(self.scene.between(begin, end, "HF")):
            gap = self.signs[left.end : right.start]
            if {left.sign, right.sign} == {"H", "F"} and len(gap) <= 4 and LINK.search(gap):
                return (left, right) if left.sign == "H" else (right, left)
        return None

    def _home_of(self, partner: Mention) -> Mention | None:
        """Whose tie with ``partner`` the text has told before."""
        for anchor in reversed(self.done[-6:]):
            for home, other in anchor.pairs:
                if other.name == partner.name:
                    return home
        return None

    def _only_pair(self, begin: int, end: int, start: int) -> Pair | None:
        named = [m for m in self.scene.between(begin, end, "F") if not self.scene.is_organisation(m)]
        partners = [m for m in named if not _VENUE.search(self.signs[max(0, m.start - 2) : m.start])]
        if not partners or len({partner.name.rstrip("市") for partner in partners}) != 1:
            return None
        linked = self._linked(begin, end)
        if linked:
            return linked
        homes = [
            home
            for m in self.scene.between(begin, end, "HPQ")
            if not self.scene.is_elsewhere(m) and (home := self.scene.resolve(m, "H"))
        ]
        visited = [home for m in self.scene.between(begin, end, "HPQ") if (home := self.scene.resolve(m, "H"))]
        homes = homes or visited[-1:]
        before = self._home_of(partners[-1]) if not homes else None
        home = homes[-1] if homes else before or self._subject(end, start) or self._spoken_of(begin)
        return (home, partners[-1]) if home else None
