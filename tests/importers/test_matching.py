"""Which place of the register a list means: found, new, or a question; never a guess."""

from __future__ import annotations

from typing import Any

import pytest

from friendship import queries
from friendship.enums import Level, ReviewState
from friendship.importers.matching import KnownPlaces, distance
from friendship.importers.settling import Places, Settled, key_of
from friendship.importers.understanding import Named
from friendship.models import Country, Place
from tests import builders

pytestmark = pytest.mark.django_db


def settled(*listed: Named, answers: dict[str, int | str] | None = None, publish: bool = False) -> tuple[Settled, ...]:
    """What each name of one list means."""
    known = KnownPlaces(queries.places_to_match({named.country for named in listed}))
    places = Places(known, listed, answers=answers or {}, publish=publish)
    return tuple(places[named] for named in listed)


def found(named: Named) -> Place:
    """The place of the register that a name means."""
    place = meant(named)
    assert not place._state.adding
    return place


def meant(named: Named, **context: Any) -> Place:
    """The place, known or new, that a name means."""
    candidate = settled(named, **context)[0].candidate
    assert candidate
    return candidate.place


def asked(named: Named) -> list[int]:
    """The places among which staff have to choose."""
    question = settled(named)[0].question
    assert question
    return list(question["candidates"])


def is_new(named: Named) -> bool:
    """Whether no place of the register is meant."""
    return meant(named)._state.adding


def abroad(slug: str, country: str = "US", **fields: Any) -> Place:
    return builders.place(slug, country=Country.objects.get(pk=country), **fields)


def us(name: str, **fields: Any) -> Named:
    return Named("US", name_en=name, **fields)


def cn(name: str, **fields: Any) -> Named:
    return Named("CN", name_zh=name, **fields)


ILLINOIS = us("Illinois", level=Level.PROVINCE)
COLORADO = us("Colorado", level=Level.PROVINCE)


# --- by address, item and name ----------------------------------------------------------------------------------------


def test_an_address_means_its_place_whatever_its_names() -> None:
    one = builders.place("one")
    assert found(cn("某地", slug="one")) == one


def test_an_address_in_another_country_means_nothing() -> None:
    builders.place("one")
    place = meant(us("Oneville", slug="one"))
    assert (place._state.adding, place.slug) == (True, "oneville")


def test_a_wikidata_item_means_its_place_whatever_its_names() -> None:
    one = builders.place("one", wikidata_id="Q1")
    assert found(cn("某地", wikidata_id="Q1")) == one


def test_two_items_are_two_places() -> None:
    builders.place("one", wikidata_id="Q1")
    assert is_new(Named("CN", name_en="One", wikidata_id="Q2"))


@pytest.mark.parametrize("name", ["绵阳市", "绵阳", "Mianyang", "MIANYANG", "Mianyang City", "Ｍianyang"])
def test_names_are_compared_in_normal_form_with_and_without_their_level(name: str) -> None:
    side = cn(name) if name.startswith("绵") else Named("CN", name_en=name)
    assert found(side).slug == "mianyang"


def test_a_chinese_place_without_an_english_name_is_found_by_pinyin() -> None:
    one = builders.place("one", name_zh="甲乙市", name_en="")
    assert found(Named("CN", name_en="Jiayi")) == one


def test_an_alias_is_a_name() -> None:
    assert found(Named("DE", name_en="Bayern")).slug == "bavaria"


def test_a_draft_is_found_too() -> None:
    one = builders.place("one", review_state=ReviewState.DRAFT)
    assert found(Named("CN", name_en="One")) == one


def test_a_place_of_another_country_is_another_place() -> None:
    builders.place("one")
    assert is_new(us("One"))


def test_the_whole_name_beats_one_without_its_level() -> None:
    assert found(Named("TH", name_en="Chiang Mai")).slug == "chiang-mai-city"
    assert found(Named("TH", name_en="Chiang Mai Province")).slug == "chiang-mai"


def test_the_level_that_a_list_tells_decides() -> None:
    assert found(Named("TH", name_en="Chiang Mai", level=Level.PROVINCE)).slug == "chiang-mai"
    assert found(Named("JP", name_en="Hiroshima", level=Level.PROVINCE)).slug == "hiroshima-prefecture"


def test_chinese_names_that_end_alike_are_one_place() -> None:
    one = builders.place("one", name_zh="甲乙藏族自治州", name_en="")
    assert found(cn("甲乙州")) == one


