"""Whole lists in and out: how long an import takes, and how much memory imports and exports need."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Figure
from bench.processes import memory
from tests import lists
from tests.servers import postgresql
from tests.servers.environment import production
from tests.servers.register import ROOT

#: As many ties as Wikipedia lists, and what they may cost on two cores: as pairs, and in tables that say more.
MANY = 26_000
SECONDS, OTHER_SECONDS = 20, 60
IMPORT_MEMORY = 400  # MB
#: Four times as many in proportion: under so many times the time.
MORE, TIMES = 100_000, 4.5
#: What an export may need beyond a Django process that does nothing.
MOST, EXPORT_MEMORY = 1_000_000, 100  # MB
FORMS = ("csv", "json", "geojson")
#: What is imported, by what a row of it is called.
KINDS: Mapping[str, Callable[[int, int], bytes]] = {
    "pairs": lists.pairs,
    "rows of the national register": lists.cpaffc,
    "results of Wikidata": lists.wikidata,
    "rows of an office’s table": lists.office,
}
SEED = 1

MISSING = "no PostgreSQL: apt-get install -y --no-install-recommends postgresql"

_MEGABYTE = 1_000_000
_LOOK_EVERY = 0.02  # seconds between two looks at a process
_CREATED_AT_LEAST = 0.9  # a benchmark of rejected rows would be none


@dataclass(frozen=True)
class Run:
    """One run of a command: its time, the most memory it held, and what it said.

    ``resident`` counts pages of files that the system maps for it as well (SQLite may read that way), ``anonymous``
    only what is the process’s own.
    """

    seconds: float
    resident: float  # MB
    anonymous: float  # MB
    output: str = ""


@dataclass(frozen=True)
class Database:
    """A register’s database without a server around it."""

    folder: Path
    environment: Mapping[str, str]

    def manage(self, *arguments: str) -> Run:
        """Run a command on it to its end. Raises ``RuntimeError`` with its complaints where it fails."""
        return run([sys.executable, "manage.py", *arguments], self.environment)


def imports(many: int = MANY, more: int = MORE) -> list[Figure]:
    """A full-size list of each kind into a fresh register, one on PostgreSQL as well, and one four times as long."""
    in_sqlite = {name: _imported(name, many, sqlite) for name in KINDS}
    in_postgresql, large = _imported("pairs", many, on_postgresql), _imported("pairs", more, sqlite)
    times = large.seconds / in_sqlite["pairs"].seconds
    return [
        *(figure for name, done in in_sqlite.items() for figure in _import_figures(many, name, "SQLite", done)),
        *_import_figures(many, "pairs", "PostgreSQL", in_postgresql),
        Figure(f"{more:,} pairs, SQLite: time", large.seconds, "s"),
        Figure(f"{more:,} pairs, SQLite: times the time of {many:,}", times, "", TIMES),
        Figure(f"{more:,} pairs, SQLite: peak memory", large.resident, "MB"),
        Figure(f"{more:,} pairs, SQLite: of it anonymous", large.anonymous, "MB"),
    ]


def exports(rows: int = MOST) -> list[Figure]:
    """All ties of a register of made-up ones, in every form on SQLite, and as CSV on PostgreSQL."""
    return [*_exported(rows, sqlite, "SQLite", FORMS), *_exported(rows, on_postgresql, "PostgreSQL", FORMS[:1])]


def _import_figures(many: int, kind: str, database: str, done: Run) -> list[Figure]:
    what = f"{many:,} {kind}, {database}"
    return [
        Figure(f"{what}: time", done.seconds, "s", SECONDS if kind == "pairs" else OTHER_SECONDS),
        Figure(f"{what}: peak memory", done.resident, "MB", IMPORT_MEMORY),
        Figure(f"{what}: of it anonymous", done.anonymous, "MB"),
    ]


def _imported(kind: str, count: int, database: Callable[[], AbstractContextManager[Database]]) -> Run:
    with database() as register:
        listed, report = register.folder / "list", register.folder / "report.json"
        listed.write_bytes(KINDS[kind](count, SEED))
        register.manage("migrate", "--verbosity", "0")
        done = register.manage("import_relationships", str(listed), "--report", str(report))
        created = json.loads(report.read_text("utf-8"))["created"]
    if created < _CREATED_AT_LEAST * count:
        raise RuntimeError(f"Only {created} of {count} {kind} were created.")
    return done


def _exported(
    rows: int, database: Callable[[], AbstractContextManager[Database]], name: str, forms: Sequence[str]
) -> Iterator[Figure]:
    with database() as register:
        register.manage("migrate", "--verbosity", "0")
        register.manage("generate", "--relationships", str(rows), "--seed", str(SEED))
        bare = register.manage("check")
        yield Figure(f"{name}: a process that only starts, peak memory", bare.resident, "MB")
        for form in forms:
            output = register.folder / f"ties.{form}"
            done = register.manage("export_relationships", "--format", form, "--output", str(output))
            what = f"{rows:,} ties as {form}, {name}"
            yield Figure(f"{what}: time", done.seconds, "s")
            yield Figure(f"{what}: size", output.stat().st_size / _MEGABYTE, "MB")
            yield Figure(f"{what}: peak memory above that process", done.resident - bare.resident, "MB", EXPORT_MEMORY)
            yield Figure(f"{what}: anonymous memory in all", done.anonymous, "MB")
            output.unlink()


# --- databases --------------------------------------------------------------------------------------------------------


@contextmanager
def sqlite() -> Iterator[Database]:
    """An empty SQLite database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield Database(Path(folder), production(Path(folder)))


@contextmanager
def on_postgresql() -> Iterator[Database]:
    """An empty database in a PostgreSQL cluster of its own. Ends the benchmark where there is no PostgreSQL."""
    programs = postgresql.programs()
    if programs is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as folder, postgresql.cluster(programs) as url:
        yield Database(Path(folder), production(Path(folder), DATABASE_URL=url))


# --- processes --------------------------------------------------------------------------------------------------------


def run(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a command and look at its memory meanwhile. Raises ``RuntimeError`` where it fails."""
    with tempfile.TemporaryFile() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        resident, anonymous = _watched(process)
        seconds = time.perf_counter() - begun
        output.seek(0)
        said = output.read().decode(errors="replace")
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{said}")
    return Run(seconds, resident / _MEGABYTE, anonymous / _MEGABYTE, said)


def _watched(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Wait for a process, and give the most resident and the most anonymous memory seen, in bytes.

    The kernel’s own record of the peak (``ru_maxrss``) also counts what this process held when it started the other.
    """
    resident = anonymous = 0
    while process.poll() is None:
        held = memory(process.pid)
        resident, anonymous = max(resident, held.get("VmHWM", 0)), max(anonymous, held.get("RssAnon", 0))
        time.sleep(_LOOK_EVERY)
    return resident, anonymous
