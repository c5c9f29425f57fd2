"""``manage.py audit [--rule CODE] [--json]``: what the register holds that no constraint can refuse."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from friendship import auditing
from friendship.enums import Severity

_WRONG_USE = 2  # the exit status of a command that was asked wrongly


class Command(BaseCommand):
    """Names every open finding. Exits with 1 while an error is open; hints and what was accepted do not count."""

    help = "Checks the rules that the database cannot keep, and names what is open. Exits with 1 if any error is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which rules, and how it is told."""
        parser.add_argument("--rule", action="append", metavar="CODE", help="only this rule; may be repeated")
        parser.add_argument("--json", action="store_true", help="as JSON, for programs")
        parser.add_argument("--strict", action="store_true", help="exit with 1 for hints as well")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default=settings.LANGUAGE_CODE)

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell, and fail where something is wrong."""
        rules = _rules(options["rule"])
        tell = self._as_json if options["json"] else self._as_lines
        with translation.override(options["language"]), suppress(BrokenPipeError):  # who reads has seen enough
            tell(rules)
            tallies = auditing.tallies(rules)
            failing = [tally for tally in tallies if tally.is_error or (options["strict"] and tally.open)]
        if failing:
            raise SystemExit(1)

    def _as_lines(self, rules: Iterable[auditing.Rule]) -> None:
        tallies = auditing.tallies(rules)
        for tally in tallies:
            if not tally.open:
                continue
            self.stdout.write(f"{_heading(tally)}")
            for finding in auditing.findings(tally.rule):
                self.stdout.write(f"  {finding.subject}  {finding.says}")
        self.stdout.write(_sum(tallies))

    def _as_json(self, rules: Iterable[auditing.Rule]) -> None:
        """An object with the numbers first; findings are written one by one."""
        tallies = auditing.tallies(rules)
        told = [
            {"rule": tally.rule.code, "severity": tally.rule.severity, "open": tally.open, "accepted": tally.accepted}
            for tally in tallies
        ]
        self.stdout.write(f'{{"rules": {json.dumps(told)}, "findings": [', ending="")
        separator = "\n"
        for tally in tallies:
            for finding in auditing.findings(tally.rule):
                line = {"rule": tally.rule.code, "severity": tally.rule.severity, "subject": finding.subject}
                row = json.dumps({**line, "says": finding.says}, ensure_ascii=False)
                self.stdout.write(f"{separator}{row}", ending="")
                separator = ",\n"
        self.stdout.write("\n]}")


def _rules(codes: list[str] | None) -> list[auditing.Rule]:
    """The rules of these codes, or all. Raises ``CommandError``."""
    known = {rule.code: rule for rule in auditing.RULES}
    unknown = [code for code in codes or () if code not in known]
    if unknown:
        said = _("There is no rule “%(code)s”. The rules are %(codes)s.")
        raise CommandError(said % {"code": unknown[0], "codes": ", ".join(known)}, returncode=_WRONG_USE)
    return [rule for rule in auditing.RULES if not codes or rule.code in codes]


def _heading(tally: auditing.Tally) -> str:
    return _("%(severity)s: %(title)s (%(rule)s), %(count)d open") % {
        "severity": tally.rule.severity.label,
        "title": tally.rule.title,
        "rule": tally.rule.code,
        "count": tally.open,
    }


def _sum(tallies: list[auditing.Tally]) -> str:
    numbers = {severity: sum(t.open for t in tallies if t.rule.severity == severity) for severity in Severity}
    errors, hints = numbers[Severity.ERROR], numbers[Severity.HINT]
    accepted = sum(tally.accepted for tally in tallies)
    parts = [
        ngettext("%(count)d error", "%(count)d errors", errors) % {"count": errors},
        ngettext("%(count)d hint", "%(count)d hints", hints) % {"count": hints},
        ngettext("%(count)d accepted", "%(count)d accepted", accepted) % {"count": accepted},
    ]
    return _(", ").join(parts)