def test_the_word_for_the_level_rules_other_levels_out() -> None:
    builders.place("one", name_zh="甲乙省", name_en="", level=Level.PROVINCE)
    assert is_new(cn("甲乙市"))
    abroad("kansas-test", name_en="Nosuch", level=Level.PROVINCE)
    assert is_new(us("Nosuch City"))


def test_in_china_the_chinese_name_decides_between_namesakes() -> None:
    builders.place("one", name_zh="苏州市", name_en="Suzhou")
    other = builders.place("two", name_zh="宿州市", name_en="Suzhou")
    assert found(Named("CN", name_zh="宿州", name_en="Suzhou")) == other


# --- what is not sure is asked ----------------------------------------------------------------------------------------


def two_auroras() -> tuple[Place, Place]:
    states = [
        abroad(slug, level=Level.PROVINCE, name_en=slug.title(), name_zh="") for slug in ("illinois-test", "colorado-x")
    ]
    for state, name in zip(states, ("Illinois", "Colorado"), strict=True):
        Place.objects.filter(pk=state.pk).update(name_en=name)
    first = abroad("aurora-1", name_en="Aurora", parent=states[0], latitude=41.76, longitude=-88.32)
    second = abroad("aurora-2", name_en="Aurora", parent=states[1], latitude=39.73, longitude=-104.83)
    return first, second


def test_two_auroras_are_a_question() -> None:
    first, second = two_auroras()
    assert asked(us("Aurora")) == [first.pk, second.pk]


def test_a_container_tells_them_apart() -> None:
    _first, second = two_auroras()
    assert found(us("Aurora", within=(COLORADO,))) == second


def test_coordinates_tell_them_apart() -> None:
    first, _second = two_auroras()
    assert found(us("Aurora", latitude=41.8, longitude=-88.3)) == first


def test_the_nearer_one_is_meant_where_both_lie_in_reach() -> None:
    near = abroad("aurora-1", name_en="Aurora", latitude=41.0, longitude=-88.0)
    abroad("aurora-2", name_en="Aurora", latitude=42.0, longitude=-88.0)
    assert found(us("Aurora", latitude=41.1, longitude=-88.0)) == near
    assert len(asked(us("Aurora", latitude=41.5, longitude=-88.0))) == 2


def test_another_container_is_another_place() -> None:
    two_auroras()
    assert is_new(us("Aurora", within=(us("Ohio", level=Level.PROVINCE),)))


def test_a_place_far_away_is_another_place() -> None:
    two_auroras()
    assert is_new(us("Aurora", latitude=44.9, longitude=-93.0))


def test_england_contains_the_counties_that_contain_its_towns() -> None:
    norfolk = abroad("norfolk", "GB", level="province")
    lynn = abroad("lynn", "GB", parent=norfolk)
    england = Named("GB", name_en="England", level="province")
    suffolk = Named("GB", name_en="Suffolk", level="province")
    assert found(Named("GB", name_en="Lynn", within=(england,))) == lynn
    assert is_new(Named("GB", name_en="Lynn", within=(suffolk,)))


def test_a_place_without_container_contradicts_none() -> None:
    one = abroad("aurora-0", name_en="Aurora")
    assert found(us("Aurora", within=(ILLINOIS,))) == one


def test_the_middle_of_a_province_may_be_far_from_its_capital() -> None:
    assert (
        found(Named("AU", name_en="Western Australia", latitude=-31.95, longitude=115.86)).slug == "western-australia"
    )


def test_an_answer_says_which_place_is_meant() -> None:
    _first, second = two_auroras()
    aurora = us("Aurora")
    assert meant(aurora, answers={key_of(aurora): second.pk}) == second
    assert meant(aurora, answers={key_of(aurora): str(second.pk)}) == second


def test_an_answer_may_be_that_it_is_a_new_place() -> None:
    two_auroras()
    aurora = us("Aurora")
    place = meant(aurora, answers={key_of(aurora): "new"})
    assert (place._state.adding, place.slug) == (True, "aurora")


def test_an_answer_that_names_no_place_leaves_the_question_open() -> None:
    two_auroras()
    aurora = us("Aurora")
    assert settled(aurora, answers={key_of(aurora): 10**9})[0].question


def test_one_answer_settles_all_rows_with_the_same_words() -> None:
    assert key_of(us("Aurora", within=(ILLINOIS,))) == key_of(us("AURORA ", within=(us("illinois"),)))
    assert key_of(us("Aurora")) != key_of(us("Aurora", within=(ILLINOIS,)))
    assert key_of(us("Aurora", latitude=41.0, longitude=1.0)) != key_of(us("Aurora", latitude=42.0, longitude=1.0))


