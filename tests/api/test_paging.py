"""Lists a page at a time: exactly four keys, links that keep the question, and no page that is not there."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests import builders

pytestmark = pytest.mark.django_db

LISTS = ["relationships", "places", "countries", "sources", "totals"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_exactly_four_keys(client: Client, name: str) -> None:
    response = client.get(f"/api/v1/{name}/")
    assert (response.status_code, list(response.json())) == (200, ["count", "next", "previous", "results"])
    assert len(response.json()["results"]) == min(50, response.json()["count"])


def test_the_links_lead_through_every_row_once_and_back(client: Client) -> None:
    rows = builders.ties(7, type="exchange")
    forward: list[int] = []
    backward: list[int] = []
    address: str | None = "/api/v1/relationships/?place=one&type=exchange&type=intent&page_size=3"
    last = address
    while address:
        last, answer = address, client.get(address).json()
        forward += [row["id"] for row in answer["results"]]
        address = answer["next"]
    address = last
    while address:
        answer = client.get(address).json()
        backward = [row["id"] for row in answer["results"]] + backward
        address = answer["previous"]
    assert forward == backward == [row.pk for row in rows]


def test_a_link_keeps_the_whole_question(client: Client) -> None:
    builders.ties(3)
    query = {"place": ["one"], "type": ["sister", "intent"], "sort": ["-founded"], "page": ["2"], "page_size": ["1"]}
    answer = client.get("/api/v1/relationships/", query).json()
    for link, page in [("next", "3"), ("previous", "1")]:
        parts = urlsplit(answer[link])
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "http://testserver/api/v1/relationships/"
        assert parse_qs(parts.query) == {**query, "page": [page]}


def test_a_link_keeps_chinese_that_came_without_percent_encoding(client: Client) -> None:
    raw = "q=成都&page_size=1&page=1".encode().decode("latin-1")  # as a WSGI server hands on the bytes that curl sends
    answer = client.get("/api/v1/relationships/", QUERY_STRING=raw).json()
    assert parse_qs(urlsplit(answer["next"]).query) == {"q": ["成都"], "page_size": ["1"], "page": ["2"]}


def test_an_empty_list_is_a_page(client: Client) -> None:
    builders.place("lonely")
    answer = client.get("/api/v1/relationships/?place=lonely&page=1").json()
    assert answer == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("page", ["2", "9" * 30])
def test_past_the_last_page_there_is_nothing(client: Client, name: str, page: str) -> None:
    response = client.get(f"/api/v1/{name}/?page_size=500&page={page}")
    assert (response.status_code, list(response.json())) == (404, ["detail"])
    assert page in response.json()["detail"]


WHOLE = "输入整数。"
POSITIVE = "不能小于1。"


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        ("page", "0", POSITIVE),
        ("page", "-1", POSITIVE),
        ("page", "abc", WHOLE),
        ("page", "last", WHOLE),
        ("page", "1.5", WHOLE),
        ("page", "\0", WHOLE),
        ("page", "9" * 5000, WHOLE),
        ("page_size", "0", POSITIVE),
        ("page_size", "abc", WHOLE),
        ("page_size", "501", "不能大于500。"),
    ],
)
def test_a_page_that_cannot_be_read_is_named(
    client: Client, name: str, parameter: str, value: str, message: str
) -> None:
    response = client.get(f"/api/v1/{name}/", {parameter: value})
    assert (response.status_code, response.json()) == (400, {parameter: [message]})
