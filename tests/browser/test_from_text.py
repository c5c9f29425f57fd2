"""From text: a clerk pastes a report, corrects, accepts and refuses candidates; another person publishes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Visitor, visitor
from tests.browser.test_imports import violations
from tests.browser.test_pages import LANGUAGES, WIDTHS, surplus
from tests.browser.test_stories import log_in, tab_to
from tests.servers.register import Register

pytestmark = pytest.mark.browser

READINGS = "/admin/friendship/reading/"
WIDE = {"width": 1440, "height": 900}
#: A report that somebody made up for this test.
REPORT = """试验日报讯

2021年5月18日，四川省绵阳市与法国试验甲市签署协议，结为国际友好城市。
2020年3月，四川省德阳市与法国试验乙市建立友好合作关系。
2019年6月，四川省乐山市与法国试验丙市结为国际友好城市。
1981年6月，成都市与法国蒙彼利埃市结为国际友好城市。
截至2023年5月，四川省已建立国际友好城市119对、国际友好合作关系近330对。
"""
FIRST = "2021年5月18日，四川省绵阳市与法国试验甲市签署协议，结为国际友好城市"


def press(where: Page | Locator, label: str) -> None:
    where.get_by_role("button", name=label, exact=True).click()


def paste(page: Page, text: str, prefix: str = "") -> None:
    """Bring a text as a clerk does."""
    page.goto(f"{prefix}{READINGS}add/")
    page.locator("textarea[name=text]").fill(text)
    page.locator("input[name=new-publisher]").fill("试验日报")
    page.locator("input[name=new-published_on]").fill("2023-06-01")
    page.locator("#reading_form input[type=submit]").click()


def candidate(page: Page, label: str) -> Locator:
    return page.locator(".reading-card", has=page.locator("h3", has_text=label))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_from_a_pasted_text_to_a_published_tie(open_page: Callable[..., Page], server: Register, script: bool) -> None:
    editor, reviewer, citizen = (open_page(locale="zh-CN", viewport=WIDE, java_script_enabled=script) for _ in range(3))
    report = REPORT if script else REPORT.replace("试验", "再试验")
    ours, theirs = ("试验甲", "试验乙") if script else ("再试验甲", "再试验乙")
    log_in(editor, "editor")
    editor.goto("/admin/")
    editor.get_by_role("link", name="从文稿录入", exact=True).first.click()
    paste(editor, report)
    expect(editor.locator(".reading-card")).to_have_count(5)
    expect(editor.locator(".reading-text mark")).to_have_count(5)

    second = candidate(editor, theirs)
    second.get_by_label("结好时间").fill("2020年4月")
    first = candidate(editor, ours)
    expect(first.get_by_role("radio", name=re.compile("^绵阳市 Mianyang"))).to_be_checked()
    expect(first.locator(".reading-verdict")).to_contain_text("新的友城关系")
    press(first, "采用")
    expect(editor.locator(".messagelist .success")).to_contain_text("已存为草稿")
    expect(candidate(editor, theirs).get_by_label("结好时间")).to_have_value("2020年4月")
    press(candidate(editor, theirs), "采用")
    expect(editor.locator(".reading-card")).to_have_count(3)
    press(candidate(editor, "试验丙"), "不采用")
    expect(editor.locator(".reading-card")).to_have_count(2)

    held = candidate(editor, "蒙彼利埃")
    expect(held.locator(".reading-verdict")).to_contain_text("名录中已有这对友城关系")
    expect(held.locator("[data-fact=founded]")).to_have_class("is-agrees")

    citizen.goto(f"/relationships/?q={ours}")
    expect(citizen.locator("[data-row]")).to_have_count(0)
    press(editor, "提交全部2条草稿")
    expect(editor.locator(".messagelist .success")).to_contain_text("已提交2条草稿")

    log_in(reviewer, "reviewer")
    reviewer.goto("/admin/friendship/proposal/?state__exact=open")
    reviewer.locator("#result_list a", has_text=ours).first.click()
    press(reviewer, "发布")
    expect(reviewer.locator("[data-state=applied]")).to_be_visible()

    citizen.goto(f"/relationships/?q={ours}")
    citizen.locator("[data-row] a[href*='/relationships/']").first.click()
    expect(
        citizen.locator("blockquote", has_text=FIRST.replace("试验", "再试验") if not script else FIRST).first
    ).to_be_visible()
    citizen.locator("a[href*='#quote-']").first.click()
    expect(citizen.locator("mark:target")).to_contain_text(f"法国{ours}市")
    citizen.goto(f"/relationships/?q={theirs}")
    expect(citizen.locator("[data-row]")).to_have_count(0)


def test_words_lead_to_their_candidate_and_back_and_the_keyboard_is_enough(open_page: Callable[..., Page]) -> None:
    page = open_page(locale="zh-CN", viewport=WIDE)
    log_in(page, "editor")
    paste(page, REPORT.replace("试验", "键盘"))
    ref = page.locator(".reading-ref").nth(2)
    tab_to(page, ref)
    page.keyboard.press("Enter")
    card = page.locator(".reading-card:target")
    expect(card).to_be_in_viewport()
    expect(card).to_contain_text("乐山市")
    tab_to(page, card.get_by_role("link", name="在原文中定位").first)
    page.keyboard.press("Enter")
    expect(page.locator("mark:target")).to_be_in_viewport()
    expect(page.locator("mark:target")).to_contain_text("乐山市")

    founded = candidate(page, "键盘甲").get_by_label("结好时间")
    founded.fill("2021年")
    founded.press("Enter")
    expect(page.locator(".messagelist .success")).to_have_text("您填写的内容已保存，尚未采用。")
    expect(candidate(page, "键盘甲").get_by_label("结好时间")).to_have_value("2021年")

    place = candidate(page, "键盘甲").get_by_role("group", name=re.compile("^外方"))
    expect(place.get_by_label("中文名")).to_be_visible()
    place.get_by_role("radio", name="名录中的其他地方").check()
    expect(place.get_by_label("中文名")).to_be_hidden()
    place.get_by_label(re.compile("^名称")).fill("无此地")
    press(candidate(page, "键盘甲"), "采用")
    expect(page.locator(".errornote")).to_contain_text("未能采用")
    expect(candidate(page, "键盘甲").locator(".errorlist")).to_have_text("名录中没有这个名称的地方。")


# --- every page -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["light", "dark"])
def clerk(request: pytest.FixtureRequest, browser: Browser, server: Register) -> Iterator[Visitor]:
    """A reviewer for all pages of a theme."""
    with visitor(browser, server, color_scheme=request.param, viewport=WIDE) as opened:
        log_in(opened.page, "reviewer")
        yield opened


def well_made(clerk: Visitor, prefix: str) -> None:
    page = clerk.page
    assert page.locator("html").get_attribute("lang") == ("en" if prefix else "zh-hans")
    assert page.locator("h1").count() == 1
    assert clerk.problems == []  # before axe, which asks for style sheets of its own
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, surplus(page)) == (width, 0)
    assert violations(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    clerk.problems.clear()


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_pages_are_well_made(clerk: Visitor, prefix: str) -> None:
    page = clerk.page
    page.goto(f"{prefix}{READINGS}")
    well_made(clerk, prefix)
    page.goto(f"{prefix}{READINGS}add/")
    well_made(clerk, prefix)
    page.locator("#reading_form input[type=submit]").click()
    expect(page.locator(".errornote")).to_be_visible()
    well_made(clerk, prefix)

    paste(page, REPORT.replace("试验", "样式"), prefix)
    expect(page.locator(".reading-card").first).to_be_visible()
    well_made(clerk, prefix)
    where = page.url
    page.locator(".reading-card [name$=-founded]").first.fill("2021-13")
    page.locator("button[name=accept]").first.click()
    expect(page.locator(".errornote")).to_be_visible()
    well_made(clerk, prefix)
    page.goto(where)
    page.locator(".reading-card [name$=-founded]").first.fill("2021")
    page.locator("button[name=refuse]").first.click()
    page.goto(f"{where}?show=all")
    well_made(clerk, prefix)
    page.goto(f"{where}?show=refused")
    press_undo = page.locator("button[name=decision]").first
    expect(press_undo).to_be_visible()
    press_undo.click()
    expect(page.locator("[data-state=open]").first).to_be_visible()
    page.goto(where.replace("change", "delete"))
    well_made(clerk, prefix)
    page.locator("#content input[type=submit]").click()

    paste(page, "昨天天气很好。", prefix)
    expect(page.locator(".reading-empty")).to_be_visible()
    well_made(clerk, prefix)
    page.goto(page.url.replace("change", "delete"))
    page.locator("#content input[type=submit]").click()
