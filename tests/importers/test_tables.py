"""Bytes as tables: encodings, delimiters, quotes and what breaks off; workbooks and their cells."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet.worksheet import Worksheet

from friendship.importers import texts, workbooks
from friendship.importers.records import Reason, Unreadable
from friendship.importers.tables import Sheet, Table, fold, fold_bare, joined

LIST = "中方城市,外方城市\n绵阳市,东广岛市\n"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def first_table(sheet: Sheet) -> Table:
    return next(sheet.tables())


def table(text: str | bytes) -> Table:
    return first_table(next(texts.sheets(text.encode() if isinstance(text, str) else text)))


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def wrong(table: Table) -> dict[int, Reason]:
    return {row.number: row.wrong for row in table.rows if row.wrong}


def workbook(fill: Callable[[Worksheet], Any]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    fill(book.active)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_table(content: bytes) -> Table:
    return first_table(next(workbooks.sheets(content)))


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
    def test_chinese_in_every_encoding_that_excel_saves(self, encoding: str) -> None:
        read = table(LIST.encode(encoding))
        assert read.header == ("中方城市", "外方城市")
        assert cells(read) == [("绵阳市", "东广岛市")]

    @pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
    def test_both_orders_of_utf_16(self, mark: str) -> None:
        assert cells(table(f"\ufeff{LIST}".encode(mark))) == [("绵阳市", "东广岛市")]

    def test_characters_outside_gbk_are_read_from_gb18030(self) -> None:
        assert cells(table("a,b\n㑇县,𠮷野町 Łódź\n".encode("gb18030"))) == [("㑇县", "𠮷野町 Łódź")]

    @pytest.mark.parametrize(("odd", "line"), [("gb18030", 3), ("latin-1", 3)])
    def test_one_line_in_another_encoding_is_named(self, odd: str, line: int) -> None:
        rest = "中方城市,外方城市\n绵阳市,东广岛市\n".encode()
        text = "成都市,布尔诺\n" if odd == "gb18030" else "Chengdu,Malmö\n"
        with pytest.raises(Unreadable) as refusal:
            table(rest + text.encode(odd) + "德阳市,蒙斯市\n".encode())
        assert str(refusal.value).startswith(f"Line {line} is in another encoding")

    def test_one_line_of_utf_8_in_a_chinese_file_is_named(self) -> None:
        content = LIST.encode("gb18030") + "成都市,布尔诺市\n".encode() + "德阳市,蒙斯市\n".encode("gb18030") * 3
        with pytest.raises(Unreadable, match="Line 3 is in another encoding"):
            table(content)

    def test_western_accents_are_not_read_as_chinese(self) -> None:
        with pytest.raises(Unreadable, match="Line 2 is neither UTF-8 nor GB18030"):
            table("city1,country1\nCórdoba,España\n".encode("cp1252"))

    def test_bytes_of_no_encoding_name_their_line(self) -> None:
        with pytest.raises(Unreadable, match="Line 3 is neither"):
            table(LIST.encode("gb18030") + b"a\xff\xffb,c\n")

    def test_broken_utf_16(self) -> None:
        with pytest.raises(Unreadable, match="begins as UTF-16"):
            table("\ufeffa,b\nc,d".encode("utf-16-le") + b"\x00\xd8")

    def test_a_nul_names_its_line(self) -> None:
        with pytest.raises(Unreadable, match="Line 2 holds a NUL byte"):
            list(table("a,b\nc\0,d\n").rows)


class TestRows:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_the_delimiter_is_found_by_content(self, delimiter: str) -> None:
        text = "城市,友城,国别\n绵阳,“东广岛；广岛”,日本\n成都,布尔诺,捷克\n".replace(",", delimiter)
        assert table(text).header == ("城市", "友城", "国别")

    def test_commas_in_a_remark_between_tabs(self) -> None:
        remark = "a, " * 300
        assert cells(table(f"a\tb\nc\t{remark}\n")) == [("c", remark.strip())]

    def test_decimal_commas_between_semicolons(self) -> None:
        assert cells(table("a;b;c\nGraz;47,07;15,43\nLinz;48,30;14,28\n")) == [
            ("Graz", "47,07", "15,43"),
            ("Linz", "48,30", "14,28"),
        ]

    def test_quoted_cells_hold_delimiters_quotes_and_line_breaks(self) -> None:
        read = table('a,b\n"1, ""2""","3\n4"\nc,d\n')
        assert [(row.number, row.cells) for row in read.rows] == [(2, ('1, "2"', "3\n4")), (3, ("c", "d"))]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_all_ends_of_lines(self, end: str) -> None:
        assert cells(table(f"a,b{end}c,d{end}e,f")) == [("c", "d"), ("e", "f")]

    def test_blank_lines_are_skipped_and_counted(self) -> None:
        assert [row.number for row in table("a,b\n\n , \nc,d\n,,,\ne,f\n").rows] == [4, 6]

    def test_titles_above_the_header_stay_with_the_table(self) -> None:
        second = list(next(texts.sheets("绵阳市友好城市一览表,\n单位,外办\na,b\nc,d\n".encode())).tables())[1]
        assert (second.header, second.header_row) == (("a", "b"), 3)
        assert second.titles == ("绵阳市友好城市一览表", "单位", "外办")

    def test_empty_columns_at_the_end_are_none(self) -> None:
        read = table("a,b,,\nc,d,,\ne,f\n")
        assert (read.header, cells(read), wrong(read)) == (("a", "b"), [("c", "d"), ("e", "f")], {})

    def test_rows_of_another_width_are_wrong(self) -> None:
        read = table("a,b,c\n1,2\n1,2,3,4\n1,2,3\n")
        text = "The row has %(cells)s cells, the header has %(columns)s."
        assert wrong(read) == {
            2: Reason(text, {"cells": 2, "columns": 3}),
            3: Reason(text, {"cells": 4, "columns": 3}),
        }

    def test_a_file_that_ends_in_a_row(self) -> None:
        read = table("a,b,c\n1,2,3\n1,2")
        text = "The file breaks off in this row: it has %(cells)s of %(columns)s cells."
        assert wrong(read) == {3: Reason(text, {"cells": 2, "columns": 3})}

    def test_a_file_that_ends_in_a_quoted_cell(self) -> None:
        read = table('a,b,c\n1,2,3\n1,2,"3\n4,5,6\n')
        assert wrong(read) == {3: Reason("The file ends inside a quoted cell that begins in this row.")}

    def test_a_last_row_without_a_line_end_is_whole(self) -> None:
        assert wrong(table('a,b\n1,"2"')) == {}

    def test_broken_rows_become_records_that_say_so(self) -> None:
        read = table("a,b\n1\n3,4\n")
        records = list(read.records(lambda row: None))
        assert [(record.row, record.quote, record.wrong is not None) for record in records] == [(2, "1", True)]

    def test_the_tsv_of_sparql_keeps_its_quotes(self) -> None:
        read = table('?city\t?name\n<http://a/Q1>\t"Łódź"@en\n')
        assert cells(read) == [("<http://a/Q1>", '"Łódź"@en')]

    def test_the_tsv_of_excel_does_not(self) -> None:
        assert cells(table('a\tb\n"x\ty"\t2\n')) == [("x\ty", "2")]

    def test_a_quote_is_the_row_s_own_words(self) -> None:
        assert joined(["1", "", " 绵阳市 ", "a\nb"]) == "1 | 绵阳市 | a b"


