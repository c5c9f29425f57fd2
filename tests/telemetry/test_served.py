"""The register as it runs, its database and its visitors making trouble: what it logs, counts and reports.

Secrets are planted wherever one can come from, and looked for in everything that comes out.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.servers import postgresql, register
from tests.servers.environment import SECRET_KEY
from tests.servers.register import PASSWORD, Register

COUNT = "register_request_duration_seconds_count"
METRICS_TOKEN = "planted-metrics-token-0123456789"
SENTRY_KEY = "plantedsentrykey0123456789abcdef"
DATABASE_PASSWORD = "planted-database-password"
MISTYPED = "planted-mistyped-password"
EMAIL, WRONG, SEARCHED = "planted@example.org", "planted-suggestion", "planted-search"

PLANT = f"""
from friendship.models import Place, Suggestion
made = Suggestion.objects.create(place=Place.objects.get(slug="mianyang"), wrong={WRONG!r}, right="x", source="y",
    email={EMAIL!r}, language="en")
print(made.token)
"""
#: Requests that fail, and so many of one kind that every worker has some.
FAILED, ABOUT = 3, 40
RENAME = "from django.db import connection; connection.cursor().execute('ALTER TABLE {} RENAME TO {}')"


# --- what listens to reports ------------------------------------------------------------------------------------------


@dataclass
class Sentry:
    """A server that takes reports as Sentry does."""

    port: int
    received: list[bytes] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        """The errors among what was received; after a header of the whole come pairs of lines."""
        lines = [line for envelope in self.received for line in envelope.splitlines()[1:]]
        items = zip(lines[::2], lines[1::2], strict=True)
        return [json.loads(body) for head, body in items if json.loads(head)["type"] == "event"]


@contextmanager
def sentry() -> Iterator[Sentry]:
    """Listen on this machine."""
    received: list[bytes] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Sentry(server.server_port, received)
        finally:
            server.shutdown()


# --- what visitors do -------------------------------------------------------------------------------------------------


@dataclass
class Visitor:
    """Somebody with a browser that keeps cookies, and what of all that is secret."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, str]:
        """The answer’s status and text."""
        there = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.url + path}
        there.request(method, path, urlencode(form or {}) or None, {**cookies, **kind, **headers})
        answer = there.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                self.secrets |= {morsel.value} if len(morsel.value) > 10 else set()
        text = answer.read().decode()
        there.close()
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])
        return answer.status, text

    def form(self) -> dict[str, str]:
        """The mark of the log-in form."""
        _status, page = self.ask("GET", "/admin/login/")
        [mark] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        self.secrets.add(mark)
        return {"csrfmiddlewaretoken": mark}


@contextmanager
def without(running: Register, table: str) -> Iterator[None]:
    """Take a table away: whoever needs it fails."""
    running.manage("shell", "--no-imports", "--command", RENAME.format(table, f"{table}_away"))
    try:
        yield
    finally:
        running.manage("shell", "--no-imports", "--command", RENAME.format(f"{table}_away", table))


def malformed(running: Register) -> None:
    """A request that gunicorn itself cannot read."""
    there = urlsplit(running.url)
    with socket.create_connection((there.hostname, there.port), timeout=10) as connection:
        connection.sendall(
            b"GET /about/ HTTP/1.1\r\nHost: localhost\r\nCookie\x01: sessionid=planted-malformed\r\n\r\n"
        )
        assert connection.recv(12) == b"HTTP/1.1 400"


