"""Made-up ties: as many as asked for, the same each time, and saying what they are."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from friendship.models import Evidence, Place, Relationship, Source

pytestmark = pytest.mark.django_db


def generate(count: int, seed: int = 1) -> list[tuple[object, ...]]:
    """The made-up ties of a run, as plain values."""
    before = set(Relationship.objects.values_list("pk", flat=True))
    call_command("generate", relationships=count, seed=seed, stdout=StringIO())
    columns = ("home__slug", "partner__slug", "type", "status", "founded_year", "founded_day", "ended_year")
    return list(Relationship.objects.exclude(pk__in=before).order_by("pk").values_list(*columns))


def forget() -> None:
    Relationship.objects.filter(evidence__source__slug="synthetic").delete()
    Source.objects.filter(slug="synthetic").delete()
    Place.objects.filter(slug__startswith="synthetic-").delete()


def test_as_many_as_asked_for_and_the_same_each_time() -> None:
    first = generate(300)
    assert len(first) == 300
    assert Place.objects.filter(slug__startswith="synthetic-").count() == 150
    forget()
    assert generate(300) == first
    forget()
    assert generate(300, seed=2) != first


def test_every_tie_says_that_it_is_made_up() -> None:
    generate(40)
    made = Relationship.objects.filter(evidence__source__slug="synthetic")
    assert made.count() == Evidence.objects.filter(source__slug="synthetic").count() == 40
    for tie in made.select_related("home", "partner"):
        for side in (tie.home, tie.partner):
            assert re.fullmatch("合成[\u4e00-\u9fff]{2,3}[0-9]*", side.name_zh)
            assert re.fullmatch("Synthetic [A-Z][a-z]+( [0-9]+)?", side.name_en)
            assert "synthetic" in side.search_text


def test_places_have_different_names() -> None:
    generate(3_000)
    places = Place.objects.filter(slug__startswith="synthetic-")
    assert len(set(places.values_list("name_zh", flat=True))) == places.count() == 1_500
    assert len(set(places.values_list("name_en", flat=True))) == 1_500
    assert len({name[2] for name in places.values_list("name_zh", flat=True)}) > 200


@pytest.mark.parametrize("count", [1, 7, 19, 20])
def test_few_ties_are_as_many_as_asked_for(count: int) -> None:
    assert len(generate(count)) == count


def test_not_twice_and_not_where_people_work() -> None:
    generate(5)
    with pytest.raises(CommandError, match="already holds synthetic ties"):
        generate(5)
    forget()
    User.objects.create_user("clerk")
    with pytest.raises(CommandError, match="staff accounts"):
        generate(5)
    assert not Source.objects.filter(slug="synthetic").exists()


def test_a_number_below_one_is_refused() -> None:
    with pytest.raises(CommandError, match="--relationships must be 1 or more"):
        generate(0)
