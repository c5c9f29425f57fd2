"""PostgreSQL with streaming standbys, each a throwaway cluster reached by a socket only."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
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

    def is_running(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()

    def ask(self, statement: str, *values: object, name: str = "postgres") -> Any:
        """The one value of the one row that answers; None where there is none."""
        connection = psycopg2.connect(dbname=name, user="postgres", host=str(self.folder))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]
        finally:
            connection.close()

    def asked(self, words: str) -> int:
        """How many statements with those words it was asked since it was first started."""
        lines = (self.folder / "log").read_text("utf-8", "replace").splitlines()
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
def servers(number: int) -> Iterator[list[Server]]:
    """Start a primary and so many standbys; the primary is the first."""
    found = postgresql.programs()
    assert found is not None
    with ExitStack() as stack:
        made = [Server(found, stack.enter_context(programs.folder("pg."))) for _number in range(number + 1)]
        stack.callback(_end, made)
        primary, *standbys = made
        postgresql.run(found, primary.folder, "initdb", *postgresql.INITIAL)
        postgresql.configure(primary.folder, postgresql.OPTIONS)
        postgresql.configure(primary.folder, postgresql.OPTIONS)
        primary.start()
        for standby in standbys:
            standby.rebuild(primary)
        yield made


def _end(made: list[Server]) -> None:
    for server in made:
        if server.is_running():
            server.stop()


def _wait(is_so: Any) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
