"""A draft is planted, and every address of the API is asked for it; published, the same addresses show it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from friendship.enums import ReviewState
from friendship.models import Relationship
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Relationship:
    """A draft with all that could give it away."""
    row = builders.tie(type="other", type_as_printed="planted", review_state=ReviewState.DRAFT, founded_year=1999)
    builders.evidence(row, quote="planted", start=0, end=7, value="planted")
    builders.event(row, source=builders.source("paper"))
    builders.total()
    return row


def seen(client: Client, pk: int) -> dict[str, Any]:
    """What each address of the API knows of the tie."""

    def get(path: str) -> Any:
        return client.get(f"/api/v1/{path}").json()

    return {
        "itself": client.get(f"/api/v1/relationships/{pk}/").status_code,
        "list": get("relationships/?place=one")["count"],
        "search": get("relationships/?q=One+Two")["count"],
        "newest": pk in [row["id"] for row in get("relationships/?sort=updated")["results"]],
        "source filter": get("relationships/?source=paper")["count"],
        "source": [piece["quote"] for piece in get("sources/paper/")["evidence"]],
        "tie_count": get("sources/paper/")["tie_count"],
        "listed tie_count": {row["slug"]: row["tie_count"] for row in get("sources/?page_size=500")["results"]}[
            "paper"
        ],
        "places by type": [row["slug"] for row in get("places/?type=other&q=One")["results"]],
        "recorded": get("totals/?page_size=500")["results"][-1]["recorded"],
    }


def test_no_address_knows_a_draft(client: Client, draft: Relationship) -> None:
    assert seen(client, draft.pk) == {
        "itself": 404,
        "list": 0,
        "search": 0,
        "newest": False,
        "source filter": 0,
        "source": [],
        "tie_count": 0,
        "listed tie_count": 0,
        "places by type": [],
        "recorded": 0,
    }


def test_no_page_of_any_list_holds_a_word_of_it(client: Client, draft: Relationship) -> None:
    for name in ("relationships", "places", "countries", "sources", "totals"):
        address = f"/api/v1/{name}/?page_size=500"
        while address:
            answer = client.get(address).json()
            assert "planted" not in json.dumps(answer)
            address = answer["next"]


def test_the_same_addresses_show_it_once_published(client: Client, draft: Relationship) -> None:
    Relationship.objects.filter(pk=draft.pk).update(review_state=ReviewState.PUBLISHED)
    assert seen(client, draft.pk) == {
        "itself": 200,
        "list": 1,
        "search": 1,
        "newest": True,
        "source filter": 1,
        "source": ["planted"],
        "tie_count": 1,
        "listed tie_count": 1,
        "places by type": ["one"],
        "recorded": 1,
    }
