"""What the application tells of each request, as gunicorn runs it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.util import FileWrapper

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from friendship.telemetry import lines
from friendship.telemetry.readiness import Question
from friendship.telemetry.requests import answered
from friendship.views import health
from tests import answers
from tests.answers import Answer

pytestmark = pytest.mark.django_db


def told(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The fields of the lines of requests, without what differs each time."""
    fields = [record.fields for record in caplog.records if record.name == "friendship.requests"]  # type: ignore[attr-defined]
    assert all(isinstance(each.pop("ms"), float) for each in fields)
    return fields


@pytest.fixture(autouse=True)
def everything_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request leaves the transaction of the test alone."""
    with answers.one_connection():
        yield


def test_a_page(caplog: pytest.LogCaptureFixture) -> None:
    answer = Answer("/en/countries/JP/")
    assert told(caplog) == []  # not before the last byte
    body = answer.sent()
    assert told(caplog) == [
        {
            "method": "GET",
            "path": "/en/countries/JP/",
            "view": "country",
            "status": 200,
            "bytes": len(body),
            "network": "192.0.2.0/24",
        }
    ]
    assert [record.getMessage() for record in caplog.records] == ["GET /en/countries/JP/ 200"]
    answer.parts.close()  # type: ignore[attr-defined] # a second time changes nothing
    assert len(caplog.records) == 1


def test_what_is_streamed_is_counted_to_its_end(caplog: pytest.LogCaptureFixture) -> None:
    body = Answer("/relationships.csv?country=JP").sent()
    [line] = told(caplog)
    assert (line["view"], line["query"], line["bytes"]) == ("relationships-csv", "country=JP", len(body))
    assert "cut_off" not in line


def test_a_visitor_who_goes_away(caplog: pytest.LogCaptureFixture) -> None:
    answer = Answer("/relationships.csv")
    first = next(iter(answer.parts))
    answer.parts.close()  # type: ignore[attr-defined]
    [line] = told(caplog)
    assert (line["bytes"], line["cut_off"]) == (len(first), True)


def test_a_head_has_no_bytes(caplog: pytest.LogCaptureFixture) -> None:
    Answer("/about/", REQUEST_METHOD="HEAD").sent()
    [line] = told(caplog)
    assert (line["method"], line["bytes"]) == ("HEAD", 0)


def test_a_file_that_the_server_sends_by_itself_stays_one(caplog: pytest.LogCaptureFixture) -> None:
    closed = []

    class File(io.BytesIO):
        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        start("200 OK", [("Content-Length", "5")])
        return FileWrapper(File(b"12345"))

    answer = Answer("/static/x", app=lambda *more: answered(app, *more), **{"wsgi.file_wrapper": FileWrapper})  # type: ignore[arg-type]
    assert isinstance(answer.parts, FileWrapper)
    assert (answer.sent(), closed) == (b"12345", [True])
    [line] = told(caplog)
    assert (line["bytes"], line["status"]) == (5, 200)


def test_an_application_that_falls_over(caplog: pytest.LogCaptureFixture) -> None:
    def app(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise KeyError("ours")

    with pytest.raises(KeyError, match="ours"):
        Answer("/x", app=lambda *more: answered(app, *more))
    [line] = told(caplog)
    assert (line["status"], line["view"], line["cut_off"]) == (500, "none", True)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize(
    ("path", "view"),
    [
        ("/nope/", "none"),
        ("/static/nope.css", "static"),
        ("/api/v1/places/", "api:places"),
        ("/admin/login/", "admin:login"),
    ],
)
def test_the_view_of_a_request(caplog: pytest.LogCaptureFixture, path: str, view: str) -> None:
    Answer(path).sent()
    assert [line["view"] for line in told(caplog)] == [view]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/suggestions/abcde-fghjk-mnpqr-stuvw/", "/suggestions/[hidden]/"),
        ("/en/suggestions/abcde-fghjk", "/en/suggestions/[hidden]"),
        ('/\xff\xe4\xb8\xad\n"', "/%FF%E4%B8%AD%0A%22"),
    ],
)
def test_the_path_that_is_shown(caplog: pytest.LogCaptureFixture, path: str, shown: str) -> None:
    Answer(path).sent()
    assert [line["path"] for line in told(caplog)] == [shown]
    assert "abcde" not in caplog.text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/relationships/?country=JP&country=DE&page=2", "country=JP&country=DE&page=2"),
        ("/relationships/?q=my+own+name&sort=home", "q=*&sort=home"),
        ("/relationships/?password=hunter2&secret", None),
        ("/api/v1/relationships/?type=sister&q=x", "type=sister&q=*"),
        ("/admin/login/?country=JP", None),
        ("/suggestions/abcde/?country=JP", None),
        ("/nope/?country=JP", None),
    ],
)
def test_of_a_query_what_the_register_knows(caplog: pytest.LogCaptureFixture, asked: str, shown: str | None) -> None:
    Answer(asked).sent()
    assert [line.get("query") for line in told(caplog)] == [shown]


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_address_writes_no_second_line_into_the_log(caplog: pytest.LogCaptureFixture, form: str) -> None:
    """Whoever tells of it: we of every request, Django of hosts that are not ours and of forms without a mark."""
    forged = "/nowhere\n2026-11-27 00:00:00 ERROR forged/\x1b[31m"
    Answer(forged).sent()
    Answer("/about/", HTTP_HOST=f"register.example{forged}").sent()
    Answer(f"/admin/login{forged}/../", REQUEST_METHOD="POST").sent()
    said = [lines.formatter(form).format(record) for record in caplog.records]
    assert len([text for text in said if "forged" in text]) == 3
    assert [text for text in said if re.search(r"^2026-11-27 00|\r|\x1b", text, re.MULTILINE)] == []


def test_staff_are_told_by_number_and_the_public_not_at_all(caplog: pytest.LogCaptureFixture, client: Client) -> None:
    user = User.objects.create_superuser("curator")
    client.force_login(user)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    Answer("/admin/", HTTP_COOKIE=cookie).sent()
    Answer("/about/", HTTP_COOKIE=cookie).sent()  # a page that asks nobody who they are
    Answer("/admin/login/").sent()
    assert [line.get("user") for line in told(caplog)] == [user.pk, None, None]
    assert "curator" not in caplog.text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("", None),
    ],
)
def test_no_address_is_whole(caplog: pytest.LogCaptureFixture, address: str, network: str | None) -> None:
    Answer("/about/", REMOTE_ADDR=address).sent()
    assert [line.get("network") for line in told(caplog)] == [network]


def test_behind_a_proxy_the_visitors_network_is_told(caplog: pytest.LogCaptureFixture, settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    Answer("/about/", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7").sent()
    assert [line["network"] for line in told(caplog)] == ["198.51.100.0/24"]


GIVEN = "7f3a-B_1.x0000000"


@pytest.mark.parametrize(
    ("behind", "given", "is_taken"),
    [
        (True, GIVEN, True),
        (True, "a" * 64, True),
        (True, "a" * 65, False),
        (True, "short", False),
        (True, "with space and more", False),
        (True, "line\nbreak-and-more", False),
        (True, "", False),
        (False, GIVEN, False),
    ],
)
def test_the_number_of_a_request(settings: Settings, behind: bool, given: str, is_taken: bool) -> None:
    settings.BEHIND_PROXY = behind
    answers = [Answer("/healthz", HTTP_X_REQUEST_ID=given) for _again in range(2)]
    numbers = [answer.headers["X-Request-ID"] for answer in answers]
    if is_taken:
        assert numbers == [given, given]
    else:
        assert all(re.fullmatch(r"[0-9a-f]{32}", number) for number in numbers)
        assert len({*numbers, given}) == 3


def test_machines_that_watch_are_told_of_when_something_is_wrong(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/healthz", "/readyz"):
        Answer(path).sent()
    assert told(caplog) == []
    monkeypatch.setattr(health, "_can_be_read", Question(lambda: False))
    Answer("/readyz").sent()
    assert [(line["view"], line["status"]) for line in told(caplog)] == [("readyz", 503)]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_failure_is_told_with_its_traceback_and_nothing_else_is_told_twice(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/nope/", "/api/v1/relationships/?type=x"):
        Answer(path).sent()
    monkeypatch.setattr("friendship.queries.summary", lambda: 1 // 0)
    Answer("/about/").sent()
    lines = [(record.name, record.levelname, bool(record.exc_info)) for record in caplog.records]
    assert lines == [
        ("friendship.requests", "INFO", False),
        ("friendship.requests", "INFO", False),
        ("django.request", "ERROR", True),
        ("friendship.requests", "ERROR", False),
    ]
