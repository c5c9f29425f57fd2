"""Every filter of the list of ties, against a plain reckoning over everything that the API gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from friendship.enums import Continent, Level, RelationshipType, Status
from friendship.models import Country, Event, Relationship
from tests import builders
from tests.api.asking import read, rows

pytestmark = pytest.mark.django_db

Row = dict[str, Any]


class Register:
    """Everything that the API gives, and what a reader can reckon from it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.ties = rows(client, "relationships/")
        self.places = {row["slug"]: row for row in rows(client, "places/")}
        self.countries = {row["code"]: row for row in rows(client, "countries/")}

    def where(self, condition: Callable[[Row], bool]) -> list[int]:
        return [tie["id"] for tie in self.ties if condition(tie)]

    def asked(self, **parameters: Any) -> list[int]:
        return [tie["id"] for tie in rows(self.client, "relationships/", **parameters)]

    def lineage(self, tie: Row) -> set[str]:
        """The slugs of both sides and of all that contains them."""
        slugs = set()
        for side in (tie["home"]["slug"], tie["partner"]["slug"]):
            slug: str | None = side
            while slug:
                slugs.add(slug)
                slug = self.places[slug]["parent"]
        return slugs


@pytest.fixture
def register(client: Client) -> Register:
    """The shipped register and some rows of kinds that it lacks."""
    one = builders.place("one", parent=builders.place("middle", parent=builders.place("top", level="province")))
    abroad = builders.place("abroad", country=Country.objects.get(pk="KE"), level="county")
    builders.tie(one, abroad, type="intent", status="unknown")
    builders.tie(abroad, builders.place("two"), type="other", status="ended", founded_year=1990, ended_year=1999)
    builders.tie(builders.place("top"), one, type="exchange", status="suspended", founded_year=1990, founded_month=3)
    return Register(client)


def sides(tie: Row, key: str) -> set[str]:
    return {tie["home"][key], tie["partner"][key]}


def year(tie: Row) -> int | None:
    return int(tie["founded"][:4]) if tie["founded"] else None


@pytest.mark.parametrize("key", ["type", "status"])
def test_type_and_status(register: Register, key: str) -> None:
    words = {"type": RelationshipType, "status": Status}[key].values
    for value in words:
        assert register.asked(**{key: value}) == [tie["id"] for tie in register.ties if tie[key] == value], value
    assert register.asked(**{key: words[:2]}) == register.where(lambda tie: tie[key] in words[:2])
    assert {tie[key] for tie in register.ties} == set(words)


def test_country(register: Register) -> None:
    met = set().union(*(sides(tie, "country") for tie in register.ties))
    assert len(met) > 30
    for code in register.countries:
        assert register.asked(country=code) == [tie["id"] for tie in register.ties if code in sides(tie, "country")]
    pair = {"JP", "KE"}
    assert register.asked(country=sorted(pair)) == register.where(lambda tie: bool(pair & sides(tie, "country")))


def test_continent(register: Register) -> None:
    def continents(tie: Row) -> set[str]:
        return {register.countries[code]["continent"] for code in sides(tie, "country")}

    for value in Continent.values:
        assert register.asked(continent=value) == [tie["id"] for tie in register.ties if value in continents(tie)]
    assert register.asked(continent=["africa", "oceania"]) == register.where(
        lambda tie: bool({"africa", "oceania"} & continents(tie))
    )


def test_place(register: Register) -> None:
    used = sorted(set().union(*(sides(tie, "slug") for tie in register.ties)))
    assert len(used) > 100
    for slug in [*used, "middle"]:
        assert register.asked(place=slug) == [tie["id"] for tie in register.ties if slug in sides(tie, "slug")], slug


def test_province(register: Register) -> None:
    provinces = [slug for slug, place in register.places.items() if place["level"] == "province"]
    assert {"sichuan", "top", "washington"} <= set(provinces)
    for slug in provinces:
        expected = [tie["id"] for tie in register.ties if slug in register.lineage(tie)]
        assert register.asked(province=slug) == expected, slug
    assert len(register.asked(province="top")) == 2


def test_level_is_the_home_side_s(register: Register) -> None:
    for value in Level.values:
        found = register.asked(level=value)
        assert found == [tie["id"] for tie in register.ties if tie["home"]["level"] == value]
        assert found


