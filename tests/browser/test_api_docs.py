"""The description of the API as a page: readable without any other host, and it asks the register itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_description_can_be_read_and_tried(page: Page) -> None:
    page.goto("/api/v1/docs/")
    operations = page.locator(".opblock")
    expect(operations).to_have_count(11)
    tie = operations.filter(has=page.get_by_text(re.compile(r"^/api/v1/.*relationships/.*\{id\}/$")))
    tie.locator(".opblock-summary-control").click()
    expect(tie).to_contain_text("1982-10")
    tie.get_by_role("button", name="Try it out").click()
    tie.get_by_role("button", name="Execute").click()
    expect(tie.locator(".live-responses-table")).to_contain_text("washington")


def test_without_javascript_it_leads_to_what_can_be_read(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False, locale="zh-CN")
    page.goto("/api/v1/docs/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    links = page.get_by_role("link")
    assert links.all_inner_texts() == ["全部可查询的内容", "供程序读取的接口说明（OpenAPI）", "名录网页"]
    addresses = [str(link.get_attribute("href")) for link in links.all()]
    assert addresses == ["/api/v1/", "/api/v1/schema/", "/"]
    assert [page.request.get(address).status for address in addresses] == [200, 200, 200]
