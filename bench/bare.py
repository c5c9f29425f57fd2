"""A WSGI application that does nothing: the floor of what Python serves. ``/30000`` is answered with so many bytes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with a body of the length that the path names."""
    body = _body(int(environ["PATH_INFO"][1:] or 0))
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


@cache
def _body(size: int) -> bytes:
    return b"x" * size
