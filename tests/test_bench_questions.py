"""What ``make bench`` asks: the same of both sides, never twice, and in the register’s own words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.http import QueryDict

from bench import flat
from bench.questions import FACETS, PAGE_SIZE, SHOWN, SORTS, Question, Questions
from friendship import filters, queries
from friendship.filters import RelationshipFilter
from friendship.models import Country, Place, Relationship


def test_a_question_is_one_address_here_and_one_in_datasette() -> None:
    question = Question("-founded", q="绵阳", country="JP", type="sister", founded_after=1980, founded_before=1999)
    asked = "sort=-founded&q=%E7%BB%B5%E9%98%B3&country=JP&type=sister&founded_after=1980&founded_before=1999"
    assert question.path == f"/relationships/?{asked}"
    assert question.api_path == f"/api/v1/relationships/?{asked}"
    theirs = urlsplit(question.datasette_path())
    assert theirs.path == "/flat/ties"
    assert parse_qs(theirs.query) == {
        "type": ["sister"],
        "_where": ["(home_country = 'JP' or partner_country = 'JP')"],
        "founded_year__gte": ["1980"],
        "founded_year__lte": ["1999"],
        "_search": ['"绵 阳"'],
        "_searchmode": ["raw"],
        "_sort_desc": ["founded_down"],
        "_facet": list(FACETS),
        "_col": list(SHOWN),
    }


def test_a_further_page_begins_after_a_row_as_datasette_writes_it() -> None:
    address = Question("home", 3).datasette_path(("a b.c·", 17))
    assert dict(parse_qsl(urlsplit(address).query))["_next"] == "a+b~2Ec~C2~B7,17"


def test_words_are_found_from_their_start_and_chinese_anywhere() -> None:
    assert (flat.phrase("mian"), flat.phrase("绵阳市")) == ('"mian"*', '"绵 阳 市"')


def test_the_orders_and_pages_are_those_of_the_register() -> None:
    assert tuple(SORTS) == queries.SORTS
    assert PAGE_SIZE == filters.PAGE_SIZE
    assert set(vars(Question())) - {"page"} <= RelationshipFilter.base_filters.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["a", "y", "b"])
def test_both_sides_find_as_many_rows(kind: str, tmp_path: Path) -> None:
    ties = flat.made(_copied(tmp_path))
    asked = Questions(ties, seed=1).of(kind, {"a": 60, "y": 30, "b": 6}[kind])
    ours = [RelationshipFilter(QueryDict(urlsplit(question.path).query)) for question in asked]
    assert not any(asking.errors for asking in ours)
    here = [queries.select(asking.criteria).count() for asking in ours]
    assert [_rows(ties, question) for question in asked] == here
    assert any(here)


def test_no_question_comes_twice_and_the_same_seed_asks_the_same(tmp_path: Path) -> None:
    ties = _many_ties(tmp_path / "flat.sqlite3")
    one, other = Questions(ties, seed=1), Questions(ties, seed=1)
    first = [*one.mixed(60), *one.mixed(60)]
    assert first == [*other.mixed(60), *other.mixed(60)]
    assert len(set(first)) == len({question.path for question in first}) == 360
    assert {question.sort for question in first} == set(SORTS)
    assert Questions(ties, seed=2).mixed(60) != first[:180]


def test_the_last_page_of_years_and_the_row_before_a_page(tmp_path: Path) -> None:
    questions = Questions(_many_ties(tmp_path / "flat.sqlite3"), seed=1)
    years = Question(founded_after=1950, founded_before=1959)  # ten years of a hundred, of 10,000 ties
    assert questions.last_page(years).page == 20
    assert questions.datasette_path(years) == years.datasette_path()
    third = Question("-founded", 3)
    assert questions.datasette_path(third) == third.datasette_path(("1999", 10_000))


def _many_ties(file: Path) -> Path:
    """A hundred years of a hundred ties each, in the columns that questions look at."""
    columns = ["id INTEGER PRIMARY KEY", "founded_year INTEGER", *(column for column, _descends in SORTS.values())]
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"CREATE TABLE {flat.TABLE} ({', '.join(columns)})")
        years = ((key, *[str(1900 + (key - 1) // 100)] * 7) for key in range(1, 10_001))
        database.executemany(f"INSERT INTO {flat.TABLE} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", years)  # noqa: S608
        database.execute(f"CREATE TABLE {flat.SAMPLES} (country, type, status, words)")
        words = [f" 合成地点{number} he cheng synthetic {number}" for number in range(100, 200)]
        samples = (("JP", "sister", "active", text) for text in words)
        database.executemany(f"INSERT INTO {flat.SAMPLES} VALUES (?, ?, ?, ?)", samples)  # noqa: S608
        database.commit()
    return file


def _copied(folder: Path) -> Path:
    """What is in the database of the test, whatever kind it is, in the tables that the flat one is made from."""
    copy = folder / "register.sqlite3"
    with closing(sqlite3.connect(copy)) as target:
        for model in (Country, Place, Relationship):
            columns = [str(field.column) for field in model._meta.concrete_fields]
            target.execute(f"CREATE TABLE {model._meta.db_table} ({', '.join(columns)})")
            marks = ", ".join("?" * len(columns))
            rows = model._default_manager.values_list(*(field.attname for field in model._meta.concrete_fields))
            plain = ([str(value) if isinstance(value, datetime) else value for value in row] for row in rows)
            target.executemany(f"INSERT INTO {model._meta.db_table} VALUES ({marks})", plain)  # noqa: S608
        target.commit()
    return copy


def _rows(ties: Path, question: Question) -> int:
    """As Datasette understands an address: https://docs.datasette.io/en/stable/json_api.html#table-arguments."""
    conditions, values = ["1"], list[str]()
    for name, value in parse_qsl(urlsplit(question.datasette_path()).query):
        column, _underscores, comparison = name.partition("__")
        if name == "_where":
            conditions.append(value)
        elif name == "_search":
            conditions.append(f"id IN (SELECT rowid FROM {flat.FULL_TEXT} WHERE {flat.FULL_TEXT} MATCH ?)")  # noqa: S608
            values.append(value)
        elif not name.startswith("_"):
            conditions.append(f"{column} {({'gte': '>=', 'lte': '<=', '': '='})[comparison]} ?")
            values.append(value)
    with closing(sqlite3.connect(ties)) as database:
        counted = f"SELECT count(*) FROM {flat.TABLE} WHERE {' AND '.join(conditions)}"  # noqa: S608
        found: int = database.execute(counted, values).fetchone()[0]
    return found
