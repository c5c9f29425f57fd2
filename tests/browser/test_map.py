"""The world map in a real browser: with pointer, keys and touch, in both themes, and without its script or its data."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from friendship.projection import HEIGHT, WIDTH, project
from tests.browser.conftest import visitor
from tests.browser.test_pages import surplus, violations
from tests.browser.test_stories import tab_to
from tests.servers.register import Register

pytestmark = pytest.mark.browser

Open = Callable[..., Page]

DESK = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
PHONE = {"viewport": {"width": 360, "height": 740}, "reduced_motion": "reduce", "has_touch": True, "is_mobile": True}

# Chengdu holds the most ties, so a cluster with it names it.
CHENGDU = "成都市"
PLACE = ".map-marker[data-place=chengdu]"
CLUSTER = f".is-cluster[aria-label*='{CHENGDU}']"
DATA = "**/map/data.json*"
CHOSEN = re.compile(r"#place=chengdu$")
MOST_STEPS = 8  # of splitting, until any place stands alone


def see(page: Page, path: str = "/map/") -> Locator:
    """Open a map and wait until it is drawn."""
    page.goto(path)
    figure = page.locator(".world-map")
    expect(figure).to_have_class(re.compile("is-live"))
    return figure


def split(page: Page, act: Callable[[Locator], None]) -> Locator:
    """Act on the cluster with Chengdu until the city stands alone, and give its button."""
    city = page.locator(PLACE)
    for _ in range(MOST_STEPS):
        if city.count():
            return city
        cluster = page.locator(CLUSTER)
        key = cluster.get_attribute("data-key")
        act(cluster)
        expect(page.locator(f"[data-key={key}]")).to_have_count(0)
    pytest.fail("the cluster does not split")


def data(page: Page, query: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = page.request.get(f"/map/data.json{query}").json()
    return answer


def drawable(page: Page, query: str) -> set[int]:
    """The ids that the API gives, without the ties that a map can't show."""
    rows = page.request.get(f"/api/v1/relationships/?page_size=500&{query}").json()["results"]
    return {row["id"] for row in rows if None not in (row["home"]["latitude"], row["partner"]["latitude"])}


def listed(page: Page) -> list[int]:
    """The ids of the ties in the panel."""
    return [int(row.get_attribute("data-tie") or 0) for row in page.locator(".map-panel [data-tie]").all()]


def assert_chengdu_is_open(page: Page) -> None:
    expect(page).to_have_url(CHOSEN)
    expect(page.locator(".map-panel")).to_be_visible()
    expect(page.locator(".map-panel h2")).to_have_text(CHENGDU)
    ids = listed(page)
    assert len(ids) == len(set(ids))
    assert set(ids) == drawable(page, "place=chengdu")


def assert_closed(page: Page) -> None:
    expect(page.locator(".map-panel")).to_be_hidden()
    expect(page.locator(".world-map")).not_to_have_class(re.compile("has-choice"))
    assert "#place" not in page.url


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_every_place_stands_on_the_map_once(open_page: Open) -> None:
    page = open_page(**DESK)
    see(page)
    counts = [int(each.get_attribute("data-count") or 0) for each in page.locator(".is-cluster").all()]
    singles = {each.get_attribute("data-place") for each in page.locator(".is-place").all()}
    assert singles
    assert sum(counts) + len(singles) == len(data(page)["places"]["slug"])


def test_markers_stand_where_the_server_draws_their_places(open_page: Open) -> None:
    page = open_page(**DESK)
    see(page)
    places = data(page)["places"]
    where = dict(zip(places["slug"], zip(places["lat"], places["lon"], strict=True), strict=True))
    stage = page.locator(".map-stage").bounding_box()
    assert stage is not None
    assert stage["width"] / stage["height"] == pytest.approx(WIDTH / HEIGHT, rel=0.01)
    for marker in page.locator(".is-place").all():
        box = marker.bounding_box()
        assert box is not None
        x, y = project(where[marker.get_attribute("data-place") or ""])
        assert (box["x"] + box["width"] / 2 - stage["x"]) / stage["width"] == pytest.approx(x / WIDTH, abs=0.003)
        assert (box["y"] + box["height"] / 2 - stage["y"]) / stage["height"] == pytest.approx(y / HEIGHT, abs=0.003)


