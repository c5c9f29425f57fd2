"""A loader: some connections that are kept, each of which asks for the next address as soon as it has its answer.

One thread drives all of them, so nobody waits for an interpreter’s lock, and little is done for an answer: it is read
to its end and its status is looked at. ``Load.own`` tells what that costs, since servers and loader share the machine.
"""

from __future__ import annotations

import math
import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import median
from urllib.parse import urlsplit

#: Fewer answers say nothing.
LEAST = 100
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked\r\n", re.IGNORECASE)
_CLOSING = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_READ = 1 << 18
_PATIENCE = 300  # seconds without any answer


@dataclass(frozen=True)
class Request:
    """What is asked: a path with its query, and headers beside ``Host``."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def on(self, host: str) -> bytes:
        """The bytes to send."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: {host}", *(f"{k}: {v}" for k, v in self.headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


@dataclass(frozen=True)
class Load:
    """How a server bore it: the time of each answer, the lengths of the bodies, and how long all took."""

    seconds: list[float]
    sizes: list[int]
    took: float
    own: float  # seconds of processor time that the loader needed for itself

    @property
    def milliseconds(self) -> float:
        """The median."""
        return 1000 * median(self.seconds)

    @property
    def p99(self) -> float:
        """Milliseconds within which 99 of 100 were answered."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.seconds) / self.took

    @property
    def size(self) -> int:
        """The median length of a body, as it was sent."""
        return int(median(self.sizes))

    @property
    def own_share(self) -> float:
        """Of the time of one core, what the loader took, in percent."""
        return 100 * self.own / self.took


def ask(
    url: str,
    requests: Iterable[Request],
    connections: int = 1,
    status: int = HTTPStatus.OK,
    seconds: float = math.inf,
) -> Load:
    """Ask a server for everything once, in order; after so many seconds no more than ``LEAST`` are asked in all.

    Raises ``RuntimeError`` at an answer of another status.
    """
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or 80
    waiting = deque((request, request.on(address.netloc)) for request in requests)
    times: list[float] = []
    sizes: list[int] = []
    begun, own = time.perf_counter(), time.process_time()
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        for _ in range(min(connections, len(waiting))):
            connection = _Connection(selector, host, port)
            stack.callback(connection.close)
            connection.send(*waiting.popleft())
        while selector.get_map():
            for connection in _ready(selector):
                if not connection.read():
                    continue
                connection.check(status)
                times.append(connection.seconds)
                sizes.append(connection.size)
                if time.perf_counter() - begun > seconds and len(times) >= LEAST:
                    waiting.clear()
                if waiting:
                    connection.send(*waiting.popleft())
                else:
                    connection.close()
    return Load(times, sizes, time.perf_counter() - begun, time.process_time() - own)


def _ready(selector: selectors.BaseSelector) -> Iterator[_Connection]:
    events = selector.select(_PATIENCE)
    if not events:
        raise RuntimeError(f"No answer within {_PATIENCE} seconds.")
    for key, _mask in events:
        yield key.data


class _Connection:
    """One connection, opened anew where the server has closed it."""

    def __init__(self, selector: selectors.BaseSelector, host: str, port: int) -> None:
        self._selector, self._address = selector, (host, port)
        self._socket: socket.socket | None = None

    def send(self, request: Request, raw: bytes) -> None:
        """Ask; the time runs from here, that of a new connection included."""
        self._request, self._raw = request, raw
        self._sent = time.perf_counter()
        self._write()

    def read(self) -> bool:
        """Take what has come; whether the answer is whole."""
        assert self._socket is not None  # noqa: S101 (it was selected)
        part = self._socket.recv(_READ)
        if not part:
            return self._ended()
        self._got += part
        if self._body < 0:
            self._understand()
        if self._body < 0 or not self._is_whole():
            return False
        self.seconds = time.perf_counter() - self._sent
        self.size = len(self._got) - self._body
        if self._closing:
            self.close()
        return True

    def check(self, status: int) -> None:
        """Raise ``RuntimeError`` where the answer is not the one that is expected."""
        if int(self._got[9:12]) != status:
            start = bytes(self._got[:300]).decode(errors="replace")
            raise RuntimeError(f"{self._request.path} was answered with\n{start}")

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None

    def _write(self) -> None:
        self._got, self._body, self._length = bytearray(), -1, -1
        self._chunked = self._closing = False
        if self._socket is None:
            self._socket = socket.create_connection(self._address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(self._socket, selectors.EVENT_READ, self)
        self._socket.sendall(self._raw)

    def _ended(self) -> bool:
        """A server may end a connection that rested: then it is asked again. In the middle of an answer it may not."""
        self.close()
        if self._got:
            raise RuntimeError(f"{self._request.path} was cut off.")
        self._write()
        return False

    def _understand(self) -> None:
        end = self._got.find(_END_OF_HEAD)
        if end < 0:
            return
        head = bytes(self._got[: end + 2])
        self._body = end + len(_END_OF_HEAD)
        length = _LENGTH.search(head)
        self._length = int(length[1]) if length else 0
        self._chunked = _CHUNKED.search(head) is not None
        self._closing = _CLOSING.search(head) is not None
        if int(head[9:12]) == HTTPStatus.NOT_MODIFIED:
            self._length, self._chunked = 0, False

    def _is_whole(self) -> bool:
        if self._chunked:
            return self._got.endswith(_LAST_CHUNK, self._body - 2)
        return len(self._got) - self._body >= self._length
