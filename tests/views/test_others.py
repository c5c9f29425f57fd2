"""Home, countries, sources, about, errors, health."""

from __future__ import annotations

from unittest import mock

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.models import Relationship, Source
from tests import builders
from tests.views import pages

PRESS = "/sources/sichuan-press-conference-2023-05-18/"


@pytest.mark.django_db
def test_home_shows_the_figures_of_the_register(client: Client) -> None:
    summary = queries.summary()
    page = pages.read(client, "/en/")
    figures = [item.words for item in page if item.tag == "dd"]
    assert figures == [str(summary.ties), str(summary.places), str(summary.countries), str(summary.sources)]
    assert len([item for item in page if item.attributes.get("id", "").startswith("total-")]) == 5


@pytest.mark.django_db
def test_home_asks_a_fixed_number_of_questions(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    builders.columns_are_read()
    with django_assert_num_queries(11):
        pages.read(client, "/")


@pytest.mark.django_db
def test_countries_are_listed_with_their_ties(client: Client) -> None:
    page = pages.read(client, "/countries/")
    ties = {item.attributes["data-row"]: item.words for item in pages.with_attribute(page, "data-row")}
    assert ties["JP"] == "日本 12"
    assert len(ties) == len(queries.countries()) == 50


@pytest.mark.django_db
def test_the_page_of_a_country(client: Client) -> None:
    page = pages.read(client, "/en/countries/GR/")
    assert pages.words(page, "h1") == ["Greece 希腊"]
    assert pages.rows(page) == ["74"]


@pytest.mark.django_db
def test_a_country_without_a_tie_says_that_this_proves_nothing(client: Client) -> None:
    page = pages.read(client, "/countries/IS/")
    assert "尚未收录与冰岛的友城关系。没有收录，不等于没有。" in pages.words(page, "p")


@pytest.mark.django_db
def test_names_of_hong_kong_macao_and_taiwan(client: Client) -> None:
    names = [pages.words(pages.read(client, f"/countries/{code}/"), "h1")[0] for code in ("HK", "MO", "TW")]
    assert names == ["中国香港 Hong Kong, China", "中国澳门 Macao, China", "中国台湾 Taiwan, China"]


@pytest.mark.django_db
def test_country_codes_are_written_in_capitals(client: Client) -> None:
    response = client.get("/countries/jp/")
    assert (response.status_code, response["Location"]) == (301, "/countries/JP/")
    pages.read(client, "/countries/XX/", status=404)
    pages.read(client, "/countries/japan/", status=404)


@pytest.mark.django_db
def test_sources_are_listed_newest_first(client: Client) -> None:
    page = pages.read(client, "/sources/?page_size=500")
    assert pages.rows(page) == [source.slug for source in queries.sources()]
    assert len(pages.rows(page)) == 116


@pytest.mark.django_db
def test_every_quote_is_marked_in_the_text_and_linked_both_ways(client: Client) -> None:
    page = pages.read(client, PRESS)
    source = Source.objects.get(slug="sichuan-press-conference-2023-05-18")
    columns = ("start", "end")
    spans = {*source.evidence.values_list(*columns), *source.totals.values_list(*columns)}
    marks = {item.attributes["id"] for item in page if item.tag == "mark" and "id" in item.attributes}
    assert marks == {f"quote-{start}-{end}" for start, end in spans}
    links = pages.links(page)
    assert {f"#{mark}" for mark in marks} <= set(links)
    assert {f"#tie-{number}" for number in range(1, 10)} <= set(links)
    assert {f"#total-{total.pk}" for total in source.totals.all()} <= set(links)
    targets = {item.attributes["id"] for item in page if "id" in item.attributes}
    assert {link[1:] for link in links if link.startswith("#")} <= targets


@pytest.mark.django_db
def test_the_text_is_shown_as_it_is(client: Client) -> None:
    response = client.get(PRESS)
    source = Source.objects.get(slug="sichuan-press-conference-2023-05-18")
    assert "托尔斯泰\n\n家乡俄罗斯图拉市等" in response.content.decode()
    assert "图拉市等" in source.text


@pytest.mark.django_db
def test_the_pages_of_sources_ask_as_often_for_one_as_for_thirty(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, many = builders.source("one-claim"), builders.source("thirty-claims")
    ties = builders.ties(30)
    builders.evidence(ties[0], one)
    for tie in ties:
        builders.evidence(tie, many)
    for source in (one, many):
        with django_assert_num_queries(6):
            pages.read(client, source.get_absolute_url())


@pytest.mark.django_db
def test_about_defines_every_type(client: Client) -> None:
    page = pages.read(client, "/en/about/")
    assert pages.words(page, "dt") == [
        "sister city",
        "friendly cooperation",
        "friendly exchange",
        "letter of intent",
        "other",
    ]


@pytest.mark.parametrize("path", ["/nope/", "/en/nope/", "/%ff%fe/", "/relationships/x/", "/en/relationships/1"])
def test_what_is_not_there_is_said_in_the_readers_language(client: Client, path: str, db: None) -> None:
    expected = {"/en/nope/": "Nothing is kept at this address", "/nope/": "这个网址没有内容"}
    response = client.get(path, follow=True)
    if path in expected:
        assert pages.words(pages.read(client, path, status=404), "h1") == [expected[path]]
    assert response.status_code in {200, 404}


def test_a_foreign_host_is_a_bad_request(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "无法识别这个请求" in response.content.decode()


@pytest.mark.django_db
def test_a_failure_of_ours_is_a_page_that_asks_no_database(client: Client) -> None:
    client.raise_request_exception = False
    with mock.patch.object(
        queries, "summary", side_effect=ValueError("of ours")
    ):  # a fault cannot be had for real here
        response = client.get("/en/about/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


@pytest.mark.django_db
def test_healthz_and_readyz(client: Client) -> None:
    assert (client.get("/healthz").content, client.get("/readyz").content) == (b"ok\n", b"ok\n")


def test_healthz_asks_no_database(client: Client) -> None:
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_the_address_decides_the_language_of_pages_and_the_header_that_of_the_api(client: Client) -> None:
    english = {"accept-language": "en"}
    page, answer = client.get("/", headers=english), client.get("/api/v1/relationships/?type=x", headers=english)
    assert (page["Content-Language"], page.headers.get("Vary", "")) == ("zh-hans", "Accept-Encoding")
    assert (answer["Content-Language"], answer["Vary"]) == ("en", "Accept-Language, origin")
    assert answer.json() == {"type": ["“x” is not known to the register."]}
    assert client.get("/en/", headers={"accept-language": "zh"})["Content-Language"] == "en"


@pytest.mark.django_db
def test_two_quotes_of_one_tie_are_both_marked(client: Client) -> None:
    source = builders.source("long", text="alpha beta gamma")
    tie = builders.tie()
    for start, end in ((0, 5), (0, 10), (11, 16)):
        builders.evidence(tie, source, quote=source.text[start:end], start=start, end=end)
    page = pages.read(client, source.get_absolute_url())
    ids = {item.attributes["id"] for item in page if "id" in item.attributes}
    assert {"quote-0-5", "quote-0-10", "quote-11-16"} <= ids
    assert [link for link in pages.links(page) if link.startswith("#quote")] == [
        "#quote-0-5",
        "#quote-0-10",
        "#quote-11-16",
    ]


@pytest.mark.django_db
def test_the_list_of_countries_explains_a_zero_where_there_is_one(client: Client) -> None:
    Relationship.objects.exclude(type="sister").delete()
    assert pages.with_attribute(pages.read(client, "/en/countries/"), "data-uncounted") == []
    builders.tie(builders.place("alone", country_id="IS"), builders.place("far", country_id="IS"), type="intent")
    [note] = pages.with_attribute(pages.read(client, "/en/countries/"), "data-uncounted")
    assert note.words == ("0: there are only letters of intent or ended ties, which are listed but not counted. Why?")
