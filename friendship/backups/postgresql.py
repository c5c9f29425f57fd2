"""PostgreSQL: a copy of one moment by ``pg_dump``, and back in one transaction that ends only when the checksum fits.

``pg_restore`` can commit or not, but cannot wait for a checksum. So it only turns the dump into SQL and COPY data, and
these run here. A password reaches the programs by their environment, never by a command line that all users can read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import psycopg2
from django.db import connection
from django.utils.translation import gettext as _
from psycopg2 import errors, sql
from psycopg2.extensions import connection as Connection  # noqa: N812 (it is a class)
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.extensions import make_dsn, parse_dsn

from friendship.backups.contents import MIGRATIONS, Contents, measure, plain_json
from friendship.backups.faults import Refused

NAME = "postgresql"
PART = "register.dump"
PACKED = True
_SECTIONS = ("pre-data", "data", "post-data")
_LOCK_TIMEOUT = "20s"
_FETCHED = 2_000  # rows at a time
_BLOCK = 1 << 16

#: How the kinds of columns are read so that SQLite's give the same; others are read as text.
_PLAIN = {
    "bool": "{}::int",
    "timestamptz": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "date": "to_char({}, 'YYYY-MM-DD')",
    "bytea": "encode({}, 'hex')",
    "inet": "host({})",
    "uuid": "replace({}::text, '-', '')",
    **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "text", "varchar", "bpchar"), "{}"),
}
_OTHERS = "{}::text"
_TEXTS = {"text", "varchar", "bpchar"}

# What belongs to an extension comes with it, and a partition with its table.
_RELATIONS = """
    SELECT c.relname FROM pg_class c
    WHERE c.relkind = ANY (%s) AND NOT c.relispartition AND c.relnamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
_TABLES, _VIEWS = ["r", "p"], ["v", "m"]
_COLUMNS = """
    SELECT a.attname, t.typname, coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = format('%%I.%%I', current_schema(), %s::text)::regclass
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
"""
# Whoever owns a database may add a trusted extension to it, so a restore needs no superuser.
_EXTENSIONS = """
    SELECT e.extname FROM pg_extension e
    JOIN pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
    WHERE v.trusted AND e.extname <> 'plpgsql' ORDER BY 1
"""
_ROUTINES = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""


class Reader:
    """A database within a transaction, by ``contents.Reader``."""

    def __init__(self, database: Connection) -> None:
        self.database = database

    def tables(self) -> list[str]:
        """Of the schema in which Django works."""
        return [name for (name,) in _all(self.database, _RELATIONS, [_TABLES])]

    def columns(self, table: str) -> list[str]:
        """By name."""
        return sorted(name for name, _kind, _key in self._described(table))

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Through a cursor of the server, some at a time."""
        described = sorted(self._described(table))
        json_at = {at for at, (_name, kind, _key) in enumerate(described) if kind in ("json", "jsonb")}
        with self.database.cursor(name=f"backup_{uuid.uuid4().hex}") as cursor:
            cursor.itersize = _FETCHED
            cursor.execute(_selection(table, described))
            for row in cursor:
                if json_at:
                    yield tuple(plain_json(value) if at in json_at else value for at, value in enumerate(row))
                else:
                    yield row

    def migrations(self) -> list[str]:
        """What Django has noted."""
        rows = _all(self.database, sql.SQL("SELECT app, name FROM {}").format(sql.Identifier(MIGRATIONS)))
        return [f"{app}.{name}" for app, name in rows]

    def _described(self, table: str) -> list[tuple[str, str, int]]:
        """Each column's name, kind and place in the key, from 1; 0 is none."""
        return _all(self.database, _COLUMNS, [table])


