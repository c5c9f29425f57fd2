"""Parts of a list from one row to the next: every row once, whatever the order and whatever is added meanwhile."""

from __future__ import annotations

import datetime
from itertools import product
from typing import Any

import pytest
from django.db.models import F, QuerySet
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Country, Place, Relationship
from friendship.queries import keyset
from friendship.queries.keyset import Position
from tests import builders

pytestmark = pytest.mark.django_db

_NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
#: Equal years, months without days, undated rows.
DATES: list[dict[str, Any]] = [
    {},
    {},
    {},
    {"founded_year": 1990},
    {"founded_year": 1990},
    {"founded_year": 1990, "founded_month": 3},
    {"founded_year": 1990, "founded_month": 3, "founded_day": 1},
    {"founded_year": 1990, "founded_month": 3, "founded_day": 1},
    {"founded_year": 1990, "founded_month": 4},
    {"founded_year": 1999, "founded_month": 1, "founded_day": 2},
]


@pytest.fixture(autouse=True)
def _namesakes() -> None:
    """Ties of every date between places of which some bear the same name, in several countries."""
    homes = [builders.place(f"home-{number}", name_zh=f"甲{number % 2}") for number in range(4)]
    countries = [Country.objects.get(pk=code) for code in ("KE", "JP")]
    partners = [
        builders.place(f"partner-{number}", name_zh=f"乙{number % 3}", country=countries[number % 2])
        for number in range(5)
    ]
    for (home, partner), dates in zip(product(homes, partners), DATES * 2, strict=True):
        builders.tie(home, partner, **dates)


def positions(rows: QuerySet[Any]) -> list[Position]:
    """The positions of all rows, in the order of the list."""
    return list(rows.values_list(*(column.name for column in keyset.columns_of(rows))))


def walked(rows: QuerySet[Any], size: int) -> list[Any]:
    """The keys of all rows, from the first part to the last."""
    keys: list[Any] = []
    position: Position | None = None
    while True:
        part = keyset.part_after(rows, position, size)
        keys += part.keys
        if not part.has_after or part.ends is None:
            return keys
        position = part.ends[1]


def walked_back(rows: QuerySet[Any], size: int) -> list[Any]:
    """The keys of all rows but the last, from the end to the beginning, in the order of the list."""
    last = positions(rows)[-1]
    keys: list[Any] = []
    while True:
        part = keyset.part_before(rows, last, size)
        keys = part.keys + keys
        if not part.has_before or part.ends is None:
            return keys
        last = part.ends[0]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("sort", queries.SORTS)
@pytest.mark.parametrize("size", [1, 7, 500])
def test_every_row_comes_once_in_the_order_of_the_list(sort: str, size: int, language: str) -> None:
    with translation.override(language):
        rows = queries.relationships(queries.Criteria(sort=sort))
        ordered = list(rows.values_list("pk", flat=True))
        assert len(ordered) == 132 + 20
        assert walked(rows, size) == ordered
        assert walked_back(rows, size) == ordered[:-1]


@pytest.mark.parametrize("sort", queries.SORTS)
def test_filters_hold(sort: str) -> None:
    rows = queries.relationships(queries.Criteria(sort=sort, country=("KE", "JP"), type=("sister",)))
    assert walked(rows, 4) == list(rows.values_list("pk", flat=True))
    nothing = queries.relationships(queries.Criteria(sort=sort, founded_after=9999))
    assert keyset.part_after(nothing, None, 10) == keyset.Part([], None, has_before=False, has_after=False)


def test_related_rows_are_looked_up_in_growing_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "_FIRST_GROUPS", 1)
    monkeypatch.setattr(keyset, "_GROWTH", 2)
    monkeypatch.setattr(keyset, "_MOST_GROUPS", 4)
    for sort in ("home", "partner", "country"):
        rows = queries.relationships(queries.Criteria(sort=sort))
        assert walked(rows, 3) == list(rows.values_list("pk", flat=True)), sort


@pytest.mark.parametrize("nulls", [{"nulls_first": True}, {"nulls_last": True}])
@pytest.mark.parametrize("descending", [False, True])
def test_nulls_stand_where_the_order_says(nulls: dict[str, bool], descending: bool) -> None:
    direction = "desc" if descending else "asc"
    rows = Relationship.objects.order_by(
        *(getattr(F(f"founded_{part}"), direction)(**nulls) for part in ("year", "month", "day")), "-id"
    )
    ordered = list(rows.values_list("pk", flat=True))
    assert walked(rows, 2) == ordered
    assert walked_back(rows, 2) == ordered[:-1]


@pytest.mark.parametrize("rows", [queries.all_places, queries.all_countries, queries.sources, queries.totals])
def test_other_lists_are_walked_the_same_way(rows: Any) -> None:
    assert walked(rows(), 6) == list(rows().values_list("pk", flat=True))


@pytest.mark.parametrize("sort", queries.SORTS)
def test_rows_added_on_the_way_move_nothing(sort: str) -> None:
    rows = queries.relationships(queries.Criteria(sort=sort))
    before = list(rows.values_list("pk", flat=True))
    met: list[Any] = []
    position: Position | None = None
    for number in range(1000):
        part = keyset.part_after(rows, position, 10)
        met += part.keys
        if not part.has_after or part.ends is None:
            break
        position = part.ends[1]
        builders.tie(
            builders.place(f"new-{number}", name_zh="甲0"), Place.objects.get(slug="partner-0"), **DATES[number % 10]
        )
    assert len(met) == len(set(met))
    assert [key for key in met if key in before] == before


@pytest.mark.parametrize(("sort", "asked"), [("founded", 4), ("-founded", 2), ("updated", 2)])
def test_the_end_is_as_near_as_the_beginning(
    sort: str, asked: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for row in Relationship.objects.all():  # rows of one moment would be found by the first question
        Relationship.objects.filter(pk=row.pk).update(updated_at=_NOON + datetime.timedelta(seconds=row.pk))
    rows = queries.relationships(queries.Criteria(sort=sort, founded_before=9999))
    middle = positions(rows)[59]
    with django_assert_num_queries(asked):
        assert len(keyset.part_after(rows, middle, 20).keys) == 20
