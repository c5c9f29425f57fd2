"""Chromium on the running register. What goes wrong on a page fails its test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.servers.browser import ARGUMENTS, chromium, watch
from tests.servers.register import Register


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Launch Debian's Chromium instead of one that Playwright downloads."""
    path = chromium()
    if path is None:
        pytest.skip("no browser: apt-get install -y --no-install-recommends chromium fonts-noto-cjk")
    return {"executable_path": path, "args": ARGUMENTS}


@pytest.fixture
def new_context(browser: Browser, server: Register) -> Iterator[Any]:
    """Open a visitor of their own: ``new_context(color_scheme="dark", …)``; closed after the test."""
    contexts: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        contexts.append(browser.new_context(base_url=server.url, **options))
        contexts[-1].set_default_timeout(10_000)
        return contexts[-1]

    yield open_context
    for context in contexts:
        context.close()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """What went wrong on the pages of this test: nothing may be left at its end."""
    found: list[str] = []
    yield found
    assert found == []


@pytest.fixture
def open_page(new_context: Any, server: Register, problems: list[str]) -> Any:
    """Open a watched page in a new context: ``open_page(color_scheme="dark", …)``."""

    def opened(**options: Any) -> Page:
        page: Page = new_context(**options).new_page()
        watch(page, urlsplit(server.url).netloc, problems)
        return page

    return opened


@pytest.fixture
def page(open_page: Any) -> Page:
    """A watched page of one visitor with a Chinese browser."""
    page: Page = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    return page
