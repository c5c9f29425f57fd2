"""Pages on paper: A4 as Chromium prints it, read back as text."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from friendship.dates import PartialDate

pytestmark = pytest.mark.browser

A4 = (595, 842)  # points
#: Noto Sans CJK draws these characters with the glyphs of radicals, and those are what is read back.
_RADICALS = str.maketrans("⺠⻄⻅⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻩⻬⻰戶", "民西见贝车长门青页风飞食马鱼鸟黄齐龙户")


WITH_TABLES = [
    "/relationships/",
    "/en/relationships/",
    "/en/relationships/37/",
    "/en/provinces/sichuan/",
    "/en/cities/",
    "/en/sources/",
    "/en/statistics/",
]


def printed(page: Page, path: str) -> list[str]:
    """The text of each sheet, without spaces."""
    page.goto(path)
    reader = PdfReader(io.BytesIO(page.pdf(format="A4")))
    for sheet in reader.pages:
        assert (float(sheet.mediabox.width), float(sheet.mediabox.height)) == pytest.approx(A4, abs=1)
    return [_plain(sheet.extract_text()) for sheet in reader.pages]


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_RADICALS).split())


def names(page: Page, selector: str) -> list[str]:
    return [_plain(text) for text in page.locator(selector).all_inner_texts()]


def today() -> str:
    day = datetime.now(ZoneInfo("Asia/Shanghai"))
    return _plain(str(PartialDate(day.year, day.month, day.day)._english()))


def running_text(sheets: list[str]) -> str:
    """The text across the sheets, without their numbers."""
    return "".join(re.sub(r"^\d+/\d+", "", sheet) for sheet in sheets)


def test_every_row_of_a_list_is_on_paper(page: Page) -> None:
    sheets = printed(page, "/en/relationships/?page_size=500")
    text = running_text(sheets)
    partners = names(page, "[data-row] .cell-partner > a")
    assert len(partners) == 132
    assert [name for name in partners if name not in text] == []
    assert text.count("1source") + text.count("2sources") + text.count("3sources") == 132
    assert "Allrecords" in sheets[0]
    assert f"Printedon{today()}" in sheets[0]


@pytest.mark.parametrize("path", ["/en/relationships/?country=US", "/en/relationships/1/", "/en/cities/mianyang/"])
def test_paper_is_the_same_from_a_narrow_window(page: Page, path: str) -> None:
    wide = printed(page, path)
    page.set_viewport_size({"width": 360, "height": 740})
    assert printed(page, path) == wide


def test_sheets_are_numbered_and_repeat_the_heads(page: Page) -> None:
    sheets = printed(page, "/en/relationships/?page_size=500")
    assert len(sheets) > 3
    assert [f"{number}/{len(sheets)}" in text for number, text in enumerate(sheets, start=1)] == [True] * len(sheets)
    assert ["PartnersideCountryorregionTypeEstablished" in text for text in sheets] == [True] * len(sheets)


def test_the_filter_stands_there_in_words_and_as_address(page: Page) -> None:
    [sheet] = printed(page, "/en/relationships/?country=JP&type=sister&founded_after=1990")
    assert "typesistercity·countryorregionJapan·establishedfrom1990" in sheet
    assert "/en/relationships/?country=JP&type=sister&founded_after=1990" in sheet
    for of_the_screen in ("Filters", "Search", "Skip", "中文", "RSS"):
        assert of_the_screen not in sheet


def test_a_list_in_pages_says_which_rows_it_holds(page: Page) -> None:
    sheets = printed(page, "/en/relationships/?page=2")
    assert "Rows51to100of132" in sheets[0]
    assert "Previous" not in "".join(sheets)


def test_nothing_is_cut_off(page: Page) -> None:
    """As wide as A4 between its margins, no table is wider than the sheet."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 900})  # 178 mm
    for path in WITH_TABLES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 673, path
        assert page.locator("table").first.evaluate("table => getComputedStyle(table).display") == "table"


def test_the_evidence_of_a_tie_is_on_paper(page: Page) -> None:
    text = running_text(printed(page, "/en/relationships/1/"))
    quotes = names(page, "blockquote")
    assert quotes
    assert [quote for quote in quotes if quote not in text] == []
    assert "Sichuan—Washington[DB/OL]" in text.replace("–", "—")
    assert f"Printedon{today()}" in text


def test_where_no_text_is_held_the_address_of_the_original_is_printed(page: Page) -> None:
    text = running_text(printed(page, "/en/relationships/95/"))
    assert "(http://www.clair.or.jp/j/exchange/shimai/data/detail/1401)" in text


def test_a_place_and_a_source(page: Page) -> None:
    text = running_text(printed(page, "/en/cities/mianyang/"))
    assert [name for name in names(page, "[data-row] .cell-partner > a") if name not in text] == []
    text = running_text(printed(page, "/sources/sichuan-press-conference-2023-05-18/"))
    marked = names(page, "mark")
    assert marked
    assert [words for words in marked if words not in text] == []


def test_what_is_folded_on_the_screen_is_open_on_paper(page: Page) -> None:
    page.goto("/en/about/")
    page.evaluate(
        "document.querySelector('article').insertAdjacentHTML("
        "'beforeend', '<details><summary>More</summary><p>Folded words</p></details>')"
    )
    text = "".join(_plain(sheet.extract_text()) for sheet in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    assert "Foldedwords" in text


def test_paper_is_light_in_a_dark_theme(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto("/relationships/")
    colours = "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    assert page.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def test_the_numbers_of_statistics_are_on_paper(page: Page) -> None:
    sheets = printed(page, "/en/statistics/?type=sister")
    text = running_text(sheets)
    assert "typesistercity" in sheets[0]
    assert [cell for cell in names(page, "main table th[scope=row]") if cell not in text] == []
    assert f"1/{len(sheets)}" in sheets[0]
