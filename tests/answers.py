"""The application as gunicorn calls it, without gunicorn."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.util import setup_testing_defaults

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config.wsgi import application


class Answer:
    """What a server gets to send."""

    def __init__(self, path: str, app: Any = application, **more: str) -> None:
        path, _mark, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "192.0.2.77",
            "HTTP_HOST": "testserver",
            "wsgi.input": io.BytesIO(),
        }
        setup_testing_defaults(environ)
        self.headers: dict[str, str] = {}
        self.parts: Iterable[bytes] = app({**environ, **more}, self._start)

    def _start(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
        self.status = int(status[:3])
        self.headers = dict(headers)

    def sent(self) -> bytes:
        """Everything, as a server sends it."""
        body = b"".join(self.parts)
        self.parts.close()  # type: ignore[attr-defined]
        return body


@contextmanager
def one_connection() -> Iterator[None]:
    """Within it, a request leaves the transaction of the test alone, as with the test’s own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
