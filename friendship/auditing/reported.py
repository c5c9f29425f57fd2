"""Rules about reported totals: those that have grown past the register, and those that it has passed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.utils.translation import gettext as _

from friendship import queries
from friendship.auditing.findings import Finding
from friendship.models import ReportedTotal


def total_moved() -> Iterator[Finding]:
    """The newest figure differs from an earlier one, and the register holds fewer: there are ties to find."""
    for before, newest, recorded in _newest():
        if before is not None and recorded < (newest.value or 0):
            said = _("%(question)s: %(before)d → %(newest)d, recorded %(recorded)d") % {
                "question": _question(newest),
                "before": before.value,
                "newest": newest.value,
                "recorded": recorded,
            }
            yield _finding(newest, (before.value, newest.value, newest.as_of.iso if newest.as_of else ""), said)


def total_passed() -> Iterator[Finding]:
    """The register holds more than the newest figure: the report is out of date, or a tie stands there twice."""
    for _before, newest, recorded in _newest():
        if recorded > (newest.value or 0):
            said = _("%(question)s: %(newest)d reported, recorded %(recorded)d") % {
                "question": _question(newest),
                "newest": newest.value,
                "recorded": recorded,
            }
            yield _finding(newest, (newest.value, recorded), said)


def _newest() -> Iterator[tuple[ReportedTotal | None, ReportedTotal, int]]:
    """For each question the newest exact figure, the last other one before it, and what is recorded.

    Of a figure that two sources repeat, the one that it followed is told: 119 → 127, though 127 was said twice.
    """
    exact = queries.totals().filter(value__isnull=False).order_by("place_id", "scope", "metric")
    pairs = []
    for _question_asked, rows in groupby(exact, key=lambda total: (total.place_id, total.scope, total.metric)):
        by_date = sorted(rows, key=queries.when)
        newest = by_date[-1]
        others = [row for row in by_date if row.value != newest.value]
        earlier = [row for row in others if row.as_of and newest.as_of and newest.as_of.is_after(row.as_of)]
        pairs.append((earlier[-1] if earlier else None, newest))
    for (before, newest), held in zip(pairs, queries.compare(newest for _b, newest in pairs), strict=True):
        yield before, newest, held.recorded


def _question(total: ReportedTotal) -> str:
    parts = (str(total.place), total.get_scope_display(), total.get_metric_display())
    return " · ".join(parts)


def _finding(total: ReportedTotal, facts: tuple[str | int | None, ...], said: str) -> Finding:
    records = (f"reportedtotal/{total.pk}", f"place/{total.place_id}")
    return Finding(f"reportedtotal/{total.pk}", facts, said, records)
