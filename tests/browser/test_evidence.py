"""Evidence at hand: an editor reads a source beside the form, selects words, and they become the quote of a claim."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_pages import LANGUAGES, WIDTHS, surplus
from tests.browser.test_stories import log_in, tab_to
from tests.servers.register import Register

pytestmark = pytest.mark.browser

#: Before the words: characters of two units in UTF-16, and lines that end in CR LF. The words stand there twice.
TEXT = "🎎𠮷 绵阳市与试验市。\r\n1995年3月签字。\r\n两市于1996年5月4日结好。\r\n<b>两市于1996年5月4日结好。</b>\r\n"
WORDS = "1996年5月4日结好"
FIRST, SECOND = TEXT.index(WORDS), TEXT.rindex(WORDS)
TITLE = "试验日报：两市结好（测试）"

MAKE = f"""
from friendship.models import *
home, _ = Place.objects.get_or_create(slug="evidence-one", defaults=dict(
    country_id="CN", level="city", name_zh="依据市一", name_en="Evidence One"))
partner, _ = Place.objects.get_or_create(slug="evidence-two", defaults=dict(
    country_id="FR", level="city", name_zh="依据市二", name_en="Evidence Two"))
tie = Relationship.objects.create(home=home, partner=partner, type="sister", status="active", review_state="draft")
source, _ = Source.objects.get_or_create(slug="evidence-paper", defaults=dict(
    title={TITLE!r}, publisher="试验", kind="news", language="zh-Hans", text={TEXT!r}))
Evidence.objects.create(relationship=tie, source=source, claim="tie", value="sister", quote="试验市",
    start={TEXT.index("试验市")}, end={TEXT.index("试验市") + 3})
