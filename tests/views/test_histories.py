"""The public pages of a record's history."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship import curation
from friendship.curation.merging import merge_places
from friendship.models import Relationship
from tests import builders
from tests.views import pages

pytestmark = pytest.mark.django_db


def change(tie: Relationship, times: int) -> None:
    for number in range(times):
        tie.note_en = f"note {number}"
        curation.save(tie, actor=None, reason=f"change/{number}")


def told(client: Client, path: str) -> list[str]:
    return [item.words for item in pages.with_attribute(pages.read(client, path), "data-entry")]


def test_a_tie_tells_what_changed_in_both_languages(client: Client) -> None:
    tie = builders.tie(status="active")
    builders.evidence(tie, quote="said")
    tie.status = "ended"
    curation.save(tie, actor=User.objects.create_superuser("zhang"), reason="proposal/1")
    last, first = told(client, f"/en/relationships/{tie.pk}/history/")
    assert last.endswith("Status: active →, now ended")
    assert first.endswith("Entered the register. Source: Test Press: Paper")
    last, first = told(client, f"/relationships/{tie.pk}/history/")
    assert last.endswith("状态：有效 →，现为 已终止")
    assert first.endswith("收入名录。 来源：Test Press：Paper")


def test_no_name_of_a_person_is_on_the_page(client: Client) -> None:
    tie = builders.tie()
    tie.note_en = "changed"
    curation.save(tie, actor=User.objects.create_superuser("zhangsan"), reason="proposal/1")
    assert b"zhangsan" not in client.get(f"/relationships/{tie.pk}/history/").content


@pytest.mark.parametrize("path", ["/relationships/1/", "/cities/mianyang/", "/provinces/sichuan/"])
def test_the_record_leads_to_its_history_and_back(client: Client, path: str) -> None:
    assert f"{path}history/" in pages.links(pages.read(client, path))
    assert path in pages.links(pages.read(client, f"{path}history/"))


def test_a_city_among_the_provinces_is_led_to_the_cities(client: Client) -> None:
    assert client.get("/provinces/mianyang/history/")["Location"] == "/cities/mianyang/history/"


def test_the_addresses_of_a_merged_record_lead_on(client: Client) -> None:
    merge_places(builders.place("kept"), builders.place("gone"), actor=None)
    assert client.get("/cities/gone/history/")["Location"] == "/cities/kept/history/"


@pytest.mark.parametrize(
    "path",
    ["/relationships/999999/history/", "/cities/nowhere/history/", "/relationships/99999999999999999999/history/"],
)
def test_what_is_not_public_has_no_page(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_draft_has_no_history(client: Client) -> None:
    tie = builders.tie(builders.place("one", review_state="draft"), review_state="draft")
    for path in (f"/relationships/{tie.pk}/history/", "/cities/one/history/"):
        assert client.get(path).status_code == 404


def test_fifty_entries_stand_on_a_page(client: Client) -> None:
    tie = builders.tie()
    change(tie, 55)
    address = f"/relationships/{tie.pk}/history/"
    assert (len(told(client, address)), len(told(client, f"{address}?page=2"))) == (50, 6)
    assert len(told(client, f"{address}?page=9&page_size=x")) == 6


def test_the_page_asks_as_often_for_one_change_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tie = builders.tie()
    builders.evidence(tie)
    address = f"/relationships/{tie.pk}/history/"
    for times in (1, 30):
        change(tie, times)
        # the state; the tie; its records, those of evidence and events; sources, by name and whole
        with django_assert_num_queries(7):
            client.get(address)


def test_it_is_for_search_engines_but_not_in_the_sitemap(client: Client) -> None:
    page = pages.read(client, "/relationships/1/history/")
    assert [item for item in page if item.attributes.get("name") == "robots"] == []
    assert b"/history/" not in client.get("/sitemap-relationships.xml").content
