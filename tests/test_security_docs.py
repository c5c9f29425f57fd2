"""docs/security.md names every requirement of level 2 once, and only tests and settings that there are."""

from __future__ import annotations

import ast
import re
from collections import Counter

from django.conf import settings

DOCS = (settings.BASE_DIR / "docs" / "security.md").read_text("utf-8")
TESTS = settings.BASE_DIR / "tests"
STATES = ["met", "partly", "no", "operator", "n/a"]
#: Level 2 of ASVS 4.0.3 by section: the numbers in it, without those that were taken out and those of level 3.
LEVEL_2 = {
    "1.1": "1-7", "1.2": "1-4", "1.4": "1 4 5", "1.5": "1-4", "1.6": "1-4", "1.7": "1 2", "1.8": "1 2", "1.9": "1 2",
    "1.10": "1", "1.11": "1 2", "1.12": "2", "1.14": "1-6",
    "2.1": "1-12", "2.2": "1-3", "2.3": "1-3", "2.4": "1-5", "2.5": "1-7", "2.6": "1-3", "2.7": "1-6", "2.8": "1-7",
    "2.9": "1-3", "2.10": "1-4",
    "3.1": "1", "3.2": "1-4", "3.3": "1-4", "3.4": "1-5", "3.5": "1-3", "3.7": "1",
    "4.1": "1 2 3 5", "4.2": "1 2", "4.3": "1-3",
    "5.1": "1-5", "5.2": "1-8", "5.3": "1-10", "5.4": "1-3", "5.5": "1-4",
    "6.1": "1-3", "6.2": "1-6", "6.3": "1 2", "6.4": "1 2",
    "7.1": "1-4", "7.2": "1 2", "7.3": "1 3 4", "7.4": "1-3",
    "8.1": "1-4", "8.2": "1-3", "8.3": "1-8",
    "9.1": "1-3", "9.2": "1-4",
    "10.2": "1 2", "10.3": "1-3",
    "11.1": "1-8",
    "12.1": "1-3", "12.2": "1", "12.3": "1-6", "12.4": "1 2", "12.5": "1 2", "12.6": "1",
    "13.1": "1 3 4 5", "13.2": "1 2 3 5 6", "13.3": "1 2", "13.4": "1 2",
    "14.1": "1-4", "14.2": "1-6", "14.3": "2 3", "14.4": "1-7", "14.5": "1-4",
}  # fmt: skip


def wanted() -> list[str]:
    numbers = []
    for section, said in LEVEL_2.items():
        first, _to, last = said.partition("-")
        within = range(int(first), int(last) + 1) if last else [int(each) for each in said.split()]
        numbers += [f"{section}.{number}" for number in within]
    return numbers


def lines() -> list[tuple[str, str, str, str]]:
    """Number, what is asked, state and answer of every line."""
    return re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCS, flags=re.MULTILINE)


def test_every_requirement_has_one_line() -> None:
    assert [number for number, *_rest in lines()] == wanted()


def test_every_line_has_a_state_and_the_states_are_counted() -> None:
    counted = Counter(state for _number, _asked, state, _answer in lines())
    assert set(counted) == set(STATES)
    told = re.findall(r"^\| ([\w/]+) \| [^|]+ \| (\d+) \|$", DOCS, flags=re.MULTILINE)
    assert told == [(state, str(counted[state])) for state in STATES]


def test_every_test_that_is_named_is_there() -> None:
    named = set(re.findall(r"`([\w/]+\.py)(?:::(test_\w+))?`", DOCS))
    named = {(path, test) for path, test in named if path.split("/")[-1].startswith("test_")}
    assert len(named) > 100
    assert [each for each in sorted(named) if not _is_there(*each)] == []


def _is_there(path: str, test: str) -> bool:
    file = TESTS / path
    if not file.exists():
        return False
    functions = {node.name for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}
    return not test or test in functions


def test_every_setting_that_is_named_is_there() -> None:
    operations = (settings.BASE_DIR / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", DOCS)) - {"DEBUG"}
    assert len(named) > 20
    assert [name for name in sorted(named) if not hasattr(settings, name) and f"`{name}`" not in operations] == []