def _selection(table: str, described: list[tuple[str, str, int]]) -> sql.Composed:
    """Texts are ordered as their bytes are, whatever the language of the database: SQLite does so."""
    plain = {name: sql.SQL(_PLAIN.get(kind, _OTHERS)).format(sql.Identifier(name)) for name, kind, _key in described}
    key = [name for _at, name in sorted((at, name) for name, _kind, at in described if at)] or list(plain)
    texts = {name for name, kind, _key in described if kind in _TEXTS}
    order = [sql.SQL('{} COLLATE "C"').format(plain[name]) if name in texts else plain[name] for name in key]
    return sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
        sql.SQL(", ").join(plain.values()), sql.Identifier(table), sql.SQL(", ").join(order)
    )


def _all(database: Connection, statement: str | sql.Composed, values: list[Any] | None = None) -> list[Any]:
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


# --- the copy ---------------------------------------------------------------------------------------------------------


@contextmanager
def copied(_beside: Path) -> Iterator[tuple[Contents, list[str], Callable[[IO[bytes]], None]]]:
    """What the register holds now with the extensions it needs, and what writes a dump of exactly that."""
    _require("pg_dump")
    with _said(), closing(_connect()) as database:
        database.set_session(isolation_level="REPEATABLE READ", readonly=True)
        [(snapshot, schema)] = _all(database, "SELECT pg_export_snapshot(), quote_ident(current_schema())")
        extensions = [name for (name,) in _all(database, _EXTENSIONS)]
        contents = measure(Reader(database))
        options = ["--format=custom", f"--snapshot={snapshot}", f"--schema={schema}", f"--dbname={_address(database)}"]

        def write(file: IO[bytes]) -> None:
            with _reading("pg_dump", options, database) as output:
                shutil.copyfileobj(output, file, _BLOCK)

        yield contents, extensions, write


def held() -> int:
    """How many tables the register's schema holds."""
    with _said(), closing(_connect()) as database:
        return len(Reader(database).tables())


def tried(part: Path, extensions: list[str]) -> Contents:
    """What a dump holds: it is restored into a database of its own, which goes afterwards."""
    _require("pg_restore")
    with _said(), _scratch() as name, closing(_connect(name)) as database:
        _fill(database, part, extensions)
        return measure(Reader(database))


def put(part: Path, extensions: list[str], check: Callable[[Contents], None]) -> None:
    """Replace the register by a dump, unless ``check`` refuses what it then holds; in one transaction."""
    _require("pg_restore")
    with _said(), closing(_connect()) as database, database:
        _clear(database)
        _fill(database, part, extensions)
        reader = Reader(database)
        check(measure(reader))
        with database.cursor() as cursor:  # without it the first questions would be planned blindly
            cursor.execute(sql.SQL("ANALYZE {}").format(_listed(reader.tables())))


def _clear(database: Connection) -> None:
    """Take away everything that a dump brings; without CASCADE, so what others have built upon it stops us."""
    if views := _all(database, _RELATIONS, [_VIEWS]):
        raise Refused(_("The database holds a view that is not the register’s: %(name)s.") % {"name": views[0][0]})
    with database.cursor() as cursor:
        cursor.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(_LOCK_TIMEOUT)))
        if tables := Reader(database).tables():
            cursor.execute(sql.SQL("DROP TABLE {}").format(_listed(tables)))
        for (routine,) in _all(database, _ROUTINES):
            cursor.execute(sql.SQL("DROP ROUTINE {}").format(sql.SQL(routine)))


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _fill(database: Connection, part: Path, extensions: list[str]) -> None:
    """Run a dump within the transaction, and leave the session as it was."""
    with database.cursor() as cursor:
        for name in extensions:
            cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
        [(schema,)] = _all(database, "SELECT current_schema()")
        for section in _SECTIONS:
            options = [
                f"--section={section}",
                f"--schema={schema}",
                "--no-owner",
                "--no-privileges",
                "--file=-",
                str(part),
            ]
            with _reading("pg_restore", options, database) as script:
                _run(cursor, script)
        cursor.execute("RESET ALL")  # a pooled connection goes on to others


