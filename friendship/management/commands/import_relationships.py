"""``manage.py import_relationships FILE``: load a list of ties that others keep."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, models, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from tqdm import tqdm

from friendship import curation
from friendship.enums import RelationshipType
from friendship.importers import reports, runs
from friendship.importers.records import Unreadable
from friendship.importers.tables import MAX_BYTES
from friendship.models import ImportRun, Source

Row = TypeVar("Row", bound=models.Model)

#: What is said in one line; anything else is a fault of the program.
_REFUSALS = (
    Unreadable,
    PermissionDenied,
    ValidationError,
    curation.StaleVersion,
    runs.NotNow,
    IntegrityError,
    OSError,
)
FORMATS = ("auto", "csv", "xlsx", "json", "cpaffc", "wikidata", "pairs", "office")


class Command(BaseCommand):
    """Load a list: every row is created, updated, unchanged, duplicate, conflicting or rejected, with the reason."""

    requires_system_checks = ()  # they load every page and its packages, which an import does without
    help = "Load a list of ties: CSV, XLSX or JSON; what it holds is seen from its content."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, or an import that is waiting in the admin."""
        parser.add_argument("file", nargs="?", type=Path, help="the list")
        parser.add_argument("--format", choices=FORMATS, default="auto", help="what the file holds; auto looks")
        parser.add_argument("--source", metavar="SLUG", help="the source that the list is; else the file itself")
        parser.add_argument("--type", choices=RelationshipType.values, default="sister", help="where none is named")
        parser.add_argument("--publish", action="store_true", help="show new ties and places to the public at once")
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")
        parser.add_argument("--report", metavar="FILE.json", type=Path, help="write every row’s outcome")
        parser.add_argument("--run", type=int, metavar="ID", help="work on an import that was received before")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), help="the language of what is said")
        parser.add_argument("--task", choices=runs.TASKS, default="load", help="what to do with it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or say in one line why not."""
        with translation.override(options["language"]) if options["language"] else nullcontext():
            self._do(options)

    def _do(self, options: dict[str, Any]) -> None:
        if (options["file"] is None) == (options["run"] is None):
            raise CommandError(_("Name a file, or an import with --run."), returncode=2)
        try:
            if options["report"]:
                options["report"].touch()  # before anything is loaded
            with _trial() if options["dry_run"] else nullcontext():
                run = self._run(options)
                with _Bar() as bar:
                    runs.TASKS[options["task"]](run, bar.show)
                self._report(run, options)
        except _REFUSALS as error:
            raise CommandError(" ".join(error.messages) if isinstance(error, ValidationError) else error) from error

    def _run(self, options: dict[str, Any]) -> ImportRun:
        if options["run"] is not None:
            return _found(ImportRun, pk=options["run"])
        source = _found(Source, slug=options["source"]) if options["source"] else None
        file: Path = options["file"]
        return runs.receive(
            _content(file),
            file.name,
            by=None,
            file_format=options["format"],
            source=source,
            default_type=options["type"],
            publish=options["publish"],
        )

    def _report(self, run: ImportRun, options: dict[str, Any]) -> None:
        if options["report"]:
            text = json.dumps(reports.as_json(run), ensure_ascii=False, indent=1)
            options["report"].write_text(text + "\n", "utf-8")
        for line in reports.as_table(run):
            self.stdout.write(line)
        if options["dry_run"]:
            self.stdout.write(_("A trial: nothing was kept."))


@contextmanager
def _trial() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _content(file: Path) -> bytes:
    """What is in the file; of one that is too long to be a list only so much that this shows."""
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _found(model: type[Row], **key: Any) -> Row:
    row = model._default_manager.filter(**key).first()
    if row is None:
        said = _("There is no %(kind)s “%(key)s” in the register.")
        raise CommandError(said % {"kind": model._meta.verbose_name, "key": next(iter(key.values()))})
    return row


class _Bar:
    """The progress of each stage on a terminal; a file or a pipe gets none."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None
        self._stage = ""

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *error: object) -> None:
        self._close()

    def show(self, stage: str, done: int, total: int) -> None:
        """So many steps of the stage are over."""
        if not sys.stderr.isatty():
            return
        if self._bar is None or stage != self._stage:
            self._close()
            self._stage, self._bar = stage, tqdm(desc=_(stage), file=sys.stderr, leave=False)
        self._bar.total = total or None
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
