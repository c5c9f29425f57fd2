"""Files made to do harm, or come to harm: a clear message, and no more memory than a list needs."""

from __future__ import annotations

import csv
import io
import json
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import chain
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from friendship.importers import reading, tables, texts, workbooks
from friendship.importers.reading import FORMATS
from friendship.importers.records import Listing, Unreadable
from tests.importers.test_tables import rewritten, workbook

MEGABYTE = 1_000_000
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def refused(content: bytes, *, within: int) -> str:
    """What is said of the file; reading it takes at most so many bytes, of those that Python knows."""
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable) as refusal:
            reading.read(content, "list.xlsx")
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < within
    return str(refusal.value)


@cache  # a workbook tells when it was made
def plain_workbook() -> bytes:
    return workbook(lambda sheet: sheet.append(["中方城市", "外方城市", "国别"]))


def with_rows(xml: str) -> bytes:
    """A workbook whose sheet has these rows below its header."""
    return rewritten(plain_workbook(), SHEET, lambda old: old.replace("</sheetData>", f"{xml}</sheetData>"))


def with_part(name: str, pieces: Iterator[bytes]) -> bytes:
    """A workbook with one part more, or another one, written piece by piece."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain_workbook())) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        with new.open(name, "w", force_zip64=True) as stream:
            for piece in pieces:
                stream.write(piece)
    return file.getvalue()


class TestNothing:
    def test_more_than_fifty_megabytes_are_not_looked_at(self) -> None:
        assert refused(b"\0" * 100 * MEGABYTE, within=MEGABYTE) == (
            "The file is larger than 50 MB, which no list of ties needs. Divide it."
        )

    @pytest.mark.parametrize("nothing", [b"\0", b" ", b"\n", b"\r\n\t"])
    def test_fifty_megabytes_of_nothing(self, nothing: bytes) -> None:
        content = nothing * (tables.MAX_BYTES // len(nothing))
        assert refused(content, within=MEGABYTE) == "The file holds nothing but blanks."

    def test_fifty_megabytes_of_one_letter(self) -> None:
        message = refused(b"a" * tables.MAX_BYTES, within=20 * MEGABYTE)
        assert message == "Line 1 has more than 1,000,000 characters."

    def test_fifty_megabytes_of_blank_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(texts, "LAST_ROW", 100_000)
        message = refused(b"a,b\n" + b",\n" * (tables.MAX_BYTES // 2 - 10), within=20 * MEGABYTE)
        assert message == "The table has more than 250,000 rows. Divide it into several files."


class TestTexts:
    def test_a_million_columns(self) -> None:
        content = b",".join([b"city"] * 200_000) + b"\n1,2\n"
        assert refused(content, within=25 * MEGABYTE) == "Row 1 has more than 200 columns."
        content = b",".join([b"city"] * 1_000_000) + b"\n1,2\n"
        assert refused(content, within=10 * MEGABYTE) == "Line 1 has more than 1,000,000 characters."

    def test_a_million_quoted_columns_on_many_lines(self) -> None:
        content = b"a,b\n" + b'"\n",' * 1_000_000
        message = refused(content, within=100 * MEGABYTE)
        assert message == "Row 2 has more than 1,000,000 characters."

    def test_quoted_columns(self) -> None:
        assert refused(b"a,b\n" + b'"a",' * 300, within=10 * MEGABYTE) == "Row 2 has more than 200 columns."

    def test_a_cell_that_never_ends(self) -> None:
        csv.field_size_limit(131_072)  # Python’s own; the package that checks data packages raises it for its process
        content = 'a,b\n1,2\n3,"' + "绵" * 40_000
        assert refused(content.encode(), within=10 * MEGABYTE).startswith(
            "A cell of row 3 has more than 32,767 characters."
        )
        content = 'a,b\n1,2\n3,"' + "绵" * 200_000
        assert refused(content.encode(), within=20 * MEGABYTE) == (
            "Row 3 cannot be divided into cells: a cell of it is too long or not closed."
        )

    def test_too_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "MAX_ROWS", 3)
        assert len(reading.read("中方城市,外方城市,国别\na,b,c\nd,e,f\n".encode(), "list").records) == 2
        message = refused("中方城市,外方城市,国别\na,b,c\nd,e,f\ng,h,i\n".encode(), within=MEGABYTE)
        assert message == "The table has more than 3 rows. Divide it into several files."

    def test_rows_are_read_one_by_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "MAX_ROWS", 20_000)
        content = b"Partnerstadt,Ort,Land\n" + b"A name of some length,another,Land\n" * 20_000
        assert refused(content, within=5 * MEGABYTE).startswith("What the columns of this table mean is not known")

    def test_html_and_formulas_are_texts(self) -> None:
        name = "<script>alert(1)</script>"
        (only,) = reading.read(f"中方城市,外方城市,国别\n{name},=cmd|' /C calc'!A0,日本\n".encode(), "list").records
        assert (only.home.name, only.partner.name) == (name, "=cmd|' /C calc'!A0")


class TestJson:
    @pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 10_000 + "]" * 10_000])
    def test_a_bomb_of_nesting(self, text: str) -> None:
        assert refused(text.encode(), within=20 * MEGABYTE) == "The JSON is nested too deeply to be a list of ties."

    @pytest.mark.parametrize("many", ["[],", "{},", "1,"])
    def test_millions_of_values(self, many: str) -> None:
        content = f"[{many * 15_000_000}1]".encode()[: tables.MAX_BYTES]
        message = refused(content, within=110 * MEGABYTE)
        assert message == "The JSON holds more values than a list of ties has. Divide it."

    @pytest.mark.parametrize("name", ["results", "sources"])
    def test_rows_of_our_own_export_without_end(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(tables, "MAX_ROWS", 3)
        value = {"format": "sister-city-register", "version": 1, "results": [], name: [{"slug": "x"}] * 3}
        assert len(reading.read(json.dumps(value).encode(), "list").records) == (3 if name == "results" else 0)
        content = json.dumps({**value, name: [{"slug": "x"}] * 4}).encode()
        assert refused(content, within=MEGABYTE) == ("The table has more than 3 rows. Divide it into several files.")


BOMB = "xl/workbook.xml"


def honest_part() -> bytes:
    with zipfile.ZipFile(io.BytesIO(plain_workbook())) as archive:
        return archive.read(BOMB)


@cache
def gigabyte() -> bytes:
    """A workbook of which one part has 1 GB of blanks at its end, where XML allows them; packed to 1 MB."""
    return with_part(BOMB, chain([honest_part()], (b" " * MEGABYTE for _ in range(1_000))))


class TestWorkbooks:
    def test_a_bomb_that_says_how_large_it_is(self) -> None:
        assert len(gigabyte()) < 2 * MEGABYTE
        assert refused(gigabyte(), within=10 * MEGABYTE) == (
            "The workbook unpacks to more than 300 MB: no list of ties is that long."
        )

    @pytest.mark.parametrize("said", ["", "the honest part", "200 MB"])
    def test_a_bomb_that_lies_about_its_size(self, said: str) -> None:
        """The directory says less, and has the checksum of that, so that ``zipfile`` is content."""
        part = {"": b"", "the honest part": honest_part(), "200 MB": honest_part().ljust(200 * MEGABYTE)}[said]
        content = bytearray(gigabyte())
        entry = content.rindex(BOMB.encode()) - 46
        assert content[entry : entry + 4] == b"PK\x01\x02"
        content[entry + 16 : entry + 20] = struct.pack("<L", zlib.crc32(part))
        content[entry + 24 : entry + 28] = struct.pack("<L", len(part))
        assert refused(bytes(content), within=10 * MEGABYTE).startswith("The workbook is damaged.")

    def test_many_parts(self) -> None:
        content = plain_workbook() + b"PK\x01\x02" * 10_000
        assert refused(content, within=5 * MEGABYTE) == "The workbook has more parts than a workbook has."

    def test_entities_that_expand(self) -> None:
        lines = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        bomb = f'<!DOCTYPE x [<!ENTITY a0 "lol">{lines}]>'
        content = rewritten(plain_workbook(), SHEET, lambda xml: bomb + xml.replace("</sheetData>", "&a9;</sheetData>"))
        assert refused(content, within=10 * MEGABYTE).startswith("The workbook is damaged.")

    def test_entities_from_outside(self) -> None:
        outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        content = rewritten(plain_workbook(), "xl/workbook.xml", lambda xml: outside + xml)
        assert refused(content, within=10 * MEGABYTE).startswith("The workbook is damaged.")

    def test_a_million_columns(self) -> None:
        cells = "<c><v>1</v></c>" * 1_000_000
        message = refused(with_rows(f'<row r="2">{cells}</row>'), within=60 * MEGABYTE)
        assert message == "Row 2 has more than 200 columns."

    def test_a_million_empty_columns(self) -> None:
        message = refused(with_rows(f'<row r="2">{"<c/>" * 1_000_000}</row>'), within=60 * MEGABYTE)
        assert message.startswith(f"The workbook’s part {SHEET} holds more than a list of ties has.")

    def test_a_cell_in_column_two_hundred_and_one(self) -> None:
        (content, last) = (with_rows(f'<row r="2"><c r="{name}2"><v>1</v></c></row>') for name in ("GS", "GR"))
        assert refused(content, within=10 * MEGABYTE) == "Row 2 has more than 200 columns."
        assert len(reading.read(last, "list").records) == 1

    @pytest.mark.parametrize("rows", ['<row r="99999999999"/>', '<row r="5"/><row r="4"/>', '<row r="x"/>'])
    def test_rows_that_no_sheet_has(self, rows: str) -> None:
        assert refused(with_rows(rows), within=10 * MEGABYTE).startswith("The workbook is damaged.")

    def test_a_text_that_no_cell_holds(self) -> None:
        long = "绵" * 32_768
        content = with_rows(f'<row r="2"><c r="A2" t="inlineStr"><is><t>{long}</t></is></c></row>')
        assert refused(content, within=10 * MEGABYTE).startswith("A cell of row 2 has more than 32,767 characters.")

    @pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml"])
    def test_a_text_of_two_hundred_megabytes(self, part: str) -> None:
        def pieces() -> Iterator[bytes]:
            yield b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
            for _ in range(200):
                yield b"a" * MEGABYTE
            yield b"</t></si></sst>"

        message = refused(with_part(part, pieces()), within=20 * MEGABYTE)
        assert message.startswith(f"The workbook’s part {part} holds more than a list of ties has.")

    def test_a_tag_of_a_hundred_megabytes(self) -> None:
        def pieces() -> Iterator[bytes]:
            yield b'<worksheet a="'
            for _ in range(100):
                yield b"a" * MEGABYTE

        assert refused(with_part(SHEET, pieces()), within=20 * MEGABYTE).startswith("The workbook is damaged.")

    @pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/styles.xml", SHEET])
    def test_elements_without_number(self, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbooks, "_MAX_SHARED_TEXTS", 50_000)

        def pieces() -> Iterator[bytes]:
            yield b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            for _ in range(100):
                yield b"<si/>" * 1_000

        message = refused(with_part(part, pieces()), within=20 * MEGABYTE)
        assert message.startswith(f"The workbook’s part {part} holds more than a list of ties has.")

    def test_a_number_format_of_many_brackets(self) -> None:
        def with_format(code: str) -> bytes:
            formats = f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts>'
            return rewritten(
                plain_workbook(), "xl/styles.xml", lambda xml: xml.replace('<numFmts count="0" />', formats)
            )

        assert reading.read(with_format("0" * 255), "list").records == []
        assert refused(with_format("[" * 90_000), within=10 * MEGABYTE).startswith("The workbook is damaged.")

    def test_elements_within_elements(self) -> None:
        message = refused(with_rows("<row><c>" * 100_000), within=20 * MEGABYTE)
        assert message.startswith(f"The workbook’s part {SHEET} holds more than a list of ties has.")

    @pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml", SHEET])
    def test_a_workbook_that_breaks_off(self, part: str) -> None:
        content = rewritten(plain_workbook(), part, lambda xml: xml[: len(xml) // 2])
        assert refused(content, within=10 * MEGABYTE).startswith("The workbook is damaged.")

    def test_a_cell_of_a_style_and_a_text_that_are_not_there(self) -> None:
        for cell in ('<c r="A2" s="99"><v>1</v></c>', '<c r="A2" t="s"><v>99</v></c>', '<c r="A2"><v>x</v></c>'):
            content = with_rows(f'<row r="2">{cell}</row>')
            assert refused(content, within=10 * MEGABYTE).startswith("The workbook is damaged.")


# --- any bytes --------------------------------------------------------------------------------------------------------

BEGINNINGS = [
    b"",
    b"PK\x03\x04",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"{",
    b"[",
    b'{"format":"sister-city-register","version":1,"results":[',
    b'{"data":{"lists":[',
    b'{"head":{},"results":{"bindings":[',
    b"city1,country1,city2,country2\n",
    "中方城市,外方城市,国别,结好时间\n".encode(),
    b"?item\t?itemLabel\n",
    b"id,home_slug,partner_slug,home_latitude,source_titles,sources\n",
]
PIECES = [b",", b'"', b"\n", b"\r", b"\t", b";", b"\0", b"{", b"}", b"[", b"]", b":", b"null", b"1e999", "绵".encode()]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["home", "id", "x"]), inner, max_size=3)
    ),
    max_leaves=10,
)
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_refused(content: bytes, name: str = "auto", mapping: dict[str, int] | None = None) -> None:
    with suppress(Unreadable):
        assert isinstance(reading.read(content, "list", format=name, mapping=mapping), Listing)


@RELAXED
@given(
    st.sampled_from(BEGINNINGS),
    st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=30),
    st.sampled_from(FORMATS),
    st.none() | st.dictionaries(st.sampled_from(["home", "partner", "x"]), st.integers(-1, 4)),
)
@example(b"\xff\xfe", [], "auto", None)
def test_any_bytes_are_a_list_or_refused(
    beginning: bytes, pieces: list[bytes], name: str, mapping: dict[str, int] | None
) -> None:
    read_or_refused(beginning + b"".join(pieces), name, mapping)


@RELAXED
@given(st.sampled_from(["results", "sources", "data", "lists", "head"]), JSON)
def test_any_json_is_a_list_or_refused(key: str, value: Any) -> None:
    for document in (value, [value], {"format": "sister-city-register", "version": 1, "results": [], key: value}):
        read_or_refused(json.dumps(document).encode())


@RELAXED
@given(st.data())
def test_any_damage_to_a_workbook_is_refused_or_harmless(data: st.DataObject) -> None:
    content = bytearray(plain_workbook())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    read_or_refused(bytes(content[: data.draw(st.integers(100, len(content)))]))


@RELAXED
@given(st.data())
def test_any_damage_to_a_sheet_is_refused_or_harmless(data: st.DataObject) -> None:
    tags = ["<row>", "</row>", "<c>", '<c r="B2">', '<c t="s">', '<c s="7">', '<c t="e">', '<c t="d">', "</c>", "<v>"]
    tags += [
        "1",
        "x",
        "-1",
        "1e999",
        "</v>",
        "<is><t>",
        "</t></is>",
        '<mergeCell ref="A1:A9"/>',
        '<mergeCell ref="A:A"/>',
    ]
    xml = "".join(data.draw(st.lists(st.sampled_from(tags), max_size=12)))
    content = with_rows(f"{xml} ")
    read_or_refused(content)


def test_limits_are_those_that_are_told() -> None:
    assert (tables.MAX_BYTES, tables.MAX_ROWS, tables.MAX_COLUMNS, tables.MAX_CELL) == (
        50_000_000,
        250_000,
        200,
        32_767,
    )
    assert workbooks.MAX_UNPACKED == 300_000_000
    assert openpyxl.DEFUSEDXML
