"""What is exported: which ties, and what the file says of itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from friendship import queries
from friendship.queries import Criteria, ExportedRow, ExportedTie


def _language() -> str:
    return translation.get_language() or settings.LANGUAGE_CODE


@dataclass(frozen=True)
class Export:
    """The ties that answer a question, on a day, for readers of a language.

    ``words`` say the question; ``site`` is what addresses begin with (``https://register.example.org``), and without it
    they are paths. The same register gives the same bytes on the same day.
    """

    criteria: Criteria
    words: str = ""
    site: str = ""
    language: str = field(default_factory=_language)
    date: datetime.date = field(default_factory=timezone.localdate)

    def rows(self) -> Iterator[ExportedRow]:
        """The ties as tables have them, in the order asked for.

        The language decides how names sort, and may change meanwhile.
        """
        with translation.override(self.language):
            return queries.exported_rows(self.criteria, self.site)

    def ties(self) -> Iterator[ExportedTie]:
        """The same ties with all that the register says of them."""
        with translation.override(self.language):
            return queries.exported(self.criteria, self.site)

    @property
    def filter(self) -> dict[str, Any]:
        """What narrows the question, by the names of the filters."""
        asked = {item.name: getattr(self.criteria, item.name) for item in fields(self.criteria) if item.name != "sort"}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asked.items()
            if value not in ("", (), None)
        }
