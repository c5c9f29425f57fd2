"""How the office works together: drafts that go back and forth, two people at one tie, a wrong list taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.conftest import visitor
from tests.browser.test_imports import IMPORTS, MOST, violations
from tests.browser.test_pages import LANGUAGES, WIDTHS, surplus
from tests.browser.test_stories import choose, log_in
from tests.servers.register import Register

pytestmark = pytest.mark.browser

TIES = "/admin/friendship/relationship/"
WIDE = {"width": 1280, "height": 900}
#: A newspaper that somebody made up for this test.
PAPER = "试验日报讯 11月3日，德阳市与试验城签署建立友好城市关系意向书。"


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def test_a_tie_from_a_newspaper_is_returned_mended_and_goes_public(
    open_page: Callable[..., Page], server: Register
) -> None:
    server.manage(
        "shell",
        "--no-imports",
        "--command",
        "from friendship.models import Place\n"
        "Place.objects.create(country_id='FR', level='city', name_zh='试验城', slug='test-town', review_state='draft')",
    )
    editor, reviewer, citizen = (open_page(locale="zh-CN", viewport=WIDE) for _ in range(3))
    log_in(editor, "editor")
    editor.goto("/admin/friendship/source/add/")
    for name, value in {"title": "试验日报：德阳与试验城", "publisher": "试验日报", "language": "zh-Hans"}.items():
        editor.locator(f"input[name={name}]").fill(value)
    editor.locator("select[name=kind]").select_option("news")
    editor.get_by_text("全文", exact=True).click()
    editor.locator("textarea[name=text]").fill(PAPER)
    editor.locator("input[name=_save]").click()
    expect(editor.locator(".messagelist .success")).to_be_visible()

    editor.goto(f"{TIES}add/")
    choose(editor, "home", "deyang", "德阳市")
    choose(editor, "partner", "试验城", "试验城")
    editor.locator("select[name=type]").select_option("sister")
    editor.locator("#evidence-group .add-row a").click()
    row = editor.locator("#evidence-0")
    row.locator(".select2-selection").click()
    editor.locator(".select2-search__field").fill("试验日报")
    editor.locator(".select2-results__option", has_text="试验日报").click()
    row.locator("select[name=evidence-0-claim]").select_option("tie")
    row.locator("input[name=evidence-0-value]").fill("国际友好城市")
    row.locator("textarea[name=evidence-0-quote]").fill("德阳市与试验城签署建立友好城市关系意向书")
    editor.get_by_label("修改理由").fill("见今天的试验日报")
    press(editor, "保存并提交审核")
    expect(editor.locator("[data-state=open]")).to_have_text("待审核")
    proposal = editor.url

    log_in(reviewer, "reviewer")
    reviewer.goto(proposal)
    expect(reviewer.locator(".review-lines").first).to_contain_text("国际友好城市")
    expect(reviewer.locator("#content")).to_contain_text("见今天的试验日报")
    press(reviewer, "退回提交人")
    expect(reviewer.locator(".messagelist .error")).to_have_text("审核意见：请说明需要修改之处。")
    reviewer.get_by_label("给提交人的意见").fill("原文只是意向书，类型不对。")
    press(reviewer, "退回提交人")
    expect(reviewer.locator("[data-state=returned]")).to_be_visible()
    citizen.goto("/relationships/?q=试验城")
    expect(citizen.locator("[data-row]")).to_have_count(0)

    editor.goto(proposal)
    expect(editor.locator(".review-facts")).to_contain_text("原文只是意向书，类型不对。")
    editor.get_by_text("在表单中修改").click()
    expect(editor.locator(".review-note")).to_contain_text("原文只是意向书")
    editor.locator("select[name=type]").select_option("intent")
    editor.locator("input[name=evidence-0-value]").fill("结好意向")
    press(editor, "保存并提交审核")
    expect(editor.locator("[data-state=open]")).to_be_visible()

    reviewer.goto(proposal)
    expect(reviewer.locator(".review-lines").first).to_contain_text("结好意向")
    press(reviewer, "发布")
    expect(reviewer.locator("[data-state=applied]")).to_have_text("已生效")
    citizen.goto("/relationships/?q=试验城&type=intent")
    expect(citizen.locator("[data-row]")).to_have_count(1)
    citizen.locator("[data-row] a[href*='/relationships/']").first.click()
    expect(citizen.locator("blockquote").first).to_contain_text("签署建立友好城市关系意向书")


def test_a_change_of_a_public_tie_waits_until_somebody_else_has_looked(open_page: Callable[..., Page]) -> None:
    editor, reviewer, citizen = (open_page(locale="zh-CN", viewport=WIDE) for _ in range(3))
    log_in(editor, "editor")
    editor.goto(f"{TIES}9/change/")
    expect(editor.locator(".review-note")).to_contain_text("此记录已公开")
    editor.locator("textarea[name=note_zh]").fill("试验说明：待审核。")
    press(editor, "提交修改")
    expect(editor.locator(".messagelist .success")).to_contain_text("公众看到的仍是原内容")
    proposal = editor.url
    expect(editor.get_by_role("button", name="发布此修改")).to_have_count(0)
    citizen.goto("/relationships/9/")
    expect(citizen.locator("main")).not_to_contain_text("试验说明")

    log_in(reviewer, "reviewer")
    reviewer.goto(proposal)
    expect(reviewer.locator(".review-lines ins")).to_have_text("试验说明：待审核。")
    press(reviewer, "发布此修改")
    citizen.reload()
    expect(citizen.locator("main")).to_contain_text("试验说明：待审核。")
    press(reviewer, "撤销此修改")
    expect(reviewer.locator("[data-state=undone]")).to_have_text("已撤销")
    citizen.reload()
    expect(citizen.locator("main")).not_to_contain_text("试验说明")


def test_two_people_at_one_tie_lose_nothing(open_page: Callable[..., Page], server: Register) -> None:
    printed = server.manage(
        "shell",
        "--no-imports",
        "--command",
        "from friendship.models import Place, Relationship\n"
        "sides = [Place.objects.get(slug=slug) for slug in ('deyang', 'brienz')]\n"
        "print(Relationship.objects.create(home=sides[0], partner=sides[1], type='exchange').pk)",
    )
    address = f"{TIES}{printed.split()[-1]}/change/"
    first, second = (open_page(locale="zh-CN", viewport=WIDE) for _ in range(2))
    log_in(first, "editor")
    log_in(second, "reviewer")
    for page in (first, second):
        page.goto(address)
    first.locator("textarea[name=note_zh]").fill("编辑写的说明")
    first.locator("input[name=_continue]").click()
    second.locator("textarea[name=note_en]").fill("What the reviewer wrote")
    second.locator("input[name=_continue]").click()
    expect(second.locator(".messagelist .warning")).to_contain_text("双方的修改均已保留")
    expect(second.locator("textarea[name=note_zh]")).to_have_value("编辑写的说明")
    expect(second.locator("textarea[name=note_en]")).to_have_value("What the reviewer wrote")

    first.locator("textarea[name=note_en]").fill("What the editor wrote")
    first.locator("input[name=_continue]").click()
    expect(first.locator(".errornote, .errorlist").first).to_be_visible()
    expect(first.locator(".errorlist").first).to_contain_text("更新内容：英文说明")
    expect(first.locator("textarea[name=note_en]")).to_have_value("What the editor wrote")


def thousand_rows() -> FilePayload:
    """A list that nobody wanted: its ties are made up and say so."""
    rows = [f"{number},绵阳市,试验市{number:04},法国,{1980 + number % 40}" for number in range(1, 1001)]
    text = "\n".join(["序号,中方城市,外方城市,国别,结好时间", *rows])
    return {"name": "试验名单.csv", "mimeType": "text/csv", "buffer": text.encode()}


def test_a_wrong_list_of_a_thousand_is_undone_and_two_edits_stay(open_page: Callable[..., Page]) -> None:
    page = open_page(locale="zh-CN", viewport=WIDE)
    log_in(page, "editor")
    page.goto(f"{IMPORTS}add/")
    page.locator("input[type=file]").set_input_files(thousand_rows())
    page.locator("#importrun_form input[type=submit]").click()
    expect(page.locator("[data-outcome=created] .count")).to_have_text(re.compile("1,?000"), timeout=MOST)
    page.locator("input[name=_load]").click()
    expect(page.locator(".import-written")).to_be_visible(timeout=MOST)
    loaded = page.url

    for name in ("试验市0007", "试验市0700"):
        page.goto(f"{TIES}?q={name}")
        page.locator("#result_list tbody th a").first.click()
        page.locator("textarea[name=note_zh]").fill("已核对")
        page.locator("input[name=_save]").click()
        expect(page.locator(".messagelist .success")).to_be_visible()

    page.goto(loaded)
    page.locator(".import-links a[href$='/undo/']").click()
    expect(page.locator(".import-kept li")).to_have_count(2)
    page.locator("#content form input[type=submit]").click()
    expect(page.locator("#result-heading")).to_be_visible(timeout=MOST)
    expect(page.locator("#content")).to_contain_text("试验市0007")
    page.goto(f"{TIES}?q=试验市")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    expect(page.locator("#result_list")).to_contain_text("试验市0700")


# --- the pages --------------------------------------------------------------------------------------------------------

#: A proposal of every state about ties that ship, and one that adds, changes and removes. Prints their ids.
STATES = """
from django.contrib.auth.models import User
from django.utils import timezone
from friendship.models import Evidence, Proposal, Relationship
editor = User.objects.get(username="editor")
tie = Relationship.objects.get(pk=2)
piece = tie.evidence.first()
known = {"version": 1, "model": "evidence"}
changes = [
    {"model": "relationship", "pk": 2, "version": 1, "action": "change",
     "before": {"note_zh": "甲" * 300, "founded_year": None},
     "after": {"note_zh": "<b>乙</b>" * 90, "founded_year": 1990}},
    {**known, "pk": piece.pk, "action": "delete", "before": {"claim": "tie", "quote": piece.quote}, "after": {}},
    {**known, "pk": None, "action": "add", "before": {},
     "after": {"relationship_id": 2, "source_id": piece.source_id, "claim": "founded", "value": "1990"}},
]
for state in ("open", "returned", "applied", "declined", "withdrawn", "undone", "prepared"):
    row = Proposal.objects.create(kind="edit", state=state, relationship=tie, changes=changes, author=editor,
        note="长" * 200, word="W" * 200, submitted_at=timezone.now(), decided_by=editor, decided_at=timezone.now())
    print(state, row.pk)
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_proposals_are_well_made(theme: Any, browser: Browser, server: Register) -> None:
    printed = server.manage("shell", "--no-imports", "--command", STATES)
    keys = re.findall(r"^\w+ (\d+)$", printed, re.MULTILINE)
    pages = [f"proposal/{key}/change/" for key in keys] + ["proposal/", "relationship/2/change/"]
    with visitor(browser, server, color_scheme=theme, viewport=WIDE) as opened:
        page = opened.page
        log_in(page, "editor")
        for path in [f"{prefix}/admin/friendship/{path}" for prefix in LANGUAGES for path in pages]:
            page.set_viewport_size({"width": 1280, "height": 900})
            response = page.goto(path)
            assert response is not None
            assert (path, response.status, opened.problems) == (path, 200, [])  # before axe brings styles of its own
            assert violations(page) == []
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 800})
                assert (path, width, surplus(page)) == (path, width, 0)
            opened.problems.clear()
