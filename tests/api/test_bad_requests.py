"""Whatever is asked, the answer is a page or a refusal that names the parameter, never a server error."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.http import urlencode

from tests.api.asking import API, refused

pytestmark = pytest.mark.django_db

UNKNOWN = "“{}” is not known to the register."
YEAR = "Write a year in digits, such as 1982."
NULL = "Null characters are not allowed."


@pytest.mark.parametrize(
    "field", ["type", "status", "country", "continent", "level", "place", "province", "source", "sort"]
)
@pytest.mark.parametrize("value", ["nonsense", "sister ", "' OR 1=1 --", "%s%(x)s{0}", "x" * 10_000, "\ufffd"])
def test_an_unknown_value_is_said_under_its_name(client: Client, field: str, value: str) -> None:
    assert refused(client, f"relationships/?{urlencode({field: value})}") == (400, {field: [UNKNOWN.format(value)]})


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("type=sister&type=nonsense", "type", UNKNOWN.format("nonsense")),
        ("country=usa", "country", UNKNOWN.format("usa")),
        ("province=chengdu", "province", UNKNOWN.format("chengdu")),
        ("place=%ff", "place", UNKNOWN.format("\ufffd")),
        ("q=" + "x" * 10_000, "q", "Ensure this value has at most 200 characters (it has 10000)."),
        ("q=%00", "q", NULL),
        ("country=%00", "country", NULL),
        ("place=a%00b", "place", NULL),
        ("province=%00", "province", NULL),
        ("source=%00", "source", NULL),
        ("type=%00", "type", UNKNOWN.format("\x00")),
        ("sort=%00", "sort", UNKNOWN.format("\x00")),
        ("founded_after=%00", "founded_after", YEAR),
        ("founded_after=abc", "founded_after", YEAR),
        ("founded_after=1e3", "founded_after", YEAR),
        ("founded_after=1982.5", "founded_after", YEAR),
        ("founded_after=0x7be", "founded_after", YEAR),
        ("founded_after=" + "9" * 5000, "founded_after", YEAR),
        ("founded_after=99999", "founded_after", "Ensure this value is less than or equal to 9999."),
        ("founded_before=0", "founded_before", "Ensure this value is greater than or equal to 1."),
        ("founded_before=-5", "founded_before", "Ensure this value is greater than or equal to 1."),
        (
            "founded_after=2000&founded_before=1990",
            "founded_before",
            "The last year must not lie before the first year.",
        ),
    ],
)
def test_what_cannot_be_read_is_said_under_its_name(client: Client, query: str, field: str, message: str) -> None:
    assert refused(client, f"relationships/?{query}") == (400, {field: [message]})


def test_every_wrong_field_is_named(client: Client) -> None:
    status, problems = refused(client, "relationships/?country=XX&founded_after=abc&sort=luck&type=sister")
    assert (status, problems) == (
        400,
        {"country": [UNKNOWN.format("XX")], "founded_after": [YEAR], "sort": [UNKNOWN.format("luck")]},
    )


@pytest.mark.parametrize("path", ["relationships/", "places/", "countries/", "sources/", "totals/"])
@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("page=0", "page", "Ensure this value is greater than or equal to 1."),
        ("page=-1", "page", "Ensure this value is greater than or equal to 1."),
        ("page=abc", "page", "Enter a whole number."),
        ("page=last", "page", "Enter a whole number."),
        ("page=1.5", "page", "Enter a whole number."),
        ("page=%00", "page", "Enter a whole number."),
        ("page=" + "9" * 5000, "page", "Enter a whole number."),
        ("page_size=0", "page_size", "Ensure this value is greater than or equal to 1."),
        ("page_size=501", "page_size", "Ensure this value is less than or equal to 500."),
        ("page_size=abc", "page_size", "Enter a whole number."),
    ],
)
def test_a_malformed_page_is_said_under_its_name(
    client: Client, path: str, query: str, field: str, message: str
) -> None:
    assert refused(client, f"{path}?{query}") == (400, {field: [message]})


@pytest.mark.parametrize(("path", "last"), [("relationships/", 3), ("countries/", 5), ("totals/", 1)])
@pytest.mark.parametrize("page", [99, 10**30])
def test_beyond_the_last_page_is_not_found(client: Client, path: str, last: int, page: int) -> None:
    problem = {"detail": f"There is no page {page}; the last one is {last}."}
    assert refused(client, f"{path}?page={page}") == (404, problem)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("founded_after=%D9%A3", 98),  # the digit three of Arabic
        ("founded_after=%EF%BC%91%EF%BC%99%EF%BC%98%EF%BC%92", 95),  # full-width 1982
        ("founded_after=2500&founded_after=1982", 95),  # the last one holds
        ("country=FR&country=FR&country=JP&country=JP&type=sister&type=sister", 14),
        ("type=intent&type=intent&status=active&status=ended&founded_after=9999", 0),
        ("country=JP&place=washington", 0),
        ("q=%ff%fe", 0),
        ("q=%ED%A0%80", 0),
        ("q=...", 0),
        ("q=%20", 132),
        ("q=&country=&&", 132),
        ("page=1&page=abc&page=2", 132),
    ],
)
def test_odd_questions_have_plain_answers(client: Client, query: str, count: int) -> None:
    response = client.get(f"{API}relationships/?{query}")
    assert (response.status_code, response.json()["count"]) == (200, count)


def test_an_empty_page_of_an_empty_list_is_no_error(client: Client) -> None:
    answer = client.get(f"{API}relationships/?founded_after=9999").json()
    assert answer == {"count": 0, "next": None, "previous": None, "results": []}


def test_more_parameters_than_django_reads(client: Client) -> None:
    query = "&".join(f"a{number}=1" for number in range(1001))
    assert refused(client, f"relationships/?{query}")[0] == 400


@pytest.mark.parametrize(
    ("accept", "message"),
    [
        ("en", "“x” is not known to the register."),
        ("en-GB,en;q=0.9", "“x” is not known to the register."),
        ("zh-CN", "名录中没有“x”。"),
        ("zh-hans", "名录中没有“x”。"),
        ("fr", "名录中没有“x”。"),
        ("*", "名录中没有“x”。"),
        ("\x01" + "x" * 5000, "名录中没有“x”。"),
    ],
)
def test_messages_follow_the_language_asked_for(client: Client, accept: str, message: str) -> None:
    response = client.get(f"{API}relationships/?type=x", headers={"accept-language": accept})
    assert response.json() == {"type": [message]}
    assert "Accept-Language" in response["Vary"]


def test_without_a_language_it_is_chinese(client: Client) -> None:
    assert client.get(f"{API}relationships/?type=x").json() == {"type": ["名录中没有“x”。"]}


@pytest.mark.parametrize(
    ("address", "names", "known"),
    [
        ("relationships/?contry=JP&type=sister", ["contry"], "q, type, place, country, "),
        ("relationships/?utm_source=x&%=%25", ["utm_source", "%"], "q, type, place, country, "),
        ("relationships/1/?type=sister", ["type"], "fields."),
        ("places/?sort=name", ["sort"], "q, country, level, province, fields, page, page_size, cursor."),
        ("countries/?country=JP", ["country"], "q, continent, fields, page, page_size, cursor."),
        ("sources/?q=", ["q"], "fields, page, page_size, cursor."),
        ("totals/?place=sichuan", ["place"], "fields, page, page_size, cursor."),
        ("statistics/?page=1&fields=ties", ["page", "fields"], "q, type, place, country, "),
    ],
)
def test_a_parameter_that_is_not_known_is_named(client: Client, address: str, names: list[str], known: str) -> None:
    status, problems = refused(client, address)
    assert (status, sorted(problems)) == (400, sorted(names))
    for [message] in problems.values():
        assert message.startswith(f"There is no such parameter here. There are: {known}")


def test_the_index_has_no_parameters(client: Client) -> None:
    assert refused(client, "?q=x") == (400, {"q": ["There are no parameters here."]})


def test_a_format_that_is_not_spoken(client: Client) -> None:
    response = client.get(f"{API}relationships/", headers={"accept": "text/csv"})
    assert (response.status_code, list(response.json())) == (406, ["detail"])


@pytest.mark.parametrize("path", ["nonsense/", "relationships/1/nonsense/", "places/%ff/", "v2/"])
def test_an_unknown_address_is_not_found_in_json(client: Client, path: str) -> None:
    status, problem = refused(client, path)
    assert (status, list(problem)) == (404, ["detail"])


@pytest.mark.parametrize("path", ["", "relationships/", "relationships/1/", "countries/"])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_form_is_no_parameter(client: Client, path: str, form: str) -> None:
    status, problem = refused(client, f"{path}?format={form}")
    assert (status, list(problem)) == (400, ["format"])
