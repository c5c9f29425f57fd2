"""What every test stands on: production settings, collected static files, and on request a running register.

The environment is prepared while this file is imported: pytest-django loads the settings right after.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings
from pytest_django.plugin import blocking_manager_key

from tests.servers import postgresql, register
from tests.servers.environment import production

# No test fails because the machine is slow; --hypothesis-profile chooses another.
settings.register_profile("register", deadline=None)
settings.load_profile("register")

IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ  # a worker inherits what its controller has prepared


def _prepare() -> None:
    kept = {"DATABASE_URL": os.environ["DATABASE_URL"]} if os.environ.get("DATABASE_URL") else {}
    environment = production(Path(tempfile.mkdtemp(prefix="register-tests-")), **kept)
    os.environ.clear()
    os.environ.update(environment)
    # Playwright keeps an event loop running in the thread of the tests; their database calls are not asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


if not IS_WORKER:
    _prepare()

import django  # noqa: E402 (reads the environment)

django.setup()


def pytest_configure() -> None:
    """Collect static files once, so that pages are made with the same hashed addresses as in production."""
    if not IS_WORKER:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)


def pytest_unconfigure() -> None:
    """Remove what this run has written."""
    if not IS_WORKER:
        shutil.rmtree(os.environ["VAR_DIR"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every transactional test begin with the shipped register, as the others do."""
    for item in items:
        if _is_transactional(item):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A transactional test leaves its database empty: fill it again for the tests after it, in whatever order."""
    yield
    if nextitem and _is_transactional(item):
        from django.db import connection

        with item.config.stash[blocking_manager_key].unblock():
            # Django keeps it under this name, unknown to its types.
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)  # type: ignore[attr-defined]


def _is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With NO_SKIP, a skipped test is a failure: the machine that sets it has everything."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("NO_SKIP") and reporter and reporter.stats.get("skipped"):
        reporter.write_line("")
        reporter.write_line("NO_SKIP is set and tests were skipped: this run has failed.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def language_of_the_site() -> None:
    """Begin each test in Chinese: a request leaves its own language behind."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    """A page of an earlier test is of the same state, once that test is rolled back."""
    from django.core.cache import caches

    from friendship import freshness

    caches["pages"].clear()
    freshness._at_hand.cache_clear()
    freshness._unpacked.cache_clear()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[register.Register]:
    """A running register with its own database, on the same kind of database as the other tests.

    Each module has one of its own: what the stories of one leave behind is no business of another.
    """
    with ExitStack() as stack:
        variables = {}
        if url := os.environ.get("DATABASE_URL"):
            variables["DATABASE_URL"] = stack.enter_context(postgresql.database(url))
        running = stack.enter_context(register.running(tmp_path_factory.mktemp("server"), **variables))
        register.add_staff(running)
        yield running


@pytest.fixture
def no_review(db: None) -> None:
    """The office lets whoever may publish publish their own changes: what a test does is not about review."""
    from friendship.models import Policy

    Policy.objects.filter(pk=1).update(own_changes="always")
