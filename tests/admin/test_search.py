"""Places are found by any of their names, ties by those of their places, and lists narrow by filters."""

from __future__ import annotations

import pytest
from django.utils import translation

from friendship import queries
from friendship.enums import Level
from friendship.models import Country, Place
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk

pytestmark = pytest.mark.django_db


def offers(typed: str, language: str = "") -> list[str]:
    """The labels that the box for the home side offers."""
    query = {"app_label": "friendship", "model_name": "relationship", "field_name": "home", "term": typed}
    with translation.override(None):
        response = at_the_desk("root").get(f"{language}/admin/friendship/place/choices/", query)
    return [result["text"] for result in response.json()["results"]]


@pytest.mark.parametrize("typed", ["绵阳甲", "mianyangjia", "myjs", "mian yang jia", "Mienyang-jia", "MIÁNYÁNGJIÁ"])
def test_a_chinese_city_is_found_by_any_of_its_names(typed: str) -> None:
    builders.place("mianyang-jia", name_zh="绵阳甲市", name_en="Mianyangjia", aliases="Mienyang Jia")
    with translation.override("en"):
        assert offers(typed, "/en") == ["Mianyangjia 绵阳甲市 (China · city level)"]


def test_a_name_comes_before_a_country_of_that_name() -> None:
    builders.place("my-own", name_en="My Own")
    builders.place("kuching-two", country=Country.objects.get(pk="MY"), name_en="A Town")  # code MY: search word “my”
    found = offers("my", "/en")
    assert found.index("My Own (China · city level)") < found.index("A Town (Malaysia · city level)")


def test_labels_tell_places_of_one_name_apart() -> None:
    us = Country.objects.get(pk="US")
    for state in ("north", "south"):
        parent = builders.place(state, country=us, level=Level.PROVINCE)
        builders.place(f"{state}-lodz", country=us, parent=parent, name_en="Łodzia")
    assert offers("lodzia", "/en") == [
        "Łodzia (United States · North · city level)",
        "Łodzia (United States · South · city level)",
    ]


def test_an_editor_may_ask_and_a_stranger_may_not() -> None:
    query = {"app_label": "friendship", "model_name": "relationship", "field_name": "home", "term": "四川"}
    editor = at_the_desk("editor", "Editors")
    assert editor.get("/en/admin/friendship/place/choices/", query).status_code == 200
    editor.logout()
    assert editor.get("/en/admin/friendship/place/choices/", query).status_code == 302


@pytest.mark.parametrize("typed", ["四川", "sichuan", "sc", "washington", "美国 四川", "Lodz", "日本", "，", "nowhere"])
def test_the_list_of_ties_is_searched_as_the_public_one(typed: str) -> None:
    public = set(queries.select(queries.Criteria(q=typed)).values_list("pk", flat=True))
    response = at_the_desk("root").get(RELATIONSHIPS, {"q": typed, "all": "", "review_state__exact": "published"})
    assert {row.pk for row in response.context["cl"].queryset} == public


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"founded": "1980s"}, ["eighties"]),
        ({"founded": "1982"}, ["eighties"]),
        ({"founded": "1983"}, []),
        ({"founded": "soon"}, ["eighties", "undated"]),
        ({"founded": "none"}, ["undated"]),
        ({"has_evidence": "no"}, ["undated"]),
        ({"has_evidence": "yes"}, ["eighties"]),
        ({"has_evidence": "perhaps"}, ["eighties", "undated"]),
    ],
)
def test_filters_by_year_and_by_what_is_missing(query: dict[str, str], found: list[str]) -> None:
    eighties = builders.tie(partner=builders.place("eighties"), founded_year=1982)
    builders.evidence(eighties)
    builders.tie(partner=builders.place("undated"))
    response = at_the_desk("root").get(RELATIONSHIPS, query)
    rows = response.context["cl"].queryset.filter(home__slug="one")
    assert sorted(row.partner.slug for row in rows) == found


def test_a_decade_opens_its_years() -> None:
    builders.tie(founded_year=1951)
    filters = at_the_desk("root").get(RELATIONSHIPS, {"founded": "1950s"}).context["cl"].filter_specs
    choices = next(spec.lookup_choices for spec in filters if spec.title == "date established")
    opened = choices.index(("1950s", "1950s"))
    assert choices[opened + 1] == ("1951", "· 1951")
    assert [value for value, _label in choices if value.isdigit()] == ["1951"]
    assert choices[-1] == ("none", "no date")


def test_the_box_that_chooses_a_place_lists_them_by_name_before_anything_is_typed() -> None:
    query = {"app_label": "friendship", "model_name": "relationship", "field_name": "home"}
    offered = at_the_desk("root").get("/en/admin/friendship/place/choices/", query).json()["results"]
    by_name = Place.objects.order_by("pinyin", "slug").values_list("pk", flat=True)
    assert [int(place["id"]) for place in offered] == list(by_name[:20])
