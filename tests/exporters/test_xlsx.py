"""The register as a workbook, as another program opens it."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from friendship import queries
from friendship.exporters import xlsx
from friendship.exporters.columns import COLUMNS, NAMES
from friendship.queries import Criteria
from tests import builders
from tests.exporters.register import empty, one_tie, written

pytestmark = pytest.mark.django_db


def opened(**fields: Any) -> Workbook:
    return load_workbook(io.BytesIO(written("xlsx", **fields)))


def cells(book: Workbook) -> list[dict[str, Any]]:
    """The filled cells of each row by the column’s name."""
    rows = book.worksheets[0].iter_rows(min_row=2, values_only=True)
    return [{name: cell for name, cell in zip(NAMES, row, strict=True) if cell is not None} for row in rows]


def test_a_row_for_people() -> None:
    one_tie()
    with translation.override("en"):
        book = opened()
        [row] = cells(book)
    assert row == {
        "id": 7,
        "home_name_zh": "甲县",
        "home_name_en": "One",
        "partner_name_en": "Two",
        "partner_country_zh": "日本",
        "partner_country_en": "Japan",
        "type": "sister city",
        "type_as_printed": "友好城市",
        "status": "active",
        "founded": "1982-10",
        "source_titles": "Archive, volume 2\nPaper",
        "source_quotes": "\nOne and Two are sister cities. … still active",
        "source_publishers": "Test Press\nTest Press",
        "source_kinds": "news\nnews",
        "source_dates": "1999\n",
        "source_urls": "\nhttps://paper.example.org/",
        "source_languages": "zh-Hans\nen",
        "sources": "archive\npaper",
        "home_country": "CN",
        "home_country_zh": "中国",
        "home_country_en": "China",
        "home_slug": "one",
        "home_level": "county level",
        "home_province": "top",
        "home_province_zh": "顶省",
        "home_province_en": "Top",
        "home_city": "middle",
        "home_city_zh": "中市",
        "home_city_en": "Middle",
        "home_latitude": 30.5,
        "home_longitude": 104.25,
        "partner_country": "JP",
        "partner_slug": "two",
        "partner_level": "city level",
        "partner_city": "two",
        "partner_city_en": "Two",
        "partner_wikidata_id": "Q1",
        "partner_latitude": 34,
        "partner_longitude": -1.5,
        "url": "https://register.example.org/relationships/7/",
    }


def test_codes_are_spoken_in_the_language_of_the_page() -> None:
    one_tie()
    [row] = cells(opened(language="zh-hans"))
    found = {name: row[name] for name in ("type", "status", "source_kinds", "home_level")}
    assert found == {
        "type": "国际友好城市",
        "status": "有效",
        "source_kinds": "新闻报道\n新闻报道",
        "home_level": "区县级",
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_headings_tell_the_columns_apart(language: str) -> None:
    empty()
    sheet = opened(language=language).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    with translation.override(language):
        assert headings == [column.heading for column in COLUMNS]
    folded = {"".join(letter for letter in str(text).casefold() if letter.isalnum()) for text in headings}
    assert len(folded) == len(COLUMNS)


def test_the_sheet_is_ready_for_work() -> None:
    sheet = opened(language="en").worksheets[0]
    count = queries.count_rows(Criteria())
    assert sheet.title == "Ties"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("F2", f"A1:AY{count + 1}")
    assert (sheet.max_row, sheet.max_column) == (count + 1, len(COLUMNS))
    assert all(sheet.column_dimensions[name].width >= 8 for name in ("A", "B", "O"))
    assert sheet["K2"].number_format == "@"  # a date typed over this one stays as it is typed


def test_no_cell_is_more_than_its_text() -> None:
    empty()
    texts = [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "https://one.example.org/",
        "007",
        "mailto:a@b",
        "<b>&</b>",
        "internal:Sheet1!A1",
    ]
    for number, text in enumerate(texts):
        builders.tie(builders.place("one"), builders.place(f"to-{number}", name_en=text), note_en=text)
    sheet = opened().worksheets[0]
    column = NAMES.index("note_en") + 1
    found = [sheet.cell(row, column) for row in range(2, len(texts) + 2)]
    assert [cell.value for cell in found] == texts
    assert {cell.data_type for cell in found} <= {"inlineStr", "s"}
    assert [cell.quotePrefix for cell in found] == [True] * 4 + [False] * 5
    with zipfile.ZipFile(io.BytesIO(written("xlsx"))) as file:
        ties = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in ties
    assert "hyperlink" not in ties


def test_what_it_is_stands_on_the_second_sheet() -> None:
    one_tie()
    sheet = opened(language="en", words="country Japan").worksheets[1]
    rows = [tuple(cell for cell in row if cell) for row in sheet.iter_rows(values_only=True)]
    assert sheet.title == "About"
    assert rows[:9] == [
        ("Register of sister cities",),
        (),
        ("Filter", "country Japan"),
        ("Records", "1 record"),
        ("Date", "20 November 2026"),
        ("Licence", "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Quotes remain their sources’ own."),
        ("Address of the register", "https://register.example.org"),
        (),
        ("Column", "Name in CSV and GeoJSON", "What it means"),
    ]
    with translation.override("en"):
        assert rows[9:] == [(column.heading, column.name, str(column.meaning)) for column in COLUMNS]


def test_its_properties_say_what_it_is_and_when() -> None:
    said = opened(language="en").properties
    assert (said.title, said.subject) == ("Register of sister cities", "All records")
    assert "CC BY 4.0" in str(said.description)
    assert "2026-11-20" in str(said.description)
    assert said.created == said.modified == datetime.datetime(2026, 11, 20)  # noqa: DTZ001 (Excel knows no zones)


def test_the_same_register_gives_the_same_bytes_on_the_same_day() -> None:
    assert written("xlsx") == written("xlsx")
    assert written("xlsx") != written("xlsx", date=datetime.date(2026, 11, 21))


def test_more_rows_than_excel_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 5)
    empty()
    builders.ties(5)
    assert len(cells(opened())) == 5
    builders.tie(builders.place("one"), builders.place("a-sixth"))
    with translation.override("en"), pytest.raises(xlsx.TooLong) as refusal:
        written("xlsx")
    assert str(refusal.value) == "Excel holds 5 rows; these are 6. Choose CSV, or narrow the list."


def test_a_text_longer_than_a_cell_is_refused_not_cut() -> None:
    empty()
    tie = builders.tie(note_en="x" * 32_767)
    assert len(cells(opened())[0]["note_en"]) == 32_767
    tie.note_en += "x"
    tie.save()
    with translation.override("en"), pytest.raises(xlsx.TooLong) as refusal:
        written("xlsx")
    assert str(refusal.value) == (
        "Row 2, Note in English: the text is longer than what a cell of Excel holds (32,767). Choose CSV."
    )
