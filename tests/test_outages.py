"""A database that cannot be asked: which errors say so, how long it is waited for, what visitors read meanwhile."""

from __future__ import annotations

import json
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from unittest import mock

import dj_database_url
import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection
from django.test import Client
from psycopg2 import extensions

from friendship import outages, queries
from friendship.accounts.backend import StaffBackend
from tests.servers import postgresql, troubled
from tests.servers.troubled import Troubled

ENGLISH, CHINESE = "The register cannot be read just now", "名录暂时无法读取"
SAVING = "What you have just sent may not have been saved."

# --- which errors say so ----------------------------------------------------------------------------------------------


def raised(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def of_sqlite(code: int) -> Exception:
    cause = sqlite3.OperationalError("told")
    cause.sqlite_errorcode = code
    return raised(OperationalError("told"), cause)


@pytest.mark.parametrize(
    ("error", "is_outage"),
    [
        (None, False),
        (ValueError("of ours"), False),
        (IntegrityError("a constraint"), False),
        (OperationalError("gone"), True),
        (InterfaceError("connection already closed"), True),
        (DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq"), True),
        (raised(ValueError("of ours"), OperationalError("gone")), True),
        (of_sqlite(sqlite3.SQLITE_ERROR), False),
        (of_sqlite(sqlite3.SQLITE_FULL), True),
        (of_sqlite(sqlite3.SQLITE_IOERR_WRITE), True),
        (of_sqlite(sqlite3.SQLITE_BUSY), True),
        (raised(OperationalError("told"), psycopg2.OperationalError("server closed the connection")), True),
    ],
)
def test_which_errors_say_that_the_database_cannot_be_asked(error: Exception | None, is_outage: bool) -> None:
    assert outages.is_one(error) == is_outage


@pytest.mark.django_db
def test_a_mistake_in_a_question_is_no_outage() -> None:
    with pytest.raises(DatabaseError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT planted FROM friendship_country")
    assert not outages.is_one(caught.value)


@pytest.mark.parametrize(("code", "is_outage"), [("54001", False), ("53100", True), ("57P01", True)])
def test_a_question_that_is_too_large_for_postgresql_is_no_outage(code: str, is_outage: bool) -> None:
    told = type("Told", (psycopg2.OperationalError,), {"pgcode": code})
    assert outages.is_one(raised(OperationalError("told"), told())) == is_outage


# --- how long silence is waited for -----------------------------------------------------------------------------------


@pytest.fixture
def cluster() -> Iterator[str]:
    programs = postgresql.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed.")
    with postgresql.cluster(programs) as url:
        yield url
        extensions.set_wait_callback(None)


def connected(url: str) -> extensions.connection:
    known = dj_database_url.parse(url)
    return psycopg2.connect(dbname=known["NAME"], user=known["USER"], host=known["HOST"])


def said(asking: extensions.connection, statement: str) -> list[tuple[object, ...]]:
    with asking.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_silence_ends_and_afterwards_all_is_well(cluster: str) -> None:
    outages.wait_no_longer_than(0.5, 0.25)
    first, second = connected(cluster), connected(cluster)
    said(second, "SELECT 1")  # so that there is something to commit
    with postgresql.frozen(cluster):
        with pytest.raises(psycopg2.OperationalError, match=r"has said nothing for 0\.5 seconds"):
            said(first, "SELECT 1")
        assert first.closed
        with pytest.raises(psycopg2.OperationalError, match=r"has said nothing for 0\.5 seconds"):
            second.commit()
        with pytest.raises(psycopg2.OperationalError, match="has said nothing"):
            connected(cluster)
    assert said(connected(cluster), "SELECT 5") == [(5,)]


def test_after_silence_the_next_wait_less_until_there_is_an_answer(cluster: str) -> None:
    outages.wait_no_longer_than(3, 2)
    asking = [connected(cluster), connected(cluster)]
    with postgresql.frozen(cluster):
        for one, seconds in zip(asking, ("3", "1"), strict=True):
            with pytest.raises(psycopg2.OperationalError, match=f"for {seconds} seconds"):
                said(one, "SELECT 1")
    answered = connected(cluster)
    assert said(answered, "SELECT pg_sleep(2)") == [("",)]  # longer than after a silence


def test_it_is_silence_that_is_measured_and_not_the_whole_answer(cluster: str) -> None:
    asking = connected(cluster)
    outages.wait_no_longer_than(1, 1)
    slowly = "SELECT repeat('x', 100000), pg_sleep(0.3) FROM generate_series(1, 6)"
    began = time.monotonic()
    assert len(said(asking, slowly)) == 6
    assert time.monotonic() - began > 1.5


# --- what visitors read -----------------------------------------------------------------------------------------------


GONE = OperationalError("gone")


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "title"), [("/en/about/", ENGLISH), ("/about/", CHINESE)])
def test_the_page_says_so_in_the_language_of_its_reader(client: Client, path: str, title: str) -> None:
    client.raise_request_exception = False
    with mock.patch.object(queries, "summary", side_effect=GONE):
        response = client.get(path)
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "30", "no-store")
    assert [words for words in (ENGLISH, CHINESE, SAVING) if words in response.content.decode()] == [title]


