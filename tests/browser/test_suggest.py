"""Suggestions while one types: keys, mouse, touch, screen readers, input methods, slow and broken networks."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.test_pages import surplus, violations

pytestmark = pytest.mark.browser

ABOUT, HOME, LIST = "/about/", "/", "/relationships/?type=sister"
PAUSE = 400  # milliseconds, longer than the script waits for the next key and the register for its answer


def box(page: Page) -> Locator:
    return page.locator("input[data-suggest]")


def options(page: Page) -> Locator:
    return page.locator("[role=listbox] [role=option]")


def type_in(page: Page, text: str) -> None:
    """Type as fast as people do, and wait for what is suggested."""
    box(page).click()
    box(page).press_sequentially(text, delay=30)
    expect(options(page).last).to_contain_text(text)


def asked(page: Page) -> list[str]:
    """The texts that the page asks about from now on."""
    texts: list[str] = []

    def note(address: str) -> None:
        parts = urlsplit(address)
        if parts.path.endswith("/suggest/"):
            texts.extend(parse_qs(parts.query)["q"])

    page.on("request", lambda request: note(request.url))
    return texts


@pytest.mark.parametrize("path", [HOME, ABOUT, LIST])
def test_typing_finds_and_enter_follows(page: Page, path: str) -> None:
    page.goto(path)
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    type_in(page, "my")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    expect(options(page)).to_have_count(2)
    assert box(page).get_attribute("aria-activedescendant") is None
    box(page).press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    assert box(page).get_attribute("aria-activedescendant") == first.get_attribute("id")
    assert box(page).get_attribute("aria-controls") == page.locator("[role=listbox]").get_attribute("id")
    box(page).press("Enter")
    expect(page).to_have_url(re.compile(r"/cities/mianyang/$"))


def test_enter_without_a_choice_is_the_plain_search_with_its_filters(page: Page) -> None:
    page.goto(LIST)
    type_in(page, "绵阳")
    box(page).press("Enter")
    expect(page).to_have_url(re.compile(r"/relationships/\?q=%E7%BB%B5%E9%98%B3&type=sister$"))


def test_the_arrows_go_round_and_typing_on_gives_up_the_choice(page: Page) -> None:
    page.goto(ABOUT)
    type_in(page, "my")
    box(page).press("ArrowUp")
    expect(options(page).last).to_have_attribute("aria-selected", "true")
    box(page).press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    expect(box(page)).to_be_focused()
    box(page).press("ArrowDown")
    box(page).press("s")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    box(page).press("Enter")
    expect(page).to_have_url(re.compile(r"/relationships/\?q=mys$"))


def test_escape_closes_and_keeps_the_text(page: Page) -> None:
    page.goto(ABOUT)
    type_in(page, "my")
    box(page).press("Escape")
    expect(page.locator("[role=listbox]")).to_be_hidden()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(box(page)).to_have_value("my")
    expect(page.locator("form [role=status]")).to_have_text("")
    box(page).press("ArrowDown")
    expect(page.locator("[role=listbox]")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("[role=listbox]")).to_be_hidden()
    expect(page.locator("form[role=search] button")).to_be_focused()


@pytest.mark.parametrize(
    ("path", "said", "name"),
    [
        (ABOUT, re.compile(r"\b1\b"), "搜索地名、国家和地区、友城关系"),
        (f"/en{ABOUT}", re.compile(r"^1 suggestion\.$"), "Search places, countries and ties"),
    ],
)
def test_screen_readers_hear_how_many_there_are(page: Page, path: str, said: re.Pattern[str], name: str) -> None:
    page.goto(path)
    status = page.locator("form [role=status]")
    expect(status).to_have_text("")
    type_in(page, "my")
    expect(status).to_have_text(said)
    expect(page.locator("[role=listbox]")).to_have_accessible_name(name)
    box(page).fill("")
    expect(status).to_have_text("")
    expect(page.locator("[role=listbox]")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "path"), [(1440, f"/en{ABOUT}"), (360, "/en/"), (360, "/relationships/")])
def test_the_open_list_is_accessible_and_moves_nothing(
    open_page: Callable[..., Page], theme: str, width: int, path: str
) -> None:
    page = open_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    page.goto(path)
    before = page.evaluate("JSON.stringify(document.querySelector('h1').getBoundingClientRect())")
    type_in(page, "s")
    box(page).press("ArrowDown")
    assert page.evaluate("JSON.stringify(document.querySelector('h1').getBoundingClientRect())") == before
    assert surplus(page) == 0
    assert violations(page) == []
    bounds = page.locator("[role=listbox]").bounding_box()
    assert bounds is not None
    assert bounds["x"] >= 0
    assert bounds["x"] + bounds["width"] <= width
    heights = options(page).evaluate_all("items => items.map(item => item.offsetHeight)")
    assert len(heights) == 9
    assert min(heights) >= 44


def test_mouse_and_touch_follow_an_option(open_page: Callable[..., Page]) -> None:
    desk, phone = open_page(), open_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    for page, press in ((desk, Locator.click), (phone, Locator.tap)):
        page.goto("/en/")
        type_in(page, "mexico")
        press(options(page).first)
        expect(page).to_have_url(re.compile(r"/en/countries/MX/$"))
        page.go_back()
        expect(page.locator("[role=listbox]")).to_be_hidden()


def test_only_the_last_of_quick_keys_is_asked_for(page: Page) -> None:
    page.goto(ABOUT)
    texts = asked(page)
    box(page).evaluate(
        """input => { for (const letter of "mianyang") {
            input.value += letter;
            input.dispatchEvent(new InputEvent("input", { data: letter, bubbles: true }));
        } input.focus(); }"""
    )
    expect(options(page).first).to_contain_text("绵阳市")
    assert texts == ["mianyang"]


def test_a_late_answer_is_never_shown(page: Page) -> None:
    page.goto(ABOUT)
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.url.endswith("q=deyang"):
            held.append(route)
        else:
            route.continue_()

    page.route("**/suggest/**", hold)
    box(page).press_sequentially("deyang")
    page.wait_for_timeout(PAUSE)
    assert len(held) == 1
    box(page).fill("")
    type_in(page, "my")
    held[0].fulfill(body="<div role='option'>late</div>")
    page.wait_for_timeout(PAUSE)
    expect(options(page).first).to_contain_text("绵阳")
    expect(options(page)).to_have_count(2)


def test_letters_on_their_way_to_characters_are_not_asked_for(page: Page) -> None:
    page.goto(ABOUT)
    texts = asked(page)
    box(page).click()
    keyboard = page.context.new_cdp_session(page)
    for letters in ("m", "mi", "mia", "mian", "mian'y"):
        keyboard.send(
            "Input.imeSetComposition", {"text": letters, "selectionStart": len(letters), "selectionEnd": len(letters)}
        )
        page.wait_for_timeout(PAUSE)
    assert texts == []
    expect(page.locator("[role=listbox]")).to_be_hidden()
    keyboard.send("Input.insertText", {"text": "绵阳"})
    expect(options(page).first).to_contain_text("绵阳市")
    assert texts == ["绵阳"]


def test_a_new_composition_closes_the_list(page: Page) -> None:
    page.goto(ABOUT)
    type_in(page, "my")
    box(page).dispatch_event("compositionstart")
    expect(page.locator("[role=listbox]")).to_be_hidden()
    box(page).evaluate("input => input.dispatchEvent(new InputEvent('input', { isComposing: true, bubbles: true }))")
    page.wait_for_timeout(PAUSE)
    expect(page.locator("[role=listbox]")).to_be_hidden()
    box(page).dispatch_event("compositionend")
    expect(page.locator("[role=listbox]")).to_be_visible()


def test_a_place_can_be_chosen_as_a_value(page: Page) -> None:
    page.goto("/en/about/")
    box(page).evaluate("input => { input.dataset.suggest = '/en/suggest/?kind=place'; }")
    box(page).press_sequentially("Hirosima")
    expect(options(page)).to_have_count(2)
    assert violations(page) == []
    box(page).press("ArrowDown")
    box(page).press("Enter")
    expect(box(page)).to_have_value("hiroshima-prefecture")
    expect(page.locator("[role=listbox]")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/en/about/$"))


def test_a_broken_network_leaves_the_plain_search(page: Page) -> None:
    page.goto(ABOUT)
    page.route("**/suggest/**", lambda route: route.abort("aborted"))
    box(page).press_sequentially("my")
    page.wait_for_timeout(PAUSE)
    expect(page.locator("[role=listbox]")).to_be_hidden()
    box(page).press("Enter")
    expect(page).to_have_url(re.compile(r"/relationships/\?q=my$"))


def test_names_that_look_like_markup_are_text(page: Page) -> None:
    page.goto(ABOUT)
    type_in(page, "<img src=x onerror=alert(1)>")
    expect(page.locator("[role=listbox] img")).to_have_count(0)


def test_without_script_it_is_the_plain_search(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    for path in (HOME, ABOUT, "/en/relationships/"):
        page.goto(path)
        expect(page.locator("[role=listbox]")).to_have_count(0)
        box(page).fill("绵阳")
        box(page).press("Enter")
        expect(page).to_have_url(re.compile(r"/relationships/\?q=%E7%BB%B5%E9%98%B3$"))
        expect(page.locator("[data-row]").first).to_be_visible()


def test_the_comparison_takes_the_place_that_was_chosen(page: Page) -> None:
    page.goto("/compare/")
    for field, text, slug in (("#place-1", "绵阳", "mianyang"), ("#place-2", "chengd", "chengdu")):
        page.locator(field).press_sequentially(text)
        expect(page.locator(f"{field}-suggestions [role=option]").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(field)).to_have_value(slug)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/compare/\?place=mianyang&place=chengdu$"))