print(tie.pk)
"""
READ = """
import json
from friendship.models import Evidence
rows = Evidence.objects.filter(relationship={tie}).exclude(claim="tie").order_by("pk")
print(json.dumps(list(rows.values_list("source__slug", "claim", "value", "quote", "start", "end"))))
"""
FORGET = "from friendship.models import Relationship; Relationship.objects.get(pk={tie}).delete()"

#: Select the words that begin at the n-th place where they stand in the text, as a mouse does.
SELECT = """(text, [words, nth]) => {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = node.data.indexOf(words); at >= 0; at = node.data.indexOf(words, at + 1)) found.push([node, at]);
  }
  const [node, at] = found[nth];
  getSelection().setBaseAndExtent(node, at, node, at + words.length);
}"""


#: Where the words are on the screen that stand in the text for the first time.
PLACE = """(text, words) => {
  const nodes = [...text.querySelectorAll("span, mark")].map((each) => each.firstChild);
  const node = nodes.find((each) => each.data.includes(words));
  const range = document.createRange();
  range.setStart(node, node.data.indexOf(words));
  range.setEnd(node, node.data.indexOf(words) + words.length);
  const {left, right, top, bottom} = range.getClientRects()[0];
  return [left, right, (top + bottom) / 2];
}"""


@pytest.fixture
def tie(server: Register) -> Any:
    """A draft with a source whose text we hold; its number."""
    number = int(server.manage("shell", "--no-imports", "--command", MAKE).split()[-1])
    yield number
    server.manage("shell", "--no-imports", "--command", FORGET.format(tie=number))


def evidence_of(server: Register, tie: int) -> list[list[Any]]:
    """What was added to the tie."""
    printed = server.manage("shell", "--no-imports", "--command", READ.format(tie=tie))
    rows: list[list[Any]] = json.loads(printed.splitlines()[-1])
    return rows


def form_of(page: Page, tie: int, who: str = "editor", prefix: str = "") -> Locator:
    """Open the form of the tie; gives the text beside it."""
    log_in(page, who)
    page.goto(f"{prefix}/admin/friendship/relationship/{tie}/change/")
    text = page.locator("[data-text]")
    expect(text).to_have_attribute("data-length", str(len(TEXT)))
    return text


def saved(page: Page) -> None:
    page.locator("input[name=_continue]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_the_second_of_two_places_becomes_the_quote_of_the_date(
    open_page: Callable[..., Page], server: Register, tie: int
) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 1440, "height": 900})
    text = form_of(page, tie)
    assert text.evaluate("each => each.textContent") == TEXT
    expect(text.locator("mark")).to_have_text("试验市")
    bar = page.locator("[data-bar]")
    expect(bar).to_be_hidden()

    text.evaluate(SELECT, [WORDS, 1])
    expect(bar.locator("[data-chosen]")).to_have_text(WORDS)
    bar.get_by_role("button", name="结好时间").click()
    row = page.locator("#evidence-1")
    expect(row.locator("[name$=-claim]")).to_have_value("founded")
    expect(row.locator("[name$=-value]")).to_have_value("1996年5月4日")
    expect(row.locator("[name$=-value]")).to_be_focused()
    expect(row.locator("[name$=-quote]")).to_have_value(WORDS)
    expect(row.locator(".select2-selection__rendered")).to_contain_text(TITLE)
    expect(page.locator("[data-status]")).to_contain_text("保存")
    assert evidence_of(server, tie) == []  # nothing is saved by itself

    saved(page)
    kept = ["evidence-paper", "founded", "1996-05-04", WORDS, SECOND, SECOND + len(WORDS)]
    assert (evidence_of(server, tie), TEXT[SECOND : SECOND + len(WORDS)]) == ([kept], WORDS)
    expect(page.locator("[data-text] mark")).to_have_text(["试验市", WORDS])


def test_the_keyboard_selects_words_and_the_text_stays_as_it_is(
    open_page: Callable[..., Page], server: Register, tie: int
) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 1440, "height": 900})
    text = form_of(page, tie)
    tab_to(page, page.locator(".to-at-hand a"))
    page.keyboard.press("Enter")
    tab_to(page, text)
    page.keyboard.press("Control+Home")
    for _line in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.type("x删")
    page.keyboard.press("Delete")
    page.keyboard.press("Home")
    for _character in range(3):
        page.keyboard.press("ArrowRight")
    for _character in range(len(WORDS)):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-chosen]")).to_have_text(WORDS)
    assert text.evaluate("each => each.textContent") == TEXT
    tab_to(page, page.get_by_role("button", name="状态", exact=True))
    page.keyboard.press("Enter")
    expect(page.locator("#evidence-1 [name$=-claim]")).to_have_value("status")
    expect(page.locator("#evidence-1 [name$=-value]")).to_have_value("")
    saved(page)
    assert evidence_of(server, tie) == [["evidence-paper", "status", "", WORDS, FIRST, FIRST + len(WORDS)]]


def test_words_over_several_lines_and_the_edge_of_a_mark(
    open_page: Callable[..., Page], server: Register, tie: int
) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 1440, "height": 900})
    text = form_of(page, tie)
    text.evaluate("each => getSelection().selectAllChildren(each)")
    page.get_by_role("button", name="关系类型").click()
    saved(page)
    quote = TEXT.rstrip()  # blanks at its ends are no part of a quote
    [row] = [piece for piece in all_of(server, tie) if piece[2] != "试验市"]
    assert row == ["tie", "", quote, 0, len(quote)]


def all_of(server: Register, tie: int) -> list[list[Any]]:
    command = READ.replace('.exclude(claim="tie")', "").replace('"source__slug", ', "").format(tie=tie)
    rows: list[list[Any]] = json.loads(server.manage("shell", "--no-imports", "--command", command).splitlines()[-1])
    return rows


def test_any_other_source_is_found_and_read_beside_a_new_tie(open_page: Callable[..., Page], tie: int) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 1440, "height": 900})
    log_in(page, "editor")
    page.goto("/admin/friendship/relationship/add/")
    page.locator("#at-hand-find").press_sequentially("试验日报")
    page.locator(".at-hand-source summary", has_text=TITLE).click()
    text = page.locator("[data-text][contenteditable]")
    left, right, height = text.evaluate(PLACE, "结好")
    page.mouse.move(left + 1, height)
    page.mouse.down()
    page.mouse.move(right - 1, height, steps=5)
    page.mouse.up()
    expect(page.locator("[data-chosen]")).to_have_text("结好")
    page.locator("#at-hand-find").fill("交朋友")
    expect(page.locator(".at-hand-source")).to_have_count(2)  # what is being read stays
    page.get_by_role("button", name="终止时间").click()
    expect(page.locator("#evidence-0 [name$=-chosen_start]")).to_have_value(str(TEXT.index("结好")))
    expect(page.locator("#evidence-0 .select2-selection__rendered")).to_contain_text(TITLE)


def test_without_a_script_the_text_is_shown(open_page: Callable[..., Page], tie: int) -> None:
    page = open_page(locale="zh-CN", java_script_enabled=False, viewport={"width": 1440, "height": 900})
    log_in(page, "editor")
    page.goto(f"/admin/friendship/relationship/{tie}/change/")
    page.locator("[data-load] a").click()
    expect(page.locator("[data-text]")).to_contain_text(WORDS)
    expect(page.locator("[data-bar]")).to_be_hidden()
    page.locator("#at-hand-find").fill("交朋友")
    page.locator("#at-hand-find").press("Enter")
    expect(page.locator(".at-hand-found .at-hand-source")).to_have_count(1)


@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_form_is_well_made(open_page: Callable[..., Page], tie: int, prefix: str, theme: str) -> None:
    page = open_page(color_scheme=theme, viewport={"width": 1440, "height": 900}, bypass_csp=True)
    text = form_of(page, tie, "reviewer", prefix)
    text.evaluate(SELECT, [WORDS, 0])
    for width in (1440, *WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        assert (width, surplus(page)) == (width, 0)
        found = Axe().run(page, context={"include": [[".at-hand"]]}).response["violations"]
        assert [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]] == []
