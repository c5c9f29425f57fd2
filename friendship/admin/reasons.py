"""The reasons in the history, in words and with the page that tells more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from friendship.models import ImportRun, Proposal, Reading, Redirect

#: What came from a text also names the decision about one of its candidates.
_REASON = re.compile(
    r"(?P<kind>import|proposal|merge|reading)/(?P<number>[0-9]{1,18})(?:/[0-9]{1,18})?(?P<undone>/undo)?"
)
_TABLES: dict[str, tuple[type[Model], str]] = {
    "import": (ImportRun, "importrun"),
    "proposal": (Proposal, "proposal"),
    "merge": (Redirect, "redirect"),
    "reading": (Reading, "reading"),
}


@dataclass(frozen=True)
class Reason:
    """Why something was changed, and where that is told; the address is empty where nothing more is held."""

    words: str
    address: str = ""


def reasons_in_words(reasons: Iterable[str]) -> dict[str, Reason]:
    """What each of the reasons means; a query for each kind of them."""
    found = {reason: _REASON.fullmatch(reason) for reason in set(reasons)}
    held = {
        kind: set(model._default_manager.filter(pk__in=numbers).values_list("pk", flat=True))
        for kind, (model, _name) in _TABLES.items()
        if (numbers := {int(match["number"]) for match in found.values() if match and match["kind"] == kind})
    }
    return {reason: _reason(reason, match, held) for reason, match in found.items() if reason}


def _reason(reason: str, match: re.Match[str] | None, held: dict[str, set[int]]) -> Reason:
    if match is None:
        return Reason(_("An earlier change was taken back.") if reason.startswith("revert/") else reason)
    number = int(match["number"])
    words = _words(match["kind"], bool(match["undone"])) % {"number": number}
    name = _TABLES[match["kind"]][1]
    is_held = number in held[match["kind"]]
    return Reason(words, reverse(f"admin:friendship_{name}_change", args=[number]) if is_held else "")


def _words(kind: str, undone: bool) -> str:
    if kind == "import":
        return _("Import %(number)d was undone") if undone else _("Import %(number)d")
    if kind == "reading":
        return _("Text %(number)d, taken back") if undone else _("Text %(number)d")
    if kind == "proposal":
        return _("Proposed change %(number)d was undone") if undone else _("Proposed change %(number)d")
    return _("Merging %(number)d was undone") if undone else _("Merging %(number)d")
