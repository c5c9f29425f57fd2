"""Counting the ties that answer a question."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from itertools import accumulate, combinations, product

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Country, Relationship
from friendship.queries import Criteria, Group, Year
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def _alone() -> None:
    """A register that holds only what the test writes."""
    Relationship.objects.all().delete()


def numbers(groups: list[Group]) -> dict[str, int]:
    return {group.value: group.total for group in groups}


def country(code: str) -> Country:
    return Country.objects.get(pk=code)


@pytest.mark.usefixtures("_alone")
def test_nothing_to_count() -> None:
    builders.tie(review_state="draft", founded_year=2000)
    found = queries.statistics(Criteria())
    assert (found.listed, found.ties, found.undated, found.years) == (frozenset(), 0, 0, [])
    assert (found.first_year, found.latest_year, found.busiest_years) == (None, None, [])
    for groups in (found.types, found.countries, found.continents, found.places, found.levels):
        assert groups == []


@pytest.mark.usefixtures("_alone")
def test_years_with_types_and_what_has_come_together() -> None:
    for number, (year, kind) in enumerate(
        [
            (1990, "sister"),
            (1990, "cooperation"),
            (1990, "sister"),
            (1995, "exchange"),
            (2000, "sister"),
            (None, "other"),
        ]
    ):
        builders.tie(builders.place("one"), builders.place(f"city-{number}"), founded_year=year, type=kind)
    found = queries.statistics(Criteria())
    assert found.years == [
        Year(1990, {"sister": 2, "cooperation": 1}, 3, 3),
        Year(1995, {"exchange": 1}, 1, 4),
        Year(2000, {"sister": 1}, 1, 5),
    ]
    assert (found.ties, found.undated, found.first_year, found.latest_year) == (6, 1, 1990, 2000)
    assert [year.year for year in found.busiest_years] == [1990]
    assert numbers(found.types) == {"sister": 3, "cooperation": 1, "exchange": 1, "other": 1}


@pytest.mark.usefixtures("_alone")
def test_several_years_may_be_the_busiest() -> None:
    for number, year in enumerate([1990, 1990, 1991, 1992, 1992]):
        builders.tie(builders.place("one"), builders.place(f"city-{number}"), founded_year=year)
    assert [year.year for year in queries.statistics(Criteria()).busiest_years] == [1990, 1992]


@pytest.mark.usefixtures("_alone")
def test_letters_of_intent_and_ended_ties_count_only_where_asked_for() -> None:
    builders.tie(builders.place("one"), builders.place("two"), type="intent")
    builders.tie(builders.place("one"), builders.place("three"), status="ended")
    builders.tie(builders.place("one"), builders.place("four"))

    def ties(**asked: tuple[str, ...]) -> int:
        return queries.statistics(Criteria(**asked)).ties  # type: ignore[arg-type]

    assert (ties(), ties(type=("intent",)), ties(status=("ended",))) == (1, 1, 1)
    assert (ties(type=("intent", "sister")), ties(status=("ended", "active"))) == (2, 2)
    listed = {("intent", "active"), ("sister", "ended"), ("sister", "active")}
    assert queries.statistics(Criteria()).listed == listed


@pytest.mark.usefixtures("_alone")
def test_countries_and_continents_of_either_side_without_what_all_share() -> None:
    home = builders.place("one")
    for number, code in enumerate(["JP", "JP", "FR", "CN"]):
        builders.tie(home, builders.place(f"city-{number}", country=country(code)))
    builders.tie(builders.place("berlin", country=country("DE")), home)
    with translation.override("en"):
        found = queries.statistics(Criteria())
    assert found.countries == [Group("JP", "Japan", 2), Group("FR", "France", 1), Group("DE", "Germany", 1)]
    assert (found.shared_countries, found.shared_continents) == (["China"], ["Asia"])
    assert numbers(found.continents) == {"europe": 2}
    assert [group.value for group in found.single_tie_countries] == ["FR", "DE"]


@pytest.mark.usefixtures("_alone")
def test_nothing_is_left_out_where_nothing_would_remain() -> None:
    builders.tie(builders.place("one"), builders.place("two", country=country("JP")), founded_year=1999)
    found = queries.statistics(Criteria())
    assert (numbers(found.countries), found.shared_countries) == ({"CN": 1, "JP": 1}, [])
    assert (numbers(found.continents), found.shared_continents) == ({"asia": 1}, [])
    assert (found.first_year, found.latest_year, [year.year for year in found.busiest_years]) == (1999, 1999, [1999])


@pytest.mark.usefixtures("_alone")
def test_of_values_asked_for_only_these_are_counted() -> None:
    home = builders.place("one")
    for number, code in enumerate(["JP", "JP", "FR"]):
        builders.tie(home, builders.place(f"city-{number}", country=country(code)))
    builders.tie(builders.place("two"), home)
    assert numbers(queries.statistics(Criteria(country=("JP",))).countries) == {"JP": 2}
    assert numbers(queries.statistics(Criteria(country=("FR", "JP"))).countries) == {"JP": 2, "FR": 1}
    assert numbers(queries.statistics(Criteria(country=("CN",))).countries) == {"CN": 4}
    assert numbers(queries.statistics(Criteria(continent=("europe",))).continents) == {"europe": 1}
    assert numbers(queries.statistics(Criteria(place=("two",))).places) == {"two": 1}
    assert numbers(queries.statistics(Criteria(place=("city-0",))).places) == {}


@pytest.mark.usefixtures("_alone")
def test_home_places_count_what_touches_them_on_either_side() -> None:
    one, two, three = (builders.place(slug) for slug in ("one", "two", "three"))
    builders.tie(one, two)
    builders.tie(two, three)
    builders.tie(two, builders.place("four", level="county"))
    found = queries.statistics(Criteria())
    assert [(group.value, group.total) for group in found.places] == [("two", 3), ("one", 1)]
    assert numbers(found.levels) == {"city": 3}


@pytest.mark.usefixtures("_alone")
def test_a_place_is_named_in_the_language_that_it_has() -> None:
    builders.tie(builders.place("one", name_zh="", name_en="One"), builders.place("two"))
    builders.tie(builders.place("three", name_zh="叁市", name_en=""), builders.place("four"))
    with translation.override("en"):
        labels = {group.label: group.language for group in queries.statistics(Criteria()).places}
    assert labels == {"One": "", "叁市": "zh-Hans"}
    labels = {group.label: group.language for group in queries.statistics(Criteria()).places}
    assert labels == {"One": "en", "叁市": ""}


def test_two_questions_whatever_the_size(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for size in (0, 30):
        builders.ties(size, founded_year=1999)
        builders.columns_are_read()
        with django_assert_num_queries(2):  # the state, and the names of the home places
            queries.statistics(Criteria())
        with django_assert_num_queries(1):
            queries.statistics(Criteria(), most_places=0)


def edges() -> None:
    """Ties of every type and status, with and without dates, between homes, and some that nobody may see."""
    homes = [builders.place(slug) for slug in ("one", "two", "three")]
    homes.append(builders.place("county", level="county", country=country("JP"), name_zh="", name_en="County"))
    kinds, statuses = ["sister", "cooperation", "exchange", "intent", "other"], ["active", "ended", "unknown"]
    cities = [builders.place(f"city-{n}", country=country(["FR", "JP", "CN", "DE"][n % 4])) for n in range(9)]
    pairs = [*combinations(homes, 2), *product(homes, cities)]
    for number, (one, other) in enumerate(pairs):
        state = {"review_state": "draft"} if number % 7 == 5 else {}
        dated = {"founded_year": 1980 + number % 9} if number % 4 else {}
        builders.tie(one, other, type=kinds[number % 5], status=statuses[number % 3], **state, **dated)


@pytest.mark.parametrize(
    "asked",
    [
        Criteria(),
        Criteria(founded_after=1982, founded_before=1986),
        Criteria(type=("intent", "sister")),
        Criteria(status=("ended",)),
        Criteria(country=("JP",)),
        Criteria(place=("one", "two"), type=("cooperation",)),
        Criteria(q="city"),
    ],
)
def test_figures_are_those_of_the_rows(asked: Criteria) -> None:
    edges()
    rows = list(queries.select(asked).select_related("home__country", "partner__country"))
    counted = set(queries.select(asked).counted(asked.type, asked.status))
    ties = [row for row in rows if row in counted]
    assert ties
    found = queries.statistics(asked)
    assert found.listed == {(row.type, row.status) for row in rows}
    assert (found.ties, found.undated) == (len(ties), sum(tie.founded_year is None for tie in ties))
    by_year = Counter((tie.founded_year, tie.type) for tie in ties if tie.founded_year)
    assert Counter({(year.year, kind): n for year in found.years for kind, n in year.types.items()}) == by_year
    assert [year.year for year in found.years] == sorted({year for year, _kind in by_year})
    assert [year.total for year in found.years] == [sum(year.types.values()) for year in found.years]
    assert [year.cumulative for year in found.years] == list(accumulate(year.total for year in found.years))
    assert numbers(found.types) == Counter(tie.type for tie in ties)
    assert numbers(found.levels) == Counter(tie.home.level for tie in ties)
    touched = Counter(code for tie in ties for code in {tie.home.country_id, tie.partner.country_id})
    wanted = {code: n for code, n in touched.items() if (code in asked.country if asked.country else n < len(ties))}
    assert numbers(found.countries) == wanted
    homes = {tie.home.slug for tie in ties}
    places = Counter(slug for tie in ties for slug in (tie.home.slug, tie.partner.slug) if slug in homes)
    assert numbers(found.places) == {slug: n for slug, n in places.items() if not asked.place or slug in asked.place}
    assert [group.total for group in found.places] == sorted(numbers(found.places).values(), reverse=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_first_places_are_the_first_of_all(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    edges()
    with translation.override(language):
        everything = queries.statistics(Criteria())
        for most in (0, 1, 2, 3, 5, 1000):
            found = queries.statistics(Criteria(), most)
            assert (found.places, found.place_count) == (everything.places[:most], len(everything.places))
        monkeypatch.setattr(import_module("friendship.queries.statistics"), "_FEW", 2)
        assert queries.statistics(Criteria()) == everything
