"""Coming in, in Chinese and in a real browser: a lock, setting up two-step log-in, codes, a recovery code."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from axe_playwright_python.sync_playwright import Axe
from django_otp.oath import totp
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import visitor
from tests.browser.test_pages import WIDTHS, surplus
from tests.servers.register import PASSWORD, Register

pytestmark = pytest.mark.browser

LOGIN = "/admin/login/"
TIES = "/admin/friendship/relationship/"
PEOPLE = f"""
from django.contrib.auth.models import Group, User
for name, group in [("wangfang", "Editors"), ("liwei", "Administrators"), ("zhaomin", "Editors")]:
    user, _ = User.objects.get_or_create(username=name, defaults={{"is_staff": True}})
    user.set_password({PASSWORD!r})
    user.save()
    user.groups.set(Group.objects.filter(name=group))
"""
#: What these tests leave behind must keep nobody out of those that come after them on the same server.
FORGET = """
from axes.models import AccessAttempt
from django_otp.plugins.otp_totp.models import TOTPDevice
AccessAttempt.objects.all().delete()
TOTPDevice.objects.all().delete()
"""


@pytest.fixture
def people(server: Register) -> Iterator[None]:
    """Three people of the office; what they set up and what they failed at is forgotten afterwards."""
    server.manage("shell", "--no-imports", "--command", PEOPLE)
    yield
    server.manage("shell", "--no-imports", "--command", FORGET)


def log_in(page: Page, name: str, password: str = PASSWORD, where: str = LOGIN) -> None:
    page.goto(where)
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(password)
    page.locator("#login-form input[type=submit]").click()


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on our part of the page, and what is wider than the screen; the path is Django's."""
    rules = Axe().run(page, context={"exclude": [[".breadcrumbs"]]}).response["violations"]
    found = [f"{page.url}: {rule['id']}: {node['html'][:200]}" for rule in rules for node in rule["nodes"]]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if surplus(page):
            found.append(f"{page.url}: wider than {width}")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def set_up(page: Page) -> tuple[bytes, list[str]]:
    """Set two-step log-in up, and give the secret and the recovery codes."""
    secret = b32decode(page.locator(".account-secret").inner_text().replace(" ", ""))
    page.locator("input[name=code]").fill(f"{totp(secret):06d}")
    page.locator("#set-up-form input[type=submit]").click()
    expect(page.locator("h1")).to_have_text("您的恢复码")
    return secret, page.locator(".account-codes code").all_inner_texts()


@pytest.mark.usefixtures("people")
def test_five_failures_lock_and_an_administrator_releases(
    browser: Browser, server: Register, open_page: Callable[..., Page]
) -> None:
    with visitor(browser, server, locale="zh-CN") as (page, problems):
        _lock(page)
        _release(open_page(locale="zh-CN", viewport={"width": 1280, "height": 900}))
        log_in(page, "zhaomin")
        expect(page.locator("#user-tools")).to_be_visible()
    assert {problem for problem in problems if "429 (Too Many Requests)" not in problem} == set()


def _lock(page: Page) -> None:
    for _time in range(4):
        log_in(page, "zhaomin", "错误")
        expect(page.locator(".errornote")).to_contain_text("密码不正确")
    log_in(page, "zhaomin", "错误")
    expect(page.locator("h1")).to_have_text("登录失败次数过多")
    log_in(page, "zhaomin")
    expect(page.locator(".account-locked")).to_contain_text("15分钟内无法从此处登录，即使密码正确也不行。")


def _release(chief: Page) -> None:
    log_in(chief, "liwei")
    chief.goto("/admin/friendship/failedlogin/")
    row = chief.locator("#result_list tbody tr", has_text="zhaomin")
    row.locator("input[type=checkbox]").check()
    chief.locator("select[name=action]").select_option("release")
    chief.locator("#changelist-form button[name=index]").click()
    expect(chief.locator(".messagelist")).to_contain_text("已清除1条记录。")


@pytest.mark.usefixtures("people")
def test_two_step_log_in_from_set_up_to_recovery_code(open_page: Callable[..., Page]) -> None:
    page = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(page, "wangfang")
    page.locator("#user-tools a", has_text="我的账户").click()
    page.locator("a", has_text="开始设置").click()
    expect(page.locator(".account-qr svg")).to_be_visible()
    secret, codes = set_up(page)
    assert len(codes) == 10

    again = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(again, "wangfang", where=f"{LOGIN}?next={TIES}")
    expect(again.locator("h1")).to_have_text("输入验证码登录")
    again.goto(TIES)
    expect(again.locator("h1")).to_have_text("输入验证码登录")
    again.locator("input[name=code]").fill(f"{totp(secret, t0=-30):06d}")
    again.locator("#code-form input[type=submit]").click()
    expect(again.locator("#changelist")).to_be_visible()
    assert again.url.endswith(TIES)

    later = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
    log_in(later, "wangfang")
    later.locator("input[name=code]").fill(codes[0])
    later.locator("#code-form input[type=submit]").click()
    later.locator("#user-tools a", has_text="我的账户").click()
    expect(later.locator("#content")).to_contain_text("尚余9个恢复码。")


@pytest.mark.usefixtures("people")
def test_where_codes_are_asked_for_everybody_is_led_to_the_set_up(
    open_page: Callable[..., Page], server: Register
) -> None:
    rule = "from friendship.models import Policy; Policy.objects.update_or_create(pk=1, defaults={{'two_factor': {}}})"
    server.manage("shell", "--no-imports", "--command", rule.format(True))
    try:
        page = open_page(locale="zh-CN", viewport={"width": 1280, "height": 900})
        log_in(page, "wangfang", where=f"{LOGIN}?next={TIES}")
        expect(page.locator("h1")).to_have_text("设置两步验证")
        page.goto("/admin/")
        expect(page.locator("h1")).to_have_text("设置两步验证")
        page.goto(TIES)
        set_up(page)
        page.locator("a", has_text="我已保存").click()
        expect(page.locator("#changelist")).to_be_visible()
    finally:
        with suppress(Exception):
            server.manage("shell", "--no-imports", "--command", rule.format(False))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.usefixtures("people")
def test_the_pages_can_be_used_by_everybody(browser: Browser, server: Register, theme: str) -> None:
    """The script of axe-core breaks the policy against inline styles itself, so the console is not looked at here."""
    with visitor(browser, server, locale="zh-CN", color_scheme=theme) as (page, _problems):
        log_in(page, "wangfang")
        page.goto("/admin/account/")
        found = violations(page)
        page.goto("/admin/account/set-up/")
        found += violations(page)
        set_up(page)
        found += violations(page)
        for address in ("/admin/account/", "/admin/account/off/", "/admin/account/recovery/"):
            page.goto(address)
            found += violations(page)
    with visitor(browser, server, locale="zh-CN", color_scheme=theme) as (page, _problems):
        log_in(page, "wangfang")
        page.locator("input[name=code]").fill("000000")
        with page.expect_navigation():  # half a page has no heading
            page.locator("#code-form input[type=submit]").click()
        found += violations(page)
    with visitor(browser, server, locale="zh-CN", color_scheme=theme) as (page, _problems):
        for _time in range(5):
            log_in(page, "zhaomin", "wrong")
        found += violations(page)
    assert found == []
