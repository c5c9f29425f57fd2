"""A line is one line, says everything once, and bears the number of its request."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from friendship.telemetry import lines

NOON = 1_795_780_800.25  # 27 November 2026, 12:00:00.250 UTC


def record(
    message: str, *, error: BaseException | None = None, fields: dict[str, Any] | None = None
) -> logging.LogRecord:
    caught: Any = None
    if error is not None:
        try:
            raise error
        except type(error):
            caught = sys.exc_info()
    made = logging.LogRecord("friendship.some", logging.WARNING, __file__, 1, message, (), caught)
    made.created = NOON
    if fields is not None:
        made.fields = fields
    return made


@pytest.fixture
def numbered() -> None:
    lines.request_id.set("0123456789abcdef")


@pytest.fixture
def outside() -> None:
    lines.request_id.set("")


def test_a_line_as_json(numbered: None) -> None:
    line = lines.Json().format(record("two\nlines, \u2028 and 友城"))
    assert line.isascii()
    assert "\n" not in line
    assert json.loads(line) == {
        "time": "2026-11-27T12:00:00.250Z",
        "level": "WARNING",
        "logger": "friendship.some",
        "message": "two\nlines, \u2028 and 友城",
        "request_id": "0123456789abcdef",
    }


def test_outside_of_a_request_there_is_no_number(outside: None) -> None:
    assert list(json.loads(lines.Json().format(record("x")))) == ["time", "level", "logger", "message"]


def test_a_traceback_is_one_field_without_values() -> None:
    line = lines.Json().format(record("x", error=ValueError("password='planted'")))
    told = json.loads(line)["error"].splitlines()
    assert "\n" not in line
    assert told[0] == "Traceback (most recent call last):"
    assert told[-1] == "ValueError: password=[hidden]"


def test_a_line_as_text(numbered: None) -> None:
    fields = {"ms": 12.5, "bytes": 3, "network": "192.0.2.0/24", "status": 200}
    line = lines.Text().format(record("GET /\x1b[2J友\n 200", fields=fields))
    when, _space, said = line.partition(" ")
    assert when == "2026-11-27T12:00:00.250Z"
    assert said == "WARNING friendship.some: GET /\\x1b[2J友\\n 200 ms=12.5 bytes=3 network=192.0.2.0/24 [01234567]"


def test_a_traceback_follows_a_text(outside: None) -> None:
    told = lines.Text().format(record("x", error=ValueError("odd"))).splitlines()
    assert told[0].endswith("WARNING friendship.some: x")
    assert (told[1], told[-1]) == ("Traceback (most recent call last):", "ValueError: odd")


@pytest.mark.parametrize(("name", "form"), [("text", lines.Text), ("json", lines.Json), ("other", lines.Json)])
def test_forms_by_name(name: str, form: type[logging.Formatter]) -> None:
    assert type(lines.formatter(name)) is form


def test_only_errors_with_a_traceback_pass_the_filter() -> None:
    through = lines.WithTraceback().filter
    assert (through(record("x")), through(record("x", error=ValueError("odd")))) == (False, True)
