"""docs/benchmarks.md: a table for each part, with its date; of a part that is not measured now, the table of before."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence

from bench.figures import Figure, table

_HEAD = """# Benchmarks

Made by `make bench`; `make bench ONLY=…` measures parts of it anew. Read the figures as of such a machine, not as
absolutes: ratios are made within one run, and times of answers are medians where nothing else is said.
"""
_QUIET = 0.5  # of one core: what a machine does anyway
_TITLE = re.compile(r"^## (.+)$", re.MULTILINE)
_SAID = re.compile(r"^(Measured .+)$", re.MULTILINE)


def written(titles: Sequence[str], measured: Mapping[str, Sequence[Figure]], circumstances: str, before: str) -> str:
    """The report: the parts measured now, and those of ``before``, in the order of ``titles``. Others are left out."""
    sections = _sections(before)
    for title, figures in measured.items():
        sections[title] = f"{circumstances}\n\n{table(figures)}"
    return "\n".join([_HEAD, *(f"## {title}\n\n{sections[title]}\n" for title in titles if title in sections)])


def circumstances() -> str:
    """When it is measured, and on what."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Measured on {datetime.datetime.now(datetime.UTC):%Y-%m-%d}: {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}; load before it {_load():.1f}."
    )


def warning() -> str:
    """What to say where the machine is not quiet; nothing where it is."""
    if _load() <= _QUIET:
        return ""
    return f"Warning: the load of this machine is {_load():.1f} before anything is measured. It should do nothing else."


def missed(figures: Iterable[Figure]) -> list[Figure]:
    """Those that do not reach their goals."""
    return [figure for figure in figures if not figure.is_met]


def _load() -> float:
    return os.getloadavg()[0]


def _sections(report: str) -> dict[str, str]:
    """The parts of a report by title, each with its line of circumstances."""
    head, *parts = _TITLE.split(report)
    said = _SAID.search(head)  # older reports said it once for all
    found = {}
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        section = text.strip()
        found[title] = section if _SAID.match(section) or said is None else f"{said[1]}\n\n{section}"
    return found
