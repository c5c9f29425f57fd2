"""How many requests an address may make: settings.API_RATE, said in the headers of every answer.

Requests are counted in files under VAR_DIR, a byte for each: appending is atomic, so that all processes and threads of
this machine count together without a server and without a lock, in some 30 µs. A cache in memory would count for each
process alone, and one in the database would make every read wait for whoever writes.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # itself imports this module, by its setting

_log = logging.getLogger(__name__)


class ClientRate(BaseThrottle):
    """So many requests of one client in one window of time; the windows are the same for everybody."""

    _seconds_left = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request, and whether it is still one of those allowed; its answer says how many are left."""
        if settings.API_RATE is None:
            return True
        limit, seconds = settings.API_RATE
        window, elapsed = divmod(time.time(), seconds)
        self._seconds_left = ceil(seconds - elapsed)
        count = _counted(settings.VAR_DIR / "rates", int(window), _client(self.get_ident(request)))
        view.headers |= {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(limit - count, 0)),
            "RateLimit-Reset": str(self._seconds_left),
        }
        return count <= limit

    def wait(self) -> float:
        """Seconds to the next window."""
        return self._seconds_left


def _client(address: str | None) -> str:
    """One name for a client: whoever has an IPv6 address has all those of its /64 as well."""
    try:
        read = ip_address(address or "")
    except ValueError:  # behind a proxy that writes something else
        return address or ""
    return str(ip_network((read, 64), strict=False)) if isinstance(read, IPv6Address) else str(read)


def _counted(folder: Path, window: int, client: str) -> int:
    """Count one more request, and give their number. A disk that cannot be written stops nobody from reading."""
    try:
        if not (folder / str(window)).is_dir():
            _begin(folder, window)
        return _appended(folder / str(window) / sha256(client.encode()).hexdigest()[:32])
    except OSError:
        _log.exception("Requests to the API cannot be counted.")
        return 0


def _begin(folder: Path, window: int) -> None:
    """Make the folder of a window, and remove those of windows in which nobody counts any more."""
    (folder / str(window)).mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.name not in {str(window - 1), str(window)}:
            shutil.rmtree(old, ignore_errors=True)


def _appended(path: Path) -> int:
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, b".")
        return os.fstat(file).st_size
    finally:
        os.close(file)
