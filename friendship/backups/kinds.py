"""The kinds of database that can be backed up, and the one that this register is on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol

from django.db import connection

from friendship.backups import postgresql, sqlite
from friendship.backups.contents import Contents


class Kind(Protocol):
    """What ``sqlite`` and ``postgresql`` both know. Everything raises ``Refused`` in the database's own words."""

    NAME: str
    PART: str  # the name of the copy within a backup
    PACKED: bool  # whether the copy is compressed already

    def copied(
        self, beside: Path, /
    ) -> AbstractContextManager[tuple[Contents, list[str], Callable[[IO[bytes]], None]]]:
        """What the register holds, which extensions it needs, and what writes a copy: all of one moment."""

    def held(self) -> int:
        """How many tables the database of the register has."""

    def tried(self, part: Path, extensions: list[str], /) -> Contents:
        """What a copy holds, restored into an empty place."""

    def put(self, part: Path, extensions: list[str], check: Callable[[Contents], None]) -> None:
        """Replace the register by a copy, whole or not at all; ``check`` may refuse what the copy holds."""


_KINDS: dict[str, Kind] = {sqlite.NAME: sqlite, postgresql.NAME: postgresql}
#: As people write them.
LABELS = {sqlite.NAME: "SQLite", postgresql.NAME: "PostgreSQL"}


def current() -> Kind:
    """That of the register's database."""
    return _KINDS[connection.vendor]