class TestHeadings:
    def test_what_varies_is_folded(self) -> None:
        assert fold(" 国家\n（ 地区 ） ") == fold("国家(地区)") == "国家地区"
        assert fold("Chinese　City:") == "chinesecity"

    def test_brackets_go_where_they_are_remarks(self) -> None:
        assert fold_bare("结好时间（年/月/日）") == "结好时间"
        assert fold_bare("结好时间[日]【待核】") == "结好时间"
        assert fold_bare("结好时间" + "(" * 1_000_000) == "结好时间"


class TestJson:
    def test_it_is_read_in_the_encodings_of_texts(self) -> None:
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
            assert texts.json_document('{"城市": ["绵阳市"]}'.encode(encoding)).value == {"城市": ["绵阳市"]}

    def test_what_is_not_valid_has_line_and_column(self) -> None:
        with pytest.raises(Unreadable, match="not valid at line 2, column 8"):
            texts.json_document(b'{"a": 1,\n "b": [}')

    @pytest.mark.parametrize("text", ["[NaN]", "[Infinity]", "[" + "9" * 5000 + "]"])
    def test_numbers_that_are_none(self, text: str) -> None:
        with pytest.raises(Unreadable, match="a number that is none or far too long"):
            texts.json_document(text.encode())

    @pytest.mark.parametrize("escape", [r"\u0000", r"\ud800", r"\uDFFF"])
    def test_characters_that_no_database_keeps(self, escape: str) -> None:
        with pytest.raises(Unreadable, match="first near line 2"):
            texts.json_document(f'{{"a":\n["x{escape}"]}}'.encode())

    def test_characters_in_two_halves_are_whole(self) -> None:
        assert texts.json_document(rb'["\ud842\udfb7", "\\u0000"]').value == ["𠮷", "\\u0000"]