def test_abroad_a_bare_name_may_be_the_city_and_not_the_prefecture() -> None:
    prefecture = Place.objects.get(slug="hiroshima-prefecture")
    assert asked(Named("JP", name_en="Hiroshima")) == [prefecture.pk]
    assert found(Named("JP", name_en="Hiroshima Prefecture")) == prefecture
    assert found(Named("JP", name_zh="广岛县")) == prefecture


def test_a_list_that_names_the_prefecture_in_full_means_the_city_by_the_bare_name() -> None:
    bare, full = settled(Named("JP", name_en="Hiroshima"), Named("JP", name_en="Hiroshima Prefecture"))
    assert bare.candidate
    assert bare.candidate.is_new
    assert full.candidate
    assert full.candidate.place.slug == "hiroshima-prefecture"


def test_a_city_may_be_part_of_the_name() -> None:
    city = abroad("iowa-city-test", name_en="Nowhere City")
    assert asked(us("Nowhere")) == [city.pk]
    one = abroad("one-jp", "JP", name_en="Nowhere City")
    assert found(Named("JP", name_en="Nowhere")) == one


# --- two namesakes of the list for one place of the register ----------------------------------------------------------

Q1, Q2 = {"wikidata_id": "Q28515"}, {"wikidata_id": "Q49158"}
NORTH, SOUTH = {"latitude": 42.1, "longitude": -72.6}, {"latitude": 37.2, "longitude": -93.3}
NAMESAKES = pytest.mark.parametrize(
    ("said", "contrary"), [(Q1, Q2), (Q2, Q1), (NORTH, SOUTH), (SOUTH, NORTH), ({**Q1, **NORTH}, {**Q2, **NORTH})]
)


def springfield(**fields: Any) -> Place:
    return abroad("springfield", name_en="Springfield", **fields)


def candidates(one: Settled) -> list[int] | None:
    return list(one.question["candidates"]) if one.question else None


def both_ways(*listed: Named) -> tuple[Settled, ...]:
    """What the names mean, which is the same in whatever order they stand."""
    forward, backward = settled(*listed), settled(*reversed(listed))[::-1]
    assert [(one.question, slug(one)) for one in forward] == [(one.question, slug(one)) for one in backward]
    return forward


def slug(one: Settled) -> str | None:
    return one.candidate.place.slug if one.candidate else None


@NAMESAKES
def test_namesakes_of_the_list_are_a_question_and_so_is_a_bare_name(
    said: dict[str, Any], contrary: dict[str, Any]
) -> None:
    place = springfield()
    listed = us("Springfield", **said), us("Springfield", **contrary), us("Springfield")
    one, other, bare = both_ways(*listed)
    assert [candidates(one), candidates(other), candidates(bare)] == [[place.pk]] * 3
    assert len({key_of(named) for named in listed}) == 3
    assert one.question
    assert other.question
    assert one.question["text"] != other.question["text"]


@NAMESAKES
def test_an_answer_for_one_namesake_is_one_for_the_other(said: dict[str, Any], contrary: dict[str, Any]) -> None:
    place = springfield()
    listed = us("Springfield", **said), us("Springfield", **contrary)
    one, other = settled(*listed, answers={key_of(listed[0]): place.pk})
    assert (slug(one), slug(other)) == ("springfield", "springfield-us")
    one, other = settled(*listed, answers={key_of(listed[0]): 10**9})
    assert [candidates(one), candidates(other)] == [[place.pk]] * 2
    one, other = settled(*listed, answers={key_of(named): "new" for named in listed})
    assert {slug(one), slug(other)} == {"springfield-us", "springfield-2"}


@NAMESAKES
def test_the_namesake_that_a_container_speaks_for_takes_the_place(
    said: dict[str, Any], contrary: dict[str, Any]
) -> None:
    springfield(parent=abroad("maine", name_en="Maine", level=Level.PROVINCE))
    maine = us("Maine", level=Level.PROVINCE)
    one, other = both_ways(us("Springfield", within=(maine,), **said), us("Springfield", **contrary))
    assert (slug(one), slug(other)) == ("springfield", "springfield-us")
    one, other = both_ways(us("Springfield", within=(maine,), **said), us("Springfield", within=(maine,), **contrary))
    assert one.question
    assert other.question


def test_the_namesake_that_lies_near_takes_the_place() -> None:
    springfield(**NORTH)
    one, other = both_ways(us("Springfield", **Q1, **NORTH), us("Springfield", **Q2))
    assert (slug(one), slug(other)) == ("springfield", "springfield-us")


