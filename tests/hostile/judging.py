"""What an answer to a hostile request must not be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.hostile.payloads import SUM

#: Words of databases and of Python that belong into a log.
_INNER = re.compile(
    rb"sqlite3?\.\w|psycopg|django\.db|OperationalError|ProgrammingError|IntegrityError|DataError|"
    rb"syntax error at or near|unrecognized token|near &quot;.*syntax|LINE 1:|"
    rb"Traceback \(most recent|site-packages|friendship/\w+\.py",
)
_OURS = 500
#: Said by gunicorn, in words of its own, of an address that never reached us.
_TOO_LONG = 414
_FILES = (b"root:x:0:0", b"[fonts]", b"repositoryformatversion", b"ImproperlyConfigured")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def faults(answer: Answer, host: str) -> list[str]:
    """What is wrong with the answer, in words; ``host`` is the register's own name."""
    return list(_faults(answer, host))


def _faults(answer: Answer, host: str) -> Iterator[str]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.status >= _OURS:
        yield "a server error"
    if _INNER.search(answer.body):
        yield "the text of an error"
    if any(text in answer.body for text in _FILES):
        yield "a file of the server"
    if SUM.encode() in answer.body:
        yield "a template that counts"
    if "hostile" in headers or "hostile=" in headers.get("set-cookie", ""):
        yield "a header of the visitor's"
    if not _is_here(headers.get("location", ""), host):
        yield "a way to another host"
    if answer.body and headers.get("x-content-type-options") != "nosniff" and answer.status != _TOO_LONG:
        yield "a type that browsers may guess"
    if "html" in headers.get("content-type", "") and b"hostile" in answer.body.lower():
        yield from _reflected(answer.body.decode("utf-8", "replace"))


def _is_here(location: str, host: str) -> bool:
    return urlsplit(location.replace("\\", "/")).netloc in {"", host}


def _reflected(page: str) -> Iterator[str]:
    reader = _Reader()
    reader.feed(page)
    if reader.came_through:
        yield f"markup of the visitor's: {reader.came_through[0]}"


class _Reader(HTMLParser):
    """Finds elements and attributes that no page of ours has."""

    def __init__(self) -> None:
        super().__init__()
        self.came_through: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            leads = name in {"href", "src", "action", "formaction"} and (value or "").lower().lstrip()
            if "hostile" in name or name.startswith("on") or (leads and leads.startswith(("javascript:", "data:text"))):
                self.came_through.append(f"<{tag} {name}>")
        if "hostile" in tag:
            self.came_through.append(f"<{tag}>")