def _run(cursor: Cursor, script: IO[bytes]) -> None:
    """The statements of a script as ``pg_restore`` writes it, with the data of each COPY after it."""
    statements: list[bytes] = []
    for line in script:
        if line.startswith((b"\\restrict ", b"\\unrestrict ")):  # commands to psql
            continue
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            _execute(cursor, statements)
            cursor.copy_expert(line.decode(), _Data(script), _BLOCK)
        else:
            statements.append(line)
    _execute(cursor, statements)


def _execute(cursor: Cursor, statements: list[bytes]) -> None:
    text = b"".join(statements)
    statements.clear()
    if any(line and not line.startswith(b"--") for line in text.splitlines()):
        cursor.execute(text)


class _Data:
    """The data of one COPY, up to the line that ends it."""

    def __init__(self, script: IO[bytes]) -> None:
        self.script, self.ended = script, False

    def read(self, size: int = -1, /) -> bytes:
        """Whole lines, about as many bytes as asked for."""
        lines, length = [], 0
        while length != size and (line := self.readline()):
            lines.append(line)
            length = min(length + len(line), size) if size >= 0 else length
        return b"".join(lines)

    def readline(self, _size: int = -1, /) -> bytes:
        """The next line, or nothing at the end."""
        line = b"" if self.ended else self.script.readline()
        self.ended = line in (b"\\.\n", b"")
        return b"" if self.ended else line


# --- the programs and the server --------------------------------------------------------------------------------------


def _require(program: str) -> None:
    if shutil.which(program) is None:
        raise Refused(
            _("%(program)s is missing. On Debian this installs it: apt-get install postgresql-client")
            % {"program": program}
        )


@contextmanager
def _reading(program: str, options: list[str], database: Connection) -> Iterator[IO[bytes]]:
    """What a program of PostgreSQL writes. Raises ``Refused`` with its own words where it fails."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    if password := database.info.password:
        environment["PGPASSWORD"] = password
    with TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 (no part of it comes from outside)
            [program, *options], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        )
        assert process.stdout is not None  # nosec B101 # noqa: S101 (it was asked for)
        try:
            yield process.stdout
            failed = process.wait() != 0
        finally:
            process.kill()
            process.stdout.close()
            process.wait()
        if failed:
            said.seek(0)
            raise Refused(_first_line(said.read().decode(errors="replace")) or program)


def _first_line(text: str) -> str:
    return next((line for line in text.splitlines() if line.strip()), "")


def _connect(name: str | None = None) -> Connection:
    """A connection of its own to the register's database or another of the same server."""
    known = connection.get_connection_params()
    found: Connection = connection.get_new_connection({**known, "dbname": name} if name else known)
    return found


def _address(database: Connection) -> str:
    """Where this connection was told to lead, without its passwords, for a command line."""
    told = parse_dsn(database.dsn)
    kept = {name: value for name, value in told.items() if name not in ("password", "sslpassword")}
    return str(make_dsn(**kept))


@contextmanager
def _scratch() -> Iterator[str]:
    """An empty database, which goes afterwards."""
    name = f"register_trial_{uuid.uuid4().hex}"
    with closing(_connect()) as server:
        server.autocommit = True  # a database is made and dropped outside of transactions
        try:
            _all_done(server, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
        except errors.InsufficientPrivilege as error:
            raise Refused(
                _("A trial needs a database of its own, and this role may not make one: ALTER ROLE … CREATEDB lets it.")
            ) from error
        try:
            yield name
        finally:
            _all_done(server, "DROP DATABASE {} WITH (FORCE)", name)


def _all_done(server: Connection, statement: str, name: str) -> None:
    with server.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except errors.LockNotAvailable as error:
        raise Refused(
            _("Somebody else is writing to the register and does not end. Stop the server and try again.")
        ) from error
    except psycopg2.Error as error:
        raise Refused(_("PostgreSQL says: %(said)s") % {"said": _first_line(str(error))}) from error
