"""A clerk with an Excel file: from the table to drafts and back, in a real browser, with keys alone, on any screen."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from openpyxl import Workbook
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.browser.conftest import Visitor, visitor
from tests.browser.test_pages import LANGUAGES, WIDTHS, surplus
from tests.browser.test_stories import choose, log_in, tab_to
from tests.servers.register import Register

pytestmark = pytest.mark.browser

IMPORTS = "/admin/friendship/importrun/"
MOST = 60_000  # milliseconds for a process to start and to end on a busy machine

#: Two places of one name, in a country of which the shipped register knows neither.
AURORAS = """
from friendship.models import Place
for state in ("Colorado", "Illinois"):
    inside, _ = Place.objects.get_or_create(
        slug=state.lower(), defaults={"country_id": "US", "level": "province", "name_en": state}
    )
    Place.objects.get_or_create(
        slug=f"aurora-{state.lower()}",
        defaults={"country_id": "US", "level": "city", "name_en": "Aurora", "parent": inside, "review_state": "draft"},
    )
"""


def office_table() -> FilePayload:
    """A table as an office keeps it: a merged title, a remark, then the header and the rows. The ties are made up."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某省国际友好城市一览表（测试）"])
    sheet.merge_cells("A1:F1")
    sheet.append(["截至2026年11月", None, None, None, "单位：省外办"])
    sheet.append(["序号", "中方城市", "外方城市", "国别", "结好时间", "备注"])
    sheet.append([1, "绵阳市", "试验市一", "法国", "2026年11月", "测试"])
    sheet.append([2, "绵阳市", "Aurora", "美国", "2026.11.3", None])
    sheet.append([3, "绵阳市", "试验市二", None, "2026", None])
    file = io.BytesIO()
    book.save(file)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "友城一览表.xlsx", "mimeType": kind, "buffer": file.getvalue()}


def tab(page: Page, outcome: str) -> int:
    """How many rows of this outcome the page counts."""
    return int(page.locator(f"[data-outcome={outcome}] .count").inner_text(timeout=MOST))


def test_a_clerk_imports_a_table_and_takes_it_back(open_page: Callable[..., Page], server: Register) -> None:
    server.manage("shell", "--no-imports", "--command", AURORAS)
    page = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(page, "editor")
    page.goto(IMPORTS)
    page.locator(".object-tools a").click()
    expect(page.locator("input[name=publish]")).to_have_count(0)
    page.locator("input[type=file]").set_input_files(office_table())
    page.locator("#importrun_form input[type=submit]").click()

    expect(page.locator(".import-tabs")).to_be_visible(timeout=MOST)
    expect(page.locator("h1")).to_have_text("友城一览表.xlsx")
    assert [tab(page, outcome) for outcome in ("questions", "created", "rejected")] == [1, 1, 1]

    question = page.locator(".import-questions fieldset")
    expect(question.locator("legend")).to_contain_text("Aurora")
    question.locator("label", has_text="Colorado").click()
    page.locator(".import-questions button").click()
    expect(page.locator("[data-outcome=created] .count")).to_have_text("2", timeout=MOST)
    expect(page.locator("[data-outcome=questions]")).to_have_count(0)

    page.locator("[data-outcome=rejected]").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-row='6'] .why")).to_contain_text("试验市二")

    page.locator("input[name=_load]").click()
    expect(page.locator(".import-written")).to_be_visible(timeout=MOST)
    loaded = page.url
    page.locator(".import-links a[href*='review_state__exact=draft']").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    expect(page.locator("#result_list")).to_contain_text("试验市一")
    expect(page.locator("#result_list")).to_contain_text("Aurora")
    page.goto("/relationships/?q=试验市一")
    expect(page.locator("[data-row]")).to_have_count(0)

    page.goto(loaded)
    page.locator(".import-links a[href$='/undo/']").click()
    page.locator("#content form input[type=submit]").click()
    expect(page.locator("#result-heading")).to_be_visible(timeout=MOST)
    expect(page.locator(".import-kept")).to_have_count(0)
    page.goto("/admin/friendship/relationship/?q=试验市一")
    expect(page.locator("#result_list")).to_have_count(0)


