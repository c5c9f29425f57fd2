"""The words for a tie and the frame in which each stands: founded, ended, listed, celebrated, or only talked of."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from friendship.extraction.dating import number
from friendship.extraction.places import Mention
from friendship.extraction.scene import Scene
from friendship.extraction.words import (
    BARE,
    COUNTED_LIST,
    ENDING_VERB,
    FOUNDING,
    NUMBER,
    PICTURED,
    SUSPENDING_VERB,
    TIE,
    TOPIC,
)

_FOUNDING = re.compile(FOUNDING)
_YEARS = re.compile(
    rf"(?:签署|缔结|建立|结好|的|已|即将|迎来|关系|满|届|近)*(?:第)?({NUMBER})(?:周年|年(?=纪念|来|华诞|庆典|之际)|(?=、{NUMBER}周年))"
)
_ENDED_AFTER = re.compile(
    "(?:到期后?|期满后?)?(?:不再续签|不再续约|不再延长)|"
    r"(?:的|正式|已|被|随之|宣告|暂时|就此|从此|随即|一度|至今|于D_*|自D_*起)*(?:终止|解除|中止|暂停|冻结|取消|结束|中断|到期|画上句号|不再)"
)
_SIGNED_AFTER = re.compile(r"》?[^,;。《]{0,16}?(?:签署|签订|签约|签字|缔结|建立|结成|达成|签下|生效|交换|签)")
_FOUNDED_AFTER = re.compile(
    r"(?:关系)?(?:签字|签约|结好|缔结)仪式|(?:关系)?(?:正式|得以|也)?(?:缔结|建立|结成|确立)(?!的)"
)
_INVENTORY = re.compile(
    r"(?:(?:关系)?(?:\([^()]{0,10}\))?(?:一览表?|名单|列表|情况表?|名录|名称|概况|序号)[^。HFPQ]{0,40}"
    r"|(?:[^。;HFPQ与同和]{0,12}除F_*[^HFPQ。;]{0,3}外,)?[^。;HFPQ与同和]{0,24}?(?:分别|依次)?(?:为|是|有|即|包括|包含|涵盖|如下|:|-|\(|\|)[^。;HFPQ与同]{0,14})(?:C_*)?[FH]"
)
_COPULA = re.compile(r"(?:是|成为|为|系|作为|互为|当作)(?!了?庆祝)")
#: 签署关于深化友好省关系的协议: a paper of a tie that stands.
_DEEPENED = re.compile("深化|加强|巩固|拓展|进一步|提升")
_STANDING = re.compile(r"(?:保持|维持|有着?|具有|延续|巩固|深化|属于?)(?:着|了)?[^,;。HFPQ]{0,6}$")
_SUCH_AS = re.compile(r"等(?:[HP]_*的?|[^,;。HFPQ]{0,16})$")
_COMPOUND = re.compile(
    r"[HFPQ]_*(?:市|省|州)?(?:的|之间的?|间的?|缔结的?|两市的?|双方的?|两地的?)?(?:国际|正式|长期)?$"
)
#: 与3座外国城市结为友好城市,分别是…, 缔结的友好城市还有….
_THEN_LISTED = re.compile(
    rf"(?:关系)?(?:{NUMBER}[个对座])?"
    "(?::|[,:]?(?:它们|其中)?(?:还|主要|现|已)?(?:分别|依次)?(?:是|为|即|包括|有):?)[^。;,HFPQ与同和]{0,6}(?:C_*)?F"
)
#: 结好 told of a place that follows: 与开封结好的还有…, 1981年结好的日本明石市.
_RELATIVE = re.compile(r"的(?:C_*)?(?:[^,;。HFPQ]{0,8}?(?:有|包括|是|为|:))?[^,;。HFPQ]{0,6}(?:C_*)?F")


@dataclass(slots=True)
class Anchor:
    """A word for a tie at ``start`` to ``end`` of the line, its frame and what it says of whom.

    ``verb`` is where the verb stands before it, -1 where none does; ``years`` is the anniversary. ``vague`` words
    (友好关系) become what a later word of the same pair calls it. ``kinds`` are further kinds that stand
    with it (友好城市协议书和友好合作备忘录). ``pairs`` are filled by ``sides``.
    """

    start: int
    end: int
    type: str
    printed: str
    frame: str = ""
    verb: int = -1
    paper: str = ""
    vague: bool = False
    bare: bool = False
    years: int | None = None
    renewed: bool = False
    kinds: list[tuple[str, str]] = field(default_factory=list)
    pairs: list[tuple[Mention, Mention]] = field(default_factory=list)
    rule: str = ""

    @property
    def head(self) -> int:
        """Where the saying begins: its verb, or the word itself."""
        return self.verb if 0 <= self.verb < self.start else self.start


def anchors(scene: Scene) -> list[Anchor]:
    """Every word for a tie that stands in a frame, in order."""
    found = [anchor for match in TIE.finditer(scene.signs) if (anchor := _named(match))]
    taken = {place for anchor in found for place in range(anchor.start, anchor.end)}
    found += _counted_lists(scene, found, taken)
    bare = [*BARE.finditer(scene.signs), *(PICTURED.finditer(scene.signs) if found else ())]
    found += [
        Anchor(match.start(), match.end(), "sister", match.group(), bare=True, verb=match.start())
        for match in bare
        if taken.isdisjoint(range(*match.span()))
    ]
    ends = {anchor.end: anchor for anchor in found}
    for anchor in found:
        first = ends.get(anchor.start - 1)
        if first and scene.signs[anchor.start - 1] in "及和或与、":
            first.kinds.append((anchor.type, anchor.printed))  # 国际友城及友好交流城市: one saying
            continue
        if not anchor.frame:
            _Frame(scene, anchor).settle()
    return sorted((anchor for anchor in found if anchor.frame), key=lambda anchor: anchor.start)


def _counted_lists(scene: Scene, found: list[Anchor], taken: set[int]) -> list[Anchor]:
    """此次新增的8对分别为: lists of ties of the kind that the word before them names."""
    starts = [anchor.start for anchor in found]
    lists = []
    for match in COUNTED_LIST.finditer(scene.signs):
        index = bisect_left(starts, match.start()) - 1
        if index >= 0 and taken.isdisjoint(range(*match.span())):
            before = found[index]
            lists.append(Anchor(*match.span(), before.type, before.printed, frame="inventory"))
    return lists


def _named(match: re.Match[str]) -> Anchor | None:
    printed, paper = match.group(), match["paper"] or ""
    kind = next(kind for kind in ("cooperation", "exchange", "sister", "vague") if match[kind])
    if kind in {"cooperation", "exchange"} and not paper and not re.search(r"城市|关系|伙伴|[省州县区市]$", printed):
        return None
    vague = kind == "vague"
    kind = "exchange" if vague else kind
    if "意向" in printed or ("备忘录" in paper and kind == "sister"):
        kind = "intent"
    if kind != "intent":  # 友好合作关系 on a memorandum is called 友好合作关系; a letter of intent is called one
        printed = printed.removesuffix(paper)
    return Anchor(*match.span(), kind, printed, paper=paper, vague=vague and kind == "exchange")


class _Frame:
    """Looks before and after one word, within its clause, and says in which frame it stands."""

    def __init__(self, scene: Scene, anchor: Anchor) -> None:
        self.anchor = anchor
        self.begin = scene.clause_start(anchor.start)
        self.before = scene.signs[self.begin : anchor.start]
        self.after_head = scene.signs[anchor.start : anchor.start + 3]
        self.after = scene.signs[anchor.end : anchor.end + 60]
        self.titled = scene.title_start(anchor.start) is not None

    def settle(self) -> None:
        anchor = self.anchor
        for frame, found in (
            ("anniversary", self._anniversary),
            ("ended", self._ended),
            ("bare", self._bare),
            ("founding", self._founding),
        ):
            if found():
                anchor.frame = anchor.frame or frame
                return
        if anchor.paper or self.titled or not TOPIC.match(self.after):
            anchor.frame = self._noun()

    def _verb(self, match: re.Match[str], offset: int = 0) -> None:
        self.anchor.verb = self.begin + offset + match.start()

    def _anniversary(self) -> bool:
        match = _YEARS.match(self.after)
        if self.titled and self.anchor.paper:
            return False
        if not match:
            return bool(re.match(r"(?:纪念|庆典|庆祝|周年)", self.after))
        self.anchor.years = 100 if "百" in match.group(1) else number(match.group(1))
        if verb := last(_FOUNDING, self.before):
            self._verb(verb)
        return True

    def _ended(self) -> bool:
        offset = max(0, len(self.before) - 26)
        near = self.before[offset:]
        verb = last(ENDING_VERB, near) or last(SUSPENDING_VERB, near)
        after = _ENDED_AFTER.match(self.after)
        if verb:
            self._verb(verb, offset)
        found = verb or after
        if found and re.search("中止|暂停|冻结|搁置", found.group()):
            self.anchor.frame = "suspended"
        return bool(found)

    def _bare(self) -> bool:
        if not self.anchor.bare:
            return False
        if PICTURED.fullmatch(self.anchor.printed):
            self.anchor.frame = "pictured"
            return True
        relative = _RELATIVE.match(self.after)
        self.anchor.frame = ("inventory" if ":" in relative.group() else "apposition") if relative else "founding"
        if "意向" in self.anchor.printed:
            self.anchor.type = "intent"
        return True

    def _founding(self) -> bool:
        size = len(self.before)
        ahead = self.before + self.after_head  # a verb may need to see the word: 签|友好
        verbs = [verb for verb in _FOUNDING.finditer(ahead) if verb.end() <= size <= verb.end() + 28]
        if not verbs:
            return False
        self._verb(verbs[-1])
        if "F" not in self.before and (_RELATIVE.match(self.after) or _THEN_LISTED.match(self.after)):
            self.anchor.frame = "inventory" if _THEN_LISTED.match(self.after) else "apposition"
        self.anchor.renewed = "续签" in self.before[-12:] or bool(_DEEPENED.search(self.before[verbs[-1].end() :]))
        return True

    def _noun(self) -> str:
        anchor = self.anchor
        if re.search(r"F_*\((?:D_*,?)?$", self.before):
            return "bracket"
        if self.titled or (anchor.paper and _SIGNED_AFTER.match(self.after)) or _FOUNDED_AFTER.match(self.after):
            return "founding"
        if anchor.vague:
            return "standing" if re.search("(?:有|保持)(?:着|了)?$", self.before) else ""
        copula = last(_COPULA, self.before)
        if not copula and _INVENTORY.match(self.after):
            return "inventory"
        of_ours = not copula and self.after.startswith("H") and "F" in self.before  # 仁川广域市向友好城市天津市捐款
        if of_ours or re.match(r"(?:[-:·\(、]|之一的?|的)?F", self.after):
            return "apposition"
        if copula:
            self._verb(copula)
            return "copula"
        if _SUCH_AS.search(self.before):
            return "such as"
        return self._in_passing()

    def _in_passing(self) -> str:
        if _STANDING.search(self.before) or re.match(r"(?:保持|持续|不断|稳定)", self.after):
            return "standing"
        named = self.anchor.type == "sister" or self.anchor.paper
        return "compound" if named and _COMPOUND.search(self.before) else ""


def last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last match of ``pattern`` in ``text``."""
    found = list(pattern.finditer(text))
    return found[-1] if found else None
