"""The rules of the database, met in a form, are said in words."""

from __future__ import annotations

from typing import Any

import pytest

from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, opened, problems

pytestmark = pytest.mark.django_db


def refused(address: str, **entries: Any) -> list[str]:
    """What a form says to these entries."""
    root = at_the_desk("root")
    return problems(root.post(address, opened(root, address) | entries))


def test_a_pair_stands_in_the_register_once() -> None:
    tie = builders.tie()
    turned = {"home": tie.partner_id, "partner": tie.home_id, "type": "sister"}
    assert refused(f"{RELATIONSHIPS}add/", **turned) == [
        "Home side and partner side: this pair is already in the register."
    ]


def test_a_place_is_not_tied_with_itself() -> None:
    one = builders.place("one").pk
    assert refused(f"{RELATIONSHIPS}add/", home=one, partner=one, type="sister") == [
        "Partner side: a place cannot be tied with itself."
    ]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"name_en": "Two", "latitude": "91", "longitude": "0"}, "Latitude: must lie between -90 and 90 degrees."),
        ({"name_en": "Two", "latitude": "1"}, "Latitude and longitude: give both or neither."),
        ({"slug": "x"}, "Name: give a Chinese or an English name."),
        ({"name_en": "One"}, "Address: another place already uses it."),
    ],
)
def test_rules_of_places(entries: dict[str, str], message: str) -> None:
    builders.place("one")
    assert refused("/en/admin/friendship/city/add/", country="CN", level="city", **entries) == [message]


def test_a_city_does_not_contain_a_province() -> None:
    city = builders.place("one")
    entries = {"country": "CN", "level": "province", "name_en": "Two", "parent": city.pk}
    assert refused("/en/admin/friendship/province/add/", **entries) == [
        "Part of: must be of a higher level than the place itself."
    ]


def test_a_total_is_said_once() -> None:
    total = builders.total()
    entries = {"source": total.source_id, "place": total.place_id, "scope": "all", "metric": "all", "value": "11"}
    assert refused("/en/admin/friendship/reportedtotal/add/", as_of="2020", **entries) == [
        "This source already gives this total for this place, scope and date."
    ]
