"""A register with a database that nobody else uses, and what may happen to that database."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.servers import postgresql, register
from tests.servers.register import Register

#: Where SQLite's processes agree on who reads and writes: the file beside a database in WAL mode, its bytes for locks.
#: https://www.sqlite.org/walformat.html, “WAL-Index Locks”.
LOCKS, FIRST_LOCK = 8, 120

Trouble = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Troubled:
    """``away``: the database is not there; ``hanging``: it is there and says nothing."""

    register: Register
    troubles: dict[str, Trouble]


@contextmanager
def running(folder: Path, **variables: str) -> Iterator[Troubled]:
    """A register on the kind of database that the tests run on; skips where that is on another machine."""
    if not os.environ.get("DATABASE_URL"):
        file = folder / "disk" / "register.sqlite3"
        file.parent.mkdir()
        with register.running(folder, DATABASE_URL=f"sqlite:///{file}", **variables) as served:
            yield Troubled(served, {"away": partial(_moved_away, file), "hanging": partial(_locked, file)})
        return
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("a PostgreSQL on another machine cannot be stopped")
    with postgresql.cluster(programs) as url, register.running(folder, DATABASE_URL=url, **variables) as served:
        troubles: dict[str, Trouble] = {
            "away": partial(postgresql.stopped, programs, url),
            "hanging": partial(postgresql.frozen, url),
        }
        yield Troubled(served, troubles)


@contextmanager
def _moved_away(file: Path) -> Iterator[None]:
    """The disk with the database is not there."""
    aside = file.parent.with_name("aside")
    file.parent.rename(aside)
    try:
        yield
    finally:
        aside.rename(file.parent)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Another program holds every lock of the database: who wants to read tries again and again, for ten seconds."""
    with file.with_name(f"{file.name}-shm").open("r+b") as opened:
        fcntl.lockf(opened, fcntl.LOCK_EX, LOCKS, FIRST_LOCK)
        yield
