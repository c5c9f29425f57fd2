"""One city stands in the register twice: a reviewer merges the two, the old address leads on, and back again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor, visitor
from tests.browser.test_imports import violations
from tests.browser.test_pages import LANGUAGES, WIDTHS, surplus
from tests.browser.test_stories import log_in
from tests.servers.register import Register

pytestmark = pytest.mark.browser

#: Made-up twins of one city with a tie each, one of them changed and changed again; prints the id of its tie.
TWINS = """
from friendship import curation
from friendship.models import Event, Evidence, Place, Policy, Relationship, Source
Policy.objects.update_or_create(pk=1, defaults={"own_changes": "always"})
paper = Source.objects.order_by("pk").first()
home = Place.objects.get(slug="mianyang")
for slug, name, facts in (("twin-one", "试验市", {}), ("twin-two", "试验城", {"latitude": 46.5, "longitude": 7.5})):
    place, _ = Place.objects.get_or_create(
        slug=slug, defaults={"country_id": "FR", "level": "city", "name_zh": name, "name_en": slug, **facts})
    partner = home if slug == "twin-one" else Place.objects.get(slug="chengdu")
    tie, _ = Relationship.objects.get_or_create(
        home=partner, partner=place,
        defaults={"type": "sister", "status": "active", "review_state": "published", "founded_year": 1999})
tie.status, tie.founded_month = "suspended", 5
why = "import/9001"
curation.save(tie, actor=None, reason=why)
curation.save(Evidence(relationship=tie, source=paper, claim="founded", value="1999-05"), actor=None, reason=why)
curation.save(Event(relationship=tie, kind="visit", date_year=2001, text_zh="代表团来访"), actor=None)
print("tie", tie.pk)
"""


@pytest.fixture(scope="module")
def tie(server: Register) -> str:
    """The number of the tie of the twin that goes."""
    found = re.search(r"tie (\d+)", server.manage("shell", "--no-imports", "--command", TWINS))
    assert found
    return found[1]


def merge(page: Page) -> None:
    """Select both twins in the list, and ask to merge them."""
    page.goto("/admin/friendship/city/?q=twin")
    for box in page.locator("#result_list .action-select").all():
        box.check()
    page.locator("select[name=action]").select_option(label="合并所选的两条记录")
    page.locator("#changelist-form .actions button").click()
    expect(page.locator("h1")).to_have_text("合并两条记录")


def test_a_reviewer_merges_two_cities_and_takes_it_back(open_page: Callable[..., Page], tie: str) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(page, "reviewer")
    merge(page)
    if "试验城" in page.locator(".record-compare thead .stays").inner_text():
        page.locator(".record-choose").click()
    expect(page.locator(".record-compare thead .stays")).to_contain_text("试验市")
    expect(page.locator(".record-outcome")).to_contain_text("友城关系：移入1条")
    expect(page.locator(".record-outcome")).to_contain_text("增补的别名：试验城")
    page.locator("#content form input[type=submit]").click()
    expect(page.locator(".messagelist")).to_contain_text("已合并")
    merged = page.url

    reader = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    reader.goto("/cities/twin-two/")
    expect(reader).to_have_url(re.compile(r"/cities/twin-one/$"))
    expect(reader.locator("h1")).to_contain_text("试验市")
    expect(reader.locator("[data-row]")).to_have_count(2)
    reader.goto(f"/relationships/{tie}/")
    reader.get_by_role("link", name="修改记录").click()
    first = reader.locator("[data-entry]").first
    expect(first).to_contain_text("两条重复的记录已合并。")
    expect(first).to_contain_text("试验城")

    page.goto(merged)
    page.locator("#content form input[type=submit]").click()
    expect(page.locator(".messagelist")).to_contain_text("合并已撤销")
    reader.goto("/cities/twin-two/")
    expect(reader).to_have_url(re.compile(r"/cities/twin-two/$"))
    expect(reader.locator("[data-row]")).to_have_count(1)


def test_one_change_of_a_tie_is_taken_back(open_page: Callable[..., Page], tie: str) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(page, "reviewer")
    page.goto(f"/admin/friendship/relationship/{tie}/change/")
    page.locator(".object-tools .historylink").click()
    row = page.locator("#change-history tbody tr", has_text="暂停").first
    row.get_by_role("link", name="撤销这次修改").click()
    expect(page.locator(".review-sheet")).to_have_count(2)
    page.locator("#content form input[type=submit]").click()
    expect(page.locator(".messagelist")).to_contain_text("已撤销")
    page.goto(f"/relationships/{tie}/")
    expect(page.locator(".under-title")).to_contain_text("有效")


# --- every page, in both languages and themes -------------------------------------------------------------------------


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
        "/admin/friendship/relationship/{tie}/history/",
        "/admin/friendship/relationship/{tie}/revert/?{records}",
        "/admin/friendship/relationship/merge/?rows=1&rows=37",
        "/admin/friendship/relationship/merge/?rows={tie}&rows=1",
        "/admin/friendship/redirect/",
        "/relationships/{tie}/history/",
        "/cities/mianyang/history/",
    ],
)
def test_page_is_well_made(clerk: Visitor, tie: str, prefix: str, path: str) -> None:
    page = clerk.page
    page.set_viewport_size({"width": 1440, "height": 900})
    response = page.goto(f"{prefix}{path.format(tie=tie, records=records(page, tie))}")
    assert response is not None
    assert response.status == 200
    assert page.locator("h1").count() == 1
    assert clerk.problems == []  # before axe, which asks for style sheets of its own
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, surplus(page)) == (width, 0)
    assert violations(page) == []
    clerk.problems.clear()


def records(page: Page, tie: str) -> str:
    """The records of the newest set of changes of the tie."""
    page.goto(f"/admin/friendship/relationship/{tie}/history/")
    link = page.locator("#change-history a[href*='/revert/']").first.get_attribute("href") or ""
    return link.partition("?")[2]
