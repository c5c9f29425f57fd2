"""Take pictures of the main pages: ``python -m tests.browser.screenshots [FOLDER]``, by default var/screenshots/.

Every page in three widths, two languages and two themes, in full length; and docs/screenshot.png for the README.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.servers.browser import ARGUMENTS, chromium
from tests.servers.register import ROOT, running

PAGES = {
    "home": "/",
    "relationships": "/relationships/",
    "filtered": "/relationships/?country=JP&type=sister",
    "empty": "/relationships/?q=zzzz&country=JP",
    "relationship": "/relationships/1/",
    "cities": "/cities/",
    "city": "/cities/mianyang/",
    "province": "/provinces/sichuan/",
    "countries": "/countries/",
    "country": "/countries/JP/",
    "source": "/sources/sichuan-press-conference-2023-05-18/",
    "about": "/about/",
    "missing": "/no-such-page/",
}
WIDTHS = {1440: 900, 768: 1024, 360: 740}
LANGUAGES = {"zh": "", "en": "/en"}
THEMES = ("light", "dark")


def take(browser: Browser, url: str, folder: Path) -> None:
    """Take every picture into ``folder``."""
    for (width, height), theme in product(WIDTHS.items(), THEMES):
        context = browser.new_context(base_url=url, color_scheme=theme, viewport={"width": width, "height": height})
        page = context.new_page()
        for (language, prefix), (name, path) in product(LANGUAGES.items(), PAGES.items()):
            page.goto(prefix + path)
            page.screenshot(path=folder / f"{name}-{width}-{language}-{theme}.png", full_page=True)
            if (name, width, language, theme) == ("home", 1440, "zh", "light"):
                page.screenshot(path=ROOT / "docs" / "screenshot.png")
        context.close()


def main(arguments: list[str]) -> None:
    """Start a register and a browser, and take the pictures."""
    folder = Path(arguments[0]) if arguments else ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    path = chromium()
    if path is None:
        sys.exit("no browser: apt-get install -y --no-install-recommends chromium fonts-noto-cjk")
    with tempfile.TemporaryDirectory() as files, running(Path(files)) as register, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        take(browser, register.url, folder)
        browser.close()
    print(f"The pictures are in {folder}/")  # noqa: T201 (its output)


if __name__ == "__main__":
    main(sys.argv[1:])
