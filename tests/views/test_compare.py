"""The comparison of two places, and what leads to it."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import builders
from tests.views import pages
from tests.views.pages import Element

pytestmark = pytest.mark.django_db

LABELS = {"1": "First place", "2": "Second place"}


def alerts(page: list[Element]) -> list[str]:
    return [item.words for item in page if item.attributes.get("role") == "alert"]


def typed(page: list[Element]) -> list[tuple[str, str]]:
    """Type and value of the two fields."""
    fields = [item.attributes for item in page if item.tag == "input" and item.attributes.get("name") == "place"]
    return [(field["type"], field["value"]) for field in fields]


def candidates(page: list[Element]) -> list[tuple[str, str]]:
    return [
        (item.attributes["data-candidate"], item.attributes["href"])
        for item in pages.with_attribute(page, "data-candidate")
    ]


def found(page: list[Element], attribute: str) -> list[str]:
    return [item.attributes[attribute] for item in pages.with_attribute(page, attribute)]


def test_two_places_that_share_a_partner(client: Client) -> None:
    page = pages.read(client, "/en/compare/?place=chengdu&place=meishan")
    assert pages.words(page, "h1") == ["Chengdu and Meishan compared"]
    assert pages.words(page, "title") == ["Chengdu and Meishan compared · Register of sister cities"]
    assert pages.words(page, "dd")[:4] == ["41", "6", "1", "3"]
    [shared] = pages.with_attribute(page, "data-shared")
    assert shared.words == (
        "Chiang Mai Province 清迈府 Thailand Chengdu: sister city: Chengdu – Chiang Mai Province 30 March 2015"
        " Meishan: sister city: Meishan – Chiang Mai Province"
    )
    assert found(page, "data-country") == ["RU", "GB", "TH"]
    assert "agra" in found(page, "data-partner")
    assert "chiang-mai" not in found(page, "data-partner")
    assert {"/en/relationships/56/", "/en/relationships/3/", "/en/relationships/?place=meishan"} <= set(
        pages.links(page)
    )


def test_the_chain_is_drawn_with_its_ties(client: Client) -> None:
    page = pages.read(client, "/en/compare/?place=chengdu&place=meishan")
    [chain] = [item for item in page if "chain" in item.attributes.get("class", "").split()]
    assert chain.words == (
        "Chengdu China sister city: Chengdu – Chiang Mai Province 30 March 2015 Chiang Mai Province Thailand"
        " sister city: Meishan – Chiang Mai Province Meishan China"
    )


def test_a_tie_between_the_two_is_shown_and_a_letter_of_intent_is_no_chain(client: Client) -> None:
    builders.tie(type="intent", founded_year=2017)
    page = pages.read(client, "/en/compare/?place=one&place=two")
    assert [item for item in page if "chain" in item.attributes.get("class", "").split()] == []
    assert "No chain of up to 8 ties leads from one to the other." in pages.words(page, "p")
    assert "The register holds a record between these two places: letter of intent: One – Two 2017" in pages.words(
        page, "p"
    )


def test_nothing_in_common_is_said(client: Client) -> None:
    builders.tie(builders.place("one"), builders.place("far", country_id="IS"))
    builders.tie(builders.place("two"), builders.place("away", country_id="GL"))
    builders.tie(builders.place("one"), builders.place("away"), review_state="draft")
    page = pages.read(client, "/en/compare/?place=one&place=two")
    assert pages.words(page, "dd")[:4] == ["1", "1", "0", "0"]
    assert any(words.startswith("They have nothing in common yet") for words in pages.words(page, "p"))
    assert found(page, "data-partner") == ["far", "away"]
    assert found(page, "data-shared") == []


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("place=成都&place=mianyang", "place=chengdu&place=mianyang"),
        ("place=+Chengdu+&place=绵阳市", "place=chengdu&place=mianyang"),
        ("place=&place=chengdu&place=mianyang", "place=chengdu&place=mianyang"),
    ],
)
def test_names_lead_to_the_canonical_address(client: Client, asked: str, answer: str) -> None:
    response = client.get(f"/en/compare/?{asked}")
    assert (response.status_code, response["Location"]) == (302, f"/en/compare/?{answer}")
    assert client.get(response["Location"]).status_code == 200


def test_an_ambiguous_name_offers_its_places(client: Client) -> None:
    page = pages.read(client, "/en/compare/?place=chengdu&place=Chiang+Mai")
    assert candidates(page) == [
        ("chiang-mai-city", "/en/compare/?place=chengdu&place=chiang-mai-city"),
        ("chiang-mai", "/en/compare/?place=chengdu&place=chiang-mai"),
    ]
    assert "Which of these 2 places do you mean?" in pages.words(page, "p")
    assert "Chiang Mai 清迈 Chiang Mai Province, Thailand · city level" in pages.words(page, "li")
    assert typed(page) == [("hidden", "chengdu"), ("search", "Chiang Mai")]


def test_the_beginning_of_a_name_is_asked_about(client: Client) -> None:
    page = pages.read(client, "/en/compare/?place=绵&place=Chiang+Mai")
    assert [slug for slug, _address in candidates(page)] == ["mianyang", "chiang-mai-city", "chiang-mai"]
    assert "Do you mean this place?" in pages.words(page, "p")
    assert candidates(page)[0][1] == "/en/compare/?place=mianyang&place=Chiang+Mai"


def test_an_unknown_name_is_said_beside_its_field(client: Client) -> None:
    page = pages.read(client, "/en/compare/?place=Atlantis&place=chengdu")
    assert alerts(page) == ["No place in the register is called “Atlantis”."]
    [field] = pages.with_attribute(page, "data-field", "1")
    assert alerts(page)[0] in field.words
    [box] = pages.with_attribute(page, "aria-invalid")
    assert box.attributes["aria-describedby"] == "place-1-said"
    assert found(page, "id").count("place-1-said") == 1


def test_one_place_is_asked_for_its_other(client: Client) -> None:
    page = pages.read(client, "/en/compare/?place=chengdu")
    assert pages.words(page, "h1") == ["Compare two places"]
    assert typed(page) == [("hidden", "chengdu"), ("search", "")]
    assert "/en/compare/?place=chengdu&place=meishan" in pages.links(page)
    assert "/en/compare/?place=&place=" in pages.links(page)


def test_the_same_place_twice(client: Client) -> None:
    page = pages.read(client, "/en/compare/?place=chengdu&place=成都")
    assert alerts(page) == ["This is the same place: choose another one."]
    assert typed(page) == [("hidden", "chengdu"), ("search", "")]


def test_more_than_two_places(client: Client) -> None:
    page = pages.read(client, "/en/compare/?place=chengdu&place=mianyang&place=deyang")
    assert alerts(page) == ["Only two places can be compared at a time."]
    assert typed(page) == [("hidden", "chengdu"), ("hidden", "mianyang")]


@pytest.mark.parametrize("query", ["", "?", "?place=", "?place=&place="])
def test_the_start_shows_examples_that_work(client: Client, query: str) -> None:
    page = pages.read(client, f"/en/compare/{query}")
    [examples] = pages.with_attribute(page, "data-examples")
    addresses = [link for link in pages.links(page) if "place=" in link and not link.endswith("place=")]
    assert len(addresses) == 3
    assert "Chengdu" in examples.words
    for address in addresses:
        assert found(pages.read(client, address), "data-country")
    assert alerts(page) == []


@pytest.mark.parametrize(
    "query",
    [
        "place=%00&place=%ff%fe",
        "place=" + "x" * 10_000,
        "place=<script>alert(1)</script>&place='%3BDROP TABLE x--",
        "place=%25&place=_",
        "place=!!!&place=%E3%80%80",
        "place=%ED%A0%80",
        "%00=1&place[]=chengdu",
    ],
)
def test_no_query_breaks_the_page(client: Client, query: str) -> None:
    page = pages.read(client, f"/en/compare/?{query}")
    assert pages.words(page, "h1") == ["Compare two places"]
    assert candidates(page) == []


def test_a_draft_connects_nothing_and_is_nowhere(client: Client) -> None:
    address = "/en/compare/?place=chengdu&place=mianyang"
    before = pages.words(pages.read(client, address), "main")
    hidden = builders.place("hidden-link")
    for slug in ("chengdu", "mianyang"):
        builders.tie(builders.place(slug), hidden, review_state="draft")
    assert pages.words(pages.read(client, address), "main") == before
    assert pages.rows(pages.read(client, "/en/cities/hidden-link/")) == []


def test_the_page_asks_as_often_for_one_tie_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    builders.ties(30)
    builders.tie(builders.place("two"), builders.place("city-0"))
    builders.tie(builders.place("lone"), builders.place("other"))
    builders.tie(builders.place("only"), builders.place("other"))
    builders.columns_are_read()
    for pair in ("place=lone&place=only", "place=one&place=two"):
        with django_assert_num_queries(10):
            assert len(found(pages.read(client, f"/compare/?{pair}"), "data-shared")) == 1


def test_the_start_asks_four_questions(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(4):
        pages.read(client, "/compare/")


def test_a_list_of_hundreds_is_cut_and_says_so(client: Client) -> None:
    builders.ties(110)
    page = pages.read(client, "/en/compare/?place=one&place=chengdu")
    [column] = pages.with_attribute(page, "data-only", "one")
    assert len([slug for slug in found(page, "data-partner") if slug.startswith("city-")]) == 100
    assert "The first 100 of 110." in column.words


# --- what leads there -----------------------------------------------------------------------------------------------


def test_a_place_shows_the_partners_of_its_partners(client: Client) -> None:
    page = pages.read(client, "/en/cities/chengdu/")
    cousins = {item.attributes["data-cousin"]: item.words for item in pages.with_attribute(page, "data-cousin")}
    assert cousins["meishan"] == "Meishan China through Chiang Mai Province: Meishan – Chiang Mai Province"
    assert "Partners of its partners" in [words.rsplit(" ", 1)[0] for words in pages.words(page, "h2")]
    assert pages.with_attribute(pages.read(client, "/en/provinces/hainan/"), "data-cousin") == []


def test_many_ways_are_counted(client: Client) -> None:
    for number in range(6):
        for side in ("one", "two"):
            builders.tie(builders.place(side), builders.place(f"city-{number}"))
    page = pages.read(client, "/en/cities/one/")
    [cousin] = pages.with_attribute(page, "data-cousin")
    assert (
        cousin.words == "Two China through City 0: Two – City 0, City 1: Two – City 1, City 2: Two – City 2 and 3 more"
    )


def test_a_place_offers_the_comparison(client: Client) -> None:
    page = pages.read(client, "/en/provinces/sichuan/")
    [form] = [item for item in page if item.tag == "form" and item.attributes.get("action") == "/en/compare/"]
    assert form.words == "Compare with another place Compare"
    fields = [item.attributes for item in page if item.tag == "input" and item.attributes.get("name") == "place"]
    assert [(field["type"], field.get("value")) for field in fields] == [("hidden", "sichuan"), ("search", None)]
    assert "/en/compare/" in pages.links(page)


# --- the timeline of a tie ------------------------------------------------------------------------------------------


def timeline(page: list[Element]) -> Element:
    [line] = [item for item in page if item.tag == "ol" and "timeline" in item.attributes.get("class", "").split()]
    return line


def test_the_timeline_is_one_line_with_papers_and_sources(client: Client) -> None:
    page = pages.read(client, "/en/relationships/66/")
    line = timeline(page)
    assert line.attributes["class"] == "timeline timeline-across"
    assert [item.words for item in pages.with_attribute(page, "data-step")] == [
        "August 2018 signing A friendly-cooperation tie was set up. 中新网: 成都与叶卡捷琳堡建立国际友好城市关系",
        (
            "5 years later 19 August 2023 approval The mayor of Yekaterinburg decreed the sister tie; the Russian side"
            " counts from this day. veved.ru: Уральская столица и китайский город Чэнду стали городами-побратимами"
        ),
        (
            "1 year later 12 September 2024 upgrade · agreement date established The agreement that raised the"
            " cooperation to a sister tie was signed: Chengdu’s 38th sister city."
            " 中新网: 成都与叶卡捷琳堡建立国际友好城市关系"
        ),
    ]


def test_a_founding_date_alone_is_a_line(client: Client) -> None:
    tie = builders.tie(founded_year=1988)
    assert timeline(pages.read(client, f"/en/relationships/{tie.pk}/")).words == "1988 Established"
    letter = builders.tie(builders.place("three"), builders.place("four"), type="intent", founded_year=1990)
    assert timeline(pages.read(client, f"/en/relationships/{letter.pk}/")).words == "1990 Letter signed"
    undated = builders.tie(builders.place("five"), builders.place("six"))
    assert "Timeline" not in pages.words(pages.read(client, f"/en/relationships/{undated.pk}/"), "h2")


def test_a_line_of_eight_steps_goes_down_the_page(client: Client) -> None:
    tie = builders.tie(founded_year=1988)
    for year in range(2000, 2006):
        builders.event(tie, kind="visit", date_year=year)
    assert timeline(pages.read(client, f"/relationships/{tie.pk}/")).attributes["class"] == "timeline timeline-across"
    builders.event(tie, kind="visit", date_year=2006)
    assert timeline(pages.read(client, f"/relationships/{tie.pk}/")).attributes["class"] == "timeline"


def test_a_letter_of_intent_is_not_said_twice(client: Client) -> None:
    page = pages.read(client, "/en/relationships/35/")
    [step] = pages.with_attribute(page, "data-step")
    assert step.words.startswith(
        "12 November 2024 letter of intent date established A letter of intent on friendly cooperation was signed."
    )
