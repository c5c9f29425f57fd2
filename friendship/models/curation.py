"""What every curated row carries, and whether it was edited since a moment of its history."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _


class Curated(models.Model):
    """A row that staff edit: its version guards against saving over someone else's newer change."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field[Any, Any]) -> Any:  # noqa: N802 (Django’s, behind ``get_type_display``)
        """The label of a value, without those of all other values being translated first."""
        value = getattr(self, field.attname)
        return force_str(_labels(field).get(value, value), strings_only=True)


@cache
def _labels(field: models.Field[Any, Any]) -> dict[Any, Any]:
    return dict(field.flatchoices)


#: What says nothing of a row’s content. Who publishes a row has not edited it.
_NOT_CONTENT = frozenset({"version", "updated_at", "review_state"})


def content_columns(record: Any) -> list[str]:
    """The columns of a record of history that tell what the row says."""
    return [column.attname for column in type(record).tracked_fields if column.name not in _NOT_CONTENT]


def is_edited(row: Curated, record: Any) -> bool:
    """Whether a row says something else than a record of its history."""
    return any(getattr(row, column) != getattr(record, column) for column in content_columns(record))