def make_trouble(running: Register, visitor: Visitor) -> None:
    """Everything that has something to hide, answered well and failing."""
    token = running.manage("shell", "--no-imports", "--command", PLANT).split()[-1]
    visitor.secrets.add(token)
    log_in = {"username": "admin", "password": PASSWORD}
    assert visitor.ask("POST", "/admin/login/", {**log_in, **visitor.form()})[0] == 302
    assert visitor.ask("GET", "/admin/")[0] == 200
    assert visitor.ask("POST", "/admin/login/", {**log_in, "csrfmiddlewaretoken": "planted-false-mark"})[0] == 403
    assert visitor.ask("GET", f"/en/suggestions/{token}/")[0] == 200
    assert visitor.ask("GET", f"/suggestions/{token}")[0] == 301
    assert visitor.ask("GET", f"/relationships/?country=JP&q={SEARCHED}&email={EMAIL}")[0] == 200
    assert visitor.ask("GET", f"/admin/friendship/place/?q={SEARCHED}")[0] == 200
    assert visitor.ask("GET", "/metrics", Authorization="Bearer planted-false-token-0123456789")[0] == 404
    malformed(running)
    with without(running, "friendship_suggestion"):
        assert visitor.ask("GET", f"/suggestions/{token}/")[0] == 500
    with without(running, "django_session"):
        assert visitor.ask("GET", "/admin/")[0] == 500
    stranger = Visitor(visitor.url, secrets=visitor.secrets)
    with without(running, "auth_user"):
        form = {"username": EMAIL, "password": MISTYPED, **stranger.form()}
        assert stranger.ask("POST", "/admin/login/", form)[0] == 500


# --- what comes out ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What came out of all that."""

    log: str
    figures: str
    events: list[dict[str, Any]]
    reports: bytes
    secrets: set[str]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The log, read."""
        return [json.loads(line) for line in self.log.splitlines()]

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The lines of requests."""
        return [line for line in self.lines if line["logger"] == "friendship.requests"]


def eventually(is_so: Callable[[], bool]) -> None:
    """Wait until it is so, or long enough for the tests to say what is not."""
    deadline = time.monotonic() + 20
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.1)


def read(figures: str) -> dict[tuple[str, ...], float]:
    """Every figure by its name and labels."""
    families = text_string_to_metric_families(figures)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def counted_about(figures: str) -> float:
    """How often the page “about” was answered."""
    return read(figures).get((COUNT, "GET", "2xx", "about"), 0)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    """Start, make trouble, stop, and look at what is left."""
    with ExitStack() as stack:
        listening = stack.enter_context(sentry())
        variables = {
            "METRICS_TOKEN": METRICS_TOKEN,
            "SENTRY_DSN": f"http://{SENTRY_KEY}@127.0.0.1:{listening.port}/1",
        }
        if url := os.environ.get("DATABASE_URL"):
            database = stack.enter_context(postgresql.database(url))
            variables["DATABASE_URL"] = re.sub(r"://(\w+)@", rf"://\1:{DATABASE_PASSWORD}@", database)
            assert DATABASE_PASSWORD in variables["DATABASE_URL"]
        running = stack.enter_context(register.running(tmp_path_factory.mktemp("server"), **variables))
        register.add_staff(running)
        visitor = Visitor(running.url)
        make_trouble(running, visitor)
        for _again in range(ABOUT):
            visitor.ask("GET", "/about/")

        def figures() -> str:
            status, text = visitor.ask("GET", "/metrics", Authorization=f"Bearer {METRICS_TOKEN}")
            assert status == 200
            return text

        # An answer is there before it is told of, and reports go their own way.
        eventually(lambda: counted_about(figures()) >= ABOUT)
        eventually(lambda: running.log.read_text().count('"GET /about/ 200"') >= ABOUT)
        eventually(lambda: len(listening.events()) >= FAILED)
        planted = {
            *(PASSWORD, SECRET_KEY, METRICS_TOKEN, SENTRY_KEY, DATABASE_PASSWORD, MISTYPED),
            *(EMAIL, WRONG, SEARCHED, "planted-malformed", "planted-false-mark", "planted-false-token-0123456789"),
        }
        yield Outcome(
            running.log.read_text(),
            figures(),
            listening.events(),
            b"\n".join(listening.received),
            planted | visitor.secrets,
        )


