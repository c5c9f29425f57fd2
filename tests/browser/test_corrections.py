"""A citizen sees an error, reports it, and reads under the reference number what staff made of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor, visitor
from tests.browser.test_imports import violations as violations_of_ours
from tests.browser.test_pages import LANGUAGES, WIDTHS, assert_well_made, surplus, violations
from tests.browser.test_stories import log_in, tab_to
from tests.servers.register import Register

pytestmark = pytest.mark.browser

PEOPLE_WRITE = 3_200  # milliseconds: nobody is faster than the three seconds that robots are known by

#: A suggestion in every state about a tie, and one that tries to break out. Prints their numbers and keys.
STATES = """
from friendship.models import Place, Relationship, Suggestion
from friendship.curation.suggestions import close
from friendship.enums import SuggestionState
tie, city = Relationship.objects.get(pk=2), Place.objects.get(slug="mianyang")
for state in SuggestionState:
    made = Suggestion.objects.create(relationship=tie, wrong="年份有误", right="应为1983年", source="《公报》",
        email="reader@example.org", language="zh-hans")
    if state != "open":
        close(made, state, actor=None, answer="感谢您的指正。")
    print(state, made.token, made.pk)
made = Suggestion.objects.create(place=city, wrong="x" * 2000, right="<b>长</b>" * 200, source="\\u202eX",
    language="en")
