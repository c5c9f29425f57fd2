"""Numbers of many rows at once: the same as the rows have."""

from __future__ import annotations

import numpy as np
import pytest
from django.db.models import F
from django.db.models.functions import Coalesce
from pytest_django import DjangoAssertNumQueries

from friendship import numbers
from friendship.models import Place, Relationship
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("at_once", [7, 250_000])
def test_columns_hold_what_the_rows_hold(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "_AT_ONCE", at_once)
    year = Coalesce(F("founded_year") * 512 + Coalesce("founded_month", 0), 0)
    found = numbers.columns(Relationship.objects.published(), "pk", "partner", year)
    rows = Relationship.objects.published().values_list("pk", "partner", "founded_year", "founded_month")
    expected = [(pk, partner, (year or 0) * 512 + (month or 0)) for pk, partner, year, month in rows]
    assert sorted(zip(*(column.tolist() for column in found), strict=True)) == sorted(expected)


def test_a_wide_gap_is_passed_over(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    far = builders.tie(id=10**15).pk
    with django_assert_max_num_queries(5):
        (found,) = numbers.columns(Relationship.objects.published(), "pk")
    assert sorted(found.tolist()) == sorted(Relationship.objects.published().values_list("pk", flat=True))
    assert found.max() == far


def test_degrees_are_those_of_the_rows() -> None:
    exact = builders.place("exact", latitude=30.123456789012, longitude=-0.1)
    located = Place.objects.filter(latitude__isnull=False)
    found = numbers.columns(located, "pk", "latitude", "longitude", kind=np.float64)
    rows = set(zip(*(column.tolist() for column in found), strict=True))
    assert rows == set(located.values_list("pk", "latitude", "longitude"))
    assert (exact.pk, 30.123456789012, -0.1) in rows


@pytest.mark.parametrize("values", [[], [3], [3, 3, 3], [5, 1, 5, 2, 1, -4], [2, 1, 0]])
def test_each_number_once(values: list[int]) -> None:
    assert numbers.distinct(np.array(values, np.int64)).tolist() == sorted(set(values))


def test_there_may_be_none() -> None:
    assert [column.tolist() for column in numbers.columns(Relationship.objects.none(), "pk", "home")] == [[], []]
    assert numbers.array(None).tolist() == []
