"""Every public page in both languages and both themes: accessible, narrow enough, quiet in the console."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PAGES = [
    "/",
    "/relationships/",
    "/relationships/?country=JP&type=sister",
    "/relationships/?country=XX",
    "/relationships/?q=zzzz",
    "/relationships/1/",
    "/cities/",
    "/cities/mianyang/",
    "/provinces/",
    "/provinces/sichuan/",
    "/countries/",
    "/countries/JP/",
    "/sources/",
    "/sources/sichuan-press-conference-2023-05-18/",
    "/about/",
]
MISSING = "/no-such-page/"
LANGUAGES = {"": "zh-Hans", "/en": "en"}


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def overflow(page: Page, width: int) -> int:
    """How many pixels the page is wider than its window."""
    page.set_viewport_size({"width": width, "height": 800})
    surplus: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return surplus


def assert_well_made(page: Page, language: str, theme: str) -> None:
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1
    assert violations(page) == []
    assert overflow(page, 360) == 0
    if theme == "light":  # a narrow screen lays it out anew, in the same colours
        assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_page_is_well_made(open_page: Any, path: str, prefix: str, theme: str) -> None:
    page = open_page(color_scheme=theme, viewport={"width": 1280, "height": 900})
    response = page.goto(prefix + path)
    assert response.status == 200
    assert_well_made(page, LANGUAGES[prefix], theme)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("prefix", LANGUAGES)
def test_missing_page_is_well_made(open_page: Any, problems: list[str], prefix: str, theme: str) -> None:
    page = open_page(color_scheme=theme, viewport={"width": 1280, "height": 900})
    response = page.goto(prefix + MISSING)
    assert response.status == 404
    assert_well_made(page, LANGUAGES[prefix], theme)
    # The browser itself reports the status, and nothing else.
    assert problems == ["console: Failed to load resource: the server responded with a status of 404 (Not Found)"]
    problems.clear()


def test_reads_without_javascript(new_context: Any) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/relationships/?country=JP&type=sister")
    assert page.locator("[data-row]").count() > 0
    assert page.locator("[data-part]").count() == 2
