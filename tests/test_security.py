"""What holds for every answer and every log-in; docs/security.md names these tests."""

from __future__ import annotations

import ast
import logging
import re
import socket
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.conf import global_settings, settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from friendship import queries
from friendship.accounts.passwords import MaximumLengthValidator
from friendship.models import Place, Source
from tests import builders
from tests.admin.desk import at_the_desk, opened
from tests.hostile.payloads import REDIRECTS
from tests.hostile.questions import addresses
from tests.test_settings import value

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"
LOGIN = "/en/admin/login/"
CODE = "/en/admin/account/code/"
STAFF = "/en/admin/friendship/relationship/"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "base-uri 'none'; connect-src 'self'; default-src 'none'; font-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; img-src 'self' data:; manifest-src 'self'; script-src 'self'; style-src 'self'"
    ),
}
#: Every public address, and the log-in.
PATHS = [path for path, _part in addresses()]
#: What a browser shows as markup or may run; each is said with its characters, or says them itself.
TYPES = {
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
    "text/csv; charset=utf-8",
    "text/calendar; charset=utf-8",
    "application/rss+xml; charset=utf-8",
    "application/json",
    "application/geo+json",
    "application/xml",  # whose first line says it
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/png",
}


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A million rounds for each password would take a minute in all."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def person(name: str = "editor", **fields: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, **{"is_staff": True, **fields})
    user.groups.add(Group.objects.get(name="Editors"))
    return user


def log_in(client: Client, name: str = "editor", password: str = PASSWORD, to: str = "/en/admin/") -> Any:
    return client.post(LOGIN, {"username": name, "password": password, "next": to})


def policy(text: str) -> set[str]:
    return set(text.split("; "))


# --- answers ----------------------------------------------------------------------------------------------------------


def every_answer() -> Iterator[tuple[str, Any]]:
    """Of every public address, and of those that refuse."""
    client = Client(raise_request_exception=False)
    for address in [*PATHS, "/nowhere/", "/api/v1/nowhere/", LOGIN, "/en/admin/nowhere/"]:
        yield address, whole(client.get(address))
    yield "another host", client.get("/", headers={"host": "hostile.example"})
    yield "refused", client.get("/relationships.csv?country=x")


def whole(answer: Any) -> Any:
    """The answer, read to its end: then the client closes it, and leaves the test its connection."""
    if answer.streaming:
        list(answer)
    return answer


def test_every_answer_says_how_browsers_are_to_treat_it() -> None:
    for address, answer in every_answer():
        said = {name: answer.headers.get(name, "") for name in HEADERS}
        assert policy(said.pop("Content-Security-Policy")) == policy(HEADERS["Content-Security-Policy"]), address
        assert said == {name: text for name, text in HEADERS.items() if name in said}, address
        if answer.status_code not in {301, 302}:
            assert answer["Content-Type"] in TYPES, address


