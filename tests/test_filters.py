"""Filters that ask, say themselves in words, and give the address without each part."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.utils import translation

from friendship.filters import CountryFilter, Paging, Parameters, PlaceFilter, RegisterFilter, RelationshipFilter
from friendship.queries import Criteria, PlaceCriteria

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


@pytest.mark.parametrize(
    ("query", "criteria", "refused", "narrowing"),
    [
        ("type=foo&type=sister", Criteria(type=("sister",)), [("type", "foo")], "?type=sister"),
        ("type=foo&type=bar", Criteria(), [("type", "foo"), ("type", "bar")], "?"),
        ("country=XX&country=fr&q=a", Criteria(country=("FR",), q="a"), [("country", "XX")], "?country=FR&q=a"),
        ("place=%00&place=mianyang", Criteria(place=("mianyang",)), [("place", "\x00")], "?place=mianyang"),
        (
            "founded_after=2000&founded_before=1990&type=sister",
            Criteria(type=("sister",)),
            [("founded_after", "2000"), ("founded_before", "1990")],
            "?type=sister",
        ),
        ("founded_after=abc&founded_before=+1990", Criteria(founded_before=1990), [("founded_after", "abc")], None),
        ("sort=luck&q=+&utm_source=x", Criteria(), [("sort", "luck")], None),
        ("type=sister&page_size=501", Criteria(type=("sister",)), [], "?type=sister"),
    ],
)
def test_what_is_refused_is_named_and_the_rest_is_applied(
    query: str, criteria: Criteria, refused: list[tuple[str, str]], narrowing: str | None
) -> None:
    found = asked(query)
    assert found.criteria == criteria
    assert [each.pair for each in found.refused] == refused
    if narrowing is not None:
        assert found.narrowing.query == narrowing


def test_what_is_refused_is_named_by_its_label() -> None:
    with translation.override("zh-hans"):
        [refused] = asked("founded_after=abc").refused
    assert (refused.label, refused.value) == ("结好起始年份", "abc")


def test_the_code_of_a_country_may_be_written_small() -> None:
    assert asked("country=jp&country=JP&country=Fr").criteria == Criteria(country=("FR", "JP"))
    assert asked("sort=home&country=jp").parameters.canonical == "?country=JP"
    assert asked("country=jp").errors == {}
    places = PlaceFilter(QueryDict("country=jp"))
    assert places.criteria == PlaceCriteria(country=("JP",))
    assert places.narrowing.query == "?country=JP"


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


def test_parameters_hold_several_alternatives() -> None:
    held = Parameters([("type", "sister"), ("founded_after", "1990"), ("page", "4"), ("q", "")])
    assert held.naming("type", ["exchange", "other"]).query == "?founded_after=1990&type=exchange&type=other"
    assert held.without("founded_after", 1990).query == "?type=sister"
    assert [held.has("type", "sister"), held.has("founded_after", 1990), held.has("type", "1990")] == [
        True,
        True,
        False,
    ]
    assert not held.has("q", "")


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("type=sister&country=JP", "?country=JP&type=sister"),
        ("type=sister&type=exchange&type=sister", "?type=exchange&type=sister"),
        ("type=sister&page=2", "?page=2&type=sister"),
        ("type=sister&page=1", "?type=sister"),
        ("type=sister&page=2&sort=home", "?type=sister"),
        ("type=sister&page=3&page_size=10", "?type=sister"),
        ("sort=home", ""),
    ],
)
def test_one_address_stands_for_all_that_ask_the_same(query: str, canonical: str) -> None:
    assert asked(query).parameters.canonical == canonical


def test_what_narrows_the_rows_is_neither_their_order_nor_what_could_not_be_read() -> None:
    assert asked("country=XX&sort=home&type=sister&page=2&page_size=10&utm=1").narrowing.query == "?type=sister"


@pytest.mark.parametrize(
    ("query", "worth"),
    [
        ("", True),
        ("country=JP", True),
        ("country=JP&sort=home&page=2", True),
        ("country=JP&country=FR", False),
        ("q=my", False),
        ("country=XX", False),
    ],
)
def test_a_search_engine_lists_what_is_neither_typed_nor_mistaken_nor_combined(query: str, worth: bool) -> None:
    assert asked(query).is_worth_indexing is worth


@pytest.mark.parametrize(
    ("query", "listed", "narrowed"),
    [
        ("country=JP", [("sister", "active")], "?country=JP"),
        (
            "country=JP",
            [("sister", "active"), ("intent", "active")],
            "?country=JP&type=sister&type=cooperation&type=exchange&type=other",
        ),
        (
            "country=JP",
            [("sister", "active"), ("sister", "ended")],
            "?country=JP&status=active&status=suspended&status=unknown",
        ),
        ("type=intent", [("intent", "active")], "?type=intent"),
        ("status=ended", [("sister", "ended")], "?status=ended"),
    ],
)
def test_the_list_of_those_that_count_as_ties(query: str, listed: list[tuple[str, str]], narrowed: str) -> None:
    assert asked(query).ties_only(listed).query == narrowed


def test_the_years_may_be_the_same_the_first_and_the_last() -> None:
    both = asked("founded_after=1&founded_before=9999"), asked("founded_after=1990&founded_before=1990")
    assert [filters.errors for filters in both] == [{}, {}]
    assert [filters.criteria for filters in both] == [
        Criteria(founded_after=1, founded_before=9999),
        Criteria(founded_after=1990, founded_before=1990),
    ]


def test_a_search_has_at_most_200_characters() -> None:
    assert asked("q=" + "x" * 200).errors == {}
    with translation.override("en"):
        too_long = ["Ensure this value has at most 200 characters (it has 201)."]
        assert PlaceFilter(QueryDict("q=" + "x" * 201)).errors == {"q": too_long}
        assert CountryFilter(QueryDict("q=" + "x" * 201)).errors == {"q": too_long}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("country=XX", "country"),
        ("type=XX", "type"),
        ("province=XX", "province"),
        ("level=XX", "level"),
        ("sort=XX", "sort"),
    ],
)
def test_places_say_what_the_register_does_not_know(query: str, field: str) -> None:
    with translation.override("en"):
        assert PlaceFilter(QueryDict(query)).errors == {field: ["“XX” is not known to the register."]}


LABELS: dict[type[RegisterFilter], dict[str, str]] = {
    RelationshipFilter: {
        "q": "search",
        "type": "type",
        "place": "place",
        "country": "country or region",
        "continent": "continent",
        "founded_after": "established from",
        "founded_before": "established until",
        "level": "level of the home side",
        "status": "status",
        "province": "province",
        "source": "source",
        "sort": "sort by",
    },
    PlaceFilter: {
        "q": "search",
        "country": "country or region",
        "type": "type of tie",
        "continent": "continent",
        "province": "province",
        "level": "level",
        "sort": "sort by",
    },
    CountryFilter: {"q": "search", "continent": "continent"},
}


@pytest.mark.parametrize("filters", LABELS, ids=lambda filters: filters.__name__)
def test_the_words_beside_each_field(filters: type[RegisterFilter]) -> None:
    with translation.override("en"):
        assert {name: str(field.label) for name, field in filters.base_filters.items()} == LABELS[filters]


@pytest.mark.parametrize(
    ("query", "number", "size", "errors"),
    [
        ("", 1, 50, []),
        ("page=2&page_size=10", 2, 10, []),
        ("page_size=500", 1, 500, []),
        ("page=1&page_size=1", 1, 1, []),
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


def test_the_last_page_is_a_page() -> None:
    paging = Paging(QueryDict("page=2&page_size=2"))
    assert list(paging.page_of([1, 2, 3])) == [3]
    assert paging.errors == {}
    assert list(Paging(QueryDict("page_size=2")).page_of([1, 2, 3])) == [1, 2]


def test_the_words_beside_the_two_numbers() -> None:
    with translation.override("en"):
        labels = {name: str(field.label) for name, field in Paging.base_fields.items()}
    assert labels == {"page": "page", "page_size": "rows on a page"}


def test_places_are_filtered_by_their_own_country_and_the_type_of_their_ties() -> None:
    from friendship.models import Place

    question = PlaceFilter(QueryDict("country=JP&type=sister&sort=name"), queryset=Place.objects.cities())
    rows = list(question.qs)
    assert {row.country_id for row in rows} == {"JP"}
    assert len(rows) == 9
    assert "shobara" in [row.slug for row in rows]


def test_ties_and_countries_are_answered_by_the_same_question() -> None:
    from friendship import queries
    from friendship.models import Country, Relationship

    ties = RelationshipFilter(QueryDict("country=JP&sort=-founded"), queryset=Relationship.objects.all()).qs
    assert list(ties) == list(queries.relationships(Criteria(country=("JP",), sort="-founded"))) != []
    countries = CountryFilter(QueryDict("continent=oceania&q=f"), queryset=Country.objects.all()).qs
    assert list(countries) == list(queries.all_countries(queries.CountryCriteria(continent=("oceania",), q="f"))) != []
