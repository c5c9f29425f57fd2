"""What the head of each page tells search engines, and those who share the page."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client

from friendship.filters import Parameters
from tests.views import pages
from tests.views.pages import Element
from tests.views.test_every_page import PAGES

pytestmark = pytest.mark.django_db

HERE = "http://testserver"


def meta(page: list[Element]) -> dict[str, str]:
    """The tags for sharing by name."""
    named = [(item.attributes.get("property") or item.attributes.get("name", ""), item) for item in page]
    return {name: item.attributes["content"] for name, item in named if name.startswith(("og:", "twitter:", "robots"))}


def linked(page: list[Element], relation: str) -> list[str]:
    return [item.attributes["href"] for item in pages.with_attribute(page, "rel", relation) if item.tag == "link"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_can_be_shared(client: Client, prefix: str, path: str) -> None:
    page = pages.read(client, prefix + path)
    said = meta(page)
    [canonical] = linked(page, "canonical")
    assert said["og:url"] == canonical
    assert canonical.startswith(HERE + prefix + urlsplit(path).path)
    assert said["og:title"] == pages.words(page, "title")[0].rpartition(" · ")[0]
    assert said["og:title"]
    assert said["og:description"]
    other = {"og:locale": "en_GB", "og:locale:alternate": "zh_CN"}
    assert other.items() <= said.items() if prefix else other["og:locale"] == said["og:locale:alternate"]
    assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    assert said["twitter:card"] == "summary_large_image"
    assert said["og:image"].startswith(f"{HERE}{prefix}/")
    assert client.head(said["og:image"]).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("path", PAGES)
def test_the_languages_of_a_page_name_each_others_canonical_address(client: Client, path: str) -> None:
    chinese, english = (pages.read(client, prefix + path) for prefix in ("", "/en"))
    addresses = [linked(page, "canonical")[0] for page in (chinese, english)]
    for page in (chinese, english):
        found = [item.attributes for item in page if item.tag == "link" and "hreflang" in item.attributes]
        assert [item["href"] for item in found] == addresses


@pytest.mark.parametrize(
    ("path", "picture"),
    [
        ("/relationships/95/", "/relationships/95/card.png"),
        ("/en/cities/mianyang/", "/en/cities/mianyang/card.png"),
        ("/provinces/sichuan/", "/provinces/sichuan/card.png"),
        ("/en/about/", "/en/card.png"),
    ],
)
def test_ties_and_places_have_pictures_of_their_own(client: Client, path: str, picture: str) -> None:
    assert meta(pages.read(client, path))["og:image"] == HERE + picture


def test_what_a_shared_tie_says(client: Client) -> None:
    said = meta(pages.read(client, "/en/relationships/95/"))
    assert (said["og:type"], said["og:title"]) == ("article", "Mianyang – Shobara")
    assert said["og:description"] == "Mianyang – Shobara: sister city, 29 September 1990"
    assert said["og:site_name"] == "Register of sister cities"


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("", ""),
        ("sort=home&page_size=500", ""),
        ("page=1", ""),
        ("page=3", "?page=3"),
        ("page=3&sort=home", ""),
        ("utm_source=x&fbclid=y", ""),
        ("type=sister&country=JP&country=DE&type=sister", "?country=DE&country=JP&type=sister"),
        ("q=%E7%BB%B5%E9%98%B3&status=", "?q=%E7%BB%B5%E9%98%B3"),
    ],
)
def test_one_address_for_one_question(client: Client, asked: str, canonical: str) -> None:
    page = pages.read(client, f"/en/relationships/?{asked}")
    assert linked(page, "canonical") == [f"{HERE}/en/relationships/{canonical}"]


def test_two_places_compared_have_one_address(client: Client) -> None:
    for asked in ("place=mianyang&place=chengdu", "place=chengdu&place=mianyang"):
        page = pages.read(client, f"/en/compare/?{asked}")
        assert linked(page, "canonical") == [f"{HERE}/en/compare/?place=chengdu&place=mianyang"]


def test_the_canonical_address_asks_nothing_unknown() -> None:
    assert Parameters.of(QueryDict("page=2&x=1"), ["page"]).canonical == "?page=2"


@pytest.mark.parametrize(
    ("path", "robots"),
    [
        ("/relationships/", None),
        ("/relationships/?country=JP&sort=home", None),
        ("/relationships/?country=JP&type=sister", "noindex"),
        ("/relationships/?q=mianyang", "noindex"),
        ("/relationships/?country=XX", "noindex"),
        ("/cities/?q=x", "noindex"),
        ("/sources/?page=2", None),
        ("/relationships/1/", None),
    ],
)
def test_what_was_typed_or_combined_is_not_indexed(client: Client, path: str, robots: str | None) -> None:
    assert meta(pages.read(client, path)).get("robots") == robots


def test_an_error_has_no_address(client: Client) -> None:
    page = pages.read(client, "/en/nope/", status=404)
    assert linked(page, "canonical") == []
    assert meta(page) == {}


def test_paper_says_what_was_asked_which_rows_it_holds_and_when(client: Client) -> None:
    [head] = pages.with_attribute(
        pages.read(client, "/en/relationships/?level=city&page_size=20&page=2"), "class", "print-head"
    )
    assert "hidden" in head.attributes
    assert head.words.startswith("level of the home side city level Rows 21 to 40 of ")
    assert head.words.endswith(f" · {HERE}/en/relationships/?level=city&page_size=20&page=2")
    [head] = pages.with_attribute(pages.read(client, "/en/sources/?page_size=500"), "class", "print-head")
    assert head.words.startswith("Printed on ")
