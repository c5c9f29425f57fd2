"""The parts of ``make bench``: each has a name to ask for it, a title in the report, and what measures it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench import again, cold, downloads, footprint, lighthouse, lists, reading, search, weight
from bench import map as world_map
from bench.cold import FEW, MOST, SOME
from bench.databases import Content, Databases
from bench.effort import Effort
from bench.figures import Figure
from bench.registers import register
from tests.servers import postgresql
from tests.servers.browser import ARGUMENTS, MISSING, chromium

PAGES = {
    "home": "/",
    "list": "/relationships/",
    "relationship": "/relationships/1/",
    "map": "/map/",
    "statistics": "/statistics/",
}
MORE_PAGES = {
    "place": "/provinces/sichuan/",
    "country": "/countries/JP/",
    "source": "/sources/sichuan-press-conference-2023-05-18/",
    "anniversaries": "/anniversaries/",
    "comparison": "/compare/?place=chengdu&place=mianyang",
    "cities": "/cities/",
}
VISITS = 3
SQLITE, BOTH = ("SQLite",), ("SQLite", "PostgreSQL")

Measure = Callable[[Databases, Effort], Iterable[Figure]]


@dataclass(frozen=True)
class Part:
    """One table of the report."""

    name: str
    title: str
    measure: Measure


def _lists(many: int, names: Sequence[str]) -> Part:
    title = f"Speed: lists of {many:,} ties, never asked before"
    return Part(f"speed-lists-{many}", title, lambda databases, effort: cold.lists(databases, many, effort, *names))


def _again(many: int) -> Part:
    title = f"Speed: requests per second, {many:,} ties, {cold.BUSY} connections"
    return Part(f"speed-again-{many}", title, lambda databases, effort: again.measure(databases, many, effort, *BOTH))


def chosen(words: Sequence[str]) -> list[Part]:
    """The parts whose name is one of the words or begins with one; all where there are none.

    Ends the benchmark with the names that there are where a word chooses nothing.
    """
    for word in words:
        if not any(_is_meant(part, word) for part in PARTS):
            sys.exit(f"No part is called {word}. There are: {', '.join(part.name for part in PARTS)}")
    return [part for part in PARTS if not words or any(_is_meant(part, word) for word in words)]


def _is_meant(part: Part, word: str) -> bool:
    return part.name == word or part.name.startswith(f"{word}-")


@contextmanager
def _browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def _weight(_databases: Databases, _effort: Effort) -> list[Figure]:
    with _browser() as browser, register() as shipped:
        return weight.measure(browser, shipped.url, PAGES | MORE_PAGES)


def _lighthouse(_databases: Databases, _effort: Effort) -> list[Figure]:
    with register() as shipped:
        return lighthouse.measure(shipped.url, PAGES)


def _map(databases: Databases, _effort: Effort) -> list[Figure]:
    """The median of several visits, after as many that warm up every worker and the browser."""
    with _browser() as browser, register(databases.sqlite(Content(FEW))) as large:
        visits = [world_map.measure(browser, large.url) for _ in range(2 * VISITS)][VISITS:]
    return [replace(same[0], value=median(figure.value for figure in same)) for same in zip(*visits, strict=True)]


def _imports(_databases: Databases, _effort: Effort) -> Iterable[Figure]:
    if postgresql.programs() is None:
        sys.exit(lists.MISSING)
    return lists.imports()


PARTS = (
    Part("weight", "Weight of a first visit, the register as shipped", _weight),
    Part("lighthouse", "Lighthouse, the register as shipped", _lighthouse),
    Part("map", f"The map of {FEW:,} synthetic ties", _map),
    _lists(FEW, BOTH),
    _lists(SOME, SQLITE),
    _lists(MOST, BOTH),
    Part(
        "speed-growth",
        f"Speed: lists of {MOST:,} ties, times the cost of {FEW:,}",
        lambda databases, effort: cold.growth(databases, FEW, MOST, effort, *BOTH),
    ),
    _again(FEW),
    _again(MOST),
    Part(
        "speed-search",
        f"Speed: searching among {search.PLACES:,} places",
        lambda databases, effort: search.measure(databases, effort, *BOTH),
    ),
    Part(
        "speed-downloads",
        "Speed: everything in one answer",
        lambda databases, effort: downloads.measure(databases, FEW, MOST, effort, *BOTH),
    ),
    Part(
        "speed-footprint",
        "Memory of a worker, and the time until it is ready",
        lambda databases, _effort: footprint.measure(databases, MOST, *BOTH),
    ),
    Part("imports", "Lists of synthetic pairs, imported", _imports),
    Part("exports", f"{lists.MOST:,} synthetic ties, exported", lambda _databases, _effort: lists.exports()),
    Part("reading", "Press texts, read for ties", lambda _databases, _effort: reading.measure()),
)
