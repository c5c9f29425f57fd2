"""The list of ties and the page of one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Relationship
from friendship.queries import Criteria
from tests import builders
from tests.views import pages

pytestmark = pytest.mark.django_db


def test_the_list_shows_what_the_filters_ask_for(client: Client) -> None:
    page = pages.read(client, "/relationships/?country=JP&type=sister&founded_after=1990&sort=-founded")
    asked = Criteria(country=("JP",), type=("sister",), founded_after=1990, sort="-founded")
    assert pages.rows(page) == [str(tie.pk) for tie in queries.relationships(asked)]
    assert [item.attributes["href"] for item in pages.with_attribute(page, "data-part")] == [
        "?country=JP&founded_after=1990&sort=-founded",
        "?type=sister&founded_after=1990&sort=-founded",
        "?type=sister&country=JP&sort=-founded".replace("type=sister&country=JP", "country=JP&type=sister"),
    ]


def test_a_row_in_both_languages(client: Client) -> None:
    def row(path: str) -> str:
        return pages.with_attribute(pages.read(client, path), "data-row", "95")[0].words

    assert row("/relationships/?q=shobara") == (
        "绵阳市 Mianyang 庄原市 Shobara 日本 国际友好城市 1990年9月29日 有效 1 个来源：绵阳市—庄原市"
    )
    assert row("/en/relationships/?q=shobara") == (
        "Mianyang 绵阳市 Shobara 庄原市 Japan sister city 29 September 1990 active 1 source: Mianyang – Shobara"
    )


def test_the_tally_tells_rows_from_ties(client: Client) -> None:
    builders.tie(type="intent")
    [tally] = [
        item for item in pages.read(client, "/en/relationships/?place=one") if item.attributes.get("role") == "status"
    ]
    assert tally.words == "1 record, of which 0 count as ties Why?"
    [tally] = [
        item
        for item in pages.read(client, "/en/relationships/?place=one&type=intent")
        if item.attributes.get("role") == "status"
    ]
    assert tally.words == "1 record"


def test_pages_keep_the_filters(client: Client) -> None:
    page = pages.read(client, "/relationships/?province=sichuan&sort=home&page_size=20&page=2")
    assert len(pages.rows(page)) == 20
    [following] = [item for item in page if item.attributes.get("rel") == "next"]
    assert following.attributes["href"] == "?province=sichuan&sort=home&page_size=20&page=3"


def test_an_empty_list_helps(client: Client) -> None:
    page = pages.read(client, "/en/relationships/?q=zzzz&type=sister")
    assert pages.rows(page) == []
    assert "No tie matches all of this" in pages.words(page, "h2")
    assert {"?type=sister", "?q=zzzz"} <= set(pages.links(page))


def test_a_wrong_value_is_said_beside_its_field(client: Client) -> None:
    page = pages.read(client, "/relationships/?country=XX&founded_after=abc&type=sister&page=0")
    said = [item.words for item in page if item.attributes.get("role") == "alert"]
    assert said == [
        "以下条件无效，未予应用：国家（地区）“XX”，结好起始年份“abc” 页码：不能小于1。",
        "名录中没有“XX”。",
        "年份请用数字填写，例如 1982。",
        "不能小于1。",
    ]
    assert len(pages.rows(page)) == 50


_WRONG = "?q=%00&type=foo&country=XX&founded_after=2000&founded_before=1990&level=x&province=x&sort=x"


@pytest.mark.parametrize(
    "path", ["relationships", "map", "statistics", "cities", "provinces", "anniversaries", "month"]
)
def test_what_is_not_applied_stands_beside_the_count_and_leads_to_its_field(client: Client, path: str) -> None:
    address = f"/anniversaries/{timezone.localdate():%Y-%m}/" if path == "month" else f"/{path}/"
    page = pages.read(client, address + _WRONG)
    [refused] = pages.with_attribute(page, "class", "refused")
    leads = [item.attributes["href"] for item in page if item.attributes.get("href", "").startswith("#filter-")]
    years = [] if path in ("cities", "provinces") else ["#filter-founded_before"] * 2
    expected = ["#filter-q", "#filter-type", "#filter-country", *years]
    assert leads == [*expected, "#filter-level", "#filter-province", "#filter-sort"]
    ids = [item.attributes["id"] for item in page if item.attributes.get("id", "").startswith("filter-")]
    assert {f"#{name}" for name in ids} >= set(leads)
    assert len(ids) == len(set(ids))
    tally = next(item for item in page if item.attributes.get("class") == "tally")
    assert [item for item in page if item is tally or item is refused] == [tally, refused]
    assert pages.with_attribute(pages.read(client, address), "class", "refused") == []


def test_the_good_alternative_is_applied_and_the_wrong_one_is_named(client: Client) -> None:
    page = pages.read(client, "/en/relationships/?type=foo&type=exchange&page_size=501")
    assert pages.rows(page) == [str(tie.pk) for tie in queries.relationships(Criteria(type=("exchange",)))]
    [refused] = pages.with_attribute(page, "class", "refused")
    assert refused.words == (
        "Not valid, and not applied: type “foo” rows on a page: Ensure this value is less than or equal to 500."
    )


def test_the_code_of_a_country_may_be_written_small(client: Client) -> None:
    page = pages.read(client, "/relationships/?country=jp&sort=home")
    assert pages.rows(page) == pages.rows(pages.read(client, "/relationships/?country=JP&sort=home"))
    [canonical] = pages.with_attribute(page, "rel", "canonical")
    assert canonical.attributes["href"] == "http://testserver/relationships/?country=JP"


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ff%fe",
        "q=" + "x" * 10_000,
        "page=99999999999999999999",
        "page=-1&page_size=-1",
        "founded_after=99999",
        "founded_before=1e3",
        "founded_after=%D9%A3",
        "place=%00&country=%00&source=%00",
        "country=JP&country=jp&country=",
        "sort=founded&sort=home",
        "founded_after=2000&founded_before=1990",
        "type=sister&type=cousin&status=&level=x&continent=x&province=x",
        "%00=1&%ff=2&=3&&&",
        "q='%3BDROP TABLE x--&country='",
        "q=<script>alert(1)</script>",
    ],
)
def test_no_query_breaks_the_list(client: Client, query: str) -> None:
    page = pages.read(client, f"/relationships/?{query}")
    assert pages.words(page, "h1") == ["友城关系"]
    assert [item.words for item in page if item.tag == "script" and "src" not in item.attributes] == []


def test_the_list_asks_as_often_for_one_row_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    builders.ties(30)
    builders.tie(builders.place("alone"), builders.place("other"))
    builders.columns_are_read()
    for place, count in (("alone", 1), ("one", 30)):
        with django_assert_num_queries(4):
            page = pages.read(client, f"/relationships/?place={place}")
        assert len(pages.rows(page)) == count


def test_the_page_of_a_tie_says_how_we_know(client: Client) -> None:
    page = pages.read(client, "/relationships/1/")
    assert pages.words(page, "h1") == ["四川省 — 华盛顿州"]
    [words] = pages.words(page, "blockquote")
    assert words == (
        "1982年10月,四川与美国华盛顿 州缔结了友好省州关系,这是我省建立 的第一对省级国际友好城市,"
        "也由此拉 开了四川广交国际朋友的序幕。"
    )
    quote = Relationship.objects.get(pk=1).evidence.filter(claim="founded").first()
    assert quote is not None
    assert f"/sources/sichuan-press-conference-2023-05-18/#quote-{quote.start}-{quote.end}" in pages.links(page)
    assert {"友好省州关系", "1982年10月", "有效"} <= set(pages.words(page, "dd"))


def test_the_page_shows_where_sources_disagree(client: Client) -> None:
    page = pages.read(client, "/en/relationships/37/")
    [block] = pages.with_attribute(page, "data-disagreements")
    assert "24 April 1981" in block.words
    assert "22 June 1981" in block.words
    assert pages.with_attribute(pages.read(client, "/en/relationships/1/"), "data-disagreements") == []


def test_the_page_shows_the_other_ties_of_both_sides(client: Client) -> None:
    tie = builders.tie(builders.place("hub"), builders.place("far"))
    others = [builders.tie(builders.place("hub"), builders.place(f"rim-{n}")) for n in range(8)]
    page = pages.read(client, f"/relationships/{tie.pk}/")
    assert pages.rows(page) == [str(other.pk) for other in others[:6]]
    assert "/cities/hub/" in pages.links(page)


def test_the_page_asks_as_often_for_one_piece_of_evidence_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few, many = builders.tie(), builders.tie(builders.place("three"), builders.place("four"))
    builders.evidence(few)
    builders.event(few, source=builders.source())
    for number in range(30):
        builders.evidence(many, builders.source(f"paper-{number}"))
        builders.event(many, source=builders.source(f"paper-{number}"))
    builders.columns_are_read()
    for tie in (few, many):
        with django_assert_num_queries(6):
            pages.read(client, f"/relationships/{tie.pk}/")


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999999999"])
def test_an_unknown_number_is_not_found(client: Client, number: str) -> None:
    page = pages.read(client, f"/relationships/{number}/", status=404)
    assert pages.words(page, "h1") == ["这个网址没有内容"]


def test_nothing_can_be_sent_there(client: Client) -> None:
    assert client.post("/relationships/").status_code == 405
    assert client.post("/relationships/1/").status_code == 405
