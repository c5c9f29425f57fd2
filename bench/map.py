"""The world map in motion: how soon it is there, and how evenly it pans and zooms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from statistics import mean, quantiles
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request, expect

from bench.figures import Figure

WIDTH, HEIGHT = 1440, 900
FIRST_PAINT = 1000  # ms, on a warm local server
FRAME = 1000 / 50  # ms: fifty frames a second
MOVES, STEPS = 60, 40
PAUSE = 16  # ms between two movements of a hand

# Both run inside the page: the map tells that it is drawn, and every frame the browser paints tells its time.
MARK_READY = 'document.addEventListener("map:ready", () => performance.mark("map:ready"), true)'
RECORD = """() => {
  const times = [];
  let isOn = true;
  const note = (time) => { times.push(time); if (isOn) requestAnimationFrame(note); };
  requestAnimationFrame(note);
  return { stop() { isOn = false; return times; } };
}"""
MIDDLE = """stage => {
  const { x, y, width, height } = stage.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
}"""
TIME_OF = "name => performance.getEntriesByName(name)[0].startTime"


def measure(browser: Browser, url: str) -> list[Figure]:
    """Open ``{url}/map/``, pan, zoom, and give milliseconds per frame and kilobytes (of 1,000) of data."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.add_init_script(MARK_READY)
    data: list[Request] = []
    page.on("requestfinished", lambda request: data.append(request) if _is_data(request) else None)
    page.goto(f"{url}/map/")
    expect(page.locator(".world-map.is-live")).to_be_attached(timeout=30_000)
    figures = [
        Figure("first contentful paint", page.evaluate(TIME_OF, "first-contentful-paint"), "ms", FIRST_PAINT),
        Figure("map drawn", page.evaluate(TIME_OF, "map:ready"), "ms"),
        Figure("data, compressed", sum(request.sizes()["responseBodySize"] for request in data) / 1000, "kB"),
        *_frames(f"zoom of {STEPS} steps of the wheel", _zoom(page)),
        *_frames(f"pan of {MOVES} moves", _pan(page)),
    ]
    page.close()
    return figures


def _is_data(request: Request) -> bool:
    return urlsplit(request.url).path.endswith("/map/data.json")


def _frames(what: str, frames: list[float]) -> list[Figure]:
    return [
        Figure(f"{what}: mean frame", mean(frames), "ms", FRAME),
        Figure(f"{what}: 95 of 100 frames within", quantiles(frames, n=20)[-1], "ms"),
        Figure(f"{what}: longest frame", max(frames), "ms"),
    ]


@contextmanager
def _recording(page: Page, frames: list[float]) -> Iterator[None]:
    recorder = page.evaluate_handle(RECORD)
    yield
    times: list[float] = recorder.evaluate("recorder => recorder.stop()")
    frames += [after - before for before, after in pairwise(times)]


def _middle(page: Page) -> tuple[float, float]:
    stage = page.locator(".map-stage")
    stage.scroll_into_view_if_needed()
    middle: list[float] = stage.evaluate(MIDDLE)
    return middle[0], middle[1]


def _zoom(page: Page) -> list[float]:
    """Turn the wheel out of the world and back in again, so that the pan after it begins where there is room."""
    frames: list[float] = []
    page.mouse.move(*_middle(page))
    page.keyboard.down("Control")
    with _recording(page, frames):
        for step in range(STEPS):
            page.mouse.wheel(0, -60 if step < STEPS * 3 // 4 else 60)
            page.wait_for_timeout(PAUSE)
    page.keyboard.up("Control")
    return frames


def _pan(page: Page) -> list[float]:
    """Drag the map in a slow wave, up and down and to the left."""
    frames: list[float] = []
    x, y = _middle(page)
    page.wait_for_timeout(1000)  # the zoom comes to rest
    page.mouse.move(x, y)
    page.mouse.down()
    with _recording(page, frames):
        for move in range(MOVES):
            page.mouse.move(x - 4 * move, y + 2 * (move if move < MOVES / 2 else MOVES - move))
            page.wait_for_timeout(PAUSE)
    page.mouse.up()
    return frames
