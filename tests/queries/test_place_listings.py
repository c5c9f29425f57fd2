"""Lists of places from the columns: the same as the database gives."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from django.db.models import Q
from django.utils import translation

from friendship import queries
from friendship.enums import Continent, Level, RelationshipType
from friendship.models import Place, Relationship
from friendship.queries import PLACE_SORTS, PlaceCriteria, PlaceListing
from friendship.queries.places import select_places
from tests import builders

pytestmark = pytest.mark.django_db

CITIES, PROVINCES = [Level.CITY, Level.COUNTY], [Level.PROVINCE]
QUESTIONS = [
    PlaceCriteria(),
    PlaceCriteria(q="one"),
    PlaceCriteria(q="日本"),
    PlaceCriteria(q="!!!"),
    PlaceCriteria(country=("JP", "CN")),
    PlaceCriteria(country=("XX",)),
    PlaceCriteria(continent=("europe",), type=("cooperation",)),
    PlaceCriteria(province=("sichuan",)),
    PlaceCriteria(province=("sichuan", "none"), level=("county",)),
    PlaceCriteria(level=("city",), type=("intent",)),
    PlaceCriteria(type=("intent", "sister")),
]


@pytest.fixture(autouse=True)
def _edges() -> None:
    """Equal names, an ended tie, letters of intent, both sides at home, a county in a city, drafts, no tie at all."""
    same = builders.place("same", name_zh="成都市", name_en="Same")
    county = builders.place("county", level="county", parent=Place.objects.get(slug="mianyang"))
    builders.tie(same, builders.place("one"), type="intent")
    builders.tie(builders.place("one"), builders.place("two", name_zh="", country_id="JP"), status="ended")
    builders.tie(county, builders.place("one"), type="cooperation")
    builders.tie(county, builders.place("hidden"), review_state="draft")
    builders.place("idle")
    builders.tie(builders.place("state", level="province", country_id="US"), same)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_list_holds_the_places_of_the_database_in_its_order(
    question: PlaceCriteria, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for levels in (CITIES, PROVINCES):
        places = Place.objects.filter(level__in=levels)
        for sort in PLACE_SORTS:
            asked = replace(question, sort=sort)
            with translation.override(language):
                expected = [(row.slug, vars(row)["tie_count"]) for row in queries.places(places, asked)]
                for few in (1000, 3):
                    monkeypatch.setattr(import_module("friendship.queries.place_listings"), "_FEW", few)
                    found = PlaceListing(asked, levels)
                    assert len(found) == len(expected)
                    for part in (slice(0, 1000), slice(0, 4), slice(3, 9), slice(900, 950)):
                        rows = [(row.slug, vars(row)["tie_count"]) for row in found[part]]
                        assert rows == expected[part], (sort, few, part)


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_choice_counts_the_places_that_it_leaves(question: PlaceCriteria) -> None:
    words: dict[str, list[str]] = {
        "type": list(RelationshipType.values),
        "continent": list(Continent.values),
        "level": list(Level.values),
    }
    for levels in (CITIES, PROVINCES):
        places = Place.objects.filter(level__in=levels)
        facets = PlaceListing(question, levels).facets
        assert list(facets) == ["type", "country", "continent", "level"]
        for name, choices in facets.items():
            values = words.get(name, ["CN", "JP", "US", "DE", "FR", "IS"])
            counts = {
                value: select_places(places, replace(question, **{name: (value,)})).count()  # type: ignore[arg-type]
                for value in values
            }
            told = {choice.value: choice.count for choice in choices if choice.value in values}
            assert told == {value: n for value, n in counts.items() if n}, name


def test_what_holds_no_tie_in_public_is_in_no_list() -> None:
    listed = {place.slug for place in PlaceListing(PlaceCriteria(), CITIES)[0:1000]}
    assert not listed & {"hidden", "idle"}
    ties = Relationship.objects.published()
    held = Place.objects.filter(level__in=CITIES).filter(
        Q(pk__in=ties.values("home")) | Q(pk__in=ties.values("partner"))
    )
    assert listed == {place.slug for place in held}


def test_an_empty_register_has_empty_lists() -> None:
    Relationship.objects.all().delete()
    for sort in PLACE_SORTS:
        found = PlaceListing(PlaceCriteria(sort=sort), CITIES)
        assert (len(found), found[0:50], found.drawing.dots) == (0, [], [])
        assert all(not choices for choices in found.facets.values())
