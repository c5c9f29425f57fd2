"""Trying mutants: does a test that reaches the fault fail?

A fault in a function is put into a running session of pytest that has collected the tests: a fork of it exchanges
the code of the function. A fault in what runs on import needs the register imported around it: a fork of this process,
which has Django and what else takes long to import, but nothing of ours. All have a copy of a database that was
migrated once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.mutation.mutants import Mutant
from tests.mutation.planting import Finder, exchange, is_exchangeable
from tests.mutation.sessions import (
    NOT_TRIED,
    PYTEST,
    Chosen,
    Session,
    Watch,
    copy_database,
    forked,
    limit_memory,
    make_database,
    run_tests,
    wait,
)

_IMPORTED_ONCE = (
    *("django.contrib.admin", "django.test", "django_filters", "drf_spectacular", "openpyxl", "pypinyin"),
    *("rest_framework", "simple_history"),
)
#: Times, and seconds: what runs so much longer than its tests did is caught as well.
_SLOWER, _AT_LEAST = 10, 60


@dataclass
class Baseline:
    """What the tests do without a fault: how long each takes, and which of them reach a line of a file."""

    seconds: dict[str, float]
    reached: dict[Path, dict[int, set[str]]] = field(default_factory=dict)

    def runs_on_import(self, mutant: Mutant) -> bool:
        """Whether the lines of the mutant run before any test does."""
        return "" in self._reach(mutant)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that may notice the mutant, quick ones first: those that reach its lines.

        What a line does that runs on import may be seen by any test, also by one that runs no line of the file.
        """
        found = self._reach(mutant)
        if "" in found:
            found = set(self.seconds)
        return sorted(found - {""}, key=lambda test: (self.seconds.get(test, 0.0), test))

    def _reach(self, mutant: Mutant) -> set[str]:
        reached = self.reached[mutant.path]
        return set().union(*(reached.get(line, set()) for line in mutant.lines))


@dataclass(frozen=True)
class Trial:
    """A mutant with what became of it: ``killed``, ``survived``, or ``unreached`` where no test comes by."""

    mutant: Mutant
    outcome: str


def prepare(folder: Path) -> None:
    """Import what all trials share, and make the database and the static files that they copy."""
    for name in _IMPORTED_ONCE:
        import_module(name)
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    database = folder / "migrated.sqlite3"
    if wait(forked(lambda: make_database(database))):
        raise RuntimeError("The database of the trials could not be made.")
    copy_database(database)


def baseline(tests: Iterable[str], paths: Iterable[Path], folder: Path) -> Baseline:
    """Run the tests without a fault, in the way that mutants are tried: all must pass."""
    data, times = folder / "coverage", folder / "seconds.json"
    data.unlink(missing_ok=True)
    arguments = ("--cov=friendship", "--cov-context=test", "--cov-report=", *PYTEST, *tests)

    def run() -> int:
        os.environ["COVERAGE_FILE"] = str(data)
        watch = Watch()
        status = run_tests(arguments, watch)
        times.write_text(json.dumps(watch.seconds), "utf-8")
        return status

    log = folder / "baseline.log"
    if wait(forked(run, log=log)):
        raise RuntimeError(f"The tests fail without a fault:\n{log.read_text('utf-8')}")
    return Baseline(json.loads(times.read_text("utf-8")), {path: _reached(data, path) for path in paths})


def try_all(mutants: Sequence[Mutant], base: Baseline, tests: Sequence[str], processes: int) -> Iterator[Trial]:
    """Try the mutants, so many at once, and tell of each when it is done."""
    yield from (Trial(mutant, "unreached") for mutant in mutants if not base.tests_of(mutant))
    reached = [mutant for mutant in mutants if base.tests_of(mutant)]
    in_functions = [mutant for mutant in reached if not base.runs_on_import(mutant) and is_exchangeable(mutant)]
    anew = [mutant for mutant in reached if mutant not in in_functions]
    yield from _try(anew, base, processes, _start_anew)
    if in_functions:
        yield from _try_in_session(in_functions, base, tests, processes)


def _try(
    mutants: Iterable[Mutant], base: Baseline, processes: int, start: Callable[[Mutant, list[str]], int]
) -> Iterator[Trial]:
    running: dict[int, tuple[Mutant, float]] = {}
    for mutant in mutants:
        while len(running) >= processes:
            yield from _ended(running)
        tests = base.tests_of(mutant)
        seconds = _AT_LEAST + _SLOWER * sum(base.seconds.get(test, 0.0) for test in tests)
        running[start(mutant, tests)] = mutant, time.monotonic() + seconds
    while running:
        yield from _ended(running)


def _try_in_session(mutants: Sequence[Mutant], base: Baseline, tests: Sequence[str], processes: int) -> Iterator[Trial]:
    """The same in a session of pytest, which writes a line for each that is done: its number and what became of it."""
    numbers = {mutant: number for number, mutant in enumerate(mutants)}
    reader, writer = os.pipe()

    def run() -> int:
        def tell(session: pytest.Session) -> None:
            for trial in _try(mutants, base, processes, lambda *chosen: _start_in_session(session, *chosen)):
                os.write(writer, f"{numbers[trial.mutant]} {trial.outcome}\n".encode())

        return run_tests((*PYTEST, *tests), Session(tell))

    log = Path(tempfile.gettempdir(), "session.log")
    pid = forked(run, log=log)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as lines:
        for line in lines:
            number, outcome = line.split()
            yield Trial(mutants[int(number)], outcome)
    if wait(pid):
        raise RuntimeError(f"The session that tries mutants has failed:\n{log.read_text('utf-8')}")


def _start_anew(mutant: Mutant, tests: list[str]) -> int:
    def run() -> int:
        limit_memory()
        sys.meta_path.insert(0, Finder(mutant))
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        try:
            return run_tests((*PYTEST, *files), Chosen(tests))
        except Exception:  # noqa: BLE001 (whatever it is: the register cannot even be imported, which is noticed)
            return 1

    return forked(run)


def _start_in_session(session: pytest.Session, mutant: Mutant, tests: list[str]) -> int:
    def run() -> int:
        limit_memory()
        exchange(mutant.path, mutant.code)
        session.items[:] = Chosen(tests).of(session.items)
        with suppress(session.Failed):
            session.config.hook.pytest_runtestloop(session=session)
        return min(session.testsfailed, 1)

    return forked(run)


def _ended(running: dict[int, tuple[Mutant, float]]) -> Iterator[Trial]:
    """Wait a little; those of the running that have ended, or run too long, are out."""
    time.sleep(0.02)
    for pid, (mutant, until) in list(running.items()):
        done, status = os.waitpid(pid, os.WNOHANG)
        if not done and time.monotonic() > until:
            os.killpg(pid, signal.SIGKILL)
            done, status = os.waitpid(pid, 0)
        if done:
            del running[pid]
            yield Trial(mutant, _outcome(os.waitstatus_to_exitcode(status)))


def _outcome(status: int) -> str:
    if status in (pytest.ExitCode.NO_TESTS_COLLECTED, NOT_TRIED):
        raise RuntimeError("A mutant was not tried: its tests were not found.")
    return "killed" if status else "survived"


def _reached(data: Path, path: Path) -> dict[int, set[str]]:
    """The tests that reach each line, as coverage saw them; an empty name stands for the import."""
    measured = CoverageData(str(data))
    measured.read()
    return {
        line: {context.rpartition("|")[0] for context in contexts}
        for line, contexts in measured.contexts_by_lineno(str(path)).items()
    }
