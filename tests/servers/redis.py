"""A throwaway Redis, reached by a socket only."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import programs


@dataclass
class Redis:
    """A Redis that can be taken away."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> Path:
        return self.folder / "redis"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start it; what it held before is gone."""
        command = [str(programs.found("redis-server")), "--port", "0", "--unixsocket", str(self.socket), "--save", ""]
        with programs.running(
            [*command], self.folder / "log", lambda: programs.listens(self.socket), cwd=self.folder
        ) as started:
            self.process = started
            yield
        self.socket.unlink(missing_ok=True)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it take connections, as the system does that for it, and say nothing."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)


@contextmanager
def server() -> Iterator[Redis]:
    """Give one that does not run yet."""
    with programs.folder("redis.") as folder:
        yield Redis(folder)
