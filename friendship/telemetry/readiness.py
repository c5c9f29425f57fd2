"""Whether the database answers, known within two seconds even where it says nothing at all.

A database that is frozen, or locked by somebody, lets a question wait for as long as it likes, and no timeout of the
server's helps where the server stands still. So a thread of its own asks, by a connection of its own, and who wants
to know waits for it no longer than ``SECONDS``. Never more than one is under way: whoever comes meanwhile waits for the
same answer, so a hanging database costs one thread and one connection, not one for each question.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: How long an answer is waited for. Half of the two seconds: a busy machine needs the rest for the way there and back.
SECONDS = 1.0

_log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class Question(Generic[Answer]):
    """A question to the database that gets its answer in time, or none."""

    def __init__(self, ask: Callable[[], Answer], seconds: float = SECONDS) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._under_way: Future[Answer] | None = None

    def answer(self) -> Answer | None:
        """What the database says; None, and a line in the log, where it says nothing or that it cannot."""
        try:
            return self._asked().result(timeout=self._seconds)
        except TimeoutError:
            _log.error("The database has not answered within %s seconds.", self._seconds)
        except Error as error:
            _log.error("The database does not answer: %s", error)
        return None

    def _asked(self) -> Future[Answer]:
        with self._lock:
            if self._under_way is None or self._under_way.done():
                self._under_way = Future()
                threading.Thread(target=self._run, args=[self._under_way], daemon=True, name="question").start()
            return self._under_way

    def _run(self, answer: Future[Answer]) -> None:
        try:
            told = _in_a_connection_of_its_own(self._ask)
        except BaseException as error:  # noqa: BLE001 (whoever waits raises it)
            answer.set_exception(error)
        else:
            answer.set_result(told)


def _in_a_connection_of_its_own(ask: Callable[[], Answer]) -> Answer:
    """Ask in this thread, which has no connection before and none afterwards."""
    try:
        return ask()
    finally:
        for connection in connections.all(initialized_only=True):
            # Past SQLite's own way, which leaves a database in memory open for whoever asks next: nobody does here.
            BaseDatabaseWrapper.close(connection)
