"""The tools of ``make mutants``: the faults, the exchange of code, and the figures."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.mutation import report
from tests.mutation.equivalents import EQUIVALENTS
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.planting import exchange, is_exchangeable
from tests.mutation.report import Score
from tests.mutation.targets import ROOT, TARGETS
from tests.mutation.trials import Baseline, Trial

TEXT = '''"""A module."""
from __future__ import annotations
from typing import cast

__all__ = ["LEAST", "Held"]
LEAST = 2


class Held:
    @property
    def many(self) -> bool:
        """Docstrings are left alone."""
        return len(cast("list[int]", self.rows)) > LEAST

    rows: list[int] = []
'''


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "held.py"
    path.write_text(TEXT, "utf-8")
    return path


def test_the_faults_of_a_module(module: Path) -> None:
    found = [(mutant.lines.start, *mutant.difference) for mutant in mutants_of(module)]
    assert found == [
        (6, "LEAST = 2", "LEAST = None"),
        (6, "LEAST = 2", "LEAST = 3"),
        (
            13,
            'return len(cast("list[int]", self.rows)) > LEAST',
            'return len(cast("list[int]", self.rows)) >= LEAST',
        ),
        (15, "rows: list[int] = []", "rows: list[int] = None"),
    ]
    assert all(mutant.is_valid for mutant in mutants_of(module))


def test_a_property_that_is_loaded_is_given_the_code_of_the_fault(module: Path) -> None:
    spec = importlib.util.spec_from_file_location("held", module)
    assert spec
    assert spec.loader
    held = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(held)
    one = held.Held()
    one.rows = [1, 2]
    assert exchange(module, TEXT) == 0
    assert one.many is False
    assert exchange(module, TEXT.replace("> LEAST", ">= LEAST")) == 1
    assert one.many is True


def test_code_that_no_longer_asks_for_its_class_cannot_be_given_to_what_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "heir.py"
    path.write_text("class Heir(dict):\n    def clear(self):\n        held = super().clear() or 1\n", "utf-8")
    found = {mutant.difference[1]: is_exchangeable(mutant) for mutant in mutants_of(path)}
    assert found == {
        "held = None": False,
        "held = super().clear() and 1": True,
        "held = super().clear() or 2": True,
    }


def test_a_fault_is_tried_with_the_tests_that_reach_its_statement_quick_ones_first(module: Path) -> None:
    on_import, _, in_function, _ = mutants_of(module)
    base = Baseline({"slow": 2.0, "quick": 1.0}, {module: {6: {""}, 13: {"slow", "quick"}, 15: {""}}})
    assert [base.runs_on_import(mutant) for mutant in (on_import, in_function)] == [True, False]
    assert base.tests_of(in_function) == ["quick", "slow"]
    assert base.tests_of(on_import) == ["quick", "slow"]
    assert Baseline({}, {module: {}}).tests_of(in_function) == []


def test_the_score_leaves_out_what_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "friendship" / "enums.py"
    some = mutants_of(path)[:5]
    monkeypatch.setitem(EQUIVALENTS, report.key(some[0]), "for this test")
    outcomes = ["survived", "killed", "killed", "survived", "unreached"]
    score = Score.of("enums", 7, [Trial(mutant, outcome) for mutant, outcome in zip(some, outcomes, strict=True)])
    assert (score.tried, score.killed, score.equivalent, score.percent, score.is_met) == (5, 2, 1, 50.0, False)
    assert score.row == "| enums | 7 | 5 | 2 | 1 | 50.0 % | ≥ 80 % | **no** |  |"
    assert Score("dates", 5, 5, 4, 0).is_met


def test_the_page_keeps_the_scores_that_were_not_measured_again(tmp_path: Path) -> None:
    path, names = tmp_path / "mutation.md", ["dates", "names"]
    assert report.rows_of(path) == {}
    old = {name: Score(name, 9, 9, 8, 0, "2026-11-01, all").row for name in names}
    path.write_text(report.page(names, old), "utf-8")
    assert report.rows_of(path) == old
    new = Score("names", 9, 9, 9, 0, "2026-11-02, seed 2").row
    path.write_text(report.page(names, report.rows_of(path) | {"names": new}), "utf-8")
    assert path.read_text("utf-8").splitlines()[-2:] == [
        "| dates | 9 | 9 | 8 | 0 | 88.9 % | ≥ 80 % | yes | 2026-11-01, all |",
        "| names | 9 | 9 | 9 | 0 | 100.0 % | ≥ 80 % | yes | 2026-11-02, seed 2 |",
    ]


def test_what_survived_is_told_with_its_place(module: Path) -> None:
    mutant = mutants_of(ROOT / "friendship" / "dates.py")[-1]
    place, *lines = report.told(Trial(mutant, "survived")).splitlines()
    assert place == f"friendship/dates.py:{mutant.lines.start}: survived"
    assert [line[:6] for line in lines] == ["    - ", "    + "]


def test_every_target_has_its_modules_and_its_tests() -> None:
    assert [target.name for target in TARGETS if not list(target.paths)] == []
    assert [path for target in TARGETS for path in target.tests if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("path", sorted({path for path, _before, _after in EQUIVALENTS}))
def test_each_equivalent_fault_is_still_one_of_the_module(path: str) -> None:
    listed = {key for key in EQUIVALENTS if key[0] == path}
    text = (ROOT / path).read_text("utf-8")
    lines = {line.strip() for _path, before, _after in listed for line in before.splitlines()}
    places = {number for number, line in enumerate(text.splitlines(), 1) if line.strip() in lines}
    near = [mutant for mutant in mutants_of(ROOT / path) if places & set(mutant.lines)]
    assert listed <= {report.key(mutant) for mutant in near}


def test_a_mutant_that_is_the_same_text_or_no_program_is_not_valid(module: Path) -> None:
    one = mutants_of(module)[0]
    assert not Mutant(one.path, one.module, one.node, one.node, one.lines).is_valid
