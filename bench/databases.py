"""Registers of made-up ties, kept under var/bench: a million takes minutes to make, and is the same each time."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

import dj_database_url
import psycopg2

from bench import lists
from tests.servers import postgresql
from tests.servers.environment import production
from tests.servers.register import ROOT

KEPT = ROOT / "var" / "bench"
SEED = 1
_FILE, _DUMP = "register.sqlite3", "register.dump"
#: For searching among places: as many of them as asked for, and few ties.
_MANY_PLACES = (
    "from fractions import Fraction; from friendship import synthetic; "
    "synthetic._TIES_A_PLACE = Fraction(1, 10); synthetic.generate({ties}, {seed})"
)


@dataclass(frozen=True)
class Content:
    """What a register holds: ``many`` made-up ties, or as many places with a tenth of the ties."""

    many: int
    places: bool = False

    @property
    def name(self) -> str:
        """How its folder is called, before what it was made by."""
        return f"{self.many}-places" if self.places else f"{self.many}-ties"

    @property
    def command(self) -> list[str]:
        """The management command that fills an empty register."""
        if self.places:
            made = _MANY_PLACES.format(ties=self.many // 10, seed=SEED)
            return ["shell", "--no-imports", "--command", made]
        return ["generate", "--relationships", str(self.many), "--seed", str(SEED)]


class Databases:
    """The databases of one run. Those in PostgreSQL are brought back from dumps when they are first asked for."""

    def __init__(self, kept: Path = KEPT) -> None:
        self._kept = kept
        self._stack = ExitStack()
        self._cluster = ""
        self._restored: dict[Content, str] = {}

    def __enter__(self) -> Databases:
        """Nothing is started before it is needed."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the cluster."""
        self._stack.close()

    def sqlite(self, content: Content) -> str:
        """The DATABASE_URL of that register in SQLite."""
        file = self.file(content)
        if not file.exists():
            making = unfinished(file)
            _fill(content, f"sqlite:///{making}", file.parent)
            making.rename(file)
        return f"sqlite:///{file}"

    def postgresql(self, content: Content) -> str:
        """The DATABASE_URL of that register in PostgreSQL. Ends the benchmark where there is none."""
        if content not in self._restored:
            programs = postgresql.programs()
            if programs is None:
                sys.exit(lists.MISSING)
            self._cluster = self._cluster or self._stack.enter_context(postgresql.cluster(programs))
            url = self._stack.enter_context(postgresql.database(self._cluster))
            self._restore(content, programs, url)
            self._restored[content] = url
        return self._restored[content]

    def file(self, content: Content) -> Path:
        """Where that register lies, or would lie, in SQLite."""
        return self.folder(content) / _FILE

    def folder(self, content: Content) -> Path:
        """The folder of what was made of that register. What an older generator or schema made is removed."""
        folder = self._kept / f"{content.name}-{SEED}-{_made_by()}"
        for older in self._kept.glob(f"{content.name}-*"):
            if older != folder:
                shutil.rmtree(older)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _restore(self, content: Content, programs: Path, url: str) -> None:
        dump = self.folder(content) / _DUMP
        if dump.exists():
            _run(programs / "pg_restore", "--no-owner", f"--jobs={os.cpu_count()}", *_where(url), str(dump))
        else:
            _fill(content, url, dump.parent)
            making = unfinished(dump)
            _run(programs / "pg_dump", "--format=custom", "--compress=1", f"--file={making}", *_where(url))
            making.rename(dump)
        _analyse(url)


def unfinished(file: Path) -> Path:
    """Where a file is made, until it is whole: two runs at once don’t write the same."""
    return file.with_suffix(f".{os.getpid()}.making")


def _made_by() -> str:
    """The newest migration, and a digest of the code that makes ties up, and of the index that ``migrate`` makes."""
    newest = max(path.stem for path in (ROOT / "friendship" / "migrations").glob("[0-9]*.py"))
    made_by = ("synthetic.py", "words.py")
    code = b"".join((ROOT / "friendship" / name).read_bytes() for name in made_by)
    return f"{newest}-{hashlib.sha256(code).hexdigest()[:8]}"


def _fill(content: Content, url: str, folder: Path) -> None:
    database = lists.Database(folder, production(folder, DATABASE_URL=url))
    database.manage("migrate", "--verbosity", "0")
    database.manage(*content.command)


def _analyse(url: str) -> None:
    """As PostgreSQL does by itself after some minutes."""
    parameters = dj_database_url.parse(url)
    connection = psycopg2.connect(dbname=parameters["NAME"], user=parameters["USER"], host=parameters["HOST"])
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    finally:
        connection.close()


def _where(url: str) -> list[str]:
    parts = urlsplit(url)
    user, _at, host = parts.netloc.partition("@")
    return [f"--dbname={parts.path[1:]}", f"--host={unquote(host)}", f"--username={user}"]


def _run(program: Path, *arguments: str) -> None:
    subprocess.run([program, *arguments], check=True)
