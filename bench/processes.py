"""Servers that a measurement starts and ends, and the memory of processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers.register import ROOT

_START_SECONDS = 120  # a large database is read for the first time
_LOOK_EVERY = 0.02  # seconds


@contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str], ready: str, log: Path) -> Iterator[int]:
    """Start a server, wait until it answers 200 at an address, give its process, and end it with all it started."""
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait(process, ready, log)
        yield process.pid
    finally:
        _end(process)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children(pid: int) -> list[int]:
    """The processes that a process has started: gunicorn’s workers."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def memory(pid: int) -> dict[str, int]:
    """What Linux says of a running process’s memory, in bytes; nothing where it has just ended.

    ``VmHWM`` is the most that was resident, with the pages of files that the system maps for it; ``RssAnon`` what is
    the process’s own now.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return {}
    parts = (line.split() for line in lines)
    return {part[0].removesuffix(":"): int(part[1]) * 1024 for part in parts if part[-1] == "kB"}


def _wait(process: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(ready, timeout=60):  # noqa: S310 (our own server)
                return
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass  # does not listen yet
        time.sleep(_LOOK_EVERY)
    raise RuntimeError(f"{process.args!r} did not start.\n{log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return
