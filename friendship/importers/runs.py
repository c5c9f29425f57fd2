"""An import from the file to the register: received, compared, loaded, undone; the same for the command and the admin.

The work of an import that staff starts in the admin is done by a process of its own (``start``): a page must not wait
for it, and a kill leaves nothing half loaded, since all is written in one transaction.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from friendship import curation
from friendship.curation import imports, undoing
from friendship.enums import ImportState, Outcome, RelationshipType, RowChoice, SourceKind
from friendship.importers import reading
from friendship.importers.planning import Plan, Row, plan
from friendship.importers.records import Listing, Reason, Unreadable
from friendship.models import ColumnMapping, ImportRow, ImportRun, Place, Source

Report = Callable[[str, int, int], None]  # the stage, its steps that are over, all of them

READING = gettext_noop("Reading the file")
COMPARING = gettext_noop("Comparing with the register")
WRITING = gettext_noop("Writing to the register")
UNDOING = gettext_noop("Taking back")

#: The state while a task is at work, and the states from which it may begin.
_TASKS: dict[str, tuple[ImportState, tuple[ImportState, ...]]] = {
    "check": (ImportState.CHECKING, (ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED)),
    "load": (ImportState.LOADING, (ImportState.CHECKED,)),
    "undo": (ImportState.UNDOING, (ImportState.LOADED,)),
}
#: Where it stands who did a task. Who compares a list once more has not brought it.
_DOERS = {"load": "confirmed_by", "undo": "undone_by"}
_AT_WORK = tuple(state for state, _from in _TASKS.values())
#: While rows are written, SQLite lets nobody say anything else: so long may a process be silent.
_SILENCE = timedelta(minutes=30)
_ATTEMPTS = 3  # someone may change what the comparison has read before it is written
_SECONDS_BETWEEN_REPORTS = 0.5
_ROWS_AT_ONCE = 2_000


class NotNow(Exception):
    """The import is not in a state for this: someone else was faster. The message says so."""


# --- the file ---------------------------------------------------------------------------------------------------------


def receive(
    content: bytes,
    file_name: str,
    *,
    by: User | None,
    file_format: str = "auto",
    source: Source | None = None,
    default_type: str = RelationshipType.SISTER,
    publish: bool = False,
) -> ImportRun:
    """Keep a file that can be read. ``by`` is None for the program itself.

    Raises ``Unreadable`` with a message for the person, ``reading.UnknownColumns`` for a table whose columns nobody
    knows, ``PermissionDenied`` where only a reviewer may publish.
    """
    if publish and not curation.may_publish(by):
        raise PermissionDenied(_("Only reviewers publish and unpublish."))
    listing, mapping = _read(content, file_name, file_format)
    if not listing.records:
        raise Unreadable(_("The file has a header and no rows."))
    kept = ImportRun.objects.create(
        file_name=file_name[-255:],
        content=content,
        format=listing.format,
        mapping=mapping,
        source=source,
        type=default_type,
        publish=publish,
        started_by=by,
    )
    return ImportRun.objects.defer("content").get(pk=kept.pk)  # the file need not stand in memory with what it says


def remember(headers: list[str], fields: dict[str, int], *, by: User | None) -> ColumnMapping:
    """Keep what the columns of a table mean, for every table with the same header."""
    kept, _created = ColumnMapping.objects.update_or_create(
        fingerprint=reading.fingerprint(headers), defaults={"headers": headers, "fields": fields, "chosen_by": by}
    )
    return kept


def _read(content: bytes, file_name: str, file_format: str) -> tuple[Listing, dict[str, int]]:
    try:
        return reading.read(content, file_name, format=file_format), {}
    except reading.UnknownColumns as unknown:
        known = ColumnMapping.objects.filter(fingerprint=reading.fingerprint(unknown.headers)).first()
        if known is None:
            raise
        return reading.read(content, file_name, format="mapped", mapping=known.fields), known.fields


# --- the work ---------------------------------------------------------------------------------------------------------


def check(run: ImportRun, report: Report | None = None) -> None:
    """Compare the file with the register, and keep what each row would lead to; the register stays as it is."""
    with _at_work(run, "check"):
        compared = _compare(run, report)
        with transaction.atomic():
            _keep_rows(run, compared)
            _finish(run, ImportState.CHECKED, touches_public=imports.touches_public(compared.load))


def load(run: ImportRun, report: Report | None = None) -> None:
    """Compare the file with the register as it is now, and write what follows: everything or nothing."""
    with _at_work(run, "load"):
        for attempt in range(1, _ATTEMPTS + 1):
            compared = _compare(run, report)
            _say(run, report, WRITING, 0, 0)
            try:
                with transaction.atomic():
                    _write(run, compared)
                    _keep_rows(run, compared)
                    _finish(run, ImportState.LOADED, loaded_at=timezone.now())
            except (curation.StaleVersion, IntegrityError):
                if attempt == _ATTEMPTS:
                    raise
            else:
                return


def _write(run: ImportRun, compared: Plan) -> None:
    """Write in the name of who confirmed the import; the command confirms what it reads itself."""
    confirmed_by = run.confirmed_by or run.started_by
    imports.load(compared.load, actor=confirmed_by, author=run.started_by, reason=run.history_reason)


def undo(run: ImportRun, report: Report | None = None) -> None:
    """Take back what the import wrote; what staff has changed since stays and stands in ``run.kept``."""
    with _at_work(run, "undo"):
        _say(run, report, UNDOING, 0, 0)
        with transaction.atomic():
            kept = undoing.undo(run.history_reason, actor=run.undone_by)
            run.kept = [
                {
                    "model": str(left.row._meta.model_name),
                    "id": left.row.pk,
                    "label": str(left.row),
                    "why": left.why,
                }
                for left in kept
            ]
            _finish(run, ImportState.UNDONE, kept=run.kept, undone_at=timezone.now())


TASKS: dict[str, Callable[[ImportRun, Report | None], None]] = {"check": check, "load": load, "undo": undo}


def _compare(run: ImportRun, report: Report | None) -> Plan:
    _say(run, report, READING, 0, 0)
    content = bytes(ImportRun.objects.values_list("content", flat=True).get(pk=run.pk))
    listing = reading.read(content, run.file_name, format=run.format, mapping=run.mapping or None)
    source = run.source or _own_source(run.file_name, content)
    del content
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if done == total or monotonic() - last > _SECONDS_BETWEEN_REPORTS:
            last = monotonic()
            _say(run, report, COMPARING, done, total)

    return plan(
        listing,
        source=source,
        default_type=run.type,
        publish=run.publish,
        answers=run.answers,
        choices=dict(run.rows.exclude(choice=RowChoice.PROPOSED).values_list("number", "choice")),
        progress=progress,
    )


def _own_source(file_name: str, content: bytes) -> Source:
    """The file itself as a source, where nobody named one; the same file is the same source."""
    slug = f"list-{hashlib.sha256(content).hexdigest()[:12]}"
    if known := Source.objects.filter(slug=slug).defer("text").first():
        return known
    return Source(
        slug=slug,
        title=f"({file_name})",
        publisher="—",
        kind=SourceKind.ENCYCLOPAEDIA,  # the kind of least weight: nobody has said whose list it is
        language="und",
        note_zh="导入的文件，未注明发布者。",
        note_en="A file that was imported; nobody has said who published it.",
    )


def _keep_rows(run: ImportRun, compared: Plan) -> None:
    decided = dict(run.rows.values_list("number", "choice"))
    run.rows.all().delete()
    kept = (_kept_row(run, row, decided.get(row.number, RowChoice.PROPOSED)) for row in compared.rows)
    for some in curation.batches(kept, _ROWS_AT_ONCE):
        ImportRow.objects.bulk_create(some)
    counted = Counter(str(row.outcome) for row in compared.rows)
    run.counts = {outcome.value: counted[outcome.value] for outcome in Outcome}
    run.new_places = [_told(place) for place in compared.load.places]


def _told(place: Place) -> dict[str, str]:
    """A new place, for staff who look at it before it is there."""
    names = " ".join(filter(None, (place.name_zh, place.name_en)))
    within = str(place.parent) if place.parent else ""
    return {"name": names, "country": place.country_id, "level": place.level, "within": within}


def _kept_row(run: ImportRun, row: Row, choice: str) -> ImportRow:
    reason = row.reason or Reason("")
    tie = row.relationship
    return ImportRow(
        run=run,
        number=row.number,
        outcome=row.outcome,
        reason=reason.text,
        parameters=dict(reason.parameters),
        text=row.text,
        home=row.home[:250],
        partner=row.partner[:250],
        differences=row.differences,
        questions=row.questions,
        relationship_id=tie.pk if tie is not None and not tie._state.adding else None,
        choice=choice,
    )


# --- states and progress ----------------------------------------------------------------------------------------------


@contextmanager
def _at_work(run: ImportRun, task: str) -> Iterator[None]:
    """Do a task of the import; where it fails, keep why, and the register as it was.

    Raises ``NotNow`` where the import is not in a state for it.
    """
    state, begins_from = _TASKS[task]
    directly = (ImportState.UPLOADED,) if task == "load" else ()  # the command shows nothing in between
    _set(run, expected=(*begins_from, *directly, state), state=state, error="")
    try:
        yield
    except NotNow:
        raise  # the import is in other hands
    except Exception as error:
        _set(run, state=ImportState.FAILED, error=_in_words(error))
        raise


def _in_words(error: Exception) -> str:
    match error:
        case ValidationError():
            return " ".join(error.messages)
        case Unreadable() | PermissionDenied() | curation.StaleVersion():
            return str(error)
        case IntegrityError():
            return _("Someone else kept changing the same records. Nothing was changed: start again.")
        case _:
            return _("The program failed, and the register was not changed. Tell whoever runs it: %(error)s") % {
                "error": type(error).__name__
            }


def _finish(run: ImportRun, state: ImportState, **values: Any) -> None:
    """End a task inside the transaction of its work: where someone began it anew meanwhile, nothing of it stays."""
    told = {"counts": run.counts, "new_places": run.new_places, "stage": "", "done": 0, "total": 0}
    _set(run, expected=_AT_WORK, state=state, **told, **values)


def _say(run: ImportRun, report: Report | None, stage: str, done: int, total: int) -> None:
    _set(run, stage=stage, done=done, total=total)
    if report is not None:
        report(stage, done, total)


def _set(run: ImportRun, expected: Iterable[str] = ImportState.values, **values: Any) -> None:
    values["seen_at"] = timezone.now()
    if not ImportRun.objects.filter(pk=run.pk, state__in=expected).update(**values):
        raise NotNow(_("This import is not in a state for that: it was loaded, undone or started anew meanwhile."))
    for name, value in values.items():
        setattr(run, name, value)


# --- what staff decides -----------------------------------------------------------------------------------------------


def start(run: ImportRun, task: str, *, by: User | None = None) -> None:
    """Begin a task in a process of its own, in the name of ``by``.

    Raises ``NotNow`` where the import is not waiting for it: of two who press at once, one gets this.
    """
    state, begins_from = _TASKS[task]
    waiting = ImportRun.objects.filter(pk=run.pk, state__in=begins_from)
    taken = {"state": state, "stage": "", "done": 0, "total": 0, "error": "", "seen_at": timezone.now()}
    if by is not None and (told := _DOERS.get(task)):
        taken[told] = by
    if not waiting.update(**taken):
        raise NotNow(_("Someone else has just started this. The page now shows how it stands."))
    run.refresh_from_db()
    language = get_language()
    transaction.on_commit(lambda: _launch(run.pk, task, language))


def _launch(key: int, task: str, language: str) -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_relationships"]
    process = subprocess.Popen(  # noqa: S603 (no part of it comes from outside)
        [*command, "--run", str(key), "--task", task, "--language", language],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    threading.Thread(target=_watch, args=(process, key, task), daemon=True).start()


def _watch(process: subprocess.Popen[bytes], key: int, task: str) -> None:
    """Note at once when the process has died without a word, as after a kill."""
    if process.wait() == 0:
        return
    lost = ImportRun.objects.filter(pk=key, state=_TASKS[task][0])
    lost.update(
        state=ImportState.FAILED,
        error=gettext_noop("The import was interrupted. Nothing was changed: start it again."),
    )
    connections.close_all()


def is_lost(run: ImportRun) -> bool:
    """Whether the process of the import has been silent for so long that it must have died."""
    return run.state in _AT_WORK and timezone.now() - run.seen_at > _SILENCE


def reset(run: ImportRun) -> None:
    """Let a failed or lost import begin again from the comparison."""
    if run.state != ImportState.FAILED and not is_lost(run):
        raise NotNow(_("This import is still at work."))
    undone = run.loaded_at is not None and run.undone_at is None
    _set(run, state=ImportState.LOADED if undone else ImportState.UPLOADED, stage="", done=0, total=0)


def answer(run: ImportRun, key: str, meant: int | str) -> None:
    """Say which place a text means: the id of a place, or ``"new"``; the next comparison knows it."""
    with transaction.atomic():
        held = ImportRun.objects.select_for_update().defer("content").get(pk=run.pk)
        _set(run, answers={**held.answers, key: meant})


def decide(run: ImportRun, number: int, choice: str) -> None:
    """Decide about one row; the next comparison and the loading follow it."""
    ImportRow.objects.filter(run=run, number=number).update(choice=RowChoice(choice))
    _set(run)


def decide_all(run: ImportRun, outcome: str, choice: str) -> None:
    """Decide about all rows of one outcome alike."""
    ImportRow.objects.filter(run=run, outcome=Outcome(outcome)).update(choice=RowChoice(choice))
    _set(run)
