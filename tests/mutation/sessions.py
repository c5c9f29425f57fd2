"""Sessions of pytest in processes of their own, each with a copy of a database that was migrated once."""

from __future__ import annotations

import os
import resource
import sqlite3
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

#: What a process ends with that has not come to its tests.
NOT_TRIED = 99
#: A mutant that never ends may not take the machine with it.
_MEMORY = 4 * 2**30

#: The browser's tests are left out: a fault would be met there late, and slowly.
PYTEST = (
    *("-x", "-q", "-s", "-p", "no:cacheprovider", "-m", "not browser"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # its plugins are among what is imported once
)


def forked(run: Callable[[], int], log: Path | None = None) -> int:
    """Run a function in a forked process that ends with what it returns; gives the process's number."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    status = NOT_TRIED
    try:
        os.setsid()
        output = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        status = int(run())
    except BaseException:  # noqa: BLE001 (told here; nothing may go on as the process it was forked from)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def wait(pid: int) -> int:
    """What a process ends with, once it does."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def limit_memory() -> None:
    """Keep this process from taking the memory of all others."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def run_tests(arguments: Sequence[str], plugin: object) -> int:
    """Run pytest with a plugin of ours; gives its exit status."""
    from hypothesis import settings

    # The same examples each time: the score must depend neither on luck nor on the speed of the machine. What a mutant
    # fails on is nobody's memory.
    settings.register_profile("mutants", derandomize=True, database=None, deadline=None, print_blob=False)
    return int(pytest.main(["--hypothesis-profile=mutants", *arguments], plugins=[plugin]))


class Watch:
    """How long each test took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration


class Session:
    """Instead of running the tests, does something with the session that has collected them."""

    def __init__(self, act: Callable[[pytest.Session], None]) -> None:
        self.act: Callable[[pytest.Session], None] | None = act

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        act, self.act = self.act, None
        if act is None:
            return None  # in a fork: run them
        act(session)
        return True


class Chosen:
    """Only these tests, in this order."""

    def __init__(self, tests: list[str]) -> None:
        self.rank = {test: rank for rank, test in enumerate(tests)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = self.of(items)

    def of(self, items: Iterable[pytest.Item]) -> list[pytest.Item]:
        return sorted((item for item in items if item.nodeid in self.rank), key=lambda item: self.rank[item.nodeid])


def make_database(path: Path) -> int:
    """Migrate a database, and collect the static files, for all sessions to come."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("collectstatic", interactive=False, verbosity=0)
    connection.creation.create_test_db(verbosity=0, serialize=False)
    with sqlite3.connect(path) as copy:
        connection.connection.backup(copy)
    return 0


def copy_database(path: Path) -> None:
    """From now on, tests get a copy of that database instead of migrating one."""
    from django.db.backends.sqlite3.creation import DatabaseCreation

    def create_test_db(self: Any, *_arguments: Any, **_options: Any) -> str:
        name = str(self._get_test_db_name())
        self.connection.close()
        self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        with sqlite3.connect(path) as migrated:
            migrated.backup(self.connection.connection)
        return name

    DatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign]
