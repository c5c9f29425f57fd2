"""SQLite: a copy of one moment by its own online backup, and back in one transaction of the file that is there.

The file of the register is never exchanged for another. Beside it may lie a ``-wal`` file with pages of the former one,
and a server may hold it open: SQLite's backup writes through both, and who reads meanwhile sees the former register.
"""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from django.db import connection
from django.utils.translation import gettext as _

from friendship.backups.contents import MIGRATIONS, Contents, measure, plain_json
from friendship.backups.faults import Refused

NAME = "sqlite"
PART = "register.sqlite3"
PACKED = False
_ALL_PAGES = -1  # in one step: between two, another process could write, and the copy would begin anew
_WAIT_SECONDS = 20
_BLOCK = 1 << 20
#: Of the names in a file's own catalogue, quoted.
_ROWS = "SELECT {columns} FROM {table} ORDER BY {key}"


class Reader:
    """A file at one moment, by ``contents.Reader``."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def tables(self) -> list[str]:
        """All but SQLite's own and those of indexes, which the database fills from the others."""
        found = self.database.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return [name for (name,) in found]

    def columns(self, table: str) -> list[str]:
        """By name."""
        return sorted(name for name, _kind, _key in self._described(table))

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Texts of JSON in one spelling, the rest as Django has written it."""
        described = sorted(self._described(table))
        key = sorted((at, name) for name, _kind, at in described if at) or [(0, name) for name, _kind, _at in described]
        wanted = ", ".join(_plain(_quoted(name), kind) for name, kind, _at in described)
        order = ", ".join(_quoted(name) for _at, name in key)
        statement = _ROWS.format(columns=wanted, table=_quoted(table), key=order)
        json_at = [at for at, (name, _kind, _key) in enumerate(described) if self._is_json(table, name)]
        for row in self.database.execute(statement):
            yield _with_plain_json(row, json_at) if json_at else row

    def migrations(self) -> list[str]:
        """What Django has noted."""
        rows = self.database.execute(f"SELECT app, name FROM {MIGRATIONS}")  # nosec B608 # noqa: S608 (a constant)
        return [f"{app}.{name}" for app, name in rows]

    def _described(self, table: str) -> list[tuple[str, str, int]]:
        """Each column's name, kind and place in the key, from 1; 0 is none."""
        rows = self.database.execute("SELECT name, lower(type), pk FROM pragma_table_info(?)", [table])
        return rows.fetchall()

    def _is_json(self, table: str, column: str) -> bool:
        """Django declares these as text, with a rule that they are JSON."""
        [(declared,)] = self.database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table])
        return f"JSON_VALID({_quoted(column)})" in declared


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain(column: str, kind: str) -> str:
    """Times have six digits after the point; Django leaves them out where all are 0."""
    if kind == "datetime":
        return f"CASE WHEN instr({column}, '.') THEN {column} ELSE {column} || '.000000' END"
    return f"CASE WHEN {column} IS NULL THEN NULL ELSE lower(hex({column})) END" if kind == "blob" else column


def _with_plain_json(row: tuple[Any, ...], places: list[int]) -> tuple[Any, ...]:
    values = list(row)
    for at in places:
        values[at] = plain_json(values[at])
    return tuple(values)


# --- the copy ---------------------------------------------------------------------------------------------------------


@contextmanager
def copied(beside: Path) -> Iterator[tuple[Contents, list[str], Callable[[IO[bytes]], None]]]:
    """What the register holds now, and what writes a copy of exactly that; it lies in a folder beside that path."""
    with _said(), TemporaryDirectory(prefix=f".{beside.name}.", dir=beside.parent) as folder:
        copy = Path(folder) / PART
        with closing(sqlite3.connect(_path())) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=_ALL_PAGES, progress=_until(_WAIT_SECONDS))
            target.execute("PRAGMA journal_mode = DELETE")  # all of it in the one file
            contents = measure(Reader(target))

        def write(file: IO[bytes]) -> None:
            with copy.open("rb") as source:
                shutil.copyfileobj(source, file, _BLOCK)

        yield contents, [], write


def held() -> int:
    """How many tables the register's file holds; none where there is no file yet."""
    if not Path(_path()).exists():
        return 0
    with _said(), closing(sqlite3.connect(_path())) as database:
        return len(Reader(database).tables())


def tried(part: Path, _extensions: list[str]) -> Contents:
    """What a copy holds, once SQLite has found every page and index of it in order."""
    with _said(), closing(sqlite3.connect(part)) as database:
        [(found,), *_more] = database.execute("PRAGMA integrity_check")
        if found != "ok":
            raise Refused(_("SQLite finds the copy of the database damaged: %(said)s") % {"said": found})
        return measure(Reader(database))


def put(part: Path, extensions: list[str], check: Callable[[Contents], None]) -> None:
    """Replace the register by a copy that ``check`` accepts, in one transaction."""
    check(tried(part, extensions))
    connection.close()
    with _said(), closing(sqlite3.connect(part)) as source, closing(_waiting()) as target:
        target.execute("PRAGMA synchronous = FULL")
        source.backup(target, pages=_ALL_PAGES, progress=_until(_WAIT_SECONDS))
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _waiting() -> sqlite3.Connection:
    return sqlite3.connect(_path(), timeout=_WAIT_SECONDS)


def _path() -> str:
    return str(connection.settings_dict["NAME"])


def _until(seconds: int) -> Callable[[int, int, int], None]:
    """Python tries for ever while others write; this ends it."""
    deadline = time.monotonic() + seconds

    def progress(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise Refused(
                _("Somebody else is writing to the register and does not end. Stop the server and try again.")
            )

    return progress


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Refused(_("SQLite says: %(said)s") % {"said": error}) from error
