"""What a text says several times is one candidate, however long the list in which it stands."""

from __future__ import annotations

from typing import Any

import pytest

from friendship.extraction import merging
from friendship.extraction.records import Home, Partner, Quote, Tie


def tie(partner: str, kind: str = "sister", **fields: Any) -> Tie:
    home = Home("绵阳市", "prefecture", "四川省")
    return Tie(home, Partner(partner, "法国", "FR"), kind, Quote("结好", 0, 2), "founding: both before it", **fields)


def test_a_list_of_many_ties_is_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def same_place(left: str, right: str) -> bool:
        compared.append((left, right))
        return left == right

    monkeypatch.setattr(merging, "same_place", same_place)
    found = [tie(f"第{number}市", status="planned" if number % 2 else "active") for number in range(500)]
    assert merging.merged([*found, tie("第7市", date="2021")]) == [
        tie("第7市", date="2021") if number == 7 else each for number, each in enumerate(found)
    ]
    assert len(compared) <= len(found) + 2


def test_a_place_is_the_same_with_and_without_its_suffix() -> None:
    found = [tie("布拉格", date="2008"), tie("奈良市"), tie("奈良县"), tie("布拉格市"), tie("布拉格", "cooperation")]
    kept = [(each.partner.name, each.type, each.date) for each in merging.merged(found)]
    assert kept == [
        ("布拉格市", "sister", "2008"),
        ("奈良市", "sister", None),
        ("奈良县", "sister", None),
        ("布拉格", "cooperation", None),
    ]


def test_a_wish_that_came_true_is_no_candidate_of_its_own() -> None:
    found = [
        tie("里昂市", "intent", status="planned"),
        tie("里昂", date="2019"),
        tie("波恩", "intent", status="planned"),
    ]
    assert [(each.partner.name, each.status) for each in merging.merged(found)] == [
        ("里昂", "active"),
        ("波恩", "planned"),
    ]
