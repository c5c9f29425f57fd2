"""Logging in: locks after failures, codes after the password, sessions that end."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP, totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from friendship.curation import accounts
from friendship.models import AccessEvent, Policy
from tests import builders
from tests.admin.desk import RELATIONSHIPS, said

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"
LOGIN = "/en/admin/login/"
CODE = "/en/admin/account/code/"
SET_UP = "/en/admin/account/set-up/"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A million rounds for each password would take a minute in all."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def person(name: str = "editor", group: str = "Editors") -> User:
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def browser(address: str = HERE) -> Client:
    return Client(REMOTE_ADDR=address)


def log_in(client: Client, name: str = "editor", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": password, "next": "/en/admin/"}, **more)


def fail(client: Client, name: str = "editor", times: int = 5, **more: Any) -> list[int]:
    return [log_in(client, name, "wrong", **more).status_code for _time in range(times)]


def is_in(client: Client) -> bool:
    return client.get(RELATIONSHIPS).status_code == 200


def kinds(user: User | None = None) -> list[str]:
    """What the log says of a person, oldest first."""
    events = AccessEvent.objects.order_by("id")
    return list((events.filter(user=user) if user else events).values_list("kind", flat=True))


def current(device: TOTPDevice, ahead: int = 0) -> str:
    return f"{totp(device.bin_key, t0=-30 * ahead):06d}"


def with_device(user: User) -> TOTPDevice:
    """The person has set up two-step log-in."""
    return TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)


# --- locks ------------------------------------------------------------------------------------------------------------


def test_five_failures_lock_and_the_right_password_is_refused() -> None:
    user = person()
    client = browser()
    assert fail(client) == [200, 200, 200, 200, 429]
    answer = log_in(client)
    assert (answer.status_code, answer.headers["Retry-After"], is_in(client)) == (429, "900", False)
    text = answer.content.decode()
    assert "Nobody can log in from here for 15 minutes, not even with the right password." in text
    assert "editor" not in text
    assert kinds(user)[-5:] == ["failed", "failed", "failed", "failed", "locked"]


def test_the_lock_speaks_chinese_at_the_root() -> None:
    person()
    answers = [browser().post("/admin/login/", {"username": "editor", "password": "wrong"}) for _time in range(5)]
    assert "15分钟内无法从此处登录，即使密码正确也不行。" in answers[-1].content.decode()


def test_the_lock_ends_by_itself_and_trying_meanwhile_does_not_prolong_it() -> None:
    person()
    client = browser()
    fail(client, times=8)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert log_in(client).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert (log_in(client).status_code, is_in(client)) == (302, True)


def test_a_success_before_the_fifth_failure_begins_the_count_anew() -> None:
    person()
    client = browser()
    for _round in range(3):
        assert fail(client, times=4) == [200] * 4
        assert log_in(client).status_code == 302


def test_the_lock_holds_for_the_address_and_the_name_whatever_the_browser() -> None:
    person()
    fail(browser())
    assert log_in(browser(), HTTP_USER_AGENT="another").status_code == 429
    assert log_in(browser(THERE)).status_code == 302
    person("colleague")
    assert log_in(browser(), "colleague").status_code == 302


def test_one_address_with_many_names_is_locked_for_all() -> None:
    person()
    client = browser()
    codes = [fail(client, f"name-{number}", times=3) for number in range(10)]
    assert (codes[0], codes[9]) == ([200, 200, 200], [200, 200, 429])
    assert (log_in(client).status_code, log_in(browser(THERE)).status_code) == (429, 302)


def test_names_that_nobody_has_are_answered_like_others_and_not_kept() -> None:
    person()
    known, unknown = log_in(browser(), "editor", "wrong"), log_in(browser(), "my-secret-password", "wrong")
    masked = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in (known, unknown)]
    assert masked[0] == masked[1]
    assert fail(browser(), "my-secret-password", times=4)[-1] == 429
    kept = [
        *AccessAttempt.objects.values_list("username", "post_data", "get_data"),
        *AccessEvent.objects.values_list("name", "detail"),
    ]
    assert "my-secret-password" not in str(kept)
    assert "wrong" not in str(kept)
    assert [event.name for event in AccessEvent.objects.filter(kind="failed", user=None)] == [""] * 4
    assert kinds()[-1] == "locked"


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_added(settings: Settings) -> None:
    person()
    settings.BEHIND_PROXY = True
    forged = [f"203.0.113.{number}, {HERE}" for number in range(6)]
    codes = [log_in(browser("10.0.0.1"), "editor", "wrong", HTTP_X_FORWARDED_FOR=each).status_code for each in forged]
    assert codes == [200, 200, 200, 200, 429, 429]
    assert log_in(browser("10.0.0.1"), HTTP_X_FORWARDED_FOR=f"{HERE}, {THERE}").status_code == 302
    assert set(AccessEvent.objects.exclude(address=None).values_list("address", flat=True)) == {HERE, THERE}


def test_without_a_proxy_the_header_is_not_believed() -> None:
    person()
    codes = [log_in(browser(), "editor", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}").status_code for n in range(5)]
    assert codes[-1] == 429


def test_an_ipv6_network_is_one_visitor() -> None:
    person()
    codes = [log_in(browser(f"2001:db8::{number}"), "editor", "wrong").status_code for number in range(1, 6)]
    assert codes[-1] == 429
    assert log_in(browser("2001:db8:0:1::1")).status_code == 302


@pytest.mark.parametrize("name", ["\0", "a" * 10_000, "名字", "?" * 40, ""])
def test_any_name_is_answered(name: str) -> None:
    assert log_in(browser(), name, "wrong").status_code == 200


# --- two steps --------------------------------------------------------------------------------------------------------


def test_setting_up_and_logging_in_with_a_code() -> None:
    user = person()
    client = browser()
    log_in(client)
    page = client.get(SET_UP)
    assert "<svg" in page.content.decode()
    assert "style=" not in page.content.decode().split("<svg")[1].split("</svg>")[0]
    key = bytes.fromhex(client.session["totp_key"])
    assert client.get(SET_UP).context["secret"] == page.context["secret"]
    wrong = client.post(SET_UP, {"code": "000000"})
    assert (wrong.status_code, TOTPDevice.objects.count()) == (200, 0)
    done = client.post(SET_UP, {"code": f" {totp(key):06d} "})
    codes = done.context["codes"]
    assert (len(set(codes)), is_in(client), "totp_key" in client.session) == (10, True, False)
    assert done.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert kinds(user)[-2:] == ["login", "device_set"]

    other = browser()
    assert log_in(other).status_code == 302
    assert kinds(user)[-1] == "password_accepted"
    assert not is_in(other)
    answer = other.post(CODE, {"code": f"{totp(key):06d}", "next": RELATIONSHIPS})
    assert answer.status_code == 200  # the code of the set-up has been used
    TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    answer = other.post(CODE, {"code": f"{totp(key, t0=-30):06d}", "next": RELATIONSHIPS})
    assert (answer.status_code, answer.headers["Location"], is_in(other)) == (302, RELATIONSHIPS, True)
    assert kinds(user)[-2:] == ["code_failed", "login"]


def test_a_recovery_code_is_good_for_once() -> None:
    user = person()
    with_device(user)
    code = accounts.new_recovery_codes(user)[0]
    client, other = browser(), browser()
    log_in(client), log_in(other)
    assert client.post(CODE, {"code": code.upper()}).status_code == 302
    assert (is_in(client), StaticToken.objects.count()) == (True, 9)
    assert other.post(CODE, {"code": code}).status_code == 200
    assert not is_in(other)
    assert kinds(user)[-3:] == ["recovery_used", "login", "code_failed"]


def test_recovery_codes_do_not_stand_in_the_database() -> None:
    user = person()
    codes = accounts.new_recovery_codes(user)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert kept.isdisjoint({code.replace("-", "") for code in codes} | set(codes))


def test_after_the_password_alone_a_session_reaches_nothing() -> None:
    user = person(group="Administrators")
    with_device(user)
    tie = builders.tie(review_state="draft")
    client = browser()
    log_in(client)
    addresses = [
        "/en/admin/",
        "/admin/",
        RELATIONSHIPS,
        f"{RELATIONSHIPS}{tie.pk}/change/",
        f"{RELATIONSHIPS}{tie.pk}/history/",
        "/en/admin/auth/user/",
        "/en/admin/autocomplete/",
        "/en/admin/friendship/importrun/",
        "/en/admin/password_change/",
        "/en/admin/login/",
        "/en/admin/nowhere/",
        "/en/admin/account/",
        SET_UP,
        "/en/admin/account/off/",
        "/en/admin/account/recovery/",
    ]
    for address in addresses:
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 302, address
            assert answer.headers["Location"].partition("?")[0].endswith("/admin/account/code/"), address
    assert client.get(f"/relationships/{tie.pk}/").status_code == 404
    assert client.post("/en/admin/logout/").status_code == 200
    assert "_auth_user_id" not in client.session


def test_wrong_codes_make_the_person_wait() -> None:
    user = person()
    device = with_device(user)
    client = browser()
    log_in(client)
    for _time in range(3):
        client.post(CODE, {"code": "000000"})
    page = client.post(CODE, {"code": current(device)})
    assert (page.status_code, page.context["wait"] > 0) == (200, True)
    assert "After wrong codes the next one is looked at in" in page.content.decode()
    assert kinds(user).count("code_failed") == 1  # the others were not looked at


def test_the_way_back_leads_to_this_site_only() -> None:
    user = person()
    device = with_device(user)
    client = browser()
    log_in(client)
    answer = client.post(CODE, {"code": current(device), "next": "https://example.org/"})
    assert answer.headers["Location"] == "/en/admin/"


def test_a_device_that_is_set_up_elsewhere_asks_open_sessions_for_a_code() -> None:
    user = person()
    client = browser()
    log_in(client)
    assert is_in(client)
    with_device(user)
    assert not is_in(client)


def test_switching_off_and_new_recovery_codes_ask_for_the_password() -> None:
    user = person()
    device = with_device(user)
    client = browser()
    log_in(client)
    client.post(CODE, {"code": current(device)})
    for page in ("off", "recovery"):
        refused = client.post(f"/en/admin/account/{page}/", {"password": "wrong"})
        assert refused.context["form"].errors == {"password": ["Password: this is not your password."]}
    made = client.post("/en/admin/account/recovery/", {"password": PASSWORD})
    assert len(made.context["codes"]) == 10
    client.post("/en/admin/account/off/", {"password": PASSWORD})
    assert (TOTPDevice.objects.count(), StaticToken.objects.count(), is_in(client)) == (0, 0, True)
    assert kinds(user)[-2:] == ["recovery_made", "device_removed"]


@pytest.mark.parametrize("page", ["", "off/", "recovery/", "sessions/", "set-up/"])
def test_the_account_is_shown_to_nobody_who_is_not_logged_in(page: str) -> None:
    user = person()
    public = User.objects.create_user("reader", password=PASSWORD)
    visitor, logged_in = browser(), browser()
    logged_in.force_login(public)
    for client in (visitor, logged_in):
        for answer in (client.get(f"/en/admin/account/{page}"), client.post(f"/en/admin/account/{page}")):
            assert (answer.status_code, answer.headers["Location"]) == (
                302,
                f"/en/admin/login/?next=/en/admin/account/{page}",
            )
    assert TOTPDevice.objects.filter(user__in=[user, public]).count() == 0


def test_the_page_of_the_code_leads_on_whoever_owes_none() -> None:
    client = browser()
    assert client.get(CODE).headers["Location"] == "/en/admin/"
    person()
    log_in(client)
    answer = client.post(CODE, {"code": "000000", "next": RELATIONSHIPS})
    assert (answer.status_code, answer.headers["Location"]) == (302, RELATIONSHIPS)
    Policy.objects.update_or_create(pk=1, defaults={"two_factor": True})  # now a device is owed, and no code
    assert client.get(CODE).headers["Location"].partition("?")[0] == SET_UP


def test_an_empty_code_is_not_tried() -> None:
    user = person()
    with_device(user)
    client = browser()
    log_in(client)
    answer = client.post(CODE, {"code": " "})
    assert answer.context["form"].errors == {"code": ["This field is required."]}
    assert "code_failed" not in kinds(user)


def test_without_a_device_there_is_nothing_to_switch_off_and_with_one_none_to_set_up() -> None:
    user = person()
    client = browser()
    log_in(client)
    for page in ("off", "recovery"):
        answer = client.post(f"/en/admin/account/{page}/", {"password": PASSWORD})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/en/admin/account/")
    assert (StaticToken.objects.count(), kinds(user)[-1]) == (0, "login")
    client.get(SET_UP)
    key = client.session["totp_key"]
    client.post(SET_UP, {"code": f"{totp(bytes.fromhex(key)):06d}"})
    for answer in (client.get(SET_UP), client.post(SET_UP, {"code": "000000"})):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/en/admin/account/")
    assert TOTPDevice.objects.get().key == key


@pytest.mark.parametrize(("ahead", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_clock_of_a_telephone_may_be_half_a_minute_off(
    ahead: int, is_right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    user, key = person(), accounts.new_key()
    telephone = TOTP(bytes.fromhex(key))
    telephone.time = now + 30 * ahead
    code = f"{telephone.token():06d}"
    if is_right:
        assert len(accounts.set_device(user, key, code)) == 10
    else:
        with pytest.raises(ValidationError, match="与应用显示的验证码不符"):
            accounts.set_device(user, key, code)
    assert TOTPDevice.objects.filter(user=user, key=key, confirmed=True).exists() is is_right


def test_a_device_is_not_set_over_one_that_was_set_up_meanwhile() -> None:
    user = person()
    device = with_device(user)
    key = accounts.new_key()
    with pytest.raises(ValidationError, match="两步验证已经开启"):
        accounts.set_device(user, key, f"{totp(bytes.fromhex(key)):06d}")
    assert TOTPDevice.objects.get() == device


def test_wrong_passwords_there_lock_as_at_the_log_in() -> None:
    user = person()
    device = with_device(user)
    client = browser()
    log_in(client)
    client.post(CODE, {"code": current(device)})
    codes = [client.post("/en/admin/account/off/", {"password": "wrong"}).status_code for _time in range(5)]
    assert codes[-1] == 429


def test_where_the_office_asks_for_codes_everybody_sets_them_up_first() -> None:
    user = person()
    client = browser()
    log_in(client)
    assert is_in(client)
    Policy.objects.update_or_create(pk=1, defaults={"two_factor": True})
    for address in ("/en/admin/", RELATIONSHIPS, "/en/admin/account/", "/en/admin/password_change/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, SET_UP)
    assert "everybody on staff logs in with a password and a code" in client.get(SET_UP).content.decode()
    done = client.post(
        SET_UP, {"code": f"{totp(bytes.fromhex(client.session['totp_key'])):06d}", "next": RELATIONSHIPS}
    )
    assert (len(done.context["codes"]), done.context["next"], is_in(client)) == (10, RELATIONSHIPS, True)
    client.post("/en/admin/account/off/", {"password": PASSWORD})
    assert not is_in(client)
    assert TOTPDevice.objects.filter(user=user).count() == 0


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_ends_when_it_is_not_used(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    user = person()
    client = browser()
    log_in(client)
    later = time.time() + 100 * 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert is_in(client)
    much_later = later + 121 * 60
    monkeypatch.setattr(time, "time", lambda: much_later)
    answer = client.get(RELATIONSHIPS)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{LOGIN}?next={RELATIONSHIPS}")
    assert said(answer) == [
        "You were logged out, as everybody is after a while without use and after twelve hours. Log in again."
    ]
    assert (kinds(user)[-1], Session.objects.count()) == ("expired", 0)


def test_a_session_ends_after_twelve_hours_however_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    person()
    client = browser()
    log_in(client)
    began = time.time()
    for minutes in range(60, 12 * 60, 60):
        now = began + minutes * 60
        monkeypatch.setattr(time, "time", lambda now=now: now)
        assert is_in(client)
    monkeypatch.setattr(time, "time", lambda: began + 12 * 60 * 60 + 1)
    assert not is_in(client)


def test_another_password_ends_the_other_sessions() -> None:
    user = person()
    client, other = browser(), browser()
    log_in(client), log_in(other)
    new = "another long and good one"
    entries = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/en/admin/password_change/", entries).status_code == 302
    assert (is_in(client), is_in(other)) == (True, False)
    assert kinds(user)[-1] == "password_changed"


def test_another_role_ends_all_sessions_of_the_person() -> None:
    user = person()
    client = browser()
    log_in(client)
    user.groups.add(Group.objects.get(name="Reviewers"))
    assert not is_in(client)


def test_a_switched_off_account_is_logged_out() -> None:
    user = person()
    client = browser()
    log_in(client)
    user.is_active = False
    user.save()
    assert (is_in(client), log_in(browser()).status_code, kinds(user)[-2]) == (False, 200, "deactivated")


def test_a_person_logs_out_of_other_browsers() -> None:
    user = person()
    client, other = browser(), browser()
    log_in(client), log_in(other)
    assert "You are logged in with 1 other browser." in client.get("/en/admin/account/").content.decode()
    answer = client.post("/en/admin/account/sessions/")
    assert (said(answer), is_in(client), is_in(other)) == (["1 other session was ended."], True, False)
    assert kinds(user)[-1] == "sessions_ended"


def test_logging_in_and_out_stands_in_the_log() -> None:
    user = person()
    with_device(person("colleague"))  # who logs in with a code, as this one has not begun to
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=False)
    client = browser()
    log_in(client)
    client.post("/en/admin/logout/")
    assert kinds(user)[-2:] == ["login", "logout"]
    assert AccessEvent.objects.filter(user=user, kind="login").values_list("address", flat=True)[0] == HERE
