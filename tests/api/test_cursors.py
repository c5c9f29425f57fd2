"""Following ``next`` from the first row to the last: the cost of a page does not grow, and no row comes twice."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.api import cursors
from friendship.models import Relationship
from tests import builders
from tests.api.asking import API, HOST, read, refused, rows

pytestmark = pytest.mark.django_db

NOT_OURS = "This is no cursor of this register: take it from “next” or “previous”, or leave it out."
OTHER_QUESTION = "This cursor belongs to another question: only “page_size” and “fields” may change on the way."


def get(client: Client, address: str, language: str = "zh-hans") -> Any:
    response = client.get(address.removeprefix(HOST), headers={"accept-language": language})
    assert response.status_code == 200, response.content
    return response.json()


def cursor_of(address: str) -> str:
    [text] = parse_qs(urlsplit(address).query)["cursor"]
    return text


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("sort", queries.SORTS)
def test_each_row_comes_once_while_rows_are_added(client: Client, sort: str, language: str) -> None:
    at_first = [row["id"] for row in rows(client, "relationships/", language, sort=sort)]
    address: str | None = f"{API}relationships/?sort={sort}&page_size=20"
    met: list[int] = []
    number = 0
    while address:
        answer = get(client, address, language)
        assert answer["count"] == len(at_first)  # as it was when the walk began
        met += [row["id"] for row in answer["results"]]
        address = answer["next"]
        number += 1
        dates = [{}, {"founded_year": 1981}, {"founded_year": 2019, "founded_month": 5}][number % 3]
        builders.tie(builders.place(f"new-{number}"), builders.place("chengdu"), **dates)
    assert len(met) == len(set(met))
    assert [pk for pk in met if pk in at_first] == at_first


def test_previous_leads_back(client: Client) -> None:
    first = get(client, f"{API}relationships/?page_size=50")
    second = get(client, first["next"])
    third = get(client, second["next"])
    assert (first["previous"], len(third["results"]), third["next"]) == (None, 32, None)
    assert get(client, third["previous"])["results"] == second["results"]
    back = get(client, get(client, third["previous"])["previous"])
    assert (back["results"], back["previous"], back["count"]) == (first["results"], None, 132)
    assert get(client, back["next"])["results"] == second["results"]


def test_the_size_and_the_fields_may_change_on_the_way(client: Client) -> None:
    everything = [row["id"] for row in rows(client, "relationships/")]
    text = cursor_of(read(client, "relationships/", page_size=3)["next"])
    answer = read(client, "relationships/", cursor=text, page_size=500, fields="id")
    assert answer["results"] == [{"id": pk} for pk in everything[3:]]


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("relationships/", {"sort": "-founded"}),
        ("relationships/", {"country": "JP"}),
        ("relationships/", {"sort": "founded", "q": "x"}),
        ("places/", {}),
    ],
)
def test_a_cursor_holds_for_its_own_question(client: Client, path: str, changed: dict[str, str]) -> None:
    text = cursor_of(read(client, "relationships/", page_size=3)["next"])
    query = "&".join(f"{name}={value}" for name, value in {"cursor": text, **changed}.items())
    assert refused(client, f"{path}?{query}") == (400, {"cursor": [OTHER_QUESTION]})


def test_names_sort_by_the_reader_s_language_and_a_cursor_knows_it(client: Client) -> None:
    text = cursor_of(read(client, "relationships/", "zh-hans", sort="home", page_size=3)["next"])
    assert refused(client, f"relationships/?sort=home&cursor={text}") == (400, {"cursor": [OTHER_QUESTION]})
    dated = cursor_of(read(client, "relationships/", "zh-hans", page_size=3)["next"])
    assert len(read(client, "relationships/", "en", page_size=3, cursor=dated)["results"]) == 3


def test_the_order_of_filters_does_not_matter(client: Client) -> None:
    text = cursor_of(read(client, "relationships/", country=["JP", "US"], type="sister", page_size=1)["next"])
    assert read(client, "relationships/", type="sister", country=["US", "JP"], page_size=1, cursor=text)["results"]


@pytest.mark.parametrize(
    "text", ["x", "..", "%00", "%ff", "1.2", "a" * 10_000, "WzFd.AAAA", "W10.", "[]", "%ED%A0%80", "中文.中文"]
)
def test_what_is_no_cursor_is_refused(client: Client, text: str) -> None:
    assert refused(client, f"relationships/?cursor={text}") == (400, {"cursor": [NOT_OURS]})


def test_a_cursor_that_was_tampered_with_is_refused(client: Client) -> None:
    text = cursor_of(read(client, "relationships/", page_size=3)["next"])
    payload, signature = text.split(".")
    for wrong in (payload, f"{payload}.", f"{payload[:-1]}.{signature}", f"{payload}.{signature[:-1]}x"):
        assert refused(client, f"relationships/?cursor={wrong}") == (400, {"cursor": [NOT_OURS]})


def test_a_page_and_a_cursor_exclude_each_other(client: Client) -> None:
    text = cursor_of(read(client, "relationships/", page_size=3)["next"])
    problem = {"cursor": ["Ask for a page or for a cursor, not for both."]}
    assert refused(client, f"relationships/?page=2&cursor={text}") == (400, problem)


def test_an_empty_cursor_asks_for_the_beginning(client: Client) -> None:
    assert read(client, "relationships/", cursor="") == read(client, "relationships/")


def test_a_page_by_number_leads_on_by_number(client: Client) -> None:
    first = read(client, "relationships/", page=1, page_size=50)
    assert parse_qs(urlsplit(first["next"]).query) == {"page": ["2"], "page_size": ["50"]}
    assert first["results"] == read(client, "relationships/", page_size=50)["results"]


def test_rows_that_went_meanwhile_are_no_error(client: Client) -> None:
    ties = builders.ties(4)
    first = read(client, "relationships/", place="one", page_size=2)
    second = get(client, first["next"])
    Relationship.objects.filter(pk__in=[tie.pk for tie in ties[2:]]).delete()
    assert get(client, first["next"]) == {"count": 4, "next": None, "previous": None, "results": []}
    Relationship.objects.filter(pk__in=[tie.pk for tie in ties[:2]]).delete()
    back = get(client, second["previous"])
    assert (back["results"], back["previous"]) == ([], None)
    assert back["next"] == f"{HOST}{API}relationships/?place=one&page_size=2"


def test_a_cursor_gives_its_values_and_no_others() -> None:
    cursor = cursors.Cursor("question", (1990, None, "x"), True, 7)
    assert cursors.read(str(cursor), "question") == cursor


@pytest.mark.parametrize("number", [1, 2, 3])
def test_every_part_costs_the_same(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    builders.ties(40, founded_year=1990)
    address = f"{API}relationships/?place=one&page_size=10"
    for _ in range(number - 1):
        address = get(client, address)["next"]
    get(client, f"{address}&fields=id")  # which makes the columns anew, since rows were written
    # Place of the filter, state, number of the place, where rows stand; the rows, their evidence.
    # On the way, whether the row from which it goes on stands there still.
    with django_assert_num_queries(6 if number == 1 else 7):
        assert len(get(client, address)["results"]) == 10
