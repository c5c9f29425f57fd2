"""The first page of a day at the office: a number opens its list, and what stands there is mended or accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Visitor, visitor
from tests.browser.test_imports import violations
from tests.browser.test_pages import LANGUAGES, WIDTHS, surplus
from tests.browser.test_stories import log_in
from tests.servers.register import Register

pytestmark = pytest.mark.browser

#: Two faults, made up: a draft whose coordinates are swapped, and a draft tie of two levels. Prints the tie's number.
FAULTS = """
from friendship.models import Place, Relationship
swapped = {"country_id": "FR", "level": "city", "name_zh": "试验市丁", "latitude": 2.35, "longitude": 48.85}
place, _ = Place.objects.update_or_create(slug="trial-swapped", defaults={**swapped, "review_state": "draft"})
state, _ = Place.objects.update_or_create(
    slug="trial-state",
    defaults={"country_id": "FR", "level": "province", "name_zh": "试验省丁", "review_state": "draft"},
)
home = Place.objects.get(slug="mianyang")
tie, _ = Relationship.objects.get_or_create(home=home, partner=state, type="cooperation")
print(tie.pk)
"""


@pytest.fixture
def tie(server: Register) -> Iterator[str]:
    """The faults, as long as a test needs them."""
    yield server.manage("shell", "--no-imports", "--command", FAULTS).strip()
    gone = 'Relationship.objects.filter(partner__slug="trial-state").delete()'
    forget = f'from friendship.models import *\n{gone}\nPlace.objects.filter(slug__startswith="trial-").delete()'
    server.manage("shell", "--no-imports", "--command", forget)


@pytest.fixture
def reviewer(open_page: Callable[..., Page], tie: str) -> Page:
    """A reviewer with a Chinese browser, on the first page of a register with these faults."""
    page = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(page, "reviewer")
    page.goto("/admin/")
    return page


def task(page: Page, label: str) -> Locator:
    """The link of a task on the first page."""
    return page.locator(".panel li > a").filter(has=page.get_by_text(label, exact=True))


def count(page: Page, label: str) -> int:
    """The number of a task; none where it is in order."""
    found = task(page, label).locator(".count")
    return int(found.inner_text()) if found.count() else 0


def test_a_number_opens_its_list_and_the_fault_is_mended(reviewer: Page, tie: str) -> None:
    before = count(reviewer, "坐标远离所属国家（地区）")
    assert before > 0
    task(reviewer, "坐标远离所属国家（地区）").click()
    expect(reviewer.locator("h1")).to_have_text("坐标远离所属国家（地区）")
    finding = reviewer.locator(".findings > li", has_text="试验市丁")
    expect(finding.locator(".says")).to_have_text("试验市丁：2.35，48.85 不在法国境内")
    finding.locator(".links a").click()

    reviewer.locator("input[name=latitude]").fill("48.85")
    reviewer.locator("input[name=longitude]").fill("2.35")
    reviewer.locator("input[name=_save]").click()
    expect(reviewer.locator(".messagelist .success")).to_be_visible()
    reviewer.goto("/admin/")
    assert count(reviewer, "坐标远离所属国家（地区）") == before - 1


def test_what_is_right_is_accepted_with_a_reason_and_that_is_taken_back(reviewer: Page, tie: str) -> None:
    before = count(reviewer, "双方级别不一")
    task(reviewer, "双方级别不一").click()
    finding = reviewer.locator(f"[data-subject='relationship/{tie}']")
    expect(finding).to_contain_text("绵阳市（地市级）与试验省丁（省级）")
    finding.locator("summary").click()
    finding.locator("textarea").fill("双方协议如此。")
    finding.locator("button").click()
    expect(reviewer.locator(".messagelist .success")).to_have_text("已认可，理由已留存。")
    reviewer.goto("/admin/")
    assert count(reviewer, "双方级别不一") == before - 1

    reviewer.goto("/admin/friendship/acceptedfinding/levels-differ/")
    accepted = reviewer.locator(f"[data-accepted='relationship/{tie}']")
    if not accepted.is_visible():
        reviewer.locator(".accepted-ones > summary").click()
    expect(accepted).to_contain_text("双方协议如此。")
    expect(accepted).to_contain_text("reviewer")
    accepted.locator("button").click()
    reviewer.goto("/admin/")
    assert count(reviewer, "双方级别不一") == before


def test_drafts_are_one_click_away_and_what_is_in_order_is_folded(reviewer: Page, tie: str) -> None:
    drafts = reviewer.locator("#panel-drafts")
    promised = int(drafts.locator("li", has_text="友城关系").locator(".count").inner_text())
    drafts.locator("li", has_text="友城关系").locator("a").click()
    expect(reviewer).to_have_url(re.compile(r"/relationship/\?review_state__exact=draft$"))
    expect(reviewer.locator("#result_list")).to_contain_text("试验省丁")
    expect(reviewer.locator(".paginator")).to_contain_text(str(promised))
    reviewer.go_back()
    expect(reviewer.locator(".in-order ul")).to_be_hidden()
    reviewer.locator(".in-order summary").click()
    expect(reviewer.locator(".in-order ul")).to_contain_text("引文与原文不符")


# --- every page, in both themes ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["light", "dark"])
def clerk(request: pytest.FixtureRequest, browser: Browser, server: Register) -> Iterator[Visitor]:
    """A reviewer for all pages of a theme."""
    server.manage("shell", "--no-imports", "--command", FAULTS)
    with visitor(browser, server, color_scheme=request.param, viewport={"width": 1440, "height": 900}) as opened:
        log_in(opened.page, "reviewer")
        yield opened


@pytest.mark.parametrize("prefix", LANGUAGES)
@pytest.mark.parametrize(
    "path",
    [
        "",
        "friendship/acceptedfinding/",
        "friendship/acceptedfinding/coordinates-far/",
        "friendship/acceptedfinding/levels-differ/",
        "friendship/acceptedfinding/quote-lost/",
        "friendship/relationship/anniversaries/",
        "friendship/relationship/anniversaries/?round=1",
    ],
)
def test_page_is_well_made(clerk: Visitor, prefix: str, path: str) -> None:
    page = clerk.page
    page.set_viewport_size({"width": 1440, "height": 900})
    response = page.goto(f"{prefix}/admin/{path}")
    assert response is not None
    assert response.status == 200
    assert page.locator("h1").count() == 1
    for summary in page.locator("#content summary").all()[:3]:
        summary.click()
    assert clerk.problems == []  # before axe, which asks for style sheets of its own
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, surplus(page)) == (width, 0)
    assert violations(page) == []
    clerk.problems.clear()
