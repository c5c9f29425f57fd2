"""One line and one measurement for each request, whoever has answered it: a page, a file, an error.

It stands around the whole application, so that it sees an answer to its last byte and tells of requests that no view
has ever seen. What Django knows about a request, it leaves here by ``describe``.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import empty

from friendship import addresses
from friendship.telemetry import lines, redaction

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
#: Asked every few seconds by machines that watch: told only when something is wrong.
WATCHED = frozenset({"healthz", "readyz", "metrics"})

_log = logging.getLogger("friendship.requests")
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_VIEW, _USER, _NETWORK = "friendship.view", "friendship.user", "friendship.network"
_NO_VIEW = "none"
#: Addresses of which it is kept how they are told: in a burst, many people ask for the same.
_AGAIN = 500


def answered(application: WSGIApplication, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Let the application answer, and tell of it when the server has sent the last byte or given up."""
    exchange = _Exchange(environ)
    lines.request_id.set(exchange.number)
    redaction.carried.set((environ.get("HTTP_COOKIE", ""), environ.get("HTTP_AUTHORIZATION", "")))
    try:
        answer = application(environ, exchange.begun_by(start))
    except BaseException:  # told by the server, which answers in our place
        exchange.end()
        raise
    file_of_server = environ.get("wsgi.file_wrapper")
    if isinstance(file_of_server, type) and isinstance(answer, file_of_server):
        return exchange.handed_over(answer)
    return _Body(answer, exchange)


def describe(request: HttpRequest) -> None:
    """Keep what the log and the metrics may tell of a request that was answered."""
    match = request.resolver_match
    if match is not None:
        request.META[_VIEW] = match.view_name
    elif request.path_info.startswith(settings.STATIC_URL):
        request.META[_VIEW] = "static"
    request.META[_NETWORK] = addresses.shortened(request.META)
    if (number := _staff_number(request)) is not None:
        request.META[_USER] = number


def describe_kept(environ: WSGIEnvironment, view: str) -> None:
    """The same of a request that was answered from what is kept."""
    environ[_VIEW] = view
    environ[_NETWORK] = addresses.shortened(environ)


def _staff_number(request: HttpRequest) -> int | None:
    """The key of the staff's account at work, where the request has asked for it: it is not asked for here."""
    user: Any = getattr(request, "user", None)
    if user is None or getattr(user, "_wrapped", user) is empty or not user.is_authenticated or not user.is_staff:
        return None
    number: int = user.pk
    return number


class _Exchange:
    """A request and what became of it."""

    __slots__ = ("environ", "length", "number", "path", "sent", "started", "status", "told", "whole")

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.started = time.perf_counter()
        self.environ = environ
        self.number = _number(environ)
        self.path = environ.get("PATH_INFO", "")  # as it came: Django writes its own reading over it
        self.status = 500  # unless the application says another
        self.sent = 0
        self.length = "0"  # as the application says
        self.whole = False
        self.told = False

    def begun_by(self, start: StartResponse) -> StartResponse:
        """The server's own beginning of an answer, with the number of the request in its headers."""

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None, /) -> Callable[[bytes], object]:
            self.status = int(status[:3])
            self.length = next((value for name, value in headers if name == "Content-Length"), "0")
            return start(status, [*headers, (HEADER, self.number)], exc_info)

        return begin

    def handed_over(self, file: Any) -> Iterable[bytes]:
        """A file that the server sends by itself, past our counting: it calls ``close`` when it is done."""
        close = getattr(file, "close", None)

        def closed() -> None:
            try:
                if close is not None:
                    close()
            finally:
                self.whole = True
                self.sent = 0 if self.environ["REQUEST_METHOD"] == "HEAD" else int(self.length)
                self.end()

        file.close = closed
        handed: Iterable[bytes] = file
        return handed

    def end(self) -> None:
        """Tell, once."""
        if self.told:
            return
        self.told = True
        seconds = time.perf_counter() - self.started
        view = self.environ.get(_VIEW, _NO_VIEW)
        if (settings.METRICS_ALLOWED or settings.METRICS_TOKEN) and view != "metrics":
            from friendship.telemetry import metrics

            metrics.count(view, self.environ["REQUEST_METHOD"], self.status, seconds)
        if view not in WATCHED or self.status >= HTTPStatus.BAD_REQUEST:
            self._write(view, seconds)

    def _write(self, view: str, seconds: float) -> None:
        environ = self.environ
        method, path = environ["REQUEST_METHOD"], _path(self.path)
        fields: dict[str, Any] = {"method": method, "path": path}
        if query := _query(environ.get("QUERY_STRING", ""), view):
            fields["query"] = query
        fields |= {"view": view, "status": self.status, "ms": round(seconds * 1000, 1), "bytes": self.sent}
        if not self.whole:
            fields["cut_off"] = True
        if _USER in environ:
            fields["user"] = environ[_USER]
        if network := environ.get(_NETWORK):
            fields["network"] = network
        level = logging.ERROR if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
        asked = f"{path}?{query}" if query else path
        _log.log(level, "%s %s %s", method, asked, self.status, extra={"fields": fields})


class _Body:
    """The parts of an answer, counted on their way."""

    __slots__ = ("_answer", "_exchange")

    def __init__(self, answer: Iterable[bytes], exchange: _Exchange) -> None:
        self._answer = answer
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        exchange = self._exchange
        counted = exchange.environ["REQUEST_METHOD"] != "HEAD"  # the server sends no body
        for part in self._answer:
            if counted:
                exchange.sent += len(part)
            yield part
        exchange.whole = True

    def close(self) -> None:
        """Called by the server in every case."""
        try:
            if (close := getattr(self._answer, "close", None)) is not None:
                close()
        finally:
            self._exchange.end()


# --- what of a request is told ----------------------------------------------------------------------------------------


def _number(environ: WSGIEnvironment) -> str:
    """The proxy's number of this request, where there is a proxy to be believed; else one of our own."""
    given = environ.get("HTTP_X_REQUEST_ID", "") if settings.BEHIND_PROXY else ""
    return given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)


@lru_cache(maxsize=_AGAIN)
def _path(told: str) -> str:
    """As browsers write it: WSGI carries the bytes of an address as Latin-1."""
    return quote(redaction.path(told), safe="/:@!$&'()*+,;=~[]", encoding="latin-1", errors="replace")


@lru_cache(maxsize=_AGAIN)
def _query(asked: str, view: str) -> str:
    """What was asked of a public list, by the names that the register knows.

    What people type is left out, and so is everything under names that nobody has given: it may be anything.
    """
    if not asked or view in _UNTOLD or ":" in view.removeprefix("api:"):
        return ""
    known = _parameters()
    pairs = parse_qsl(asked, errors="replace")
    return urlencode([(name, "*" if name in _TYPED else value) for name, value in pairs if name in known], safe="*")


_TYPED = frozenset({"q"})
_UNTOLD = frozenset({_NO_VIEW, "static", "suggestion", "manual"})


@cache
def _parameters() -> frozenset[str]:
    """The names of what can be asked of lists; read when the first request comes, since filters need the models."""
    from friendship import filters

    asked = (filters.RelationshipFilter, filters.PlaceFilter, filters.CountryFilter)
    return frozenset(name for each in asked for name in each.base_filters) | frozenset(filters.Paging.base_fields)
