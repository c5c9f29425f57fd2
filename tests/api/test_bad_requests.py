"""What strangers send: every answer is a page or says what is wrong, as JSON, and is never an error of ours."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

RELATIONSHIPS = "/api/v1/relationships/"
ADDRESSES = [
    "/api/v1/",
    RELATIONSHIPS,
    "/api/v1/relationships/1/",
    "/api/v1/places/",
    "/api/v1/places/sichuan/",
    "/api/v1/countries/",
    "/api/v1/countries/CN/",
    "/api/v1/sources/",
    "/api/v1/sources/sichuan-press-conference-2023-05-18/",
    "/api/v1/totals/",
    "/api/v1/schema/",
]
YEAR = "年份请用数字填写，例如 1982。"


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("type=%00", {"type": ["名录中没有“\0”。"]}),
        ("sort=%00", {"sort": ["名录中没有“\0”。"]}),
        ("sort=founded,-founded", {"sort": ["名录中没有“founded,-founded”。"]}),
        ("country=cn", {"country": ["名录中没有“cn”。"]}),
        ("place=%ff", {"place": ["名录中没有“\ufffd”。"]}),
        ("place=" + "a" * 10_000, {"place": ["名录中没有“" + "a" * 10_000 + "”。"]}),
        ("province=chengdu", {"province": ["名录中没有“chengdu”。"]}),
        ("q=" + "a" * 10_000, {"q": ["确保该变量包含不超过 200 字符 (目前字符数 10000)。"]}),
        ("founded_after=99999", {"founded_after": ["确保该值小于或等于9999。"]}),
        ("founded_before=0", {"founded_before": ["确保该值大于或等于1。"]}),
        ("founded_after=1982.5", {"founded_after": [YEAR]}),
        ("founded_after=1e3", {"founded_after": [YEAR]}),
        ("founded_after=%00", {"founded_after": [YEAR]}),
        ("founded_after=" + "9" * 5000, {"founded_after": [YEAR]}),
        ("founded_after=2000&founded_before=1990", {"founded_before": ["截止年份不能早于起始年份。"]}),
        ("type=x&level=y", {"type": ["名录中没有“x”。"], "level": ["名录中没有“y”。"]}),
    ],
)
def test_what_cannot_be_read_is_named(client: Client, query: str, errors: dict[str, list[str]]) -> None:
    response = client.get(f"{RELATIONSHIPS}?{query}")
    assert (response.status_code, response.json()) == (400, errors)


@pytest.mark.parametrize("address", [RELATIONSHIPS, "/api/v1/places/"])
@pytest.mark.parametrize("parameter", ["q", "country", "province"])
def test_a_nul_byte_is_refused(client: Client, address: str, parameter: str) -> None:
    response = client.get(f"{address}?{parameter}=a%00b")
    assert (response.status_code, list(response.json())) == (400, [parameter])


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=%ff%fe", 0),
        ("q=%ED%A0%80", 0),
        ("q=%25s%25(x)s%7B%7D'\"\\", 0),
        ("place=chengdu&type=other&status=ended&q=绵阳", 0),
        ("founded_after=1900&founded_after=9999", 0),
        ("place=&type=&country=&q=&founded_after=&page=&page_size=&source=no", None),
    ],
)
def test_what_is_odd_but_readable_is_answered(client: Client, query: str, count: int | None) -> None:
    response = client.get(f"{RELATIONSHIPS}?{query}")
    if count is None:
        assert (response.status_code, response.json()) == (400, {"source": ["名录中没有“no”。"]})
    else:
        assert (response.status_code, response.json()["count"]) == (200, count)


def test_empty_and_unknown_parameters_ask_for_everything(client: Client) -> None:
    everything = client.get(RELATIONSHIPS).json()["results"]
    odd = client.get(f"{RELATIONSHIPS}?place=&type=&q=&page=&page_size=&sort=&%=%25&&==;&unheard=of")
    assert (odd.status_code, odd.json()["results"]) == (200, everything)


def test_too_many_parameters_are_a_bad_request(client: Client) -> None:
    response = client.get(RELATIONSHIPS + "?" + "&".join(f"type={n}" for n in range(1001)))
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/json")


@pytest.mark.parametrize(
    "path",
    [
        "relationships/abc/",
        "relationships/-1/",
        "relationships/99999999999999999999/",
        "relationships/" + "9" * 5000 + "/",
        "places/a%00b/",
        "places/%ff/",
        "places/成都/",
        "countries/%00/",
        "sources/" + "a" * 10_000 + "/",
        "statistics/nothing/",
    ],
)
def test_an_address_that_names_nothing_is_not_found(client: Client, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert (response.status_code, list(response.json())) == (404, ["detail"])
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client: Client, address: str, method: str) -> None:
    response = getattr(client, method)(address, "{broken", content_type="application/json")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert list(response.json()) == ["detail"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_get_without_its_body(client: Client, address: str) -> None:
    head, get = client.head(address), client.get(address)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


@pytest.mark.parametrize("address", [*ADDRESSES, "/api/v1/docs/"])
def test_options_names_the_methods(client: Client, address: str) -> None:
    response = client.options(address)
    assert (response.status_code, response.headers["Allow"]) == (200, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize(
    ("language", "message", "detail"),
    [
        ("", "名录中没有“x”。", "未找到。"),
        ("zh-CN,zh;q=0.9", "名录中没有“x”。", "未找到。"),
        ("fr", "名录中没有“x”。", "未找到。"),
        ("en-GB", "“x” is not known to the register.", "Not found."),
    ],
)
def test_errors_speak_the_language_asked_for(client: Client, language: str, message: str, detail: str) -> None:
    headers = {"accept-language": language}
    assert client.get(f"{RELATIONSHIPS}?type=x", headers=headers).json() == {"type": [message]}
    assert client.get(f"{RELATIONSHIPS}0/", headers=headers).json() == {"detail": detail}


def test_only_json_is_spoken(client: Client) -> None:
    assert client.get(RELATIONSHIPS, headers={"accept": "text/csv"}).status_code == 406
    assert client.get(RELATIONSHIPS, headers={"accept": "text/html,*/*;q=0.8"}).headers["Content-Type"] == (
        "application/json"
    )
