"""Chromium on the running register. What goes wrong on a page fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.servers.browser import ARGUMENTS, MISSING, chromium, watch
from tests.servers.register import Register


class Visitor(NamedTuple):
    """Someone with a browser of their own, and what went wrong on the pages they opened."""

    page: Page
    problems: list[str]


@contextmanager
def visitor(browser: Browser, server: Register, **options: Any) -> Iterator[Visitor]:
    """Open a watched page in a new context, with Playwright's ``options``."""
    context = browser.new_context(base_url=server.url, **options)
    context.set_default_timeout(10_000)
    page, problems = context.new_page(), list[str]()
    watch(page, urlsplit(server.url).netloc, problems)
    yield Visitor(page, problems)
    context.close()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Launch Debian's Chromium instead of one that Playwright downloads."""
    path = chromium()
    if path is None:
        pytest.skip(MISSING)
    return {"executable_path": path, "args": ARGUMENTS}


@pytest.fixture
def open_page(browser: Browser, server: Register) -> Iterator[Callable[..., Page]]:
    """Open a page as one more visitor: ``open_page(java_script_enabled=False, …)``. Nothing may go wrong on it."""
    with ExitStack() as stack:
        visitors: list[Visitor] = []

        def opened(**options: Any) -> Page:
            visitors.append(stack.enter_context(visitor(browser, server, **options)))
            return visitors[-1].page

        yield opened
        assert [problem for each in visitors for problem in each.problems] == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """The page of one visitor with a Chinese browser."""
    return open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
