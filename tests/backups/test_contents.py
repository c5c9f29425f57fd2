"""The checksum of a register: of every row and column, and the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from django.db import connection

from friendship.backups import postgresql as kind
from friendship.backups import sqlite
from friendship.backups.contents import Contents, measure, plain_json
from tests.backups.registers import Register, contents
from tests.servers import postgresql

#: Copies every row of one register into another whose tables are there, as it stands: without signals, with its keys.
COPY = """
import os
import dj_database_url
from django.apps import apps
from django.db import connections, transaction
connections.databases["other"] = {**connections.databases["default"], "OPTIONS": {}, **dj_database_url.parse(%r)}
other = connections["other"]
models = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
with other.constraint_checks_disabled(), transaction.atomic(using="other"), other.cursor() as cursor:
    for model in models:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    for model in models:
        rows = list(model._base_manager.all())
        for start in range(0, len(rows), 20):
            model._base_manager.using("other")._insert(
                rows[start:start + 20], fields=model._meta.concrete_fields, using="other", raw=True)
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"b": 1.0, "a": [1e20, 0.5]}', '{"a":[100000000000000000000,0.50],"b":1}'),
        ('"\\u56db\\u5ddd"', '"四川"'),
        ("1.10", "1.1"),
    ],
)
def test_one_value_has_one_spelling(one: str, other: str) -> None:
    assert plain_json(one) == plain_json(other)


@pytest.mark.parametrize(
    ("one", "other"), [("true", "1"), ("[1,2]", "[2,1]"), ('"1"', "1"), ("null", None), ("0.1", "0.2"), ("{}", "[]")]
)
def test_different_values_differ(one: str, other: str | None) -> None:
    assert plain_json(one) != plain_json(other)


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("CREATE TABLE t (b datetime, a text, id integer PRIMARY KEY)")
        database.execute("INSERT INTO t VALUES ('2026-01-02 03:04:05', 'x', 1), ('2026-01-02 03:04:05.5', NULL, 2)")
        yield database


def checksum(database: sqlite3.Connection) -> str:
    return measure(sqlite.Reader(database)).checksum


def test_rows_are_read_by_their_key_and_columns_by_their_name(database: sqlite3.Connection) -> None:
    reader = sqlite.Reader(database)
    assert reader.columns("t") == ["a", "b", "id"]
    assert list(reader.rows("t")) == [
        ("x", "2026-01-02 03:04:05.000000", 1),
        (None, "2026-01-02 03:04:05.5", 2),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE t SET a = 'y' WHERE id = 1",
        "UPDATE t SET a = '' WHERE id = 2",
        "UPDATE t SET b = '2026-01-02 03:04:05.000001' WHERE id = 1",
        "UPDATE t SET id = 3 WHERE id = 2",
        "DELETE FROM t WHERE id = 2",
        "INSERT INTO t VALUES (NULL, NULL, 3)",
        "ALTER TABLE t ADD COLUMN c text",
        "ALTER TABLE t RENAME COLUMN a TO a2",
        "CREATE TABLE u (id integer)",
    ],
)
def test_every_change_is_seen(database: sqlite3.Connection, change: str) -> None:
    before = checksum(database)
    database.execute(change)
    assert checksum(database) != before


#: The columns one after the other as a migration on PostgreSQL would have left them.
OTHER_ORDER = """
    CREATE TABLE u (id integer PRIMARY KEY, a text, b datetime);
    INSERT INTO u (b, a, id) SELECT * FROM t;
    DROP TABLE t;
    ALTER TABLE u RENAME TO t;
"""


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM t; INSERT INTO t VALUES ('2026-01-02 03:04:05.5', NULL, 2), ('2026-01-02 03:04:05', 'x', 1)",
        OTHER_ORDER,
        "CREATE INDEX i ON t (a)",
        "VACUUM",
    ],
)
def test_how_it_is_stored_is_of_no_matter(database: sqlite3.Connection, change: str) -> None:
    before = checksum(database)
    database.executescript(change)
    assert checksum(database) == before


def test_where_they_differ_is_said(database: sqlite3.Connection) -> None:
    before = measure(sqlite.Reader(database))
    database.execute("CREATE TABLE u (id integer)")
    database.execute("DELETE FROM t")
    after = measure(sqlite.Reader(database))
    assert (before.rows, after.rows) == (2, 0)
    assert before.differing(after) == after.differing(before) == ["t", "u"]
    assert before.differing(before) == []


def test_rows_are_not_kept(database: sqlite3.Connection) -> None:
    database.executemany("INSERT INTO t VALUES (NULL, hex(randomblob(500)), ?)", ([key] for key in range(3, 5_001)))
    tracemalloc.start()
    try:
        assert measure(sqlite.Reader(database)).rows == 5_000
        assert tracemalloc.get_traced_memory()[1] < 500_000  # they are five million bytes
    finally:
        tracemalloc.stop()


@pytest.mark.django_db
def test_the_same_on_both_kinds_of_database(filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = postgresql.programs()
    if connection.vendor == "sqlite" and programs is None:
        pytest.skip("PostgreSQL is not installed.")
    with ExitStack() as stack:
        if connection.vendor == "sqlite":
            assert programs is not None
            url = stack.enter_context(postgresql.cluster(programs))
        else:
            url = f"sqlite:///{tmp_path}/other.sqlite3"
        other = Register(url, tmp_path)
        other.manage("migrate", "--verbosity", "0")
        filled.manage("shell", "--no-imports", "--command", COPY % url)
        known: list[Contents] = []
        for register in (filled, other):
            register.enter(monkeypatch)
            known.append(contents())
    assert known[0].differing(known[1]) == []
    assert known[0] == known[1]
    assert known[0].checksum == known[1].checksum
    assert known[0].tables["friendship_importrun"].rows == 1


if connection.vendor == "postgresql":

    @pytest.mark.django_db
    def test_the_language_of_the_database_is_of_no_matter() -> None:
        with connection.cursor() as cursor:
            cursor.execute('CREATE TABLE t (id varchar(9) COLLATE "en-x-icu" PRIMARY KEY, b boolean, u uuid)')
            cursor.execute("INSERT INTO t VALUES ('a', true, NULL), ('_', false, %s), ('B', NULL, NULL)", ["ab" * 16])
            cursor.execute("SELECT id FROM t ORDER BY id")
            assert [key for (key,) in cursor.fetchall()] == ["_", "a", "B"]
        rows = list(kind.Reader(connection.connection).rows("t"))
        assert rows == [(None, "B", None), (0, "_", "ab" * 16), (1, "a", None)]