def test_clusters_split_as_one_zooms(open_page: Open) -> None:
    page = open_page(**DESK)
    see(page)
    cluster = page.locator(CLUSTER)
    before = int(cluster.get_attribute("data-count") or 0)
    assert before > 1
    city = split(page, lambda cluster: cluster.click())
    expect(city).to_be_in_viewport()
    expect(page.locator(f"[data-count='{before}']")).to_have_count(0)
    page.locator(".map-controls button").nth(2).click()
    expect(page.locator(f"[data-count='{before}']")).to_be_visible()


def test_the_drawing_of_the_server_gives_way_without_a_shift(open_page: Open) -> None:
    page = open_page(**DESK)
    held: list[Route] = []
    page.route(DATA, lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks the handler)
    page.goto("/map/")
    drawing, caption = page.locator(".map-drawing"), page.locator(".world-map figcaption")
    expect(page.locator(".map-status")).not_to_be_empty()
    expect(drawing).to_be_visible()
    before = caption.bounding_box()
    held[0].continue_()
    expect(page.locator(".world-map")).to_have_class(re.compile("is-live"))
    expect(drawing).to_be_hidden()
    expect(page.locator(".map-status")).to_have_count(0)
    assert caption.bounding_box() == before


def colour_of(page: Page, token: str) -> str:
    """A token of the style sheet as ``r,g,b``."""
    value: str = page.evaluate("name => getComputedStyle(document.documentElement).getPropertyValue(name)", token)
    return ",".join(str(int(value.strip()[at : at + 2], 16)) for at in (1, 3, 5))


def pixel(page: Page, across: float, down: float) -> str:
    """A pixel of the land's canvas as ``r,g,b``."""
    found: str = page.locator("canvas.map-land").evaluate(
        "(canvas, [x, y]) => canvas.getContext('2d')"
        ".getImageData(canvas.width * x, canvas.height * y, 1, 1).data.slice(0, 3).join()",
        [across, down],
    )
    return found


def test_the_canvas_follows_the_theme(open_page: Open) -> None:
    page = open_page(**DESK, color_scheme="dark")
    see(page)
    ocean, australia = (0.62, 0.55), (0.46, 0.7)
    assert pixel(page, *ocean) == colour_of(page, "--paper-raised") == "32,29,25"
    dark_land = pixel(page, *australia)
    assert dark_land != pixel(page, *ocean)
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(200)
    assert pixel(page, *ocean) == colour_of(page, "--paper-raised") == "255,253,248"
    assert pixel(page, *australia) != dark_land


# --- choosing a place -------------------------------------------------------------------------------------------------


def test_a_click_on_a_place_lists_its_ties(open_page: Open) -> None:
    page = open_page(**DESK)
    figure = see(page)
    city = split(page, lambda cluster: cluster.click())
    ties = page.locator("canvas.map-ties:not([hidden])")
    expect(ties).to_have_css("opacity", "1")
    city.click()
    assert_chengdu_is_open(page)
    expect(page.locator(".map-panel h2")).to_be_focused()
    panel = page.locator(".map-panel")
    expect(panel.locator("h2 a")).to_have_attribute("href", "/cities/chengdu/")
    expect(panel.locator(".map-panel-under a")).to_have_attribute("href", "/relationships/?place=chengdu")
    for pk in listed(page):
        row = panel.locator(f"[data-tie='{pk}']")
        expect(row.locator("a")).to_have_attribute("href", f"/relationships/{pk}/")
        expect(row.locator(".kind")).to_have_class(
            re.compile(r"^kind kind-(sister|cooperation|exchange|intent|other)$")
        )

    expect(figure).to_have_class(re.compile("has-choice"))
    expect(page.locator("[aria-pressed=true]")).to_have_count(1)
    expect(page.locator("canvas.map-ties:not([hidden])")).to_have_css("opacity", "0.16")
    expect(page.locator(".map-marker.is-related").first).to_have_css("opacity", "1")
    page.locator(".map-close").click()
    assert_closed(page)
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)