#: The requests of ``make_trouble``, as they may be told; the last three fail for want of a table.
EXPECTED = [
    ("GET", "/admin/login/", 200),
    ("POST", "/admin/login/", 302),
    ("GET", "/admin/", 200),
    ("POST", "/admin/login/", 403),
    ("GET", "/en/suggestions/[hidden]/", 200),
    ("GET", "/suggestions/[hidden]", 301),
    ("GET", "/relationships/", 200),
    ("GET", "/admin/friendship/place/", 200),
    ("GET", "/metrics", 404),
    ("GET", "/suggestions/[hidden]/", 500),
    ("GET", "/admin/", 500),
    ("GET", "/admin/login/", 200),
    ("POST", "/admin/login/", 500),
]
TABLES = {"/suggestions/[hidden]/": "friendship_suggestion", "/admin/": "django_session", "/admin/login/": "auth_user"}


def test_no_secret_is_logged_or_leaves(outcome: Outcome) -> None:
    assert len(outcome.secrets) > 16  # those above, two session cookies, marks of forms, the reference number
    for place in (outcome.log, outcome.figures, json.dumps(outcome.events)):
        assert [secret for secret in outcome.secrets if secret in place] == []
    # The key of the address is how a report says that it may be left there; it is in no report.
    assert [secret for secret in outcome.secrets if secret.encode() in outcome.reports] in ([], [SENTRY_KEY])


def test_every_line_is_json_and_every_request_has_one(outcome: Outcome) -> None:
    told = [(line["method"], line["path"], line["status"]) for line in outcome.requests if line["view"] != "about"]
    assert sorted(told) == sorted(EXPECTED)


def test_no_number_is_given_twice_and_no_address_is_whole(outcome: Outcome) -> None:
    assert len({line["request_id"] for line in outcome.requests}) == len(outcome.requests)
    assert {line["network"] for line in outcome.requests} == {"127.0.0.0/24"}


def test_gunicorn_speaks_the_same_form(outcome: Outcome) -> None:
    said = [line["message"] for line in outcome.lines if line["logger"] == "gunicorn.error"]
    assert said[0].startswith("Starting gunicorn ")
    [odd] = [message for message in said if message.startswith("Invalid request")]
    assert odd.startswith("Invalid request from ip=[hidden]: ")


def test_a_failure_is_found_by_the_number_of_its_request(outcome: Outcome) -> None:
    failed = [line for line in outcome.requests if line["status"] == 500]
    assert {line["path"] for line in failed} == set(TABLES)
    for line in failed:
        [error] = [
            each["error"]
            for each in outcome.lines
            if each["logger"] == "django.request" and each["request_id"] == line["request_id"]
        ]
        assert error.startswith("Traceback (most recent call last):\n")
        assert TABLES[line["path"]] in error


def test_workers_count_together(outcome: Outcome) -> None:
    figures = read(outcome.figures)
    assert counted_about(outcome.figures) == ABOUT
    assert figures[(COUNT, "POST", "5xx", "admin:login")] == 1
    assert [key for key in figures if "metrics" in key] == []
    errors = [value for key, value in figures.items() if key[0] == "register_database_errors_total"]
    assert sum(errors) == FAILED
    assert (figures[("register_ready",)], figures[("register_processes",)]) == (1, 2)
    assert len({key[2] for key in figures if key[0] == "register_process_memory_bytes"}) == 2
    assert figures[("register_rows", "relationship")] == 132


def test_reports_say_what_failed_and_nothing_about_whom(outcome: Outcome) -> None:
    failed = [line["request_id"] for line in outcome.requests if line["status"] == 500]
    assert sorted(event["tags"]["request_id"] for event in outcome.events) == sorted(failed)
    for event in outcome.events:
        assert set(event) & {"request", "user", "extra", "breadcrumbs", "modules", "server_name"} == set()
        frames = [frame for error in event["exception"]["values"] for frame in error["stacktrace"]["frames"]]
        assert frames
        assert [frame for frame in frames if "vars" in frame] == []
    assert [event["exception"]["values"][-1]["module"] for event in outcome.events] == ["django.db.utils"] * FAILED
