"""What people come for, from the first page to the answer, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.servers.register import PASSWORD

pytestmark = pytest.mark.browser

MEISHAN_BRIENZ = 2  # quoted from the press conference


class Words(NamedTuple):
    """Where a reader of one language begins, and what they type."""

    start: str
    mianyang: str
    meishan: str


LANGUAGES = [
    pytest.param(Words("/", "绵阳", "眉山"), id="zh"),
    pytest.param(Words("/en/", "Mianyang", "Meishan"), id="en"),
]


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def reader(request: pytest.FixtureRequest, open_page: Callable[..., Page]) -> Page:
    """A visitor's page, with JavaScript and without it."""
    return open_page(java_script_enabled=request.param, viewport={"width": 1280, "height": 900})


def search(page: Page, words: str) -> None:
    box = page.locator("form[role=search] input[name=q]")
    box.fill(words)
    box.press("Enter")


def narrow_to_sisters(page: Page) -> int:
    """Follow the facet's link and give the number of rows that it promises."""
    link = page.locator("[data-facet=type] a[href*='type=sister']")
    promised = int(link.locator(".count").inner_text())
    link.click()
    expect(page.locator("[data-part=type]")).to_be_visible()
    return promised


@pytest.mark.parametrize("words", LANGUAGES)
def test_citizen_finds_the_ties_of_a_city(reader: Page, words: Words) -> None:
    reader.goto(words.start)
    search(reader, words.mianyang)
    rows = reader.locator("[data-row]")
    expect(reader.locator("[data-part=q]")).to_contain_text(words.mianyang)
    found = rows.count()
    assert found > 0
    expect(rows.filter(has_text=words.mianyang)).to_have_count(found)

    sisters = narrow_to_sisters(reader)
    assert 0 < sisters < found
    expect(rows).to_have_count(sisters)

    reader.locator("[data-part=type]").click()
    expect(rows).to_have_count(found)


@pytest.mark.parametrize("words", LANGUAGES)
def test_citizen_reads_the_quote_in_its_source(reader: Page, words: Words) -> None:
    reader.goto(words.start)
    search(reader, words.meishan)
    narrow_to_sisters(reader)
    reader.locator(f"[data-row='{MEISHAN_BRIENZ}'] a[href$='/relationships/{MEISHAN_BRIENZ}/']").click()

    evidence = reader.locator("[data-evidence=sichuan-press-conference-2023-05-18]")
    expect(evidence.locator("blockquote", has_text="布里恩茨").first).to_be_visible()
    evidence.locator("a[href*='#quote-']").first.click()

    expect(reader).to_have_url(re.compile(r"/sources/sichuan-press-conference-2023-05-18/#quote-\d+-\d+$"))
    marked = reader.locator("mark:target")
    expect(marked).to_be_in_viewport()
    expect(marked).to_contain_text("布里恩茨")
    expect(marked).to_have_css("outline-style", "solid")
    expect(reader.locator("mark:not(:target)").first).to_have_css("outline-style", "none")


def test_visitor_changes_the_language_and_keeps_the_question(reader: Page) -> None:
    reader.goto("/relationships/?country=JP&type=sister")
    rows = reader.locator("[data-row]").count()
    assert rows > 0
    reader.locator("nav.languages a[hreflang=en]").click()
    expect(reader).to_have_url(re.compile(r"/en/relationships/\?country=JP&type=sister$"))
    expect(reader.locator("[data-row]")).to_have_count(rows)
    reader.locator("nav.languages a[hreflang=zh-Hans]").click()
    expect(reader).to_have_url(re.compile(r"[^n]/relationships/\?country=JP&type=sister$"))


def test_unknown_country_is_said_beside_the_field(reader: Page) -> None:
    reader.goto("/en/relationships/?country=XX")
    expect(reader.locator("[data-facet=country] [role=alert]")).to_contain_text("XX")


def test_keyboard_is_enough(page: Page) -> None:
    page.goto("/relationships/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip[href='#content']")).to_be_focused()
    expect(page.locator("a.skip[href='#content']")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()

    tab_to(page, page.locator("main input[name=q]"))
    page.keyboard.type("绵阳")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=q]")).to_be_visible()

    tab_to(page, page.locator("a.skip[href='#results']"))
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_be_focused()
    tab_to(page, page.locator("[data-part=q]"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-part]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/relationships/\??$"))


def tab_to(page: Page, target: Locator, most: int = 60) -> None:
    """Press Tab until the target is reached; what is reached must show that it is."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
            return
    pytest.fail(f"{target} is not reached by {most} presses of Tab")


def log_in(page: Page, name: str) -> None:
    page.goto("/admin/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("#user-tools")).to_contain_text(name)


def choose(page: Page, field: str, typed: str, wanted: str) -> None:
    """Find a row by a few letters in the box of this field."""
    page.locator(f".field-{field} .select2-selection").click()
    page.locator(".select2-search__field").fill(typed)
    page.locator(".select2-results__option", has_text=re.compile(f"^{wanted}")).click()


def test_editor_drafts_and_reviewer_publishes(open_page: Callable[..., Page]) -> None:
    editor, reviewer, citizen = (open_page(locale="zh-CN") for _ in range(3))
    asked = "/relationships/?q=绵阳+清迈"
    log_in(editor, "editor")
    editor.goto("/admin/friendship/relationship/add/")
    choose(editor, "home", "mianyang", "绵阳市")
    choose(editor, "partner", "清迈", "清迈 ")
    editor.locator("select[name=type]").select_option("intent")
    editor.locator("input[name=founded]").fill("2026年11月")
    expect(editor.locator("select[name=review_state]")).to_have_count(0)
    editor.locator("input[name=_save]").click()
    saved = editor.locator(".messagelist .success a")
    expect(saved).to_contain_text("绵阳")
    address = saved.get_attribute("href")
    assert address is not None
    citizen.goto(asked)
    expect(citizen.locator("[data-row]")).to_have_count(0)

    log_in(reviewer, "reviewer")
    reviewer.goto(address)
    reviewer.locator("select[name=review_state]").select_option("published")
    reviewer.locator("input[name=_save]").click()
    expect(reviewer.locator(".messagelist .success")).to_be_visible()

    citizen.goto(asked)
    expect(citizen.locator("[data-row]")).to_have_count(1)
    expect(citizen.locator("[data-row]")).to_contain_text("2026")
