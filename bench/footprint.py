"""What a worker needs: memory after it has answered everything there is, and the time until it answers at all."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import load
from bench.databases import Content, Databases
from bench.figures import Figure
from bench.load import Request
from bench.processes import children, memory
from bench.questions import Questions
from bench.registers import COMPRESSED, PLAIN, kinds, pages, register, ties
from tests.servers.register import Register, running

SHIPPED_MEMORY, MEMORY = 100, 200  # MB, anonymous, of the largest worker
READY = 3  # seconds
_STARTS = 3
#: All kinds of answers; workbooks only of a part, since a million rows of Excel take minutes by themselves.
_EVERYTHING = (
    "/",
    "/en/",
    "/relationships/",
    "/en/relationships/?sort=-founded&page=2",
    "/cities/",
    "/provinces/",
    "/countries/",
    "/countries/JP/",
    "/provinces/sichuan/",
    "/cities/chengdu/",
    "/map/",
    "/map/data.json",
    "/statistics/",
    "/anniversaries/",
    "/anniversaries.ics",
    "/sources/",
    "/sources/sichuan-press-conference-2023-05-18/",
    "/compare/?place=chengdu&place=mianyang",
    "/relationships/1/",
    "/relationships/1/card.png",
    "/relationships/1/history/",
    "/feeds/recent.xml",
    "/sitemap.xml",
    "/suggest/?q=cheng",
    "/relationships.csv",
    "/relationships.json",
    "/relationships.geojson?country=JP",
    "/relationships.xlsx?province=sichuan",
    "/datapackage.json",
    "/api/v1/relationships/",
    "/api/v1/places/?q=cheng",
    "/api/v1/countries/",
    "/api/v1/sources/",
    "/api/v1/totals/",
    "/api/v1/statistics/",
    "/api/v1/schema/",
)
_TIMES = 8  # connections ask for each at once, so that each worker answers it
_LISTS = 40  # of each kind
_SEED = 17
_MEGABYTE = 1_000_000


def measure(databases: Databases, many: int, *names: str) -> Iterator[Figure]:
    """A worker as shipped and with so many ties, and how soon it is ready then."""
    with register() as served:
        _ask_everything(served)
        yield Figure("as shipped: anonymous memory of a worker", _largest(served), "MB", SHIPPED_MEMORY)
    for name in names:
        url = kinds(databases)[name](Content(many))
        questions = Questions(ties(databases, many), _SEED)
        with register(url) as served:
            yield Figure(f"{name}, {many:,} ties: anonymous memory of a worker when ready", _largest(served), "MB")
            _ask_everything(served)
            load.ask(served.url, pages(questions.mixed(_LISTS)), _TIMES)
            what = f"{name}, {many:,} ties: anonymous memory of a worker, all kinds of pages answered"
            yield Figure(what, _largest(served), "MB", MEMORY)
        yield from _starts(f"{name}, {many:,} ties", url)


def _ask_everything(served: Register) -> None:
    chance = random.Random(_SEED)  # noqa: S311 (not for secrets)
    for path in chance.sample(_EVERYTHING, len(_EVERYTHING)):
        headers = COMPRESSED if chance.random() < 0.5 else PLAIN
        load.ask(served.url, [Request(path, {**headers, "Accept": "*/*"})] * _TIMES, _TIMES)


def _largest(served: Register) -> float:
    return max(memory(pid).get("RssAnon", 0) for pid in children(served.process.pid)) / _MEGABYTE


def _starts(what: str, url: str) -> Iterator[Figure]:
    """From the start of gunicorn; its database is migrated and its static files are collected before."""
    ready, listed = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder, DATABASE_URL=url):
            pass
        for _ in range(_STARTS):
            begun = time.perf_counter()
            with running(folder, DATABASE_URL=url, MIGRATE="false", COLLECT_STATIC="false") as served:
                ready.append(time.perf_counter() - begun)
                load.ask(served.url, [Request("/relationships/", PLAIN)])
                listed.append(time.perf_counter() - begun)
    yield Figure(f"{what}: from the start to /readyz", median(ready), "s", READY)
    yield Figure(f"{what}: from the start to the first list", median(listed), "s", READY)
