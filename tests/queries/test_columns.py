"""Lists, numbers and facets from the columns in memory: the same as the database gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.enums import Continent, Level, RelationshipType, Status
from friendship.models import Place, Relationship
from friendship.queries import Criteria, Listing
from friendship.queries.columns import current
from friendship.queries.listed import places_at
from tests import builders

pytestmark = pytest.mark.django_db


def some(*values: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


YEARS = st.none() | st.integers(min_value=1950, max_value=2030)
QUESTIONS = st.builds(
    Criteria,
    q=st.sampled_from(["", "", "绵阳", "成都 日本", "one", "mian", "united states", "!!!", "州"]),
    country=some("JP", "US", "CN", "FR", "XX"),
    continent=some(*Continent.values),
    type=some(*RelationshipType.values),
    status=some(*Status.values),
    province=some("sichuan", "hiroshima", "washington", "none"),
    place=some("mianyang", "chengdu", "one", "none"),
    level=some(*Level.values),
    founded_after=YEARS,
    founded_before=YEARS,
    source=some("sichuan-press-conference-2023-05-18", "paper", "none"),
    sort=st.sampled_from(queries.SORTS),
)


def made_up() -> None:
    """Rows at the edges: without a year, with a year alone, equal names, both sides in one country, drafts."""
    same = builders.place("same", name_zh="成都市", name_en="Same")
    builders.tie(same, builders.place("two"), type="intent", founded_year=1999)
    builders.tie(builders.place("one"), builders.place("two"), status="ended", ended_year=2001)
    builders.tie(builders.place("three"), builders.place("two"), founded_year=1999, founded_month=5)
    builders.evidence(builders.tie(same, builders.place("one"), founded_year=1999, founded_month=5, founded_day=1))
    builders.event(builders.tie(same, builders.place("three")), source=builders.source())
    builders.tie(builders.place("three"), builders.place("one"), review_state="draft", founded_year=1990)


@pytest.fixture(autouse=True)
def few_ties_to_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("friendship.queries.columns._BLOCK", 8)


def listed(criteria: Criteria) -> list[int]:
    return [tie.pk for tie in Listing(criteria).rows[0:1000]]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS, language=st.sampled_from(["zh-hans", "en"]))
def test_a_list_holds_the_rows_of_the_database_in_its_order(db: None, question: Criteria, language: str) -> None:
    if not Place.objects.filter(slug="same").exists():
        made_up()
    with translation.override(language):
        found = Listing(question)
        expected = [tie.pk for tie in queries.relationships(question)]
        assert listed(question) == expected
        assert len(found.rows) == len(expected)
        assert found.ties == queries.select(question).counted(question.type, question.status).count()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS)
def test_a_facet_and_a_decade_count_what_choosing_them_gives(db: None, question: Criteria) -> None:
    if not Place.objects.filter(slug="same").exists():
        made_up()
    asked: Any
    for name, choices in queries.facets(question).items():
        for choice in choices[:5]:
            asked = replace(question, **{name: (choice.value,)})  # type: ignore[arg-type]
            assert queries.select(asked).count() == choice.count, (name, choice.value)
    for decade in queries.decades(question):
        asked = replace(question, founded_after=decade.first, founded_before=decade.last)
        assert queries.select(asked).count() == decade.count


@pytest.mark.parametrize("first", [None, 1979, 1988, 2003])
@pytest.mark.parametrize("last", [None, 1986, 1999, 2012])
def test_choices_under_years_alone_count_what_choosing_them_gives(first: int | None, last: int | None) -> None:
    made_up()
    years = Criteria(founded_after=first, founded_before=last)
    asked: Any
    for name, choices in queries.facets(years).items():
        for choice in choices:
            asked = replace(years, **{name: (choice.value,)})  # type: ignore[arg-type]
            assert len(Listing(asked).rows) == choice.count, (name, choice.value)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_row_says_what_the_tie_says(language: str) -> None:
    made_up()
    with translation.override(language):
        for row in Listing(Criteria()).rows[0:1000]:
            tie = queries.relationships(Criteria()).get(pk=row.pk)
            for of_row, of_tie in ((row.home, tie.home), (row.partner, tie.partner)):
                assert of_row.get_absolute_url() == of_tie.get_absolute_url()
                assert (of_row.name, of_row.language) == (of_tie.name, of_tie.language)
                assert of_row.other_name == of_tie.other_name
                assert of_row.country.name == of_tie.country.name
                assert of_row.country.get_absolute_url() == of_tie.country.get_absolute_url()
            assert (str(row), row.get_absolute_url()) == (str(tie), tie.get_absolute_url())
            assert (row.type, row.get_type_display()) == (tie.type, tie.get_type_display())
            assert (row.status, row.get_status_display()) == (tie.status, tie.get_status_display())
            assert (row.founded, row.is_counted) == (tie.founded, tie.is_counted)
            assert row.source_count == tie.source_count  # type: ignore[attr-defined]


def test_nothing_is_read_again_until_something_changes(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    held = current()
    with django_assert_num_queries(1):  # the state
        assert current() is held
    tie = Relationship.objects.get(pk=1)
    tie.founded_year, tie.founded_month, tie.founded_day = 1901, None, None
    tie.save()
    assert current() is not held
    assert Listing(Criteria()).rows[0:1][0].pk == 1


def test_an_empty_register_has_empty_lists() -> None:
    Relationship.objects.all().delete()
    found = Listing(Criteria(country=("JP",), q="x", source=("paper",), sort="updated"))
    assert (len(found.rows), found.ties, found.rows[0:50], found.decades) == (0, 0, [], [])
    assert {name: choices for name, choices in found.facets.items() if choices} == {}
    assert all(Listing(Criteria(sort=sort)).rows[0:50] == [] for sort in queries.SORTS)


def test_a_place_that_is_published_after_the_columns_were_read_is_not_taken_for_another() -> None:
    columns = current()
    late = builders.place("late")
    assert late.pk > columns.place_ids.max()
    found = places_at(columns, range(len(columns.place_ids)))
    assert len(found) == len(columns.place_ids)
    slugs = dict(Place.objects.values_list("pk", "slug"))
    assert all(place.slug == slugs[columns.place_ids[at]] for at, place in found.items())
