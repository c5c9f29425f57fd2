"""Whole lists: in constant memory, without a query per row, of one moment."""

from __future__ import annotations

import threading
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from pytest_django import DjangoAssertNumQueries

from friendship import queries, synthetic
from friendship.enums import ReviewState
from friendship.exporters import forms
from friendship.exporters.export import Export
from friendship.exporters.forms import FORMS
from friendship.models import Place, Relationship, Source
from friendship.queries import Criteria, exports, moments, tables
from tests import builders
from tests.exporters.register import empty, one_tie

pytestmark = pytest.mark.django_db


def chunks_of(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let documents and tables be read so many rows at a time."""
    monkeypatch.setattr(exports, "CHUNK", rows)
    monkeypatch.setattr(tables, "CHUNK", rows)


def ids(criteria: Criteria) -> list[int]:
    told = [row.id for row in queries.exported_rows(criteria)]
    assert [tie.id for tie in queries.exported(criteria)] == told
    return told


def test_a_tie_with_all_that_belongs_to_it() -> None:
    one_tie()
    [tie] = queries.exported(Criteria(), "https://x")
    assert (tie.id, tie.url, tie.founded, tie.ended) == (7, "https://x/relationships/7/", "1982-10", "")
    assert [place.slug for place in tie.home.parents] == ["middle", "top"]
    [row] = queries.exported_rows(Criteria(), "https://x")
    assert (row.id, row.url, row.founded, row.ended) == (7, "https://x/relationships/7/", "1982-10", "")
    assert (row.home_province, row.home_city, row.partner_province) == ("top", "middle", "")
    assert (row.sources, row.source_quotes) == ("archive\npaper", "\nOne and Two are sister cities. … still active")


@pytest.mark.parametrize("sort", queries.SORTS)
@pytest.mark.parametrize("chunk", [1, 7, 500])
def test_rows_come_in_the_order_of_the_list_however_they_are_read(
    monkeypatch: pytest.MonkeyPatch, sort: str, chunk: int
) -> None:
    chunks_of(chunk, monkeypatch)
    criteria = Criteria(sort=sort, country=("JP", "US"))
    assert ids(criteria) == [tie.pk for tie in queries.relationships(criteria)]
    assert len(ids(criteria)) > 20


@pytest.mark.parametrize("count", [1, 30])
def test_few_questions_for_a_short_list(django_assert_num_queries: DjangoAssertNumQueries, count: int) -> None:
    empty()
    for tie in builders.ties(count):
        builders.evidence(tie)
        builders.event(tie)
    with django_assert_num_queries(4):  # rows; places, evidence and events
        assert len(list(queries.exported(Criteria()))) == count
    with django_assert_num_queries(5):  # numbers and countries; ties, evidence and sources
        assert len(list(queries.exported_rows(Criteria()))) == count


def test_few_questions_for_each_further_chunk(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    chunks_of(10, monkeypatch)
    empty()
    builders.ties(30)
    with django_assert_num_queries(1 + 3 * 3):
        assert len(list(queries.exported(Criteria()))) == 30
    with django_assert_num_queries(2 + 3 * 2):
        assert len(list(queries.exported_rows(Criteria()))) == 30


def test_sources_are_read_again_where_there_are_too_many_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    chunks_of(2, monkeypatch)
    empty()
    for number, tie in enumerate(builders.ties(9)):
        for slug in {f"{number}", f"{number + 1}", "of-all"}:
            builders.evidence(tie, builders.source(slug))
    rows = sorted(queries.exported_rows(Criteria()))
    assert [row.sources for row in rows] == [f"{number}\n{number + 1}\nof-all" for number in range(9)]


def test_what_contains_a_place_is_called_as_far_as_it_is_public() -> None:
    empty()
    top = builders.place("top", level="province", name_zh="顶省")
    middle = builders.place("middle", parent=top, review_state=ReviewState.DRAFT)
    for home, parent in (("within", middle), ("beside", top)):
        builders.tie(builders.place(home, level="county", parent=parent), builders.place("two"))
    found = {
        row.home_slug: (row.home_province, row.home_province_zh, row.home_city)
        for row in queries.exported_rows(Criteria())
    }
    assert found == {"within": ("top", "顶省", ""), "beside": ("top", "顶省", "")}


@pytest.mark.parametrize("form", [name for name, form in FORMS.items() if form.is_whole])
def test_memory_does_not_grow_with_the_list(monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    chunks_of(50, monkeypatch)
    monkeypatch.setattr(forms, "_BLOCK", 4_096)

    def peak() -> int:
        tracemalloc.start()
        try:
            size = sum(len(block) for block in FORMS[form].blocks(Export(Criteria())))
            assert size > 50_000
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak()  # what is imported and compiled once
    empty()
    synthetic.generate(300, seed=1)
    short = peak()
    Relationship.objects.all().delete()
    Source.objects.filter(slug=synthetic.SOURCE).delete()
    Place.objects.filter(slug__startswith="synthetic-").delete()
    synthetic.generate(1_500, seed=1)
    assert peak() < short + 250_000  # the rows more are a million bytes, read twelve times


def test_a_draft_is_not_there_whatever_one_asks() -> None:
    source = builders.source("draft-paper")
    home, partner = builders.place("draft-home"), builders.place("draft-partner")
    tie = builders.tie(home, partner, review_state=ReviewState.DRAFT)
    builders.evidence(tie, source)
    builders.event(tie, source=source)
    for criteria in (Criteria(place=("draft-home",)), Criteria(source=("draft-paper",)), Criteria(q="draft")):
        assert ids(criteria) == []
        assert list(queries.exported_sources(criteria)) == []
    assert tie.pk not in ids(Criteria())
    assert "draft-paper" not in [row.source.slug for row in queries.exported_sources(Criteria())]
    tie.review_state = ReviewState.PUBLISHED
    tie.save()
    assert ids(Criteria(place=("draft-home",))) == [tie.pk]
    assert "draft-paper" in [row.source.slug for row in queries.exported_sources(Criteria())]


if connection.vendor == "postgresql":  # SQLite’s register of the tests is in memory, where a reader locks

    @pytest.mark.django_db(transaction=True)
    def test_what_is_saved_meanwhile_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
        chunks_of(10, monkeypatch)
        empty()
        builders.ties(30, founded_year=1990)

        def change() -> None:
            Relationship.objects.all().delete()
            connection.close()

        with queries.at_one_moment():
            assert queries.count_rows(Criteria()) == 30
            rows = queries.exported_rows(Criteria())
            first = next(rows)
            other = threading.Thread(target=change)
            other.start()
            other.join(timeout=20)
            assert not other.is_alive()
            assert 1 + len(list(rows)) == queries.count_rows(Criteria()) == 30
            assert first.founded == "1990"
        assert queries.count_rows(Criteria()) == 0


def test_nobody_waits_for_a_reader_on_sqlite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 0,
        "init_command": "PRAGMA journal_mode=WAL",
    }  # as settings.py
    known = {**connection.settings_dict, "ENGINE": "django.db.backends.sqlite3", "OPTIONS": options}
    reader, writer = (DatabaseWrapper({**known, "NAME": tmp_path / "x.sqlite3"}, alias) for alias in ("one", "two"))
    monkeypatch.setattr(moments, "connections", {"default": reader})

    def count() -> int:
        with reader.cursor() as cursor:
            return int(cursor.execute("SELECT count(*) FROM t").fetchone()[0])

    with closing(reader), closing(writer), writer.cursor() as cursor:
        cursor.execute("CREATE TABLE t (x)")
        with queries.at_one_moment():
            assert count() == 0
            cursor.execute("INSERT INTO t VALUES (1)")
            assert count() == 0
        assert count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
def test_who_stops_reading_leaves_nothing_behind(form: str) -> None:
    blocks = FORMS[form].blocks(Export(Criteria()))
    next(iter(blocks))
    assert not connection.get_autocommit() or connection.vendor == "sqlite"
    blocks.close()  # type: ignore[attr-defined]  # as the server does
    builders.tie()  # a transaction left open would refuse, or keep it
    with queries.at_one_moment():
        assert queries.count_rows(Criteria(place=("one",))) == 1
