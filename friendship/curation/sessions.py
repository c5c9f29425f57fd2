"""When a log-in ends: after a time without a page, after a day's work, or because the account has changed."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.utils import timezone

_BEGAN, _SEEN = "began", "seen"
_SECONDS_BETWEEN_NOTES = 60  # a page a second need not write the session a second


def begin(session: SessionBase) -> None:
    """Note when the person has logged in."""
    session[_BEGAN] = session[_SEEN] = int(time.time())
    session.set_expiry(settings.SESSION_COOKIE_AGE)


def is_over(session: SessionBase) -> bool:
    """Whether the person was away for too long, or has been logged in for too long."""
    now = time.time()
    idle = now - session.get(_SEEN, now)
    return bool((settings.SESSION_IDLE and idle > settings.SESSION_IDLE) or _age(session) > settings.SESSION_COOKIE_AGE)


def note_page(session: SessionBase) -> None:
    """Note that the person is here; the cookie still ends when the log-in does."""
    now = int(time.time())
    if now - session.get(_SEEN, 0) >= _SECONDS_BETWEEN_NOTES:
        session.setdefault(_BEGAN, now)
        session[_SEEN] = now
        session.set_expiry(max(1, int(settings.SESSION_COOKIE_AGE - _age(session))))


def _age(session: SessionBase) -> float:
    return time.time() - float(session.get(_BEGAN, time.time()))


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End what the person is logged in with, in all browsers but the one of this session; returns how many."""
    ended = 0
    for session in open_sessions(user):
        if session.session_key != but:
            session.delete()
            ended += 1
    return ended


def open_sessions(user: User) -> list[Session]:
    """The sessions with which the person is logged in. Only staff have any, so all of them are looked through."""
    held = Session.objects.filter(expire_date__gt=timezone.now())
    return [session for session in held if session.get_decoded().get(SESSION_KEY) == str(user.pk)]
