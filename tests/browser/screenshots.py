"""Take pictures: ``python -m tests.browser.screenshots [FOLDER]``.

docs/screenshot.png for the README; and into FOLDER, where it is given, every main page in three widths, two languages
and two themes, in full length.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from tests.servers.browser import ARGUMENTS, MISSING, chromium
from tests.servers.register import ROOT, running

PAGES = {
    "home": "/",
    "relationships": "/relationships/",
    "filtered": "/relationships/?country=JP&type=sister",
    "empty": "/relationships/?q=zzzz&country=JP",
    "relationship": "/relationships/1/",
    "statistics": "/statistics/",
    "map": "/map/",
    "cities": "/cities/",
    "city": "/cities/mianyang/",
    "province": "/provinces/sichuan/",
    "countries": "/countries/",
    "country": "/countries/JP/",
    "source": "/sources/sichuan-press-conference-2023-05-18/",
    "anniversaries": "/anniversaries/",
    "compare": "/compare/?place=chengdu&place=meishan",
    "about": "/about/",
    "missing": "/no-such-page/",
}
WIDTHS = {1440: 900, 768: 1024, 360: 740}
LANGUAGES = {"zh": "", "en": "/en"}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take_one(browser: Browser, url: str) -> None:
    """Take the picture that the README shows: as high as a window, not as the page."""
    page = browser.new_page(base_url=url, viewport={"width": 1440, "height": WIDTHS[1440]})
    page.goto("/")
    page.screenshot(path=ROOT / "docs" / "screenshot.png")
    page.close()


def take_all(browser: Browser, url: str, folder: Path) -> None:
    """Take every picture into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for (width, height), theme in product(WIDTHS.items(), THEMES):
        page = browser.new_page(base_url=url, color_scheme=theme, viewport={"width": width, "height": height})
        for (language, prefix), (name, path) in product(LANGUAGES.items(), PAGES.items()):
            page.goto(prefix + path)
            page.screenshot(path=folder / f"{name}-{width}-{language}-{theme}.png", full_page=True)
        page.close()


def main(arguments: list[str]) -> None:
    """Start a register and a browser, and take the pictures."""
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    with tempfile.TemporaryDirectory() as files, running(Path(files)) as register, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        take_one(browser, register.url)
        for folder in arguments:
            take_all(browser, register.url, Path(folder))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
