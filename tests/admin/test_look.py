"""The staff side keeps to the colours of the house and to the strict Content-Security-Policy."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk

INLINE = re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son[a-z]+=\"|javascript:")
PAGES = ["{list}", "{list}add/", "{tie}change/", "{tie}history/", "{tie}history/{past}/", "{tie}delete/"]


def tokens(sheet: str, block: str) -> dict[str, str]:
    """The colours that a block of a style sheet sets."""
    found = re.search(block + r"\s*{([^}]*)}", (settings.BASE_DIR / "static" / "css" / sheet).read_text("utf-8"))
    assert found
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", found[1]))


@pytest.mark.parametrize(("theme", "block"), [("light", r":root"), ("dark", r"prefers-color-scheme: dark\) {\s*:root")])
def test_a_chosen_theme_has_the_colours_of_the_tokens(theme: str, block: str) -> None:
    colours = tokens("admin.css", rf'html\[data-theme="{theme}"\]')
    assert len(colours) == 15
    assert colours == tokens("tokens.css", block)


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_inline(page: str) -> None:
    tie = builders.tie()
    builders.evidence(tie)
    tie.save()
    address = page.format(list=RELATIONSHIPS, tie=f"{RELATIONSHIPS}{tie.pk}/", past=tie.history.first().pk)
    response = at_the_desk("root").get(address, follow=True)
    assert response.status_code == 200
    assert INLINE.findall(response.content.decode()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "title", "other"),
    [
        ("/admin/", "国际友城名录 · 管理", 'href="/en/admin/" hreflang="en"'),
        ("/en/admin/", "Register of sister cities · Staff", 'href="/admin/" hreflang="zh-Hans"'),
    ],
)
def test_the_title_and_the_way_to_the_other_language(address: str, title: str, other: str) -> None:
    page = at_the_desk("root").get(address).content.decode()
    assert re.findall(r'height="28">([^<]+)</a>', page) == [title]
    assert other in page
