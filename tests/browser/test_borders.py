"""What stays closed, in a real browser and in Chinese: another city to a limited Editor, drafts to a stranger."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_stories import log_in
from tests.servers.register import PASSWORD, Register

pytestmark = pytest.mark.browser

ADMIN = "/admin/friendship/"
WIDE = {"width": 1280, "height": 900}
#: An Editor for Mianyang alone, and a draft of Mianyang's and one of Deyang's; prints the ids of the two.
OFFICE = f"""
from django.contrib.auth.models import Group, User
from friendship.models import Place, Relationship, Remit
user, _ = User.objects.get_or_create(username="miansheng", defaults={{"is_staff": True}})
user.set_password({PASSWORD!r})
user.save()
user.groups.set(Group.objects.filter(name="Editors"))
sides = {{slug: Place.objects.get(slug=slug) for slug in ("mianyang", "deyang")}}
Remit.objects.update_or_create(user=user, defaults={{"place": sides["mianyang"]}})
far, _ = Place.objects.get_or_create(slug="bianjing", defaults={{"country_id": "FR", "level": "city",
    "name_zh": "边界试验市", "name_en": "Borderville", "review_state": "draft"}})
for side in sides.values():
    tie, _ = Relationship.objects.get_or_create(home=side, partner=far, defaults={{"type": "sister"}})
    print("tie", tie.pk)
"""
#: What repeats the question that it was asked: no row stands below it.
SEARCHES = [
    "/relationships/?q=边界试验市",
    "/relationships/?q=bianjing",
    "/en/relationships/?q=Borderville",
    "/cities/?q=边界试验市",
]
#: Every other public address that lists, counts or draws: the names of the draft do not stand there.
DOORS = [
    "/",
    "/en/",
    "/cities/bianjing/",
    "/cities/bianjing/history/",
    "/cities/bianjing/suggest/",
    "/countries/FR/",
    "/map/?country=FR",
    "/map/data.json?country=FR",
    "/statistics/?country=FR",
    "/anniversaries/?country=FR",
    "/anniversaries.ics",
    "/compare/?place=mianyang",
    "/suggest/?q=%E8%BE%B9%E7%95%8C",
    "/relationships.csv",
    "/relationships.json",
    "/relationships.geojson",
    "/feeds/recent.xml",
    "/sitemap-places.xml",
    "/sitemap-relationships.xml",
    "/api/v1/relationships/?page_size=500",
    "/api/v1/places/?page_size=500",
    "/api/v1/places/bianjing/",
]


@pytest.fixture
def drafts(server: Register) -> tuple[str, str]:
    """The ids of Mianyang's draft and of Deyang's."""
    own, other = re.findall(r"^tie (\d+)$", server.manage("shell", "--no-imports", "--command", OFFICE), re.MULTILINE)
    return own, other


def test_a_limited_editor_reaches_no_other_city(drafts: tuple[str, str], open_page: Callable[..., Page]) -> None:
    own, other = drafts
    page = open_page(locale="zh-CN", viewport=WIDE)
    log_in(page, "miansheng")
    page.goto(f"{ADMIN}relationship/?q=边界试验市")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    expect(page.locator("#result_list")).to_contain_text("绵阳市")

    page.goto(f"{ADMIN}relationship/{own}/change/")
    page.locator("textarea[name=note_zh]").fill("本市的说明")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    page.locator("input[name=_continue]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()

    # Another city: by every address of its draft, and by a form that was made up.
    request = page.request
    for path in ("change/", "delete/", "history/", "revert/"):
        answer = request.get(f"{ADMIN}relationship/{other}/{path}", max_redirects=0)
        assert (path, answer.status) in {(path, status) for status in (302, 403, 404)}
        assert "德阳" not in answer.text()
    sent: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, "note_zh": "越界", "seen_version": "1"}
    forged = request.post(f"{ADMIN}relationship/{other}/change/", form=sent, max_redirects=0)
    assert forged.status in (302, 403, 404)
    # The API writes nothing, whoever asks.
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert request.fetch(f"/api/v1/relationships/{other}/", method=method).status == 405

    # The form of the own tie does not hand it to another city either.
    page.goto(f"{ADMIN}relationship/{own}/change/")
    page.locator(".field-home .select2-selection").click()
    page.locator(".select2-search__field").fill("deyang")
    page.locator(".select2-results__option", has_text="德阳市").click()
    page.locator(".field-partner .select2-selection").click()
    page.locator(".select2-search__field").fill("montpellier")
    page.locator(".select2-results__option", has_text="蒙彼利埃").click()
    page.locator("input[name=_continue]").click()
    expect(page.locator(".errorlist").first).to_contain_text("绵阳市")

    root = open_page(locale="zh-CN", viewport=WIDE)
    log_in(root, "admin")
    root.goto(f"{ADMIN}relationship/{other}/change/")
    expect(root.locator("textarea[name=note_zh]")).to_have_value("")
    root.goto(f"{ADMIN}relationship/{own}/change/")
    expect(root.locator(".field-home .select2-selection__rendered")).to_contain_text("绵阳市")
    expect(root.locator("textarea[name=note_zh]")).to_have_value("本市的说明")


@pytest.mark.usefixtures("drafts")
def test_a_stranger_finds_no_way_to_a_draft(page: Page) -> None:
    for search in SEARCHES:
        page.goto(search)
        expect(page.locator("[data-row]")).to_have_count(0)
    for door in DOORS:
        told = page.request.get(door).text()
        assert (door, [name for name in ("边界试验市", "Borderville") if name in told]) == (door, [])
    for closed in ("/admin/friendship/proposal/", "/admin/friendship/suggestion/", "/admin/friendship/relationship/"):
        page.goto(closed)
        expect(page.locator("#login-form")).to_be_visible()
