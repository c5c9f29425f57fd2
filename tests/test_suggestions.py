"""What the search boxes suggest, on the shipped register."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.queries import Suggestions, spelling, suggest, suggestions
from tests import builders

pytestmark = pytest.mark.django_db


def key(row: Any) -> str:
    """A place’s slug, a country’s code, or the slugs of both sides of a tie."""
    if isinstance(row, queries.CountryRow):
        return row.country.pk
    return f"{row.home.slug} – {row.partner.slug}" if hasattr(row, "home") else str(row.slug)


def keys(found: Suggestions) -> list[str]:
    return [key(row) for _kind, rows in found.groups for row in rows]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("绵阳", "mianyang"),
        ("绵", "mianyang"),
        ("绵阳市", "mianyang"),
        ("mianyang", "mianyang"),
        ("mian yang", "mianyang"),
        ("my", "mianyang"),
        ("Mianyang", "mianyang"),
        ("MIANYANG", "mianyang"),
        ("ｍｉａｎｙａｎｇ", "mianyang"),
        ("广岛", "hiroshima-prefecture"),
        ("hiroshima", "hiroshima-prefecture"),
        ("gd", "hiroshima-prefecture"),
        ("蓉", "chengdu"),
        ("川", "sichuan"),
        ("lodz", "lodz"),
        ("ŁÓDŹ", "lodz"),
        ("stratford avon", "stratford-upon-avon"),
        ("Germany", "DE"),
        ("germ", "DE"),
        ("德国", "DE"),
        ("deguo", "DE"),
        ("chengdu montpellier", "chengdu – montpellier"),
        ("蒙彼利埃 成都", "chengdu – montpellier"),
        ("绵阳 庄原", "mianyang – shobara"),
        ("绵阳庄原", "mianyang – shobara"),
        ("庄原—绵阳", "mianyang – shobara"),
        ("chengdu france", "chengdu – montpellier"),
    ],
)
def test_what_is_called_so_comes_first(text: str, first: str) -> None:
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found = suggest(text)
        assert keys(found)[:1] == [first]
        assert not found.similar


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Hirosima", "hiroshima-prefecture"),
        ("hirosim", "hiroshima-prefecture"),
        ("mianyagn", "mianyang"),
        ("mianyangg", "mianyang"),
        ("Wasington", "washington"),
        ("Volgagrad", "volgograd"),
        ("绵杨", "mianyang"),
        ("眉杉", "meishan"),
        ("蒙彼利亚", "montpellier"),
        ("Chiangmai", "chiang-mai"),
        ("Gremany", "DE"),
        ("chengdu montpelier", "chengdu – montpellier"),
        ("绵阳 庄园", "mianyang – shobara"),
    ],
)
def test_a_small_error_finds_what_is_similar(text: str, first: str) -> None:
    found = suggest(text)
    assert keys(found)[:1] == [first]
    assert found.similar


@pytest.mark.parametrize(
    "text",
    ["", " ", "!?・—", "%", "_", "\x00", "zzzz", "asdf", "asdfghjk", "qwerty", "哈哈", "鑫", "德德德德德", "x" * 200],
)
def test_nonsense_resembles_nothing(text: str) -> None:
    assert suggest(text) == Suggestions()


@pytest.mark.parametrize("text", ["beijing", "北京", "Ya’an", "Iceland"])
def test_a_name_without_a_tie_is_not_taken_for_an_error(text: str) -> None:
    assert suggest(text) == Suggestions()


def test_names_that_are_called_so_are_not_joined_by_similar_ones() -> None:
    builders.tie(builders.place("mianyong"), builders.place("lunz"))
    assert keys(suggest("lunz")) == ["lunz"]
    assert keys(suggest("linz")) == ["linz"]
    assert keys(suggest("mianyang")) == ["mianyang"]
    assert keys(suggest("mianyung")) == ["mianyang", "mianyong"]


def test_exact_names_then_beginnings_then_words_then_anywhere() -> None:
    hub = builders.place("hub")
    places = {
        "anywhere": builders.place("anywhere", name_zh="东甲乙", name_en="East"),
        "word": builders.place("word", name_zh="东部 甲乙", name_en="Word"),
        "beginning": builders.place("beginning", name_zh="甲乙丙", name_en="Beginning"),
        "more-ties": builders.place("more-ties", name_zh="甲乙丁", name_en="More Ties"),
        "exact": builders.place("exact", name_zh="甲乙", name_en="Exact"),
    }
    for place in places.values():
        builders.tie(hub, place)
    builders.tie(places["anywhere"], places["more-ties"])
    assert keys(suggest("甲乙")) == ["exact", "more-ties", "beginning", "word", "anywhere"]


def test_each_language_begins_with_its_own_spelling() -> None:
    builders.tie(builders.place("quux", name_en="Quux", name_zh="某地"), builders.place("moudon", name_en="Moudon"))
    with translation.override("en"):
        assert keys(suggest("moud")) == ["moudon", "quux"]
    with translation.override("zh-hans"):
        assert keys(suggest("moud")) == ["quux", "moudon"]


def test_a_country_comes_first_where_only_it_is_called_so() -> None:
    assert keys(suggest("Mexico"))[0] == "MX"
    builders.tie(builders.place("mexico-city", name_en="Mexico City", country_id="MX"))
    assert keys(suggest("Mexico"))[:2] == ["MX", "mexico-city"]
    builders.tie(builders.place("mexico-ohio", name_en="Mexico", country_id="US"), builders.place("three"))
    assert keys(suggest("Mexico"))[0] == "mexico-ohio"


def test_a_place_is_found_through_its_country_but_not_by_it_alone() -> None:
    assert keys(suggest("montpellier france")) == ["montpellier"]
    assert keys(suggest("France")) == ["FR"]


def test_countries_come_with_the_number_of_their_ties() -> None:
    [row] = suggest("Japan").countries
    assert row.ties == queries.count_ties(queries.Criteria(country=("JP",))) == 12
    builders.tie(partner=builders.place("wish", country_id="JP"), type="intent")
    assert [(row.ties, row.rows) for row in suggest("Japan").countries] == [(12, 13)]


def test_one_name_suggests_no_tie_and_two_only_those_between_them() -> None:
    assert suggest("chengdu").ties == []
    assert suggest("mian yang").ties == []
    assert suggest("chengdu shobara").count == 0


def test_no_more_than_the_limit() -> None:
    builders.ties(30)
    assert [suggest("city").count, suggest("city", limit=3).count, suggest("a").count] == [8, 3, 8]
    assert suggest("city", limit=20, places_only=True).count == 20
    assert len(suggest("a").countries) == 3


def test_places_alone_where_only_places_are_asked_for() -> None:
    assert keys(suggest("Germany", places_only=True)) == []
    assert keys(suggest("chengdu montpellier", places_only=True)) == []
    assert keys(suggest("Hirosima", places_only=True)) == ["hiroshima-prefecture", "higashihiroshima"]


def test_a_draft_is_not_suggested() -> None:
    hidden = builders.place("hidden-draft", country_id="IS", name_en="Hidden Draft", name_zh="隐藏")
    draft = builders.tie(builders.place("mianyang"), hidden, review_state="draft")
    for text in ("hidden", "Hiden Draft", "hiddendraft", "隐藏", "隐仓", "Iceland", "mianyang hidden", "绵阳隐藏"):
        assert suggest(text).count == 0, text
    assert keys(suggest("mianyang")) == ["mianyang"]
    draft.review_state = "published"
    draft.save()
    assert keys(suggest("hidden")) == keys(suggest("Hiden Draft")) == keys(suggest("隐仓")) == ["hidden-draft"]
    assert keys(suggest("mianyang hidden")) == ["mianyang – hidden-draft"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("!!!", 0),
        # The state, which places are called so, their names, countries of that name: none, and the places.
        ("mianyang", 5),
        ("Germany", 3),  # no place is called so
        ("chengdu montpellier", 5),  # two words, and the ties between the two
        ("绵阳庄原", 6),  # the whole, and both halves
        ("zzzz", 6),  # and the number of places, their names, and those of countries
        ("Hirosima", 11),  # and once more places and countries, by other words
    ],
)
def test_it_asks_as_often_for_one_row_as_for_thirty(
    text: str, asked: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    suggest("France")  # the columns are made
    with django_assert_num_queries(asked):
        suggest(text)
    builders.ties(30)
    suggest("France")
    with django_assert_num_queries(asked):
        suggest(text)


def test_a_letter_finds_thousands_of_which_those_with_the_most_ties_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suggestions, "_RANKED", 3)
    hub = builders.place("hub")
    for number in range(6):
        place = builders.place(f"dorf-{number}", name_en=f"Dorf {number}")
        for _tie in range(number + 1):
            builders.tie(builders.place(f"to-{number}-{_tie}"), place)
    builders.tie(hub, builders.place("dorf", name_en="Dorf"))
    assert keys(suggest("dorf")) == ["dorf", "dorf-5", "dorf-4", "dorf-3"]


def test_names_are_not_compared_where_that_would_take_too_long() -> None:
    with mock.patch.object(spelling, "MOST_PLACES", 225):
        assert suggest("Hirosima") == Suggestions()
        assert keys(suggest("Hiroshima"))[0] == "hiroshima-prefecture"


def test_a_hundred_words_are_not_compared_and_break_nothing() -> None:
    assert suggest(" ".join(str(number) for number in range(100))) == Suggestions()


def test_a_name_of_marks_alone_hurts_no_search() -> None:
    builders.tie(builders.place("marks", name_en="- -"), builders.place("two"))
    assert [place.slug for place in queries.suggest("hirosima").places] == ["hiroshima-prefecture", "higashihiroshima"]
