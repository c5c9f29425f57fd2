"""Run all tests on SQLite and on PostgreSQL: ``python -m tests [arguments of pytest]``.

PostgreSQL is what DATABASE_URL names, or a throwaway cluster where the server is installed. What this machine cannot
run is named at the end, with the line that installs it; with NO_SKIP that is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext

import pytest

from tests.servers import browser, postgresql, programs

# Each worker has its own register and browser; more than four gain nothing.
PYTEST = ["-m", "pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "worksteal"]
# The browser's tests run by themselves: Playwright keeps an event loop in its thread, and Django opens a second
# connection beside such a loop, which later stands in the way of removing the database.
WITHOUT_BROWSER, IN_BROWSER = ["-m", "not browser"], ["-m", "browser"]
# The look of the pages does not depend on the database: seeing it once is enough.
STORIES = [*IN_BROWSER, "--ignore", "tests/browser/test_pages.py"]

NOTHING = int(pytest.ExitCode.NO_TESTS_COLLECTED)


def main(arguments: list[str]) -> int:
    """Run the tests and give the exit status."""
    failed = [name for name, status in _runs(arguments) if status]
    missing = _missing_packages()
    if missing:
        _say("Not run: what needs " + " and ".join(missing) + ". This line installs it:")
        _say(f"    apt-get install -y --no-install-recommends {' '.join(missing.values())}")
    if failed:
        _say(f"FAILED on {' and '.join(failed)}.")
    elif not missing:
        _say("All tests passed on SQLite and PostgreSQL.")
    return 1 if failed or (missing and os.environ.get("NO_SKIP")) else 0


def _runs(arguments: list[str]) -> list[tuple[str, int]]:
    environment = dict(os.environ)
    url = environment.pop("DATABASE_URL", "")
    runs = [("SQLite", _tests(arguments, "SQLite", environment, IN_BROWSER))]
    programs = postgresql.programs()
    if url or programs:
        with nullcontext(url) if url or programs is None else postgresql.cluster(programs) as address:
            status = _tests(arguments, "PostgreSQL", {**environment, "DATABASE_URL": address}, STORIES)
        runs.append(("PostgreSQL", 0 if status == NOTHING else status))  # SQLite has told
    return runs


def _tests(arguments: list[str], name: str, environment: dict[str, str], in_browser: list[str]) -> int:
    """Run what the arguments choose; that one of the two parts has none of it is no failure, if the other has some."""
    statuses = [_pytest([*WITHOUT_BROWSER, *arguments], name, environment)]
    if browser.chromium():
        statuses.append(_pytest([*in_browser, *arguments], f"{name}, in a browser", environment))
    return max((status for status in statuses if status != NOTHING), default=NOTHING)


def _pytest(arguments: list[str], name: str, environment: dict[str, str]) -> int:
    _say(f"==== {name} ====")
    return subprocess.run([sys.executable, *PYTEST, *arguments], env=environment, check=False).returncode


def _missing_packages() -> dict[str, str]:
    """What this machine lacks, with the Debian packages that bring it."""
    missing = {}
    if not (os.environ.get("DATABASE_URL") or postgresql.programs()):
        missing["PostgreSQL"] = "postgresql"
    if not browser.chromium():
        missing["a browser"] = browser.PACKAGES
    if servers := programs.missing():
        missing["more than one server"] = " ".join(servers)
    return missing


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (its output)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
