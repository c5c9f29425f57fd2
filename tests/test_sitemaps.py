"""The sitemap against the protocol of sitemaps.org, and what robots are told."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from friendship import queries, sitemaps, urls
from friendship.exporters.forms import FORMS
from friendship.models import Place, Relationship, Source
from tests import builders

pytestmark = pytest.mark.django_db

PROTOCOL = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SECTIONS = ["pages", "relationships", "places", "countries", "sources"]
#: Addresses without parameters that are no pages to find.
NO_PAGES = {"anniversaries-ics", "recent-feed", "map-data", "card", "suggest", "datapackage"}
NO_PAGES |= {f"relationships-{form}" for form in FORMS}


def read(client: Client, path: str, root: str) -> list[ET.Element]:
    """The entries of a sitemap or an index."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    tree = ET.fromstring(response.content)  # noqa: S314 (our own answer)
    assert tree.tag == f"{PROTOCOL}{root}"
    return list(tree)


def locations(entries: list[ET.Element]) -> list[str]:
    return [entry.findtext(f"{PROTOCOL}loc", "") for entry in entries]


def paths(client: Client, section: str) -> list[str]:
    return [urlsplit(address).path for address in locations(read(client, f"/sitemap-{section}.xml", "urlset"))]


def in_both_languages(addresses: list[str]) -> list[str]:
    return [there for address in addresses for there in (address, f"/en{address}")]


def test_the_index_names_every_section(client: Client) -> None:
    entries = read(client, "/sitemap.xml", "sitemapindex")
    assert locations(entries) == [f"http://testserver/sitemap-{section}.xml" for section in SECTIONS]
    changed = [entry.findtext(f"{PROTOCOL}lastmod") for entry in entries]
    assert changed[0] is None
    assert all(moment and datetime.datetime.fromisoformat(moment).tzinfo for moment in changed[1:])
    assert client.get("/en/sitemap.xml").status_code == 404


def test_every_tie_place_country_and_source_is_there_once(client: Client) -> None:
    ties = Relationship.objects.published().order_by("pk")
    assert paths(client, "relationships") == in_both_languages([row.get_absolute_url() for row in ties])
    held = [*Place.objects.cities(), *Place.objects.provinces()]
    tied = {row.pk for tie in ties for row in (tie.home, tie.partner)}
    expected = sorted(in_both_languages([row.get_absolute_url() for row in held if row.pk in tied]))
    assert sorted(paths(client, "places")) == expected
    codes = sorted(row.country.code for row in queries.countries())
    assert paths(client, "countries") == in_both_languages([f"/countries/{code}/" for code in codes])
    sources = Source.objects.order_by("pk")
    assert paths(client, "sources") == in_both_languages([row.get_absolute_url() for row in sources])


def test_every_page_without_parameters_is_there(client: Client) -> None:
    names = [entry.name for entry in urls.urlpatterns if "<" not in str(entry.pattern)]
    assert sorted(sitemaps.Pages().items()) == sorted(str(name) for name in names if name not in NO_PAGES)
    for path in paths(client, "pages"):
        assert client.get(path).status_code == 200


def test_every_address_names_both_languages(client: Client) -> None:
    for section in SECTIONS:
        entries = read(client, f"/sitemap-{section}.xml", "urlset")
        assert len(entries) <= 50_000
        for chinese, english in zip(entries[::2], entries[1::2], strict=True):
            addresses = locations([chinese, english])
            for entry in (chinese, english):
                links = [link.attrib for link in entry.findall(f"{XHTML}link")]
                assert links == [
                    {"rel": "alternate", "hreflang": language, "href": address}
                    for language, address in zip(("zh-hans", "en"), addresses, strict=True)
                ]


def test_a_page_has_changed_when_what_it_shows_has(client: Client) -> None:
    old = datetime.datetime(2020, 5, 1, 12, tzinfo=datetime.UTC)
    tie = builders.tie(builders.place("one", country_id="IS"), builders.place("two", country_id="GL"))
    evidence = builders.evidence(tie)
    rows: dict[str, Any] = {
        "relationships": tie,
        "places": tie.home,
        "countries": tie.home.country,
        "sources": evidence.source,
    }
    for row in (*rows.values(), tie.partner, evidence):
        type(row).objects.filter(pk=row.pk).update(updated_at=old)

    def changed() -> dict[str, str]:
        days = {}
        for section, row in rows.items():
            [entry] = [
                entry
                for entry in read(client, f"/sitemap-{section}.xml", "urlset")
                if locations([entry]) == [f"http://testserver{row.get_absolute_url()}"]
            ]
            days[section] = entry.findtext(f"{PROTOCOL}lastmod", "")
        return days

    today = timezone.localdate().isoformat()
    assert changed() == dict.fromkeys(rows, "2020-05-01")
    evidence.save()
    assert changed() == {**dict.fromkeys(rows, "2020-05-01"), "relationships": today, "sources": today}
    tie.save()
    assert changed() == dict.fromkeys(rows, today)


def test_many_ties_make_pages_that_hold_each_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps.Relationships, "limit", 100)
    count = Relationship.objects.published().count()
    pages = [
        address for address in locations(read(client, "/sitemap.xml", "sitemapindex")) if "relationships" in address
    ]
    assert len(pages) == -(-count // 50)
    found = [
        address
        for page in pages
        for address in locations(read(client, page.removeprefix("http://testserver"), "urlset"))
    ]
    assert (len(found), len(set(found))) == (2 * count, 2 * count)
    assert client.get(f"/sitemap-relationships.xml?p={len(pages) + 1}").status_code == 404
    assert client.get("/sitemap-relationships.xml?p=x").status_code == 404
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_it_asks_as_often_for_more_rows(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for more in ("one", "two"):
        with django_assert_num_queries(9):  # the state of the register first
            client.get("/sitemap.xml")
        for section in ("relationships", "places", "countries", "sources"):
            with django_assert_num_queries(3):
                client.get(f"/sitemap-{section}.xml")
        for number in range(30):
            builders.tie(builders.place(more), builders.place(f"{more}-{number}"))


def test_robots_read_everything_but_the_staff_pages_and_what_readers_sent(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "User-agent: *\nDisallow: /admin/\nDisallow: /suggestions/\n"
        "Disallow: /en/admin/\nDisallow: /en/suggestions/\n\nSitemap: http://testserver/sitemap.xml\n"
    )
