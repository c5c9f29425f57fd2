"""The manual in a browser: read on any screen, with both themes, and printed as a whole."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pypdf import PdfReader

from friendship.admin.manual import CHAPTERS
from tests.browser.test_pages import LANGUAGES, WIDTHS, surplus
from tests.browser.test_stories import log_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_manual_is_well_made(open_page: Callable[..., Page], prefix: str, theme: str) -> None:
    page = open_page(color_scheme=theme, viewport={"width": 1440, "height": 900}, bypass_csp=True)
    log_in(page, "editor")
    page.goto(f"{prefix}/admin/help/")
    for width in (1440, *WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, surplus(page)) == (width, 0)
        found = Axe().run(page, context={"include": [[".manual-page"]]}).response["violations"]
        assert [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]] == []


def test_the_manual_prints_its_chapters_and_nothing_around_them(page: Page) -> None:
    log_in(page, "editor")
    page.goto("/en/admin/help/")
    titles = page.locator(".manual-text h2").all_inner_texts()
    assert len(titles) == len(CHAPTERS)
    sheets = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    printed = "".join(sheet.extract_text() for sheet in sheets)
    words = "".join(unicodedata.normalize("NFKC", printed).split())  # two letters may be drawn as one, such as fi
    assert [title for title in titles if "".join(title.split()) not in words] == []
    assert [
        around for around in ("Welcome,", "View site", "Start typing to filter") if "".join(around.split()) in words
    ] == []
