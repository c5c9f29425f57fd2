"""What each step beyond one machine costs, with all servers on this one: ``python -m bench.scaling``.

Every server shares the cores of this machine with the visitors who ask, so the figures of two steps say what a step
costs, not what another machine would bring.
"""

from __future__ import annotations

import datetime
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles

from bench.figures import Figure, table
from tests.servers import nginx, pgbouncer, postgresql, programs, redis, register, standbys

TIES = 26_000
SECONDS = 10.0
VISITORS = 8
DATABASE = "register"
#: Numbers of ties are spread over all of them, so that most pages have never been asked.
_STEP = 7919


def measure(seconds: float = SECONDS, ties: int = TIES) -> list[Figure]:
    """Requests a second and the time of the slowest of twenty, for each step."""
    figures = []
    with ExitStack() as stack:
        primary, *others = stack.enter_context(standbys.servers(2))
        primary.ask(f"CREATE DATABASE {DATABASE}")
        cache = stack.enter_context(redis.server())
        stack.enter_context(cache.running())
        addresses = [server.url(DATABASE) for server in (primary, *others)]
        direct = {"DATABASE_URL": addresses[0]}
        steps: dict[str, tuple[int, dict[str, str]]] = {
            "one server, PostgreSQL": (1, direct),
            "two servers behind nginx": (2, direct),
            "… with Redis": (2, {**direct, "REDIS_URL": cache.url}),
            "… with two standbys": (2, {**direct, "DATABASE_REPLICA_URLS": ",".join(addresses[1:])}),
        }
        pooled = stack.enter_context(pgbouncer.before(addresses[0], most=8))
        steps["… with PgBouncer"] = (2, {"DATABASE_URL": pooled.url, "PGBOUNCER": "true"})
        with served(1, direct) as first:
            first[0].manage("generate", "--relationships", str(ties), "--seed", "1")
        for other in others:
            other.catch_up(primary)
        for number, (step, (machines, variables)) in enumerate(steps.items()):
            with served(machines, variables) as servers, before(servers) as url:
                figures += asked(step, url, seconds, ties, number)
    return figures


@contextmanager
def served(machines: int, variables: dict[str, str]) -> Iterator[list[register.Register]]:
    """Start so many web servers with one worker each."""
    with ExitStack() as stack:
        servers = []
        for _machine in range(machines):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            told = {"WORKERS": "1", "BEHIND_PROXY": "true", **variables}
            servers.append(stack.enter_context(register.running(folder, **told)))
        yield servers


@contextmanager
def before(servers: list[register.Register]) -> Iterator[str]:
    """The address at which visitors ask: nginx's, where there is more than one server."""
    if len(servers) == 1:
        yield servers[0].url
    else:
        with nginx.before(*(server.url for server in servers)) as url:
            yield url


def asked(step: str, url: str, seconds: float, ties: int, number: int) -> list[Figure]:
    """Let visitors ask pages of ties, one after another, for so many seconds."""
    times: list[float] = []
    until = time.monotonic() + seconds

    def ask(visitor: int) -> None:
        at = number * 1000 + visitor
        while time.monotonic() < until:
            at += VISITORS
            begun = time.perf_counter()
            with urllib.request.urlopen(f"{url}/relationships/{1001 + at * _STEP % ties}/", timeout=60) as answer:  # noqa: S310
                answer.read()
            times.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=ask, args=[visitor]) for visitor in range(VISITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slowest = quantiles(times, n=20)[-1]
    return [
        Figure(f"{step}: pages of ties, never asked before", len(times) / seconds, "requests/s"),
        Figure(f"{step}: 95 of 100 within", slowest * 1000, "ms"),
    ]


def main() -> None:
    """Measure, and print the table for docs/operations.md."""
    if (missing := programs.missing()) or postgresql.programs() is None:
        sys.exit(f"apt-get install -y --no-install-recommends postgresql {' '.join(missing)}")
    found = measure()
    today = datetime.datetime.now(datetime.UTC)
    load = os.getloadavg()[0]
    print(f"Measured on {today:%Y-%m-%d}: {os.cpu_count()} cores, load {load:.1f} at the end.\n\n{table(found)}")  # noqa: T201


if __name__ == "__main__":
    main()
