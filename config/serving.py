"""How gunicorn serves and logs, where its processes count together, how long they wait; ``bin/serve`` names it.

It is read by gunicorn's first process, which loads no settings: so a reload (SIGHUP) reads them anew.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from gunicorn import glogging

from config.worker import Worker
from friendship.telemetry import lines

_MEMORY = Path("/dev/shm")  # nosec B108 # noqa: S108 (a folder of our own is made in it)
_COUNTED = "PROMETHEUS_MULTIPROC_DIR"
_OPEN = ("METRICS_ALLOWED", "METRICS_TOKEN")
_TRUE = {"1", "true", "yes", "on"}


def _form() -> str:
    """As settings.LOG_FORMAT, which also refuses what it does not know."""
    told = os.environ.get("LOG_FORMAT", "").strip().lower()
    return told or ("text" if os.environ.get("DEBUG", "").strip().lower() in _TRUE else "json")


class Logger(glogging.Logger):  # type: ignore[misc] # the package has no types
    """Gunicorn's own words in the form of all others. Its access log is off: friendship.requests tells of requests."""

    def setup(self, cfg: Any) -> None:
        """Write to the same place, in our form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(lines.formatter(_form()))


logger_class = Logger
worker_class = Worker

# What a request may be before Django has seen it, in bytes; our longest address has some 2,000.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
timeout = 30  # a process that has said nothing for so many seconds is replaced; its threads may take longer
graceful_timeout = 30  # for what is being answered, when it has to stop


def on_starting(server: Any) -> None:
    """Make the folder in which the workers count, where somebody may read it: in memory, if the machine has a place."""
    if not any(os.environ.get(name, "").strip() for name in _OPEN):
        return
    in_memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    os.environ[_COUNTED] = tempfile.mkdtemp(prefix="register-metrics-", dir=in_memory)


def post_worker_init(worker: Any) -> None:
    """Wait for the database as long as a page may, no longer; commands are processes of their own and wait on."""
    from django.conf import settings
    from django.db import connection

    from friendship import outages

    if settings.STATEMENT_SECONDS and connection.vendor == "postgresql":
        to_connect = int(connection.settings_dict["OPTIONS"]["connect_timeout"]) or settings.STATEMENT_SECONDS
        outages.wait_no_longer_than(settings.STATEMENT_SECONDS, to_connect)


def on_exit(server: Any) -> None:
    """Remove it: what is counted is since the start."""
    if folder := os.environ.pop(_COUNTED, ""):
        shutil.rmtree(folder, ignore_errors=True)
