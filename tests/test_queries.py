"""Reads across models."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from friendship import queries
from friendship.dates import PartialDate
from friendship.models import Place, Relationship, Source
from friendship.queries import Criteria, PlaceCriteria
from tests import builders

pytestmark = pytest.mark.django_db

QUESTIONS = [
    Criteria(),
    Criteria(type=("sister",), country=("JP", "KR")),
    Criteria(q="成都", founded_after=2000),
    Criteria(province=("sichuan",), level=("county",)),
    Criteria(place=("mianyang",), status=("active",)),
    Criteria(continent=("europe",), founded_before=1999),
]


def pairs(criteria: Criteria) -> list[tuple[str, str]]:
    return [(tie.home.slug, tie.partner.slug) for tie in queries.relationships(criteria)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_facet_counts_the_rows_that_choosing_it_gives(question: Criteria) -> None:
    for name, choices in queries.facets(question).items():
        for choice in choices:
            asked = replace(question, **{name: (choice.value,)})  # type: ignore[arg-type]
            assert queries.select(asked).count() == choice.count, (name, choice.value)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_decade_counts_the_rows_that_choosing_it_gives(question: Criteria) -> None:
    for decade in queries.decades(question):
        asked = replace(question, founded_after=decade.first, founded_before=decade.last)
        assert queries.select(asked).count() == decade.count


def test_a_value_that_every_row_shares_is_no_choice() -> None:
    assert "CN" not in [choice.value for choice in queries.facets(Criteria())["country"]]
    assert [choice.value for choice in queries.facets(Criteria(country=("JP",)))["continent"]] == ["asia"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("绵阳 庄原", [("mianyang", "shobara")]),
        ("mianyang shobara", [("mianyang", "shobara")]),
        ("庄原 日本 绵阳", [("mianyang", "shobara")]),
        ("Ähtäri", [("dujiangyan", "ahtari")]),
        ("ahtari", [("dujiangyan", "ahtari")]),
        ("蓉 伏尔加格勒", [("chengdu", "volgograd")]),
        ("Szechwan washington", [("sichuan", "washington")]),
        ("!!!", []),
        ("zzzz", []),
    ],
)
def test_search_finds_either_side_and_the_country(query: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(Criteria(q=query)) == expected


@pytest.mark.parametrize("query", ["绵阳", "mianyang", "my", "mian yang"])
def test_mianyang_is_found_in_every_script(query: str) -> None:
    assert set(pairs(Criteria(place=("mianyang",)))) <= set(pairs(Criteria(q=query)))


def test_percent_and_underscore_are_letters() -> None:
    assert pairs(Criteria(q="100%")) == []
    assert pairs(Criteria(q="_")) == []


def test_sorting() -> None:
    builders.tie(founded_year=1950)
    oldest = queries.relationships(Criteria())
    assert oldest[0].founded == PartialDate(1950)
    assert oldest.last() is not None
    dated = [tie.founded for tie in queries.relationships(Criteria(sort="-founded")) if tie.founded]
    assert [date.year for date in dated] == sorted((date.year for date in dated), reverse=True)
    with translation.override("zh-hans"):
        assert [home for home, _partner in pairs(Criteria(sort="home"))][:2] == ["anzhou", "chengdu"]
    with translation.override("en"):
        countries = [tie.partner.country.name for tie in queries.relationships(Criteria(sort="country"))]
    assert countries == sorted(countries)


def test_what_is_not_counted_is_listed() -> None:
    before = queries.count_ties(Criteria())
    builders.tie(type="intent")
    builders.tie(builders.place("three"), builders.place("four"), status="ended")
    here = Criteria(place=("one", "three"))
    assert len(pairs(here)) == 2
    assert (queries.count_ties(Criteria()), queries.count_ties(here)) == (before, 0)
    assert queries.count_ties(replace(here, type=("intent",))) == 1
    assert queries.count_ties(replace(here, status=("ended",))) == 1
    assert queries.count_ties(replace(here, type=("intent", "sister"))) == 1  # the ended one was not asked for


def test_a_draft_is_nowhere() -> None:
    draft = builders.tie(review_state="draft", founded_year=1950)
    builders.evidence(draft)
    builders.event(draft, source=builders.source())
    assert queries.relationship(draft.pk) is None
    assert pairs(Criteria(place=("one",))) == []
    assert [row.slug for row in queries.places(Place.objects.all(), PlaceCriteria(q="two"))] == []
    assert queries.tie_counts_of_sources()[builders.source().pk] == 0
    assert list(queries.evidence_of(builders.source())) == []
    assert list(queries.events_of(builders.source())) == []
    assert queries.decades(Criteria())[0].first == 1980


def recorded(**fields: Any) -> int:
    return queries.recorded(builders.total(builders.place("top"), **{"as_of_year": 2000, **fields}))


@pytest.fixture
def scope() -> dict[str, Place]:
    """A city with a county, four ties of the city and two of the county."""
    top = builders.place("top")
    below = builders.place("below", level="county", parent=top)
    abroad = [builders.place(f"abroad-{n}", country_id="JP" if n < 3 else "FR") for n in range(6)]
    builders.tie(top, abroad[0], type="sister", founded_year=1990)
    builders.tie(top, abroad[1], type="cooperation", founded_year=2000, founded_month=5)
    builders.tie(top, abroad[2], type="intent", founded_year=1990)
    builders.tie(top, abroad[3], type="sister", founded_year=2001)
    builders.tie(below, abroad[0], type="sister")
    builders.tie(below, abroad[4], type="exchange", status="ended", founded_year=1980, ended_year=1995)
    return {"top": top, "below": below}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"scope": "own", "metric": "all"}, 2),
        ({"scope": "own", "metric": "all", "as_of_year": 2001}, 3),
        ({"scope": "own", "metric": "all", "as_of_year": 2000, "as_of_month": 4}, 1),
        ({"scope": "own", "metric": "sister"}, 1),
        ({"scope": "own", "metric": "cooperation"}, 1),
        ({"scope": "subordinate", "metric": "all"}, 1),
        ({"scope": "subordinate", "metric": "all", "as_of_year": 1990}, 2),
        ({"scope": "all", "metric": "all"}, 3),
        ({"scope": "all", "metric": "partners"}, 2),
        ({"scope": "all", "metric": "countries"}, 1),
        ({"scope": "all", "metric": "countries", "as_of_year": 2001}, 2),
        ({"scope": "all", "metric": "all", "as_of_year": None}, 4),
    ],
)
def test_recorded_answers_the_question_of_the_total(
    scope: dict[str, Place], fields: dict[str, Any], expected: int
) -> None:
    assert recorded(**fields) == expected


def test_disagreement_names_who_says_what() -> None:
    montpellier = queries.relationship(37)
    assert montpellier is not None
    [found] = queries.disagreements(montpellier)
    with translation.override("en"):
        voices = [
            (value, [source.slug for source in sources])
            for value, sources in queries.disagreements(montpellier)[0].voices
        ]
    assert found.claim == "founded"
    assert voices == [
        ("24 April 1981", ["montpellier-press-office-chengdu-2025"]),
        ("22 June 1981", ["clionautes-montpellier-chengdu"]),
    ]


def test_an_earlier_stage_is_no_disagreement() -> None:
    tie = builders.tie(type="sister", founded_year=2019)
    early, late = builders.source("early"), builders.source("late")
    builders.evidence(tie, early, value="cooperation")
    builders.evidence(tie, late, value="sister")
    held = queries.relationship(tie.pk)
    assert held is not None
    assert [item.claim for item in queries.disagreements(held)] == ["tie"]
    builders.event(tie, date_year=2018, source=early)
    held = queries.relationship(tie.pk)
    assert held is not None
    assert queries.disagreements(held) == []


def test_voices_put_quoted_sources_first() -> None:
    washington = queries.relationship(1)
    assert washington is not None
    first, second = queries.voices(washington)
    assert first.source.slug == "sichuan-press-conference-2023-05-18"
    assert [len(first.quotes), len(first.claims), len(second.quotes)] == [1, 3, 0]


def test_statements_follow_the_text() -> None:
    source = Source.objects.get(slug="sichuan-press-conference-2023-05-18")
    spoken = queries.statements(source)
    assert {item.tie.pk for item in spoken} == set(range(1, 10))
    starts = [start for item in spoken for start, _end in item.spans]
    assert starts == sorted(starts)
    assert len(starts) == 9


def test_places_count_their_ties() -> None:
    rows = {row.slug: vars(row)["tie_count"] for row in queries.places(Place.objects.cities(), PlaceCriteria())}
    for slug in ("chengdu", "mianyang", "shobara", "chiang-mai-city"):
        held = Relationship.objects.published().counted().filter(pk__in=queries.select(Criteria(place=(slug,))))
        assert rows[slug] == held.count()
    assert "sichuan" not in rows


def test_summary_is_what_a_plain_count_gives() -> None:
    ties = [tie for tie in queries.relationships(Criteria()) if tie.is_counted]
    found = queries.summary()
    assert (found.rows, found.ties) == (132, len(ties))
    assert found.countries == len({tie.partner.country_id for tie in ties})
    assert found.places == len({tie.partner_id for tie in ties})
    assert found.undated == len([tie for tie in ties if tie.founded is None])


def test_an_excerpt_tells_records_from_ties() -> None:
    hub = builders.place("hub")
    for number in range(4):
        builders.tie(hub, builders.place(f"rim-{number}"), type="intent" if number else "sister")
    for limit in (2, 4, 9):
        found = queries.excerpt_of(Criteria(place=("hub",)), limit)
        assert (len(found.rows), found.count, found.ties) == (min(limit, 4), 4, 1)


def test_cities_with_a_letter_of_intent_are_counted_when_asked_for() -> None:
    builders.tie(type="intent")
    rows = queries.places(Place.objects.cities(), PlaceCriteria(q="two", type=("intent",)))
    assert [(row.slug, vars(row)["tie_count"]) for row in rows] == [("two", 1)]
