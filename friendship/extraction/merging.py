"""A text often says one tie several times: one candidate per pair and stage, with the best that is said of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from friendship.extraction.records import Tie
from friendship.extraction.words import SUFFIX

_STANDING = {"terminated": 0, "suspended": 1, "active": 2, "planned": 3}


def merged(found: list[Tie]) -> list[Tie]:
    """The ties of a text, one for each pair and type, in the order in which the text first says them."""
    kept = _Kept()
    for tie in found:
        index = next((i for i in kept.of_the_pair(tie) if _same_stage(tie, kept.ties[i])), None)
        if index is None:
            kept.add(tie)
        else:
            kept.put(index, _both(kept.ties[index], tie))
    return [tie for index, tie in enumerate(kept.ties) if not _overtaken(index, kept)]


class _Kept:
    """Ties by the names of their sides: a list of thousands is not gone through for each of its rows."""

    def __init__(self) -> None:
        self.ties: list[Tie] = []
        self._named: defaultdict[tuple[str, str], set[int]] = defaultdict(set)

    def add(self, tie: Tie) -> None:
        self.ties.append(tie)
        self._name(len(self.ties) - 1)

    def put(self, index: int, tie: Tie) -> None:
        self.ties[index] = tie
        self._name(index)

    def of_the_pair(self, tie: Tie) -> list[int]:
        """Where the ties of the same pair stand, the earliest first."""
        near = {index for key in _keys(tie) for index in self._named.get(key, ())}
        return sorted(index for index in near if _same_pair(tie, self.ties[index]))

    def _name(self, index: int) -> None:
        for key in _keys(self.ties[index]):
            self._named[key].add(index)


def _keys(tie: Tie) -> set[tuple[str, str]]:
    """Two names of one place have one of them in common, see ``same_place``."""
    name = tie.partner.name
    return {(tie.home.name, name), (tie.home.name, _split(name)[0])}


def _same_pair(left: Tie, right: Tie) -> bool:
    return left.home.name == right.home.name and same_place(left.partner.name, right.partner.name)


def same_place(left: str, right: str) -> bool:
    """Whether two foreign names can be of one place: 布拉格 and 布拉格市, but not 奈良市 and 奈良县."""
    (bare, suffix), (other, others) = _split(left), _split(right)
    fitting = suffix.endswith(others) or others.endswith(suffix)  # 济州道 and 济州特别自治道
    return left in {right, other} or bare == right or (bare == other and fitting)


def _split(name: str) -> tuple[str, str]:
    for match in SUFFIX.finditer(name):
        if match.end() == len(name) and match.start() >= 1:
            return name[: match.start()], match.group()
    return name, ""


def _same_stage(left: Tie, right: Tie) -> bool:
    if left.type == right.type or left.vague or right.vague:
        return True
    if any(tie.rule.startswith("implied") for tie in (left, right)):
        return True
    ended = {"terminated", "suspended"}
    return bool({left.status, right.status} & ended) and "intent" not in {left.type, right.type}


def _both(first: Tie, second: Tie) -> Tie:
    """One candidate of two: the firmer word, the surer date, the later standing."""
    strong, weak = (second, first) if _rank(second) < _rank(first) else (first, second)
    date_from = min((tie for tie in (strong, weak) if tie.date), key=_surety, default=strong)
    standing = min((first, second), key=lambda tie: _STANDING[tie.status])
    named = max(
        (first.partner, second.partner), key=lambda partner: (bool(_split(partner.name)[1]), bool(partner.parent))
    )
    return replace(
        strong,
        partner=replace(
            named,
            country=first.partner.country or second.partner.country,
            iso2=first.partner.iso2 or second.partner.iso2,
        ),
        date=date_from.date,
        derived=date_from.derived,
        ended=standing.ended or first.ended or second.ended,
        status=standing.status,
        explicit=first.explicit or second.explicit,
    )


def _rank(tie: Tie) -> tuple[bool, bool, bool, int]:
    """Which of two sayings stands for both: firm before vague, stated before implied, dated before undated."""
    return (
        tie.vague or tie.rule.startswith("implied"),
        not tie.explicit,
        tie.date is None or bool(tie.derived),
        _STANDING[tie.status],
    )


def _surety(tie: Tie) -> tuple[bool, int]:
    return "date" in tie.derived and tie.rule.startswith("anniversary"), -len(tie.date or "")


def _overtaken(index: int, kept: _Kept) -> bool:
    """Whether a tie is but a wish, and the text tells a stage of the same pair that came true."""
    tie = kept.ties[index]
    return tie.status == "planned" and any(other != index for other in kept.of_the_pair(tie))