def test_keys_are_enough(open_page: Open) -> None:
    page = open_page(**DESK)
    see(page)
    tab_to(page, page.locator(".map-stage"), most=150)
    tab_to(page, page.locator(CLUSTER), most=60)
    city = split(page, lambda _: page.keyboard.press("Enter"))
    expect(city).to_be_focused()
    page.keyboard.press("Enter")
    assert_chengdu_is_open(page)
    expect(page.locator(".map-panel h2")).to_be_focused()
    tab_to(page, page.locator(".map-panel [data-tie] a").first, most=4)
    page.keyboard.press("Escape")
    assert_closed(page)
    expect(page.locator(PLACE)).to_be_focused()

    before = page.locator(PLACE).bounding_box()
    page.keyboard.press("ArrowRight")
    assert before is not None
    after = page.locator(PLACE).bounding_box()
    assert after is not None
    assert after["x"] - before["x"] == pytest.approx(-80, abs=1)
    assert after["y"] == pytest.approx(before["y"], abs=1)
    page.keyboard.press("0")
    expect(page.locator(CLUSTER)).to_be_focused()
    page.keyboard.press("+")
    expect(page.locator(".map-stage")).to_have_class(re.compile("is-zoomed"))
    page.keyboard.press("-")
    expect(page.locator(".map-stage")).not_to_have_class(re.compile("is-zoomed"))


def test_the_wheel_scrolls_the_page_until_the_map_is_meant(open_page: Open) -> None:
    page = open_page(**DESK)
    see(page)
    stage = page.locator(".map-stage")
    help_text = page.locator(".map-help")
    stage.hover(position={"x": 20, "y": 300})
    expect(help_text).to_be_hidden()
    page.mouse.wheel(0, 40)
    expect(help_text).to_be_visible()
    expect(stage).not_to_have_class(re.compile("is-zoomed"))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(stage).to_have_class(re.compile("is-zoomed"))


def test_a_tap_on_a_place_lists_its_ties(open_page: Open) -> None:
    page = open_page(**PHONE)
    see(page)
    expect(page.locator(".map-stage")).to_have_css("touch-action", "pan-x pan-y")  # one finger scrolls the page
    split(page, lambda cluster: cluster.tap()).tap()
    assert_chengdu_is_open(page)
    expect(page.locator(".map-stage")).to_have_css("touch-action", "none")
    panel, stage = page.locator(".map-panel").bounding_box(), page.locator(".map-stage").bounding_box()
    assert panel is not None
    assert stage is not None
    assert panel["y"] >= stage["y"] + stage["height"] - 1  # the panel stands below the map, not on it
    assert surplus(page) == 0


def test_the_choice_is_in_the_address(open_page: Open) -> None:
    page = open_page(**DESK)
    see(page, "/map/#place=chengdu")
    assert_chengdu_is_open(page)
    page.keyboard.press("Escape")  # nothing of the map has the focus
    expect(page.locator(".map-panel")).to_be_visible()
    page.locator(".map-close").click()
    assert_closed(page)
    page.go_back()
    assert_chengdu_is_open(page)
    page.go_forward()
    assert_closed(page)
    see(page, "/map/?type=sister#place=no-such-place")
    expect(page.locator(".map-panel")).to_be_hidden()


def test_the_filter_holds(open_page: Open) -> None:
    page = open_page(**DESK)
    see(page, "/en/map/?country=JP#place=chengdu")
    expect(page.locator(".map-panel h2")).to_have_text("Chengdu")
    expected = drawable(page, "country=JP&place=chengdu")
    assert 0 < len(expected) < len(drawable(page, "place=chengdu"))
    assert set(listed(page)) == expected
    everything = page.locator(".map-panel-under a")
    expect(everything).to_have_attribute("href", "/en/relationships/?country=JP&place=chengdu")
    page.locator(".map-close").click()
    expect(page).to_have_url(re.compile(r"/en/map/\?country=JP$"))

    countries = data(page, "?country=JP")["places"]["country"]
    assert set(countries) == {"中国", "日本"}
    counts = [int(each.get_attribute("data-count") or 0) for each in page.locator(".is-cluster").all()]
    assert sum(counts) + page.locator(".is-place").count() == len(countries)


