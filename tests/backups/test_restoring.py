"""``manage.py restore``: the same register again, or the one that was there; never something between."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest
from django.core.management import CommandError, call_command

from friendship.backups import archive, kinds, postgresql, restoring, sqlite
from friendship.backups.archive import Manifest
from friendship.backups.contents import Contents, Table
from tests.backups.registers import Register, contents, run

pytestmark = pytest.mark.django_db

CHANGE = "UPDATE friendship_country SET name_en = 'Changed' WHERE code = 'JP'"


def forged(backup: Path, target: Path, **changed: object) -> Path:
    """The same backup with another manifest, sealed as it should be."""
    manifest = archive.read(backup)
    kind, part = kinds.current(), target.with_name("part")
    archive.extract(backup, kind.PART, part)

    def copy(file: IO[bytes]) -> None:
        file.write(part.read_bytes())

    with target.open("w+b") as file:
        archive.write(file, replace(manifest, **changed), kind.PART, copy, packed=True)  # type: ignore[arg-type]
    part.unlink()
    return target


def refusal(*arguments: str | Path) -> str:
    with pytest.raises(CommandError) as raised:
        run("restore", *arguments)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_into_an_empty_place(empty: Register, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.enter(monkeypatch)
    held = archive.read(backup).contents
    said = run("restore", backup).splitlines()
    assert said[0].startswith("Restored the backup of 20")
    assert said[1:] == [f"{held.rows} rows in {len(held.tables)} tables, SHA-256 {held.checksum}"]
    assert contents() == held
    empty.manage("migrate", "--check")
    ties = "from friendship.models import *; t = Relationship.objects.order_by('pk').first(); print(t.history.count())"
    assert int(empty.manage("shell", "--no-imports", "--command", ties)) >= 2


def test_new_rows_have_new_keys(copy: Register) -> None:
    add = "from django.contrib.auth.models import User; print(User.objects.create(username='new').pk)"
    assert copy.manage("shell", "--no-imports", "--command", add) == "2\n"


def test_a_backup_of_what_was_restored_is_the_same(
    copy: Register, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.enter(monkeypatch)
    run("backup", tmp_path / "again", "--verify")
    assert archive.read(tmp_path / "again").contents == archive.read(backup).contents


def test_a_register_is_replaced_only_when_told_so(
    copy: Register, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.enter(monkeypatch)
    before = contents()
    copy.execute(CHANGE)
    copy.execute("CREATE TABLE friendship_later (id integer PRIMARY KEY)")
    changed = contents()
    assert changed.differing(before) == ["friendship_country", "friendship_later"]
    tables = len(changed.tables) + 2  # with those of the migrations and of the marks
    assert refusal(backup) == (
        f"This register is not empty: it has {tables} tables. With --force they are replaced, and gone."
    )
    assert contents() == changed
    run("restore", backup, "--force", "-v", "0")
    assert contents() == before


def test_a_trial_changes_nothing(copy: Register, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.enter(monkeypatch)
    copy.execute(CHANGE)
    changed = contents()
    said = run("restore", backup, "--dry-run").splitlines()
    assert said[0].endswith(" can be restored.")
    assert contents() == changed
    if kinds.current().NAME == "postgresql":
        assert copy.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'register_trial%'") == []


def test_a_damaged_file_changes_nothing(
    copy: Register, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.enter(monkeypatch)
    copy.execute(CHANGE)
    changed, whole, path = contents(), backup.read_bytes(), tmp_path / "damaged"
    for at in range(0, len(whole), len(whole) // 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert "is damaged" in refusal(path, "--force")
    for length in range(100, len(whole), len(whole) // 20):
        path.write_bytes(whole[:length])
        assert "is damaged" in refusal(path, "--force")
    path.write_bytes(b"")
    assert refusal(path, "--force") == f"{path} is no backup of a register."
    assert refusal(path, "--dry-run") == f"{path} is no backup of a register."
    assert refusal(tmp_path / "none") == f"{tmp_path / 'none'} cannot be restored: No such file or directory."
    assert refusal(tmp_path) == f"{tmp_path} cannot be restored: Is a directory."
    assert contents() == changed


def test_it_speaks_chinese(copy: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.enter(monkeypatch)
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(CommandError, match="不是名录的备份"):
        call_command("restore", str(tmp_path / "x"))


def test_what_is_not_what_was_backed_up_changes_nothing(
    copy: Register, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A seal alone does not convince: the rows themselves are counted before the last moment."""
    copy.enter(monkeypatch)
    copy.execute(CHANGE)
    changed, told = contents(), archive.read(backup).contents
    wrong = Contents({**told.tables, "friendship_country": Table(1, "0" * 64)}, told.migrations)
    path = forged(backup, tmp_path / "forged", contents=wrong)
    for options in (["--force"], ["--dry-run"]):
        assert refusal(path, *options) == (
            f"What {path} restores is not what was backed up (friendship_country). Nothing was changed."
        )
    assert contents() == changed


