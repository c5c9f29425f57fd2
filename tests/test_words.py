"""The index of words gives the rows of a plain LIKE, and the database keeps it."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from friendship import names, words
from friendship.models import Place

pytestmark = pytest.mark.django_db

#: Few characters of many kinds, so that names share them: Chinese of two and four bytes, letters with accents, other
#: scripts, figures, and what means something to LIKE, to FTS5 and to PostgreSQL.
_CHARACTERS = "市州阳绵𠀀𠮷〇aábßİ1٣かй한ก्ع" + " '\"\\%_*:&|!()-·’^\x01\x7f"
NAMES = st.text(_CHARACTERS, min_size=1, max_size=8) | st.sampled_from(["绵阳市", "Stratford-upon-Avon", "ab" * 49])
NEEDLES = st.text(_CHARACTERS, max_size=5)


def place(number: int, name: str, aliases: str = "") -> Place:
    row = Place(country_id="CN", level="city", slug=f"words-{number}", name_zh=name, aliases=aliases)
    row.refresh_search()
    return row


def slugs(**condition: str) -> list[str]:
    return list(Place.objects.filter(**condition).order_by("pk").values_list("slug", flat=True))


def assert_same(needle: str) -> None:
    assert slugs(search_text__finds=needle) == slugs(search_text__contains=needle), repr(needle)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=st.lists(NAMES, min_size=1, max_size=6), queries=st.lists(NAMES | NEEDLES, max_size=4))
def test_every_term_finds_what_like_finds(known: list[str], queries: list[str]) -> None:
    Place.objects.filter(slug__startswith="words-").delete()
    rows = Place.objects.bulk_create(place(number, name) for number, name in enumerate(known))
    terms = {term for query in [*queries, *known] for term in names.search_terms(query)}
    parts = {term[:length] for term in terms for length in (1, 2, 3)}
    for term in sorted(terms | parts):
        assert_same(term)
    rows[0].aliases = known[-1][::-1]
    rows[0].save()
    for term in sorted(terms | {*names.search_terms(rows[0].aliases)}):
        assert_same(term)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=NAMES, needle=NEEDLES)
def test_so_does_whatever_else_is_looked_for(known: str, needle: str) -> None:
    Place.objects.filter(slug__startswith="words-").delete()
    place(1, known).save()
    for spaced in (needle, f" {needle}", f" {names.normalise(known)}", f" {known}"):
        assert_same(spaced.replace("\0", ""))


def test_words_of_any_length() -> None:
    long = "长" * 90 + "x" * 10
    place(1, long, aliases="y" * 3_000 + "\n" + "z" * 40_000).save()
    place(2, "短", aliases="y" * 2_999).save()
    for needle, found in [(" " + "y" * 3_000, 1), (" " + "y" * 2_999, 2), (" " + "z" * 300, 1), ("长" * 90, 1)]:
        assert len(slugs(search_text__finds=needle)) == found
        assert_same(needle)


def test_a_place_that_changes_or_goes_is_found_by_what_it_is_called_now() -> None:
    row = place(1, "合成测试市")
    row.save()
    assert slugs(search_text__finds="成测试") == ["words-1"]
    Place.objects.filter(pk=row.pk).update(search_text=" 别名 bieming")
    assert slugs(search_text__finds="成测试") == []
    assert slugs(search_text__finds=" biem") == ["words-1"]
    row.delete()
    assert slugs(search_text__finds="别名") == []


def test_it_is_there_and_made_again_where_it_was_lost() -> None:
    place(1, "合成测试市").save()
    assert words.is_kept(connection)
    lost = f"DROP TRIGGER {words.NAME}_added" if connection.vendor == "sqlite" else f"DROP INDEX {words.NAME}"
    connection.check_constraints()  # PostgreSQL alters no table for which a check still waits
    with connection.cursor() as cursor:
        cursor.execute(lost)
    assert not words.is_kept(connection)
    place(2, "合成测试县").save()
    connection.check_constraints()
    words.ensure()
    assert words.is_kept(connection)
    assert slugs(search_text__finds="成测试") == ["words-1", "words-2"]


def test_the_database_looks_up_instead_of_looking_through() -> None:
    if connection.vendor == "postgresql":  # which reads a table as small as ours sooner than its index
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Place.objects.filter(search_text__finds="绵阳").explain()
    assert words.NAME in plan
    assert "SCAN friendship_place\n" not in plan
    assert "Seq Scan" not in plan
