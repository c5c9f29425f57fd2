"""Which requests may read from a standby, and what happens to them when a server goes away beneath them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.signals import request_finished
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch

from friendship.databases import routing

COOKIE = "written"
#: Seconds for which a visitor's position is remembered. A standby that is further behind is not used anyway.
REMEMBERED = 300

_SAFE = frozenset({"GET", "HEAD"})
#: What reads from the primary alone: the staff's side, and pages about suggestions, which are no part of the register.
_STAFF = frozenset({"admin", "account"})
_OF_THE_PRIMARY = frozenset(
    {
        *("relationship-correction", "city-correction", "province-correction", "suggestion"),
        *("manual", "healthz", "readyz", "metrics"),
    }
)
#: PostgreSQL's code for a write on a server that is, or has become, a standby.
_READ_ONLY = "25006"


class StandbyMiddleware:
    """Lets public pages read from standbys. Not there where there are none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if len(settings.DATABASES) == 1:
            raise MiddlewareNotUsed
        self.get_response = get_response
        # A file is read while it is sent: whose it is counts until its last byte.
        request_finished.connect(_end, dispatch_uid="friendship.databases")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and let who has written remember up to where."""
        routing.end()  # an answer before may have come to no end
        answer = self.get_response(request)
        if not answer.streaming:
            routing.end()
        if request.method not in _SAFE and isinstance(answer, HttpResponse):
            _remember(answer)
        return answer

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> None:
        """The address is known now, and nothing has been read."""
        if request.method in _SAFE and request.resolver_match and is_public(request.resolver_match):
            written = request.get_signed_cookie(COOKIE, default="", max_age=REMEMBERED)
            routing.begin(routing.Reading(written=written or ""))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Make a public page again where its server has gone; let go of a primary that has become a standby."""
        if not isinstance(error, DatabaseError | InterfaceError):
            return None
        if getattr(error.__cause__, "pgcode", "") == _READ_ONLY:
            connections[DEFAULT_DB_ALIAS].close()  # the next one is looked for among all servers
            return None
        reading = routing.current()
        if reading is None or not isinstance(error, OperationalError | InterfaceError):
            return None
        return _made_again(request, reading, error)


def is_public(match: ResolverMatch) -> bool:
    """Whether a page says the same to everybody, and reads nothing but the register."""
    return not _STAFF & set(match.namespaces) and match.view_name not in _OF_THE_PRIMARY


def _made_again(request: HttpRequest, reading: routing.Reading, error: Exception) -> HttpResponseBase | None:
    alias = reading.alias or DEFAULT_DB_ALIAS
    routing.note_failure(alias, error)
    reading.failed.add(alias)
    reading.alias = ""
    if routing.chosen(reading) in reading.failed or request.resolver_match is None:
        return None
    match = request.resolver_match
    answer: Any = match.func(request, *match.args, **match.kwargs)
    return answer.render() if callable(getattr(answer, "render", None)) else answer  # type: ignore[no-any-return]


def _remember(answer: HttpResponse) -> None:
    primary = connections[DEFAULT_DB_ALIAS]
    if primary.connection is None:  # refused before anything was asked
        return
    try:
        with primary.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()")
            [position] = cursor.fetchone()
    except (DatabaseError, InterfaceError):  # gone meanwhile, with whatever was written
        return
    answer.set_signed_cookie(
        COOKIE, position, max_age=REMEMBERED, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def _end(**_signal: Any) -> None:
    routing.end()
