"""The migrations on a database of their own: forward, back and forward again leave the same register."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from tests.servers import postgresql
from tests.servers.environment import production

# Read as the public reads it: ids of evidence and places may change, what is said may not.
READ = """
from django.test import Client
client = Client(headers={"host": "testserver"})
pages = ["relationships/?page_size=500", "places/?page_size=500", "countries/?page_size=500", "totals/"]
pages += ["sources/?page_size=500", "sources/sichuan-press-conference-2023-05-18/"]
for page in pages:
    answer = client.get("/api/v1/" + page)
    print(answer.status_code, answer.content.decode())
"""

# An earlier state has fewer columns than the models of today, so it is counted and not read.
COUNT = """
from django.db import connection
with connection.cursor() as cursor:
    for table in ("relationship", "source", "reportedtotal"):
        cursor.execute(f"SELECT COUNT(*) FROM friendship_{table}")
        print(cursor.fetchone()[0])
"""


class Database:
    """An empty database and the management commands that work on it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def manage(self, *arguments: str) -> str:
        """Run a management command and give what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def read(self) -> str:
        """What the API says."""
        return self.manage("shell", "--no-imports", "--command", READ)

    def held(self) -> list[int]:
        """How many ties, sources and totals there are."""
        return [int(line) for line in self.manage("shell", "--no-imports", "--command", COUNT).split()]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with ExitStack() as stack:
        variables = {}
        if url := os.environ.get("DATABASE_URL"):
            variables["DATABASE_URL"] = stack.enter_context(postgresql.database(url))
        yield Database(production(tmp_path, **variables))


def test_back_and_forward_again(database: Database) -> None:
    database.manage("migrate", "--verbosity", "0")
    before = database.read()
    assert before.count("\n200 ") == 5
    assert '"count":132' in before
    assert before.count('"value":null') == 1
    for state, held in {"0007": [132, 116, 22], "0005": [132, 111, 11], "0003": [9, 1, 11], "0001": [0, 0, 0]}.items():
        database.manage("migrate", "friendship", state, "--verbosity", "0")
        assert database.held() == held, state
    database.manage("migrate", "--verbosity", "0")
    assert database.read() == before
    database.manage("migrate", "friendship", "zero", "--verbosity", "0")
