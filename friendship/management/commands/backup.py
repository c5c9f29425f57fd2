"""``manage.py backup FILE|DIRECTORY [--verify]``: the whole register as one file."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from friendship.backups import restoring, taking
from friendship.backups.archive import Manifest
from friendship.backups.faults import Refused


class Command(BaseCommand):
    """For every night, while the register is in use; docs/operations.md tells how to schedule it and what to keep."""

    help = "Writes the whole register into one file, of one moment, with its checksum. With -v 0 it says nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and whether to prove it."""
        parser.add_argument(
            "target", type=Path, metavar="FILE|DIRECTORY", help="in a directory: register-<time>.backup"
        )
        parser.add_argument(
            "--verify", action="store_true", help="then restore it into an empty place and compare the checksums"
        )
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE)

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, or say what is wrong and leave what stood there before."""
        with tidying_up(), translation.override(options["language"]):
            self._write(options["target"], options["verify"], options["verbosity"] > 0)

    def _write(self, target: Path, verify: bool, aloud: bool) -> None:
        try:
            path, manifest = taking.take(target)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                _("%(path)s cannot be written: %(said)s.") % {"path": target, "said": error.strerror}
            ) from error
        if verify:
            _prove(path)
        if aloud:
            self.stdout.write(_("Written: %(path)s, %(size)s bytes") % {"path": path, "size": path.stat().st_size})
            self.stdout.write(summary(manifest))
            if verify:
                self.stdout.write(_("Verified: restored into an empty place, with the same checksum."))


def _prove(path: Path) -> None:
    try:
        restoring.prove(path)
    except Refused as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(unreadable(path, error)) from error


def summary(manifest: Manifest) -> str:
    """What a backup holds, in one line."""
    return _("%(rows)s rows in %(tables)s tables, SHA-256 %(checksum)s") % {
        "rows": manifest.contents.rows,
        "tables": len(manifest.contents.tables),
        "checksum": manifest.contents.checksum,
    }


def unreadable(path: Path, error: OSError) -> str:
    """Why a backup cannot be looked at: it is not there, or there is no room to unpack it."""
    return _("%(path)s cannot be restored: %(said)s.") % {"path": path, "said": error.strerror}


@contextmanager
def tidying_up() -> Iterator[None]:
    """End after SIGTERM as after Ctrl+C: what is unfinished is removed."""
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal.SIGTERM)