class TestWorkbooks:
    def test_numbers_and_texts(self) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b", "c", "d"])
            sheet.append([1985.0, 1985, 30.25, True])
            sheet.append([" x ", None, "1985", None])

        read = sheet_table(workbook(fill))
        assert cells(read) == [("1985", "1985", "30.25", "True"), ("x", "", "1985", "")]
        assert wrong(read) == {}

    @pytest.mark.parametrize(
        ("number_format", "text"),
        [
            ("yyyy-mm-dd", "1985-10-01"),
            ("m/d/yy", "1985-10-01"),
            ('yyyy"年"m"月"', "1985-10"),
            ('yyyy"年"m"月"d"日"', "1985-10-01"),
            ("mmm-yy", "1985-10"),
            ('yyyy"年"', "1985"),
            ("yyyy", "1985"),
            ('[$-804]yyyy"年"m"月";@', "1985-10"),
            ("yyyy/m/d h:mm", "1985-10-01"),
        ],
    )
    def test_a_date_is_no_finer_than_it_is_shown(self, number_format: str, text: str) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b"])
            sheet.append(["x", datetime.date(1985, 10, 1)])
            sheet["B2"].number_format = number_format

        assert cells(sheet_table(workbook(fill))) == [("x", text)]

    @pytest.mark.parametrize(("code", "text"), [(57, "1985-10"), (31, "1985-10-01"), (27, "1985-10"), (0, "31321")])
    def test_date_formats_that_excel_in_china_writes_as_bare_numbers(self, code: int, text: str) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b"])
            sheet.append(["x", 31321])
            sheet["B2"].number_format = "0.00"

        content = rewritten(
            workbook(fill), "xl/styles.xml", lambda xml: xml.replace('numFmtId="2"', f'numFmtId="{code}"')
        )
        assert cells(sheet_table(content)) == [("x", text)]

    def test_the_epoch_of_1904(self) -> None:
        book = openpyxl.Workbook()
        book.epoch = MAC_EPOCH
        assert book.active is not None
        book.active.append(["a", "b"])
        book.active.append(["x", datetime.date(1985, 10, 3)])
        assert cells(sheet_table(saved(book))) == [("x", "1985-10-03")]

    def test_cells_merged_downwards_are_filled(self) -> None:
        def fill(sheet: Worksheet) -> None:
            for row in (["国别", "友城"], ["日本", "东广岛"], [None, "广岛"], [None, "甲府"], [None, "布尔诺"]):
                sheet.append(row)
            sheet.merge_cells("A2:A4")

        assert cells(sheet_table(workbook(fill))) == [
            ("日本", "东广岛"),
            ("日本", "广岛"),
            ("日本", "甲府"),
            ("", "布尔诺"),
        ]

    def test_cells_merged_across_are_not(self) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b"])
            sheet.append(["x", None])
            sheet.merge_cells("A2:B2")

        assert cells(sheet_table(workbook(fill))) == [("x", "")]

    def test_two_merges_below_each_other(self) -> None:
        def fill(sheet: Worksheet) -> None:
            for row in (["a", "b"], ["x", 1], [None, 2], ["y", 3], [None, 4]):
                sheet.append(row)
            sheet.merge_cells("A4:A5")
            sheet.merge_cells("A2:A3")

        assert cells(sheet_table(workbook(fill))) == [("x", "1"), ("x", "2"), ("y", "3"), ("y", "4")]

    def test_formulas_count_by_what_was_shown_and_never_run(self) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b", "c"])
            sheet.append(["x", '=HYPERLINK("https://example.org")', "=1+1"])

        def shown(xml: str) -> str:
            return xml.replace("<f>1+1</f><v />", "<f>1+1</f><v>7</v>").replace(
                "<f>1+1</f><v></v>", "<f>1+1</f><v>7</v>"
            )

        content = rewritten(workbook(fill), "xl/worksheets/sheet1.xml", shown)
        assert cells(sheet_table(content)) == [("x", "", "7")]

    def test_a_cell_with_an_error_makes_its_row_wrong(self) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b"])
            sheet.append(["x", "#N/A"])

        expected = Reason("Cell %(cell)s shows the error %(error)s.", {"cell": "B2", "error": "#N/A"})
        assert wrong(sheet_table(workbook(fill))) == {2: expected}

    def test_a_month_typed_as_a_number(self) -> None:
        def fill(sheet: Worksheet) -> None:
            for row in (
                ["a", "b"],
                ["x", 1985.1],
                ["x", 1985.12],
                ["x", 1985.1],
                ["x", 30.1],
                ["x", 1985],
                ["x", 30.123],
            ):
                sheet.append(row)
            for cell in ("B4", "B6", "B7"):
                sheet[cell].number_format = "0.00"

        read = sheet_table(workbook(fill))
        assert [row.cells[1] for row in read.rows][1:] == ["1985.12", "1985.10", "30.1", "1985", "30.123"]
        assert {row: reason.parameters for row, reason in wrong(read).items()} == {
            2: {"cell": "B2", "number": "1985.1"}
        }

    def test_rows_and_columns_that_the_file_leaves_out(self) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet["B3"], sheet["C3"] = "a", "b"
            sheet["B7"], sheet["C7"] = "x", "y"

        read = sheet_table(workbook(fill))
        assert read.header == ("", "a", "b")
        assert [(row.number, row.cells) for row in read.rows] == [(7, ("", "x", "y"))]

    def test_a_wrong_dimension_is_not_believed(self) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b"])
            sheet.append(["x", "y"])

        content = rewritten(workbook(fill), "xl/worksheets/sheet1.xml", lambda xml: xml.replace("A1:B2", "A1:A1"))
        assert cells(sheet_table(content)) == [("x", "y")]

    def test_styled_cells_to_the_last_column_are_nothing(self) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b"])
            sheet.append(["x", "y"])
            sheet["XFD2"].number_format = "@"

        assert cells(sheet_table(workbook(fill))) == [("x", "y")]

    def test_hidden_sheets_come_last(self) -> None:
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.append(["hidden", "list"])
        book.active.sheet_state = "hidden"
        book.create_sheet("empty")
        book.create_sheet("shown").append(["a", "b"])
        assert [sheet.name for sheet in workbooks.sheets(saved(book))] == ["shown", "Sheet"]

    def test_control_characters_in_excel_s_writing(self) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b"])
            sheet.append(["x_x000D_y", "_x4E2D_"])

        assert [row.written for row in sheet_table(workbook(fill)).rows] == [("x\ry", "_x4E2D_")]

    @pytest.mark.parametrize("row", [1, 2])
    def test_a_nul_in_excel_s_writing(self, row: int) -> None:
        def fill(sheet: Worksheet) -> None:
            sheet.append(["a", "b"])
            sheet.append(["c", "d"])
            sheet.cell(row, 2, "foo_x0000_bar")

        with pytest.raises(Unreadable) as refusal:
            cells(sheet_table(workbook(fill)))
        assert str(refusal.value) == f"Cell B{row} holds a NUL character, which no text has: write it anew."


def rewritten(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one part changed, as another program would have written it."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                changed = change(text.decode())
                assert changed != text.decode(), "nothing changed"
                text = changed.encode()
            new.writestr(name, text)
    return file.getvalue()