def test_static_files_say_it_as_well(client: Client) -> None:
    [sheet, *_more] = re.findall(r'href="(/static/[^"]+\.css)"', client.get("/about/").content.decode())
    answer = whole(client.get(sheet))
    assert (answer.status_code, answer["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert policy(answer["Content-Security-Policy"]) == policy(HEADERS["Content-Security-Policy"])


def test_no_answer_names_what_it_was_made_with() -> None:
    for address, answer in every_answer():
        assert {"Server", "X-Powered-By", "X-Generator"}.isdisjoint(answer.headers), address


def test_addresses_take_the_methods_that_they_need(client: Client) -> None:
    """Read by GET, HEAD and, for scripts of other sites, OPTIONS; the forms of the public take POST as well."""
    taken = set()
    for address in (path for path in PATHS if "/admin/" not in path):
        for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"):
            if client.generic(method, address).status_code not in {404, 405}:
                taken.add((address.rsplit("/", 2)[-2], method))
    assert taken == {("suggest", "POST")}


def test_errors_say_nothing_of_what_is_within(client: Client) -> None:
    client.raise_request_exception = False
    secret = "SELECT password FROM auth_user: no such table"
    with mock.patch.object(queries, "relationship", side_effect=ProgrammingError(secret)):
        page = client.get("/en/relationships/1/")
    with mock.patch.object(queries, "all_countries", side_effect=ProgrammingError(secret)):
        answer = client.get("/api/v1/countries/", headers={"accept-language": "en"})
    assert (page.status_code, answer.status_code) == (500, 500)
    assert answer.json() == {"detail": "A server error occurred."}
    assert not re.search(r"SELECT|auth_user|ProgrammingError|Traceback|\.py", page.content.decode())


def test_a_forwarded_host_is_not_believed(client: Client) -> None:
    said = client.get("/en/about/", headers={"x-forwarded-host": "hostile.example"})
    assert (said.status_code, b"hostile.example" in said.content) == (200, False)


@pytest.mark.parametrize("to", REDIRECTS)
def test_no_way_leads_to_another_host(client: Client, to: str) -> None:
    user = person()
    assert log_in(client, to=to).headers["Location"] == "/en/admin/"
    again = client.get(LOGIN, {"next": to})
    assert again.headers["Location"] == "/en/admin/"
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)
    half = client.get(f"{LOGIN}?next={to}")
    assert half.headers["Location"].startswith(f"{CODE}?next=")
    assert client.post("/en/admin/logout/", {"next": to}).status_code == 200
    for path in (f"/{to}", f"/en/{to}"):
        away = client.get(path).headers.get("Location", "")
        assert not re.match(r"\w+:|[/\\]{2}", away), away


# --- forms ------------------------------------------------------------------------------------------------------------


def test_nothing_is_exempt_from_the_mark_of_our_forms() -> None:
    """What the staff send, tests/admin/test_every_address.py asks; the public sends corrections and log-ins."""
    client = Client(enforce_csrf_checks=True)
    for address in ("/relationships/1/suggest/", "/en/cities/mianyang/suggest/", LOGIN):
        assert client.post(address, {"username": "x", "password": "x"}).status_code == 403, address
    code = [path for folder in ("friendship", "config") for path in files(folder)]
    exempt = [str(path.relative_to(settings.BASE_DIR)) for path in code if "csrf_exempt" in path.read_text("utf-8")]
    assert exempt == ["friendship/views/metrics.py"]  # takes no form: tests/telemetry/test_metrics.py sends it some


def files(folder: str) -> list[Any]:
    return sorted((settings.BASE_DIR / folder).rglob("*.py"))


# --- cookies and sessions ---------------------------------------------------------------------------------------------


def test_who_only_reads_gets_no_cookie() -> None:
    for address, answer in every_answer():
        forms = address.endswith(("/suggest/", "/login/"))
        assert set(answer.cookies) <= ({"csrftoken"} if forms else set()), address


def test_the_cookie_of_a_session(client: Client) -> None:
    person()
    cookie = log_in(client).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert len(cookie.value) == 32  # of 36 characters: 165 bits
    mark = client.get(LOGIN, follow=True).cookies.get("csrftoken") or client.cookies["csrftoken"]
    assert (mark["httponly"], mark["samesite"], mark["domain"]) == (True, "Lax", "")


def test_behind_https_cookies_are_of_this_host_and_of_https_alone(tmp_path: Any) -> None:
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    found = [value(tmp_path, name, HTTPS="true") for name in names]
    assert found == ["__Host-session", "__Host-csrf", "True", "True"]
    alone = [value(tmp_path, name) for name in ("SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH")]
    assert alone == ["None", "/", "/"]


def test_a_log_in_begins_another_session_and_a_log_out_ends_it(client: Client) -> None:
    person()
    before = client.session
    before.save()
    client.cookies["sessionid"] = first = before.session_key or ""
    log_in(client)
    second = client.cookies["sessionid"].value
    assert first != second
    client.post("/en/admin/logout/")
    kept = Client()
    for key in (first, second):
        kept.cookies["sessionid"] = key
        assert kept.get(STAFF).status_code == 302
    assert not Session.objects.filter(session_key__in=[first, second]).exists()


def test_a_session_that_somebody_else_chose_is_not_taken(client: Client) -> None:
    person()
    client.cookies["sessionid"] = "a" * 32
    log_in(client)
    assert client.cookies["sessionid"].value != "a" * 32


# --- passwords --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "is_taken"),
    [
        ("elevenchars", False),
        ("twelve chars", True),
        ("密码可以是一句很长的中文话", True),
        (" 🐼 emoji and spaces 🐼 ", True),
        ("x7 " * 42 + "yz", True),
        ("x7 " * 43, False),
        ("123456789012", False),
        ("qwertyuiop123", False),
        ("1234567890abc", True),
    ],
)
def test_which_passwords_are_taken(client: Client, password: str, is_taken: bool) -> None:
    """Long ones that are not known to be common, of whatever characters; the last letter counts."""
    user = person()
    client.force_login(user)
    sent = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    answer = client.post("/en/admin/password_change/", sent)
    user.refresh_from_db()
    assert (answer.status_code == 302, user.check_password(password)) == (is_taken, is_taken)
    assert not user.check_password(password[:-1])


def test_a_password_is_changed_by_who_knows_the_present_one(client: Client) -> None:
    user = person()
    client.force_login(user)
    sent = {"old_password": "guessed", "new_password1": "quite another one", "new_password2": "quite another one"}
    assert client.post("/en/admin/password_change/", sent).status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_longest_password() -> None:
    rule = MaximumLengthValidator()
    rule.validate("x" * 128)
    with pytest.raises(ValidationError, match="密码最多128个字符"):
        rule.validate("x" * 129)


