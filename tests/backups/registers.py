"""Registers with databases of their own: one that holds something of everything, and empty places beside it."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import dj_database_url
import pytest
from django.core.management import call_command
from django.db import connection as of_the_tests
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from friendship.backups import kinds, postgresql, sqlite
from friendship.backups.contents import Contents, measure
from tests.servers.environment import production
from tests.servers.register import ROOT

#: Values that the two kinds of database keep in different ways, in rows that people have written.
CURATED = """
from datetime import datetime, UTC
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from friendship import curation
from friendship.models import *
user = User.objects.create_superuser("admin", "a@example.org", "correct horse battery staple")
user.groups.add(Group.objects.get(name="Editors"))
User.objects.filter(pk=user.pk).update(date_joined=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
for key in ("b", "B", "a", "_", "é"):
    Session.objects.create(session_key=key, session_data="x", expire_date=datetime(2027, 1, 1, tzinfo=UTC))
tie = Relationship.objects.order_by("pk").first()
tie.note_zh = "第一行\\n\\\\.\\n制表符\\t“引号”'\\"\\\\N"
curation.save(tie, actor=user)
run = ImportRun(started_by=user, content=bytes(range(256)), file_name="名单.csv")
run.mapping = {"b": 1.0, "a": [1e20, 0.1, True, None, "四川"], "": {}}
run.save()
AccessEvent.objects.create(kind="login", user=user, name="admin", address="2001:db8::1")
AccessEvent.objects.create(kind="login", user=user, name="admin", address="192.0.2.1")
"""


@dataclass(frozen=True)
class Register:
    """A database by its address, with what a process of its own needs to work on it."""

    url: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return production(self.folder, DATABASE_URL=self.url)

    def manage(self, *arguments: str) -> str:
        """Run a management command in a process of its own and give what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def interrupted(self, script: str, number: signal.Signals) -> None:
        """Run a script until it prints a line, and send the signal then."""
        # What a shell starts in the background, and all that this starts, is deaf to Ctrl+C until it says otherwise.
        script = f"import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n{script}"
        process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--no-imports", "--command", script],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        with closing(process.stdout):
            assert process.stdout.readline() == "now\n"
            process.send_signal(number)
            process.wait(timeout=30)
        assert process.returncode != 0

    def enter(self, monkeypatch: pytest.MonkeyPatch) -> Register:
        """Let this process back up and restore this one; what it held is as it was."""
        own = self.connect()
        for module in (kinds, sqlite, postgresql):
            monkeypatch.setattr(module, "connection", own)
        return self

    def connect(self) -> BaseDatabaseWrapper:
        """A connection of Django's, which is nobody else's."""
        known = {**of_the_tests.settings_dict, "OPTIONS": {}, **dj_database_url.parse(self.url), "CONN_MAX_AGE": 0}
        own: BaseDatabaseWrapper = load_backend(known["ENGINE"]).DatabaseWrapper(known, "a_register_of_its_own")
        return own

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        """Run SQL in a connection of its own, and commit; the rows, where it gives some."""
        with closing(self.connect()) as own, own.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []


def contents() -> Contents:
    """What the register that was entered holds."""
    if kinds.current().NAME == "sqlite":
        with closing(sqlite3.connect(sqlite._path())) as file:
            return measure(sqlite.Reader(file))
    with closing(postgresql._connect()) as database:
        return measure(postgresql.Reader(database))


def run(*arguments: str | Path) -> str:
    """Run a command on the register that was entered, in English, and give what it printed."""
    out = StringIO()
    call_command(*map(str, arguments), "--language", "en", stdout=out)
    return out.getvalue()
