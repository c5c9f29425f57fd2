"""config/serving.py: gunicorn's own lines, and the folder in which its workers count."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from gunicorn.config import Config

from config import serving
from friendship.telemetry import lines

COUNTED = "PROMETHEUS_MULTIPROC_DIR"


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is told; what a test sets goes with it."""
    for name in ("LOG_FORMAT", "DEBUG", "METRICS_ALLOWED", "METRICS_TOKEN", COUNTED):
        monkeypatch.setenv(name, "")


@pytest.mark.parametrize(
    ("told", "form"),
    [
        ({}, lines.Json),
        ({"DEBUG": "True"}, lines.Text),
        ({"LOG_FORMAT": " TEXT "}, lines.Text),
        ({"LOG_FORMAT": "json", "DEBUG": "1"}, lines.Json),
    ],
)
def test_gunicorn_writes_in_our_form(
    monkeypatch: pytest.MonkeyPatch, told: dict[str, str], form: type[logging.Formatter]
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    logger = serving.Logger(Config())
    assert [type(handler.formatter) for handler in logger.error_log.handlers if hasattr(handler, "_gunicorn")] == [form]
    assert not logger.access_log_enabled
    logger.error_log.handlers.clear()


@pytest.mark.parametrize("name", ["METRICS_ALLOWED", "METRICS_TOKEN"])
def test_a_folder_is_made_and_removed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "set")
    serving.on_starting(None)
    folder = Path(os.environ[COUNTED])
    try:
        assert (folder.stat().st_mode & 0o777, list(folder.iterdir())) == (0o700, [])
        (folder / "counter_1.db").touch()
    finally:
        serving.on_exit(None)
    assert not folder.exists()
    assert COUNTED not in os.environ


def test_where_nobody_may_read_nothing_is_made() -> None:
    serving.on_starting(None)
    assert os.environ[COUNTED] == ""
    serving.on_exit(None)
