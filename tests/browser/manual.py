"""Take the pictures of the manual: ``make manual``, or ``python -m tests.browser.manual [NAME …]`` for some of them.

A register with the shipped records and a few made-up ones, marked as such, is started; its pages are opened as staff
opens them, and each picture is written to static/img/manual/ in both languages, small enough to be committed.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.servers.browser import ARGUMENTS, MISSING, chromium
from tests.servers.register import PASSWORD, ROOT, Register, add_staff, running

FOLDER = ROOT / "static" / "img" / "manual"
LANGUAGES = {"zh": "", "en": "/en"}
WIDTH = 1040  # the narrowest at which the admin looks as on a large screen
COLOURS = 48
MOST = 60_000  # bytes of a picture, and milliseconds for a process to end

TIE = 2  # Meishan and Brienz, quoted from the press conference


class Desk(NamedTuple):
    """A member of staff in front of a page."""

    page: Page
    prefix: str
    register: Register

    def open(self, path: str) -> None:
        """Go to a page of the admin."""
        self.page.goto(f"{self.prefix}/admin/{path}")

    def scroll_to(self, thing: Locator) -> None:
        """Begin the picture there: the head of the page is the same everywhere."""
        thing.evaluate("each => scrollTo(0, each.getBoundingClientRect().top + scrollY - 12)")

    def point_at(self, thing: Locator) -> None:
        """Draw a line around what the text speaks of."""
        thing.evaluate("each => Object.assign(each.style, {outline: '3px solid #a62f20', outlineOffset: '-2px'})")


class Picture(NamedTuple):
    """Who opens what, and how high the picture is."""

    who: str
    height: int
    show: Callable[[Desk], None]


# --- what each of them shows


def evidence(desk: Desk) -> None:
    """A text beside the form, with words selected."""
    desk.open(f"friendship/relationship/{TIE}/change/")
    text = desk.page.locator("[data-text][contenteditable]")
    text.wait_for()
    text.locator("mark").first.evaluate("each => getSelection().selectAllChildren(each)")
    desk.point_at(desk.page.locator("[data-bar]"))
    desk.scroll_to(desk.page.locator("#at-hand"))


def proposal(desk: Desk) -> None:
    """What an editor wants the public to see, fact by fact."""
    desk.open(f"friendship/relationship/{TIE}/change/")
    desk.page.locator("#id_founded").fill("2019-04-29")
    desk.page.locator("#id_note_zh").fill("试验：补充结好时间。")
    desk.page.locator("#id_note_en").fill("A test: the date is added.")
    reason = {"zh": "布里恩茨市网站写明了签字日期（测试）。", "en": "The web site of Brienz states the date (a test)."}
    desk.page.locator("[name=proposal_note]").fill(reason["en" if desk.prefix else "zh"])
    desk.page.locator("[name=_save]").click()
    desk.page.locator(".review-sheet").first.wait_for()
    desk.scroll_to(desk.page.locator("#content"))


def suggestion(desk: Desk) -> None:
    """What a citizen says, beside what the register holds."""
    printed = desk.register.manage("shell", "--no-imports", "--command", SUGGESTION)
    desk.open(f"friendship/suggestion/{printed.split()[-1]}/change/")
    desk.scroll_to(desk.page.locator("#content"))


#: Made up, about a real tie. Prints its number.
SUGGESTION = """
from friendship.models import Suggestion
print(Suggestion.objects.create(relationship_id=95, wrong="结好日期有误。（测试）", right="应为1990年9月30日。（测试）",
    source="试验日报，1990年10月1日第1版", email="citizen@example.org", language="zh-hans").pk)
"""


def importing(desk: Desk) -> None:
    """What a list would change."""
    desk.open("friendship/importrun/add/")
    desk.page.locator("input[type=file]").set_input_files(
        {"name": "友城一览表（测试）.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    desk.page.locator("#importrun_form input[type=submit]").click()
    desk.page.locator(".import-tabs").wait_for(timeout=MOST)
    desk.page.locator("[data-outcome=conflict]").click()
    desk.scroll_to(desk.page.locator("#content"))


def from_text(desk: Desk) -> None:
    """What a report says, beside the candidates that were found in it."""
    desk.open("friendship/reading/add/")
    desk.page.locator("textarea[name=text]").fill(REPORT)
    desk.page.locator("input[name=new-publisher]").fill("试验日报")
    desk.page.locator("#reading_form [type=submit]").click()
    desk.page.locator(".reading-card").first.wait_for()
    desk.scroll_to(desk.page.locator(".reading-desk"))


#: Made up, but for a tie of the register.
REPORT = """试验日报（测试）

