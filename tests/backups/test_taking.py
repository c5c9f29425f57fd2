"""``manage.py backup``: of one moment, whole or not at all, for nobody else's eyes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from friendship.backups import archive, kinds, restoring
from friendship.backups.contents import Contents, Reader, measure
from tests.backups.registers import Register, contents, run

pytestmark = pytest.mark.django_db

CHANGE = "UPDATE friendship_country SET name_en = name_en || '!' WHERE code = 'JP'"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_says_what_it_wrote(filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.enter(monkeypatch)
    held, path = contents(), tmp_path / "today"
    assert run("backup", path).splitlines() == [
        f"Written: {path}, {path.stat().st_size} bytes",
        f"{held.rows} rows in {len(held.tables)} tables, SHA-256 {held.checksum}",
    ]
    manifest = archive.read(path)
    assert (manifest.database, manifest.contents) == (kinds.current().NAME, held)
    assert "friendship.0001_schema" in held.migrations
    assert held.tables["friendship_relationship"].rows == 132 + 300
    assert names(tmp_path) == ["today"]


def test_in_a_folder_it_has_a_name_of_its_own(
    filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.enter(monkeypatch)
    assert run("backup", tmp_path, "-v", "0") == ""
    [name] = names(tmp_path)
    assert re.fullmatch(r"register-\d{4}-\d\d-\d\dT\d{6}Z\.backup", name)


def test_verified_it_was_restored(filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.enter(monkeypatch)
    said = run("backup", tmp_path / "x", "--verify").splitlines()
    assert said[2:] == ["Verified: restored into an empty place, with the same checksum."]
    call_command("backup", tmp_path / "x", "--verify", "-v", "0")
    monkeypatch.setattr(kinds.current(), "tried", lambda *_: Contents({}, []))
    with pytest.raises(CommandError, match="is not what was backed up"):
        run("backup", tmp_path / "y", "--verify")


def test_nobody_else_may_read_it(filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.enter(monkeypatch)
    modes = []
    real = archive.write

    def watched(file: Any, *args: Any, **options: Any) -> None:
        modes.append(stat.S_IMODE(os.fstat(file.fileno()).st_mode))
        modes.extend(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path.is_dir())
        real(file, *args, **options)

    monkeypatch.setattr(archive, "write", watched)
    before = os.umask(0)
    try:
        run("backup", tmp_path / "x")
    finally:
        os.umask(before)
    assert set(modes) <= {0o600, 0o700}
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600


def test_it_replaces_a_backup_and_nothing_else(
    filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.enter(monkeypatch)
    path, other = tmp_path / "x", tmp_path / "other"
    run("backup", path)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:1_000])  # one that was cut
    run("backup", path)
    assert archive.read(path).contents == contents()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    other.write_bytes(b"something dear")
    with pytest.raises(CommandError, match=r"other is something else than a backup\. Name another file\."):
        run("backup", other)
    assert other.read_bytes() == b"something dear"
    for name in ("/dev/null", *[urlsplit(filled.url).path] * filled.url.startswith("sqlite")):
        with pytest.raises(CommandError, match="something else than a backup"):
            run("backup", name)


def test_a_place_that_cannot_be_written_is_said(
    filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.enter(monkeypatch)
    with pytest.raises(CommandError, match=r"nowhere/x cannot be written: No such file or directory\."):
        run("backup", tmp_path / "nowhere" / "x")


def test_without_a_register_there_is_nothing_to_write(
    empty: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.enter(monkeypatch)
    before = names(tmp_path)
    with pytest.raises(CommandError, match=r"The database holds no register yet\."):
        run("backup", tmp_path / "x")
    assert kinds.current().held() == 0
    empty.execute("CREATE TABLE somebody_elses (id integer)")
    with pytest.raises(CommandError, match=r"The database holds tables, but no register\."):
        run("backup", tmp_path / "x")
    assert names(tmp_path) == before


def test_what_is_written_meanwhile_is_not_in_it(
    copy: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the rows are counted, after that, and while they are copied: always the same moment, and nobody waits."""
    copy.enter(monkeypatch)
    before = contents()
    wrote = []

    def change(*_args: Any) -> None:
        wrote.append(copy.execute(CHANGE))

    def measured(reader: Reader) -> Contents:
        change()
        found = measure(reader)
        change()
        return found

    with monkeypatch.context() as watched:
        watched.setattr(kinds.current(), "measure", measured)
        watched.setattr(shutil, "copyfileobj", _after(change, shutil.copyfileobj))
        run("backup", tmp_path / "x")
    assert len(wrote) == 3
    assert restoring.prove(tmp_path / "x").contents == before
    assert before.differing(contents()) == ["friendship_country"]


