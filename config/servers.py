"""Which servers hold the register: a database, its standbys, a cache that several machines share.

Each function is given what a variable says. A wrong value is a sentence that names the variable and holds no password.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

CONNECT_SECONDS = 5
#: Seconds until a standby that does not answer is left out. Somebody waits for its page.
STANDBY_SECONDS = 1
#: Milliseconds after which data that nobody acknowledges ends a connection: the machine or the network is gone.
_UNACKNOWLEDGED = 2000
_CACHE_SECONDS = 0.2
#: Pages that a process keeps for itself, some 10 kB each, and for how many seconds any are kept.
_KEPT = 500
_KEPT_SECONDS = 24 * 60 * 60
_POSTGRESQL = "django.db.backends.postgresql"
_STANDBYS = "DATABASE_REPLICA_URLS"


def databases(url: str, standby_urls: list[str], var_dir: Path, pgbouncer: bool) -> dict[str, Any]:
    """The primary as ``default``, and each standby; SQLite under var/ with no preparation."""
    primary = _primary(url, var_dir)
    standbys = [_standby(number, each) for number, each in enumerate(standby_urls, 1)]
    if standbys and primary["ENGINE"] != _POSTGRESQL:
        raise ImproperlyConfigured(f"{_STANDBYS} needs a DATABASE_URL of PostgreSQL.")
    _follow(primary, standbys)
    for database in (primary, *standbys):
        # Behind PgBouncer the next statement may be another server's, and a cursor outside of a transaction be lost.
        database["DISABLE_SERVER_SIDE_CURSORS"] = pgbouncer
    return {"default": primary} | {f"standby_{number}": each for number, each in enumerate(standbys, 1)}


def _primary(url: str, var_dir: Path) -> dict[str, Any]:
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url)) if url else _sqlite(var_dir)
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from error
    database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # Readers never wait for the one writer (WAL), and a second writer waits instead of failing half-way.
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        # A server that is gone without a word is given up, instead of waited for as long as the network cares to try.
        database["OPTIONS"] = {"connect_timeout": CONNECT_SECONDS} | database.get("OPTIONS", {})
    return database


def _sqlite(var_dir: Path) -> dict[str, Any]:
    var_dir.mkdir(parents=True, exist_ok=True)
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": var_dir / "register.sqlite3"}


def _standby(number: int, url: str) -> dict[str, Any]:
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:
        database = {}
    if database.get("ENGINE") != _POSTGRESQL or not database["NAME"]:
        wanted = "an address such as postgres://user:password@host:5432/name"
        raise ImproperlyConfigured(f"{_STANDBYS} cannot be read: number {number} is not {wanted}.")
    given = {"connect_timeout": STANDBY_SECONDS, "tcp_user_timeout": _UNACKNOWLEDGED}
    options = given | database.get("OPTIONS", {})
    return database | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def _follow(primary: dict[str, Any], standbys: list[dict[str, Any]]) -> None:
    """Let libpq look for the primary among all servers that differ by host and port alone: one may be promoted.

    Where DATABASE_URL says by itself which servers there are or which of them it means, that holds.
    """
    same = [each for each in standbys if all(each[name] == primary[name] for name in ("NAME", "USER", "PASSWORD"))]
    named = {"host", "port", "hostaddr", "service", "target_session_attrs"}
    if not same or not primary["HOST"] or named & primary["OPTIONS"].keys():
        return
    everywhere = [primary, *same]
    primary["PORT"] = ",".join(str(each["PORT"] or 5432) for each in everywhere)
    primary["HOST"] = ",".join(str(each["HOST"]) for each in everywhere)
    primary["OPTIONS"] = {"target_session_attrs": "read-write"} | primary["OPTIONS"]


def caches(redis_url: str) -> dict[str, Any]:
    """Where whole pages are kept (friendship/freshness.py): in each process, or in a Redis that all machines ask."""
    local = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    pages = {**local, "LOCATION": "pages", "TIMEOUT": _KEPT_SECONDS, "OPTIONS": {"MAX_ENTRIES": _KEPT}}
    return {"default": local, "pages": _redis(redis_url) if redis_url else pages}


def _redis(url: str) -> dict[str, Any]:
    try:
        read = urlsplit(url)
        well_formed = read.scheme in {"redis", "rediss", "unix"} and (read.hostname or read.path) and read.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or "," in url or ";" in url:  # Django takes these for several servers
        raise ImproperlyConfigured("REDIS_URL must be one address such as redis://:password@cache.example.org:6379/0.")
    if find_spec("redis") is None:
        raise ImproperlyConfigured("REDIS_URL needs a package: pip install -r requirements-redis.lock.")
    return {
        "BACKEND": "friendship.shared_cache.SharedCache",
        "LOCATION": url,
        "KEY_PREFIX": "register",
        "TIMEOUT": _KEPT_SECONDS,
        "OPTIONS": {
            "serializer": "friendship.shared_cache.Sealed",
            "socket_connect_timeout": _CACHE_SECONDS,
            "socket_timeout": _CACHE_SECONDS,
        },
    }
