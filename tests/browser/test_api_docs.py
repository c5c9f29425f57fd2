"""The description of the API as a page: readable without any other host, and it asks the register itself."""

from __future__ import annotations

import re

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
