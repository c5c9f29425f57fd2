"""``manage.py restore FILE [--force] [--dry-run]``: the register of a backup."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from friendship.backups import restoring
from friendship.backups.archive import Manifest
from friendship.backups.faults import Refused
from friendship.management.commands.backup import summary, tidying_up, unreadable


class Command(BaseCommand):
    """Whole or not at all, and only what has the checksum that was backed up."""

    help = "Makes this register what a backup holds. It is proved before anything changes."

    requires_system_checks = []  # what they look at may be what is to be replaced

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which file, and whether it may replace something."""
        parser.add_argument("file", type=Path, metavar="FILE", help="as manage.py backup wrote it")
        parser.add_argument("--force", action="store_true", help="replace the register that is there")
        parser.add_argument(
            "--dry-run", action="store_true", help="only restore into an empty place, compare, and throw that away"
        )
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE)

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, or say what is wrong and leave everything as it was."""
        with tidying_up(), translation.override(options["language"]):
            file: Path = options["file"]
            try:
                manifest = (
                    restoring.prove(file) if options["dry_run"] else restoring.restore(file, force=options["force"])
                )
            except Refused as error:
                raise CommandError(str(error)) from error
            except OSError as error:
                raise CommandError(unreadable(file, error)) from error
            if options["verbosity"] > 0:
                self._tell(manifest, trial=options["dry_run"])

    def _tell(self, manifest: Manifest, *, trial: bool) -> None:
        taken = timezone.localtime(manifest.taken_at).strftime("%Y-%m-%d %H:%M:%S")
        said = _("The backup of %(time)s can be restored.") if trial else _("Restored the backup of %(time)s.")
        self.stdout.write(said % {"time": taken})
        self.stdout.write(summary(manifest))
        if restoring.is_behind(manifest):
            self.stdout.write(
                _("It is of an earlier version: then run manage.py migrate, or start the server, which does.")
            )
