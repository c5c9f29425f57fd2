"""What Prometheus is told: how requests fare, whether the database answers, how large the register is.

Gunicorn's workers count in files that all of them read (``config/serving.py`` makes the folder), so that any of them
answers for all; a program without workers counts by itself. Labels are bounded: views, methods and classes of status,
kinds of errors, tables, processes of this moment. No address and nothing that somebody wrote is one.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.core.signals import got_request_exception
from django.db import Error, connection
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from friendship import queries
from friendship.telemetry.readiness import Question

__all__ = ["CONTENT_TYPE", "count", "exposition", "watch"]

disable_created_metrics()  # type: ignore[no-untyped-call] # when a worker began to count says nothing

_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_PAGE = os.sysconf("SC_PAGE_SIZE")

_counted = CollectorRegistry()
_requests = Histogram(
    "register_request_duration_seconds",
    "Time from the request to the last byte of the answer.",
    ["view", "method", "status"],
    buckets=_SECONDS,
    registry=_counted,
)
_database_errors = Counter(
    "register_database_errors",
    "Errors of the database that a request failed by.",
    ["kind"],
    registry=_counted,
)
_ready = Question(queries.is_ready)
_size = Question(queries.sizes, seconds=5)  # all rows are counted


def count(view: str, method: str, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    _requests.labels(view, method if method in _METHODS else "other", f"{status // 100}xx").observe(seconds)


def watch() -> None:
    """Count from now on the requests that fail by an error of the database."""
    got_request_exception.connect(_failed, dispatch_uid="friendship.telemetry.metrics")


def _failed(**_more: object) -> None:
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, Error):
        error = error.__cause__
    if error is not None:
        _database_errors.labels(type(error).__name__).inc()


def exposition() -> bytes:
    """Everything in Prometheus’s text format."""
    counted = _counted
    if _is_one_of_many():
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    measured = CollectorRegistry()
    measured.register(_Measured())
    return generate_latest(counted) + generate_latest(measured)


def _is_one_of_many() -> bool:
    return bool(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))


class _Measured(Collector):
    """What is measured when somebody asks, instead of counted."""

    def collect(self) -> Iterator[Metric]:
        """The register’s size and version, and the memory of its processes."""
        is_ready = bool(_ready.answer())
        yield _gauge("register_ready", "Whether the register can be read from the database.", is_ready)
        if is_ready and (sizes := _size.answer()) is not None:
            rows = GaugeMetricFamily("register_rows", "Records by table, drafts included.", labels=["table"])
            for table, size in sizes.items():
                rows.add_metric([table], size.rows)
            yield rows
            versions = sum(size.rows + size.versions for size in sizes.values())
            yield _gauge("register_version", "A number that grows with every record added or changed.", versions)
            latest = max((size.latest.timestamp() for size in sizes.values() if size.latest), default=0)
            yield _gauge("register_changed_timestamp_seconds", "When a record was last added or changed.", latest)
        yield from _processes()
        software = GaugeMetricFamily("register_software", "What it runs on.", labels=["python", "django", "database"])
        software.add_metric([platform.python_version(), django.get_version(), connection.vendor], 1)
        yield software


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _processes() -> Iterator[Metric]:
    """Memory of the processes that serve, where the system tells it (Linux)."""
    memory = GaugeMetricFamily(
        "register_process_memory_bytes", "Memory of a serving process by kind.", labels=["process", "kind"]
    )
    numbers = _workers()
    for number in numbers:
        for kind, held in _memory(number).items():
            memory.add_metric([str(number), kind], held)
    yield memory
    yield _gauge("register_processes", "Serving processes.", len(numbers))


def _workers() -> list[int]:
    """Gunicorn’s workers, or this process where there are none beside it."""
    above = os.getppid()
    try:
        children = Path(f"/proc/{above}/task/{above}/children").read_text().split() if _is_one_of_many() else []
    except OSError:
        children = []
    return [int(number) for number in children] or [os.getpid()]


def _memory(number: int) -> dict[str, int]:
    """``resident`` is everything in memory, ``anonymous`` what is of this process alone and of no file."""
    try:
        told = Path(f"/proc/{number}/statm").read_text().split()
    except OSError:  # it has ended at this very moment, or the system is another
        return {}
    resident, of_files = int(told[1]) * _PAGE, int(told[2]) * _PAGE
    return {"resident": resident, "anonymous": resident - of_files}
