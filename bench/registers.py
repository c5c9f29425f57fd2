"""The register under measurement: as it runs in production, on a kept database."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import flat, load
from bench.databases import Content, Databases
from bench.load import Load, Request
from bench.questions import Question
from tests.servers.register import Register, running

#: A page as a browser asks for it, but not compressed: Datasette and the bare peer do not compress either.
PLAIN: Mapping[str, str] = {"Accept": "text/html", "Accept-Language": "zh-CN"}
JSON: Mapping[str, str] = {**PLAIN, "Accept": "application/json"}
COMPRESSED: Mapping[str, str] = {**PLAIN, "Accept-Encoding": "gzip"}

_BEGINNING = 8  # requests at once


@contextmanager
def register(url: str | None = None) -> Iterator[Register]:
    """A register on that database, or as shipped, with a folder of its own for all else."""
    variables = {"DATABASE_URL": url} if url else {}
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **variables) as served:
        yield served


def begun(served: Register) -> Register:
    """A register each of whose workers has answered something: what is measured after it is no start."""
    load.ask(served.url, [Request("/relationships/", PLAIN)] * _BEGINNING, _BEGINNING)
    return served


def kinds(databases: Databases) -> dict[str, Callable[[Content], str]]:
    """The kinds of databases, each with what gives the DATABASE_URL of a register in it."""
    return {"SQLite": databases.sqlite, "PostgreSQL": databases.postgresql}


def ties(databases: Databases, many: int) -> Path:
    """The flat table of a register of so many ties, from which questions are made up."""
    databases.sqlite(Content(many))
    return flat.made(databases.file(Content(many)))


def pages(questions: Sequence[Question], headers: Mapping[str, str] = PLAIN) -> list[Request]:
    """Questions as requests for pages."""
    return [Request(question.path, headers) for question in questions]


def bare(url: str, size: int, count: int, connections: int = 1) -> Load:
    """Ask the bare peer for bodies of that length."""
    return load.ask(url, [Request(f"/{size}", PLAIN)] * count, connections)


def told(address: str) -> Any:
    """The JSON at an address."""
    with urllib.request.urlopen(address, timeout=600) as answer:  # noqa: S310 (our own servers)
        return json.load(answer)
