"""The addresses of a merged record lead to the same page of the record that stays, and reveal no draft."""

from __future__ import annotations

import pytest
from django.test import Client

from friendship import curation
from friendship.curation.merging import merge_places, merge_ties, undo_merge
from friendship.models import Place, Redirect, Relationship
from tests import builders

pytestmark = pytest.mark.django_db


def led(client: Client, address: str) -> tuple[int, str]:
    """How an address is answered, and where it leads."""
    response = client.get(address)
    return response.status_code, response.headers.get("Location", "")


@pytest.fixture
def kept() -> Place:
    """A city into which another was merged; their ties with Two became one."""
    kept, gone = builders.place("kept"), builders.place("gone")
    builders.tie(kept, builders.place("two"), pk=901)
    builders.tie(gone, builders.place("two"), pk=902)
    merge_places(kept, gone, actor=None)
    return Place.objects.get(slug="kept")


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("page", ["", "card.png", "history/", "suggest/", "?a=1&b=2"])
@pytest.mark.parametrize(
    ("old", "new"), [("/cities/gone/", "/cities/kept/"), ("/relationships/902/", "/relationships/901/")]
)
def test_every_page_of_the_record_moves(
    client: Client, kept: Place, old: str, new: str, page: str, language: str
) -> None:
    assert led(client, f"{language}{old}{page}") == (301, f"{language}{new}{page}")


@pytest.mark.parametrize(
    ("old", "new"), [("places/gone/", "places/kept/"), ("relationships/902/", "relationships/901/")]
)
def test_the_api_leads_there_as_well(client: Client, kept: Place, old: str, new: str) -> None:
    assert led(client, f"/api/v1/{old}?fields=url") == (301, f"http://testserver/api/v1/{new}?fields=url")
    assert "detail" in client.get(f"/api/v1/{old}").json()


def test_nobody_keeps_the_way_for_ever(client: Client, kept: Place) -> None:
    """A merge may be undone; a browser that has kept the answer would not ask again."""
    for address in ("/cities/gone/", "/relationships/902/", "/api/v1/places/gone/"):
        assert client.get(address)["Cache-Control"] == "no-cache"


def test_chains_lead_to_their_end(client: Client, kept: Place) -> None:
    last = builders.place("last")
    builders.tie(last, builders.place("three"))
    merge_places(last, kept, actor=None)
    assert led(client, "/cities/gone/") == (301, "/cities/last/")
    assert led(client, "/cities/kept/") == (301, "/cities/last/")
    tie = Relationship.objects.get(pk=901)
    merge_ties(Relationship.objects.get(partner__slug="three"), tie, actor=None)
    other = Relationship.objects.get(partner__slug="three").pk
    assert led(client, "/relationships/902/") == (301, f"/relationships/{other}/")


def test_a_new_address_leads_on(client: Client, kept: Place) -> None:
    kept.slug = "renamed"
    curation.save(kept, actor=None)
    assert led(client, "/cities/gone/") == (301, "/cities/renamed/")


def test_a_draft_is_not_revealed(client: Client, kept: Place) -> None:
    curation.unpublish(Relationship.objects.filter(pk=901), actor=None)
    kept.review_state = "draft"
    curation.save(kept, actor=None)
    for address in ("/cities/gone/", "/relationships/902/", "/api/v1/places/gone/", "/api/v1/relationships/902/"):
        assert led(client, address) == (404, "")


def test_a_record_that_is_there_again_needs_no_redirect(client: Client, kept: Place) -> None:
    for redirect in Redirect.objects.filter(kind="place"):
        undo_merge(redirect, actor=None)
    assert led(client, "/cities/gone/") == (200, "")
    assert led(client, "/relationships/902/") == (200, "")


def test_no_loop_holds_a_reader(client: Client) -> None:
    for gone, target in ((7_001, 7_002), (7_002, 7_001)):
        Redirect.objects.create(kind="relationship", gone=gone, kept=target, name="—")
    assert led(client, "/relationships/7001/") == (404, "")


@pytest.mark.parametrize(
    "address", ["/relationships/99999999999999999999999/", "/cities/nowhere/", "/provinces/nowhere/"]
)
def test_what_never_was_is_not_found(client: Client, address: str) -> None:
    assert led(client, address) == (404, "")
