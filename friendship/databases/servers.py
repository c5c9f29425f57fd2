"""Which servers of the database answer: who does not is left out by this process, and taken back when it answers.

A thread of its own asks a server that is left out, so no visitor waits for one that is silent. Who refuses at once may
be asked by each visitor as well: then nobody is shown what is old in the moment after it is back.
"""

from __future__ import annotations

import logging
import threading
import time

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: Seconds between two questions to a server that refuses; one that is silent has made the thread wait already.
AGAIN = 1.0
#: Seconds within which a server that cannot be reached has said so, or it is silent.
_AT_ONCE = 0.1

_log = logging.getLogger(__name__)


class Server:
    """A server of the database, as this process knows it."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self._lock = threading.Lock()
        self._is_left_out = False
        self._refuses_at_once = False

    @property
    def answers(self) -> bool:
        """Whether it has answered when it was last asked."""
        return not self._is_left_out

    def answers_now(self) -> bool:
        """The same, but one that refuses at once is asked again: it may be back, and others may have written to it."""
        if self._is_left_out and self._refuses_at_once and not connections[self.alias].in_atomic_block:
            self._is_back()
        return not self._is_left_out

    def leave_out(self, reason: BaseException) -> None:
        """Ask it nothing more until it answers again."""
        connections[self.alias].close()
        with self._lock:
            if self._is_left_out:
                return
            self._is_left_out, self._refuses_at_once = True, False
        _log.warning("Database %r is left out: %s", self.alias, str(reason).strip())
        threading.Thread(target=self._wait, daemon=True, name=f"wait for {self.alias}").start()

    def _wait(self) -> None:
        while self._is_left_out and not self._is_back():
            if self._refuses_at_once:
                time.sleep(AGAIN)

    def _is_back(self) -> bool:
        connection, began = connections[self.alias], time.monotonic()  # this thread's own
        BaseDatabaseWrapper.close(connection)  # it may lead to the server as it was before
        try:
            with connection.cursor() as cursor:  # a pooler in front takes connections for a server that is away
                cursor.execute("SELECT 1")
        except Error:
            self._refuses_at_once = time.monotonic() - began < _AT_ONCE
            return False
        finally:
            BaseDatabaseWrapper.close(connection)
        with self._lock:
            was_left_out, self._is_left_out = self._is_left_out, False
        if was_left_out:
            _log.info("Database %r is asked again.", self.alias)
        return True


#: By alias, made when somebody first asks.
_known: dict[str, Server] = {}
_making = threading.Lock()


def server(alias: str) -> Server:
    """The one of that alias."""
    with _making:
        return _known.setdefault(alias, Server(alias))


def standbys() -> list[str]:
    """The aliases of all standbys, in the order of DATABASE_REPLICA_URLS."""
    return [alias for alias in connections if alias != DEFAULT_DB_ALIAS]