@pytest.mark.parametrize("bound", [1, 1981, 1982, 1985, 1990, 2000, 2023, 2024, 9999])
def test_years(register: Register, bound: int) -> None:
    after = register.where(lambda tie: (year(tie) or 0) >= bound)
    before = register.where(lambda tie: year(tie) is not None and (year(tie) or 0) <= bound)
    assert register.asked(founded_after=bound) == after
    assert register.asked(founded_before=bound) == before
    assert register.asked(founded_after=bound, founded_before=bound) == register.where(lambda tie: year(tie) == bound)


def test_source_by_evidence_or_event(register: Register) -> None:
    one, two, three = register.ties[:3]
    teller = builders.source("teller")
    builders.event(Relationship.objects.get(pk=one["id"]), source=teller)
    builders.evidence(Relationship.objects.get(pk=two["id"]), teller)
    builders.event(Relationship.objects.get(pk=three["id"]))
    assert register.asked(source="teller") == [one["id"], two["id"]]
    for source in rows(register.client, "sources/"):
        slug = source["slug"]
        spoken = {piece["relationship"] for piece in read(register.client, f"sources/{slug}/")["evidence"]}
        spoken |= set(Event.objects.filter(source__slug=slug).values_list("relationship", flat=True))
        assert register.asked(source=slug) == [tie["id"] for tie in register.ties if tie["id"] in spoken], slug
        assert source["tie_count"] == len(spoken), slug


@pytest.mark.parametrize("words", ["绵阳", "日本", "四川 美国", "英国 城", "atlantis"])
def test_words_of_a_name(register: Register, words: str) -> None:
    def texts(tie: Row) -> list[str]:
        sides = (tie["home"], tie["partner"])
        rows = [register.places[side["slug"]] for side in sides]
        rows += [register.countries[side["country"]] for side in sides]
        return [text.casefold() for row in rows for text in (row["name_zh"], row["name_en"], *row["aliases"])]

    expected = register.where(lambda tie: all(any(word in text for text in texts(tie)) for word in words.split()))
    assert register.asked(q=words) == expected


def test_filters_narrow_each_other(register: Register) -> None:
    expected = register.where(
        lambda tie: (
            "JP" in sides(tie, "country")
            and tie["type"] in {"sister", "exchange"}
            and "sichuan" in register.lineage(tie)
            and tie["home"]["level"] == "city"
            and 1985 <= (year(tie) or 0) <= 2015
        )
    )
    asked = {
        "country": "JP",
        "type": ["sister", "exchange"],
        "province": "sichuan",
        "level": "city",
        "founded_after": 1985,
        "founded_before": 2015,
    }
    assert register.asked(**asked) == expected
    assert len(expected) == 2


def by_date(tie: Row) -> tuple[bool, list[int]]:
    """Undated ones last; a date known only by its year before those of the same year with a month."""
    return tie["founded"] is None, [int(part) for part in (tie["founded"] or "").split("-") if part]


def test_sorted_by_date(register: Register) -> None:
    def newest(tie: Row) -> list[int]:
        unknown, parts = by_date(tie)
        return [1] if unknown else [0, *(-part for part in parts), *([1] * (3 - len(parts)))]

    plain = sorted(register.ties, key=lambda tie: tie["id"])
    oldest_first = [tie["id"] for tie in sorted(plain, key=by_date)]
    assert register.asked() == register.asked(sort="founded") == oldest_first
    assert register.asked(sort="-founded") == [tie["id"] for tie in sorted(plain, key=newest)]


@pytest.mark.parametrize("key", ["home", "partner", "country"])
def test_sorted_by_name(register: Register, key: str) -> None:
    """In English by slug, which a client can check; in Chinese by pinyin, which the API does not give."""

    def of(tie: Row) -> tuple[str, str, int]:
        home, partner = tie["home"]["slug"], tie["partner"]["slug"]
        country = register.countries[tie["partner"]["country"]]["name_en"]
        first, second = {"home": (home, partner), "partner": (partner, home), "country": (country, partner)}[key]
        return first, second, tie["id"]

    found = [tie["id"] for tie in rows(register.client, "relationships/", "en", sort=key)]
    assert found == [tie["id"] for tie in sorted(register.ties, key=of)]
    in_chinese = register.asked(sort=key)
    assert sorted(in_chinese) == sorted(found)
    assert in_chinese != found


def test_sorted_by_last_change(register: Register) -> None:
    changed = Relationship.objects.get(pk=5)
    changed.save()
    at = dict(Relationship.objects.values_list("pk", "updated_at"))
    expected = sorted((tie["id"] for tie in register.ties), key=lambda pk: (-at[pk].timestamp(), pk))
    assert register.asked(sort="updated") == expected
    assert expected[0] == 5
