"""Debian's Chromium, and what it must not do on a page of the register."""

from __future__ import annotations

import shutil
from ctypes.util import find_library
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

# What Debian brings it with; Playwright's own Node.js needs libatomic1.
PACKAGES = "chromium fonts-noto-cjk libatomic1"
MISSING = f"no browser: apt-get install -y --no-install-recommends {PACKAGES}"

# It runs as root in containers, and asks no host but the register.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def chromium() -> str | None:
    """The path of Chromium, or None where a part of PACKAGES is missing."""
    return shutil.which("chromium") if find_library("atomic") else None


def watch(page: Page, host: str, problems: list[str]) -> None:
    """Add to ``problems`` what goes wrong on this page: errors, broken resources, requests to other hosts."""

    def requested(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.netloc != host:
            problems.append(f"request to another host: {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            problems.append(f"{response.status}: {response.url}")

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page itself went on: to another page, or to a longer search
            problems.append(f"failed: {request.url} ({request.failure})")

    def logged(message: ConsoleMessage) -> None:
        if message.type == "error":  # a refused Content-Security-Policy is one as well
            problems.append(f"console: {message.text}")

    page.on("request", requested)
    page.on("response", answered)
    page.on("requestfailed", failed)
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on("console", logged)