def test_the_source_is_found_and_the_keyboard_is_enough(open_page: Callable[..., Page]) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(page, "reviewer")
    page.goto(f"{IMPORTS}add/")
    choose(page, "source", "新闻", "四川")
    expect(page.locator("select[name=source]")).to_have_value(re.compile(r"^\d+$"))
    tab_to(page, page.locator(".new-source summary"))
    page.keyboard.press("Enter")
    expect(page.locator("input[name=new-title]")).to_be_visible()
    tab_to(page, page.locator("input[name=publish]"))
    page.keyboard.press("Space")
    expect(page.locator("input[name=publish]")).to_be_checked()
    tab_to(page, page.locator("#importrun_form input[type=submit]"))
    page.locator("input[type=file]").set_input_files(
        {
            "name": "odd.csv",
            "mimeType": "text/csv",
            "buffer": "甲城,甲国,乙城,乙国\n绵阳市,中国,试验市三,法国\n".encode(),
        }
    )
    page.locator("#importrun_form input[type=submit]").click()

    expect(page).to_have_url(re.compile(r"/columns/$"))
    for column, meaning in enumerate(("home", "home_country", "partner", "partner_country")):
        tab_to(page, page.locator(f"select[name=column-{column}]"))
        page.locator(f"select[name=column-{column}]").select_option(meaning)
    tab_to(page, page.locator("#content input[type=submit]"))
    page.keyboard.press("Enter")
    expect(page.locator(".import-tabs")).to_be_visible(timeout=MOST)
    tab_to(page, page.locator("[data-outcome=created]"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_contain_text("试验市三")
    tab_to(page, page.locator("#content a.closelink"))
    page.keyboard.press("Enter")
    page.locator("#content input[type=submit]").click()
    expect(page).to_have_url(re.compile(rf"{IMPORTS}$"))


# --- every page in every state ----------------------------------------------------------------------------------------

#: Imports in each state, as the program would have left them; made-up rows about real ties. Prints their ids.
STATES = """
from django.utils import timezone
from friendship.models import ImportRow, ImportRun, Relationship
now = timezone.now()
tie = Relationship.objects.get(pk=1)
states = {
    "checked": {}, "failed": {"error": "中断"},
    "loading": {"stage": "Comparing with the register", "done": 1, "total": 3},
    "loaded": {"loaded_at": now}, "undone": {"loaded_at": now, "undone_at": now, "kept": [
        {"model": "relationship", "id": 1, "label": str(tie), "why": "Staff has changed it since."}]},
    "uploaded": {"format": "", "content": "甲城,乙城,乙国\\n绵阳市,试验市三,法国\\n".encode()},
}
asked = {"key": "US||aurora||", "side": "partner", "text": "Aurora, US", "candidates": [1, 2], "others": []}
differs = {"field": "founded", "held": "1982-10", "given": "1983", "sources": ["sichuan-press-conference-2023-05-18"]}
for state, fields in states.items():
    run = ImportRun.objects.create(
        **{"file_name": f"{state}.csv", "content": b"1", "format": "office", "state": state, **fields})
    for number, outcome in enumerate(["created", "updated", "unchanged", "duplicate", "conflict", "rejected"], 2):
        ImportRow.objects.create(run=run, number=number, outcome=outcome, home="<b>绵阳市</b>", partner="\\u202eX, US",
            text="1 | 绵阳市 | X | " + "长" * 200, reason="The same tie as row %(row)d.", parameters={"row": 2},
            differences=[differs] if outcome == "conflict" else [], relationship=tie)
    ImportRow.objects.create(run=run, number=9, outcome="rejected", questions=[asked])
    print(state, run.pk)
"""


@pytest.fixture(scope="module")
def states(server: Register) -> dict[str, str]:
    """The address of an import in each state."""
    printed = server.manage("shell", "--no-imports", "--command", STATES)
    return {state: f"friendship/importrun/{key}/" for state, key in re.findall(r"^(\w+) (\d+)$", printed, re.MULTILINE)}


@pytest.fixture(scope="module", params=["light", "dark"])
def clerk(request: pytest.FixtureRequest, browser: Browser, server: Register) -> Iterator[Visitor]:
    """A reviewer for all pages of a theme, on whose pages nothing moves."""
    with visitor(browser, server, color_scheme=request.param, viewport={"width": 1440, "height": 900}) as opened:
        opened.page.route("**/change/**", without_refresh)
        log_in(opened.page, "reviewer")
        yield opened


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on our part of the page; the path above it and the box that searches are Django's."""
    found = Axe().run(page, context={"exclude": [[".breadcrumbs"], [".select2-container"]]}).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def without_refresh(route: Route) -> None:
    """Answer without the header that loads the page again."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={name: value for name, value in answer.headers.items() if name != "refresh"})


@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "friendship/importrun/",
        "friendship/importrun/add/",
        "{uploaded}columns/",
        "{loading}change/",
        "{failed}change/",
        "{checked}change/",
        "{checked}change/?outcome=conflict",
        "{checked}change/?outcome=rejected",
        "{loaded}change/",
        "{loaded}undo/",
        "{undone}change/",
        "{failed}delete/",
    ],
)
def test_page_is_well_made(clerk: Visitor, states: dict[str, str], prefix: str, path: str) -> None:
    page = clerk.page
    page.set_viewport_size({"width": 1440, "height": 900})
    response = page.goto(f"{prefix}/admin/{path.format(**states)}")
    assert response is not None
    assert response.status == 200
    assert page.locator("html").get_attribute("lang") == ("en" if prefix else "zh-hans")
    assert page.locator("h1").count() == 1
    assert clerk.problems == []  # before axe, which asks for style sheets of its own
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, surplus(page)) == (width, 0)
    assert violations(page) == []
    clerk.problems.clear()