def test_the_namesake_with_its_item_takes_the_place() -> None:
    springfield(**Q1)
    one, other = both_ways(us("Springfield", **Q1, **NORTH), us("Springfield", **SOUTH))
    assert (slug(one), slug(other)) == ("springfield", "springfield-us")


def test_many_points_of_one_place_are_one_place() -> None:
    springfield()
    listed = [us("Springfield", latitude=42.1 + number / 1000, longitude=-72.6) for number in range(150)]
    assert {slug(one) for one in settled(*listed, us("Springfield", **Q1))} == {"springfield"}


# --- new places -------------------------------------------------------------------------------------------------------


def test_a_new_place_holds_what_the_list_says() -> None:
    named = us("Aurora", level=Level.COUNTY, latitude=1.5, longitude=2.5, wikidata_id="Q9", aliases=("Eos", "Dawn"))
    place = meant(named)
    said = (place.country_id, place.level, place.slug, place.name_en, place.aliases, place.wikidata_id)
    assert said == ("US", Level.COUNTY, "aurora", "Aurora", "Eos\nDawn", "Q9")
    assert (place.latitude, place.longitude, place.review_state) == (1.5, 2.5, ReviewState.DRAFT)
    assert (place.pinyin, place.search_text) == ("aurora", " aurora eos dawn")
    assert meant(named, publish=True).review_state == ReviewState.PUBLISHED


def test_a_new_place_is_found_again_in_the_same_list() -> None:
    full, zh, en = settled(
        Named("US", name_zh="奥罗拉", name_en="Aurora"), Named("US", name_zh="奥罗拉"), Named("US", name_en="Aurora")
    )
    assert full.candidate is zh.candidate is en.candidate is not None


def test_two_auroras_of_one_list_are_two_places_and_a_bare_one_is_a_question() -> None:
    one, other, bare = settled(us("Aurora", within=(ILLINOIS,)), us("Aurora", within=(COLORADO,)), us("Aurora"))
    assert one.candidate
    assert other.candidate
    assert [one.candidate.place.slug, other.candidate.place.slug] == ["aurora-illinois", "aurora"]
    assert bare.question == {
        "key": "US|||aurora||",
        "text": "Aurora, US",
        "candidates": [],
        "others": [
            {"key": "US|||aurora|colorado|", "text": "Aurora (Colorado), US"},
            {"key": "US|||aurora|illinois|", "text": "Aurora (Illinois), US"},
        ],
    }
    listed = (us("Aurora", within=(ILLINOIS,)), us("Aurora", within=(COLORADO,)), us("Aurora"))
    first, _second, answered = settled(*listed, answers={"US|||aurora||": "US|||aurora|illinois|"})
    assert answered.candidate is first.candidate is not None


def test_coordinates_far_apart_make_two_places() -> None:
    near, by, far = settled(
        us("Aurora", latitude=41.76, longitude=-88.32),
        us("Aurora", latitude=41.80, longitude=-88.30),
        us("Aurora", latitude=39.73, longitude=-104.83),
    )
    assert near.candidate is by.candidate is not None
    assert far.candidate is not near.candidate


def test_what_an_export_tells_apart_by_its_addresses_stays_apart() -> None:
    one, other = settled(us("Aurora", slug="aurora-x"), us("Aurora", slug="aurora-y"))
    assert one.candidate
    assert other.candidate
    assert [one.candidate.place.slug, other.candidate.place.slug] == ["aurora-x", "aurora-y"]


def test_an_address_of_the_list_is_given_to_no_other_place() -> None:
    one, other = settled(us("Elsewhere", slug="aurora"), us("Aurora"))
    assert one.candidate
    assert other.candidate
    assert [one.candidate.place.slug, other.candidate.place.slug] == ["aurora", "aurora-us"]


def test_addresses_differ_by_container_country_and_number() -> None:
    abroad("aurora", "DE", name_en="Aurora")
    assert meant(us("Aurora", within=(us("Maine", level=Level.PROVINCE),))).slug == "aurora-maine"
    assert meant(us("Aurora")).slug == "aurora-us"
    abroad("aurora-us", "DE", name_en="Aurora Two")
    assert meant(us("Aurora")).slug == "aurora-2"


def test_a_name_without_latin_letters_still_gets_an_address() -> None:
    assert meant(Named("RU", name_en="Ржев")).slug == "ru"
    assert meant(Named("RU", name_en="Ржев", wikidata_id="Q42")).slug == "q42"


def test_a_long_name_gets_an_address_that_fits() -> None:
    builders.place("x" * 80, country=Country.objects.get(pk="DE"), name_en="Long")
    assert meant(us("x" * 100)).slug == "x" * 77 + "-us"