def test_passwords_are_kept_as_salted_hashes_that_cost_a_million_rounds(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    algorithm, rounds, salt, _hash = person("another").password.split("$")
    assert (algorithm, rounds, len(salt)) == ("pbkdf2_sha256", "1000000", 22)


def test_a_name_that_nobody_has_costs_the_same_work(client: Client, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    with mock.patch.object(PBKDF2PasswordHasher, "iterations", 1):
        person(), person("gone", is_active=False), person("guest", is_staff=False)
        found = {name: work(client, name) for name in ("editor", "nobody", "gone", "guest")}
    assert found == dict.fromkeys(found, found["editor"])
    assert found["editor"][0] == 1


def work(client: Client, name: str) -> tuple[int, int]:
    """How often a failed log-in under the name computes a hash, and how many queries it takes."""
    encode = mock.patch.object(PBKDF2PasswordHasher, "encode", autospec=True, side_effect=PBKDF2PasswordHasher.encode)
    with encode as counted, CaptureQueriesContext(connection) as asked:
        assert log_in(client, name, "wrong").status_code == 200
    return counted.call_count, len(asked)


def test_no_account_is_shipped() -> None:
    assert not User.objects.exists()


# --- logs -------------------------------------------------------------------------------------------------------------


def test_no_secret_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # its DEBUG is every query, which nobody runs with
    user = person()
    for password in ("typed-by-mistake", PASSWORD):
        log_in(client, password=password)
    log_in(client, "a-password-in-the-wrong-box", "x")
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)
    client.post(CODE, {"code": "424242"})
    client.raise_request_exception = False
    with mock.patch("friendship.admin.own_account.half_known", side_effect=RuntimeError("fault")):
        assert client.post(CODE, {"code": "434343"}).status_code == 500
    secrets = [PASSWORD, "typed-by-mistake", "a-password-in", "424242", "434343", settings.SECRET_KEY]
    secrets += [client.cookies["sessionid"].value, user.password]
    assert caplog.records
    assert [secret for secret in secrets if secret in caplog.text] == []


# --- what goes out ----------------------------------------------------------------------------------------------------

#: Modules by which a program reaches others. ``urllib.parse`` and ``http.HTTPStatus`` reach nobody.
_REACHING = re.compile(
    r"(urllib\.(request|robotparser)|http\.(client|cookiejar)|requests|httpx|aiohttp|urllib3|pycurl|socket|ssl|asyncio|"
    r"ftplib|smtplib|imaplib|poplib|telnetlib|nntplib|xmlrpc|socketserver|paramiko|django\.core\.mail|webbrowser|"
    r"sentry_sdk)\b"
)
#: Who may: reports of errors, where SENTRY_DSN names one. bin/healthy, which asks the register itself, lies outside.
#: config/worker.py hangs up on visitors, by a word of ``socket``.
MAY_REACH_OTHERS = {"config/worker.py", "friendship/telemetry/sentry.py"}


def imported(path: Any) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_no_module_reaches_another_host() -> None:
    reaching = {
        str(path.relative_to(settings.BASE_DIR))
        for folder in ("friendship", "config")
        for path in files(folder)
        if any(_REACHING.match(name) for name in imported(path))
    }
    assert reaching == MAY_REACH_OTHERS


def test_an_address_that_somebody_gives_is_shown_and_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def reached(*_args: object, **_more: object) -> None:
        raise AssertionError("something was asked")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, reached)
    monkeypatch.setattr(socket, "getaddrinfo", reached)
    root, source = at_the_desk("root"), builders.source("paper")
    builders.evidence(builders.tie(), source)
    where = f"/en/admin/friendship/source/{source.pk}/change/"
    metadata = "http://169.254.169.254/latest/meta-data/"
    assert root.post(where, opened(root, where) | {"url": metadata}).status_code == 302
    assert Source.objects.get(pk=source.pk).url == metadata
    for page in (where, "/en/sources/paper/", "/api/v1/sources/paper/"):
        assert metadata in root.get(page).content.decode(), page


def test_no_text_of_the_public_is_run_as_code() -> None:
    """Neither evaluated, nor unpickled, nor read as YAML, nor given to a shell."""
    called = {
        ast.unparse(node.func)
        for folder in ("friendship", "config")
        for path in files(folder)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    }
    code = {
        "eval",
        "exec",
        "compile",
        "__import__",
        "os.system",
        "os.popen",
        "pickle.loads",
        "yaml.load",
        "marshal.loads",
    }
    assert called & code == {"pickle.loads"}  # of what friendship/shared_cache.py has sealed itself
    assert {name for name in called if name.endswith(".from_string")} == set()  # templates made at run time


def test_a_place_of_the_register_is_reached_by_its_address_alone(client: Client) -> None:
    """No file is chosen by what a visitor writes, and folders have no pages."""
    assert Place.objects.filter(slug="mianyang").exists()
    for address in ("/static/", "/static/css/", "/.git/config", "/var/", "/manage.py", "/static/../manage.py"):
        assert client.get(address).status_code == 404, address
