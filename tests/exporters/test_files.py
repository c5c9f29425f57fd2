"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from friendship.exporters.files import whole_file


def test_it_takes_its_name_when_all_of_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    path.write_text("old")
    with whole_file(path) as file:
        file.write(b"new")
        assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["ties.csv"]
    assert path.read_text() == "new"


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), whole_file(path) as file:  # noqa: PT012 (half of it was written)
        file.write(b"half")
        raise RuntimeError
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("ties.csv", "old")]


@pytest.mark.parametrize(("mode", "kept"), [(0o666, 0o640), (0o600, 0o600)])
def test_who_may_read_it(tmp_path: Path, mode: int, kept: int) -> None:
    path = tmp_path / "ties.csv"
    leftover = path.with_name(f".ties.csv.{os.getpid()}.part")  # of a killed process with our number
    leftover.touch(0o777)
    before = os.umask(0o027)
    try:
        with whole_file(path, mode) as file:
            assert stat.S_IMODE(leftover.stat().st_mode) == kept
            file.write(b"new")
    finally:
        os.umask(before)
    assert [each.name for each in tmp_path.iterdir()] == ["ties.csv"]
    assert stat.S_IMODE(path.stat().st_mode) == kept


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "none" / "ties.csv"):
        raise AssertionError


def test_a_device_is_written_to_and_stays_one() -> None:
    with whole_file(Path(os.devnull)) as file:
        file.write(b"gone")
    assert Path(os.devnull).is_char_device()