@pytest.mark.django_db
def test_who_has_sent_a_form_is_told_that_it_may_not_be_saved(client: Client) -> None:
    client.raise_request_exception = False
    with mock.patch.object(StaffBackend, "authenticate", side_effect=GONE):
        response = client.post("/en/admin/login/", {"username": "editor", "password": "planted"})
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert [words for words in (ENGLISH, SAVING) if words in response.content.decode()] == [ENGLISH, SAVING]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troubled]:
    with troubled.running(tmp_path_factory.mktemp("server"), STATEMENT_SECONDS="2") as running:
        yield running


def asked(url: str) -> tuple[int, Message, str]:
    """As somebody whose browser holds a session, so that the admin has to look who that is."""
    headers = {"Cookie": "sessionid=planted-session", "Accept-Language": "en"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 (our own server)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 (our own server)
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


PAGES = {
    "/": CHINESE,
    "/en/relationships/?country=JP": ENGLISH,
    "/en/relationships.csv": ENGLISH,
    "/admin/": CHINESE,
    "/en/admin/friendship/relationship/": ENGLISH,
}


def test_while_the_database_is_away_every_page_says_so_and_then_all_is_well_by_itself(served: Troubled) -> None:
    url = served.register.url
    with served.troubles["away"]():
        for path, title in PAGES.items():
            status, headers, page = asked(url + path)
            assert (path, status, headers["Retry-After"], title in page) == (path, 503, "30", True)
        status, headers, body = asked(f"{url}/api/v1/relationships/")
        told = {"detail": "The register cannot be read just now. Please try again in half a minute."}
        assert (status, headers["Retry-After"], json.loads(body)) == (503, "30", told)
    assert {path: asked(url + path)[0] for path in PAGES} == dict.fromkeys(PAGES, 200)


def test_a_database_that_says_nothing_is_given_up_in_every_thread_and_then_all_is_well(served: Troubled) -> None:
    """On PostgreSQL; SQLite gives up a lock by itself, after ten seconds."""
    url = served.register.url
    assert asked(url + "/countries/")[0] == 200
    not_kept = [f"{url}/countries/?{number}" for number in range(9)]
    with served.troubles["hanging"](), ThreadPoolExecutor(9) as visitors:  # one more than there are threads
        assert {status for status, _headers, _page in visitors.map(asked, not_kept)} == {503}
    for _again in range(100):  # on SQLite, whoever waits for the lock ends first
        if asked(url + "/countries/")[0] == 200:
            break
        time.sleep(0.2)
    assert {asked(url + "/countries/")[0] for _again in range(8)} == {200}
