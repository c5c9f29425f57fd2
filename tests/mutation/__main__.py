"""``make mutants``: plant faults, see whether the tests notice, and exit with 1 where a target misses the goal.

``ARGS="dates names"`` chooses targets, ``ARGS=--all`` tries every mutant instead of a sample of each target. The
scores are written to docs/mutation.md; those of the targets that were not chosen stay there as they are.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import sys
import tempfile
from itertools import islice
from pathlib import Path

from tests.mutation import report, trials
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.targets import GOAL, ROOT, SAMPLE, TARGETS, Target
from tests.servers.environment import production

_TOLD_AFTER = 25
REPORT = ROOT / "docs" / "mutation.md"


def main(arguments: list[str]) -> int:
    """Try the mutants and give the exit status."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="register-mutants-") as name:
        folder = Path(name)
        _use(folder / "var")
        trials.prepare(folder)
        chosen = [target for target in TARGETS if not options.targets or target.name in options.targets]
        scores = []
        for target in chosen:
            scores.append(score := _score(target, options, folder))
            _note(score)
    _say("\n" + report.table(score.row for score in scores))
    return 0 if all(score.is_met for score in scores) else 1


def _note(score: report.Score) -> None:
    """Write it down as soon as it is known: the next target may take an hour."""
    rows = report.rows_of(REPORT) | {score.name: score.row}
    REPORT.write_text(report.page([target.name for target in TARGETS], rows), "utf-8")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make mutants", description=f"Plant faults: the tests must notice {GOAL:g} %."
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(target.name for target in TARGETS))
    parser.add_argument("--all", action="store_true", help="every mutant, not a sample")
    parser.add_argument("--sample", type=int, default=SAMPLE, help=f"so many of each target (default: {SAMPLE})")
    parser.add_argument("--seed", type=int, default=1, help="chooses the sample (default: 1)")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="at once (default: one per core)")
    options = parser.parse_args(arguments)
    if unknown := set(options.targets) - {target.name for target in TARGETS}:
        parser.error(f"There is no target {', '.join(sorted(unknown))}.")
    return options


def _use(var_dir: Path) -> None:
    """Prepare the environment as tests/conftest.py does for its workers: each trial is one of them."""
    var_dir.mkdir()
    environment = production(
        var_dir, DJANGO_ALLOW_ASYNC_UNSAFE="true", PYTEST_XDIST_WORKER="mutants", TMPDIR=str(var_dir)
    )
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    # Compiled once for all trials, also where the environment forbids to leave that in the project's folders.
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(var_dir / "bytecode")


def _score(target: Target, options: argparse.Namespace, folder: Path) -> report.Score:
    paths = list(target.paths)
    found = [mutant for path in paths for mutant in mutants_of(path)]
    sample = _sample(found, options)
    _say(f"\n{target.name}: {len(sample)} of {len(found)} mutants, seed {options.seed}")
    base = trials.baseline(target.tests, paths, folder)
    done = []
    for trial in trials.try_all(sample, base, target.tests, options.processes):
        done.append(trial)
        if trial.outcome != "killed" and not report.is_equivalent(trial):
            _say(report.told(trial))
        if len(done) % _TOLD_AFTER == 0:
            _say(f"{len(done)} tried, {sum(trial.outcome == 'killed' for trial in done)} killed")
    how = "all" if options.all else f"seed {options.seed}"
    return report.Score.of(target.name, len(found), done, f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}, {how}")


def _sample(found: list[Mutant], options: argparse.Namespace) -> list[Mutant]:
    """So many of them, drawn by the seed, that are another program, in the order drawn."""
    order = list(range(len(found)))
    random.Random(options.seed).shuffle(order)  # noqa: S311 (a sample, not a secret)
    valid = (number for number in order if found[number].is_valid)
    most = len(found) if options.all else options.sample
    return [found[number] for number in islice(valid, most)]


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (its output)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
