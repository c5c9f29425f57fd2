"""``make soak``: ten minutes of reading and writing while things break; what was done to it, and what was lost.

``python -m soak --minutes 1`` is the short form. Exit status 1 where anything was lost, doubled, wrong or slow.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from soak.account import Step, final, p99, say, told
from soak.browsing import Browser
from soak.ledger import Ledger
from soak.people import READINGS, SENT, TASKS, TIES, Pace, Run, log_in, noted, read, reader, writer
from soak.troubles import TROUBLES, WORKERS, Fault, Skipped, World, databases, prepare
from tests.servers import postgresql, standbys
from tests.servers.programs import end_with_what_was_started
from tests.servers.register import running

MISSING = "no PostgreSQL: apt-get install -y --no-install-recommends postgresql"
MINUTES = 10.0
READERS = 12  # as many threads as serve
WRITERS = {"reviewer": 2, "editor": 1, "visitor": 2}
NOTHING = "nothing"
SHARE = 0.8  # of the capacity
CAPACITY_SECONDS = 30.0
#: So that a database that is silent for some seconds is given up while it is; ten seconds are usual.
STATEMENT_SECONDS = 3
#: As docs/operations.md wants standbys; and one that was away finds what it has missed.
DATABASES = postgresql.DURABLE | {"hot_standby_feedback": "on", "wal_keep_size": "256MB"}


@dataclass(frozen=True)
class Capacity:
    """What was read and sent a second by all people together while no reader paused, and how fast."""

    read: float
    sent: float
    p99: float
    load: float  # of the machine, with our own

    def __str__(self) -> str:
        found = f"Capacity: {self.read:.1f} read and {self.sent:.1f} sent a second, p99 {self.p99 * 1000:.0f} ms"
        return f"{found}, the machine's load {self.load:.1f},"


def main(arguments: list[str]) -> int:
    """Prepare a register, trouble it, and give an account."""
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long people read and write (10)")
    parser.add_argument("--only", choices=TROUBLES, action="append", help="this trouble alone; may be given again")
    options = parser.parse_args(arguments)
    if postgresql.programs() is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory(prefix="soak.") as name, standbys.servers(1, DATABASES) as (primary, standby):
        variables = {**databases(primary, standby), "WORKERS": str(WORKERS)}
        with running(Path(name), **variables, STATEMENT_SECONDS=str(STATEMENT_SECONDS)) as register:
            prepare(register)
            run = Run(register.url, Ledger())
            world = partial(World, register, primary, standby, Path(name), run)
            steps = _troubled(run, world, options.minutes * 60, options.only or list(TROUBLES))
        return final(register, run.ledger, steps)  # the server has ended: what is there is in the database


def _troubled(run: Run, world: partial[World], seconds: float, troubles: Sequence[str]) -> list[Step]:
    say(f"{_learned(run)} addresses were read for what they have to say again.")
    begin = run.now
    capacity = _capacity(run, min(CAPACITY_SECONDS, seconds / 10))
    say(f"{capacity} by {READERS} readers and {sum(WRITERS.values())} who write; from now on {SHARE:.0%} of it.")
    each = (seconds - 2 * (run.now - begin)) / (len(troubles) + 1)
    with _people(run, Pace(capacity.read * SHARE), Pace(capacity.sent * SHARE)):
        steps = [_step(run, world(each), name) for name in (NOTHING, *troubles)]
    end = _capacity(run, min(CAPACITY_SECONDS, seconds / 10))
    say(f"{end} in the end; what was to be read meanwhile is {capacity.read * SHARE / end.read:.0%} of it.")
    return steps


def _step(run: Run, world: World, name: str) -> Step:
    """Make a trouble, and let people go on until its time is over."""
    begin, seen, faults = run.now, "", []
    try:
        seen = TROUBLES[name](world) if name != NOTHING else "reading and writing"
    except Skipped as reason:
        seen = f"NOT DONE: {reason}"
    except Fault as fault:
        faults = [str(fault)]
    except Exception as error:  # noqa: BLE001 (whatever it is, the others are done as well and it is told)
        faults = [f"{type(error).__name__}: {error}"[:2_000]]
    mended = run.now
    time.sleep(max(0.0, begin + world.seconds - mended))
    step = Step(name, begin, mended, run.now, seen, faults)
    told(step, run.ledger)
    return step


def _learned(run: Run) -> int:
    """How many addresses there are; each is asked once, before anybody writes."""
    paths = {path.format(tie=tie) for path in READINGS for tie in TIES}
    for path in sorted(paths):
        read(run, Browser(run.url), path)
    return len(paths)


def _capacity(run: Run, seconds: float) -> Capacity:
    """What can be had of reading and writing together.

    Reading alone would say much more: what is written makes every kept page old, and costs more than a page.
    """
    free = Run(run.url, run.ledger, run.began, said=run.said)
    with _people(free):
        time.sleep(seconds / 4)  # every worker has made its first pages
        begin = run.now
        time.sleep(seconds)
    asked = run.ledger.between(begin, begin + seconds)
    sent = sum(each.what.endswith(SENT) for each in asked)
    return Capacity(max(1, len(asked) - sent) / seconds, max(1, sent) / seconds, p99(asked), os.getloadavg()[0])


@contextmanager
def _people(run: Run, reading: Pace | None = None, writing: Pace | None = None) -> Iterator[None]:
    """Readers and people who write, each kind at its pace or as fast as it goes."""
    threads = [threading.Thread(target=noted, args=(run, reader, run, reading, seed)) for seed in range(READERS)]
    names = [name for name, many in WRITERS.items() for _each in range(many)]
    for number, name in enumerate(names):
        browser = Browser(run.url)
        if account := TASKS[name][0]:
            log_in(browser, account)
        own = TIES[number :: len(names)]
        threads.append(threading.Thread(target=noted, args=(run, writer, run, writing, browser, name, own)))
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


if __name__ == "__main__":
    end_with_what_was_started()
    sys.exit(main(sys.argv[1:]))
