"""What a register holds, in a form that does not depend on its database: row counts and a checksum of every table.

Each row is one line of JSON, with its columns by name; the rows stand in the order of their key. A register has the
same checksum on SQLite and on PostgreSQL, and a million rows need no more memory than ten.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from friendship import state

#: When which migration ran is no fact of the register; which ones ran stands in ``Contents.migrations``.
MIGRATIONS = "django_migrations"
#: Random marks of changes are none either: they only tell one state from another.
_NO_CONTENT = frozenset({MIGRATIONS, state.MARKS})


class Reader(Protocol):
    """A database at one moment. Tables and columns are those that it has, whatever the models of today say."""

    def tables(self) -> list[str]:
        """The names of all tables, ``MIGRATIONS`` with them, in any order."""

    def columns(self, table: str) -> list[str]:
        """The names of its columns, sorted."""

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Its rows in the order of their key: numbers, texts and None; truth is 1 or 0, times are UTC to the µs."""

    def migrations(self) -> list[str]:
        """What has run, as ``friendship.0001_schema``, sorted."""


class Table(NamedTuple):
    """How many rows a table holds, and the digest of them all."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """What a register holds."""

    tables: dict[str, Table]
    migrations: list[str]

    @property
    def rows(self) -> int:
        """How many there are in all."""
        return sum(table.rows for table in self.tables.values())

    @property
    def checksum(self) -> str:
        """Of every row of every table."""
        lines = (f"{name} {table.rows} {table.sha256}\n" for name, table in sorted(self.tables.items()))
        return sha256("".join(lines).encode()).hexdigest()

    def differing(self, other: Contents) -> list[str]:
        """The tables that are not the same in both."""
        names = sorted({*self.tables, *other.tables})
        return [name for name in names if self.tables.get(name) != other.tables.get(name)]


def measure(reader: Reader) -> Contents:
    """Read everything once."""
    tables = sorted(reader.tables())
    counted = {name: _table(reader, name) for name in tables if name not in _NO_CONTENT}
    return Contents(counted, sorted(reader.migrations()) if MIGRATIONS in tables else [])


def _table(reader: Reader, name: str) -> Table:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    digest, count = sha256(f"{encode(reader.columns(name))}\n".encode()), 0
    for row in reader.rows(name):
        digest.update(f"{encode(row)}\n".encode())
        count += 1
    return Table(count, digest.hexdigest())


def plain_json(text: str | None) -> str | None:
    """The same text for the same value: PostgreSQL orders keys and writes numbers in its own way."""
    if text is None:
        return None
    value = json.loads(text, parse_float=_number)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number
