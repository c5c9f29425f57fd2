"""The log: one line for each thing that is told, as JSON for programs or as text for people.

Whatever is said on behalf of a request bears its number, so that the lines of one request are found together.
No module of this file's imports asks Django for its models: gunicorn's first process writes its lines with it, too.
"""

from __future__ import annotations

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from friendship.telemetry import redaction

#: The number of the request at work in this thread; the last one's until the next begins.
request_id: ContextVar[str] = ContextVar("request_id", default="")

# ASCII alone, so that no character of an address breaks a line or a terminal, whatever the machine's encoding.
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=str).encode


class WithTraceback(logging.Filter):
    """Lets errors through that have something to show: the line of the request says the rest."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether there is a traceback."""
        return bool(record.exc_info)


class Json(logging.Formatter):
    """One JSON object a line; a traceback is one field of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": _utc(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if number := request_id.get():
            told["request_id"] = number
        told |= getattr(record, "fields", {})
        if error := _traceback(self, record):
            told["error"] = error
        return _encode(told)


class Text(logging.Formatter):
    """A line that a person reads in a terminal; a traceback follows it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback below."""
        number = request_id.get()
        fields = getattr(record, "fields", {})
        more = [f"{name}={fields[name]}" for name in ("ms", "bytes", "user", "network") if name in fields]
        error = _traceback(self, record)
        line = " ".join(
            [
                _utc(record.created),  # as in JSON: gunicorn's first process knows nothing of the register's own zone
                record.levelname,
                f"{record.name}:",
                _visible(_message(record)),
                *more,
                *([f"[{number[:8]}]"] if number else []),
            ]
        )
        return f"{line}\n{error}" if error else line


def formatter(name: str) -> logging.Formatter:
    """The one of that name: ``text``, else JSON."""
    return Text() if name == "text" else Json()


def _message(record: logging.LogRecord) -> str:
    """What is said; a record with fields of its own was made without secrets."""
    said = record.getMessage()
    return said if hasattr(record, "fields") else redaction.clean(said)


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Where it happened: files, lines and the error's words, no values of variables."""
    if not record.exc_info and not record.stack_info:
        return ""
    told = formatter.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
    return redaction.clean("\n".join(filter(None, (told, record.stack_info))))


def _visible(text: str) -> str:
    """Without line breaks and signs that would move a terminal's cursor."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
