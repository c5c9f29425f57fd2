"""The scores, as a table, and what survived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.equivalents import EQUIVALENTS
from tests.mutation.mutants import Mutant
from tests.mutation.targets import GOAL, ROOT
from tests.mutation.trials import Trial


@dataclass(frozen=True)
class Score:
    """What became of the mutants of a target: how many there are, and how many of those tried were killed."""

    name: str
    there_are: int
    tried: int
    killed: int
    equivalent: int
    measured: str = ""

    @classmethod
    def of(cls, name: str, there_are: int, trials: Iterable[Trial], measured: str = "") -> Score:
        """Count the trials."""
        kinds = Counter("equivalent" if is_equivalent(trial) else trial.outcome for trial in trials)
        return cls(name, there_are, kinds.total(), kinds["killed"], kinds["equivalent"], measured)

    @property
    def percent(self) -> float:
        """Of those tried that are another program, the share that was killed."""
        different = self.tried - self.equivalent
        return 100 * self.killed / different if different else 100.0

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.percent >= GOAL

    @property
    def row(self) -> str:
        """The score as a row of a Markdown table."""
        counts = f"{self.there_are:,} | {self.tried:,} | {self.killed:,} | {self.equivalent:,}"
        met = "yes" if self.is_met else "**no**"
        return f"| {self.name} | {counts} | {self.percent:.1f} % | ≥ {GOAL:g} % | {met} | {self.measured} |"


_HEAD = """\
| what | mutants | tried | killed | equivalent | score | goal | met | measured |
|---|---:|---:|---:|---:|---:|---:|---|---|"""

_PAGE = """\
# Mutation score

Measured by `make mutants`. A mutant is the program with one small fault: a comparison turned round, an argument left
out, a text changed. It is killed when a test fails. The score is the share of those tried that was killed; those that
do the same as the program, listed with their reasons in `tests/mutation/equivalents.py`, are left out of it.
`tests/mutation/targets.py` says which tests speak of which module. A seed drew those that were tried, unless all were.

{table}
"""


def table(rows: Iterable[str]) -> str:
    """The scores as a Markdown table."""
    return "\n".join([_HEAD, *rows])


def page(names: Iterable[str], rows: dict[str, str]) -> str:
    """The page of all scores that were ever measured, each the last time, in this order."""
    return _PAGE.format(table=table(rows[name] for name in names if name in rows))


def rows_of(path: Path) -> dict[str, str]:
    """The rows of the page as it stands, by the names of their targets."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    rows = [line for line in lines if line.startswith("| ")][1:]
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows}


def is_equivalent(trial: Trial) -> bool:
    """Whether the mutant survived because it does the same."""
    return trial.outcome != "killed" and key(trial.mutant) in EQUIVALENTS


def key(mutant: Mutant) -> tuple[str, str, str]:
    """The mutant as the list of equivalent ones names it."""
    return str(mutant.path.relative_to(ROOT)), *mutant.difference


def told(trial: Trial) -> str:
    """A mutant that was not killed, for the person who writes the test that is missing."""
    path, before, after = key(trial.mutant)
    lines = [f"- {line}" for line in before.splitlines()] + [f"+ {line}" for line in after.splitlines()]
    return "\n".join([f"{path}:{trial.mutant.lines.start}: {trial.outcome}", *(f"    {line}" for line in lines)])
