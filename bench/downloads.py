"""Everything in one answer: the list of ties as CSV, against Datasette’s, and the data of the map."""

from __future__ import annotations

import gzip
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from bench import flat, load, peers
from bench.databases import Content, Databases
from bench.effort import Effort
from bench.figures import Figure
from bench.load import Load, Request
from bench.processes import children, memory
from bench.registers import COMPRESSED, begun, kinds, register, ties
from tests.servers.register import Register

FASTER = 4  # times Datasette’s speed
MEMORY = 20  # MB more in a worker while it writes, whatever the number of ties
MAP = 600  # kB, compressed
_CSV = "/relationships.csv"
_THEIR_CSV = f"/flat/{flat.TABLE}.csv?_stream=1"
_LOOK_EVERY = 0.02  # seconds
_MEGABYTE = 1_000_000


def measure(databases: Databases, few: int, most: int, effort: Effort, *names: str) -> Iterator[Figure]:
    """The small register as often as a figure needs, the large one once, since it takes as long as a hundred others."""
    for many, ours, theirs in ((few, effort.ours, max(3, effort.theirs // 10)), (most, 1, 1)):
        with peers.datasette(ties(databases, many)) as url:
            peer = _csv(url, _THEIR_CSV, theirs)
        yield Figure(f"{many:,} ties as CSV: Datasette", peer.milliseconds / 1000, "s")
        for name in names:
            with register(kinds(databases)[name](Content(many))) as served:
                yield from _compared(served, f"{many:,} ties as CSV: {name}", ours, peer)
                if many == few:
                    size = _map(served.url)
                    yield Figure(f"{many:,} ties on the map: {name}, compressed", size, "kB", MAP)


def _compared(served: Register, what: str, times: int, peer: Load) -> Iterator[Figure]:
    begun(served)
    before = _anonymous(served)
    peaks = dict(before)
    with _watching(served, peaks):
        done = _csv(served.url, _CSV, times)
    yield Figure(what, done.milliseconds / 1000, "s")
    faster = peer.milliseconds / done.milliseconds
    yield Figure(f"{what}, times faster than Datasette", faster, "times", FASTER, at_least=True)
    grown = max(peaks[pid] - before[pid] for pid in before) / _MEGABYTE
    yield Figure(f"{what}, anonymous memory of the worker, more than before", grown, "MB", MEMORY)


def _csv(url: str, path: str, times: int) -> Load:
    return load.ask(url, [Request(path)] * times)


def _anonymous(served: Register) -> dict[int, int]:
    return {pid: memory(pid).get("RssAnon", 0) for pid in children(served.process.pid)}


@contextmanager
def _watching(served: Register, peaks: dict[int, int]) -> Iterator[None]:
    """Look at the memory of each worker again and again, and keep the most."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_EVERY):
            for pid, held in _anonymous(served).items():
                peaks[pid] = max(peaks.get(pid, 0), held)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _map(url: str) -> float:
    asked = urllib.request.Request(f"{url}/map/data.json", headers=dict(COMPRESSED))  # noqa: S310 (our own server)
    with urllib.request.urlopen(asked, timeout=600) as answer:  # noqa: S310
        body = answer.read()
    gzip.decompress(body)  # it is what was asked for
    return len(body) / 1000
