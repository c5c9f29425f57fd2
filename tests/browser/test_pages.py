"""Every public page in both languages and both themes: accessible, narrow enough, quiet in the console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Visitor, visitor
from tests.servers.register import Register

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/relationships/",
    "/relationships/?country=JP&type=sister",
    "/relationships/?country=XX",
    "/relationships/?q=zzzz",
    "/relationships/1/",
    "/relationships/37/",
    "/map/",
    "/map/?country=JP",
    "/statistics/",
    "/statistics/?country=JP",
    "/cities/",
    "/cities/mianyang/",
    "/provinces/",
    "/provinces/sichuan/",
    "/countries/",
    "/countries/JP/",
    "/countries/AQ/",
    "/sources/",
    "/sources/sichuan-press-conference-2023-05-18/",
    "/anniversaries/",
    "/anniversaries/?place=chengdu&country=XX",
    "/compare/",
    "/compare/?place=chengdu&place=mianyang",
    "/compare/?place=chengdu&place=meishan",
    "/compare/?place=chiang+mai&place=zzzz",
    "/about/",
]
MISSING = "/no-such-page/"
LANGUAGES = {"": "zh-Hans", "/en": "en"}
WIDTHS = (768, 360)  # besides the width at which a page opens


@pytest.fixture(scope="module", params=["light", "dark"])
def reader(request: pytest.FixtureRequest, browser: Browser, server: Register) -> Iterator[Visitor]:
    """One visitor for all pages of a theme: a new one for each page takes longer than the page."""
    with visitor(browser, server, color_scheme=request.param, viewport={"width": 1440, "height": 900}) as opened:
        yield opened


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong: the rule and the element."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def surplus(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    pixels: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return pixels


def assert_well_made(reader: Visitor, path: str, language: str, status: int) -> None:
    page = reader.page
    page.set_viewport_size({"width": 1440, "height": 900})
    response = page.goto(path)
    assert response is not None
    assert response.status == status
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert surplus(page) == 0
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, surplus(page)) == (width, 0)
    assert violations(page) == []  # once more as the narrowest screen lays it out


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", LANGUAGES)
def test_page_is_well_made(reader: Visitor, prefix: str, path: str) -> None:
    reader.problems.clear()
    assert_well_made(reader, prefix + path, LANGUAGES[prefix], 200)
    assert reader.problems == []


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_missing_page_is_well_made(reader: Visitor, prefix: str) -> None:
    reader.problems.clear()
    assert_well_made(reader, prefix + MISSING, LANGUAGES[prefix], 404)
    # The browser itself reports the status, and nothing else.
    told = "console: Failed to load resource: the server responded with a status of 404 (Not Found)"
    assert reader.problems == [told]
