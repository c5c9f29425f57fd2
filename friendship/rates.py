"""How often an address may do something, counted for the API and for what the public sends.

Counted in files under VAR_DIR, a byte each: appending is atomic, so that all processes and threads of this machine
count together without a server and without a lock, in some 30 µs. A cache in memory would count for each process
alone, and one in the database would make every read wait for whoever writes.

A file bears no address: its name is made from it with the secret key. It is gone when its window of time is over.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from pathlib import Path

from django.utils.crypto import salted_hmac

#: So many times in so many seconds.
Rate = tuple[int, int]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tally:
    """How often an address has asked in this window of time, this time included."""

    asked: int
    limit: int
    seconds_left: int

    @property
    def is_over(self) -> bool:
        """Whether it has asked too often."""
        return self.asked > self.limit

    @property
    def left(self) -> int:
        """How often it may ask yet."""
        return max(self.limit - self.asked, 0)


def tally(folder: Path, rate: Rate, address: str | None) -> Tally:
    """Count one more request of an address; the windows of time are the same for everybody.

    The folder is for this rate alone.
    """
    limit, seconds = rate
    window, elapsed = divmod(time.time(), seconds)
    return Tally(counted(folder, int(window), _client(address)), limit, ceil(seconds - elapsed))


def counted(folder: Path, window: int, client: str) -> int:
    """Count one more request, and give their number. A disk that cannot be written stops nobody."""
    try:
        if not (folder / str(window)).is_dir():
            (folder / str(window)).mkdir(parents=True, exist_ok=True)
            _sweep(folder, window)
        return _appended(folder / str(window) / _anonymous(client))
    except OSError:
        _log.exception("Requests cannot be counted.")
        return 0


def forget(folder: Path, rate: Rate) -> None:
    """Remove what was counted in windows that are over."""
    if folder.is_dir():
        _sweep(folder, int(time.time() // rate[1]))


def _client(address: str | None) -> str:
    """One name for a client: whoever has an IPv6 address has all those of its /64 as well."""
    try:
        read = ip_address(address or "")
    except ValueError:  # behind a proxy that writes something else
        return address or ""
    return str(ip_network((read, 64), strict=False)) if isinstance(read, IPv6Address) else str(read)


def _anonymous(client: str) -> str:
    return salted_hmac("friendship.rates", client, algorithm="sha256").hexdigest()[:32]


def _sweep(folder: Path, window: int) -> None:
    """Remove the folders of windows in which nobody counts any more."""
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
