"""Who is left out, and how it is found that a server is back; tests/scale tries it with real ones."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from unittest import mock

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from friendship.databases import servers
from friendship.databases.servers import Server

REASON = OperationalError("connection refused")


class Away:
    """Stands for the connection to a server that is away until somebody says that it is back."""

    def __init__(self) -> None:
        self.in_atomic_block = False
        self.is_back = False
        self.silent_for = 0.0
        self.asked_by: list[str] = []

    def cursor(self) -> mock.MagicMock:
        self.asked_by.append(threading.current_thread().name)
        time.sleep(self.silent_for)
        if not self.is_back:
            raise REASON
        return mock.MagicMock()

    def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    connection = Away()
    monkeypatch.setattr(servers, "connections", {"default": connection})
    monkeypatch.setattr(servers, "AGAIN", 0.01)
    monkeypatch.setattr(BaseDatabaseWrapper, "close", Away.close)
    yield connection
    connection.is_back = True
    for thread in threading.enumerate():
        if thread.name == "wait for default":
            thread.join(10)


def left_out(away: Away) -> Server:
    """A server that is left out, after its thread has asked once."""
    server = Server("default")
    server.leave_out(REASON)
    while not away.asked_by:
        time.sleep(0.001)
    time.sleep(away.silent_for)
    return server


def here(away: Away) -> int:
    """How often this thread has asked."""
    return away.asked_by.count(threading.current_thread().name)


def test_who_refuses_at_once_is_asked_again_by_everybody(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "AGAIN", 1.0)
    server = left_out(away)
    time.sleep(0.05)
    assert (server.answers, server.answers_now(), server.answers_now(), here(away)) == (False, False, False, 2)
    away.is_back = True
    assert (server.answers, server.answers_now(), server.answers, here(away)) == (False, True, True, 3)
    assert (server.answers_now(), here(away)) == (True, 3)


def test_who_is_silent_is_asked_by_its_thread_alone(away: Away) -> None:
    away.silent_for = 0.2
    server = left_out(away)
    assert (server.answers_now(), here(away)) == (False, 0)
    away.is_back = True
    while not server.answers:
        time.sleep(0.01)
    assert here(away) == 0


def test_within_a_transaction_nobody_asks(away: Away) -> None:
    server = left_out(away)
    time.sleep(0.05)
    away.in_atomic_block = True
    assert (server.answers_now(), here(away)) == (False, 0)
