"""The state of the register: another one after every write, whoever writes and however."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from friendship import state
from friendship.models import Country, Place, Redirect, Relationship, ReportedTotal
from tests import builders

pytestmark = pytest.mark.django_db


def by_hand() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE friendship_relationship SET note_en = 'by hand' WHERE id = 1")


WRITES: dict[str, Callable[[], object]] = {
    "a country is changed": lambda: Country.objects.filter(pk="JP").update(name_en="Nippon"),
    "a place is added": lambda: builders.place("three"),
    "a tie is saved": lambda: Relationship.objects.get(pk=1).save(),
    "a tie is deleted": lambda: Relationship.objects.filter(pk=1).delete(),
    "a source is added": lambda: builders.source("gazette"),
    "evidence is added": lambda: builders.evidence(Relationship.objects.get(pk=1)),
    "an event is added": lambda: builders.event(Relationship.objects.get(pk=1)),
    "a total is added": builders.total,
    "a total is deleted": lambda: ReportedTotal.objects.all().delete(),
    "a place is merged": lambda: Redirect.objects.create(kind="place", gone=999, slug="gone", name="Gone", kept=1),
    "rows are added at once": lambda: Place.objects.bulk_create(
        [Place(country_id="CN", level="city", slug="many", name_en="Many")]
    ),
    "somebody writes by hand": by_hand,
}


@pytest.mark.parametrize("what", WRITES)
def test_every_write_makes_it_another(what: str) -> None:
    before = state.state()
    assert state.state() == before
    WRITES[what]()
    assert state.state() != before


def test_a_write_that_is_taken_back_leaves_none_and_the_next_one_has_its_own() -> None:
    before, seen = state.state(), set()
    for _time in range(2):
        with transaction.atomic():
            builders.place("three")
            seen.add(state.state())
            transaction.set_rollback(True)
        assert state.state() == before
    assert len(seen) == 2  # SQLite gives the same number again: a state must not come twice


def test_no_more_marks_are_kept_than_are_needed() -> None:
    for number in range(30):
        builders.place(f"place-{number}")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {state.MARKS}")  # noqa: S608 (our own name)
        assert cursor.fetchone()[0] <= 21


def test_what_is_missing_is_made_again_and_tells_that_something_may_have_changed() -> None:
    before = state.state()
    table = "friendship_relationship"
    name = "register_mark" if connection.vendor == "postgresql" else f"register_mark_{table}_update"
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    assert [statement for statement in state.missing(connection) if table in statement] != []
    state.install()
    assert (state.missing(connection), state.state() != before) == ([], True)
    by_then = state.state()
    state.install()
    assert state.state() == by_then
    by_hand()
    assert state.state() != by_then


if connection.vendor == "postgresql":  # on SQLite one writes at a time

    @pytest.mark.django_db(transaction=True)
    def test_who_began_first_and_finished_last_is_seen_and_nobody_waits() -> None:
        import psycopg2

        settings = connection.get_connection_params()
        settings = {
            name: settings[name] for name in ("dbname", "user", "password", "host", "port") if settings.get(name)
        }
        early, late = psycopg2.connect(**settings), psycopg2.connect(**settings)
        try:
            early.cursor().execute("UPDATE friendship_relationship SET note_en = 'early' WHERE id = 1")
            late.cursor().execute("UPDATE friendship_relationship SET note_en = 'late' WHERE id = 2")
            late.commit()
            after_late = state.state()
            early.commit()
            assert state.state() != after_late
        finally:
            early.close()
            late.close()
