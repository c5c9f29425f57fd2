"""Totals of a long text: what is said again is one candidate, and each is not compared with each."""

from __future__ import annotations

from importlib import import_module

import pytest

from friendship import extraction
from friendship.extraction.records import Total


def told(text: str) -> list[tuple[str, int | None, int | None]]:
    return [(total.scope, total.sister, total.cooperation) for total in extraction.read(text).totals]


def test_what_is_said_again_in_part_is_said_once() -> None:
    whole = "截至2023年，四川省有国际友城119对、友好合作关系321对。"
    assert told(f"{whole}四川省有国际友城119对。四川省有友好合作关系321对。绵阳市有国际友城119对。") == [
        ("四川省", 119, 321),
        ("绵阳市", 119, None),
    ]
    assert told(f"四川省有国际友城119对。{whole}四川省有国际友城120对。") == [
        ("四川省", 119, None),
        ("四川省", 119, 321),
        ("四川省", 120, None),
    ]


def test_many_numbers_are_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[Total] = []

    def never(total: Total, _other: Total) -> bool:
        compared.append(total)
        return False

    monkeypatch.setattr(import_module("friendship.extraction.totals"), "_same", never)
    numbers = range(101, 201)
    found = told("".join(f"四川省有国际友城{each}对、友好合作关系7对。" for each in numbers))
    assert (found, compared) == ([("四川省", each, 7) for each in numbers], [])
