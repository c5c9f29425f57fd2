"""``manage.py extract FILE|-``: what a Chinese text says of ties, for people and for programs."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from friendship.dates import PartialDate
from friendship.enums import Metric, RelationshipType, Status
from friendship.extraction import read
from friendship.extraction.records import Reading, Tie, Total
from friendship.importers import documents, texts
from friendship.importers.records import Unreadable

_STATUSES = {
    "active": Status.ACTIVE.label,
    "planned": gettext_lazy("planned"),
    "suspended": Status.SUSPENDED.label,
    "terminated": Status.ENDED.label,
}
_FIGURES = {
    "countries": Metric.COUNTRIES.label,
    "total": Metric.ALL.label,
    "sister": Metric.SISTER.label,
    "cooperation": Metric.COOPERATION.label,
    "exchange": RelationshipType.EXCHANGE.label,
}


class Command(BaseCommand):
    """Read a text and print what it says of ties, each with its words. Nothing is saved."""

    requires_system_checks = ()  # no page and no database has a part in it
    help = "Print the ties and totals that a Chinese text states, with the words that say so. Nothing is saved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The text, when it was printed, and whose it is."""
        parser.add_argument("file", help="a TXT, DOCX or PDF file, or - for standard input")
        parser.add_argument("--published", metavar="DATE", help="when it was printed: 2023, 2023-05 or 2023-05-18")
        parser.add_argument("--home", metavar="PLACE", default="", help="the Chinese place whose paper it is: 绵阳市")
        parser.add_argument("--json", action="store_true", help="as JSON")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), help="the language of what is said")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, or say in one line why not."""
        with translation.override(options["language"]) if options["language"] else nullcontext():
            text = _text(options["file"])
            reading = read(text, _published(options["published"]), options["home"])
            if options["json"]:
                self.stdout.write(json.dumps(reading.as_json(), ensure_ascii=False, indent=2))
            else:
                self._tell(reading)

    def _tell(self, reading: Reading) -> None:
        for tie in reading.ties:
            self.stdout.write(_tie_line(tie))
            self.stdout.write(f"    “{''.join(tie.evidence.quote.split())}”")
        for total in reading.totals:
            self.stdout.write(_total_line(total))
            self.stdout.write(f"    “{''.join(total.evidence.quote.split())}”")
        if not reading.ties and not reading.totals:
            self.stdout.write(_("The text states no tie and no total."))


def _text(file: str) -> str:
    """The text as it stands: a plain one is not touched, so that offsets are those of the file."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        if file.lower().endswith((".docx", ".pdf")):
            return documents.read(Path(file).name, content)
        return content.decode(texts.encoding_of(content))
    except FileNotFoundError as error:
        raise CommandError(
            _("There is no file “%(file)s”. Name a file, or - for standard input.") % {"file": file}
        ) from error
    except (OSError, Unreadable, UnicodeDecodeError) as error:
        raise CommandError(error) from error


def _published(written: str | None) -> PartialDate | None:
    try:
        return PartialDate.parse(written) if written else None
    except ValueError as error:
        raise CommandError(f"--published: {error}", returncode=2) from error


def _tie_line(tie: Tie) -> str:
    partner = tie.partner
    where = " ".join(part for part in (partner.country, partner.parent) if part)
    facts = [RelationshipType(tie.type).label, tie.type_as_printed, tie.date or "—", _STATUSES[tie.status]]
    if not tie.explicit:
        facts.append(_("implied"))
    if tie.derived:
        facts.append(_("date reckoned"))
    return (
        f"{tie.home.name} — {where} {partner.name}: "
        + " · ".join(str(fact) for fact in facts if fact)
        + f" [{tie.rule}]"
    )


def _total_line(total: Total) -> str:
    figures = [
        f"{label} {total.inexact.get(metric, '')}{value}"
        for metric, label in _FIGURES.items()
        if (value := getattr(total, metric)) is not None
    ]
    return f"{total.scope} ({total.level or '—'}, {total.as_of or '—'}): " + ", ".join(figures) + f" [{total.rule}]"
