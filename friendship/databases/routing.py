"""The server that a request reads from: chosen when it first reads, and kept to its end.

A standby is chosen only if it holds the state of the register that the primary holds at this moment, so that a change
is visible to the next request on every server; and only if it has replayed what this very visitor has written.
Where the primary is away, reads go on from what a standby holds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections

from friendship import state
from friendship.databases.servers import server, standbys

_OURS = "friendship"
#: Whether a server holds what was written up to a position of the write-ahead log. One that was promoted since writes a
#: log of its own.
_REPLAYED = """
    SELECT %s::pg_lsn <=
        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END
"""

Answer = TypeVar("Answer")


@dataclass
class Reading:
    """What one request reads: from which server, and what that server must hold."""

    #: Up to where the visitor has written, as a position of PostgreSQL's write-ahead log.
    written: str = ""
    #: The server that was chosen.
    alias: str = ""
    #: Servers that have failed this request.
    failed: set[str] = field(default_factory=set)


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)
_turn = count()


def begin(reading: Reading) -> None:
    """From now on this thread reads for the public, from any server that will do."""
    _reading.set(reading)


def end() -> None:
    """From now on it reads from the primary, as everything else does."""
    _reading.set(None)


def current() -> Reading | None:
    """What this thread reads for the public."""
    return _reading.get()


@contextmanager
def for_reading() -> Iterator[None]:
    """Within it, reads are the public's: they may come from a standby."""
    before = current()
    begin(Reading())
    try:
        yield
    finally:
        _reading.set(before)


def now() -> str:
    """The state of the register, for who keeps answers and asks before a request is Django's: as the primary has it.

    Where the primary is away, it is that of the standby which will answer. Raises ``OperationalError`` where none will.
    """
    _close_what_is_old()
    with for_reading():
        reading = _reading.get() or Reading()
        told = _state(reading)
        if told is None and (alias := chosen(reading)) != DEFAULT_DB_ALIAS:
            told = _asked(alias, lambda: state.state(alias))
    if told is None:
        raise OperationalError("No server of the database tells the state of the register.")
    return told


def _close_what_is_old() -> None:
    """As Django does before each of its own requests: the primary may be another server by now."""
    primary = connections[DEFAULT_DB_ALIAS]
    if primary.close_at is not None and time.monotonic() >= primary.close_at and not primary.in_atomic_block:
        primary.close()


class Router:
    """Sends Django's questions to the server of this request."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str:
        """A standby for records of the register, if one will do; accounts and sessions are the primary's.

        So is its state, as long as the primary answers: who asks only whether a page is still right, asks nobody else.
        """
        reading = _reading.get()
        if reading is None or model._meta.app_label != _OURS or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        if "state" in hints and _primary_answers(reading):
            return DEFAULT_DB_ALIAS
        return chosen(reading)

    def db_for_write(self, _model: type[Any], **_hints: Any) -> str:
        """The primary."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """All servers hold one and the same register."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """Standbys get their tables from the primary."""
        return db == DEFAULT_DB_ALIAS


def chosen(reading: Reading) -> str:
    """The server that this request reads from."""
    if not reading.alias:
        reading.alias = _choice(reading)
    return reading.alias


def _choice(reading: Reading) -> str:
    able = [alias for alias in standbys() if server(alias).answers and alias not in reading.failed]
    if not able:
        return DEFAULT_DB_ALIAS
    now = _state(reading)
    if now is None:  # in the order of the settings, lest two pages in a row be of two moments
        fit = (alias for alias in able if _has_replayed(alias, reading.written))
    else:
        fit = (alias for alias in _in_turn(able) if _holds(alias, now, reading.written))
    return next(fit, DEFAULT_DB_ALIAS)


def _in_turn(able: list[str]) -> list[str]:
    first = next(_turn) % len(able)
    return able[first:] + able[:first]


def _state(reading: Reading) -> str | None:
    """The state of the register as the primary has it; None where it does not answer."""
    if DEFAULT_DB_ALIAS in reading.failed or not server(DEFAULT_DB_ALIAS).answers_now():
        return None
    return _asked(DEFAULT_DB_ALIAS, lambda: state.state(DEFAULT_DB_ALIAS))


def _holds(alias: str, now: str, written: str) -> bool:
    return _asked(alias, lambda: state.state(alias)) == now and _has_replayed(alias, written)


def _has_replayed(alias: str, written: str) -> bool:
    return not written or bool(_asked(alias, lambda: _replayed(alias, written)))


def _replayed(alias: str, written: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute(_REPLAYED, [written])
        return bool(cursor.fetchone()[0])


def _primary_answers(reading: Reading) -> bool:
    """Whether the next question to the primary will be answered, as far as can be known."""
    if DEFAULT_DB_ALIAS in reading.failed or not server(DEFAULT_DB_ALIAS).answers_now():
        return False
    connection = connections[DEFAULT_DB_ALIAS]
    return _asked(DEFAULT_DB_ALIAS, lambda: _reached(connection)) is not None


def _reached(connection: Any) -> bool:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return True


def _asked(alias: str, ask: Callable[[], Answer]) -> Answer | None:
    """The answer of one server; None, and the server is left out, where there is none."""
    for is_first in (True, False):
        try:
            return ask()
        except (OperationalError, InterfaceError) as error:
            if is_first and connections[alias].connection is not None and _is_gone(alias):
                connections[alias].close()  # only this connection may be gone, so another is made
                continue
            note_failure(alias, error)
        except Error:  # it has no such table: a standby that is behind the last migration
            pass
        break
    return None


def note_failure(alias: str, error: BaseException) -> None:
    """Leave a server out that cannot be reached; one that refuses a single question goes on."""
    if _is_gone(alias):
        server(alias).leave_out(error)


def _is_gone(alias: str) -> bool:
    connection = connections[alias].connection
    return connection is None or bool(getattr(connection, "closed", False))  # SQLite's is always there
