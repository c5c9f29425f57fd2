"""A list on its way into the register: who may do what, what each page shows, and that nothing in a file is obeyed."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from friendship import curation
from friendship.admin.import_samples import HEADERS
from friendship.curation import imports as loading
from friendship.enums import Outcome, RowChoice
from friendship.importers import reading, runs
from friendship.models import ColumnMapping, ImportRow, ImportRun, Place, Relationship, Source
from tests import builders
from tests.admin.desk import at_the_desk, said, with_permissions

pytestmark = pytest.mark.django_db

IMPORTS = "/en/admin/friendship/importrun/"
OFFICE = "序号,中方城市,外方城市,国别,结好时间,备注\n1,绵阳市,清迈,泰国,2017,\n".encode()
UNKNOWN = b"Hither,Thither,Realm\nOne,Two,Thailand\nOne,=cmd|' /C calc'!A0,<b>Thailand</b>\n"
HOSTILE = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


class Started(list[str]):
    """The tasks that were begun, in order."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """No process is started; what would have been is noted."""
    tasks = Started()
    monkeypatch.setattr(runs, "_launch", lambda key, task, _language: tasks.append(task))
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())
    return tasks


def run(state: str = "checked", **fields: Any) -> ImportRun:
    """An import of a small table."""
    known = {"file_name": "list.csv", "content": OFFICE, "format": "office", "state": state}
    return ImportRun.objects.create(**{**known, **fields})


def row(of: ImportRun, number: int, outcome: str, **fields: Any) -> ImportRow:
    return ImportRow.objects.create(run=of, number=number, outcome=outcome, **fields)


def address(of: ImportRun, step: str = "change/") -> str:
    return f"{IMPORTS}{of.pk}/{step}"


def upload(client: Client, content: bytes = OFFICE, name: str = "list.csv", **fields: Any) -> Any:
    """Press the button of the upload page."""
    described = {"new-title": "", "new-publisher": "", "new-kind": "", "new-language": "zh-Hans"}
    sent = {"file": SimpleUploadedFile(name, content), "type": "sister", "source": "", **described, **fields}
    return client.post(f"{IMPORTS}add/", sent)


def wrong(response: Any) -> dict[str, list[str]]:
    """What the page of an upload or of columns marks as wrong, by the field."""
    form = response.context["form"]
    forms = [form, form.new_source] if hasattr(form, "new_source") else [form]
    return {name: [str(error) for error in errors] for each in forms for name, errors in each.errors.items()}


def shown(client: Client, of: ImportRun, query: str = "") -> str:
    page = client.get(address(of) + query)
    assert page.status_code == 200
    return str(page.content.decode())


def listed(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-row="(\d+)"', page)]


def tabs(page: str) -> list[tuple[str, int]]:
    found = re.findall(r'data-outcome="(\w+)">[^<]*<span class="count">(\d+)<', page)
    return [(value, int(count)) for value, count in found]


# --- the list of imports, and who may do what ------------------------------------------------------------------------


def test_the_list_says_how_each_import_stands() -> None:
    run("loaded", counts={"created": 2, "rejected": 1}, started_by=User.objects.create_user("clerk"))
    page = at_the_desk("editor", "Editors").get(IMPORTS).content.decode()
    cells = re.findall(r'<t[dh] class="field-(\w+)[^"]*">(?:<a[^>]*>)?([^<]*)', page)
    assert [cell for cell in cells if cell[0] != "started_at"] == [
        ("file_name", "list.csv"),
        ("format", "a table of a foreign affairs office"),
        ("state", "loaded"),
        ("outcomes", "created 2, rejected 1"),
        ("started_by", "clerk"),
    ]
    assert f'href="{IMPORTS}add/" class="addlink">Import a list</a>' in page


def test_a_list_takes_as_many_queries_for_thirty_imports_as_for_one() -> None:
    root = at_the_desk("root")
    run(started_by=User.objects.create_user("clerk-0"))
    counts = []
    for wanted in (1, 30):
        for number in range(ImportRun.objects.count(), wanted):
            run(started_by=User.objects.create_user(f"clerk-{number}"))
        root.get(IMPORTS)
        with CaptureQueriesContext(connection) as captured:
            assert root.get(IMPORTS).status_code == 200
        counts.append(len(captured))
        assert not any('"friendship_importrun"."content"' in query["sql"] for query in captured)
    assert counts == [5, 5]


def test_visitors_who_may_only_look_do_nothing(started: Started) -> None:
    helper = with_permissions("view_importrun")
    waiting, loaded = run(), run("loaded", loaded_at=timezone.now())
    row(waiting, 2, "created")
    page = shown(helper, waiting)
    assert "<form" not in page.partition('id="content"')[2]
    steps = [(waiting, "check/"), (waiting, "load/"), (waiting, "answers/"), (waiting, "decisions/")]
    steps += [(waiting, "columns/"), (waiting, "delete/"), (loaded, "undo/")]
    assert [helper.post(address(*step)).status_code for step in steps] == [403] * len(steps)
    assert helper.get(f"{IMPORTS}add/").status_code == 403
    assert (started, ImportRun.objects.count()) == ([], 2)


def test_staff_without_rights_see_nothing() -> None:
    helper = with_permissions("view_place")
    held = run()
    steps = ["change/", "rows.csv?outcome=created", "report.json"]
    assert [helper.get(address(held, step)).status_code for step in steps] == [403] * 3
    assert [helper.get(IMPORTS + step).status_code for step in ("", "sample.xlsx")] == [403] * 2


@pytest.mark.parametrize("where", ["abc/change/", "%00/change/", "99999999999999999999/change/", "99/undo/"])
def test_an_address_that_no_import_has_is_not_found(where: str) -> None:
    assert at_the_desk("root").get(IMPORTS + where).status_code == 404


# --- upload -----------------------------------------------------------------------------------------------------------


def test_a_list_is_kept_and_compared(started: Started) -> None:
    paper = builders.source()
    response = upload(at_the_desk("editor", "Editors"), source=paper.pk, type="cooperation")
    held = ImportRun.objects.get()
    assert response["Location"] == address(held)
    assert (bytes(held.content), held.file_name, held.format) == (OFFICE, "list.csv", "office")
    assert (held.source, held.type, held.publish, held.state) == (paper, "cooperation", False, "checking")
    assert (str(held.started_by), started) == ("editor", ["check"])


def test_a_new_source_comes_with_the_list(started: Started) -> None:
    described: dict[str, Any] = {"new-title": "A list", "new-publisher": "An office", "new-kind": "official"}
    described |= {"new-published_on": "2026-11", "new-url": "https://example.org/list", "new-language": "en"}
    upload(at_the_desk("editor", "Editors"), **described)
    paper = ImportRun.objects.get().source
    assert paper is not None
    assert (paper.title, paper.publisher, paper.kind, paper.language) == ("A list", "An office", "official", "en")
    assert (paper.published_on and paper.published_on.iso, paper.url) == ("2026-11", "https://example.org/list")
    assert str(paper.history.get().history_user) == "editor"


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"new-title": "A list"}, "publisher", "This field is required."),
        ({"new-url": "no address"}, "url", "Enter a valid URL."),
        ({"type": "friends"}, "type", "Select a valid choice. friends is not one of the available choices."),
        ({"source": "99999"}, "source", "Select a valid choice. That choice is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(started: Started, fields: Any, field: str, rule: str) -> None:
    response = upload(at_the_desk("editor", "Editors"), **fields)
    assert wrong(response)[field] == [rule]
    assert (ImportRun.objects.count(), started) == (0, [])
    assert all(f'value="{value}"' in response.content.decode() for value in fields.values() if value == "A list")


def test_one_source_is_chosen_or_described_and_not_both(started: Started) -> None:
    paper = builders.source()
    described: dict[str, Any] = {"new-title": "A list", "new-publisher": "An office", "new-kind": "official"}
    response = upload(at_the_desk("editor", "Editors"), source=paper.pk, **described)
    assert wrong(response) == {"source": ["Source: choose one, or describe a new one below, not both."]}


def test_a_source_that_the_register_refuses_is_told(started: Started) -> None:
    builders.source("a-list", title="A list")
    described: dict[str, Any] = {"new-title": "A list", "new-publisher": "An office", "new-kind": "official"}
    response = upload(at_the_desk("editor", "Editors"), **described)
    assert wrong(response) == {"__all__": ["Address: another source already uses it."]}
    assert ImportRun.objects.count() == 0


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\0\0\0", b"one line of text"])
def test_a_file_that_cannot_be_read_leaves_nothing(started: Started, content: bytes) -> None:
    before = Source.objects.count()
    described: dict[str, Any] = {"new-title": "A list", "new-publisher": "An office", "new-kind": "official"}
    response = upload(at_the_desk("editor", "Editors"), content, **described)
    assert len(wrong(response)["file"]) == 1
    assert (ImportRun.objects.count(), Source.objects.count(), started) == (0, before, [])


def test_a_file_that_is_too_large_is_not_even_read(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("friendship.importers.tables.MAX_BYTES", len(OFFICE) - 1)
    assert wrong(upload(at_the_desk("editor", "Editors"))) == {"file": ["The file is too large: at most 0 MB."]}


def test_only_reviewers_are_asked_whether_to_publish(started: Started) -> None:
    editor, reviewer = at_the_desk("editor", "Editors"), at_the_desk("reviewer", "Reviewers")
    assert ["publish" in who.get(f"{IMPORTS}add/").context["form"].fields for who in (editor, reviewer)] == [
        False,
        True,
    ]
    upload(editor, publish="on")
    upload(reviewer, publish="on")
    assert list(ImportRun.objects.order_by("pk").values_list("publish", flat=True)) == [False, True]


def test_the_table_to_fill_in_is_one_that_is_understood() -> None:
    content = at_the_desk("editor", "Editors").get(f"{IMPORTS}sample.xlsx").content
    [sheet] = load_workbook(io.BytesIO(content)).worksheets
    lines = list(sheet.iter_rows(values_only=True))
    assert (lines[0], len(lines)) == (HEADERS, 3)
    listing = reading.read(content, "sample.xlsx")
    assert (listing.format, len(listing.records)) == ("office", 2)


# --- columns that nobody knows ----------------------------------------------------------------------------------------

MEANINGS = {"column-0": "home", "column-1": "partner", "column-2": "partner_country"}


def test_unknown_columns_are_asked_for_once(started: Started) -> None:
    editor = at_the_desk("editor", "Editors")
    response = upload(editor, UNKNOWN, "Roll.csv")
    held = ImportRun.objects.get()
    assert (response["Location"], held.format, started) == (address(held, "columns/"), "", [])
    assert editor.get(address(held))["Location"] == address(held, "columns/")

    page = editor.get(address(held, "columns/")).content.decode()
    assert re.findall(r'<label for="id_column-\d"><bdi>([^<]+)', page) == ["Hither", "Thither", "Realm"]
    assert "&lt;b&gt;Thailand&lt;/b&gt;" in page

    assert editor.post(address(held, "columns/"), MEANINGS)["Location"] == address(held)
    held.refresh_from_db()
    fields = {"home": 0, "partner": 1, "partner_country": 2}
    assert (held.format, held.mapping, held.state, started) == ("mapped", fields, "checking", ["check"])
    assert ColumnMapping.objects.get().fields == fields

    upload(editor, UNKNOWN, "Roll again.csv")
    again = ImportRun.objects.get(file_name="Roll again.csv")
    assert (again.format, again.mapping, started) == ("mapped", fields, ["check", "check"])


@pytest.mark.parametrize(
    ("meanings", "rules"),
    [
        ({"column-0": "home"}, ["No column is said to mean: partner side, country or region of the partner side."]),
        (
            {**MEANINGS, "column-2": "partner"},
            [
                "partner side: several columns are said to mean this.",
                "No column is said to mean: country or region of the partner side.",
            ],
        ),
    ],
)
def test_what_the_columns_must_say_is_told(started: Started, meanings: Any, rules: list[str]) -> None:
    editor = at_the_desk("editor", "Editors")
    upload(editor, UNKNOWN)
    held = ImportRun.objects.get()
    response = editor.post(address(held, "columns/"), meanings)
    assert wrong(response) == {"__all__": rules}
    assert '<option value="home" selected>' in response.content.decode()
    assert (ColumnMapping.objects.count(), started) == (0, [])


def test_columns_can_be_told_anew_before_loading(started: Started) -> None:
    editor = at_the_desk("editor", "Editors")
    upload(editor, UNKNOWN)
    held = ImportRun.objects.get()
    editor.post(address(held, "columns/"), MEANINGS)
    ImportRun.objects.update(state="checked")
    assert address(held, "columns/") in shown(editor, held)
    assert '<option value="home" selected>' in editor.get(address(held, "columns/")).content.decode()
    editor.post(address(held, "columns/"), {**MEANINGS, "column-0": "partner", "column-1": "home"})
    held.refresh_from_db()
    assert held.mapping == {"partner": 0, "home": 1, "partner_country": 2}

    ImportRun.objects.update(state="loaded")
    assert editor.post(address(held, "columns/"), MEANINGS)["Location"] == address(held)
    held.refresh_from_db()
    assert held.mapping == {"partner": 0, "home": 1, "partner_country": 2}


# --- progress ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["checking", "loading", "undoing"])
def test_progress_looks_again_by_itself(state: str) -> None:
    held = run(state, stage="Comparing with the register", done=180, total=440)
    page = at_the_desk("editor", "Editors").get(address(held))
    assert page["Refresh"] == "2"
    assert '<progress aria-labelledby="progress-stage" max="440" value="180">' in page.content.decode()
    assert "180 of 440" in page.content.decode()


@pytest.mark.parametrize(("state", "nothing"), [("loading", "Nothing was loaded."), ("undoing", "Nothing was undone.")])
def test_a_lost_process_is_told_and_started_again(started: Started, state: str, nothing: str) -> None:
    held = run(state, loaded_at=timezone.now() if state == "undoing" else None)
    ImportRun.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    editor = at_the_desk("editor", "Editors")
    page = editor.get(address(held))
    assert "Refresh" not in page
    assert nothing in page.content.decode()
    editor.post(address(held, "check/"))
    held.refresh_from_db()
    expected = ("loaded", []) if state == "undoing" else ("checking", ["check"])
    assert (held.state, started) == expected


def test_a_failure_says_why_and_may_begin_again(started: Started) -> None:
    held = run("failed", error="A reason.")
    editor = at_the_desk("editor", "Editors")
    assert '<p class="errornote">A reason.</p>' in shown(editor, held)
    editor.post(address(held, "check/"))
    held.refresh_from_db()
    assert (held.state, held.error, started) == ("checking", "", ["check"])


def test_a_list_is_compared_once_more_and_not_while_it_is_loaded(started: Started) -> None:
    held, editor = run("checked"), at_the_desk("editor", "Editors")
    assert said(editor.post(address(held, "check/"))) == []
    ImportRun.objects.update(state="loading")
    assert said(editor.post(address(held, "check/"))) == [
        "Someone else has just started this. The page now shows how it stands."
    ]
    held.refresh_from_db()
    assert (held.state, started) == ("loading", ["check"])


# --- preview ----------------------------------------------------------------------------------------------------------


def preview() -> ImportRun:
    """An import with rows of every outcome: 2 created, 1 updated, 1 in conflict, 1 rejected, 1 with a question."""
    held, tie = run(), builders.tie()
    row(held, 2, "created", home="One", partner=HOSTILE, text=f"One | {HOSTILE}")
    row(held, 3, "created", home="One", partner="\u202eowT")
    row(held, 4, "updated", relationship=tie)
    papers = [builders.source("a-paper").slug, builders.source("another", title="<i>Another</i>").slug]
    difference = {"field": "founded", "held": "1993-09-12", "given": "1994", "sources": papers}
    row(held, 5, "conflict", relationship=tie, differences=[difference])
    row(held, 6, "rejected", reason="Row %(row)s is wrong.", parameters={"row": "=1+1"}, text="6 | =cmd|' /C calc'!A0")
    candidates = [builders.place("aurora-1", name_en="Aurora").pk, builders.place("aurora-2", name_en="Aurora").pk]
    question = {"key": "US/aurora", "side": "partner", "text": "Aurora, US", "candidates": candidates}
    question["others"] = [{"key": "US||aurora|colorado|", "text": f"Aurora (Colorado), {HOSTILE}"}]
    row(held, 7, "rejected", questions=[question])
    row(held, 8, "rejected", questions=[question])
    return held


def test_the_preview_shows_each_outcome_and_questions_first() -> None:
    held, editor = preview(), at_the_desk("editor", "Editors")
    page = shown(editor, held)
    assert tabs(page) == [
        ("questions", 2),
        ("conflict", 1),
        ("rejected", 1),
        ("created", 2),
        ("updated", 1),
        ("duplicate", 0),
        ("unchanged", 0),
    ]
    assert re.findall(r'data-outcome="(\w+)"', page.partition('aria-current="page"')[2])[0] == "questions"
    numbers = {outcome: listed(shown(editor, held, f"?outcome={outcome}")) for outcome in Outcome.values}
    assert numbers == {
        "created": [2, 3],
        "updated": [4],
        "unchanged": [],
        "duplicate": [],
        "conflict": [5],
        "rejected": [6],
    }
    assert 'value="Load 4 rows"' in page
    assert "2 new ties become drafts: the public sees them only after a reviewer has published them." in page


def test_differences_are_told_in_words_with_their_sources() -> None:
    held = preview()
    page = shown(at_the_desk("editor", "Editors"), held, "?outcome=conflict")
    [told] = re.findall(r"<li>(<strong>.*?)</li>", page)
    assert re.sub("<[^>]+>", "", told) == (
        "Date established 12 September 1993 (A-Paper, &lt;i&gt;Another&lt;/i&gt;) → 1994"
    )
    tie = Relationship.objects.get(home__slug="one")
    assert f'href="/en/admin/friendship/relationship/{tie.pk}/change/">5</a>' in page


def test_nothing_of_a_file_is_markup() -> None:
    held, editor = preview(), at_the_desk("editor", "Editors")
    ImportRun.objects.update(file_name=f"{HOSTILE}.csv")
    for query in ("", *(f"?outcome={outcome}" for outcome in Outcome.values)):
        page = shown(editor, held, query)
        assert HOSTILE not in page
    created = shown(editor, held, "?outcome=created")
    assert f"<bdi>{ESCAPED}</bdi>" in created
    assert "<bdi>\u202eowT</bdi>" in created
    assert HOSTILE not in editor.get(IMPORTS).content.decode()


def test_rows_are_downloaded_without_formulas() -> None:
    held = preview()
    lines = ["中方城市,外方城市,国别", *["绵阳市,普吉市,泰国"] * 4, "绵阳市,=cmd|' /C calc'!A0,泰国"]
    ImportRun.objects.update(content="\n".join(lines).encode(), format="office")
    answer = at_the_desk("editor", "Editors").get(address(held, "rows.csv?outcome=rejected"))
    assert answer["Content-Disposition"] == f'attachment; filename="import-{held.pk}-rejected.csv"'
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined] # a streaming answer
    assert list(csv.reader(io.StringIO(text))) == [
        ["中方城市", "外方城市", "国别", "Row", "Why"],
        ["绵阳市", "'=cmd|' /C calc'!A0", "泰国", "6", "Row =1+1 is wrong."],
    ]
    assert at_the_desk("reviewer", "Reviewers").get(address(held, "rows.csv?outcome=x")).status_code == 404


def test_rows_of_a_file_that_is_no_table_stand_in_one_cell() -> None:
    held = run(content=b'[{"home": "One"}]', format="register")
    row(held, 2, "rejected", reason="Row %(text)s is wrong.", parameters={"text": "2"}, text="=One")
    answer = at_the_desk("editor", "Editors").get(address(held, "rows.csv?outcome=rejected"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined] # a streaming answer
    assert list(csv.reader(io.StringIO(text))) == [
        ["Row", "Why", "Row of the file"],
        ["2", "Row 2 is wrong.", "'=One"],
    ]


def test_a_hundred_rows_to_a_page_with_as_many_queries_as_for_one() -> None:
    held, root = run(), at_the_desk("root")
    tie = builders.tie()
    row(held, 2, "updated", relationship=tie)
    counts = []
    for wanted in (1, 250):
        for number in range(held.rows.count(), wanted):
            row(held, number + 2, "updated", relationship=tie)
        shown(root, held)
        with CaptureQueriesContext(connection) as captured:
            shown(root, held, "?outcome=updated")
        counts.append(len(captured))
    pages = [listed(shown(root, held, f"?outcome=updated&page={page}")) for page in (1, 2, 3)]
    assert [(page[0], page[-1], len(page)) for page in pages] == [(2, 101, 100), (102, 201, 100), (202, 251, 50)]
    assert counts == [9, 9]


@pytest.mark.parametrize("query", ["?outcome=x", "?page=x", "?page=-1", "?outcome=created&page=99", "?outcome=%00"])
def test_an_odd_address_shows_rows_all_the_same(query: str) -> None:
    assert len(tabs(shown(at_the_desk("editor", "Editors"), preview(), query))) == 7


# --- answers and decisions --------------------------------------------------------------------------------------------


def test_a_place_is_asked_for_once_and_answered(started: Started) -> None:
    held, editor = preview(), at_the_desk("editor", "Editors")
    page = shown(editor, held)
    assert re.findall(r"<legend>\s*(.*?)\s*<span class=\"count\">(.*?)</span>", page) == [
        ("Aurora (United States): which place is meant?", "2 rows wait")
    ]
    first, second = Place.objects.filter(slug__startswith="aurora").order_by("pk")
    assert re.findall(r'name="answer-US/aurora" value="([^"]+)"> <bdi>(.*?)</bdi>', page) == [
        (str(first.pk), "Aurora (China · city level)"),
        (str(second.pk), "Aurora (China · city level)"),
        ("US||aurora|colorado|", f"Aurora (Colorado), {ESCAPED}: new, from this list"),
        ("new", "a new place, none of these"),
    ]
    editor.post(address(held, "answers/"), {"answer-US/aurora": str(second.pk)})
    held.refresh_from_db()
    assert (held.answers, held.state, started) == ({"US/aurora": second.pk}, "checking", ["check"])

    for said_next in ("US||aurora|colorado|", "new"):
        ImportRun.objects.update(state="checked")
        editor.post(address(held, "answers/"), {"answer-US/aurora": said_next})
        held.refresh_from_db()
        assert held.answers == {"US/aurora": said_next}


@pytest.mark.parametrize("answer", ["", "1", "nothing", "-1"])
def test_only_the_places_in_question_are_an_answer(started: Started, answer: str) -> None:
    held = preview()
    response = at_the_desk("editor", "Editors").post(address(held, "answers/"), {"answer-US/aurora": answer})
    held.refresh_from_db()
    assert (said(response), held.answers, started) == (["No question was answered."], {}, [])


def choices(of: ImportRun) -> dict[int, str]:
    return {row.number: row.choice for row in of.rows.exclude(choice=RowChoice.PROPOSED)}


def test_rows_are_decided_one_by_one_or_all_alike(started: Started) -> None:
    held, editor = preview(), at_the_desk("editor", "Editors")
    where = address(held, "decisions/")
    response = editor.post(where, {"outcome": "conflict", "choice-5": "take"})
    assert (said(response), response["Location"]) == (["1 decision was kept."], f"{address(held)}?outcome=conflict")
    assert choices(held) == {5: "take"}
    assert '<option value="take" selected>take the list’s value' in shown(editor, held, "?outcome=conflict")
    editor.post(where, {"outcome": "created", "choice-2": "skip", "choice-3": "take", "choice-5": "skip"})
    assert choices(held) == {2: "skip", 5: "take"}  # a new tie has nothing to take; row 5 is not on this page
    assert 'value="Load 3 rows"' in shown(editor, held)

    editor.post(where, {"outcome": "conflict", "all": "skip"})
    editor.post(where, {"outcome": "created", "all": "proposed"})
    assert choices(held) == {5: "skip"}
    assert started == []


def test_a_decision_that_was_compared_already_can_be_taken_back(started: Started) -> None:
    held, editor = run(), at_the_desk("editor", "Editors")
    row(held, 2, "rejected", choice="skip", reason="Left out by staff.")
    row(held, 3, "updated", choice="take", relationship=builders.tie())
    row(held, 4, "rejected")
    assert shown(editor, held, "?outcome=rejected").count("<select name=") == 1
    assert '<option value="take" selected>' in shown(editor, held, "?outcome=updated")
    editor.post(address(held, "decisions/"), {"outcome": "updated", "choice-3": "take"})
    editor.post(address(held, "decisions/"), {"outcome": "rejected", "choice-2": "proposed", "choice-4": "take"})
    assert choices(held) == {3: "take"}


@pytest.mark.parametrize("entries", [{"outcome": "created", "all": "take"}, {"outcome": "rejected", "all": "take"}])
def test_what_cannot_be_chosen_is_not_decided(entries: dict[str, str]) -> None:
    held = preview()
    at_the_desk("editor", "Editors").post(address(held, "decisions/"), entries)
    assert choices(held) == {}


@pytest.mark.parametrize("step", ["answers/", "decisions/"])
def test_nothing_is_decided_about_an_import_that_is_under_way(started: Started, step: str) -> None:
    held = preview()
    ImportRun.objects.update(state="loading")
    response = at_the_desk("editor", "Editors").post(address(held, step), {"outcome": "conflict", "all": "take"})
    assert said(response) == ["This import does not wait for decisions any more."]
    assert (choices(held), started) == ({}, [])


# --- loading ----------------------------------------------------------------------------------------------------------


def load(desk: Client, held: ImportRun) -> Any:
    """Press the button of the preview as it stands."""
    return desk.post(address(held, "load/"), {"seen": ImportRun.objects.get(pk=held.pk).seen_at.isoformat()})


def test_what_was_decided_after_the_page_was_opened_is_looked_at_first(started: Started) -> None:
    held, reviewer = preview(), at_the_desk("reviewer", "Reviewers")
    seen = {"seen": ImportRun.objects.get(pk=held.pk).seen_at.isoformat()}
    assert f'name="seen" value="{seen["seen"]}"' in shown(reviewer, held)
    runs.decide_all(held, "conflict", "take")
    warned = said(reviewer.post(address(held, "load/"), seen))
    assert warned == ["Something was decided or compared anew since you opened this page. Look at it again, then load."]
    assert started == []
    load(reviewer, held)
    assert started == ["load"]


def test_pressed_twice_it_is_loaded_once(started: Started) -> None:
    held = preview()
    first, second = at_the_desk("first", "Editors"), at_the_desk("second", "Editors")
    assert said(load(first, held)) == []
    late = load(second, held)
    assert said(late) == ["Someone else has just started this. The page now shows how it stands."]
    held.refresh_from_db()
    assert (late["Location"], started, str(held.confirmed_by)) == (address(held), ["load"], "first")


def test_only_reviewers_load_what_is_public_at_once(started: Started) -> None:
    held, editor = preview(), at_the_desk("editor", "Editors")
    ImportRun.objects.update(publish=True, started_by=User.objects.get(username="editor"))
    page = shown(editor, held)
    refusal = "The public sees a part of this list: a reviewer has to confirm it."
    assert refusal in page
    assert 'name="_load"' not in page
    assert said(load(editor, held)) == [refusal]
    assert started == []
    reviewer = at_the_desk("reviewer", "Reviewers")
    assert "2 new ties are public as soon as they are loaded" in shown(reviewer, held)
    load(reviewer, held)
    assert started == ["load"]


def test_where_nothing_would_change_there_is_nothing_to_press() -> None:
    held = run()
    row(held, 2, "unchanged")
    page = shown(at_the_desk("editor", "Editors"), held)
    assert "Nothing: no row of this list would change the register." in page
    assert 'name="_load"' not in page


@pytest.mark.parametrize("step", ["check/", "load/", "answers/", "decisions/"])
def test_an_address_that_is_only_opened_does_nothing(started: Started, step: str) -> None:
    held = preview()
    assert at_the_desk("editor", "Editors").get(address(held, step))["Location"] == address(held)
    assert started == []


# --- the result, and back ---------------------------------------------------------------------------------------------


def loaded_import(review_state: str = "draft") -> ImportRun:
    """An import that has added a tie with a new place, and changed a tie that was there."""
    held = run("loaded", loaded_at=timezone.now())
    new = Place(country_id="CN", level="city", name_en="Newport", slug="newport", review_state=review_state)
    tie = Relationship(home=builders.place("one"), partner=new, type="sister", review_state=review_state)
    known = builders.tie(builders.place("two"), builders.place("three"), review_state="draft")
    known.type_as_printed = "twin"
    load = loading.Load(places=[new], ties=[tie], changed=[(known, ("type_as_printed",))])
    loading.load(load, actor=None, reason=held.history_reason)
    row(held, 2, "created", relationship=tie)
    row(held, 3, "updated", relationship=known)
    row(held, 4, "unchanged", relationship=builders.tie(builders.place("two"), builders.place("four")))
    return held


def test_the_result_says_what_was_written_and_leads_there() -> None:
    held, editor = loaded_import(), at_the_desk("editor", "Editors")
    page = shown(editor, held)
    written = re.findall(r'<tr><th scope="row">([^<]+)</th><td>(\d+)</td><td>(\d+)</td></tr>', page)
    assert written == [("Relationships", "1", "1"), ("Places", "1", "0")]
    assert listed(shown(editor, held, "?outcome=created")) == [2]
    ties = editor.get(f"/en/admin/friendship/relationship/?import={held.pk}").context["cl"]
    assert {str(tie) for tie in ties.result_list} == {"One – Newport", "Two – Three"}
    assert "Its drafts, to be published" in page
    drafts = f"/en/admin/friendship/relationship/?import={held.pk}&review_state__exact=draft"
    assert {str(tie) for tie in editor.get(drafts).context["cl"].result_list} == {"One – Newport", "Two – Three"}


@pytest.mark.parametrize("key", ["x", "²", "-1", "9" * 30])
def test_ties_of_an_import_that_is_none_are_none(key: str) -> None:
    page = at_the_desk("root").get(f"/en/admin/friendship/relationship/?import={key}")
    assert page.status_code == 200


def test_the_report_is_a_file() -> None:
    held = loaded_import()
    answer = at_the_desk("editor", "Editors").get(address(held, "report.json"))
    assert answer["Content-Disposition"] == f'attachment; filename="import-{held.pk}.json"'
    assert [(each["row"], each["outcome"]) for each in json.loads(answer.content)["rows"]] == [
        (2, "created"),
        (3, "updated"),
        (4, "unchanged"),
    ]


def test_undoing_asks_first_and_names_what_staff_has_edited(started: Started) -> None:
    held, editor = loaded_import(), at_the_desk("editor", "Editors")
    assert "Staff has edited nothing of it since." in editor.get(address(held, "undo/")).content.decode()
    tie = Relationship.objects.get(partner__slug="newport")
    tie.note_en = "Edited."
    curation.save(tie, actor=None)
    page = editor.get(address(held, "undo/")).content.decode()
    assert re.findall(r"<li><bdi>([^<]+)</bdi></li>", page) == ["One – Newport"]
    assert started == []
    assert editor.post(address(held, "undo/"))["Location"] == address(held)
    assert started == ["undo"]


@pytest.mark.parametrize("state", ["checked", "loading", "undone"])
def test_what_is_not_loaded_is_not_undone(state: str, started: Started) -> None:
    held, reviewer = run(state), at_the_desk("reviewer", "Reviewers")
    for answer in (reviewer.get(address(held, "undo/")), reviewer.post(address(held, "undo/"))):
        assert (answer.status_code, answer["Location"]) == (302, address(held))
    held.refresh_from_db()
    assert (held.state, started) == (state, [])


def test_who_publishes_a_tie_has_not_edited_it() -> None:
    held, reviewer = loaded_import(), at_the_desk("reviewer", "Reviewers")
    curation.publish(Relationship.objects.filter(partner__slug="newport"), actor=None)
    assert "Staff has edited nothing of it since." in reviewer.get(address(held, "undo/")).content.decode()


def test_only_reviewers_undo_what_the_public_sees(started: Started) -> None:
    held, editor = loaded_import("published"), at_the_desk("editor", "Editors")
    for answer in (editor.get(address(held, "undo/")), editor.post(address(held, "undo/"))):
        refusal = "The public sees a part of it: only reviewers take it back."
        assert (answer["Location"], said(answer)[-1]) == (address(held), refusal)
    assert started == []
    at_the_desk("reviewer", "Reviewers").post(address(held, "undo/"))
    assert started == ["undo"]


def test_after_undoing_it_says_what_was_kept_and_why() -> None:
    tie = builders.tie()
    kept = {"model": "relationship", "id": tie.pk, "label": HOSTILE, "why": "Staff has changed it since."}
    held = run("undone", loaded_at=timezone.now(), undone_at=timezone.now(), kept=[kept])
    page = shown(at_the_desk("editor", "Editors"), held)
    [told] = re.findall(r'<ul class="import-kept">\s*<li>(.*?)</li>', page)
    assert re.sub("<[^>]+>", "", told) == (f"relationship · {ESCAPED} — Staff has changed it since.")
    assert f'href="/en/admin/friendship/relationship/{tie.pk}/change/"' in told


# --- discarding -------------------------------------------------------------------------------------------------------

STATES = {
    "uploaded": {},
    "checked": {},
    "failed": {},
    "checking": {},
    "loading": {},
    "loaded": {"loaded_at": timezone.now()},
    "undone": {"loaded_at": timezone.now(), "undone_at": timezone.now()},
}


@pytest.mark.parametrize(
    ("group", "discarded"),
    [("Editors", {"uploaded", "checked", "failed"}), ("Reviewers", {"uploaded", "checked", "failed", "undone"})],
)
def test_what_was_never_loaded_is_discarded_and_what_is_loaded_never(group: str, discarded: set[str]) -> None:
    held = {state: run(state, **fields) for state, fields in STATES.items()}
    clerk = at_the_desk("clerk", group)
    for each in held.values():
        clerk.post(address(each, "delete/"))
    left = set(ImportRun.objects.values_list("state", flat=True))
    assert set(STATES) - left == discarded


def test_discarding_asks_first() -> None:
    held = preview()
    page = at_the_desk("editor", "Editors").get(address(held, "delete/")).content.decode()
    assert "Discard this import?" in page
    assert ImportRun.objects.count() == 1


# --- with the real doors ----------------------------------------------------------------------------------------------


def test_an_import_from_the_file_to_the_register_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        runs, "_launch", lambda key, task, _language: runs.TASKS[task](ImportRun.objects.get(pk=key), None)
    )
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())
    before = Relationship.objects.count()
    editor = at_the_desk("editor", "Editors")
    upload(editor, "序号,中方城市,外方城市,国别,结好时间\n1,绵阳市,普吉市,泰国,2026年11月\n".encode())
    held = ImportRun.objects.get()
    assert (held.state, held.counts["created"]) == ("checked", 1)
    load(editor, held)
    held.refresh_from_db()
    tie = Relationship.objects.get(import_rows__run=held)
    assert (held.state, tie.review_state, tie.founded and tie.founded.iso) == ("loaded", "draft", "2026-11")
    editor.post(address(held, "undo/"))
    held.refresh_from_db()
    assert (held.state, held.kept, Relationship.objects.count()) == ("undone", [], before)


def test_rows_to_mend_stand_as_in_the_file_and_load_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        runs, "_launch", lambda key, task, _language: runs.TASKS[task](ImportRun.objects.get(pk=key), None)
    )
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())
    editor = at_the_desk("editor", "Editors")
    upload(
        editor,
        "序号,中方城市,外方城市,国别,结好时间,备注\n1,绵阳市,普吉市,,2026年11月,\n2,绵阳市,清莱市,泰国,,\n".encode(),
    )
    held = ImportRun.objects.get()
    response = editor.get(address(held, "rows.csv?outcome=rejected"))
    rows = list(csv.reader(b"".join(response).decode("utf-8-sig").splitlines()))
    assert rows[0] == ["序号", "中方城市", "外方城市", "国别", "结好时间", "备注", "Row", "Why"]
    assert rows[1][:7] == ["1", "绵阳市", "普吉市", "", "2026年11月", "", "2"]
    mended = ",".join(rows[0]) + "\n" + ",".join(["1", "绵阳市", "普吉市", "泰国", "2026年11月", "", "2", "x"]) + "\n"
    upload(editor, mended.encode())
    assert ImportRun.objects.latest("pk").counts["created"] == 1


def test_new_places_are_named_before_they_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        runs, "_launch", lambda key, task, _language: runs.TASKS[task](ImportRun.objects.get(pk=key), None)
    )
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())
    editor = at_the_desk("editor", "Editors")
    upload(editor, "中方城市,外方城市,国别\n绵阳市,普吉市,泰国\n绵阳市,<b>市,泰国\n".encode())
    held = ImportRun.objects.get()
    page = shown(editor, held)
    assert "2 places are new: look at them" in page
    assert "普吉市 (Thailand · city level)" in page
    assert "&lt;b&gt;市" in page
