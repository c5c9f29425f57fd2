"""What must not stand in a log or leave in a report: secrets of the register, of a visitor, and what people wrote.

Two ways at once: what is known is looked for as it is, and what is not known by the shape of its surroundings.
"""

from __future__ import annotations

import re
from contextvars import ContextVar

from django.conf import settings

HIDDEN = "[hidden]"
#: The Cookie and Authorization headers of the request at work.
carried: ContextVar[tuple[str, ...]] = ContextVar("carried", default=())

_SHORTEST_KNOWN = 6  # shorter ones are words of any text
_SHORTEST_CARRIED = 16  # the language of a reader is no secret, the session is
_TOKEN = re.compile(r"(/suggestions/)[^/\s?#\"'<>]+")
#: PostgreSQL quotes whole rows and statements, to the end of its message.
_QUOTED_BY_POSTGRESQL = re.compile(
    r"^(DETAIL|LINE \d+|CONTEXT|QUERY|STATEMENT|HINT):.*?(?=\n\n(?:The above|During handling)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SHAPES = [
    # Of people: whoever has the reference number of a suggestion reads it.
    (_TOKEN, rf"\1{HIDDEN}"),
    (re.compile(r"(/[\w./%-]*)\?[^\s\"'<>]+"), rf"\1?{HIDDEN}"),
    (re.compile(r"(\bip=)[\w.:]+?(?=:?\s|$)"), rf"\1{HIDDEN}"),  # gunicorn's, of a request that it cannot read
    (_QUOTED_BY_POSTGRESQL, rf"\1: {HIDDEN}"),
    # Headers and addresses of databases.
    (re.compile(r"(?i)\b((?:set-|http_)?cookie|(?:http_)?authorization)(['\"]?\s*[:=]\s*).*"), rf"\1\2{HIDDEN}"),
    (re.compile(r"(://)[^/\s@'\"]+@"), rf"\1{HIDDEN}@"),
    # Named values, as in forms, dictionaries and calls.
    (
        re.compile(
            r"(?i)([\w-]*(?:passw(?:or)?d|secret|token|sessionid|host-session|csrf|api_?key|e-?mail)[\w-]*['\"]?\s*[:=]\s*)"
            r"(\[?'[^'\n]*'\]?|\[?\"[^\"\n]*\"\]?|[^\s,;&'\"})\]]+)"
        ),
        rf"\1{HIDDEN}",
    ),
]


def path(asked: str) -> str:
    """A path as it may stand in a log: without the number that opens a suggestion."""
    return _TOKEN.sub(rf"\1{HIDDEN}", asked) if "/suggestions/" in asked else asked


def clean(text: str) -> str:
    """A text without secrets and without what people wrote, as far as can be seen."""
    for secret in (*_known(), *_carried()):
        text = text.replace(secret, HIDDEN)
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def _known() -> list[str]:
    """The register's own secrets; none before its settings are read, as in gunicorn's first process."""
    if not settings.configured:
        return []
    databases = [str(database.get("PASSWORD") or "") for database in settings.DATABASES.values()]
    dsn = settings.SENTRY_DSN.partition("://")[2].rpartition("@")[0]
    held = [settings.SECRET_KEY, settings.METRICS_TOKEN, dsn, *databases]
    return [secret for secret in held if len(secret) >= _SHORTEST_KNOWN]


def _carried() -> list[str]:
    """The values of the headers that say who a visitor is."""
    pieces = [piece.strip().strip('"') for header in carried.get() for piece in re.split(r"[;=\s]", header)]
    return [piece for piece in pieces if len(piece) >= _SHORTEST_CARRIED]