1981年6月，成都市与法国蒙彼利埃市结为国际友好城市。
2021年5月18日，绵阳市与法国试验市签署协议，结为国际友好城市。
"""


def merging(desk: Desk) -> None:
    """Two records of one place side by side, and what would happen."""
    made = desk.register.manage("shell", "--no-imports", "--command", TWINS).split()[-1]
    desk.open(f"friendship/place/merge/?rows={made.replace(',', '&rows=')}")
    desk.scroll_to(desk.page.locator("#content"))


#: A second record of a place, as it comes about; marked as a test. Prints both numbers.
TWINS = """
from friendship.models import Place
held = Place.objects.get(slug="brienz")
twin, _ = Place.objects.get_or_create(slug="brienz-test", defaults={"country": held.country, "level": held.level,
    "name_zh": "布里恩兹（测试）", "name_en": "Brienz BE (test)", "latitude": "46.754", "longitude": "8.038"})
print(f"{held.pk},{twin.pk}")
"""


def workbench(desk: Desk) -> None:
    """The first page of a reviewer, after the pictures before have left something to do."""
    desk.open("")
    desk.page.locator(".panels").wait_for()


def audit(desk: Desk) -> None:
    """What a rule finds, and where it is mended or accepted."""
    desk.open("friendship/acceptedfinding/total-moved/")
    desk.page.locator("#content details summary").first.click()
    desk.scroll_to(desk.page.locator("#content"))


def two_steps(desk: Desk) -> None:
    """The code that an app on the telephone reads."""
    desk.open("account/set-up/")
    desk.scroll_to(desk.page.locator("#content"))


def bulk(desk: Desk) -> None:
    """What a change of several records would do, record by record."""
    desk.open("friendship/relationship/?founded=none&status__exact=active")
    for row in range(4):
        desk.page.locator("#result_list .action-select").nth(row).check()
    desk.page.locator("select[name=action]").select_option("set_status")
    desk.page.locator("#changelist-form .actions button").first.click()
    desk.page.locator("#bulk_form select").first.select_option("unknown")
    desk.page.locator("#bulk_form [type=submit]").click()
    desk.page.locator(".review-decide").wait_for()
    desk.scroll_to(desk.page.locator("#content"))


#: Made-up rows about real places, and rows of the register itself.
LIST = """序号,中方城市,外方城市,国别,结好时间,备注
1,绵阳市,试验市一,法国,2026年11月,测试
2,四川省,华盛顿州,美国,1983年,测试
3,眉山市,布里恩茨,瑞士,,
4,绵阳市,试验市二,,2026,测试
"""

#: In the order in which they are taken: some leave something for those after them.
PICTURES = {
    "evidence": Picture("reviewer", 640, evidence),
    "proposal": Picture("editor", 620, proposal),
    "suggestion": Picture("editor", 700, suggestion),
    "workbench": Picture("reviewer", 700, workbench),
    "two-steps": Picture("editor", 700, two_steps),
    "merge": Picture("reviewer", 700, merging),
    "audit": Picture("reviewer", 640, audit),
    "bulk": Picture("reviewer", 490, bulk),
    "import": Picture("editor", 700, importing),
    "text": Picture("editor", 760, from_text),
}


# --- taking them


def small(png: bytes) -> bytes:
    """The picture with few colours, without losses, as WebP."""
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    file = io.BytesIO()
    image.convert("RGB").save(file, "WEBP", lossless=True, quality=100, method=6)
    return file.getvalue()


def log_in(desk: Desk, who: str) -> None:
    """Log in by the form, as everyone does."""
    desk.open("login/")
    desk.page.locator("#id_username").fill(who)
    desk.page.locator("#id_password").fill(PASSWORD)
    desk.page.locator("#login-form [type=submit]").click()
    desk.page.locator("#user-tools").wait_for()


def take(browser: Browser, register: Register, language: str, name: str) -> None:
    """Take one picture in one language."""
    picture = PICTURES[name]
    size = {"width": WIDTH, "height": picture.height}
    locale = "zh-CN" if language == "zh" else "en-GB"
    page = browser.new_page(base_url=register.url, viewport=size, locale=locale)  # type: ignore[arg-type] # its types want a TypedDict
    page.add_init_script("localStorage['django.admin.navSidebarIsOpen'] = 'false'")
    desk = Desk(page, LANGUAGES[language], register)
    log_in(desk, picture.who)
    picture.show(desk)
    page.wait_for_load_state("networkidle")
    made = small(page.screenshot(animations="disabled", caret="hide"))
    if len(made) > MOST:
        sys.exit(f"{language}-{name}: {len(made)} bytes are too many.")
    (FOLDER / f"{language}-{name}.webp").write_bytes(made)
    page.close()


def main(names: list[str]) -> None:
    """Start a register and a browser, and take the pictures."""
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:  # a register each: what one story changes is not what the next begins with
        with tempfile.TemporaryDirectory() as files, running(Path(files)) as register, sync_playwright() as playwright:
            add_staff(register)
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            for name in names or PICTURES:
                take(browser, register, language, name)
            browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
