"""requirements*.lock hold what requirements*.txt ask for, with the content of every package."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
NAMES = [
    *("requirements", "requirements-bench", "requirements-dev", "requirements-frontend"),
    *("requirements-redis", "requirements-sentry"),
]
_PIN = re.compile(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", re.MULTILINE)


def asked(name: str) -> dict[str, str]:
    """The packages of a list that people write, in the spelling of an index, with their versions."""
    return {_spelled(package): version for package, version in _PIN.findall((ROOT / f"{name}.txt").read_text("utf-8"))}


def locked(name: str) -> dict[str, tuple[str, int]]:
    """The packages of a lock with their versions, and how many contents are allowed for each."""
    entries = re.split(r"\n(?=\S)", (ROOT / f"{name}.lock").read_text("utf-8"))
    found = {entry: _PIN.match(entry) for entry in entries}
    return {_spelled(pin[1]): (pin[2], entry.count("--hash=sha256:")) for entry, pin in found.items() if pin}


def _spelled(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


@pytest.mark.parametrize("name", NAMES)
def test_every_need_has_one_version(name: str) -> None:
    lines = (ROOT / f"{name}.txt").read_text("utf-8").splitlines()
    needs = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert [line for line in needs if not _PIN.match(line)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_lock_holds_what_is_asked_for(name: str) -> None:
    """Where this fails, ``make lock`` brings the lock up to date."""
    held = {package: version for package, (version, _contents) in locked(name).items()}
    assert {package: held.get(package) for package in asked(name)} == asked(name)


@pytest.mark.parametrize("name", NAMES)
def test_the_lock_knows_the_content_of_every_package(name: str) -> None:
    assert [package for package, (_version, contents) in locked(name).items() if not contents] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_names_no_index(name: str) -> None:
    """Whoever installs says where packages come from; their content says whether they are the right ones."""
    assert "://" not in (ROOT / f"{name}.lock").read_text("utf-8")


def test_development_runs_on_what_production_runs_on() -> None:
    assert locked("requirements").items() <= locked("requirements-dev").items()
    assert locked("requirements-redis").items() <= locked("requirements-dev").items()
    assert locked("requirements-sentry").items() <= locked("requirements-dev").items()


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile"])
def test_nothing_is_installed_past_the_lock(file: str) -> None:
    lines = (ROOT / file).read_text("utf-8").splitlines()
    installing = [line for line in lines if "pip install" in line]
    assert installing
    assert [line for line in installing if "--require-hashes" not in line] == []
