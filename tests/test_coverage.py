"""The figures of ``make coverage``: branches count, and a missed goal is seen."""

from __future__ import annotations

from typing import Any

from tests.coverage import read, table


def entry(taken: int, branches: int, **missing: list[Any]) -> dict[str, Any]:
    return {"summary": {"covered_branches": taken, "num_branches": branches}, **missing}


def report(taken: int) -> dict[str, Any]:
    return {
        "files": {
            "friendship/good.py": entry(19, 20),
            "friendship/plain.py": entry(0, 0),
            "friendship/bad.py": entry(1, 2, missing_lines=[7], missing_branches=[[5, 7], [5, -1]]),
            "friendship/worse.py": entry(0, 4),
        },
        "totals": {"covered_branches": taken, "num_branches": 1000},
    }


def test_the_table_tells_the_files_that_miss_the_goal() -> None:
    assert list(table(*read(report(taken=960)))) == [
        "Branches taken, of files below 95 %, with the lines and branches that no test takes:",
        "   0.0 %      0 of     4  friendship/worse.py",
        "  50.0 %      1 of     2  friendship/bad.py  7 5→7 5→end",
        "  96.0 %    960 of 1,000  in all (goal: 95 %)",
    ]


def test_the_total_meets_the_goal_or_misses_it() -> None:
    assert [read(report(taken))[1].is_met for taken in (949, 950)] == [False, True]