def _after(first: Callable[[], None], then: Callable[..., None]) -> Callable[..., None]:
    def both(*args: Any) -> None:
        first()
        then(*args)

    return both


#: A backup that stops when its part is written, and waits.
STOPPING = """
import time
from django.core.management import call_command
from friendship.backups import archive
def stopping(file):
    print("now", flush=True)
    time.sleep(60)
archive._digest = stopping
call_command("backup", {path!r})
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_interrupted_it_leaves_what_stood_there(
    filled: Register, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    path, kept = tmp_path / "x", tmp_path / "kept"
    kept.write_bytes(backup.read_bytes())
    for target in (path, kept):
        filled.interrupted(STOPPING.format(path=str(target)), number)
    assert kept.read_bytes() == backup.read_bytes()
    assert not path.exists()
    left = [name for name in names(tmp_path) if name.startswith(".")]
    assert bool(left) == (number == signal.SIGKILL)
    filled.enter(monkeypatch)
    run("backup", path, "--verify")


#: A disk that is full after so many bytes.
FULL = """
import resource
from django.core.management import call_command
resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, resource.RLIM_INFINITY))
try:
    call_command("backup", {path!r}, "--language", "en")
except BaseException as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize("bytes_", [1_000, 150_000])
def test_a_full_disk_leaves_nothing(filled: Register, tmp_path: Path, bytes_: int) -> None:
    said = filled.manage("shell", "--no-imports", "--command", FULL.format(path=str(tmp_path / "x"), bytes=bytes_))
    assert re.fullmatch(r"CommandError .*(File too large|disk I/O error|disk is full)\.?\n", said)
    assert names(tmp_path) == []


# --- PostgreSQL's own programs ----------------------------------------------------------------------------------------

WATCHED = """#!/bin/sh
{{ printf '%s\\n' "$@"; echo "PGPASSWORD=$PGPASSWORD"; }} >> '{log}'
exec {real} "$@"
"""

if os.environ.get("DATABASE_URL"):  # SQLite needs no program

    def test_the_password_is_in_no_command_line(
        filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log = tmp_path / "log"
        for program in ("pg_dump", "pg_restore"):
            watched = tmp_path / program
            watched.write_text(WATCHED.format(log=log, real=shutil.which(program)))
            watched.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        replace(filled, url=filled.url.replace("@", ":s3cret%20'x@", 1)).enter(monkeypatch)  # any is right
        run("backup", tmp_path / "x", "--verify")
        lines = log.read_text().splitlines()
        assert [line for line in lines if "s3cret" in line] == ["PGPASSWORD=s3cret 'x"] * 4
        assert "--format=custom" in lines

    @pytest.mark.parametrize(("program", "command"), [("pg_dump", "backup"), ("pg_restore", "restore")])
    def test_a_missing_program_is_named_with_what_brings_it(
        filled: Register, backup: Path, monkeypatch: pytest.MonkeyPatch, program: str, command: str
    ) -> None:
        filled.enter(monkeypatch)
        monkeypatch.setenv("PATH", "")
        options = ["--force"] if command == "restore" else []
        with pytest.raises(CommandError) as refusal:
            run(command, backup, *options)
        assert str(refusal.value) == (
            f"{program} is missing. On Debian this installs it: apt-get install postgresql-client"
        )

    def test_a_program_that_fails_is_quoted(filled: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        failing = tmp_path / "pg_dump"
        failing.write_text(
            "#!/bin/sh\nhead -c 100000 /dev/zero\necho 'pg_dump: error: no' >&2; echo 'more' >&2\nexit 1\n"
        )
        failing.chmod(0o700)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        filled.enter(monkeypatch)
        with pytest.raises(CommandError, match=r"^pg_dump: error: no$"):
            run("backup", tmp_path / "x")
        assert names(tmp_path) == ["pg_dump"]
