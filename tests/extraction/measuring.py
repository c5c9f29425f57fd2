"""How well the grammar reads passages with reviewed answers: ties found, missed and made up, and the same of totals.

``python -m tests.extraction.measuring`` prints the table of docs/extraction.md. A pair counts once a passage, whatever
its stages; type and date count per stage. What an answer calls optional costs nothing either way.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from friendship.dates import PartialDate
from friendship.extraction import read
from friendship.extraction.gazetteer import stem
from friendship.extraction.merging import same_place
from friendship.extraction.records import Reading, Tie, Total

PASSAGES = Path(__file__).parent / "passages"
_FIGURES = ("countries", "total", "sister", "cooperation", "exchange")

Answer = dict[str, Any]


@dataclass(frozen=True)
class Counts:
    """Found and right, found and wrong, and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def passages(name: str) -> list[Answer]:
    """The passages of one set, each with its answers."""
    return [json.loads(line) for line in (PASSAGES / f"{name}.jsonl").read_text("utf-8").splitlines()]


def sets() -> list[str]:
    """The names of all sets, in the order in which they were written."""
    return sorted(path.stem for path in PASSAGES.glob("*.jsonl"))


def measured(answers: Iterable[Answer]) -> dict[str, Counts]:
    """What the grammar gives for the passages, counted as ``pair``, ``type``, ``date``, ``country`` and ``total``."""
    counts: dict[str, Counter[str]] = {what: Counter() for what in ("pair", "type", "date", "country", "total")}
    for answer in answers:
        published = PartialDate.parse(answer["published"]) if answer.get("published") else None
        reading = read(answer["text"], published, answer.get("place", ""))
        _ties(reading, answer, counts)
        _totals(reading, answer, counts["total"])
    return {what: Counts(count["right"], count["wrong"], count["missed"]) for what, count in counts.items()}


def _ties(reading: Reading, answer: Answer, counts: dict[str, Counter[str]]) -> None:
    left = list(answer["records"])
    told: set[int] = set()
    made_up: set[tuple[str, str]] = set()
    for tie in reading.ties:
        same = [gold for gold in answer["records"] if _is_pair(tie, gold)]
        if not same:
            for what in ("pair", "type", "date"):
                counts[what]["wrong"] += what != "pair" or (tie.home.name, tie.partner.name) not in made_up
            made_up.add((tie.home.name, tie.partner.name))
            continue
        gold = _nearest(tie, [gold for gold in same if gold in left]) or same[0]
        if gold in left:
            left.remove(gold)
            _stage(tie, gold, counts)
        first = answer["records"].index(same[0])
        if first not in told and not all(gold.get("optional") for gold in same):
            counts["pair"]["right"] += 1
        told.add(first)
    for gold in left:
        if not gold.get("optional"):
            counts["type"]["missed"] += 1
            counts["date"]["missed"] += 1
    counts["pair"]["missed"] += sum(1 for _ in _untold(answer["records"], told))


def _untold(records: list[Answer], told: set[int]) -> Iterator[Answer]:
    """The first stage of each pair of which nothing was told."""
    for index, gold in enumerate(records):
        same = [other for other in records if _same_answer(gold, other)]
        if index == records.index(same[0]) and index not in told and not all(other.get("optional") for other in same):
            yield gold


def _stage(tie: Tie, gold: Answer, counts: dict[str, Counter[str]]) -> None:
    if gold.get("optional"):
        return
    kinds = gold.get("accept_types") or [gold["type"]]
    counts["country"]["right" if tie.partner.iso2 == gold["partner"]["iso2"] else "wrong"] += 1
    for what, right in (("type", tie.type in kinds), ("date", tie.date in _dates(gold))):
        counts[what]["right" if right else "wrong"] += 1
        counts[what]["missed"] += not right


def _dates(gold: Answer) -> set[str | None]:
    """The dates that are right: the stated one, or what follows from the publication where none is stated."""
    reckoned = {gold["date_ctx"]} if gold["date"] is None and gold.get("date_ctx") else set()
    return {gold["date"], *reckoned, *(gold.get("date_alt") or ())}


def _nearest(tie: Tie, golds: list[Answer]) -> Answer | None:
    return next((gold for gold in golds if gold["type"] == tie.type), golds[0] if golds else None)


def _is_pair(tie: Tie, gold: Answer) -> bool:
    homes = {gold["home"]["name"], *gold["home"].get("aliases", ())}
    ours = {tie.home.name, tie.home.written} - {""}
    return any(stem(home) == stem(our) for home in homes for our in ours) and any(
        same_place(name, tie.partner.name) for name in (gold["partner"]["name"], *gold["partner"].get("aliases", ()))
    )


def _same_answer(left: Answer, right: Answer) -> bool:
    return all(left[side]["name"] == right[side]["name"] for side in ("home", "partner"))


def _totals(reading: Reading, answer: Answer, counts: Counter[str]) -> None:
    left = list(answer["totals"])
    for total in reading.totals:
        gold = next((gold for gold in left if _is_total(total, gold)), None)
        if gold is None:
            counts["wrong"] += 1
            continue
        left.remove(gold)
        counts["right"] += not gold.get("optional")
    counts["missed"] += sum(not gold.get("optional") for gold in left)


def _is_total(total: Total, gold: Answer) -> bool:
    scopes = {stem(scope) for scope in (gold["scope"], *gold.get("scope_aliases", ()))}
    levels = {gold.get("level"), total.level} - {None}
    return (
        stem(total.scope) in scopes
        and len(levels) <= 1
        and all(getattr(total, figure) in [gold.get(figure), *gold.get(f"accept_{figure}", ())] for figure in _FIGURES)
    )


def main() -> None:
    """Print the table of docs/extraction.md."""
    for name in sets():
        counts = measured(passages(name))
        figures = " | ".join(f"{counts[what].f1:.2f}" for what in ("pair", "type", "date", "total"))
        print(f"| {name} | {len(passages(name))} | {figures} |")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
