"""PostgreSQL with streaming standbys, each a throwaway cluster reached by a socket only."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from tests.servers import postgresql, programs

#: Every statement stands in the log, so that a test can count who was asked.
_OPTIONS = {"log_statement": "all", "synchronous_commit": "on", "wal_receiver_status_interval": "1"}
_PATIENCE = 30.0
#: A file is read from the database at every request, in a transaction that begins with these words.
FILE = "/relationships.csv"
READS = "REPEATABLE READ READ ONLY"


@dataclass
class Server:
    """A primary or a standby."""

    programs: Path
    folder: Path

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgres://postgres@{quote(str(self.folder), safe='')}/{name}"

    def start(self) -> None:
        postgresql.start(self.programs, self.folder, **_OPTIONS)

    def stop(self) -> None:
        """As a machine that loses its power."""
        postgresql.stop(self.programs, self.folder)

    def kill(self) -> None:
        """All of its processes at once, with SIGKILL: none can tidy up behind another."""
        processes = postgresql.processes(self.folder)
        for process in processes:
            os.kill(process, signal.SIGKILL)
        _wait(lambda: not any(_is_there(process) for process in processes))  # or it would not be started again

    def is_running(self) -> bool:
        """Whether its first process lives; who was killed has left the file that names it."""
        named = self.folder / "data" / "postmaster.pid"
        return named.exists() and _is_there(int(named.read_text().split()[0]))

    def ask(self, statement: str, *values: object, name: str = "postgres") -> Any:
        """The one value of the one row that answers; None where there is none."""
        connection = psycopg2.connect(dbname=name, user="postgres", host=str(self.folder))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                row = cursor.fetchone() if cursor.description else None
                return row[0] if row else None
        finally:
            connection.close()

    def asked(self, words: str) -> int:
        """How many statements with those words it was asked since it was first started."""
        with (self.folder / "log").open(encoding="utf-8", errors="replace") as lines:
            return sum(words in line for line in lines if "LOG:  statement:" in line)

    def pause(self) -> None:
        """Receive, and replay nothing."""
        self.ask("SELECT pg_wal_replay_pause()")
        _wait(lambda: self.ask("SELECT pg_get_wal_replay_pause_state()") == "paused")

    def resume(self) -> None:
        self.ask("SELECT pg_wal_replay_resume()")

    def promote(self) -> None:
        """Make it a primary."""
        self.ask("SELECT pg_promote(true, 30)")
        _wait(lambda: not self.ask("SELECT pg_is_in_recovery()"))

    def follow(self, primary: Server) -> None:
        """Stream from another primary."""
        self.ask(f"ALTER SYSTEM SET primary_conninfo = 'user=postgres host={primary.folder}'")
        self.ask("SELECT pg_reload_conf()")

    def rebuild(self, primary: Server) -> None:
        """Make it a standby of another primary, whatever it held."""
        if self.is_running():
            self.stop()
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        how = ("--host", primary.folder, "--username", "postgres", "--checkpoint", "fast", "--no-sync")
        postgresql.run(self.programs, self.folder, "pg_basebackup", *how, "--write-recovery-conf")
        self.start()

    def catch_up(self, primary: Server) -> None:
        """Wait until it has replayed everything."""
        position = primary.ask("SELECT pg_current_wal_insert_lsn()")
        _wait(lambda: self.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position))


@contextmanager
def servers(number: int, options: Mapping[str, str] = postgresql.OPTIONS) -> Iterator[list[Server]]:
    """Start a primary and so many standbys; the primary is the first."""
    found = postgresql.programs()
    assert found is not None
    with ExitStack() as stack:
        made = [Server(found, stack.enter_context(programs.folder("pg."))) for _number in range(number + 1)]
        stack.callback(_end, made)
        primary, *standbys = made
        postgresql.run(found, primary.folder, "initdb", *postgresql.INITIAL)
        postgresql.configure(primary.folder, options)
        primary.start()
        for standby in standbys:
            standby.rebuild(primary)
        yield made


def _end(made: list[Server]) -> None:
    for server in made:
        if server.is_running():
            server.stop()


def _is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _wait(is_so: Any) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
