"""Filters that ask, say themselves in words, and give the address without each part."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.utils import translation

from friendship.filters import Paging, Parameters, PlaceFilter, RelationshipFilter
from friendship.queries import Criteria

pytestmark = pytest.mark.django_db


def asked(query: str) -> RelationshipFilter:
    return RelationshipFilter(QueryDict(query))


def test_every_parameter_becomes_a_part_of_the_question() -> None:
    query = (
        "q=绵阳&country=JP&country=FR&continent=asia&type=sister&type=exchange&status=active&province=sichuan"
        "&place=mianyang&level=city&founded_after=1990&founded_before=2000&source=clionautes-montpellier-chengdu&sort=home"
    )
    assert asked(query).criteria == Criteria(
        q="绵阳",
        country=("FR", "JP"),
        continent=("asia",),
        type=("sister", "exchange"),
        status=("active",),
        province=("sichuan",),
        place=("mianyang",),
        level=("city",),
        founded_after=1990,
        founded_before=2000,
        source=("clionautes-montpellier-chengdu",),
        sort="home",
    )


def test_nothing_asked_is_everything() -> None:
    assert asked("").criteria == Criteria()
    assert asked("q=&country=&utm_source=x").criteria == Criteria()


def test_it_says_itself_in_words_and_gives_the_address_without_each_part() -> None:
    with translation.override("zh-hans"):
        parts = asked("q=my&type=sister&type=exchange&founded_after=1990&page=3").parts
    assert [(part.label, part.text, part.remove) for part in parts] == [
        ("搜索", "my", "?type=sister&type=exchange&founded_after=1990"),
        ("类型", "国际友好城市", "?q=my&type=exchange&founded_after=1990"),
        ("类型", "友好交流关系", "?q=my&type=sister&founded_after=1990"),
        ("结好起始年份", "1990", "?q=my&type=sister&type=exchange"),
    ]
    with translation.override("en"):
        assert (
            asked("country=JP&level=county").sentence == "country or region Japan · level of the home side county level"
        )


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("country=XX", "country", "“XX” is not known to the register."),
        ("country=JP&country=XX", "country", "“XX” is not known to the register."),
        ("type=cousin", "type", "“cousin” is not known to the register."),
        ("place=atlantis", "place", "“atlantis” is not known to the register."),
        ("province=chengdu", "province", "“chengdu” is not known to the register."),
        ("sort=luck", "sort", "“luck” is not known to the register."),
        ("founded_after=abc", "founded_after", "Write a year in digits, such as 1982."),
        ("founded_after=1982.5", "founded_after", "Write a year in digits, such as 1982."),
        ("founded_after=99999", "founded_after", "Ensure this value is less than or equal to 9999."),
        ("founded_before=0", "founded_before", "Ensure this value is greater than or equal to 1."),
        (
            "founded_after=2000&founded_before=1990",
            "founded_before",
            "The last year must not lie before the first year.",
        ),
        ("q=%00", "q", "Null characters are not allowed."),
        ("place=%00", "place", "Null characters are not allowed."),
        ("q=" + "x" * 201, "q", "Ensure this value has at most 200 characters (it has 201)."),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(query: str, field: str, message: str) -> None:
    with translation.override("en"):
        assert asked(query).errors == {field: [message]}


def test_a_wrong_part_does_not_spoil_the_others() -> None:
    wrong = asked("country=XX&type=sister&founded_after=abc")
    assert set(wrong.errors) == {"country", "founded_after"}
    assert wrong.criteria == Criteria(type=("sister",))


def test_parameters_change_and_go_back_to_the_first_page() -> None:
    held = Parameters.of(QueryDict("type=sister&type=sister&country=JP&page=4&other=1"), ["type", "country", "page"])
    assert held.pairs == [("type", "sister"), ("country", "JP"), ("page", "4")]
    assert held.adding("type") + "exchange" == "?type=sister&country=JP&type=exchange"
    assert held.without("type").query == "?country=JP"
    assert held.without("type", "exchange").query == "?type=sister&country=JP"
    assert held.replacing(sort="home").query == "?type=sister&country=JP&sort=home"
    assert held.replacing(type=None, page=2).query == "?country=JP&page=2"
    assert Parameters([]).query == "?"
    assert Parameters([("q", "a&b=绵")]).query == "?q=a%26b%3D%E7%BB%B5"


@pytest.mark.parametrize(
    ("query", "number", "size", "errors"),
    [
        ("", 1, 50, []),
        ("page=2&page_size=10", 2, 10, []),
        ("page_size=500", 1, 500, []),
        ("page=0", 1, 50, ["page"]),
        ("page=-1", 1, 50, ["page"]),
        ("page=two", 1, 50, ["page"]),
        ("page_size=501", 1, 50, ["page_size"]),
        ("page_size=0&page=x", 1, 50, ["page", "page_size"]),
    ],
)
def test_paging_reads_its_two_numbers(query: str, number: int, size: int, errors: list[str]) -> None:
    paging = Paging(QueryDict(query))
    assert (paging.number, paging.size, sorted(paging.errors)) == (number, size, errors)


def test_beyond_the_end_is_the_last_page_and_says_so() -> None:
    paging = Paging(QueryDict("page=9&page_size=2"))
    with translation.override("en"):
        page = paging.page_of([1, 2, 3])
        assert paging.errors == {"page": ["There is no page 9; this is the last one, 2."]}
    assert list(page) == [3]


def test_places_are_filtered_by_their_own_country_and_the_type_of_their_ties() -> None:
    from friendship.models import Place

    question = PlaceFilter(QueryDict("country=JP&type=sister&sort=name"), queryset=Place.objects.cities())
    rows = list(question.qs)
    assert {row.country_id for row in rows} == {"JP"}
    assert len(rows) == 9
    assert "shobara" in [row.slug for row in rows]
