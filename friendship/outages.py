"""When the database cannot be asked: which errors say so, and how long its silence is waited for.

A server that is frozen, or a network that swallows everything, lets a question wait for ever, and no timeout of the
server's own helps where the server stands still. So the processes that serve pages wait for a socket themselves. It is
silence that is measured, not the time of a whole answer: a long result may come for as long as something comes.
"""

from __future__ import annotations

import select
import sqlite3
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError

#: How long a visitor is asked to wait before asking again.
RETRY_SECONDS = 30
#: While the database has just been silent for the whole time, the next who ask wait no longer than this for a word, or
#: all threads of a process would wait for the whole time one after the other.
_SHORT_SECONDS = 1.0
#: Program limit exceeded, as PostgreSQL calls a question that is too large: our fault, and the database is well.
_TOO_LARGE = "54"


def is_one(error: BaseException | None) -> bool:
    """Whether an error, or what it was raised from, says that the database cannot be asked just now.

    An error in a question is none: SQLite tells of it by the same class as of a full disk, with a code of its own.
    """
    while error is not None:
        if isinstance(error, (OperationalError, InterfaceError)):
            return not _is_about_the_question(error.__cause__)
        if type(error) is DatabaseError:  # psycopg2 says no more where a connection broke within an answer
            return True
        error = error.__cause__
    return False


def _is_about_the_question(told: BaseException | None) -> bool:
    if isinstance(told, sqlite3.Error):
        return getattr(told, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    return (getattr(told, "pgcode", None) or "").startswith(_TOO_LARGE)


def wait_no_longer_than(seconds: float, to_connect: float) -> None:
    """Give up connections to PostgreSQL that say nothing for so long, everywhere in this process, from now on.

    A new connection is given up after ``to_connect``, which libpq itself heeds no more then. Not for commands:
    psycopg2 cannot COPY while somebody else waits for it.
    """
    from psycopg2 import extensions

    extensions.set_wait_callback(_patience(seconds, to_connect))


def _patience(seconds: float, to_connect: float) -> Callable[[Any], None]:
    """What psycopg2 calls whenever it has to wait; where it raises, psycopg2 closes the connection."""
    import psycopg2
    from psycopg2 import extensions

    after_silence = min(seconds, _SHORT_SECONDS)
    was_silent = False

    def wait(connection: extensions.connection) -> None:
        nonlocal was_silent
        while (state := connection.poll()) != extensions.POLL_OK:
            usual = to_connect if connection.status == extensions.STATUS_SETUP else seconds
            limit = after_silence if was_silent else usual
            awaited = select.poll()
            awaited.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
            if not awaited.poll(limit * 1000):
                was_silent = True
                raise psycopg2.OperationalError(f"the database has said nothing for {limit:g} seconds")
        was_silent = False

    return wait
