"""An import from the file to the register and back, as the command and the admin do it."""

from __future__ import annotations

import signal
import subprocess
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connections, transaction

from friendship import curation
from friendship.curation import imports
from friendship.importers import reading, reports, runs
from friendship.importers.records import Unreadable
from friendship.models import Evidence, ImportRow, ImportRun, Place, Relationship, Source

pytestmark = pytest.mark.django_db

LIST = (
    "中方城市,外方城市,国别,结好时间\n"
    "绵阳市,合成一市,日本,1999年5月\n"
    "绵阳市,合成二市,韩国,2001\n"
    "绵阳,合成一市,日本,1999年5月\n"
    "绵阳市,绵阳市,中国,2002\n"
).encode()
STRANGE = "甲列,乙列,丙列,丁列\n绵阳市,合成一市,日本,1999\n".encode()


def received(content: bytes = LIST, **fields: Any) -> ImportRun:
    return runs.receive(content, "list.csv", by=None, **fields)


def outcomes(run: ImportRun) -> list[str]:
    return list(run.rows.order_by("number").values_list("outcome", flat=True))


@pytest.fixture
def editor() -> User:
    user = User.objects.create_user("editor")
    user.groups.add(Group.objects.get(name="Editors"))
    return user


# --- the file ---------------------------------------------------------------------------------------------------------


def test_a_file_is_kept_with_what_it_is() -> None:
    run = received()
    assert (run.format, run.state, bytes(run.content)) == ("office", "uploaded", LIST)


def test_a_file_that_nobody_can_read_is_refused_at_once() -> None:
    with pytest.raises(Unreadable):
        received(b"%PDF-1.7 ...")
    assert not ImportRun.objects.exists()


def test_a_table_without_rows_is_refused_at_once() -> None:
    with pytest.raises(Unreadable, match="文件只有表头，没有数据行。"):
        received(LIST.splitlines(keepends=True)[0])
    assert not ImportRun.objects.exists()


def test_columns_that_were_explained_once_are_known_from_then_on() -> None:
    with pytest.raises(reading.UnknownColumns) as unknown:
        received(STRANGE)
    runs.remember(unknown.value.headers, {"home": 0, "partner": 1, "partner_country": 2, "founded": 3}, by=None)
    run = received(STRANGE)
    runs.check(run)
    assert (run.format, run.mapping["partner"]) == ("mapped", 1)
    assert run.rows.get().partner == "合成一市, 日本"


def test_only_reviewers_receive_a_list_to_be_published(editor: User) -> None:
    with pytest.raises(PermissionDenied):
        runs.receive(LIST, "list.csv", by=editor, publish=True)
    assert not ImportRun.objects.exists()


# --- comparing and loading --------------------------------------------------------------------------------------------


def test_comparing_changes_nothing_and_says_what_would_happen() -> None:
    before = (Relationship.objects.count(), Place.objects.count(), Source.objects.count(), Evidence.objects.count())
    run = received()
    runs.check(run)
    assert outcomes(run) == ["created", "created", "duplicate", "rejected"]
    assert run.counts == {
        "created": 2,
        "updated": 0,
        "unchanged": 0,
        "duplicate": 1,
        "conflict": 0,
        "rejected": 1,
    }
    assert run.state == "checked"
    after = (Relationship.objects.count(), Place.objects.count(), Source.objects.count(), Evidence.objects.count())
    assert after == before
    assert not run.rows.filter(relationship__isnull=False).exists()


def test_loading_writes_drafts_with_the_file_as_their_source() -> None:
    run = received()
    runs.load(run)
    assert run.state == "loaded"
    assert run.loaded_at is not None
    tie = run.rows.get(number=2).relationship
    assert tie is not None
    assert (str(tie.home), str(tie.partner), tie.review_state, tie.partner.review_state) == (
        "绵阳市",
        "合成一市",
        "draft",
        "draft",
    )
    assert tie.founded is not None
    assert (tie.founded.iso, tie.type) == ("1999-05", "sister")
    said = tie.evidence.get(claim="founded")
    assert (said.value, said.source.title) == ("1999-05", "(list.csv)")
    assert said.quote == "绵阳市 | 合成一市 | 日本 | 1999年5月"


def test_a_second_run_of_the_same_file_changes_nothing() -> None:
    runs.load(received())
    before = Evidence.objects.count()
    again = received()
    runs.load(again)
    assert outcomes(again) == ["unchanged", "unchanged", "duplicate", "rejected"]
    assert Evidence.objects.count() == before
    assert Source.objects.filter(title="(list.csv)").count() == 1


