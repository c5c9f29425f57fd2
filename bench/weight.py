"""What a first visit to a page transfers, compressed, without the data of the map."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Request

from bench.figures import Figure

HOME, OTHERS = 200, 100  # kB
_DATA = (".json",)


def measure(browser: Browser, url: str, pages: dict[str, str]) -> list[Figure]:
    """Kilobytes (of 1,000) per page, each visited with an empty cache."""
    return [
        Figure(f"{name}: first visit", _kilobytes(browser, url + path), "kB", HOME if path == "/" else OTHERS)
        for name, path in pages.items()
    ]


def _kilobytes(browser: Browser, address: str) -> float:
    page = browser.new_page()
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108 (Playwright marks the handler)
    page.goto(address, wait_until="networkidle")
    parts = [request.sizes() for request in finished if not urlsplit(request.url).path.endswith(_DATA)]
    page.close()
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in parts) / 1000
