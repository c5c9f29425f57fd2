"""What programs ask for again and again: not made anew until something has changed, and then at once."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Place, Relationship
from tests import builders

pytestmark = pytest.mark.django_db

PATHS = ["/map/data.json", "/feeds/recent.xml", "/anniversaries.ics"]


def tag(client: Client, path: str) -> str:
    response = client.get(path)
    assert response["Cache-Control"] == "no-cache"
    return response["ETag"]


@pytest.mark.parametrize("path", PATHS)
def test_who_has_it_is_told_so_in_one_question(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    known = {"if-none-match": tag(client, path)}
    with django_assert_num_queries(1):
        response = client.get(path, headers=known)
    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize("path", PATHS)
def test_every_change_makes_it_anew(client: Client, path: str) -> None:
    tags = [tag(client, path)]
    made = builders.tie()
    tags.append(tag(client, path))
    made.status = "ended"
    made.save()
    tags.append(tag(client, path))
    Place.objects.get(slug="one").save()
    tags.append(tag(client, path))
    Relationship.objects.filter(pk=made.pk).delete()
    tags.append(tag(client, path))
    assert len(set(tags)) == 5


def test_a_change_that_began_before_the_latest_but_ended_after_it_is_seen() -> None:
    early, late = builders.ties(2)
    before = queries.state()
    Relationship.objects.filter(pk=early.pk).update(version=early.version + 1, updated_at=early.updated_at)
    assert early.updated_at < late.updated_at
    assert queries.state() != before


@pytest.mark.parametrize("path", PATHS)
def test_language_filter_and_day_make_it_another(client: Client, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    tags = [tag(client, path), tag(client, f"/en{path}"), tag(client, f"{path}?country=JP")]
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: tomorrow)
    assert len({*tags, tag(client, path)}) == 4
