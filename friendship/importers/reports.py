"""What an import led to: as JSON for programs, as a table for a terminal, and what differs in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from friendship.enums import Outcome
from friendship.importers.comparing import CLAIMS
from friendship.models import Evidence, ImportRow, ImportRun, Relationship

_SHOWN = 20  # rows of one outcome in a terminal; the JSON has all


def as_json(run: ImportRun) -> dict[str, Any]:
    """The number of rows of each outcome, and every row with its reason and the id of its tie."""
    return {**{outcome.value: run.counts.get(outcome, 0) for outcome in Outcome}, "rows": list(_rows(run))}


def _rows(run: ImportRun) -> Iterator[dict[str, Any]]:
    for row in run.rows.order_by("number").iterator():
        yield {
            "row": row.number,
            "outcome": row.outcome,
            "reason": said(row),
            "relationship": row.relationship_id,
        }


def said(row: ImportRow) -> str:
    """The reason of a row with what differs, in the active language."""
    return " ".join(filter(None, [row.why, *(difference(item) for item in row.differences)]))


def difference(item: dict[str, Any]) -> str:
    """One difference in words: the field, what the register holds by which sources, and what the list gives."""
    held, given = (value(item["field"], str(item[side] or "")) for side in ("held", "given"))
    words = {"field": heading(item["field"]), "held": held, "given": given or "—"}
    if not held:
        return _("%(field)s: the list adds %(given)s.") % words
    if item.get("sources"):
        words["sources"] = _(", ").join(item["sources"])
        return _("%(field)s: the register holds %(held)s (%(sources)s), the list gives %(given)s.") % words
    return _("%(field)s: the register holds %(held)s, the list gives %(given)s.") % words


def value(name: str, written: str) -> str:
    """A code by its label, a date in words, a text as it is."""
    claim = CLAIMS.get(name)
    return Evidence(claim=claim, value=written).shown_value if claim and written else written


def heading(name: str) -> str:
    """What differs, as people call it; dates are three columns each, and events stand in a table of their own."""
    return capfirst(str(_HEADINGS.get(name) or Relationship._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


_HEADINGS = {
    "founded": gettext_lazy("date established"),
    "ended": gettext_lazy("date ended"),
    "events": gettext_lazy("events"),
}


def as_table(run: ImportRun) -> Iterator[str]:
    """The outcomes and the rows that need a person, line by line."""
    for outcome in Outcome:
        yield f"{run.counts.get(outcome, 0):>9,}  {outcome.label}"
    for outcome in (Outcome.REJECTED, Outcome.CONFLICT, Outcome.DUPLICATE):
        yield from _listed(outcome, run.rows.filter(outcome=outcome).order_by("number"))


def _listed(outcome: Outcome, rows: Any) -> Iterable[str]:
    count = rows.count()
    if count:
        yield ""
        yield capfirst(str(outcome.label))
        for row in rows[:_SHOWN]:
            yield _plain(f"{row.number:>9}  {said(row)}  [{row.text}]")
        if count > _SHOWN:
            yield _("…and %(count)d more: --report writes them all.") % {"count": count - _SHOWN}


def _plain(line: str) -> str:
    """The line without characters that steer a terminal or turn its text around."""
    return "".join(char if char.isprintable() else "�" for char in line)