def test_places_that_no_zoom_parts_are_listed(open_page: Open) -> None:
    page = open_page(**DESK)
    columns = data(page)
    home, partner = columns["ties"]["home"][0], columns["ties"]["partner"][0]
    for column in ("lat", "lon"):
        columns["places"][column] = [columns["places"][column][home]] * len(columns["places"][column])
    page.route(DATA, lambda route: route.fulfill(json=columns))
    see(page)
    page.locator(".is-cluster").click()
    picks = page.locator(".map-panel .map-pick")
    expect(picks).to_have_count(len(columns["places"]["slug"]))
    picks.get_by_text(columns["places"]["name"][partner], exact=True).click()
    expect(page).to_have_url(re.compile(f"#place={columns['places']['slug'][partner]}$"))
    page.keyboard.press("Escape")
    expect(page.locator(".is-cluster")).to_be_focused()


def test_names_are_never_read_as_markup(open_page: Open) -> None:
    page = open_page(**DESK)
    columns = data(page)
    columns["places"]["name"] = ["<img src=x onerror=alert(1)>"] * len(columns["places"]["name"])
    page.route(DATA, lambda route: route.fulfill(json=columns))
    see(page, "/map/#place=chengdu")
    expect(page.locator(".map-panel h2")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".world-map img")).to_have_count(0)


# --- everyone ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("options", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_hinders_with_the_panel_open(open_page: Open, options: dict[str, Any], scheme: str) -> None:
    page = open_page(**options, color_scheme=scheme)
    see(page, "/map/#place=chengdu")
    expect(page.locator(".map-panel")).to_be_visible()
    assert violations(page) == []
    assert surplus(page) == 0


def test_without_script_the_drawing_is_there(open_page: Open) -> None:
    page = open_page(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page.goto("/map/")
    expect(page.locator(".map-drawing")).to_be_visible()
    assert page.locator(".map-drawing .map-arcs path").count() > 0
    expect(page.locator("canvas")).to_have_count(0)


def test_without_data_the_drawing_stays_and_a_word_says_so(browser: Browser, server: Register) -> None:
    with visitor(browser, server, viewport={"width": 1280, "height": 900}) as (page, _):
        page.route(DATA, lambda route: route.abort())
        page.goto("/en/map/")
        expect(page.locator(".map-status")).to_contain_text("did not load")
        expect(page.locator(".map-drawing")).to_be_visible()
        expect(page.locator("canvas")).to_have_count(0)


def test_half_a_map_leaves_the_drawing_alone(page: Page) -> None:
    columns = data(page)
    columns["ties"]["founded"] = [None] * len(columns["ties"]["founded"])  # odd data: the panel can't be filled
    page.route(DATA, lambda route: route.fulfill(json=columns))
    page.goto("/en/map/#place=chengdu")
    expect(page.locator(".map-status")).to_contain_text("did not load")
    page.wait_for_timeout(200)  # for frames that would still be drawn
    expect(page.locator(".world-map")).not_to_have_class(re.compile("is-live"))
    expect(page.locator(".map-drawing")).to_be_visible()
    expect(page.locator(".map-frame")).to_have_count(0)


def test_a_broken_hash_shows_the_whole_map(page: Page) -> None:
    see(page, "/map/#place=%")
    expect(page.locator(".map-marker").first).to_be_visible()
    expect(page.locator(".map-panel")).to_be_hidden()
    page.evaluate("location.hash = '#place=chengdu'")
    expect(page.locator(".map-panel")).to_be_visible()
    page.evaluate("location.hash = '#place=%'")
    expect(page.locator(".map-panel")).to_be_hidden()


def test_another_place_on_the_page_leaves_the_choice_alone(page: Page) -> None:
    see(page, "/map/#place=chengdu")
    expect(page.locator(".map-panel")).to_be_visible()
    page.evaluate("location.hash = '#filters'")
    expect(page).to_have_url(re.compile("#filters$"))
    expect(page.locator(".map-panel")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(CHOSEN)
    expect(page.locator(".map-panel")).to_be_visible()


def test_another_place_on_the_page_and_back_leaves_a_list_of_places_alone(page: Page) -> None:
    columns = data(page)
    for column in ("lat", "lon"):
        columns["places"][column] = [columns["places"][column][0]] * len(columns["places"][column])
    page.route(DATA, lambda route: route.fulfill(json=columns))
    see(page)
    page.locator(".is-cluster").click()
    picks = page.locator(".map-panel .map-pick")
    expect(picks.first).to_be_visible()
    page.evaluate("location.hash = '#filters'")
    expect(page).to_have_url(re.compile("#filters$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/map/$"))
    expect(picks.first).to_be_visible()
