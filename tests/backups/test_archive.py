"""The file of a backup: any byte changed, lost or added is found, and what is no backup is called so."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest
from django.utils import translation

from friendship.backups import archive
from friendship.backups.archive import Manifest
from friendship.backups.contents import Contents, Table
from friendship.backups.faults import Refused

TAKEN = datetime(2026, 11, 27, 3, 4, 5, tzinfo=UTC)
MANIFEST = Manifest(TAKEN, "sqlite", Contents({"t": Table(2, "ab" * 32)}, ["friendship.0001_schema"]), ["pg_trgm"])
PART = b"what the database holds " * 10


def written(manifest: Manifest = MANIFEST, *, packed: bool = False) -> bytes:
    file = io.BytesIO()

    def copy(target: IO[bytes]) -> None:
        target.write(PART)

    archive.write(file, manifest, "part", copy, packed=packed)
    return file.getvalue()


@pytest.fixture
def said(tmp_path: Path) -> Callable[[bytes], str]:
    """What is said of a file with these bytes, where it is refused."""
    path = tmp_path / "file"

    def read(content: bytes) -> str:
        path.write_bytes(content)
        with translation.override("en"), pytest.raises(Refused) as refusal:
            archive.read(path)
        return str(refusal.value).removeprefix(f"{path} ")

    return read


FOREIGN = "is no backup of a register."
DAMAGED = "is damaged: it does not have the checksum that it was written with. Take another backup."


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_written_is_read(tmp_path: Path, packed: bool) -> None:
    path, unpacked = tmp_path / "file", tmp_path / "part"
    path.write_bytes(written(packed=packed))
    assert archive.read(path) == MANIFEST
    archive.extract(path, "part", unpacked)
    assert unpacked.read_bytes() == PART


def test_any_program_opens_it() -> None:
    with zipfile.ZipFile(io.BytesIO(written())) as file:
        assert file.testzip() is None
        assert [(entry.filename, entry.external_attr >> 16) for entry in file.infolist()] == [
            ("manifest.json", 0o600),
            ("part", 0o600),
        ]
        assert json.loads(file.read("manifest.json")) == {
            "format": "friendship-register-backup",
            "version": 1,
            "taken_at": "2026-11-27T03:04:05+00:00",
            "database": "sqlite",
            "checksum": MANIFEST.contents.checksum,
            "rows": 2,
            "tables": {"t": {"rows": 2, "sha256": "ab" * 32}},
            "migrations": ["friendship.0001_schema"],
            "extensions": ["pg_trgm"],
        }


def test_every_byte_counts(said: Callable[[bytes], str]) -> None:
    whole = written()
    for at in range(len(whole)):
        for flipped in (whole[at] ^ 1, whole[at] ^ 0x80):
            assert said(whole[:at] + bytes([flipped]) + whole[at + 1 :]) == DAMAGED, at


def test_wherever_it_is_cut(said: Callable[[bytes], str]) -> None:
    whole = written()
    known_from = whole.index(b'register-backup", ') + len(b'register-backup", ')
    known_to = whole.rindex(b"friendship-register-backup sha256 ")
    for at in range(1, len(whole)):
        assert said(whole[:at]) == (DAMAGED if at >= known_from else FOREIGN), at
        assert said(whole[at:]) == (DAMAGED if at <= known_to else FOREIGN), at


def test_whatever_is_added(said: Callable[[bytes], str]) -> None:
    whole = written()
    for added in (b"\0", b"\n", b"x" * 5_000, whole):
        assert said(whole + added) == DAMAGED
        assert said(added + whole) == DAMAGED
    assert said(whole[:300] + b"\0" * 4_096 + whole[300:]) == DAMAGED
    assert said(whole[:400] + b"\0" * (len(whole) - 400)) == DAMAGED  # as a machine leaves it that lost power


def test_what_is_no_backup(said: Callable[[bytes], str], tmp_path: Path) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as file:
        file.writestr("manifest.json", '{"name": "somebody else"}')
        file.comment = b"0" * 64
    with closing(sqlite3.connect(tmp_path / "database")) as database:
        database.execute("CREATE TABLE t (x)")
    for content in (b"", b"x", b"hello\n" * 100, other.getvalue(), (tmp_path / "database").read_bytes()):
        assert said(content) == FOREIGN


def test_one_that_a_newer_program_wrote(said: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(archive, "VERSION", 2)
        whole = written()
    assert said(whole) == "was made by a newer version of the register. Update the register, then restore."


def test_a_manifest_that_contradicts_itself(said: Callable[[bytes], str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = MANIFEST.as_text()
    for wrong in (text.replace('"rows": 2, "sha256"', '"rows": 3, "sha256"'), text.replace('"extensions"', '"others"')):
        with monkeypatch.context() as forged:
            forged.setattr(Manifest, "as_text", lambda _self, wrong=wrong: wrong)
            whole = written()
        assert said(whole) == DAMAGED


def test_a_missing_part_and_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(FileNotFoundError):
        archive.read(path)
    path.write_bytes(written())
    with pytest.raises(Refused):
        archive.extract(path, "other", tmp_path / "part")
