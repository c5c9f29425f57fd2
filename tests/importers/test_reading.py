"""Which format a file is of: by its content, whatever its name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from openpyxl.worksheet.worksheet import Worksheet

from friendship.importers import reading
from friendship.importers.reading import FORMATS, UnknownColumns, fingerprint
from friendship.importers.records import Unreadable
from tests.importers.test_tables import saved, workbook

OFFICE = "中方城市,外方城市,国别\n绵阳市,东广岛市,日本\n"
OWN = "id,home_slug,home_name_zh,partner_slug,partner_name_zh\n1,mianyang,绵阳市,brno,布尔诺\n"
UNKNOWN = "Stadt,Partnerstadt,Jahr\nLinz,Chengdu,1983\nGraz,,\n"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def refusal(content: bytes | str, file_name: str = "list.csv", **options: Any) -> str:
    with pytest.raises(Unreadable) as refused:
        reading.read(content.encode() if isinstance(content, str) else content, file_name, **options)
    return str(refused.value)


def package(*parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return file.getvalue()


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list", "list.pdf"])
def test_the_name_of_the_file_says_nothing(name: str) -> None:
    assert reading.read(OFFICE.encode(), name).format == "office"


def test_our_own_export_is_known_before_others() -> None:
    assert reading.read(OWN.encode(), "list").format == "register"


def test_a_workbook_and_a_text_are_read_alike() -> None:
    def fill(sheet: Worksheet) -> None:
        for line in OFFICE.splitlines():
            sheet.append(line.split(","))

    content = workbook(fill)
    assert reading.read(content, "list").records == reading.read(OFFICE.encode(), "list").records


def test_a_remark_full_of_other_delimiters_divides_nothing() -> None:
    remark = "\n".join("a; b; c; d; e; f" for _ in range(20))
    (only,) = reading.read(f'中方城市,外方城市,国别,备注\n绵阳市,东广岛市,日本,"{remark}"\n'.encode(), "list").records
    assert (only.partner.name, only.note_en) == ("东广岛市", remark)


def test_the_first_sheet_with_a_known_header_wins() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["说明", "2023"])
    book.create_sheet("empty")
    for name, partner in (("甲", "东广岛市"), ("乙", "广岛市")):
        sheet = book.create_sheet(name)
        sheet.append(["中方城市", "外方城市", "国别"])
        sheet.append(["绵阳市", partner, "日本"])
    (only,) = reading.read(saved(book), "list").records
    assert only.partner.name == "东广岛市"


@pytest.mark.parametrize(
    ("name", "content"),
    [("csv", OWN), ("register", OWN), ("office", OFFICE), ("auto", OFFICE)],
)
def test_the_format_that_was_said(name: str, content: str) -> None:
    assert len(reading.read(content.encode(), "list", format=name).records) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("csv", "list.csv is not of this format: an export of this register."),
        ("register", "list.csv is not of this format: an export of this register."),
        ("xlsx", "The file is a text with a table (CSV), not an Excel workbook as stated."),
        ("json", "The file is a text with a table (CSV), not JSON as stated."),
        ("wikidata", "list.csv is not of this format: results of a Wikidata query."),
    ],
)
def test_a_file_of_another_format_than_was_said(name: str, message: str) -> None:
    assert refusal(OFFICE, format=name) == message


def test_a_format_that_does_not_exist_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="dbf"):
        reading.read(OFFICE.encode(), "list", format="dbf")
    assert FORMATS[:4] == ("auto", "csv", "xlsx", "json")


class TestUnknownColumns:
    def test_headers_and_rows_to_choose_by(self) -> None:
        with pytest.raises(UnknownColumns) as question:
            reading.read(UNKNOWN.encode(), "list")
        assert question.value.headers == ["Stadt", "Partnerstadt", "Jahr"]
        assert question.value.sample_rows == [["Linz", "Chengdu", "1983"], ["Graz", "", ""]]
        assert str(question.value).endswith(": Stadt, Partnerstadt, Jahr.")

    def test_titles_above_the_header_are_passed_over(self) -> None:
        with pytest.raises(UnknownColumns) as question:
            reading.read(f"Liste,2023,\n,,\n{UNKNOWN}".encode(), "list")
        assert question.value.headers == ["Stadt", "Partnerstadt", "Jahr"]

    def test_a_mapping_answers_for_the_same_header(self) -> None:
        listing = reading.read(UNKNOWN.encode(), "list", mapping={"partner": 0, "home": 1})
        assert (listing.format, [record.row for record in listing.records]) == ("mapped", [2, 3])

    def test_the_fingerprint_knows_a_header_again(self) -> None:
        assert fingerprint(["Stadt", " Partner stadt\n"]) == fingerprint(("STADT", "Partnerstadt"))
        assert fingerprint(["a", "b"]) != fingerprint(["ab", ""])
        assert len(fingerprint(["a"])) == 64

    def test_json_has_no_columns(self) -> None:
        assert "this file is JSON" in refusal("[]", mapping={"home": 0, "partner": 1})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "an old Excel file (XLS) or one with a password"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (b"Rar!\x1a\x07", "an archive of files"),
        (b"{\\rtf1", "a text document (RTF)"),
        (b"<html><table><tr><td>a</td></tr></table>", "a web page or an XML document, whatever its name says"),
        (b'\xef\xbb\xbf\r\n<?xml version="1.0"?><Workbook/>', "a web page or an XML document, whatever its name says"),
        (package("mimetype", "content.xml"), "an OpenDocument file"),
        (package("[Content_Types].xml", "word/document.xml"), "a text document (DOCX)"),
        (package("[Content_Types].xml", "xl/workbook.bin"), "a binary workbook (XLSB)"),
        (package("list.csv"), "an archive of files (ZIP)"),
    ],
)
def test_what_is_no_list_is_called_by_its_name(content: bytes, kind: str) -> None:
    assert refusal(content, "list.xls") == (
        f"This is {kind}, not a table that can be read. Save the list as XLSX or CSV and choose that file."
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"\0" * 1000, "The file holds nothing but blanks."),
        (b"\xef\xbb\xbf\r\n  \t\n", "The file holds nothing but blanks."),
        (
            "四川省与51个国家结为友城。\n现有友城440对。",
            "The file holds no table: none of its first 30 rows has two cells.",
        ),
        ("[1, 2", "The JSON is not valid at line 1, column 6."),
        ('{"a": 1}', "The JSON is neither an export of this register"),
        (package("[Content_Types].xml"), "The workbook is damaged."),
        (b"PK\x03\x04", "The workbook is damaged."),
        (workbook(lambda sheet: None), "The file holds no table"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes | str, message: str) -> None:
    assert refusal(content).startswith(message)
