"""``manage.py snapshot DIR``: everything public as files with their checksums, for a nightly job."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from friendship.exporters.export import Export
from friendship.exporters.snapshot import NotOurs, take
from friendship.management.commands.export_relationships import site_of
from friendship.queries import Criteria


class Command(BaseCommand):
    """The register in a folder, which is there whole or not at all; docs/operations.md tells how to schedule it."""

    help = "Writes everything public as files with SHA-256 sums into a folder, in place of an earlier snapshot there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder, and what addresses begin with."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="made, or replaced where it holds a snapshot")
        parser.add_argument("--site", default="", metavar="URL", help="what addresses begin with: https://example.org")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=languages, help="of titles and labels"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the snapshot, or say what is wrong and leave what stood there before."""
        folder: Path = options["folder"]
        with translation.override(options["language"]):
            try:
                files = take(folder, Export(Criteria(), site=site_of(options["site"])))
            except NotOurs as error:
                raise CommandError(str(error)) from error
            except OSError as error:
                raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        written = sum(file.bytes for file in files.values())
        self.stdout.write(f"Written: {folder} ({len(files)} files, {written:,} bytes)")
