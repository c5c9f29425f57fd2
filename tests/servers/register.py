"""The register as it runs in production: migrated, behind gunicorn, with its own database and three staff accounts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers.environment import production

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"
START_SECONDS = 180

STAFF = f"""
from django.contrib.auth.models import Group, User
for name, group in [("editor", "Editors"), ("reviewer", "Reviewers")]:
    user = User.objects.create_user(name, password={PASSWORD!r}, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
User.objects.create_superuser("admin", password={PASSWORD!r})
"""


@dataclass(frozen=True)
class Register:
    """A running register."""

    url: str
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes]

    def manage(self, *arguments: str) -> str:
        """Run a management command on its database and give what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, check=True, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
        ).stdout


@contextmanager
def running(folder: Path, **variables: str) -> Iterator[Register]:
    """Start bin/serve with its files under ``folder`` and wait until the register can be read."""
    port = _free_port()
    venv = Path(sys.executable).parent
    environment = production(
        folder,
        PATH=f"{venv}{os.pathsep}{os.environ['PATH']}",
        HOST="127.0.0.1",
        PORT=str(port),
        PYTHONUNBUFFERED="1",
        **{"COLLECT_STATIC": "true", **variables},
    )
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [ROOT / "bin" / "serve"], env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/readyz", process, log)
        yield Register(url, environment, log, process)
    finally:
        _stop(process)


def add_staff(register: Register) -> None:
    """Add an editor, a reviewer and a superuser, each with PASSWORD."""
    register.manage("shell", "--no-imports", "--command", STAFF)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the server and its workers to end; after ten seconds they are not asked any more."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=10)
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own server)
                return
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass  # does not listen yet
        time.sleep(0.1)
    raise RuntimeError(f"The register did not start.\n{log.read_text()}")
