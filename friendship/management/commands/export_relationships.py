"""``manage.py export_relationships --format csv [--output FILE] [filter=value …]``: the ties as a file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict
from django.utils import translation

from friendship import refusals
from friendship.exporters.export import Export
from friendship.exporters.files import whole_file
from friendship.exporters.forms import FORMS
from friendship.exporters.xlsx import TooLong
from friendship.filters import RelationshipFilter

_WRONG_USE = 2  # the exit status of a command that was asked wrongly


class Command(BaseCommand):
    """The same files as at ``/relationships.csv``; the same filters, written as ``country=JP type=sister``."""

    help = "Writes the published ties that answer the filters as CSV, Excel, JSON or GeoJSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form, where it goes, and the filters."""
        parser.add_argument("--format", required=True, choices=list(FORMS), help="the form of the file")
        parser.add_argument("--output", type=Path, metavar="FILE", help="where to write; without it, standard output")
        parser.add_argument("--site", default="", metavar="URL", help="what addresses begin with: https://example.org")
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, choices=languages, help="of names and labels")
        parser.add_argument("filters", nargs="*", metavar="filter=value", help="as in the address of the list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file, or say what is wrong and leave what stood there before."""
        with translation.override(options["language"]):
            asked = _read(options["filters"])
            export = Export(asked.criteria, asked.sentence, site_of(options["site"]))
            try:
                self._write(FORMS[options["format"]].blocks(export), options["output"])
            except TooLong as error:
                raise CommandError(str(error)) from error

    def _write(self, blocks: Iterable[bytes], output: Path | None) -> None:
        if output is None:
            with suppress(BrokenPipeError):  # who reads has seen enough
                self.stdout.buffer.writelines(blocks)  # type: ignore[attr-defined]  # the wrapper passes it on
            return
        try:
            with whole_file(output) as file:
                file.writelines(blocks)
        except OSError as error:
            raise CommandError(f"{output} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Written: {output}")


def _read(filters: list[str]) -> RelationshipFilter:
    """The filters as the address of the list would have them. Raises ``CommandError``."""
    known = RelationshipFilter.base_filters
    given = QueryDict(mutable=True)
    for text in filters:
        name, equals, value = text.partition("=")
        if name not in known or not equals or not value:
            raise CommandError(
                f"“{text}” is no filter. Write filter=value; the filters are {', '.join(known)}.", returncode=_WRONG_USE
            )
        given.appendlist(name, value)
    asked = RelationshipFilter(given)
    if problems := refusals.problems(asked):
        lines = [f"{name}: {text}" for name, texts in problems.items() for text in texts]
        raise CommandError("\n".join(lines), returncode=_WRONG_USE)
    return asked


def site_of(written: str) -> str:
    """What addresses begin with, without a slash at the end. Raises ``CommandError``."""
    parts = urlsplit(written)
    if written and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise CommandError(
            f"--site: write an address such as https://register.example.org, not “{written}”.", returncode=_WRONG_USE
        )
    return written.rstrip("/")
