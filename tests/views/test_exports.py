"""The list of ties as a file: the same questions as of the page, and how programs ask for it."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from friendship import queries
from friendship.exporters import xlsx
from friendship.exporters.forms import FORMS
from friendship.filters import RelationshipFilter
from friendship.models import Relationship
from tests import builders
from tests.api.asking import rows as rows_of_api
from tests.api.test_drafts import QUESTIONS, SECRET, ends, plant  # noqa: F401 (a fixture)
from tests.views import pages

pytestmark = pytest.mark.django_db

#: The forms that hold every row that is asked for.
WHOLE = [name for name, form in FORMS.items() if form.is_whole]
PATHS = [f"/relationships.{form}" for form in WHOLE]
READS = ("exported", "exported_rows")  # what gives the rows of documents, and of tables
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
}
FULL_DAY = datetime.datetime(2026, 11, 30, 17, 0, tzinfo=datetime.UTC)  # the next day in China


def content(response: HttpResponseBase) -> bytes:
    assert response.status_code == 200
    assert response.streaming
    return b"".join(response)


def fetched(client: Client, path: str, **asked: Any) -> bytes:
    return content(client.get(path, asked))


def ids(form: str, file: bytes) -> list[int]:
    """The numbers of the ties in a file, as a program of its kind reads it."""
    match form:
        case "csv":
            return [int(row["id"]) for row in csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline=""))]
        case "xlsx":
            sheet = load_workbook(io.BytesIO(file), read_only=True).worksheets[0]
            return [int(str(cell)) for (cell,) in sheet.iter_rows(min_row=2, max_col=1, values_only=True)]
        case "json":
            return [tie["id"] for tie in json.loads(file)["results"]]
        case _:
            return [feature["id"] for feature in json.loads(file)["features"]]


# --- the same questions ---------------------------------------------------------------------------------------------


ASKED: list[dict[str, Any]] = [
    {},
    {"q": "日本"},
    {"type": ["sister", "intent"]},
    {"place": "mianyang"},
    {"country": ["JP", "US"]},
    {"continent": "africa"},
    {"founded_after": 2000},
    {"founded_before": 1990},
    {"level": "province"},
    {"status": "unknown"},
    {"province": "sichuan", "type": "cooperation"},
    {"source": "sichuan-press-conference-2023-05-18"},
    {"sort": "-founded"},
    {"sort": "partner"},
    {"country": "AQ"},
]


def test_every_filter_is_asked() -> None:
    assert {name for asked in ASKED for name in asked} == set(RelationshipFilter.base_filters)


@pytest.mark.parametrize("form", WHOLE)
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_a_file_holds_the_rows_of_the_api_in_their_order(client: Client, form: str, asked: dict[str, Any]) -> None:
    expected = [tie["id"] for tie in rows_of_api(client, "relationships/", **asked)]
    assert ids(form, fetched(client, f"/relationships.{form}", **asked)) == expected
    assert bool(expected) == (asked.get("country") != "AQ")


@pytest.mark.parametrize("form", WHOLE)
def test_every_row_is_there_whatever_page_is_asked_for(client: Client, form: str) -> None:
    found = ids(form, fetched(client, f"/relationships.{form}", page=3, page_size=5))
    assert len(found) == Relationship.objects.published().count()


@pytest.mark.parametrize("path", PATHS)
def test_a_draft_is_in_no_file(client: Client, path: str, request: pytest.FixtureRequest) -> None:
    known = request.getfixturevalue("ends")
    questions = QUESTIONS[:8] if path.endswith(("csv", "json")) else QUESTIONS[:2]
    before = [fetched(client, path, **question) for question in questions]
    tie = plant(known)
    assert [fetched(client, path, **question) for question in questions] == before
    tie.review_state = "published"
    tie.save()
    after = [fetched(client, path, **question) for question in questions]
    assert [number for number, file in enumerate(after) if file == before[number]] == []
    if not path.endswith("xlsx"):
        assert SECRET in after[0].decode()


# --- headers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", WHOLE)
def test_a_file_says_what_it_is(client: Client, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(timezone, "now", lambda: FULL_DAY)
    response = client.get(f"/en/relationships.{form}")
    assert response["Content-Type"] == CONTENT_TYPES[form]
    assert response["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert response["Cache-Control"] == "no-cache"
    assert response["Content-Language"] == "en"
    name = f"sister-cities-2026-12-01.{form}"
    assert response["Content-Disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    content(response)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("country=JP&type=sister", "国际友好城市-日本"),
        ("q=a/b%5C%22%0A..c:", "a-b-..c"),
        ("q=" + "很长" * 50, "很长" * 30),
    ],
)
def test_its_name_says_what_is_in_it_and_fits_every_system(client: Client, asked: str, name: str) -> None:
    said = client.get(f"/relationships.csv?{asked}")["Content-Disposition"]
    plain, full = said.removeprefix("attachment; filename=").split("; filename*=UTF-8''")
    assert plain == f'"sister-cities-{timezone.localdate()}.csv"'
    assert full.isascii()
    assert unquote(full).endswith(f"-{name}-{timezone.localdate()}.csv")
    assert not set(unquote(full)) & set('/\\:*?"<>|\n')


def test_addresses_in_it_are_whole_and_chinese_in_both_languages(client: Client) -> None:
    for prefix in ("", "/en"):
        row = fetched(client, f"{prefix}/relationships.csv", place="shobara").decode().splitlines()[-1]
        assert row.endswith(",http://testserver/relationships/95/")


def test_a_workbook_speaks_the_language_of_its_address(client: Client) -> None:
    for prefix, type_, heading in (("", "国际友好城市", None), ("/en", "sister city", "Number")):
        book = load_workbook(io.BytesIO(fetched(client, f"{prefix}/relationships.xlsx", place="shobara")))
        assert book.worksheets[0]["H2"].value == type_
        assert heading in (None, book.worksheets[0]["A1"].value)


def test_the_language_of_the_request_sorts_even_when_it_is_read_later(client: Client) -> None:
    english, chinese = (client.get(f"{prefix}/relationships.csv?sort=partner") for prefix in ("/en", ""))
    expected = [
        [tie["id"] for tie in rows_of_api(client, "relationships/", code, sort="partner")] for code in ("en", "zh")
    ]
    assert expected[0] != expected[1]
    assert [ids("csv", content(response)) for response in (english, chinese)] == expected


# --- how programs ask -----------------------------------------------------------------------------------------------


@pytest.fixture
def never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a file is made."""

    def fail(*_: object) -> None:
        raise AssertionError

    for reads in READS:
        monkeypatch.setattr(queries, reads, fail)
    monkeypatch.setattr(xlsx, "write", fail)


