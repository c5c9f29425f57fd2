"""What all answers share: an ETag that is asked again, and who may read them from where."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from friendship.api import answers
from friendship.models import Relationship
from tests import builders
from tests.api.asking import API
from tests.api.test_schema import ADDRESSES

pytestmark = pytest.mark.django_db

KEPT = [address for address in ADDRESSES if address != "docs/"]
ELSEWHERE = {"origin": "https://elsewhere.example"}


@pytest.mark.parametrize("path", KEPT)
def test_what_has_not_changed_is_not_sent_again(client: Client, path: str) -> None:
    first = client.get(API + path)
    assert (first.status_code, first["Cache-Control"]) == (200, "no-cache")
    for ask in (client.get, client.head):
        again = ask(API + path, headers={"if-none-match": f'"other", {first["ETag"]}'})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert "Accept-Language" in again["Vary"]
    assert client.head(API + path)["ETag"] == first["ETag"]
    assert client.get(API + path, headers={"if-none-match": '"other"'}).content == first.content


@pytest.mark.parametrize("path", KEPT)
def test_who_asks_again_is_answered_without_the_content(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    builders.tie()  # so that nothing is remembered
    first = client.get(API + path)
    headers = {"if-none-match": first["ETag"]}
    told = [client.get(API + path, headers=headers)]
    with django_assert_num_queries(1):  # the state
        told.append(client.get(API + path, headers=headers))
    with django_assert_num_queries(1):
        told.append(client.head(API + path, headers=headers))
    assert [(answer.status_code, answer.content) for answer in told] == [(304, b"")] * 3
    for name in ("ETag", "Cache-Control", "Vary", "Content-Type", "Allow", "Content-Language"):
        assert len({answer.get(name) for answer in told}) == 1, name
    assert client.get(API + path, headers={"if-none-match": '"other"'}).content == first.content


def test_what_is_remembered_holds_for_one_language_form_and_address(client: Client) -> None:
    address = f"{API}relationships/1/"
    tag = client.get(address)["ETag"]
    for _ in range(2):
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304
        indented = {"if-none-match": tag, "accept": "application/json; indent=2"}
        assert client.get(address, headers=indented).status_code == 200
        assert client.get(address, headers={"if-none-match": tag, "host": "localhost"}).status_code == 200
        assert client.get(f"{address}?fields=id", headers={"if-none-match": tag}).status_code == 200
    words = client.get(f"{API}schema/", headers={"accept-language": "en"})["ETag"]
    for _ in range(2):
        english = {"if-none-match": words, "accept-language": "en"}
        assert client.get(f"{API}schema/", headers=english).status_code == 304
        chinese = {"if-none-match": words, "accept-language": "zh-hans"}
        assert client.get(f"{API}schema/", headers=chinese).status_code == 200


def test_a_refusal_is_no_less_refused_after_an_answer_was_remembered(client: Client) -> None:
    tag = client.get(f"{API}countries/JP/")["ETag"]
    for _ in range(2):
        assert client.get(f"{API}countries/JP/", headers={"if-none-match": tag}).status_code == 304
    assert client.get(f"{API}countries/JP/?x=1", headers={"if-none-match": tag}).status_code == 400
    assert client.post(f"{API}countries/JP/", headers={"if-none-match": tag}).status_code == 405


def test_no_more_tags_are_remembered_than_a_process_has_room_for(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "_MOST_TAGS", 2)
    for code in ("JP", "US", "FR"):
        client.get(f"{API}countries/{code}/", headers={"if-none-match": '"other"'})
    assert len(answers._tags) == 2


def test_a_change_is_seen_at_once(client: Client) -> None:
    addresses = [f"{API}relationships/1/", f"{API}relationships/?fields=id,status", f"{API}statistics/"]
    before = {address: client.get(address)["ETag"] for address in addresses}
    tie = Relationship.objects.get(pk=1)
    tie.status = "ended"
    tie.save()
    for address, tag in before.items():
        assert client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_a_change_elsewhere_leaves_a_row_as_it_is(client: Client) -> None:
    before = client.get(f"{API}relationships/1/")["ETag"]
    builders.tie()
    assert client.get(f"{API}relationships/1/", headers={"if-none-match": before}).status_code == 304


def test_each_language_has_its_own_tag(client: Client) -> None:
    def tag(language: str) -> str:
        return client.get(f"{API}schema/", headers={"accept-language": language})["ETag"]

    assert tag("en") != tag("zh-hans")


@pytest.mark.parametrize("path", ["relationships/?country=XX", "relationships/4999/", "nonsense/"])
def test_a_refusal_is_said_again_each_time(client: Client, path: str) -> None:
    response = client.get(API + path, headers={"if-none-match": "*"})
    assert response.status_code in {400, 404}
    assert "ETag" not in response


READABLE = [
    *(API + path for path in KEPT),
    f"{API}nonsense/",
    f"{API}relationships/?type=x",
    f"{API}relationships",
    *("/relationships.csv", "/en/relationships.xlsx", "/relationships.json", "/relationships.geojson"),
    *("/datapackage.json", "/map/data.json", "/en/map/data.json", "/statistics/years.csv"),
    *("/feeds/recent.xml", "/en/feeds/recent.xml", "/anniversaries.ics"),
]


@pytest.mark.parametrize("address", READABLE)
def test_data_can_be_read_from_any_site_without_cookies(client: Client, address: str) -> None:
    response = client.get(address, headers=ELSEWHERE)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert {"ETag", "Link", "RateLimit-Remaining"} <= set(response["Access-Control-Expose-Headers"].split(", "))
    b"".join(response)  # read to its end, as a client does


def test_a_browser_may_ask_beforehand(client: Client) -> None:
    asked = {"access-control-request-method": "GET", "access-control-request-headers": "if-none-match"}
    response = client.options(f"{API}relationships/", headers={**ELSEWHERE, **asked})
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Headers"] == "accept, accept-language, if-none-match"


@pytest.mark.parametrize(
    "address",
    [
        *(reverse(name) for name in ("home", "relationships", "cities", "map", "statistics", "about", "suggest")),
        *("/relationships/1/", "/en/", "/en/relationships/", "/healthz", "/robots.txt", "/nonsense/"),
        *("/admin/", "/admin/login/", "/en/admin/login/", f"{API}docs/", "/admin/api/", "/relationships.csv/x"),
    ],
)
def test_pages_and_the_admin_cannot_be_read_from_another_site(client: Client, address: str) -> None:
    for response in (client.get(address, headers=ELSEWHERE), client.options(address, headers=ELSEWHERE)):
        assert [name for name in response.headers if name.lower().startswith("access-control")] == []