print("hostile", made.token, made.pk)
"""


@pytest.fixture(scope="module")
def states(server: Register) -> dict[str, str]:
    """For each state the reference number, and under its name with ``-key`` the key."""
    printed = server.manage("shell", "--no-imports", "--command", STATES)
    found = re.findall(r"^(\w+) ([\w-]+) (\d+)$", printed, re.MULTILINE)
    return {state: token for state, token, _key in found} | {f"{state}-key": key for state, _token, key in found}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_citizen_reports_an_error_and_reads_the_answer(open_page: Callable[..., Page], script: bool) -> None:
    citizen = open_page(locale="zh-CN", java_script_enabled=script, viewport={"width": 1280, "height": 900})
    citizen.goto("/relationships/95/")
    citizen.get_by_role("link", name="提出更正建议").click()
    expect(citizen.locator("h1")).to_have_text("提出更正建议")
    expect(citizen.locator(".held")).to_contain_text("1990年9月29日")

    citizen.get_by_label("有误之处").fill("结好日期有误")
    citizen.get_by_role("button", name="提交").click()  # at once, and not yet whole
    expect(citizen.locator(".problems")).to_contain_text("正确内容：请填写此项。")
    expect(citizen.get_by_label("有误之处")).to_have_value("结好日期有误")
    citizen.get_by_label("正确内容").fill("应为1990年9月30日\n见当年市报")
    citizen.get_by_label("来源").fill("《绵阳日报》1990年10月1日第1版")
    citizen.get_by_label("电子邮箱").fill("citizen@example.org")
    citizen.wait_for_timeout(PEOPLE_WRITE)
    citizen.get_by_role("button", name="提交").click()
    expect(citizen).to_have_url(re.compile(r"/suggestions/(\w{5}-){3}\w{5}/$"))
    expect(citizen.locator(".suggestion-state")).to_have_text("待答复")
    expect(citizen.locator("main")).to_contain_text("c•••@example.org")
    reference, address = citizen.locator(".reference").inner_text(), citizen.url

    editor = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(editor, "editor")
    editor.goto(f"/admin/friendship/suggestion/?q={reference}")
    expect(editor.locator("#result_list tbody tr")).to_have_count(1)
    editor.locator("#result_list tbody th a").click()
    expect(editor.locator(".suggestion-sent")).to_contain_text("《绵阳日报》1990年10月1日第1版")
    expect(editor.locator(".suggestion-held")).to_contain_text("1990年9月29日")
    editor.get_by_role("link", name="修改这条记录").click()
    expect(editor.locator(".suggestion-note")).to_contain_text("应为1990年9月30日")
    editor.locator("textarea[name=note_zh]").fill("结好日期据《绵阳日报》核对。")
    editor.locator("input[name=_save]").click()
    expect(editor.locator(".suggestion-answer textarea")).to_be_visible()
    editor.get_by_label("给提交人的答复").fill("感谢指正，已据市报更正。")
    editor.get_by_role("button", name="采纳并答复").click()
    expect(editor.locator(".messagelist .success")).to_have_text("更正建议已办结：已采纳。")

    citizen.goto(address)
    expect(citizen.locator(".suggestion-state")).to_have_text("已采纳")
    expect(citizen.locator(".answer")).to_have_text("感谢指正，已据市报更正。")
    assert "citizen@example.org" not in citizen.content()


def test_the_keyboard_is_enough_and_never_meets_the_trap(page: Page) -> None:
    page.goto("/cities/mianyang/suggest/")
    for label, text in (("有误之处", "少了一个别名"), ("正确内容", "涪城"), ("来源", "我住在那里")):
        tab_to(page, page.get_by_label(label))
        page.keyboard.type(text)
    tab_to(page, page.get_by_label("电子邮箱"), most=1)
    page.wait_for_timeout(PEOPLE_WRITE)
    tab_to(page, page.get_by_role("button", name="提交"), most=1)
    page.keyboard.press("Enter")
    expect(page.locator(".suggestion-state")).to_have_text("待答复")
    expect(page.locator("main")).to_contain_text("涪城")


# --- every page in every state ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["light", "dark"])
def reader(request: pytest.FixtureRequest, browser: Browser, server: Register) -> Iterator[Visitor]:
    """One visitor for all pages of a theme."""
    with visitor(browser, server, color_scheme=request.param, viewport={"width": 1440, "height": 900}) as opened:
        yield opened


@pytest.fixture(scope="module", params=["light", "dark"])
def clerk(request: pytest.FixtureRequest, browser: Browser, server: Register) -> Iterator[Visitor]:
    """A reviewer for all pages of a theme."""
    with visitor(browser, server, color_scheme=request.param, viewport={"width": 1440, "height": 900}) as opened:
        log_in(opened.page, "reviewer")
        yield opened


@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "/relationships/1/suggest/",
        "/cities/mianyang/suggest/",
        "/provinces/sichuan/suggest/",
        "/suggestions/{open}/",
        "/suggestions/{accepted}/",
        "/suggestions/{declined}/",
        "/suggestions/{hostile}/",
    ],
)
def test_page_is_well_made(reader: Visitor, states: dict[str, str], prefix: str, path: str) -> None:
    reader.problems.clear()
    assert_well_made(reader, prefix + path.format(**states), LANGUAGES[prefix], 200)
    assert reader.problems == []


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_a_refused_form_is_well_made(reader: Visitor, prefix: str) -> None:
    page = reader.page
    reader.problems.clear()
    page.goto(f"{prefix}/relationships/1/suggest/")
    page.locator("textarea[name=wrong]").fill("x")
    page.locator("input[name=email]").fill("nobody")
    page.locator("form.correct button").click()
    expect(page.locator(".problems li")).to_have_count(3)
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, surplus(page)) == (width, 0)
    page.set_viewport_size({"width": 1440, "height": 900})
    assert reader.problems == []


@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "suggestion/",
        "suggestion/{open-key}/change/",
        "suggestion/{answered-key}/change/",
        "suggestion/{hostile-key}/change/",
        "relationship/2/change/?suggestion={open-key}",
    ],
)
def test_page_of_staff_is_well_made(clerk: Visitor, states: dict[str, str], prefix: str, path: str) -> None:
    page = clerk.page
    page.set_viewport_size({"width": 1440, "height": 900})
    clerk.problems.clear()
    response = page.goto(f"{prefix}/admin/friendship/{path.format(**states)}")
    assert response is not None
    assert response.status == 200
    assert clerk.problems == []  # before axe, which asks for style sheets of its own
    ours = "suggestion" if path.startswith("suggestion") else "suggestion-note"
    assert [found for found in violations_of_ours(page) if ours in found] == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, surplus(page)) == (width, 0)
    clerk.problems.clear()