@pytest.mark.parametrize("path", PATHS)
def test_head_makes_no_file(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, never_written: None
) -> None:
    with django_assert_num_queries(1):  # the state of the register
        response = client.head(path)
    assert (response.status_code, b"".join(response)) == (200, b"")
    assert {"Content-Disposition", "ETag", "Link"} <= set(response.headers)
    assert "Content-Length" not in response.headers


@pytest.mark.parametrize("path", PATHS)
def test_who_has_it_is_told_so_and_no_file_is_made(client: Client, path: str, never_written: None) -> None:
    tag = client.head(path)["ETag"]
    response = client.get(path, headers={"if-none-match": tag})
    assert (response.status_code, response.content) == (304, b"")
    builders.tie()
    assert client.head(path)["ETag"] != tag


@pytest.mark.parametrize("path", PATHS)
def test_few_questions_however_long_the_list(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    more = {"csv": 0, "xlsx": 1, "json": 2, "geojson": 1}[path.rpartition(".")[2]]  # its length; its sources
    for count in (1, 30):
        Relationship.objects.all().delete()
        builders.ties(count)
        with django_assert_num_queries(1 + 4 + more):
            fetched(client, path)


@pytest.mark.parametrize("form", WHOLE)
def test_compressed_it_is_the_same(client: Client, form: str) -> None:
    plain = fetched(client, f"/relationships.{form}")
    response = client.get(f"/relationships.{form}", headers={"accept-encoding": "gzip"})
    packed = content(response)
    if form == "xlsx":
        assert "Content-Encoding" not in response.headers  # it is compressed already
        assert packed == plain
    else:
        assert response["Content-Encoding"] == "gzip"
        assert response["ETag"].startswith('W/"')
        assert gzip.decompress(packed) == plain
        assert len(packed) < len(plain) / 3


@pytest.mark.parametrize("path", PATHS)
def test_nothing_can_be_sent_there(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("form", ["csv", "json", "geojson"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_register_that_fails_meanwhile_gives_no_whole_file(
    client: Client, monkeypatch: pytest.MonkeyPatch, form: str, encoding: str
) -> None:
    def breaking(whole: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        def broken(*asked: Any) -> Iterator[Any]:
            rows = whole(*asked)
            for _number in range(100):
                yield next(rows)
            raise RuntimeError

        return broken

    for reads in READS:
        monkeypatch.setattr(queries, reads, breaking(getattr(queries, reads)))
    response = client.get(f"/relationships.{form}", headers={"accept-encoding": encoding})
    sent = []
    with pytest.raises(RuntimeError):  # noqa: PT012 (what came before the error counts)
        for block in response:
            sent.append(block)  # noqa: PERF402
    if encoding == "gzip":
        with pytest.raises(EOFError):
            gzip.decompress(b"".join(sent))
    elif form == "csv":
        assert b"".join(sent).endswith(b"THIS FILE IS INCOMPLETE: the register could not be read to the end.\r\n")
    else:
        with pytest.raises(json.JSONDecodeError):
            json.loads(b"".join(sent))


def test_a_workbook_that_fails_is_no_answer_at_all(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Iterator[queries.ExportedRow]:
        raise RuntimeError

    monkeypatch.setattr(queries, "exported_rows", broken)
    client.raise_request_exception = False
    assert client.get("/relationships.xlsx").status_code == 500


# --- what cannot be answered ----------------------------------------------------------------------------------------


WRONG = "country=XX&founded_after=abc&type=sister"
COUNTRY, YEAR = "“XX” is not known to the register.", "Write a year in digits, such as 1982."


@pytest.mark.parametrize("path", ["/relationships.csv", "/relationships.xlsx"])
def test_tables_refuse_in_words(client: Client, path: str, never_written: None) -> None:
    response = client.get(f"/en{path}?{WRONG}")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert response.content.decode() == f"country: {COUNTRY}\nfounded_after: {YEAR}\n"
    assert "ETag" not in response.headers
    assert "Content-Disposition" not in response.headers


@pytest.mark.parametrize("path", ["/relationships.json", "/relationships.geojson", "/map/data.json"])
def test_json_refuses_as_json(client: Client, path: str, never_written: None) -> None:
    response = client.get(f"/en{path}?{WRONG}")
    assert (response.status_code, response["Content-Type"]) == (400, "application/json")
    assert response.json() == {"country": [COUNTRY], "founded_after": [YEAR]}
    assert "ETag" not in response.headers


@pytest.mark.parametrize("path", PATHS)
def test_the_reader_is_refused_in_their_language(client: Client, path: str) -> None:
    said = client.get(f"{path}?founded_after=abc").content.decode()
    assert "年份请用数字填写" in (json.loads(said)["founded_after"][0] if "json" in path else said)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("asked", ["q=%00", "q=" + "x" * 300, "sort=up", "founded_after=9&founded_before=8", "level=x"])
def test_no_wrong_value_breaks_it(client: Client, path: str, asked: str) -> None:
    assert client.get(f"{path}?{asked}").status_code == 400


def test_more_than_excel_holds_is_refused_in_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 100)
    response = client.get("/en/relationships.xlsx")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    count = Relationship.objects.published().count()
    assert response.content.decode() == f"Excel holds 100 rows; these are {count}. Choose CSV, or narrow the list.\n"


# --- the buttons ----------------------------------------------------------------------------------------------------


def forms(page: list[pages.Element]) -> dict[str, str]:
    return {item.attributes["data-form"]: item.attributes["href"] for item in pages.with_attribute(page, "data-form")}


@pytest.mark.parametrize("path", ["/relationships/", "/map/", "/statistics/"])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_view_of_a_list_offers_its_rows(client: Client, prefix: str, path: str) -> None:
    page = pages.read(client, f"{prefix}{path}?country=JP&type=sister&page_size=2&sort=home&founded_after=abc")
    asked = "?country=JP&type=sister"
    assert forms(page) == {form: f"{prefix}/relationships.{form}{asked}" for form in WHOLE}
    [said] = pages.with_attribute(page, "class", "downloads")
    count = len(ids("csv", fetched(client, forms(page)["csv"])))
    assert str(count) in said.words
    alternates = [
        item.attributes for item in pages.with_attribute(page, "rel", "alternate") if "type" in item.attributes
    ]
    assert [(item["type"], item["href"]) for item in alternates if "rss" not in item["type"]] == [
        (CONTENT_TYPES[form].partition(";")[0], f"http://testserver{prefix}/relationships.{form}{asked}")
        for form in WHOLE
    ]


def test_an_empty_list_offers_nothing(client: Client) -> None:
    assert forms(pages.read(client, "/relationships/?country=AQ")) == {}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/cities/mianyang/", ["place=mianyang", "place=anzhou&place=jiangyou"]),
        ("/provinces/sichuan/", ["place=sichuan", "province=sichuan"]),
        ("/countries/JP/", ["country=JP"]),
        ("/countries/AQ/", []),
        ("/sources/sichuan-press-conference-2023-05-18/", ["source=sichuan-press-conference-2023-05-18"]),
        ("/about/", [""]),
    ],
)
def test_other_lists_can_be_fetched_too(client: Client, path: str, asked: list[str]) -> None:
    page = pages.read(client, path)
    links = [item.attributes["href"] for item in pages.with_attribute(page, "data-form", "csv")]
    assert links == [f"/relationships.csv?{query}".removesuffix("?") for query in asked]
    shown = set(map(int, pages.rows(page)))
    held = {pk for link in links for pk in ids("csv", fetched(client, link))}
    assert shown <= held
    assert bool(held) == bool(asked)


@pytest.mark.parametrize("form", WHOLE)
def test_a_mistyped_filter_is_no_download_of_everything(client: Client, form: str) -> None:
    refused = client.get(f"/en/relationships.{form}", {"contry": "JP", "type": "sister"})
    assert refused.status_code == 400
    assert b"contry" in refused.content
    assert b"There is no such parameter here." in refused.content
    assert content(client.get(f"/en/relationships.{form}", {"page": "2", "page_size": "10"}))
