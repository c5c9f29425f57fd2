"""Visitors who send slowly, take slowly, send too much or never hang up, through gunicorn as it is served."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from gunicorn.workers import gthread

from config import worker
from tests.servers import register

#: One more than the only worker has threads.
MANY = 5
#: Only somebody who is never answered waits so long, on the slowest machine.
FOR_EVER = 90

HEAD = b"GET /about/ HTTP/1.1\r\nHost: loc"
FORM = b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
FORM += b"Content-Type: application/x-www-form-urlencoded\r\n"
FORM += b"Cookie: csrftoken=" + b"a" * 32 + b"\r\n\r\nusername="  # without one, nobody reads the form


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Where a register listens that has one worker."""
    with register.running(tmp_path_factory.mktemp("served"), WORKERS="1") as served:
        address = urlsplit(served.url)
        yield str(address.hostname), int(address.port or 0)


def connected(place: tuple[str, int], sent: bytes, stack: ExitStack) -> socket.socket:
    there = stack.enter_context(socket.create_connection(place, timeout=FOR_EVER))
    there.sendall(sent)
    return there


def answered(place: tuple[str, int], path: str = "/healthz", **headers: str) -> int:
    there = http.client.HTTPConnection(*place, timeout=FOR_EVER)
    there.request("GET", path, headers=headers)
    answer = there.getresponse()
    answer.read()
    there.close()
    return answer.status


def everything(there: socket.socket) -> bytes:
    """What is said until the other end hangs up."""
    return b"".join(iter(lambda: there.recv(65_536), b""))


@pytest.mark.parametrize(("sent", "said"), [(b"", b""), (HEAD, b""), (FORM, b"HTTP/1.1 403 ")])
def test_who_falls_silent_is_hung_up_on_and_keeps_nobody_waiting(
    place: tuple[str, int], sent: bytes, said: bytes
) -> None:
    with ExitStack() as stack:
        silent = [connected(place, sent, stack) for _ in range(MANY)]
        assert answered(place) == 200
        assert [everything(there)[:13] for there in silent] == [said] * MANY


def test_a_byte_now_and_then_is_no_request(place: tuple[str, int]) -> None:
    """Each is more than silence, and still the head has to come to its end."""
    with ExitStack() as stack:
        there = connected(place, HEAD, stack)
        there.settimeout(1)
        heard = None
        for _ in range(FOR_EVER):
            try:
                there.sendall(b"a")
                heard = there.recv(1)
            except TimeoutError:
                continue
            except ConnectionError:
                heard = b""
            break
        assert heard == b""


def test_who_does_not_hang_up_keeps_nobody_waiting(place: tuple[str, int]) -> None:
    """A second or two for each, as gunicorn has it, would be longer than for ever."""
    with ExitStack() as stack:
        last = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        staying = [connected(place, last, stack) for _ in range(FOR_EVER * 2)]
        assert [there.recv(13) for there in staying] == [b"HTTP/1.1 200 "] * len(staying)
        assert answered(place) == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/healthz?" + "x" * 4_050, {}, 200),
        ("/healthz?" + "x" * 4_100, {}, 414),
        ("/healthz", {"Cookie": "x" * 8_000}, 200),
        ("/healthz", {"Cookie": "x" * 8_200}, 431),
        ("/healthz", {f"X-{number}": "x" for number in range(60)}, 200),
        ("/healthz", {f"X-{number}": "x" for number in range(65)}, 431),
    ],
)
def test_a_head_that_is_too_long(place: tuple[str, int], path: str, headers: dict[str, str], status: int) -> None:
    assert answered(place, path, **headers) == status


def test_who_takes_no_answer_is_as_one_who_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "SILENT_SECONDS", 0.1)
    monkeypatch.setattr(gthread.ThreadWorker, "handle_request", lambda *sent: sent[2].sock.sendall(b"x" * 100_000_000))
    here, there = socket.socketpair()
    with here, there, pytest.raises(ConnectionResetError, match="silent"):
        worker.Worker.handle_request(bare(), None, SimpleNamespace(sock=here))


def test_an_error_is_left_to_gunicorn(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []
    monkeypatch.setattr(gthread.ThreadWorker, "finish_request", lambda _self, *given: left.append(given))
    failed: Future[Any] = Future()
    failed.set_exception(OSError())
    worker.Worker.finish_request(bare(), "connection", failed)
    assert left == [("connection", failed)]


def bare() -> worker.Worker:
    """A worker of no server."""
    made = worker.Worker.__new__(worker.Worker)
    made.reading = {}
    return made
