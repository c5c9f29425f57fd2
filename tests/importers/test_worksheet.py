"""A table made for editing goes out, is changed in a spreadsheet program, and comes back: what follows row by row."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import Workbook, load_workbook

from friendship import curation
from friendship.curation.bulk import MOST_ROWS, NOT_YOURS, Built
from friendship.exporters.worksheet import PLACES, TIES, Worksheet, heading_of, written
from friendship.exporters.xlsx import TooLong
from friendship.importers import worksheet as reader
from friendship.importers.records import Unreadable
from friendship.models import Place, Relationship
from tests import builders

pytestmark = pytest.mark.django_db

Sheet = Any


def exported(worksheet: Worksheet = TIES, language: str = "en") -> bytes:
    """The table of the ties of One, or of all test places."""
    rows: Any = Relationship.objects.with_places().filter(home__slug="one").order_by("pk")
    if worksheet is PLACES:
        rows = Place.objects.select_related("country", "parent").filter(slug__startswith="test-").order_by("pk")
    with translation.override(language), written(worksheet, rows) as file:
        return file.read()


def changed(content: bytes, change: Callable[[Sheet], None]) -> bytes:
    """The workbook after somebody has changed something on its first sheet."""
    book = load_workbook(io.BytesIO(content))
    change(book.worksheets[0])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell(worksheet: Worksheet, name: str, row: int = 2) -> tuple[int, int]:
    """Row and column of a fact in the workbook, as openpyxl counts them."""
    return row, worksheet.cells.index(name) + 1


def with_cells(worksheet: Worksheet = TIES, row: int = 2, language: str = "en", **values: Any) -> bytes:
    """The exported table with these cells of a row changed."""

    def change(sheet: Sheet) -> None:
        for name, value in values.items():
            sheet.cell(*cell(worksheet, name, row)).value = value

    return changed(exported(worksheet, language), change)


def compared(content: bytes, worksheet: Worksheet = TIES, *, may_change: Any = lambda _row: True) -> Built:
    rows: Any = Relationship.objects.with_places()
    if worksheet is PLACES:
        rows = Place.objects.select_related("country", "parent")
    return reader.compare(reader.read(content, worksheet), worksheet, rows, may_change=may_change)


def changes(built: Built) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    assert [refused["why"] % refused["parameters"] for refused in built.refused] == []
    return [(change["before"], change["after"]) for change in built.changes]


def refusals(built: Built) -> list[str]:
    assert built.changes == []
    return [refused["why"] % refused["parameters"] for refused in built.refused]


def tie(**fields: Any) -> Relationship:
    """A tie as ``curation`` keeps it, with its history."""
    row = Relationship(home=builders.place("one"), partner=builders.place("two"), type="sister", status="active")
    for name, value in fields.items():
        setattr(row, name, value)
    return curation.save(row, actor=None)


# --- what goes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "headings", "words"),
    [
        (
            "zh-hans",
            ["编号", "版本", "中方", "外方", "国家（地区）", "类型", "原文称谓", "状态", "结好时间", "终止时间"],
            ("国际友好城市", "有效"),
        ),
        (
            "en",
            [
                "Number",
                "Version",
                "Home side",
                "Partner side",
                "Country or region",
                "Type",
                "Type as printed",
                "Status",
            ],
            ("sister city", "active"),
        ),
    ],
)
def test_the_table_speaks_the_readers_language(language: str, headings: list[str], words: tuple[str, str]) -> None:
    row = tie(founded_year=1982, founded_month=10)
    book = load_workbook(io.BytesIO(exported(language=language)))
    sheet = book.worksheets[0]
    header, cells = ([each.value for each in line] for line in sheet.iter_rows(max_row=2))
    assert header[: len(headings)] == headings
    assert (cells[:2], cells[5], cells[7], cells[8]) == ([row.pk, 1], *words, "1982-10")
    lists = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert list(lists) == ["F2:F202", "H2:H202"]
    assert words[0] in lists["F2:F202"]
    assert words[1] in lists["H2:H202"]


def test_what_tells_the_row_is_locked_and_dates_are_texts() -> None:
    tie()
    sheet = load_workbook(io.BytesIO(exported())).worksheets[0]
    assert sheet.protection.sheet
    locked = {name for name in TIES.cells if sheet.cell(*cell(TIES, name)).protection.locked}
    assert locked == {"id", "version", "home", "partner", "country"}
    assert {sheet.cell(*cell(TIES, name)).number_format for name in ("founded", "ended", "note_zh")} == {"@"}


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    tie(note_en="=1+1")
    sheet = load_workbook(io.BytesIO(exported())).worksheets[0]
    note = sheet.cell(*cell(TIES, "note_en"))
    assert (note.data_type, note.value, note.quotePrefix) == ("s", "=1+1", True)
    assert compared(exported()).unchanged == 1


def test_a_text_that_no_cell_holds_is_named_instead_of_being_cut() -> None:
    tie(note_en="x" * 32_768)
    with pytest.raises(TooLong) as refused:
        exported()
    assert str(refused.value) == (
        "Row 2, Note in English: the text is longer than what a cell of Excel holds (32,767)."
    )


# --- what comes back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_nobody_changed_changes_nothing(language: str) -> None:
    tie(founded_year=1982, founded_month=10, note_zh="一\n二", type_as_printed="友好城市", ended_year=1999)
    tie(partner=builders.place("three"), founded_year=1850)
    built = compared(exported(language=language))
    assert (built.changes, built.unchanged, built.refused, built.added) == ([], 2, [], 0)


def test_changed_cells_become_changes_of_just_these_facts() -> None:
    row = tie(founded_year=1982, note_en="old")
    built = compared(
        with_cells(type="友好交流关系", status="ended", founded="1982年10月", note_en=None, type_as_printed=" 友城 ")
    )
    assert changes(built) == [
        (
            {
                "type": "sister",
                "type_as_printed": "",
                "status": "active",
                "founded_year": 1982,
                "founded_month": None,
                "founded_day": None,
                "note_en": "old",
            },
            {
                "type": "exchange",
                "type_as_printed": "友城",
                "status": "ended",
                "founded_year": 1982,
                "founded_month": 10,
                "founded_day": None,
                "note_en": "",
            },
        )
    ]
    assert (built.changes[0]["model"], built.changes[0]["pk"], built.changes[0]["version"]) == (
        "relationship",
        row.pk,
        1,
    )


@pytest.mark.parametrize(
    ("value", "number_format", "parts"),
    [
        (datetime.date(1982, 10, 1), "mmm-yy", (1982, 10, None)),
        (datetime.date(1982, 10, 1), 'yyyy"年"m"月"', (1982, 10, None)),
        (datetime.date(1982, 10, 3), "yyyy-mm-dd", (1982, 10, 3)),
        (1982, "General", (1982, None, None)),
        ("1982.10.3", "@", (1982, 10, 3)),
        ("30227", "@", (1982, 10, 3)),
    ],
)
def test_what_a_spreadsheet_makes_of_a_date_is_read_sensibly(value: Any, number_format: str, parts: Any) -> None:
    tie()

    def change(sheet: Sheet) -> None:
        founded = sheet.cell(*cell(TIES, "founded"))
        founded.value, founded.number_format = value, number_format

    [(_before, after)] = changes(compared(changed(exported(), change)))
    assert tuple(after[f"founded_{part}"] for part in ("year", "month", "day")) == parts


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"type": "堂表亲"}, "Type: “堂表亲” is none that the register knows."),
        ({"type": None}, "Type: choose one from the list."),
        ({"type": "友" * 101}, f"Type: “{'友' * 100}…” is longer than 100 characters."),
        ({"status": "asleep"}, "Status: “asleep” is none that the register knows."),
        ({"status": None}, "Status: choose one from the list."),
        ({"founded": "once"}, "Date established: “once” cannot be read as a date."),
        ({"founded": "4/5/2019"}, "Date established: “4/5/2019” may begin with the day or with the month."),
        ({"founded": "约1985年"}, "Date established: “约1985年” is no exact date. Write only as much as is known."),
        ({"ended": "1982-02-30"}, "Date ended: “1982-02-30” is not in the calendar."),
        ({"founded": "1990", "ended": "1980"}, "Date ended: cannot lie before the date established."),
        ({"type_as_printed": "长" * 101}, "Type as printed: at most 100 characters."),
        ({"note_en": "\u202eabc"}, "The row contains characters that no text may hold."),
        ({"id": "99999999"}, "No record of this list has the number “99999999”."),
        ({"id": "x"}, "No record of this list has the number “x”."),
        ({"id": "9" * 40}, f"No record of this list has the number “{'9' * 40}”."),
        ({"version": 7}, "The register does not know version “7” of this record. Export the table again."),
        ({"version": None}, "The register does not know version “” of this record. Export the table again."),
        (
            {"home": "Three"},
            "home: the table says “Three”, the record with this number says “One”. Leave the grey columns as they are.",
        ),
    ],
)
def test_a_row_that_cannot_be_taken_over_is_refused_with_field_and_rule(cells: dict[str, Any], why: str) -> None:
    tie()
    edited: dict[str, Any] = {"note_en": "new", **cells}
    assert refusals(compared(with_cells(**edited))) == [why]


def test_a_date_is_emptied_by_an_empty_cell() -> None:
    tie(founded_year=1982, founded_month=10)
    assert changes(compared(with_cells(founded=None))) == [
        (
            {"founded_year": 1982, "founded_month": 10, "founded_day": None},
            {"founded_year": None, "founded_month": None, "founded_day": None},
        )
    ]


def test_an_error_in_a_cell_is_named() -> None:
    tie()
    [why] = refusals(compared(with_cells(note_en="#REF!")))
    assert "#REF!" in why


def test_rows_that_are_new_or_gone_from_the_table_change_nothing() -> None:
    tie()
    tie(partner=builders.place("three"))

    def change(sheet: Sheet) -> None:
        sheet.delete_rows(2)
        sheet.append([None, None, "One", "Four", "China", "sister city"])

    built = compared(changed(exported(), change))
    assert (built.changes, built.refused, built.unchanged, built.added) == ([], [], 1, 1)
    assert Relationship.objects.filter(home__slug="one").count() == 2


def test_a_row_that_stands_twice_counts_once() -> None:
    row = tie()

    def change(sheet: Sheet) -> None:
        sheet.append([each.value for each in sheet[2]])

    built = compared(changed(exported(), change))
    assert (built.unchanged, refusals(built)) == (1, [f"Number {row.pk} stands in row 2 already."])


def test_columns_that_were_taken_out_or_moved_do_no_harm() -> None:
    tie(note_en="kept")

    def change(sheet: Sheet) -> None:
        sheet.delete_cols(TIES.cells.index("note_en") + 1)
        sheet.insert_cols(1)

    built = compared(changed(exported(), change))
    assert (built.changes, built.unchanged) == ([], 1)


def test_only_who_may_change_a_row_changes_it() -> None:
    tie()
    built = compared(with_cells(note_en="new"), may_change=lambda _row: False)
    assert refusals(built) == [NOT_YOURS]
    assert compared(exported(), may_change=lambda _row: False).unchanged == 1


def test_a_place_that_has_another_name_by_now_is_known_by_its_former_one() -> None:
    row = tie()
    place = Place.objects.get(pk=row.home_id)
    curation.save(place, actor=None)
    content = with_cells(note_en="new")
    place.name_en = "Renamed"
    curation.save(place, actor=None)
    assert changes(compared(content)) == [({"note_en": ""}, {"note_en": "new"})]


# --- what has changed meanwhile ---------------------------------------------------------------------------------------


def meanwhile(row: Relationship, **values: Any) -> None:
    held = Relationship.objects.get(pk=row.pk)
    for column, value in values.items():
        setattr(held, column, value)
    curation.save(held, actor=None)


def test_other_facts_that_changed_meanwhile_stay_as_they_are() -> None:
    row = tie(note_en="old", note_zh="旧")
    content = with_cells(note_en="new")
    meanwhile(row, note_zh="新", type="exchange")
    built = compared(content)
    assert changes(built) == [({"note_en": "old"}, {"note_en": "new"})]
    assert built.changes[0]["version"] == 2


def test_the_same_fact_changed_meanwhile_is_refused_and_named() -> None:
    row = tie(note_en="old")
    content = with_cells(note_en="mine", type="exchange")
    meanwhile(row, note_en="theirs")
    built = compared(content)
    assert refusals(built) == [
        "note_en: somebody has changed it to “theirs” since the table was made; the table says “mine”."
    ]
    assert heading_of("relationship", "note_en") == "英文说明"


def test_what_others_have_written_as_well_is_so_already() -> None:
    row = tie(note_en="old")
    content = with_cells(note_en="same")
    meanwhile(row, note_en="same")
    assert (compared(content).unchanged, compared(content).changes) == (1, [])


def test_a_month_is_not_put_to_a_year_that_others_have_changed() -> None:
    row = tie(founded_year=1982)
    content = with_cells(founded="1982-10")
    meanwhile(row, founded_year=1983)
    assert refusals(compared(content)) == [
        "founded: somebody has changed it to “1983” since the table was made; the table says “1982-10”."
    ]


def test_a_tie_that_was_deleted_meanwhile_is_named() -> None:
    row = tie()
    content = with_cells(note_en="new")
    curation.delete(row, actor=None)
    assert refusals(compared(content)) == [reader.DELETED]


# --- places -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def city() -> Place:
    builders.place("test-province", level="province", name_zh="试省")
    row = Place(slug="test-city", country_id="CN", level="city", name_zh="试市", name_en="Test City")
    row.aliases, row.latitude, row.longitude = "A\nB", 31.47, 104.68
    return curation.save(row, actor=None)


def test_places_go_out_and_come_back(city: Place) -> None:
    for language in ("zh-hans", "en"):
        built = compared(exported(PLACES, language), PLACES)
        assert (built.changes, built.unchanged, built.refused) == ([], 2, [])


def test_facts_of_places_are_changed(city: Place) -> None:
    content = with_cells(
        PLACES,
        row=3,
        name_en="Testville",
        aliases="A\n C ",
        parent="test-province",
        official_code="510700",
        wikidata_id="https://www.wikidata.org/wiki/Q19770",
        latitude="31,5",
        longitude=104.7,
    )
    province = Place.objects.get(slug="test-province")
    [(_before, after)] = changes(compared(content, PLACES))
    assert after == {
        "name_en": "Testville",
        "aliases": "A\nC",
        "parent_id": province.pk,
        "official_code": "510700",
        "wikidata_id": "Q19770",
        "latitude": 31.5,
        "longitude": 104.7,
    }


def test_a_place_whose_cell_is_emptied_lies_in_nothing_any_more(city: Place) -> None:
    city.parent = Place.objects.get(slug="test-province")
    curation.save(city, actor=None)
    assert changes(compared(with_cells(PLACES, row=3, parent=None), PLACES)) == [
        ({"parent_id": city.parent_id}, {"parent_id": None})
    ]


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"parent": "nowhere"}, "Part of: no place has the address “nowhere”."),
        ({"parent": "test-city"}, "Part of: must be of a higher level than the place itself."),
        ({"name_zh": None, "name_en": None}, "Name: give a Chinese or an English name."),
        ({"name_en": "x" * 101}, "English name: at most 100 characters."),
        ({"wikidata_id": "P31"}, "Wikidata item: “P31” is none."),
        ({"latitude": "95"}, "latitude: 95 is not between −90 and 90 degrees."),
        ({"latitude": None}, "latitude is empty, and its counterpart is not."),
        ({"latitude": "north"}, "latitude: “north” is no number of degrees."),
        (
            {"slug": "other", "name_en": "X"},
            reader.OTHER_RECORD % {"field": "slug", "given": "other", "held": "test-city"},
        ),
    ],
)
def test_facts_of_places_that_break_a_rule_are_refused(city: Place, cells: dict[str, Any], why: str) -> None:
    assert refusals(compared(with_cells(PLACES, row=3, **cells), PLACES)) == [why]


# --- files that are none of ours --------------------------------------------------------------------------------------


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04 nothing", "The workbook is damaged. Open it in a spreadsheet program and save it again as XLSX."),
        (b"%PDF-1.7", "This is a PDF document"),
        (b'{"a": 1}', "The file is JSON, not an Excel workbook as stated."),
        (b"\0" * 10, "The file holds nothing but blanks."),
        (b"x" * (reader.MAX_BYTES + 1), "The file is too large: at most 15 MB."),
        (b"a,b\n1,2\n", "This is no table made for editing"),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_refused(content: bytes, why: str) -> None:
    with translation.override("en"), pytest.raises(Unreadable) as refused:
        reader.read(content, TIES)
    assert str(refused.value).startswith(why)


def test_a_table_of_places_is_sent_to_their_list(city: Place) -> None:
    with translation.override("en"), pytest.raises(Unreadable) as refused:
        reader.read(exported(PLACES), TIES)
    assert str(refused.value) == "This table holds: Places. Upload it at their list."


def test_a_table_without_an_end_is_refused() -> None:
    header = ["id", "version", "home", "partner", "country"]
    content = workbook(header, *([number, 1, "a", "b", "c"] for number in range(1, MOST_ROWS + 2)))
    with translation.override("en"), pytest.raises(Unreadable) as refused:
        reader.read(content, TIES)
    assert str(refused.value) == "At most 20,000 rows can be changed at once."


def test_csv_is_read_as_well() -> None:
    row = tie()
    content = f"id,version,home,partner,country,note_en\n{row.pk},1,One,Two,China,new\n".encode()
    assert changes(compared(content)) == [({"note_en": ""}, {"note_en": "new"})]


def test_a_table_takes_as_many_queries_for_thirty_rows_as_for_two() -> None:
    def taken(number: int) -> int:
        Relationship.objects.filter(home__slug="one").delete()
        rows = [tie(partner=builders.place(f"city-{at}")) for at in range(number)]

        def change(sheet: Sheet) -> None:
            for at in range(number):
                sheet.cell(*cell(TIES, "note_en", at + 2)).value = "new"

        content = changed(exported(), change)
        for row in rows:
            meanwhile(row, note_zh="新")
        with CaptureQueriesContext(connection) as captured:
            built = compared(content)
        assert len(built.changes) == number
        return len(captured)

    assert taken(2) == taken(30)
