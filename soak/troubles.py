"""What is done to the register while people read and write. Each trouble says what was seen, or raises ``Fault``."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from soak.browsing import Browser
from soak.ledger import Ledger, Verdict, counted
from soak.people import TASKS, Run, log_in, read, write
from tests import lists
from tests.servers import postgresql
from tests.servers.programs import family
from tests.servers.register import ROOT, Register, add_staff, running
from tests.servers.standbys import READS, Server

#: Reviewers work alone here, so that what they save is there at once.
_RULES = 'from friendship.models import Policy; Policy.objects.filter(pk=1).update(own_changes="always")'
KILLED_EVERY = 5.0  # seconds
STOPPED_SECONDS = 8.0
FROZEN_SECONDS = 8.0
RECOVERED_WITHIN = 60.0
PAIRS = 2_000
WORKERS = 3
#: As initdb makes it.
DATABASE = "postgres"
FILE = "/relationships.csv?country=JP"
#: Debian's libfaketime; it tells processes another time than the machine has.
OTHER_CLOCK = "libfaketimeMT.so.1"


class Fault(Exception):
    """Something was not as it has to be."""


class Skipped(Exception):
    """Nothing to do it to, on this machine or in this version."""


@dataclass(frozen=True)
class World:
    """The register that is troubled, its database, and a folder for what is needed beside it."""

    register: Register
    primary: Server
    standby: Server
    folder: Path
    run: Run
    seconds: float  # for one trouble

    @property
    def databases(self) -> dict[str, str]:
        """What a web server is told of them."""
        return databases(self.primary, self.standby)


def workers_are_killed(world: World) -> str:
    """One worker after the other, without a word, in the middle of what it does."""
    killed, first = 0, world.register.process.pid
    end = world.run.now + world.seconds - KILLED_EVERY
    while world.run.now < end or not killed:
        _first, *workers = family(first)
        os.kill(workers[killed % len(workers)], signal.SIGKILL)
        killed += 1
        time.sleep(KILLED_EVERY)
    return f"{killed} workers killed with SIGKILL"


def database_is_stopped(world: World) -> str:
    """As by a loss of power (an immediate stop, and a recovery at the next start)."""
    with _away(world.primary, world.primary.stop):
        time.sleep(_long(world))
    return f"the primary away for {_long(world):g} s; asked again {_recovered(world):.1f} s after its start"


def database_is_frozen(world: World) -> str:
    """It takes connections and says nothing."""
    with postgresql.frozen(world.primary.url(DATABASE)):
        time.sleep(FROZEN_SECONDS)
    return f"the primary silent for {FROZEN_SECONDS:g} s; asked again {_recovered(world):.1f} s later"


def standby_is_killed(world: World) -> str:
    """Public pages are read from it; from the primary while it is dead; and from it again, by itself."""
    _used(world)
    primary = world.primary.asked(READS)
    with _away(world.standby, world.standby.kill):
        dead = world.run.now
        time.sleep(_long(world))
        for _again in range(WORKERS):
            read(world.run, Browser(world.run.url), FILE)
        answered = counted(world.run.ledger.between(dead, world.run.now))[Verdict.RIGHT]
        if world.primary.asked(READS) == primary:
            raise Fault("the primary was not read from while there was no standby")
    again = _used(world)
    return f"killed with SIGKILL; {answered} right answers without it; read from again {again:.1f} s after its start"


def import_is_killed(world: World) -> str:
    """In its transaction; then it is run again."""
    listed = world.folder / "pairs"
    listed.write_bytes(lists.pairs(PAIRS, 1))
    before = _ties(world)
    environment = {**world.register.environment, "PGAPPNAME": "soak-import"}
    command = [sys.executable, "manage.py", "import_relationships", str(listed)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as importing:
        while not world.primary.ask(_WRITES):
            if importing.poll() is not None:
                raise Fault("the import ended before it was killed")
            time.sleep(0.02)
        importing.kill()
    if (left := _ties(world) - before) != 0:
        raise Fault(f"a killed import has left {left} ties")
    world.register.manage("import_relationships", str(listed))
    added = _ties(world) - before
    if not added:
        raise Fault("the import did not go through afterwards")
    number = world.primary.ask("SELECT MAX(id) FROM friendship_importrun")
    world.register.manage("import_relationships", "--run", str(number), "--task", "undo")
    if (left := _ties(world) - before) != 0:
        raise Fault(f"an import that was taken back has left {left} ties")
    return f"killed while it wrote: 0 ties left; run again: {added} ties; taken back: 0 ties left"


#: Whether the import is within a transaction that has written.
_WRITES = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'soak-import' AND backend_xid IS NOT NULL"


def disk_is_full(world: World) -> str:
    """Of another register, on SQLite: its processes may make no file longer than it is (RLIMIT_FSIZE)."""
    folder = world.folder / "full"
    folder.mkdir()
    file = folder / "register.sqlite3"
    with running(folder, DATABASE_URL=f"sqlite:///{file}", WORKERS="1") as small:
        prepare(small)
        run = Run(small.url, Ledger())
        writer = Browser(small.url)
        log_in(writer, "reviewer")
        tasks = [task(50 + number) for number, task in enumerate(TASKS["reviewer"][1])]
        before = [write(run, writer, task) for task in tasks]
        with _no_room(small):
            read(run, Browser(small.url), "/relationships/?sort=founded")
            during = [write(run, writer, task) for task in tasks]
        after = [write(run, writer, task) for task in tasks]
        read(run, Browser(small.url), "/relationships/?sort=founded")
        found = marks(small)
    seen = (before, during, after)
    if seen != ([Verdict.RIGHT] * 2, [Verdict.UNAVAILABLE] * 2, [Verdict.RIGHT] * 2):
        raise Fault(f"writing before, during and after: {seen}; {run.ledger.asked}")
    if wrong := [each for each in run.ledger.asked if each.verdict == Verdict.WRONG]:
        raise Fault(f"answered wrongly: {wrong}")
    with closing(sqlite3.connect(file)) as database:
        [(said,)] = database.execute("PRAGMA integrity_check").fetchall()
    if said != "ok" or run.ledger.lost(found) or run.ledger.doubled(found):
        raise Fault(f"{said}; lost {run.ledger.lost(found)}, twice {run.ledger.doubled(found)}")
    return "SQLite: 2 saves refused with a 503 page, reading went on, saving again afterwards; integrity_check ok"


@contextmanager
def _away(server: Server, ends: Callable[[], None]) -> Iterator[None]:
    """A server ends like this, and is started again."""
    ends()
    try:
        yield
    finally:
        server.start()


def _long(world: World) -> float:
    return min(STOPPED_SECONDS, world.seconds / 3)


@contextmanager
def _no_room(register: Register) -> Iterator[None]:
    """Every process that serves it finds no room for a byte more."""
    serving = family(register.process.pid)
    limits = [(number, resource.prlimit(number, resource.RLIMIT_FSIZE)) for number in serving]
    for number, (_soft, hard) in limits:
        resource.prlimit(number, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for number, limit in limits:
            resource.prlimit(number, resource.RLIMIT_FSIZE, limit)


def clock_jumps(world: World) -> str:
    """Second servers on the same database whose clocks are an hour ahead and an hour behind; one session on all."""
    library = next(iter(sorted(Path("/usr/lib").glob(f"*/faketime/{OTHER_CLOCK}"))), None)
    if library is None:
        raise Skipped("apt-get install -y --no-install-recommends libfaketime")
    writer, wanted = Browser(world.run.url), []
    log_in(writer, "reviewer")
    for tie, jump in ((40, "+3600s"), (41, "-3600s")):
        folder = world.folder / f"clock{jump}"
        folder.mkdir()
        variables = {"WORKERS": "1", "LD_PRELOAD": str(library), "FAKETIME": jump}
        with running(folder, **world.databases, **variables) as other:
            run = Run(other.url, world.run.ledger, began=world.run.began, said=world.run.said)
            writer.url = other.url
            read(run, Browser(other.url), "/relationships/?sort=founded")
            wanted += [write(run, writer, task(tie)) for task in TASKS["reviewer"][1]]
    run, writer.url = world.run, world.run.url
    wanted += [write(run, writer, task(41)) for task in TASKS["reviewer"][1]]
    if wanted != [Verdict.RIGHT] * len(wanted):
        raise Fault(f"writing under another clock: {wanted}")
    return f"servers an hour ahead, an hour behind, and right again: {len(wanted)} saves, one session, lists as before"


def databases(primary: Server, standby: Server) -> dict[str, str]:
    """The variables that name both to a web server."""
    return {"DATABASE_URL": primary.url(DATABASE), "DATABASE_REPLICA_URLS": standby.url(DATABASE)}


def prepare(register: Register) -> None:
    """The staff of a run."""
    add_staff(register)
    register.manage("shell", "--no-imports", "--command", _RULES)


TROUBLES: dict[str, Callable[[World], str]] = {
    "workers are killed": workers_are_killed,
    "the database is stopped": database_is_stopped,
    "the database is frozen": database_is_frozen,
    "a standby is killed": standby_is_killed,
    "an import is killed": import_is_killed,
    "the disk is full": disk_is_full,
    "the clock jumps": clock_jumps,
}
#: While these last, and until the primary is asked again, people may be told that the register cannot be read.
MAY_BE_AWAY = {"the database is stopped", "the database is frozen"}


# --- looking ----------------------------------------------------------------------------------------------------------


def _recovered(world: World) -> float:
    """Seconds until what only the primary may answer comes eight times in a row, so from several threads and workers.

    The form for corrections reads a tie, and never from a standby.
    """
    began, in_a_row = time.monotonic(), 0
    browser = Browser(world.run.url)
    while in_a_row < 8:
        answer = browser.get("/relationships/1/suggest/")
        in_a_row = in_a_row + 1 if answer is not None and answer.status == HTTPStatus.OK else 0
        if time.monotonic() - began > RECOVERED_WITHIN:
            raise Fault(f"not read again within {RECOVERED_WITHIN:g} s")
    return time.monotonic() - began


def _used(world: World) -> float:
    """Seconds until the standby is read from: files are asked for, which are read from a database every time."""
    began, before = time.monotonic(), world.standby.asked(READS)
    while world.standby.asked(READS) == before:
        if time.monotonic() - began > RECOVERED_WITHIN:
            raise Fault(f"the standby is not read from within {RECOVERED_WITHIN:g} s")
        read(world.run, Browser(world.run.url), FILE)
        time.sleep(0.2)
    return time.monotonic() - began


def _ties(world: World) -> int:
    return int(world.primary.ask("SELECT COUNT(*) FROM friendship_relationship"))


_MARKS = """
import collections, json, re
from friendship.models import Event, Proposal, Relationship, Suggestion
texts = [*Event.objects.values_list("text_zh", flat=True), *Suggestion.objects.values_list("wrong", flat=True)]
texts += [*Proposal.objects.values_list("note", flat=True)]
written = Relationship.history.order_by("id", "history_date", "history_id").values_list("id", "note_zh")
notes = dict.fromkeys(written)  # a note stays in later versions: it counts once for each tie
texts += [note for _tie, note in notes]
print(json.dumps(collections.Counter(mark for text in texts for mark in re.findall(r"soak\\d+x", text))))
"""


def marks(register: Register) -> dict[str, int]:
    """How often each mark stands in what the register holds."""
    found: dict[str, int] = json.loads(register.manage("shell", "--no-imports", "--command", _MARKS))
    return found
