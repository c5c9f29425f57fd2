"""The register as CSV: exact bytes, and no text that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from friendship import queries
from friendship.exporters.columns import NAMES
from friendship.exporters.csv import Cell, guarded, lines, unguarded
from friendship.exporters.export import Export
from friendship.exporters.forms import FORMS
from friendship.models import Relationship
from friendship.queries import Criteria
from tests import builders
from tests.exporters.register import empty, one_tie, written

pytestmark = pytest.mark.django_db


def rows(content: bytes) -> list[dict[str, str]]:
    """The rows as a program reads them."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_byte_of_a_small_register() -> None:
    one_tie()
    assert written("csv").decode() == "\ufeff" + ",".join(NAMES) + "\r\n" + (
        "7,甲县,One,,Two,日本,Japan,sister,友好城市,active,1982-10,,,,"
        '"Archive, volume 2\nPaper",'
        '"\nOne and Two are sister cities. … still active",'
        '"Test Press\nTest Press","news\nnews","1999\n","\nhttps://paper.example.org/","zh-Hans\nen","archive\npaper",'
        "CN,中国,China,one,county,top,顶省,Top,middle,中市,Middle,,,30.5,104.25,"
        "JP,two,city,,,,two,,Two,,Q1,34.0,-1.5,https://register.example.org/relationships/7/\r\n"
    )


def test_an_empty_list_has_its_header() -> None:
    empty()
    assert written("csv").decode() == "\ufeff" + ",".join(NAMES) + "\r\n"


def test_a_tie_without_sources_and_facts() -> None:
    empty()
    builders.tie(id=8, status="unknown")
    [row] = rows(written("csv", site=""))
    assert {name: text for name, text in row.items() if text} == {
        "id": "8",
        "home_name_en": "One",
        "partner_name_en": "Two",
        "partner_country_zh": "中国",
        "partner_country_en": "China",
        "type": "sister",
        "status": "unknown",
        "home_country": "CN",
        "home_country_zh": "中国",
        "home_country_en": "China",
        "home_slug": "one",
        "home_level": "city",
        "home_city": "one",
        "home_city_en": "One",
        "partner_country": "CN",
        "partner_slug": "two",
        "partner_level": "city",
        "partner_city": "two",
        "partner_city_en": "Two",
        "url": "/relationships/8/",
    }


def test_a_province_stands_in_its_own_column() -> None:
    empty()
    builders.tie(builders.place("top", level="province", name_zh="顶省"), builders.place("two"))
    [row] = rows(written("csv"))
    assert [
        row[f"home_{name}"] for name in ("province", "province_zh", "province_en", "city", "city_zh", "city_en")
    ] == [
        "top",
        "顶省",
        "Top",
        "",
        "",
        "",
    ]


def test_columns_of_sources_run_parallel() -> None:
    empty()
    tie = builders.tie()
    for slug, day in (("a", 2001), ("b", None), ("c", 2003)):
        builders.evidence(tie, builders.source(slug, published_year=day, url="" if slug == "b" else f"https://{slug}/"))
    [row] = rows(written("csv"))
    names = [name for name in NAMES if name.startswith("source")]
    assert {name: row[name].split("\n") for name in names} == {
        "source_titles": ["A", "B", "C"],
        "source_quotes": [""],
        "source_publishers": ["Test Press"] * 3,
        "source_kinds": ["news"] * 3,
        "source_dates": ["2001", "", "2003"],
        "source_urls": ["https://a/", "", "https://c/"],
        "source_languages": ["en"] * 3,
        "sources": ["a", "b", "c"],
    }


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028"])
def test_a_line_break_within_a_title_or_quote_is_a_space(ending: str) -> None:
    empty()
    builders.evidence(builders.tie(), builders.source("a", title=f"two{ending}lines"), quote=f"said{ending}so")
    [row] = rows(written("csv"))
    assert (row["source_titles"], row["source_quotes"]) == ("two lines", "said so")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "'=1", "＝1", "－1", "=cmd|'/C calc'!A0"]
)
def test_no_text_becomes_a_formula(text: str) -> None:
    empty()
    builders.tie(builders.place("one", name_en=text), note_en=text, type_as_printed=text)
    [row] = rows(written("csv"))
    assert {row["home_name_en"], row["note_en"], row["type_as_printed"]} == {f"'{text}"}
    assert unguarded(f"'{text}") == text


def test_numbers_stay_numbers() -> None:
    one_tie()
    assert b",-1.5,https" in written("csv")


CELLS = st.text(st.sampled_from("'=-＝\t\r\n\x85\u2028,\" ab中"), max_size=4) | st.integers() | st.floats() | st.none()


@given(st.integers(2, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8)))
def test_the_file_is_what_a_writer_of_python_makes_of_guarded_cells(rows: list[list[Cell]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    assert "".join(lines(rows)) == "\ufeff" + file.getvalue()


def test_one_cell_that_is_quoted_or_guarded_changes_no_other() -> None:
    """A column is written as it is as long as nothing in it has to be changed, some rows at a time."""
    rows: list[list[Cell]] = [[number, f"text {number}", "a"] for number in range(1000)]
    rows[500][1], rows[501][2] = 'say "x", y', "=1+1"
    written = "".join(lines(rows)).removeprefix("\ufeff").split("\r\n")
    assert (written[500], written[501]) == ('500,"say ""x"", y",a', "501,text 501,'=1+1")
    assert written[:500] + written[502:] == [f"{n},text {n},a" for n in range(1000) if n not in (500, 501)] + [""]


@given(st.text(st.sampled_from("'=+-@\t\r\n＝ab"), max_size=6))
def test_the_guard_can_always_be_taken_away(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["'tis", "O'Higgins", "''", "'", "", "1-2"])
def test_an_apostrophe_that_guards_nothing_stays(text: str) -> None:
    assert (guarded(text), unguarded(text)) == (text, text)


def test_the_same_register_gives_the_same_bytes() -> None:
    assert written("csv") == written("csv")
    assert written("csv") != written("csv", Criteria(sort="home"))


def test_a_table_that_breaks_off_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = queries.exported_rows

    def broken(criteria: Criteria, site: str) -> Iterator[queries.ExportedRow]:
        yield next(whole(criteria, site))
        raise RuntimeError

    monkeypatch.setattr(queries, "exported_rows", broken)
    sent = []
    with pytest.raises(RuntimeError):  # noqa: PT012 (what came before the error counts)
        for block in FORMS["csv"].blocks(Export(Criteria())):
            sent.append(block)  # noqa: PERF402
    assert sent[-1] == b"\r\nTHIS FILE IS INCOMPLETE: the register could not be read to the end.\r\n"


def test_ids_are_those_of_the_list() -> None:
    assert [int(row["id"]) for row in rows(written("csv"))] == [tie.pk for tie in queries.relationships(Criteria())]
    assert len(rows(written("csv"))) == Relationship.objects.published().count()
