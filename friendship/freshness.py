"""Answers that are made anew only when the register has changed.

An answer has a tag that follows from the state of the register, the day and the address. Who sends the tag back is
told that nothing has changed (304). Of pages that many people ask for (``kept``), the whole answer is kept under its
tag, compressed, and given again before Django is even asked. The state is asked of the database for each request, so a
change is seen by the next request in every process and on every server; nobody asks for answers of former states again.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag

from friendship import queries
from friendship.databases import routing
from friendship.telemetry import requests

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

View = Callable[..., HttpResponseBase]

#: Raise it when a release changes what an answer says of the same register.
EDITION = 2
_CACHE = "pages"
_KEPT, _TAG, _AWAY = "friendship.kept", "friendship.tag", "friendship.away"
#: What is never kept: it differs by who asks, or is asked by machines that want to know how the register is now.
_NEVER = ("/static/", "/admin", "/en/admin", "/api/", "/healthz", "/readyz", "/metrics")
#: Bytes of an answer beyond which only the one without a question is kept: of the others there are too many.
_LARGE = 100_000
#: Answers that a process has at hand, ready to be sent: some hundred kB each at the most, where they are large.
_AT_HAND = 64
#: Headers that are made anew for each answer.
_OF_THE_BODY = frozenset({"content-encoding", "content-length"})


def fresh(view: View) -> View:
    """Answer 304 while the register, the day and the address are the same; browsers keep nothing without asking."""
    tagged = etag(tag_of)(view)

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = tagged(request, *args, **kwargs)
        if response.status_code not in {HTTPStatus.OK, HTTPStatus.NOT_MODIFIED}:
            del response["ETag"]  # a refusal is said again each time
        return response

    return cache_control(no_cache=True)(answer)


def kept(view: View) -> View:
    """The same, and what was answered is kept for whoever asks next. For pages that are the same for everybody."""
    fresh_view = fresh(view)

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = fresh_view(request, *args, **kwargs)
        request.META[_KEPT] = response.status_code == HTTPStatus.OK
        return response

    return answer


# --- tags -------------------------------------------------------------------------------------------------------------


def _address(environ: WSGIEnvironment) -> str:
    """The whole address that was asked for; it also tells the language."""
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "http") if settings.BEHIND_PROXY else environ["wsgi.url_scheme"]
    return f"{scheme}://{environ.get('HTTP_HOST', '')}{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"


def _tag(state: str, address: str) -> str:
    told = f"{EDITION} {state} {_day(int(timezone.now().timestamp()) // 60)} {address}"
    return f'"{sha256(told.encode(errors="surrogateescape")).hexdigest()[:32]}"'


@lru_cache(maxsize=1)
def _day(minute: int) -> str:
    """The day of a minute since 1970: no zone of today begins one in between."""
    return str(timezone.localdate(datetime.fromtimestamp(60 * minute, UTC)))


def tag_of(request: HttpRequest, *_args: Any, **_kwargs: Any) -> str:
    """What follows from the state of the register, the day and the address."""
    if (
        _AWAY in request.META
    ):  # a lock of SQLite's was waited for already: ten seconds of this visitor's, and of a thread
        raise request.META.pop(_AWAY)
    if _TAG not in request.META:  # of the moment at which the request came, or was first asked about
        request.META[_TAG] = _tag(_state(), _address(request.META))
    return str(request.META[_TAG])


# --- kept answers -----------------------------------------------------------------------------------------------------


class _Answer(NamedTuple):
    """A whole answer, its body compressed, and the name of the view that gave it."""

    view: str
    headers: list[tuple[str, str]]
    body: bytes


_last_state = ""


def answered(application: WSGIApplication, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Give the kept answer, or say that the visitor holds it already, or let the application answer."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or environ["PATH_INFO"].startswith(_NEVER):
        return application(environ, start)
    if "HTTP_ORIGIN" in environ or "HTTP_RANGE" in environ:  # answered with headers of their own
        return application(environ, start)
    try:
        tag = environ[_TAG] = _tag(_asked(), _address(environ))
    except Error as error:  # if nothing is kept, a page says it; one that is made again after all asks anew
        environ[_AWAY] = error
        tag = _tag(_last_state, _address(environ))
    answer = _held(tag)
    if answer is None:
        return application(environ, start)
    requests.describe_kept(environ, answer.view)
    return _given(answer, tag, environ, start)


def _held(tag: str) -> _Answer | None:
    with suppress(KeyError):
        return _at_hand(tag)
    return None


@lru_cache(maxsize=_AT_HAND)
def _at_hand(tag: str) -> _Answer:
    """What is kept under a tag, which is for ever; raises ``KeyError`` where nothing is, which is not for ever."""
    answer: _Answer | None = caches[_CACHE].get(tag)
    if answer is None:
        raise KeyError(tag)
    return answer


@lru_cache(maxsize=_AT_HAND)
def _unpacked(tag: str) -> bytes:
    return gzip.decompress(_at_hand(tag).body)


def _state() -> str:
    """The state of the register; the last one that was told, where no server of the database answers."""
    try:
        return _asked()
    except Error:
        if not _last_state:
            raise
        return _last_state


def _asked() -> str:
    global _last_state  # noqa: PLW0603 (one for the process)
    _last_state = routing.now() if len(settings.DATABASES) > 1 else _asked_of_the_one()
    return _last_state


def _asked_of_the_one() -> str:
    try:
        return queries.state(DEFAULT_DB_ALIAS)
    except (OperationalError, InterfaceError):
        # Only the connection may be gone. SQLite’s never is: it has waited for a lock, and once is enough.
        if connection.in_atomic_block or not getattr(connection.connection, "closed", False):
            raise
        connection.close()
        return queries.state(DEFAULT_DB_ALIAS)


def _given(answer: _Answer, tag: str, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    if tag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start("304 Not Modified", answer.headers)
        return []
    body, headers = answer.body, answer.headers
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        headers = [*headers, ("Content-Encoding", "gzip")]
    else:
        body = _unpacked(tag)
    start("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def keep(request: HttpRequest, response: HttpResponseBase) -> None:
    """Keep an answer that is about to be sent, if its view allows it and nothing in it is for one visitor alone."""
    if not request.META.pop(_KEPT, False) or request.method != "GET" or "HTTP_ORIGIN" in request.META:
        return
    if not isinstance(response, HttpResponse) or response.status_code != HTTPStatus.OK or response.cookies:
        return
    match = request.resolver_match
    headers = [(name, value) for name, value in response.items() if name.lower() not in _OF_THE_BODY]
    if response.get("Content-Encoding") != "gzip":  # a program asks, and whoever asks next is most likely a browser
        return
    body = response.content
    if len(body) > _LARGE and request.META.get("QUERY_STRING"):
        return
    # Under its own tag: what has changed since it was made makes another one.
    answer = _Answer(match.view_name if match else "", headers, body)
    caches[_CACHE].set(response["ETag"].removeprefix("W/"), answer)