def test_a_copy_that_the_database_cannot_read_changes_nothing(
    copy: Register, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.enter(monkeypatch)
    changed = contents()
    for part in (b"", b"nothing of the kind" * 1_000):
        with monkeypatch.context() as broken:
            broken.setattr(Path, "read_bytes", lambda _path, part=part: part)
            path = forged(backup, tmp_path / "broken")
        said = refusal(path, "--force")
        assert said.startswith(("SQLite says: ", "pg_restore: ", "What "))
    assert contents() == changed


def test_a_backup_of_a_newer_version(
    empty: Register, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.enter(monkeypatch)
    told = archive.read(backup).contents
    newer = Contents(told.tables, [*told.migrations, "friendship.9999_future"])
    path = forged(backup, tmp_path / "newer", contents=newer)
    assert refusal(path, "--force") == (
        f"{path} was made by a newer version of the register, which has friendship.9999_future. Update, then restore."
    )
    gone = Contents(told.tables, [*told.migrations, "gone.0001_initial"])
    assert restoring._unknown(Manifest(archive.read(backup).taken_at, "sqlite", gone, [])) == []


def test_a_backup_of_the_other_kind(
    empty: Register, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.enter(monkeypatch)
    ours, other = kinds.current().NAME, {"sqlite": "postgresql", "postgresql": "sqlite"}[kinds.current().NAME]
    path = forged(backup, tmp_path / "other", database=other)
    assert refusal(path) == (
        f"{path} is a backup of {kinds.LABELS[other]}, and this register is on {kinds.LABELS[ours]}."
    )


def test_an_earlier_version_is_restored_as_it_was_and_migrated(
    copy: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.manage("migrate", "friendship", "0017", "--verbosity", "0")
    copy.enter(monkeypatch)
    earlier = contents()
    run("backup", tmp_path / "earlier")
    copy.manage("migrate", "--verbosity", "0")
    said = run("restore", tmp_path / "earlier", "--force").splitlines()
    assert said[2:] == ["It is of an earlier version: then run manage.py migrate, or start the server, which does."]
    assert contents() == earlier
    copy.manage("migrate", "--verbosity", "0")
    copy.manage("migrate", "--check")


#: Stops when everything is written and nothing committed.
STOPPING = """
import time
from django.core.management import call_command
from friendship.backups import kinds, restoring, sqlite
def stop(*_):
    print("now", flush=True)
    time.sleep(60)
if kinds.current().NAME == "sqlite":
    sqlite._ALL_PAGES = 50
    sqlite._until = lambda _seconds: stop
else:
    restoring._comparing = lambda *_: stop
call_command("restore", {path!r}, "--force")
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_in_the_middle_it_leaves_the_former_register(
    copy: Register, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    monkeypatch.setenv("TMPDIR", str(unpacked))
    copy.enter(monkeypatch)
    copy.execute(CHANGE)
    changed = contents()
    copy.interrupted(STOPPING.format(path=str(backup)), number)
    assert contents() == changed
    assert bool(list(unpacked.iterdir())) == (number == signal.SIGKILL)
    run("restore", backup, "--force")
    assert contents() == archive.read(backup).contents


def test_killed_in_an_empty_place_it_leaves_an_empty_place(
    empty: Register, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.enter(monkeypatch)
    empty.interrupted(STOPPING.format(path=str(backup)), signal.SIGKILL)
    assert kinds.current().held() == 0
    run("restore", backup)
    assert contents() == archive.read(backup).contents


def test_who_reads_meanwhile_sees_the_former_or_the_new(
    copy: Register, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy.enter(monkeypatch)
    copy.execute(CHANGE)
    seen, ended = set(), threading.Event()

    def read() -> None:
        while not ended.is_set():
            seen.add(tuple(copy.execute("SELECT name_en FROM friendship_country WHERE code = 'JP'")))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        run("restore", backup, "--force")
    finally:
        ended.set()
        reader.join()
    assert {(("Changed",),)} <= seen <= {(("Changed",),), (("Japan",),)}


def test_whoever_does_not_end_is_named(copy: Register, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.enter(monkeypatch)
    monkeypatch.setattr(sqlite, "_WAIT_SECONDS", 0)
    monkeypatch.setattr(postgresql, "_LOCK_TIMEOUT", "100ms")
    before = contents()
    other = Writer(copy)
    with closing(other):
        assert refusal(backup, "--force") == (
            "Somebody else is writing to the register and does not end. Stop the server and try again."
        )
    assert contents() == before


class Writer:
    """Somebody in the middle of a change."""

    def __init__(self, register: Register) -> None:
        import psycopg2

        if register.url.startswith("sqlite"):
            import sqlite3

            self.database: sqlite3.Connection | psycopg2.extensions.connection = sqlite3.connect(
                register.url.removeprefix("sqlite:///"), isolation_level=None
            )
            self.database.execute("BEGIN IMMEDIATE")
            self.database.execute(CHANGE)
        else:
            self.database = postgresql._connect()
            self.database.cursor().execute(CHANGE)

    def close(self) -> None:
        self.database.close()


if os.environ.get("DATABASE_URL"):

    def test_what_others_built_upon_it_stops_it(copy: Register, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        copy.enter(monkeypatch)
        copy.execute("CREATE VIEW theirs AS SELECT code FROM friendship_country")
        copy.execute(CHANGE)
        changed = contents()
        assert refusal(backup, "--force") == "The database holds a view that is not the register’s: theirs."
        copy.execute("DROP VIEW theirs; CREATE SCHEMA other; CREATE VIEW other.theirs AS TABLE friendship_country")
        assert refusal(backup, "--force").startswith("PostgreSQL says: cannot drop")
        assert contents() == changed

    def test_functions_triggers_and_trusted_extensions_come_back(
        copy: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy.enter(monkeypatch)
        copy.execute(
            """
            CREATE EXTENSION pg_trgm;
            CREATE INDEX ours ON friendship_place USING gin (name_en gin_trgm_ops);
            CREATE FUNCTION ours() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER ours BEFORE UPDATE ON friendship_place FOR EACH ROW EXECUTE FUNCTION ours();
            """
        )
        run("backup", tmp_path / "x", "--verify")
        run("restore", tmp_path / "x", "--force")
        copy.execute("DROP TABLE friendship_evidence, friendship_event CASCADE; DROP EXTENSION pg_trgm CASCADE")
        run("restore", tmp_path / "x", "--force")
        assert contents() == archive.read(tmp_path / "x").contents
        assert copy.execute("SELECT tgname FROM pg_trigger WHERE tgname = 'ours'") == [("ours",)]
        assert copy.execute("SELECT indexname FROM pg_indexes WHERE indexname = 'ours'") == [("ours",)]

    def test_a_role_that_may_not_make_a_database_is_told_so(
        copy: Register, backup: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy.execute("CREATE ROLE register_plain; ALTER SCHEMA public OWNER TO register_plain")
        try:
            copy.execute(
                "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
                "LOOP EXECUTE format('ALTER TABLE %I OWNER TO register_plain', t); END LOOP; END $$"
            )
            replace(copy, url=f"{copy.url}?options=-c%20role%3Dregister_plain").enter(monkeypatch)
            assert refusal(backup, "--dry-run") == (
                "A trial needs a database of its own, and this role may not make one: ALTER ROLE … CREATEDB lets it."
            )
            run("restore", backup, "--force")
            assert contents() == archive.read(backup).contents
        finally:
            copy.execute("REASSIGN OWNED BY register_plain TO CURRENT_USER; DROP OWNED BY register_plain")
            copy.execute("DROP ROLE register_plain")
