"""Questions by number whose queries are put together once: what they give is what Django gives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, Prefetch, QuerySet
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Event, Evidence, Place, Relationship
from friendship.queries import prepared
from tests import builders

pytestmark = pytest.mark.django_db


def everything(row: Model) -> dict[str, Any]:
    """All that a row holds without asking, and the rows beside it."""
    held = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    beside = {name: other and everything(other) for name, other in row._state.fields_cache.items() if other != row}
    return {"from": row._state.db, "adding": row._state.adding, **held, **beside}


def of_the_tie(tie: Relationship) -> list[dict[str, Any]]:
    pieces: list[Evidence | Event] = [*tie.evidence.all(), *tie.events.all()]
    assert all(piece.relationship is tie for piece in pieces)
    for piece in pieces:
        del piece._state.fields_cache["relationship"]
    return [everything(row) for row in (tie, *pieces)]


def made_up() -> Relationship:
    """A tie with all that can stand beside it, and with what is missing in many: a container, an event's source."""
    province = builders.place("above", level="province", latitude=30.5, longitude=-104.25)
    tie = builders.tie(builders.place("below", level="county", parent=builders.place("city", parent=province)))
    for source in (builders.source("one", text="Words"), builders.source("two", published_year=2001)):
        builders.evidence(tie, source)
    builders.event(tie, date_year=2003, source=source)
    builders.event(tie, date_year=2001)
    builders.evidence(builders.tie(builders.place("other")))
    return tie


@pytest.mark.parametrize("numbers", ["shipped", "made up"])
def test_a_tie_is_read_as_django_reads_it(numbers: str) -> None:
    events = Event.objects.select_related("source").defer("source__text")
    rows = queries.with_evidence(Relationship.objects.with_places()).prefetch_related(Prefetch("events", events))
    for key in [made_up().pk] if numbers == "made up" else [1, 8, 37]:
        tie = queries.relationship(key)
        assert tie is not None
        assert of_the_tie(tie) == of_the_tie(rows.get(pk=key))


def test_nothing_of_it_is_asked_for_again(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    key = made_up().pk
    with django_assert_num_queries(3):
        tie = queries.relationship(key)
        assert tie is not None
        assert [piece.source.slug for piece in tie.evidence.all()] == ["one", "two"]
        assert [event.source and event.source.slug for event in tie.events.all()] == [None, "two"]
        assert [above.slug for above in tie.home.containers] == ["city", "above"]
        assert tie.partner.container is None
    with django_assert_num_queries(1):  # as rows of the database they can still be asked
        assert tie.evidence.all().filter(source__slug="two").count() == 1


def numbered(keys: Iterable[int]) -> QuerySet[Place]:
    return Place.objects.select_related("country").filter(level="city").filter(pk__in=keys)


def numbered_first(keys: Iterable[int]) -> QuerySet[Place]:
    return Place.objects.filter(pk__in=keys).filter(level="city")


def test_the_query_is_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = builders.place("one"), builders.place("two")
    [first] = prepared.rows(numbered, one.pk)
    monkeypatch.setattr(Place, "objects", None)
    [second] = prepared.rows(numbered, other.pk)
    assert (first.slug, second.slug, second.country.code) == ("one", "two", "CN")


def test_putting_it_together_opens_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[BaseDatabaseWrapper] = []
    create = connections.create_connection

    def created(alias: str) -> BaseDatabaseWrapper:
        made.append(create(alias))
        return made[-1]

    monkeypatch.setattr(connections, "create_connection", created)
    prepared._prepared.cache_clear()
    assert prepared.rows(numbered, builders.place("one").pk)
    assert prepared.values(numbered, [builders.place("one").pk], ("slug", "updated_at"))
    assert [connection.connection for connection in made] == [None, None]


def test_numbers_that_do_not_come_last_are_refused() -> None:
    with pytest.raises(ValueError, match="SELECT"):
        prepared.rows(numbered_first, 1)


def test_a_number_that_no_database_holds_finds_nothing() -> None:
    assert prepared.rows(numbered, 2**63) == []
