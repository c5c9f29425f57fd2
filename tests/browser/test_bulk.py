"""Many records at once: a table goes out, is changed and comes back; a selection gets one value and is taken back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, FilePayload, Page, expect

from friendship.exporters.worksheet import TIES as WORKSHEET
from tests.browser.conftest import Visitor, visitor
from tests.browser.test_imports import violations
from tests.browser.test_pages import LANGUAGES, WIDTHS, surplus
from tests.browser.test_stories import choose, log_in, tab_to
from tests.servers.register import Register

pytestmark = pytest.mark.browser

TIES = "/admin/friendship/relationship/"
WIDE = {"width": 1280, "height": 900}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Three drafts of a made-up town.
DRAFTS = """
from friendship.models import Place, Relationship
home, _ = Place.objects.get_or_create(
    slug="bulk-town", defaults={"country_id": "CN", "level": "city", "name_zh": "批改市", "review_state": "draft"})
for number in range(3):
    partner, _ = Place.objects.get_or_create(slug=f"bulk-{number}", defaults={
        "country_id": "FR", "level": "city", "name_zh": f"批改城{number}", "review_state": "draft"})
    Relationship.objects.get_or_create(home=home, partner=partner, defaults={"type": "intent"})
"""


@pytest.fixture(scope="module")
def drafts(server: Register) -> None:
    server.manage("shell", "--no-imports", "--command", DRAFTS)


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def run(page: Page, action: str) -> None:
    """Choose an action for the ticked rows, and go."""
    page.locator("select[name=action]").first.select_option(action)
    page.locator("button[name=index]").first.click()


def edited(path: Path, **cells: str) -> FilePayload:
    """The downloaded workbook with these cells of its first row changed."""
    book = load_workbook(path)
    for name, value in cells.items():
        book.worksheets[0].cell(2, WORKSHEET.cells.index(name) + 1).value = value
    file = io.BytesIO()
    book.save(file)
    return {"name": path.name, "mimeType": XLSX, "buffer": file.getvalue()}


def test_a_selection_is_changed_in_a_spreadsheet_submitted_and_published(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    editor, reviewer, citizen = (open_page(locale="zh-CN", viewport=WIDE) for _ in range(3))
    log_in(editor, "editor")
    editor.goto(f"{TIES}?q=绵阳")
    editor.locator("input[name=_selected_action]").first.check()
    key = editor.locator("input[name=_selected_action]").first.get_attribute("value")
    with editor.expect_download() as download:
        run(editor, "edit_in_spreadsheet")
    path = tmp_path / "友城.xlsx"
    download.value.save_as(path)

    editor.get_by_role("link", name="上传修改后的表格").click()
    editor.locator("input[type=file]").set_input_files(edited(path, note_zh="批量修改试验。", status="已暂停待查"))
    press(editor, "查看差异")
    expect(editor.locator(".bulk-refused")).to_contain_text("状态：“已暂停待查”不是名录所用的状态。")
    expect(editor.locator(".errornote")).to_have_text("没有需要修改的内容。")

    editor.locator("input[type=file]").set_input_files(edited(path, note_zh="批量修改试验。", status="暂停"))
    editor.get_by_label("修改理由").fill("年度核对")
    press(editor, "查看差异")
    expect(editor.locator("[data-state=prepared]")).to_be_visible()
    expect(editor.locator(".bulk-record")).to_have_count(1)
    expect(editor.locator("[data-fact=状态]")).to_contain_text("暂停")
    expect(editor.locator("[data-fact=中文说明]")).to_contain_text("批量修改试验。")
    expect(editor.get_by_role("button", name="执行")).to_have_count(0)
    press(editor, "提交审核")
    expect(editor.locator("[data-state=open]")).to_be_visible()
    citizen.goto(f"/relationships/{key}/")
    expect(citizen.locator("main")).not_to_contain_text("批量修改试验")

    log_in(reviewer, "reviewer")
    reviewer.goto(editor.url)
    expect(reviewer.locator(".review-facts")).to_contain_text("年度核对")
    press(reviewer, "发布此修改")
    expect(reviewer.locator("[data-state=applied]")).to_be_visible()
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("批量修改试验")
    press(reviewer, "撤销此修改")
    expect(reviewer.locator("[data-state=undone]")).to_be_visible()
    citizen.reload()
    expect(citizen.locator("main")).not_to_contain_text("批量修改试验")


@pytest.mark.usefixtures("drafts")
def test_all_drafts_of_a_filter_get_one_type_with_keys_alone_and_are_taken_back(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(locale="zh-CN", viewport=WIDE)
    log_in(page, "editor")
    page.goto(f"{TIES}?q=批改市")
    page.locator("#action-toggle").check()
    run(page, "set_type")
    expect(page.locator("h1")).to_have_text("设置类型")
    expect(page.locator("#content")).to_contain_text("已选择 3 条记录")
    tab_to(page, page.locator("select[name=value]"))
    page.locator("select[name=value]").select_option("exchange")
    tab_to(page, page.locator("#bulk_form input[type=submit]"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-fact=类型]")).to_have_count(3)
    press(page, "执行")
    expect(page.locator(".messagelist .success")).to_contain_text("已执行")
    done = page.url
    page.goto(f"{TIES}?q=批改市&type__exact=exchange")
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    page.goto(done)
    press(page, "撤销此修改")
    page.goto(f"{TIES}?q=批改市&type__exact=intent")
    expect(page.locator("#result_list tbody tr")).to_have_count(3)


@pytest.mark.usefixtures("drafts")
def test_a_source_and_a_parent_are_found_by_their_names(open_page: Callable[..., Page]) -> None:
    page = open_page(locale="zh-CN", viewport=WIDE)
    log_in(page, "editor")
    page.goto(f"{TIES}?q=批改市")
    page.locator("#action-toggle").check()
    run(page, "add_source")
    choose(page, "value", "新闻", "四川")
    press(page, "查看差异")
    expect(page.locator(".bulk-record")).to_have_count(3)
    press(page, "撤回")
    page.goto("/admin/friendship/city/?q=批改")
    page.locator("#action-toggle").check()
    run(page, "set_parent")
    choose(page, "value", "四川", "四川省")
    press(page, "查看差异")
    expect(page.locator("[data-fact=隶属]")).to_have_count(1)
    expect(page.locator(".bulk-refused h2")).to_have_text("3 条记录无法处理")
    press(page, "撤回")
    expect(page.locator("[data-state=withdrawn]")).to_be_visible()


# --- every page -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["light", "dark"])
def clerk(request: pytest.FixtureRequest, browser: Browser, server: Register, drafts: None) -> Iterator[Visitor]:
    """An editor for all pages of a theme."""
    with visitor(browser, server, color_scheme=request.param, viewport={"width": 1440, "height": 900}) as opened:
        log_in(opened.page, "editor")
        yield opened


def to_value(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}/admin/friendship/city/?q=批改")
    page.locator("#action-toggle").check()
    run(page, "set_parent")
    expect(page.locator("#bulk_form")).to_be_visible()


def to_upload(page: Page, prefix: str) -> None:
    page.goto(f"{prefix}{TIES}sheet/")


def to_differences(page: Page, prefix: str) -> None:
    to_value(page, prefix)
    page.locator(".field-value .select2-selection").click()
    page.locator(".select2-search__field").fill("四川")
    page.locator(".select2-results__option", has_text=re.compile("四川省")).first.click()
    page.locator("#bulk_form input[type=submit]").click()
    expect(page.locator(".bulk-refused")).to_be_visible()


@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize("go", [to_value, to_upload, to_differences])
def test_page_is_well_made(clerk: Visitor, prefix: str, go: Callable[[Page, str], None]) -> None:
    page = clerk.page
    page.set_viewport_size({"width": 1440, "height": 900})
    go(page, prefix)
    assert page.locator("html").get_attribute("lang") == ("en" if prefix else "zh-hans")
    assert page.locator("h1").count() == 1
    assert clerk.problems == []  # before axe, which asks for style sheets of its own
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, surplus(page)) == (width, 0)
    assert violations(page) == []
    clerk.problems.clear()
