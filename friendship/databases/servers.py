"""Which servers of the database answer: who does not is left out by this process, and taken back when it answers."""

from __future__ import annotations

import logging
import threading
import time

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: Seconds between two questions to a server that is left out. A thread of its own asks, so no visitor waits for it.
AGAIN = 1.0

_log = logging.getLogger(__name__)


class Server:
    """A server of the database, as this process knows it."""

    def __init__(self, alias: str) -> None:
        self.alias = alias
        self._lock = threading.Lock()
        self._is_left_out = False

    @property
    def answers(self) -> bool:
        """Whether it has answered when it was last asked."""
        return not self._is_left_out

    def leave_out(self, reason: BaseException) -> None:
        """Ask it nothing more until it answers again."""
        connections[self.alias].close()
        with self._lock:
            if self._is_left_out:
                return
            self._is_left_out = True
        _log.warning("Database %r is left out: %s", self.alias, str(reason).strip())
        threading.Thread(target=self._wait, daemon=True, name=f"wait for {self.alias}").start()

    def _wait(self) -> None:
        while not self._is_back():
            time.sleep(AGAIN)
        self._is_left_out = False
        _log.info("Database %r is asked again.", self.alias)

    def _is_back(self) -> bool:
        connection = connections[self.alias]  # this thread's own
        try:
            with connection.cursor() as cursor:  # a pooler in front takes connections for a server that is away
                cursor.execute("SELECT 1")
        except Error:
            return False
        finally:
            BaseDatabaseWrapper.close(connection)
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
