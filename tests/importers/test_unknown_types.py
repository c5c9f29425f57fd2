"""A word for a type that the register does not know: it is told, and nothing is claimed in its place."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from friendship.importers import planning, runs
from friendship.models import ImportRun, Place, Relationship
from tests import builders
from tests.admin.desk import at_the_desk

pytestmark = pytest.mark.django_db

HEADER = "中方城市,外方城市,国别,结好时间,类型\n"
TIE = ("tie", "other", "implied")
WORD = ("type", "奇怪类型", "explicit")


def imported(*rows: str, take: bool = False) -> ImportRun:
    run = runs.receive((HEADER + "\n".join(rows)).encode(), "list.csv", by=None)
    runs.check(run)
    if take:
        run.rows.update(choice="take")
        runs.check(run)
    runs.load(run)
    return run


def told(run: ImportRun) -> list[tuple[str, str]]:
    with translation.override("zh-hans"):
        return [(row.outcome, translation.gettext(row.reason) % row.parameters) for row in run.rows.order_by("number")]


def only() -> Relationship:
    return Relationship.objects.get(partner__name_zh="合成甲市")


def said(tie: Relationship) -> list[tuple[str, str, str]]:
    """What the list says of the kind of tie."""
    rows = tie.evidence.filter(claim__in=["tie", "type"], source__slug__startswith="list-")
    return sorted(rows.values_list("claim", "value", "strength"))


@pytest.mark.parametrize("word", ["奇怪类型", "国际友好诚市"])
def test_a_new_tie_says_so_and_its_evidence_claims_nothing(word: str) -> None:
    run = imported(f"绵阳市,合成甲市,日本,1985,{word}")
    assert told(run) == [("created", f"类型：“{word}”不是名录所用的类型，暂按“其他”登记，名单原词予以保留，请核对。")]
    assert (only().type, only().type_as_printed) == ("other", word)
    assert said(only()) == [TIE, ("type", word, "explicit")]


def test_an_inexact_date_beside_it_is_told_as_well() -> None:
    run = imported("绵阳市,合成甲市,日本,约1985年,奇怪类型")
    assert told(run) == [
        (
            "created",
            (
                "类型：“奇怪类型”不是名录所用的类型，暂按“其他”登记；日期“约1985年”不确切，未予采用。"
                "名单原词均予保留，请核对。"
            ),
        )
    ]


@pytest.mark.parametrize(
    ("word", "evidence"),
    [
        ("其他", [("tie", "other", "explicit")]),
        ("友好港", [("tie", "other", "explicit"), ("type", "友好港", "explicit")]),
        ("", [("tie", "sister", "implied")]),
        ("友好城市", [("tie", "sister", "explicit"), ("type", "友好城市", "explicit")]),
    ],
)
def test_words_that_are_known_and_empty_cells_are_as_before(word: str, evidence: list[tuple[str, str, str]]) -> None:
    run = imported(f"绵阳市,合成甲市,日本,1985,{word}")
    assert told(run) == [("created", "")]
    assert said(only()) == evidence


def test_a_second_import_says_nothing_new() -> None:
    row = "绵阳市,合成甲市,日本,1985,奇怪类型"
    imported(row)
    assert told(imported(row)) == [("unchanged", "")]
    assert said(only()) == [TIE, WORD]


def held(**fields: object) -> Relationship:
    """A sister tie of the register, by a newspaper."""
    partner = builders.place("jia", country_id="JP", name_zh="合成甲市")
    tie = builders.tie(Place.objects.get(slug="mianyang"), partner, **fields)
    builders.evidence(tie)
    return tie


def test_a_tie_of_the_register_keeps_its_type_and_fills_no_gap() -> None:
    tie = held()
    run = imported("绵阳市,合成甲市,日本,1985,奇怪类型")
    assert told(run) == [
        ("conflict", "类型：“奇怪类型”不是名录所用的类型。名录内容保持不变，名单所载并列作为依据，请核对。")
    ]
    tie.refresh_from_db()
    assert (tie.type, tie.type_as_printed, tie.founded) == ("sister", "", None)
    assert said(tie) == [("tie", "", "implied"), WORD]


def test_staff_take_what_the_list_says_but_no_type() -> None:
    tie = held()
    assert [outcome for outcome, _reason in told(imported("绵阳市,合成甲市,日本,1985,奇怪类型", take=True))] == [
        "updated"
    ]
    tie.refresh_from_db()
    assert (tie.type, tie.type_as_printed, tie.founded_year) == ("sister", "奇怪类型", 1985)


def test_a_later_row_names_the_type() -> None:
    run = imported("绵阳市,合成甲市,日本,1985,奇怪类型", "绵阳市,合成甲市,日本,1985,国际友好城市")
    assert [outcome for outcome, _reason in told(run)] == ["created", "duplicate"]
    assert only().type == "sister"
    assert ("tie", "sister", "explicit") in said(only())
    assert not only().evidence.filter(value="other").exists()


# --- where it is read -------------------------------------------------------------------------------------------------


def test_the_command_reports_it_before_and_after(tmp_path: Path) -> None:
    file, report = tmp_path / "list.csv", tmp_path / "out.json"
    file.write_text(f"{HEADER}绵阳市,合成甲市,日本,1985,奇怪类型\n", "utf-8")
    for options in (["--dry-run"], []):
        call_command("import_relationships", str(file), "--report", str(report), *options, verbosity=0)
        [row] = json.loads(report.read_text("utf-8"))["rows"]
        assert (row["outcome"], "奇怪类型" in row["reason"], "其他" in row["reason"]) == ("created", True, True)


def test_the_preview_shows_it_before_anything_is_loaded() -> None:
    run = runs.receive(f"{HEADER}绵阳市,合成甲市,日本,1985,奇怪类型\n".encode(), "list.csv", by=None)
    runs.check(run)
    editor: Client = at_the_desk("editor", "Editors")
    page = editor.get(f"/en/admin/friendship/importrun/{run.pk}/change/?outcome=created").content.decode()
    assert planning.UNKNOWN_TYPE % {"type": "奇怪类型"} in unescape(page)
    assert not Relationship.objects.filter(partner__name_zh="合成甲市").exists()
