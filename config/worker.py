"""Gunicorn's threads, which wait for no visitor: ``config.serving`` names this worker.

A thread of gunicorn's own reads a request, answers it and sends the answer, and waits for the other end as long as that
likes: four visitors to a worker who begin a request and fall silent, and it answers nobody any more. A proxy that takes
requests and answers whole keeps such visitors away (docs/operations.md); this is for where none does.
"""

from __future__ import annotations

import errno
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.workers import gthread

#: From the first byte to the end of the headers; as much to wait for the first byte of a new connection.
HEAD_SECONDS = 10
#: Without a byte, while a form is sent or an answer is taken.
SILENT_SECONDS = 20
#: For the other end to hang up first, when everything is said. The thread waits that listens to all others.
_LINGER_SECONDS = 0.01


class Worker(gthread.ThreadWorker):  # type: ignore[misc] # the package has no types
    """Hangs up on whoever is too slow; what is slow on our side has all the time it needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reading: dict[Any, float] = {}  # connections whose head is being read, and until when

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it, in a thread of the pool."""
        self.reading[conn] = time.monotonic() + HEAD_SECONDS
        try:
            return super().handle(conn)
        finally:
            self.reading.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head was read."""
        self.reading.pop(conn, None)
        conn.sock.settimeout(SILENT_SECONDS)
        try:
            return super().handle_request(req, conn)
        except TimeoutError as silence:  # as a visitor who has gone: nothing for the log of errors
            raise ConnectionResetError(errno.ECONNRESET, "The visitor has fallen silent.") from silence

    def murder_pending(self) -> None:
        """Hang up on those that have not come to an end; asked about once a second, by the thread that listens."""
        super().murder_pending()
        now = time.monotonic()
        for conn, latest in list(self.reading.items()):
            if now > latest:
                with suppress(OSError):  # it has hung up itself
                    conn.sock.shutdown(socket.SHUT_RDWR)

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Close what is over; gunicorn's own listening thread waits two seconds for each who does not hang up."""
        if fs.cancelled() or fs.exception() or fs.result() is not False:
            super().finish_request(conn, fs)
            return
        self.nr_conns -= 1
        util.close_graceful(conn.sock, timeout=_LINGER_SECONDS)
