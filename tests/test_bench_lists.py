"""How ``make bench`` watches a command: its own memory, to the end, and its complaints where it fails."""

from __future__ import annotations

import os
import sys

import pytest

from bench.lists import run

PYTHON = [sys.executable, "-c"]


def test_the_memory_of_a_command_is_seen_at_its_peak() -> None:
    idle = run([*PYTHON, "import time; time.sleep(0.3)"], os.environ)
    busy = run(
        [*PYTHON, "import time; held = b'x' * 52_000_000; time.sleep(0.3); del held; time.sleep(0.1)"], os.environ
    )
    # 2 MB more are held than asked for: two starts of Python differ by some pages.
    assert 50 <= busy.anonymous - idle.anonymous < 60
    assert 50 <= busy.resident - idle.resident < 60
    assert busy.seconds >= 0.4


def test_what_this_process_holds_is_not_counted() -> None:
    held = b"x" * 200_000_000
    assert run([*PYTHON, "import time; time.sleep(0.2)"], os.environ).resident < len(held) / 1_000_000


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="no such list"):
        run([*PYTHON, "raise SystemExit('no such list')"], os.environ)