def test_a_container_is_found_or_brought() -> None:
    found_in = meant(Named("DE", name_en="Newtown", within=(Named("DE", name_en="Saxony"),)))
    assert found_in.parent == Place.objects.get(slug="saxony")
    brought = meant(us("Newtown", within=(us("Maine"),))).parent
    assert brought
    assert (brought._state.adding, brought.level, brought.slug) == (True, Level.PROVINCE, "maine")


def test_a_place_within_a_city_is_of_the_county_level() -> None:
    xinwu = meant(cn("新吴", name_en="Xinwu", within=(cn("绵阳"),)))
    assert (xinwu.level, xinwu.parent) == (Level.COUNTY, Place.objects.get(slug="mianyang"))


def test_a_list_that_calls_the_container_a_city_elsewhere_means_a_city() -> None:
    xinwu, wuxi = settled(
        Named("CN", name_en="Xinwu", within=(Named("CN", name_en="Wuxi"),)),
        Named("CN", name_en="Wuxi", level=Level.CITY),
    )
    assert xinwu.candidate
    assert wuxi.candidate
    assert xinwu.candidate.place.parent is wuxi.candidate.place
    assert (xinwu.candidate.place.level, wuxi.candidate.place.level) == (Level.COUNTY, Level.CITY)


def test_a_container_of_no_higher_level_is_passed_over() -> None:
    place = meant(us("Newtown", level=Level.CITY, within=(us("Big", level=Level.CITY), ILLINOIS)))
    assert place.parent
    assert place.parent.name_en == "Illinois"
    assert meant(us("Newland", level=Level.PROVINCE, within=(ILLINOIS,))).parent is None


def test_containers_contain_each_other() -> None:
    place = meant(
        us("Newtown", level=Level.COUNTY, within=(us("Big", level=Level.CITY), us("Maine", level=Level.PROVINCE)))
    )
    levels = [place.level, place.parent and place.parent.level]
    assert levels == [Level.COUNTY, Level.CITY]
    assert place.parent
    assert place.parent.parent
    assert place.parent.parent.name_en == "Maine"


def test_an_unclear_container_is_the_question() -> None:
    for number in (1, 2):
        abroad(f"state-{number}", level=Level.PROVINCE, name_en="Same")
    question = settled(us("Newtown", within=(us("Same"),)))[0].question
    assert question
    assert question["text"] == "Same, US"
    assert question["candidates"] == list(Place.objects.filter(name_en="Same").values_list("pk", flat=True))


def test_a_name_of_a_hundred_places_names_none() -> None:
    listed = [us("Same", latitude=-50 + number * 0.9, longitude=-179.0 + number * 2) for number in range(150)]
    results = settled(*listed)
    assert len({one.candidate.number for one in results if one.candidate}) == 101
    assert sum(one.question is not None for one in results) == 49


def test_the_order_of_a_list_decides_nothing() -> None:
    listed = (us("Aurora"), us("Aurora", within=(ILLINOIS,)), us("Aurora", within=(COLORADO,)))
    forward, backward = settled(*listed), settled(*reversed(listed))
    assert [one.candidate is None for one in forward] == [one.candidate is None for one in reversed(backward)]


# --- what the list knows more -----------------------------------------------------------------------------------------


def test_gaps_are_what_the_place_has_not() -> None:
    builders.place("one", name_zh="")
    named = Named("CN", name_zh="壹市", name_en="One", wikidata_id="Q1", latitude=1.0, longitude=2.0)
    gaps = settled(named)[0].gaps(named)
    assert gaps == {"name_zh": "壹市", "wikidata_id": "Q1", "latitude": 1.0, "longitude": 2.0}


def test_a_doubtful_name_fills_no_gap() -> None:
    builders.place("one", name_zh="壹贰市", name_en="")
    named = Named("CN", name_zh="壹贰", wikidata_id="Q1")
    assert settled(named)[0].gaps(named) == {}


def test_a_new_place_gathers_what_the_rows_say() -> None:
    one, other = settled(us("Aurora", within=(ILLINOIS,)), us("Aurora", latitude=41.76, longitude=-88.32))
    assert one.candidate is other.candidate
    assert one.candidate
    assert (one.candidate.place.latitude, one.candidate.place.parent is not None) == (41.76, True)


def test_distance_is_along_the_great_circle() -> None:
    beijing, shanghai = us("a", latitude=39.9, longitude=116.4), us("b", latitude=31.23, longitude=121.47)
    apart = distance(beijing, shanghai)
    assert apart is not None
    assert round(apart) == 1067
    assert distance(beijing, us("c")) is None
