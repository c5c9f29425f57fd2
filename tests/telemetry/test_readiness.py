"""Whether the database answers is known in time, with the real servers gone, locked and frozen."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

from friendship.telemetry.readiness import Question
from friendship.views import health
from tests.servers import troubled
from tests.servers.register import Register
from tests.servers.troubled import Troubled

PATIENCE = 2.0  # seconds that whoever asks /readyz waits
READY, NOT_READY = (200, b"ok\n"), (503, b"the register cannot be read\n")


# --- a question -------------------------------------------------------------------------------------------------------


def silent() -> tuple[threading.Event, Callable[[], str]]:
    """Something to ask that says nothing until it may."""
    may_speak = threading.Event()

    def ask() -> str:
        may_speak.wait(30)
        return "at last"

    return may_speak, ask


def test_an_answer_is_passed_on() -> None:
    assert Question(lambda: 5).answer() == 5


def test_an_error_of_the_database_is_no_answer_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    def ask() -> None:
        raise OperationalError("gone")

    assert Question(ask).answer() is None
    assert caplog.messages == ["The database does not answer: gone"]


def test_an_error_of_ours_is_not_hidden() -> None:
    def ask() -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        Question(ask).answer()


def test_silence_is_no_answer_and_costs_one_thread(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = threading.active_count()
    may_speak, ask = silent()
    question = Question(ask, seconds=0.05)
    assert [question.answer(), question.answer(), question.answer()] == [None, None, None]
    assert threading.active_count() == before + 1
    assert caplog.messages == ["The database has not answered within 0.05 seconds."] * 3
    may_speak.set()
    monkeypatch.setattr(question, "_seconds", 30)
    assert question.answer() == "at last"


@pytest.mark.django_db
def test_it_leaves_no_connection_behind() -> None:
    def ask() -> BaseDatabaseWrapper:
        connection = connections["default"]
        connection.ensure_connection()
        return connection

    theirs = Question(ask).answer()
    assert theirs is not None
    assert theirs is not connections["default"]
    assert theirs.connection is None


@pytest.mark.django_db
def test_what_readyz_says(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(client) == READY
    monkeypatch.setattr(health, "_can_be_read", Question(lambda: False))  # without the list of countries
    assert told(client) == NOT_READY


def told(client: Client) -> tuple[int, bytes]:
    response = client.get("/readyz")
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    return response.status_code, response.content


# --- the real servers -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troubled]:
    with troubled.running(tmp_path_factory.mktemp("server")) as running:
        yield running


def asked(running: Register, path: str) -> tuple[int, bytes]:
    """The answer, or TimeoutError."""
    try:
        with urllib.request.urlopen(running.url + path, timeout=PATIENCE) as answer:  # noqa: S310 (our own server)
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


@pytest.mark.parametrize("trouble", ["away", "hanging"])
def test_a_database_in_trouble_is_known_within_two_seconds(served: Troubled, trouble: str) -> None:
    running = served.register
    assert asked(running, "/countries/")[0] == 200  # so that connections stand that break now
    with served.troubles[trouble]():
        assert [asked(running, "/readyz") for _again in range(3)] == [NOT_READY] * 3
        assert asked(running, "/healthz") == READY
    for _again in range(100):  # a question that waited for the lock ends first, in each worker
        if asked(running, "/readyz") == READY:
            break
        time.sleep(0.2)
    assert asked(running, "/readyz") == READY
    assert asked(running, "/countries/")[0] == 200
