"""A register to back up, and empty places to restore into, on the kind of database that the tests run on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.backups.registers import CURATED, Register, contents, run
from tests.servers import postgresql


def _new(stack: ExitStack, folder: Path) -> Register:
    if url := os.environ.get("DATABASE_URL"):
        return Register(stack.enter_context(postgresql.database(url)), folder)
    return Register(f"sqlite:///{folder}/register.sqlite3", folder)


@pytest.fixture(scope="package")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """A register with made-up ties and curated rows. Nobody changes it."""
    with ExitStack() as stack:
        register = _new(stack, tmp_path_factory.mktemp("filled"))
        register.manage("migrate", "--verbosity", "0")
        register.manage("generate", "--relationships", "300")
        register.manage("shell", "--no-imports", "--command", CURATED)
        yield register


@pytest.fixture(scope="package")
def backup(filled: Register, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """A backup of it."""
    path = tmp_path_factory.mktemp("backups") / "register.backup"
    with pytest.MonkeyPatch.context() as monkeypatch, django_db_blocker.unblock():
        filled.enter(monkeypatch)
        run("backup", path)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Register]:
    """A database that holds nothing; on SQLite there is no file yet."""
    with ExitStack() as stack:
        folder = tmp_path / "empty"
        folder.mkdir()
        yield _new(stack, folder)


@pytest.fixture
def copy(empty: Register, backup: Path, db: None) -> Register:
    """A register of its own with what the filled one holds, to be changed at will."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        empty.enter(monkeypatch)
        run("restore", backup)
        assert contents().rows > 1_500
    return empty
