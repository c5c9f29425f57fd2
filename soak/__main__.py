"""``make soak``: ten minutes of reading and writing while things break; what was done to it, and what was lost.

``python -m soak --minutes 1`` is the short form. Exit status 1 where anything was lost, doubled, wrong or slow.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from soak.browsing import Browser
from soak.ledger import Ledger, Verdict, counted, percentile
from soak.people import READINGS, TASKS, TIES, Pace, Run, log_in, noted, read, reader, writer
from soak.troubles import MAY_BE_AWAY, TROUBLES, Fault, Skipped, World, marks, prepare
from tests.servers import postgresql
from tests.servers.register import ROOT, Register, running

MISSING = "no PostgreSQL: apt-get install -y --no-install-recommends postgresql"
MINUTES = 10.0
WORKERS = 3
READERS = 12  # as many threads as serve
WRITERS = {"reviewer": 2, "editor": 1, "visitor": 2}
SHARE = 0.8  # of the capacity
CAPACITY_SECONDS = 30.0
SLOW_SECONDS = 1.0  # 99 of 100 requests are faster, even while workers are killed
#: So that a database that is silent for some seconds is given up while it is; ten seconds are usual.
STATEMENT_SECONDS = 3


@dataclass(frozen=True)
class Told:
    """A line of the table: what was done, from when to when, what was seen, and what was wrong with it."""

    what: str
    begin: float
    end: float
    seen: str
    faults: list[str]


def main(arguments: list[str]) -> int:
    """Prepare a register, trouble it, and give an account."""
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long people read and write (10)")
    parser.add_argument("--only", choices=TROUBLES, action="append", help="this trouble alone; may be given again")
    options = parser.parse_args(arguments)
    programs = postgresql.programs()
    if programs is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory(prefix="soak.") as name, postgresql.cluster(programs, postgresql.DURABLE) as url:
        variables = {"DATABASE_URL": url, "WORKERS": str(WORKERS), "STATEMENT_SECONDS": str(STATEMENT_SECONDS)}
        with running(Path(name), **variables) as register:
            prepare(register)
            run = Run(register.url, Ledger())
            told = _troubled(register, run, programs, url, Path(name), options)
        return _account(register, run, told)  # the server has ended: what is there is in the database


def _troubled(
    register: Register, run: Run, programs: Path, url: str, folder: Path, options: argparse.Namespace
) -> list[Told]:
    seconds = options.minutes * 60
    _say(f"{_learned(run)} addresses were read for what they have to say again.")
    begin = run.now
    capacity = _capacity(run, min(CAPACITY_SECONDS, seconds / 10))
    _say(f"{capacity:.0f} requests a second by {READERS} readers; from now on {SHARE:.0%} of it, and people write.")
    chosen = {name: TROUBLES[name] for name in options.only or TROUBLES}
    each = (seconds - (run.now - begin)) / (len(chosen) + 1)
    told = []
    with _people(run, capacity * SHARE):
        time.sleep(each / 2)
        told.append(_told(run, "nothing", 0, "reading and writing", []))
        for name, trouble in chosen.items():
            begin, faults = run.now, []
            try:
                seen = trouble(World(register, programs, url, folder, run, each))
            except Skipped as reason:
                seen = f"NOT DONE: {reason}"
            except Exception as error:  # noqa: BLE001 (whatever it is, the others are done as well and it is told)
                seen, faults = (
                    "",
                    [str(error) if isinstance(error, Fault) else f"{type(error).__name__}: {error}"[:2_000]],
                )
            time.sleep(max(0.0, begin + each - run.now))
            told.append(_told(run, name, begin, seen, faults))
        time.sleep(each / 2)
    return told


def _learned(run: Run) -> int:
    """How many addresses there are; each is asked once, before anybody writes."""
    paths = {path.format(tie=tie) for path in READINGS for tie in TIES}
    for path in sorted(paths):
        read(run, Browser(run.url), path)
    return len(paths)


def _capacity(run: Run, seconds: float) -> float:
    """Requests a second that all readers together get without a pause."""
    warming = Run(run.url, run.ledger, run.began, said=run.said)
    begin = run.now
    with _threads(
        warming,
        [threading.Thread(target=noted, args=(warming, reader, warming, None, seed)) for seed in range(READERS)],
    ):
        time.sleep(seconds)
    return len(run.ledger.between(begin, begin + seconds)) / seconds


@contextmanager
def _people(run: Run, a_second: float) -> Iterator[None]:
    pace = Pace(a_second)
    threads = [threading.Thread(target=noted, args=(run, reader, run, pace, seed)) for seed in range(READERS)]
    names = [name for name, many in WRITERS.items() for _each in range(many)]
    for number, name in enumerate(names):
        browser = Browser(run.url)
        if account := TASKS[name][0]:
            log_in(browser, account)
        own = TIES[number :: len(names)]
        threads.append(threading.Thread(target=noted, args=(run, writer, run, browser, name, own)))
    with _threads(run, threads):
        yield


@contextmanager
def _threads(run: Run, threads: list[threading.Thread]) -> Iterator[None]:
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        run.over.set()
        for thread in threads:
            thread.join()


# --- the account ------------------------------------------------------------------------------------------------------


def _told(run: Run, what: str, begin: float, seen: str, faults: list[str]) -> Told:
    """One trouble with the requests of its time."""
    end = run.now
    asked = run.ledger.between(begin, end)
    count = counted(asked)
    slowest = percentile((each.seconds for each in asked if not each.what.endswith(": form")), 0.99)
    read_twice = sum(each.retried for each in asked)
    line = f"{len(asked)} requests, p99 {slowest * 1000:.0f} ms"
    if read_twice:
        line += f", {read_twice} asked again"
    if count[Verdict.UNAVAILABLE]:
        line += f", {count[Verdict.UNAVAILABLE]} told to come back"
    if count[Verdict.UNAVAILABLE] and what not in MAY_BE_AWAY:
        faults.append(f"{count[Verdict.UNAVAILABLE]} were told that the register cannot be read")
    if slowest > SLOW_SECONDS and what not in MAY_BE_AWAY:
        faults.append(f"p99 {slowest:.2f} s")
    if unanswered := [each for each in asked if each.verdict == Verdict.UNANSWERED and not each.what.endswith("sent")]:
        faults.append(f"{len(unanswered)} without an answer, asked twice")
    faults += [f"{each.what} at {each.at:.0f} s: {each.detail}" for each in asked if each.verdict == Verdict.WRONG][:5]
    told = Told(what, begin, end, f"{seen}; {line}" if seen else line, faults)
    _say(f"{begin:6.0f} – {end:4.0f} s  {what}: {told.seen}" + "".join(f"\n    FAULT: {fault}" for fault in faults))
    return told


def _account(register: Register, run: Run, told: list[Told]) -> int:
    """What is there, and what is not; the exit status."""
    ledger, found = run.ledger, marks(register)
    lost, doubled = ledger.lost(found), ledger.doubled(found)
    there = sum(1 for mark in ledger.in_doubt if found.get(mark))
    wrong = counted(ledger.asked)[Verdict.WRONG]
    problems = [fault for each in told for fault in each.faults]
    kinds = sorted(set(ledger.promised.values()))
    saved = ", ".join(f"{list(ledger.promised.values()).count(kind)} × {kind}" for kind in kinds)
    _say(f"Saved and confirmed: {len(ledger.promised)} ({saved}). Lost: {len(lost)} {lost or ''}".rstrip())
    _say(
        f"Sent without a confirmation: {len(ledger.in_doubt)}, of which {there} are there. Twice there: {len(doubled)}."
    )
    _say(f"Answers: {len(ledger.asked)}, wrong ones: {wrong}.")
    problems += [f"lost: {lost}"] if lost else []
    problems += [f"twice: {doubled}"] if doubled else []
    problems += [f"{wrong} wrong answers"] if wrong else []
    problems += _checked(register)
    for problem in problems:
        _say(f"FAULT: {problem}")
    _say("FAILED." if problems else "Nothing was lost.")
    return 1 if problems else 0


def _checked(register: Register) -> list[str]:
    """The audit, and a backup that is restored into an empty place and measured there."""
    problems = []
    audit = _manage(register, "audit", "--language", "en")
    _say(f"Audit: {audit.stdout.strip().splitlines()[-1] if audit.stdout.strip() else audit.stderr}")
    problems += [] if audit.returncode == 0 else ["the audit is not clean"]
    backup = _manage(register, "backup", str(register.log.parent), "--verify", "--language", "en")
    _say(" ".join(backup.stdout.split()) or backup.stderr)
    return problems + ([] if backup.returncode == 0 else ["the backup does not come back as it was"])


def _manage(register: Register, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **register.environment}, capture_output=True, text=True, check=False
    )


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (its output)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
