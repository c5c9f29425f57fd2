"""The history of a row in the words of the office: labels instead of codes, dates in one piece, no bookkeeping."""

from __future__ import annotations

import re
from typing import Any

from django.utils.html import conditional_escape
from django.utils.translation import gettext_lazy as _
from simple_history.template_utils import HistoricalRecordContextHelper

from friendship.dates import PartialDate

_NOBODY_ASKS = frozenset({"version", "updated_at"})
DATE_COLUMN = re.compile(r"(?P<prefix>\w+)_(?:year|month|day)")
DATE_LABELS = {
    "founded": _("Date established"),
    "ended": _("Date ended"),
    "date": _("Date"),
    "published": _("Published on"),
    "as_of": _("As of"),
}


class ChangesInWords(HistoricalRecordContextHelper):  # type: ignore[misc] # the package has no types
    """What changed from one version to the next."""

    def context_for_delta_changes(self, delta: Any) -> list[dict[str, Any]]:
        """The changes in the order of the form, each with its field, the old and the new value."""
        told: dict[str, dict[str, Any]] = {}
        for change in sorted(delta.changes, key=self._position):
            if found := DATE_COLUMN.fullmatch(change.field):
                prefix = found.group("prefix")
                told[prefix] = _date_change(prefix, delta)
            elif change.field not in _NOBODY_ASKS:
                formatted = self.format_delta_change(change)
                told[change.field] = {"field": formatted.field, "old": formatted.old, "new": formatted.new}
        return list(told.values())

    def _position(self, change: Any) -> int:
        return [field.name for field in self.model._meta.fields].index(change.field)

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        """The label of a code, and a dash for nothing."""
        labels = dict(self.model._meta.get_field(change.field).flatchoices)
        return "—" if value in (None, "") else labels.get(value, value)


def _date_change(prefix: str, delta: Any) -> dict[str, Any]:
    return {
        "field": DATE_LABELS[prefix],
        "old": _written(prefix, delta.old_record),
        "new": _written(prefix, delta.new_record),
    }


def _written(prefix: str, record: Any) -> str:
    date = PartialDate.of(*(getattr(record, f"{prefix}_{part}") for part in ("year", "month", "day")))
    return conditional_escape(date.iso if date else "—")
