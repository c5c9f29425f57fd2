"""Two people at one row: a change over someone else's newer version is brought together with it, or refused."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from friendship.models.curation import Curated, content_columns

_DATE_PART = re.compile(r"_(year|month|day)$")


class StaleVersion(Exception):
    """Someone else saved a newer version of the row; the message says who, when and what."""


def lock(row: Curated, seen_version: int) -> int:
    """Hold the row until the transaction ends, and return its version. Raises ``StaleVersion``."""
    held = type(row)._default_manager.select_for_update().filter(pk=row.pk).values_list("version", flat=True).first()
    if held != seen_version:
        raise StaleVersion(_stale_message(row))
    return held


def rebase(row: Curated, seen_version: int) -> list[str]:
    """Hold the row until the transaction ends; where it is newer than what was seen, bring both changes together.

    Facts that only the other person has changed take their newer value. Returns the names of these facts. Raises
    ``StaleVersion`` where both have changed the same fact, or nothing tells what was seen.
    """
    held = type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if held is not None and held.version == seen_version:
        row.version = held.version  # a row from the past has its own
        return []
    seen = row.history.filter(version=seen_version).first()  # type: ignore[attr-defined] # given by HistoricalRecords
    if held is None or seen is None:
        raise StaleVersion(_stale_message(row))
    columns = content_columns(seen)
    mine = {column for column in columns if getattr(row, column) != getattr(seen, column)}
    theirs = {column for column in columns if getattr(held, column) != getattr(seen, column)}
    decides = getattr(row, "review_state", None) != getattr(seen, "review_state", None)  # and has seen what is public
    if (decides and theirs) or _shared(mine, theirs):
        raise StaleVersion(_stale_message(row, _named(row, _shared(mine, theirs) or theirs)))
    for column in theirs:
        setattr(row, column, getattr(held, column))
    if not decides and hasattr(held, "review_state"):
        row.review_state = held.review_state  # type: ignore[attr-defined]
    row.version = held.version
    return _named(row, theirs)


def _shared(mine: set[str], theirs: set[str]) -> set[str]:
    facts = {_fact(column) for column in mine}
    return {column for column in theirs if _fact(column) in facts}


def _fact(column: str) -> str:
    """What a column is a part of: a date is one fact, and so is a point on the map."""
    return {"latitude": "point", "longitude": "point"}.get(column, _DATE_PART.sub("", column))


def _named(row: Curated, columns: set[str]) -> list[str]:
    """The facts in the words of the forms, each once."""
    fields = {field.attname: field for field in row._meta.concrete_fields if field.attname in columns}
    facts = {_fact(column): str(field.verbose_name) for column, field in reversed(fields.items())}
    return [capfirst(re.sub(r"\s*[(（][^()（）]*[)）]$", "", name)) for name in reversed(facts.values())]


def _stale_message(row: Curated, facts: list[str] | None = None) -> str:
    newest: Any = row.history.first()  # type: ignore[attr-defined]
    if newest is None or newest.history_type == "-":
        return _("This record has been deleted since you opened it. Nothing was saved.")
    changed = _("%(who)s changed this record on %(when)s, after you had opened it.") % {
        "who": newest.history_user or _("Someone"),
        "when": date_format(timezone.localtime(newest.history_date), "DATETIME_FORMAT"),
    }
    what = _("Changed: %(facts)s.") % {"facts": _(", ").join(facts)} if facts else ""
    kept = _(
        "Nothing was saved: your entries are still below. Open the record in a new window, compare, and enter your "
        "changes there."
    )
    return in_sentences(changed, what, kept)


def in_sentences(*sentences: str) -> str:
    """Sentences one after the other; Chinese leaves no blank between them."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(filter(None, sentences))
