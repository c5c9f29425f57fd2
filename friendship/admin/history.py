"""The history of a row in the words of the forms."""

from __future__ import annotations

from typing import Any

from simple_history.models import ModelChange
from simple_history.template_utils import HistoricalRecordContextHelper

_BOOKKEEPING = {"version", "updated_at"}


class ChangeInWords(HistoricalRecordContextHelper):  # type: ignore[misc]
    """One change: labels instead of codes, a dash for nothing, and without the columns that change every time."""

    def context_for_delta_changes(self, delta: Any) -> list[dict[str, Any]]:
        """The changes of fields that a person filled in."""
        delta.changes = [change for change in delta.changes if change.field not in _BOOKKEEPING]
        changes: list[dict[str, Any]] = super().context_for_delta_changes(delta)
        return changes

    def prepare_delta_change_value(self, change: ModelChange, value: Any) -> Any:
        """The value as a form shows it."""
        labels = dict(self.model._meta.get_field(change.field).flatchoices)
        shown = labels.get(value, value)
        return "—" if shown in (None, "") else shown
