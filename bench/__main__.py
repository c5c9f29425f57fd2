"""``make bench``: measure, print a table, write it to docs/benchmarks.md, and exit with 1 when a goal is missed."""

from __future__ import annotations

import datetime
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from bench import lighthouse, lists, reading, weight
from bench import map as world_map
from bench.figures import Figure, table
from tests.servers import postgresql
from tests.servers.browser import ARGUMENTS, MISSING, chromium
from tests.servers.register import ROOT, Register, running

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
MANY = 26_000
VISITS = 3
REPORT = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Run every part on a register of its own."""
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    if postgresql.programs() is None:
        sys.exit(lists.MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        with _register() as shipped:
            parts = {
                "Weight of a first visit, the register as shipped": weight.measure(
                    browser, shipped.url, PAGES | MORE_PAGES
                ),
                "Lighthouse, the register as shipped": lighthouse.measure(shipped.url, PAGES),
            }
        with _register() as large:
            large.manage("generate", "--relationships", str(MANY), "--seed", "1")
            parts[f"The map of {MANY:,} synthetic ties"] = _map(browser, large)
        browser.close()
    parts["Lists of synthetic pairs, imported"] = lists.imports()
    parts[f"{lists.MOST:,} synthetic ties, exported"] = lists.exports()
    parts["Press texts, read for ties"] = reading.measure()
    report = _report(parts)
    REPORT.write_text(report, "utf-8")
    print(report)  # noqa: T201 (its output)
    return 0 if all(figure.is_met for figures in parts.values() for figure in figures) else 1


@contextmanager
def _register() -> Iterator[Register]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as register:
        yield register


def _map(browser: Browser, register: Register) -> list[Figure]:
    """The median of several visits, after as many that warm up every worker and the browser."""
    visits = [world_map.measure(browser, register.url) for _ in range(2 * VISITS)][VISITS:]
    return [replace(same[0], value=median(figure.value for figure in same)) for same in zip(*visits, strict=True)]


def _report(parts: dict[str, list[Figure]]) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, no GPU"
    measured = (
        f"Measured by `make bench` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}: {machine}, "
        f"Python {platform.python_version()}, headless Chromium. Read them as of such a machine, not as absolutes."
    )
    lines = ["# Benchmarks", "", measured]
    for title, figures in parts.items():
        lines += ["", f"## {title}", "", table(figures)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
