"""The rules of the database, met in a form, are said in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from friendship.admin.register import in_words
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


@pytest.mark.parametrize(("language", "said"), [("en", "One. Two."), ("zh-hans", "One.Two.")])
def test_several_rules_are_said_one_after_the_other(language: str, said: str) -> None:
    with translation.override(language):
        assert in_words(ValidationError(["One.", "Two."])) == said


def test_a_place_is_not_tied_with_itself() -> None:
    one = builders.place("one").pk
    assert refused(f"{RELATIONSHIPS}add/", home=one, partner=one, type="sister") == [
        "Partner side: a place cannot be tied with itself."
    ]


LIST = "Select a valid choice. {} is not one of the available choices."


def city(**entries: str) -> dict[str, str]:
    return {"country": "CN", "level": "city", "name_en": "Two", **entries}


@pytest.mark.parametrize(
    ("where", "entries", "messages"),
    [
        ("city", city(latitude="91", longitude="0"), ["Latitude: must lie between -90 and 90 degrees."]),
        ("city", city(latitude="0", longitude="-181"), ["Longitude: must lie between -180 and 180 degrees."]),
        ("city", city(latitude="1"), ["Latitude and longitude: give both or neither."]),
        ("city", city(name_en="", slug="x"), ["Name: give a Chinese or an English name."]),
        ("city", city(name_en="One"), ["Address: another place already uses it."]),
        ("city", city(level="village", parent="1"), [LIST.format("village")]),
        ("city", city(level="province"), [LIST.format("province")]),
        ("city", city(name_en="!"), ["Address: give one, or an English name to make it from."]),
        ("country", {"code": "XA", "name_zh": "国", "name_en": "A", "continent": "moon"}, [LIST.format("moon")]),
        (
            "country",
            {"code": "X1", "name_zh": "国", "name_en": "A", "continent": "asia"},
            ["ISO code: two letters, such as CN."],
        ),
        ("relationship", {"type": "cousin"}, [LIST.format("cousin")]),
        ("relationship", {"type": "sister", "status": "asleep"}, [LIST.format("asleep")]),
        ("relationship", {"type": "sister", "review_state": "lost"}, [LIST.format("lost")]),
        (
            "relationship",
            {"type": "sister", "founded": "1999-05", "ended": "1999-04"},
            ["Date ended: cannot lie before the date established."],
        ),
        ("source", {"title": "!"}, ["Address: give one for this source."]),
        ("source", {"title": "Paper"}, ["Address: another source already uses it."]),
        ("source", {"title": "New", "kind": "gossip"}, [LIST.format("gossip")]),
        ("reportedtotal", {"value": "-1"}, ["Value: must not be negative."]),
        (
            "reportedtotal",
            {"value": ""},
            ["Value: give the number, or the figure as printed where it is not exact."],
        ),
        (
            "reportedtotal",
            {"as_printed": "近90"},
            ["Figure as printed: leave it empty where the value is exact."],
        ),
        ("reportedtotal", {"value": "近90"}, ["Enter a whole number."]),
        ("reportedtotal", {"scope": "moon"}, [LIST.format("moon")]),
        ("reportedtotal", {"metric": "hugs"}, [LIST.format("hugs")]),
        ("event", {"kind": "rumour"}, [LIST.format("rumour")]),
        ("event", {"paper": "napkin"}, [LIST.format("napkin")]),
        ("evidence", {"claim": "weather"}, [LIST.format("weather")]),
        ("evidence", {"strength": "iron"}, [LIST.format("iron")]),
    ],
)
def test_every_rule_that_a_form_can_break(where: str, entries: dict[str, str], messages: list[str]) -> None:
    tie, paper = builders.tie(builders.place("one"), builders.place("other")), builders.source()
    complete: dict[str, dict[str, Any]] = {
        "relationship": {"home": builders.place("three").pk, "partner": builders.place("four").pk},
        "source": {"title": "New", "publisher": "Press", "kind": "news", "language": "en"},
        "reportedtotal": {"source": paper.pk, "place": tie.home_id, "scope": "all", "metric": "all", "value": "1"},
        "event": {"relationship": tie.pk, "kind": "signing"},
        "evidence": {"relationship": tie.pk, "source": paper.pk, "claim": "tie", "strength": "explicit"},
    }
    address = f"/en/admin/friendship/{where}/add/"
    assert refused(address, **{**complete.get(where, {}), **entries}) == messages


def test_a_place_does_not_belong_to_itself() -> None:
    one = builders.place("one")
    assert refused(f"/en/admin/friendship/city/{one.pk}/change/", parent=one.pk) == [
        "Part of: must be of a higher level than the place itself."
    ]


def test_rules_are_said_in_chinese() -> None:
    one = builders.place("one").pk
    assert refused("/admin/friendship/relationship/add/", home=one, partner=one, type="sister") == [
        "外方：一个地方不能与自己结好。"
    ]


def test_a_city_does_not_contain_a_province() -> None:
    city = builders.place("one")
    entries = {"country": "CN", "level": "province", "name_en": "Two", "parent": city.pk}
    assert refused("/en/admin/friendship/place/add/", **entries) == [
        "Part of: must be of a higher level than the place itself."
    ]


def test_a_total_is_said_once() -> None:
    total = builders.total()
    entries = {"source": total.source_id, "place": total.place_id, "scope": "all", "metric": "all", "value": "11"}
    assert refused("/en/admin/friendship/reportedtotal/add/", as_of="2020", **entries) == [
        "This source already gives this total for this place, scope and date."
    ]
