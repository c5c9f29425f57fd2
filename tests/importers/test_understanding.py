"""What a row means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from friendship.dates import PartialDate
from friendship.importers import countries, naming, understanding, wording
from friendship.importers.records import Reason, Record, Side
from friendship.importers.understanding import Meant, Named, understand
from tests.importers.test_countries import COUNTRIES
from tests.importers.test_naming import TEXTS

ONE, TWO = Side("One", country="CN"), Side("Two", country="JP")
SICHUAN = Named("CN", "四川省", "Sichuan", "province")
ENGLAND = Named("GB", "英格兰", "England", "province")


def meant(home: Side = ONE, partner: Side = TWO, **fields: Any) -> Meant | Reason:
    return understand(Record(2, home, partner, **fields), COUNTRIES)


def named(side: Side) -> Named:
    found = meant(side)
    assert isinstance(found, Meant)
    return found.home


def test_a_row_of_an_office() -> None:
    found = meant(
        Side("绵阳市", country="CN", within=(Side("四川省"),)),
        Side("大津市（滋贺县）", country="日本国"),
        type="友好城市",
        status="正常",
        founded="1986年9月",
    )
    assert found == Meant(
        Named("CN", "绵阳市", within=(SICHUAN,)),
        Named("JP", "大津市", level="city", within=(Named("JP", "滋贺县", level="province"),)),
        "sister",
        "友好城市",
        "active",
        PartialDate(1986, 9),
    )


def test_what_the_list_does_not_say_stays_empty() -> None:
    assert meant() == Meant(Named("CN", name_en="One"), Named("JP", name_en="Two"))


def test_what_a_format_refuses_stays_refused() -> None:
    wrong = Reason("The row breaks off.")
    assert meant(wrong=wrong) == wrong


@pytest.mark.parametrize(
    ("side", "home"),
    [
        (Side("Sheffield", country="England, United Kingdom"), Named("GB", name_en="Sheffield", within=(ENGLAND,))),
        (Side("Sheffield, England", country="UK"), Named("GB", name_en="Sheffield", within=(ENGLAND,))),
        (Side("Sheffield, England", country="England"), Named("GB", name_en="Sheffield", within=(ENGLAND,))),
        (Side("Scotland", country="Scotland"), Named("GB", name_en="Scotland", level="province")),
        (
            Side("Honolulu", country="Hawaii"),
            Named("US", name_en="Honolulu", within=(Named("US", "夏威夷州", "Hawaii", "province"),)),
        ),
        (Side("Otsu, Japan"), Named("JP", name_en="Otsu")),
        (Side("日本大津市"), Named("JP", "大津市", level="city")),
        (Side(name_zh="大津市", name_en="Otsu", country="JP"), Named("JP", "大津市", "Otsu", "city")),
        (Side("Otsu", name_zh="大津市", country="JP"), Named("JP", "大津市", "Otsu", "city")),
        (Side("四川省", country="CN", within=(Side("四川省"),)), Named("CN", "四川省", level="province")),
        (Side("绵阳市", country="CN", within=(Side("四川"), Side("中国"))), Named("CN", "绵阳市", within=(SICHUAN,))),
        (
            Side("绵阳市江油市", country="CN", within=(Side("四川省"),)),
            Named("CN", "江油市", level="county", within=(Named("CN", "绵阳市", level="city"), SICHUAN)),
        ),
        (
            Side("Nan", country="Thailand", level="province", latitude=18.8, longitude=100.8, wikidata_id="wd:Q320823"),
            Named("TH", name_en="Nan", level="province", latitude=18.8, longitude=100.8, wikidata_id="Q320823"),
        ),
        (Side("Windhoek", country="NA"), Named("NA", name_en="Windhoek")),
        (Side("台北市", country="中国台湾"), Named("TW", "台北市", level="city")),
        (
            Side("Taipei, Taiwan", country="CN"),
            Named("CN", name_en="Taipei", within=(Named("CN", "台湾省", "Taiwan", "province"),)),
        ),
        (
            Side("One", country="CN", within=(Side("Two", level="county", wikidata_id="Q2"),)),
            Named("CN", name_en="One", within=(Named("CN", name_en="Two", level="county", wikidata_id="Q2"),)),
        ),
    ],
    ids=lambda value: f"{value.name} {value.country}" if isinstance(value, Side) else "",
)
def test_a_side(side: Side, home: Named) -> None:
    assert named(side) == home


def test_names_of_our_own_exports_are_whole() -> None:
    side = Side(
        name_zh="中国城（One, Two）",
        name_en="Two – One (Three)",
        country="CN",
        level="county",
        slug="one",
        official_code="123456",
        aliases=("Uno", "Ein(s)"),
        within=(Side(name_en="Four, Five", slug="four", level="city"),),
    )
    assert named(side) == Named(
        "CN",
        "中国城（One, Two）",
        "Two – One (Three)",
        "county",
        (Named("CN", name_en="Four, Five", level="city", slug="four"),),
        slug="one",
        official_code="123456",
        aliases=("Uno", "Ein(s)"),
    )


@pytest.mark.parametrize("name", ["Q1234", "https://example.org/", "_:b1", "One\x00", "W" * 101])
def test_what_no_name_is_is_refused_in_our_own_format_as_well(name: str) -> None:
    assert isinstance(meant(Side(name_en=name, country="CN", slug="one")), Reason)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"home": Side(country="CN")}, Reason("The home side has no name.")),
        ({"partner": Side("—", country="CN")}, Reason("The partner side has no name.")),
        ({"home": Side("One")}, Reason("The home side, “%(text)s”, has no country.", {"text": "One"})),
        (
            {"partner": Side("Two", country="-")},
            Reason("The partner side, “%(text)s”, has no country.", {"text": "Two"}),
        ),
        ({"partner": Side("Two", country="Kosovo")}, Reason(countries.UNLISTED, {"text": "Kosovo"})),
        ({"partner": Side("Two", country="USSR")}, Reason(countries.PAST, {"text": "USSR"})),
        ({"partner": Side("Q1234", country="JP")}, Reason(naming.ITEM, {"text": "Q1234"})),
        ({"partner": Side("_:b1", country="JP")}, Reason(naming.BLANK_NODE, {"text": "_:b1"})),
        (
            {"partner": Side("Otsu, Japan", country="KR")},
            Reason(naming.OTHER_COUNTRY, {"text": "Otsu, Japan", "country": "KR"}),
        ),
        ({"partner": ONE}, Reason(understanding.WITH_ITSELF)),
        ({"status": "?!x"}, Reason(wording.UNKNOWN_STATUS, {"text": "?!x"})),
        (
            {"founded": "4/5/2019"},
            Reason("Date established: “%(text)s” may begin with the day or with the month.", {"text": "4/5/2019"}),
        ),
        ({"ended": "31.6.2019"}, Reason("Date ended: “%(text)s” is not in the calendar.", {"text": "31.6.2019"})),
        (
            {"founded": "1985-1990"},
            Reason("Date established: “%(text)s” names more than one date.", {"text": "1985-1990"}),
        ),
        ({"home": replace(ONE, wikidata_id="x")}, Reason(understanding.WRONG_ITEM, {"text": "x"})),
        ({"type": "x" * 101}, Reason(wording.LONG_TYPE, {"text": "x" * 100, "limit": 100})),
    ],
)
def test_a_row_that_cannot_be_used_says_why(fields: dict[str, Any], reason: Reason) -> None:
    assert meant(**fields) == reason


def test_a_year_out_of_range_names_the_range() -> None:
    found = meant(founded="1836")
    assert isinstance(found, Reason)
    assert found.text == "Date established: “%(text)s” lies outside the years %(earliest)d to %(latest)d."
    assert {**found.parameters, "latest": 0} == {"text": "1836", "earliest": 1900, "latest": 0}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Side("Aurora, IL", country="US"), Side("Aurora, Colorado", country="USA")),
        (
            Side("Aurora", country="US", latitude=41.8, longitude=-88.3),
            Side("Aurora", country="US", latitude=39.7, longitude=-104.8),
        ),
        (Side("Mendoza", country="AR", level="province"), Side("Mendoza", country="AR", level="city")),
        (Side("Aurora", country="US", wikidata_id="Q1"), Side("Aurora", country="US", wikidata_id="Q2")),
        (Side(name_en="Aurora", country="US", slug="aurora"), Side(name_en="Aurora", country="US", slug="aurora-2")),
        (Side("Valencia", country="ES"), Side("Valencia", country="VE")),
    ],
)
def test_namesakes_are_two_places(one: Side, other: Side) -> None:
    assert isinstance(meant(one, other), Meant)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Side("Aurora, IL", country="US"), Side("Aurora (Illinois)", country="USA")),
        (Side("Aurora, IL", country="US"), Side("aurora", country="US")),
        (Side("Łódź", country="PL"), Side("Lodz", country="Poland")),
        (Side("One", country="CN", wikidata_id="Q1"), Side("Other", country="CN", wikidata_id="Q1")),
    ],
)
def test_one_place_in_two_writings_is_itself(one: Side, other: Side) -> None:
    assert meant(one, other) == Reason(understanding.WITH_ITSELF)


def back(named: Named) -> Side:
    """A list that says just what was understood."""
    return Side(
        name_zh=named.name_zh,
        name_en=named.name_en,
        country=named.country,
        level=named.level,
        within=tuple(map(back, named.within)),
        aliases=named.aliases,
    )


COUNTRY_TEXTS = st.sampled_from(
    [*"CN JP US 日本 England Hawaii Georgia Kosovo 中国四川".split(), "", "Bavaria, Germany"]
)
SIDES = st.builds(
    Side, name=TEXTS, country=COUNTRY_TEXTS | TEXTS, within=st.lists(st.builds(Side, name=TEXTS), max_size=2).map(tuple)
)


@given(SIDES, TEXTS, TEXTS, TEXTS)
def test_any_row_is_understood_or_refused(side: Side, kind: str, status: str, date: str) -> None:
    assert isinstance(meant(side, type=kind, status=status, founded=date), Meant | Reason)


@given(SIDES)
def test_what_was_understood_is_understood_again(side: Side) -> None:
    once = meant(side)
    if isinstance(once, Meant):
        again = meant(back(once.home))
        assert isinstance(again, Meant)
        assert again.home == once.home
