"""``manage.py extract``: what a text states, for people and as JSON, without a database."""

from __future__ import annotations

import io
import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.importers.test_docx import document, paragraph

TEXT = "11月12日,绵阳市与意大利奥尔维耶托市签署友好\n合作备忘录。截至目前,绵阳市已有国际友好城市4个。"


def extract(*arguments: str) -> str:
    out = StringIO()
    call_command("extract", *arguments, "--language", "en", stdout=out)
    return out.getvalue()


@pytest.fixture
def text(tmp_path: Path) -> str:
    file = tmp_path / "report.txt"
    file.write_text(TEXT, "utf-8")
    return str(file)


def test_json_names_both_sides_the_facts_the_words_and_the_rule(text: str) -> None:
    said: dict[str, Any] = json.loads(extract(text, "--published", "2024-11-14", "--json"))
    assert said["records"] == [
        {
            "home": {"name": "绵阳市", "level": "prefecture", "province": "四川省", "aliases": []},
            "partner": {"name": "奥尔维耶托市", "country": "意大利", "iso2": "IT", "parent": None},
            "type": "cooperation",
            "type_as_printed": "友好合作",
            "date": "2024-11-12",
            "ended": None,
            "status": "active",
            "explicit": True,
            "derived": ["date"],
            "rule": "founding: both before it",
            "evidence": {"quote": "11月12日,绵阳市与意大利奥尔维耶托市签署友好\n合作备忘录。", "start": 0, "end": 31},
        }
    ]
    assert said["totals"] == [
        {
            "scope": "绵阳市",
            "level": None,
            "as_of": "2024-11-14",
            "countries": None,
            "total": None,
            "sister": 4,
            "cooperation": None,
            "exchange": None,
            "inexact": {},
            "derived": ["as_of"],
            "rule": "word, then figure",
            "quote": "截至目前,绵阳市已有国际友好城市4个。",
            "start": 31,
            "end": 50,
        }
    ]
    assert TEXT[31:50] == "截至目前,绵阳市已有国际友好城市4个。"


def test_people_read_a_line_for_each_with_its_words(text: str) -> None:
    assert extract(text, "--published", "2024-11-14").splitlines() == [
        (
            "绵阳市 — 意大利 奥尔维耶托市: friendly cooperation · 友好合作 · 2024-11-12 · active · date reckoned"
            " [founding: both before it]"
        ),
        "    “11月12日,绵阳市与意大利奥尔维耶托市签署友好合作备忘录。”",
        "绵阳市 (—, 2024-11-14): sister-city ties 4 [word, then figure]",
        "    “截至目前,绵阳市已有国际友好城市4个。”",
    ]


def test_the_place_whose_paper_it_is(tmp_path: Path) -> None:
    file = tmp_path / "ours.txt"
    file.write_text("我市与日本长井市结为友好城市。", "utf-8")
    assert json.loads(extract(str(file), "--json"))["records"] == []
    [record] = json.loads(extract(str(file), "--home", "双鸭山市", "--json"))["records"]
    assert (record["home"]["name"], record["partner"]["name"]) == ("双鸭山市", "长井市")


def test_standard_input_in_the_encoding_of_old_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO("眉山市与瑞士布里恩茨市缔结了国际友好城市。".encode("gb18030"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    [record] = json.loads(extract("-", "--json"))["records"]
    assert record["partner"]["iso2"] == "CH"


def test_a_document_of_an_office_is_read(tmp_path: Path) -> None:
    file = tmp_path / "report.DOCX"
    file.write_bytes(document(paragraph("1999年，绵阳市与法国里昂市结为友好城市。")))
    assert extract(str(file)).splitlines() == [
        "绵阳市 — 法国 里昂市: sister city · 友好城市 · 1999 · active [founding: both before it]",
        "    “1999年，绵阳市与法国里昂市结为友好城市。”",
    ]
    file.write_bytes(b"no document")
    with pytest.raises(CommandError, match=r"is named \.docx and is none"):
        extract(str(file))


def test_a_tie_that_is_only_implied_says_so(tmp_path: Path) -> None:
    file = tmp_path / "implied.txt"
    file.write_text("四川省与德国巴伐利亚州共同推动职业教育项目落户四川。", "utf-8")
    assert extract(str(file)).splitlines()[0] == (
        "四川省 — 德国 巴伐利亚州: friendly exchange · — · active · implied [implied: project]"
    )


def test_a_text_without_a_tie_says_so(tmp_path: Path) -> None:
    file = tmp_path / "none.txt"
    file.write_text("市长会见了来访的客人。", "utf-8")
    assert extract(str(file)) == "The text states no tie and no total.\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "There is no file “missing.txt”. Name a file, or - for standard input."),
        (["-", "--published", "May 2023"], "--published: Write the date as 1982, 1982-10 or 1982-10-03."),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(
    arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("四川".encode())))
    with pytest.raises(CommandError, match=message.replace("(", r"\(")):
        extract(*arguments)
