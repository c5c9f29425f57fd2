"""What people come for, from the first page to the answer, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("start", "city", "row", "kind"),
    [("/", "绵阳", "绵阳", "友好城市"), ("/en/", "Mianyang", "Mianyang", "sister")],
    ids=["zh", "en"],
)
def test_citizen_finds_the_ties_of_a_city(page: Page, start: str, city: str, row: str, kind: str) -> None:
    page.goto(start)
    search = page.locator("form[role=search] input[name=q]")
    search.fill(city)
    search.press("Enter")

    rows = page.locator("[data-row]")
    expect(rows.first).to_be_visible()
    found = rows.count()
    expect(rows.filter(has_text=row)).to_have_count(found)
    expect(page.locator("[data-part=q]")).to_contain_text(city)

    sister = page.locator("[data-facet=type] a[href*='type=sister']")
    promised = int(sister.locator(".count").inner_text())
    assert 0 < promised < found
    sister.click()
    expect(page.locator("[data-part=type]")).to_be_visible()
    expect(rows).to_have_count(promised)

    page.locator("[data-part=type]").click()
    expect(rows).to_have_count(found)


@pytest.mark.parametrize(
    ("start", "city", "quote"),
    [("/", "布里恩茨", "布里恩茨"), ("/en/", "Brienz", "布里恩茨")],
    ids=["zh", "en"],
)
def test_citizen_reads_the_quote_in_its_source(page: Page, start: str, city: str, quote: str) -> None:
    page.goto(start)
    search = page.locator("form[role=search] input[name=q]")
    search.fill(city)
    search.press("Enter")
    page.locator("[data-row=\"2\"] a[href$='/relationships/2/']").click()

    words = page.locator("[data-evidence] blockquote", has_text=quote).first
    expect(words).to_be_visible()
    page.locator("[data-evidence] a[href*='#quote-']").first.click()

    expect(page).to_have_url(re.compile(r"/sources/sichuan-press-conference-2023-05-18/#quote-\d+-\d+$"))
    marked = page.locator("mark:target")
    expect(marked).to_be_in_viewport()
    expect(marked).to_contain_text(quote)


def test_visitor_changes_the_language_and_keeps_the_question(page: Page) -> None:
    page.goto("/relationships/?country=JP&type=sister")
    rows = page.locator("[data-row]").count()
    page.locator("a[hreflang=en]").click()
    expect(page).to_have_url(re.compile(r"/en/relationships/\?country=JP&type=sister$"))
    expect(page.locator("[data-row]")).to_have_count(rows)
    page.locator("a[hreflang=zh-Hans]").click()
    expect(page).to_have_url(re.compile(r"[^n]/relationships/\?country=JP&type=sister$"))


def test_unknown_country_is_said_beside_the_field(page: Page) -> None:
    page.goto("/en/relationships/?country=XX")
    expect(page.locator("[data-facet=country] [role=alert]")).to_contain_text("XX")
