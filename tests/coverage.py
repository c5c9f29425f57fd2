"""``make coverage``: run the tests that need no browser, on SQLite, and see which branches of the code they take.

Prints the files that miss the goal and the total, and exits with 1 when a test fails or the total misses it. Processes
that the tests start are seen as well, but for those that are killed: the tests take at least what is told.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.__main__ import PYTEST, WITHOUT_BROWSER

#: In percent, of all branches.
GOAL = 95.0


@dataclass(frozen=True)
class Covered:
    """What the tests take of a file, or of all: its branches, and the lines and branches that none takes."""

    name: str
    taken: int
    branches: int
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, told: dict[str, Any]) -> Covered:
        """Read an entry of coverage's own report."""
        summary = told.get("summary", told.get("totals", {}))
        lines = [str(line) for line in told.get("missing_lines", ())]
        jumps = [f"{start}→{'end' if end < 0 else end}" for start, end in told.get("missing_branches", ())]
        return cls(name, summary["covered_branches"], summary["num_branches"], (*lines, *jumps))

    @property
    def percent(self) -> float:
        """The share of branches that is taken; a file without branches misses none."""
        return 100 * self.taken / self.branches if self.branches else 100.0

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.percent >= GOAL

    def __str__(self) -> str:
        counts = f"{self.percent:6.1f} %  {self.taken:5,} of {self.branches:5,}"
        return f"{counts}  {self.name}  {' '.join(self.missing)}".rstrip()


def main(arguments: list[str]) -> int:
    """Run the tests, print what is missing and give the exit status."""
    command = [sys.executable, *PYTEST, *WITHOUT_BROWSER, "--cov", "--cov-report="]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        tests = subprocess.run([*command, f"--cov-report=json:{report}", *arguments], check=False)
        if not report.exists():
            return 1  # pytest has said why
        files, total = read(json.loads(report.read_text("utf-8")))
    for line in table(files, total):
        print(line)  # noqa: T201 (its output)
    return 0 if total.is_met and not tests.returncode else 1


def read(report: dict[str, Any]) -> tuple[list[Covered], Covered]:
    """Each file, and the total, of coverage's report in JSON."""
    return [Covered.of(name, told) for name, told in report["files"].items()], Covered.of("in all", report)


def table(files: list[Covered], total: Covered) -> Iterator[str]:
    """The files that miss the goal, those that miss most first, and the total."""
    yield f"Branches taken, of files below {GOAL:g} %, with the lines and branches that no test takes:"
    yield from (str(file) for file in sorted(files, key=lambda file: (file.percent, file.name)) if not file.is_met)
    yield f"{total} (goal: {GOAL:g} %)"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
