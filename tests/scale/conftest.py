"""The register on more than one machine, all of them this one: what docs/operations.md promises, with the real servers.

Only with PostgreSQL. The first web server asks its databases directly, the second through a PgBouncer before each.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.scale.visitor import Visitor
from tests.servers import nginx, pgbouncer, postgresql, programs, redis, register, standbys
from tests.servers.environment import production
from tests.servers.register import Register

collect_ignore_glob = [] if os.environ.get("DATABASE_URL") else ["test_*.py"]

DATABASE = "register"


@dataclass(frozen=True)
class Landscape:
    """Two web servers behind nginx, a primary with two standbys, a shared cache."""

    nginx: str
    web: tuple[Register, Register]
    primary: standbys.Server
    standbys: tuple[standbys.Server, standbys.Server]
    redis: redis.Redis
    #: The one before the primary.
    pooler: pgbouncer.Pooler

    def write(self, text: str) -> None:
        """Change the note of tie 1."""
        self.primary.ask("UPDATE friendship_relationship SET note_en = %s WHERE id = 1", text, name=DATABASE)

    def settle(self) -> None:
        """Wait until both standbys hold everything."""
        for standby in self.standbys:
            standby.catch_up(self.primary)


@pytest.fixture(scope="session")
def installed() -> None:
    lacking = programs.missing() + ([] if postgresql.programs() else ["postgresql"])
    if lacking:
        pytest.skip(f"apt-get install -y --no-install-recommends {' '.join(lacking)}")


@pytest.fixture(scope="session")
def landscape(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Landscape]:
    with ExitStack() as stack:
        primary, one, two = stack.enter_context(standbys.servers(2))
        primary.ask(f"CREATE DATABASE {DATABASE}")
        cache = stack.enter_context(redis.server())
        stack.enter_context(cache.running())
        direct = [server.url(DATABASE) for server in (primary, one, two)]
        pooled = [stack.enter_context(pgbouncer.before(address)) for address in direct]
        _migrate(tmp_path_factory.mktemp("migrated"), direct[0])
        first = stack.enter_context(web(tmp_path_factory.mktemp("web"), direct, REDIS_URL=cache.url))
        more = {"PGBOUNCER": "true"}
        there = [pooler.url for pooler in pooled]
        second = stack.enter_context(web(tmp_path_factory.mktemp("web"), there, REDIS_URL=cache.url, **more))
        register.add_staff(first)
        front = stack.enter_context(nginx.before(first.url, second.url))
        yield Landscape(front, (first, second), primary, (one, two), cache, pooled[0])


def _migrate(folder: Path, url: str) -> None:
    """One job before the servers, which takes as long as it takes."""
    environment = production(folder, DATABASE_URL=url)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True, cwd=register.ROOT, env=environment)


@contextmanager
def web(folder: Path, addresses: list[str], **variables: str) -> Iterator[Register]:
    """Start a web server on a primary and its standbys."""
    (folder / "static").symlink_to(Path(os.environ["VAR_DIR"]) / "static")  # collected for all tests
    databases = {"DATABASE_URL": addresses[0], "DATABASE_REPLICA_URLS": ",".join(addresses[1:])}
    prepared = {"BEHIND_PROXY": "true", "COLLECT_STATIC": "false", "MIGRATE": "false"}
    with register.running(folder, **prepared, **databases, **variables) as running:
        yield running


@pytest.fixture
def settled(landscape: Landscape) -> Landscape:
    """All servers run, are known to run, and the standbys hold what the primary holds."""
    for server in (landscape.primary, *landscape.standbys):
        if not server.is_running():
            server.start()
    landscape.settle()
    return landscape


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()
