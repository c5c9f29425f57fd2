"""Reading a text needs no database, no network and no settings: a library that any program can use."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
FILES = sorted((ROOT / "friendship" / "extraction").glob("*.py"))

#: Besides its own modules and Python's: leaves of the register that know no database.
_LEAVES = {"friendship.dates"}


def imported(path: Path) -> set[str]:
    """The modules that a file names in its imports."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            named.add(node.module or "")
    return named


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_stands_on_python_and_leaves_alone(path: Path) -> None:
    strange = {
        name
        for name in imported(path) - _LEAVES
        if name.split(".")[0] not in sys.stdlib_module_names
        and name != "friendship"
        and not name.startswith("friendship.extraction")
    }
    assert strange == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_asks_no_network(path: Path) -> None:
    assert {name.split(".")[0] for name in imported(path)} & {"socket", "ssl", "urllib", "http", "ftplib"} == set()


def test_it_reads_without_settings_and_loads_no_database() -> None:
    told = run(
        "import sys; from friendship.extraction import read; "
        "print(len(read('2013年6月,扬州市与意大利里米尼市结为友好城市。').ties), 'django.db' in sys.modules)"
    )
    assert told == "1 False"


def test_a_day_that_does_not_exist_asks_for_no_settings() -> None:
    told = run(
        "from friendship.extraction import read; "
        "print([tie.date for tie in read('2013年2月30日,扬州市与意大利里米尼市结为友好城市。').ties])"
    )
    assert told == "[None]"


def run(program: str) -> str:
    """What a Python without Django settings prints for ``program``."""
    environment = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip()
