"""Debian's programs that tests start, where they are, and how they end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

#: The package of each; Debian keeps some of them out of the PATH of users.
PACKAGES = {"nginx": "nginx-light", "redis-server": "redis-server", "pgbouncer": "pgbouncer"}
_START_SECONDS = 30


def found(program: str) -> str | None:
    """Its path, or None where its package is missing."""
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


def missing() -> list[str]:
    """The packages that this machine lacks."""
    return [package for program, package in PACKAGES.items() if found(program) is None]


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A short path, for the name of a socket has 107 bytes."""
    made = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def running(
    command: list[str | Path], log: Path, is_there: Callable[[], bool], **how: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in the foreground, wait until it is there, and end it."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **how)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not is_there():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start.\n{log.read_text()}")
            time.sleep(0.02)
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; after ten seconds it is not asked any more."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
            process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return


def end_with_what_was_started() -> None:
    """From now on a request to end this process unwinds it as Ctrl+C does: what it has started is ended with it."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def family(first: int) -> list[int]:
    """A process and those that it has started."""
    return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]


def unprivileged(owned: Path) -> dict[str, Any]:
    """What Popen needs for a program that refuses to run as root: it runs as user postgres, who gets the folder."""
    if os.geteuid() != 0:
        return {}
    postgres = pwd.getpwnam("postgres")
    os.chown(owned, postgres.pw_uid, postgres.pw_gid)
    return {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(path: Path) -> bool:
    """Whether somebody takes connections at a socket."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def listens_at(port: int) -> bool:
    """Whether somebody takes connections at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
