"""The figures of ``make bench``: a missed goal is seen, and the table says so."""

from __future__ import annotations

import pytest

from bench.figures import Figure, table


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("weight", 100, "kB", 100), True),
        (Figure("weight", 100.1, "kB", 100), False),
        (Figure("frames", 50, "fps", 50, at_least=True), True),
        (Figure("frames", 49.9, "fps", 50, at_least=True), False),
        (Figure("data", 5_000, "kB"), True),
    ],
)
def test_a_goal_is_met_or_missed(figure: Figure, met: bool) -> None:
    assert figure.is_met is met


def test_the_table_says_which_goal_is_missed() -> None:
    assert table([Figure("weight", 1234.56, "kB", 1000), Figure("data", 5, "kB")]).splitlines() == [
        "| what | measured | goal | met |",
        "|---|---:|---:|---|",
        "| weight | 1,234.6 kB | ≤ 1,000 kB | **no** |",
        "| data | 5.0 kB |  |  |",
    ]
