"""What is mutated, and the tests that speak of it: the one place that says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: In percent, of the mutants that were tried.
GOAL = 80.0
#: So many mutants of a target are tried where nobody asks for all: of curation each takes seconds.
SAMPLE = 150


@dataclass(frozen=True)
class Target:
    """Modules under one name, with the files and folders of their tests, all as paths from the project's folder."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def paths(self) -> Iterator[Path]:
        """The files to mutate, in order."""
        for pattern in self.modules:
            yield from sorted(ROOT.glob(pattern))


TARGETS = (
    Target(
        "dates",
        ("friendship/dates.py",),
        ("tests/test_dates.py", "tests/admin/test_partial_dates.py", "tests/importers/test_dating.py"),
    ),
    Target(
        "names",
        ("friendship/names.py",),
        ("tests/test_names.py",),
    ),
    Target(
        "filters",
        ("friendship/filters.py",),
        ("tests/test_filters.py", "tests/test_docs.py"),
    ),
    Target(
        "curation",
        ("friendship/curation/*.py",),
        (
            "tests/curation",
            "tests/admin/test_accounts.py",
            "tests/admin/test_concurrency.py",
            "tests/admin/test_deleting.py",
            "tests/admin/test_groups.py",
            "tests/admin/test_login.py",
            "tests/admin/test_merging.py",
            "tests/admin/test_proposals.py",
            "tests/admin/test_remits.py",
            "tests/admin/test_reverting.py",
            "tests/management/test_audit.py",
            "tests/management/test_purge.py",
            "tests/views/test_moved.py",
        ),
    ),
)
