"""Which places may stand in the register twice, and which are only called alike."""

from __future__ import annotations

from typing import Any

import pytest

from friendship.models import Place
from tests import builders
from tests.auditing.faults import abroad, subjects

pytestmark = pytest.mark.django_db


def twins(one: dict[str, Any], other: dict[str, Any], country: str = "JP") -> bool:
    """Whether two places of a country are taken for one."""
    first, second = (
        abroad(f"twin-{number}", country, **{"name_en": "", **fields}) for number, fields in enumerate((one, other))
    )
    return f"place/{first.pk}+place/{second.pk}" in subjects("near-duplicates")


HERE, NEAR, FAR = ({"latitude": latitude, "longitude": 132.4} for latitude in (34.4, 34.6, 36.4))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name_en": "Hiroshima"}, {"name_en": "Hirosima"}),
        ({"name_en": "Hiroshima"}, {"name_en": "Hiroshima City"}),
        ({"name_en": "Hiroshima", **HERE}, {"name_en": "Hiroshima", **NEAR}),
        ({"name_en": "Kita-Kyushu"}, {"name_en": "Kitakyushu"}),
        ({"name_en": "Ōsaka Minami"}, {"name_en": "osaka minami"}),
        ({"name_zh": "广岛市"}, {"name_zh": "广岛"}),
        ({"name_zh": "米尔茨楚施拉格"}, {"name_zh": "米尔茨楚什拉格"}),
        ({"name_en": "Edo Castle Town", "aliases": "Edogawa"}, {"name_en": "Edogawa"}),
        ({"name_en": "Nowhere", "wikidata_id": "Q1"}, {"name_en": "Somewhere", "wikidata_id": "Q1"}),
        ({"name_en": "Hiroshima"}, {"name_en": "Hiroshima", "level": "county"}),
        ({"name_en": "Hiroshima", "name_zh": "广岛"}, {"name_en": "Hiroshima", "name_zh": "廣島"}),
    ],
)
def test_may_be_one_place(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert twins(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name_en": "Hiroshima", **HERE}, {"name_en": "Hiroshima", **FAR}),
        ({"name_en": "Hiroshima"}, {"name_en": "Hakodateshi"}),
        ({"name_en": "Hiroshima"}, {"name_en": "Hirosimmi"}),
        ({"name_en": "Lima"}, {"name_en": "Lema"}),
        ({"name_zh": "乐山市"}, {"name_zh": "眉山市"}),
        ({"name_en": "Place No. 1"}, {"name_en": "Place No. 2"}),
        ({"name_en": "Hiroshima", "wikidata_id": "Q1"}, {"name_en": "Hiroshima", "wikidata_id": "Q2"}),
        ({"name_en": "Hiroshima", "official_code": "JP-1"}, {"name_en": "Hiroshima", "official_code": "JP-2"}),
        ({"name_en": "Chiang Mai", "level": "province"}, {"name_en": "Chiang Mai"}),
        ({"name_en": "Salzburg", "name_zh": "萨尔茨堡"}, {"name_en": "Saalburg-Ebersdorf", "name_zh": "萨尔斯堡"}),
    ],
)
def test_are_two_places(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not twins(one, other)


def test_in_china_the_characters_decide() -> None:
    assert not twins({"name_zh": "宜春市", "name_en": "Yichun"}, {"name_zh": "伊春市", "name_en": "Yichun"}, "CN")


def test_a_place_and_what_contains_it_are_two() -> None:
    above = abroad("above", "JP", name_en="Kasama-machi")
    abroad("below", "JP", name_en="Kasama-machi", level="county", parent=above)
    assert not {subject for subject in subjects("near-duplicates") if f"place/{above.pk}" in subject.split("+")}


def test_namesakes_in_two_states_are_two_unless_they_lie_together() -> None:
    states = [abroad(f"state-{name}", "US", level="province") for name in ("a", "b")]
    one, other = ({"name_en": "Springfield", "parent": state} for state in states)
    assert not twins(one, other, "US")
    Place.objects.filter(slug__startswith="twin-").delete()
    assert twins({**one, **HERE}, {**other, **NEAR}, "US")


def test_a_name_that_a_hundred_places_have_tells_nothing() -> None:
    for number in range(102):
        builders.place(f"same-{number}", name_en="San Pedro Sula")
    assert subjects("near-duplicates") == set()
