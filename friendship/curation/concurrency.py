"""Two people at one row: a change over someone else's newer version is brought together with it, or refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from friendship.models.curation import Curated
from friendship.queries.facts import Fact, facts_of


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
    mine, theirs = _changed(row, seen), _changed(held, seen)
    decides = getattr(row, "review_state", None) != getattr(seen, "review_state", None)  # and has seen what is public
    if (decides and theirs) or set(mine) & set(theirs):
        raise StaleVersion(_stale_message(row, _named(fact for fact in theirs if decides or fact in mine)))
    for column in (column for fact in theirs for column in fact.columns):
        setattr(row, column, getattr(held, column))
    if not decides and hasattr(held, "review_state"):
        row.review_state = held.review_state  # type: ignore[attr-defined]
    row.version = held.version
    return _named(theirs)


def _changed(row: Curated, seen: Any) -> list[Fact]:
    """The facts of which a row says something else than a record of its history."""
    facts = facts_of(row._meta.concrete_model)  # a proxy shares the table of its place
    return [fact for fact in facts if fact.name != "review_state" and fact.of(row) != fact.of(seen)]


def _named(facts: Iterable[Fact]) -> list[str]:
    return [capfirst(str(fact.label)) for fact in facts]


def _stale_message(row: Curated, facts: list[str] | None = None) -> str:
    newest: Any = row.history.first()  # type: ignore[attr-defined]
    if newest is None or newest.history_type == "-":
        return _("This record has been deleted since you opened it. Nothing was saved.")
    changed = _("%(who)s changed this record on %(when)s, after you had opened it.") % {
        "who": newest.history_user or _("Someone"),
        "when": date_format(timezone.localtime(newest.history_date), "DATETIME_FORMAT"),
    }
    what = _("Changed: %(facts)s.") % {"facts": pgettext("between names", ", ").join(facts)} if facts else ""
    kept = _(
        "Nothing was saved: your entries are still below. Open the record in a new window, compare, and enter your "
        "changes there."
    )
    return in_sentences(changed, what, kept)


def in_sentences(*sentences: str) -> str:
    """Sentences one after the other; Chinese leaves no blank between them."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(filter(None, sentences))
