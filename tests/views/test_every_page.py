"""What holds for every public page: both languages, no draft, strict headers."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from tests import builders
from tests.views import pages

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/relationships/",
    "/relationships/?country=JP&type=sister&q=my&founded_after=1900&sort=home",
    "/relationships/1/",
    "/relationships/37/",
    "/relationships/1/history/",
    "/cities/mianyang/history/",
    "/provinces/sichuan/history/",
    "/map/",
    "/map/?country=JP&type=sister",
    "/statistics/",
    "/statistics/?country=JP",
    "/anniversaries/",
    "/anniversaries/?place=mianyang",
    f"/anniversaries/{timezone.localdate():%Y-%m}/",
    "/cities/",
    "/cities/mianyang/",
    "/cities/chongwe/",
    "/provinces/",
    "/provinces/sichuan/",
    "/countries/",
    "/countries/JP/",
    "/sources/",
    "/sources/sichuan-press-conference-2023-05-18/",
    "/compare/",
    "/compare/?place=chengdu&place=mianyang",
    "/compare/?place=chengdu&place=meishan",
    "/about/",
]
_NATIVE = re.compile(r"[\u3400-\u9fff]")


def _texts(client: Client, path: str) -> list[str]:
    """The text of a page outside of what is marked as being in another language, and its attributes for people."""
    html = client.get(path).content.decode()
    html = re.sub(r"<(\w+)[^>]* lang=\"[^\"]*\"[^>]*>.*?</\1>", "", html.split("<body>")[1], flags=re.DOTALL)
    spoken = re.findall(r"(?:placeholder|aria-label|title)=\"([^\"]*)\"", html)
    return [*spoken, *re.sub(r"<[^>]+>", "\n", html).splitlines()]


@pytest.mark.parametrize("path", PAGES)
def test_no_chinese_is_left_in_english_pages(client: Client, path: str) -> None:
    assert [text.strip() for text in _texts(client, f"/en{path}") if _NATIVE.search(text)] == []


@pytest.mark.parametrize("path", PAGES)
def test_both_languages_name_each_other(client: Client, path: str) -> None:
    for here, there, code in ((path, f"/en{path}", "en"), (f"/en{path}", path, "zh-Hans")):
        page = pages.read(client, here)
        switch = [item for item in page if item.tag == "a" and "hreflang" in item.attributes]
        assert [(item.attributes["href"], item.attributes["hreflang"]) for item in switch] == [(there, code)]
        assert page[0].attributes == {"lang": {"en": "zh-Hans", "zh-Hans": "en"}[code]}


@pytest.mark.parametrize("path", PAGES)
def test_headers_are_strict_and_nothing_is_inline(client: Client, path: str) -> None:
    response = client.get(path)
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert (response["X-Frame-Options"], response["X-Content-Type-Options"]) == ("DENY", "nosniff")
    page = pages.read(client, path)
    assert [item.tag for item in page if item.tag == "style" or "style" in item.attributes] == []
    assert [name for item in page for name in item.attributes if name.startswith("on")] == []
    loaded = [
        item.attributes.get("src") or item.attributes["href"]
        for item in page
        if item.tag in {"img", "script", "link"} and item.attributes.get("type") != "application/ld+json"
    ]
    assert [address for address in loaded if not address.startswith(("/static/", "http://testserver/"))] == []


@pytest.mark.parametrize("path", [*PAGES, "/countries/CN/", "/relationships/?q=Hidden", "/cities/?q=Hidden"])
def test_a_draft_is_on_no_page(client: Client, path: str) -> None:
    press = "sichuan-press-conference-2023-05-18"
    home, hidden = builders.place("mianyang"), builders.place("hidden", country_id="JP", name_en="Hidden Draft")
    before = client.get(path).content
    draft = builders.tie(home, hidden, review_state="draft", founded_year=2026, founded_month=1)
    builders.evidence(draft, builders.source(press), quote="科博会", start=1, end=4)
    builders.event(draft, source=builders.source(press))
    after = client.get(path).content
    assert b"Hidden Draft" not in after
    assert after == before