def test_a_reviewer_may_publish_at_once() -> None:
    runs.load(received(publish=True))
    assert Relationship.objects.published().filter(partner__name_zh="合成一市").count() == 1
    assert Place.objects.published().filter(name_zh="合成一市").count() == 1


def test_loading_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any) -> None:
        raise RuntimeError

    before = Place.objects.count()
    run = received()
    monkeypatch.setattr(runs, "_keep_rows", fails)
    with pytest.raises(RuntimeError):
        runs.load(run)
    run.refresh_from_db()
    assert (run.state, "RuntimeError" in run.error) == ("failed", True)
    assert Place.objects.count() == before


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValidationError({"home": "Home side: no.", "type": "Type: no."}), "Home side: no. Type: no."),
        (PermissionDenied("Not yours."), "Not yours."),
        (Unreadable("Not a list."), "Not a list."),
        (KeyError("secret"), "程序出错，名录未作任何改动。请告知系统管理人员：KeyError"),
    ],
)
def test_what_went_wrong_is_kept_in_words(error: Exception, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any, **_kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(imports, "load", fails)
    run = received()
    with pytest.raises(type(error)):
        runs.load(run)
    run.refresh_from_db()
    assert (run.state, run.error, run.rows.count()) == ("failed", told, 0)


def test_what_somebody_has_loaded_meanwhile_is_not_loaded_again() -> None:
    run = received()
    runs.load(ImportRun.objects.get(pk=run.pk))
    before = Relationship.objects.count()
    for task in (runs.check, runs.load):
        with pytest.raises(runs.NotNow):
            task(ImportRun.objects.get(pk=run.pk))
    run.refresh_from_db()
    assert (run.state, run.error, Relationship.objects.count()) == ("loaded", "", before)


def test_what_changes_between_comparing_and_writing_is_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    load, attempts = imports.load, []

    def collides_once(*args: Any, **kwargs: Any) -> None:
        attempts.append(args)
        if len(attempts) == 1:
            raise IntegrityError
        load(*args, **kwargs)

    monkeypatch.setattr(imports, "load", collides_once)
    run = received()
    runs.load(run)
    assert (run.state, len(attempts)) == ("loaded", 2)


def test_three_collisions_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def collides(*_args: Any, **_kwargs: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(imports, "load", collides)
    run = received()
    with pytest.raises(IntegrityError):
        runs.load(run)
    assert run.state == "failed"
    runs.reset(run)
    assert run.state == "uploaded"


def test_progress_is_told_and_kept() -> None:
    told: list[tuple[str, int, int]] = []
    runs.check(received(), lambda *step: told.append(step))
    assert told[0] == (runs.READING, 0, 0)
    stage, done, total = told[-1]
    assert (stage, done) == (runs.COMPARING, total)


# --- what staff decides -----------------------------------------------------------------------------------------------


def test_a_row_left_out_is_not_loaded_and_stays_left_out() -> None:
    run = received()
    runs.check(run)
    runs.decide(run, 3, "skip")
    runs.check(run)
    assert (outcomes(run)[1], run.rows.get(number=3).choice) == ("rejected", "skip")
    runs.load(run)
    assert not Relationship.objects.filter(partner__name_zh="合成二市").exists()


def test_the_list_s_value_is_taken_only_where_staff_says_so() -> None:
    runs.load(received())
    corrected = LIST.replace("1999年5月".encode(), b"1998", 1)
    run = received(corrected)
    runs.check(run)
    assert outcomes(run)[:2] == ["conflict", "updated"]
    runs.decide_all(run, "conflict", "take")
    runs.load(run)
    tie = Relationship.objects.get(partner__name_zh="合成一市")
    assert tie.founded_year == 1998
    assert set(tie.evidence.filter(claim="founded").values_list("value", flat=True)) == {"1998", "1999-05"}


def test_without_a_decision_a_conflict_only_adds_what_the_list_says() -> None:
    runs.load(received())
    run = received(LIST.replace("1999年5月".encode(), b"1998", 1))
    runs.load(run)
    tie = Relationship.objects.get(partner__name_zh="合成一市")
    assert tie.founded is not None
    assert tie.founded.iso == "1999-05"
    assert set(tie.evidence.filter(claim="founded").values_list("value", flat=True)) == {"1998", "1999-05"}
    row = reports.as_json(run)["rows"][0]
    assert row["outcome"] == "conflict"
    assert "1998年" in row["reason"]
    assert "1999年5月" in row["reason"]


def test_the_report_has_the_promised_keys() -> None:
    run = received()
    runs.load(run)
    report = reports.as_json(run)
    assert list(report) == ["created", "updated", "unchanged", "duplicate", "conflict", "rejected", "rows"]
    assert [list(row) for row in report["rows"]] == [["row", "outcome", "reason", "relationship"]] * 4
    assert report["rows"][0]["relationship"] == Relationship.objects.get(partner__name_zh="合成一市").pk


# --- undoing ----------------------------------------------------------------------------------------------------------


def test_an_import_is_undone_as_a_whole_except_what_staff_has_edited() -> None:
    before = (Relationship.objects.count(), Place.objects.count(), Source.objects.count())
    run = received()
    runs.load(run)
    edited = Relationship.objects.get(partner__name_zh="合成一市")
    edited.note_zh = "核对过"
    curation.save(edited, actor=None)
    runs.undo(run)
    assert (run.state, run.undone_at is not None) == ("undone", True)
    assert (Relationship.objects.count(), Place.objects.count(), Source.objects.count()) == tuple(
        number + 1 for number in before
    )
    assert {entry["label"] for entry in run.kept} == {"绵阳市—合成一市", "合成一市", "(list.csv)"}
    assert ImportRow.objects.get(run=run, number=3).relationship is None


# --- states -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    started: list[tuple[int, str]] = []
    monkeypatch.setattr(runs, "_launch", lambda key, task, _language: started.append((key, task)))
    monkeypatch.setattr(transaction, "on_commit", lambda call: call())
    return started


def test_of_two_who_press_at_once_one_starts_it(launched: list[tuple[int, str]], editor: User) -> None:
    run = received()
    ImportRun.objects.filter(pk=run.pk).update(state="checked")
    runs.start(run, "load", by=editor)
    with pytest.raises(runs.NotNow):
        runs.start(ImportRun.objects.get(pk=run.pk), "load")
    assert launched == [(run.pk, "load")]
    assert (run.state, run.confirmed_by) == ("loading", editor)


@pytest.mark.parametrize("task", ["load", "undo"])
def test_nothing_is_loaded_or_undone_out_of_turn(task: str, launched: list[tuple[int, str]]) -> None:
    with pytest.raises(runs.NotNow):
        runs.start(received(), task)
    assert launched == []


def test_an_import_that_fell_silent_is_lost_and_may_begin_again() -> None:
    run = received()
    ImportRun.objects.filter(pk=run.pk).update(state="loading")
    run.refresh_from_db()
    assert not runs.is_lost(run)
    with pytest.raises(runs.NotNow):
        runs.reset(run)
    run.seen_at -= timedelta(minutes=31)
    assert runs.is_lost(run)
    runs.reset(run)
    assert run.state == "uploaded"


@pytest.mark.parametrize(
    ("status", "state", "error"),
    [
        (0, "loading", ""),
        (1, "failed", "The import was interrupted. Nothing was changed: start it again."),
        (-signal.SIGKILL, "failed", "The import was interrupted. Nothing was changed: start it again."),
    ],
)
def test_a_process_that_was_killed_leaves_an_import_that_says_so(
    status: int, state: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ended(subprocess.Popen[bytes]):
        def __init__(self, *_args: Any, **_kwargs: Any) -> None:
            pass

        def wait(self, timeout: float | None = None) -> int:
            return status

    class AtOnce(threading.Thread):
        def start(self) -> None:
            self.run()

    monkeypatch.setattr(subprocess, "Popen", Ended)
    monkeypatch.setattr(threading, "Thread", AtOnce)
    monkeypatch.setattr(connections, "close_all", lambda: None)  # they are the test's own
    monkeypatch.setattr(transaction, "on_commit", lambda call: call())
    run = received()
    ImportRun.objects.filter(pk=run.pk).update(state="checked")
    runs.start(run, "load")
    run.refresh_from_db()
    assert (run.state, run.error) == (state, error)


def test_answers_are_kept_beside_each_other() -> None:
    run = received()
    runs.answer(run, "US|aurora", 7)
    runs.answer(ImportRun.objects.get(pk=run.pk), "US|salem", "new")
    run.refresh_from_db()
    assert run.answers == {"US|aurora": 7, "US|salem": "new"}
