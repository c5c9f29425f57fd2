"""The file of an import is a source; the public does not see it before a tie that it speaks of."""

from __future__ import annotations

import pytest
from django.test import Client

from friendship.models import Relationship, Source
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Relationship:
    tie = builders.tie(review_state="draft")
    builders.evidence(tie, builders.source("unseen", title="Unseen.xlsx"))
    return tie


DOORS = ["/sources/unseen/", "/en/sources/unseen/", "/api/v1/sources/unseen/"]


@pytest.mark.parametrize("door", DOORS)
def test_a_source_of_drafts_alone_has_no_page(client: Client, draft: Relationship, door: str) -> None:
    assert client.get(door).status_code == 404
    draft.review_state = "published"
    draft.save()
    assert client.get(door).status_code == 200


@pytest.mark.parametrize("door", ["/api/v1/sources/?page_size=500", "/sitemap-sources.xml"])
def test_lists_do_not_name_it(client: Client, draft: Relationship, door: str) -> None:
    assert b"nseen" not in client.get(door).content
    draft.review_state = "published"
    draft.save()
    assert b"nseen" in client.get(door).content


def test_as_a_filter_it_is_as_unknown_as_one_that_is_not_there(client: Client, draft: Relationship) -> None:
    answers = [client.get("/api/v1/relationships/", {"source": slug}).json() for slug in ("unseen", "nowhere")]
    assert str(answers[0]).replace("unseen", "nowhere") == str(answers[1])


def test_a_source_of_totals_is_public_and_one_of_nothing_yet_is_not(draft: Relationship) -> None:
    builders.source("empty")  # what it is to say may be a proposal that waits for review
    builders.evidence(draft, builders.source("totals"))
    builders.total(by=builders.source("totals"))
    public = set(Source.objects.published().values_list("slug", flat=True))
    assert {"unseen", "empty", "totals"} & public == {"totals"}
