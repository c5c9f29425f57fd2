"""What the register is measured against: Datasette on the same ties, and a WSGI application that does nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import flat
from bench.processes import free_port, serving
from bench.questions import PAGE_SIZE
from tests.servers.environment import production
from tests.servers.register import ROOT

#: Where ``make bench`` installs requirements-bench.txt.
DATASETTE = ROOT / "var" / "bench-venv" / "bin" / "datasette"
MISSING = "no Datasette in var/bench-venv: make bench installs it there"
#: No facets but those asked for; nothing is given up half-way, since half an answer is fast; a large cache of its own.
SETTINGS = {
    "default_page_size": PAGE_SIZE,
    "suggest_facets": "off",
    "sql_time_limit_ms": 600_000,
    "facet_time_limit_ms": 600_000,
    "max_csv_mb": 0,
    "cache_size_kb": 200_000,
}
_SERVED = "exec gunicorn config.wsgi "


@contextmanager
def datasette(ties: Path) -> Iterator[str]:
    """Datasette on a flat database that nobody changes; gives its address."""
    if not DATASETTE.exists():
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as name:
        folder, url = Path(name), f"http://127.0.0.1:{free_port()}"
        metadata = folder / "metadata.json"
        searched = {"tables": {flat.TABLE: {"fts_table": flat.FULL_TEXT, "fts_pk": "rowid"}}}
        metadata.write_text(json.dumps({"databases": {"flat": searched}}))
        counts = folder / "counts.json"  # of whole tables, which it then knows beforehand
        subprocess.run([DATASETTE, "inspect", ties, "--inspect-file", counts], check=True)
        command = [str(DATASETTE), "serve", "--immutable", str(ties), "--metadata", str(metadata)]
        command += ["--inspect-file", str(counts)]
        command += ["--host", "127.0.0.1", "--port", url.rpartition(":")[2]]
        for setting, value in SETTINGS.items():
            command += ["--setting", setting, str(value)]
        with serving(command, dict(os.environ), f"{url}/-/versions.json", folder / "log"):
            yield url


@contextmanager
def bare() -> Iterator[str]:
    """bench/bare.py under the gunicorn of bin/serve, with all its options; gives its address."""
    with tempfile.TemporaryDirectory() as name:
        folder, address = Path(name), f"127.0.0.1:{free_port()}"
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = production(folder, PATH=path, address=address, WORKERS=os.environ.get("WORKERS", "2"))
        url = f"http://{address}"
        with serving(["sh", "-c", served("bench.bare")], environment, f"{url}/0", folder / "log"):
            yield url


def served(application: str) -> str:
    """The line with which bin/serve starts gunicorn, for another application."""
    lines = (ROOT / "bin" / "serve").read_text("utf-8").splitlines()
    line = next(line for line in lines if line.startswith(_SERVED))
    return line.replace(_SERVED, f"exec gunicorn {application} ", 1)
