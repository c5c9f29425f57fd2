"""The state of the register as one short text: whoever holds an answer asks with it whether the answer is still right.

The database keeps it. Every statement that writes to a table of ``TABLES`` leaves a mark, by a trigger: nothing that
code, a command or a hand in the database does goes unseen. A mark is a random number, so none comes twice, and a
transaction that is taken back takes its mark with it. The marks that are there are the state.

On PostgreSQL several people write at once, and who began first may finish last. Adding a mark makes nobody wait, which
one number to be raised would. The last marks are kept rather than one: each commit makes the set another one, whatever
the order.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, closing
from hashlib import sha256
from typing import Any

from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from friendship.models import Country, Event, Evidence, Place, Redirect, Relationship, ReportedTotal, Source

#: What public pages are made of.
TABLES = tuple(
    each._meta.db_table for each in (Country, Place, Relationship, Event, Source, Evidence, ReportedTotal, Redirect)
)
#: No table of a model: it is no part of the register, is in no backup, and nobody writes to it but the triggers.
MARKS = "friendship_mark"
_TRIGGER = "register_mark"
_KEPT = 20


def state(using: str = "") -> str:
    """A short text that differs after every change of the register; one query.

    Unless a database is named, the router says which one is asked: it knows by the hint that only this is.
    """
    connection = connections[using or router.db_for_read(Relationship, state=True)]
    with connection.wrap_database_errors, _cursor(connection) as cursor:
        cursor.execute(f"SELECT CAST(mark AS text) FROM {MARKS}")  # nosec B608 # noqa: S608 (our own name)
        marks = sorted(mark for (mark,) in cursor.fetchall())
    return sha256(" ".join(marks).encode()).hexdigest()[:32]


def _cursor(connection: BaseDatabaseWrapper) -> AbstractContextManager[Any]:
    """The driver's own, unless somebody wants to be told of queries: this one is asked before every answer."""
    if connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    return closing(connection.connection.cursor())


def install(using: str = "default", **_told: Any) -> None:
    """Make what is missing of the table and the triggers, and leave a mark if anything was.

    It runs after every ``migrate``: on SQLite a migration that alters a table makes it anew, without its triggers.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        statements = _MISSING[connection.vendor](cursor)
        for statement in statements:
            cursor.execute(statement)
        if statements:
            cursor.execute(f"INSERT INTO {MARKS} (mark) VALUES ({_RANDOM[connection.vendor]})")  # nosec B608 # noqa: S608


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The statements that are still to run on a database for its state to be kept; none where all is well."""
    with connection.cursor() as cursor:
        return _MISSING[connection.vendor](cursor)


_RANDOM = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


# --- SQLite: one writes at a time, so one mark is enough --------------------------------------------------------------


def _missing_on_sqlite(cursor: Any) -> list[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')")
    held = {name for (name,) in cursor.fetchall()}
    table = f"CREATE TABLE {MARKS} (id integer PRIMARY KEY AUTOINCREMENT, mark text NOT NULL)"
    triggers = {
        f"{_TRIGGER}_{written}_{event}": _SQLITE_TRIGGER.format(written=written, event=event)
        for written in TABLES
        if written in held  # after a migration back some are not there
        for event in ("insert", "update", "delete")
    }
    return [*([] if MARKS in held else [table]), *(sql for name, sql in triggers.items() if name not in held)]


_SQLITE_TRIGGER = f"""
CREATE TRIGGER {_TRIGGER}_{{written}}_{{event}} AFTER {{event}} ON {{written}} BEGIN
    DELETE FROM {MARKS};
    INSERT INTO {MARKS} (mark) VALUES ({_RANDOM["sqlite"]});
END
"""  # nosec B608 # noqa: S608 (our own names)


# --- PostgreSQL -------------------------------------------------------------------------------------------------------

_FUNCTION = f"""
CREATE FUNCTION {_TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {MARKS} (mark) VALUES ({_RANDOM["postgresql"]});
    -- A row that another transaction is deleting is left to it: nobody waits here.
    DELETE FROM {MARKS} WHERE id IN (
        SELECT id FROM {MARKS} ORDER BY id DESC OFFSET {_KEPT} FOR UPDATE SKIP LOCKED
    );
    RETURN NULL;
END $$
"""  # nosec B608 # noqa: S608 (our own names)


def _missing_on_postgresql(cursor: Any) -> list[str]:
    cursor.execute("SELECT to_regclass(%s), to_regproc(%s)", [MARKS, _TRIGGER])
    table, function = cursor.fetchone()
    cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = %s", [_TRIGGER])
    held = {name for (name,) in cursor.fetchall()}
    cursor.execute("SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_table_is_visible(oid)", [[*TABLES]])
    there = {name for (name,) in cursor.fetchall()}  # after a migration back some are not
    statements = []
    if table is None:
        identity = "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
        statements.append(f"CREATE TABLE {MARKS} (id {identity}, mark uuid NOT NULL)")
    if function is None:
        statements.append(_FUNCTION)
    events = "INSERT OR UPDATE OR DELETE OR TRUNCATE"
    return statements + [
        f"CREATE TRIGGER {_TRIGGER} AFTER {events} ON {name} FOR EACH STATEMENT EXECUTE FUNCTION {_TRIGGER}()"
        for name in TABLES
        if name in there - held
    ]


_MISSING = {"sqlite": _missing_on_sqlite, "postgresql": _missing_on_postgresql}
