"""Why a text is read as it is, in words for the office: ``extraction`` names its rules in its own way."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: How the text speaks of a tie.
FRAMES: dict[str, Any] = {
    "founding": gettext_lazy("The text says that the tie was established"),
    "ended": gettext_lazy("The text says that the tie has ended"),
    "suspended": gettext_lazy("The text says that the tie is suspended"),
    "anniversary": gettext_lazy("The text tells of an anniversary of the tie"),
    "pictured": gettext_lazy("The text tells of the tie in an image, such as joined hands"),
    "apposition": gettext_lazy("The text calls one place the partner of the other"),
    "copula": gettext_lazy("The text says that both are partners"),
    "inventory": gettext_lazy("The text lists the ties of a place"),
    "such as": gettext_lazy("The text names the place as an example of partners"),
    "standing": gettext_lazy("The text says that the tie goes on"),
    "bracket": gettext_lazy("The text names the partner in brackets"),
    "compound": gettext_lazy("The text names both places together with the word for the tie"),
}
#: Where the two places stand.
WAYS: dict[str, Any] = {
    "title": gettext_lazy("both places stand in the title of the paper."),
    "list after it": gettext_lazy("the places stand in a list after it."),
    "both before it": gettext_lazy("both places stand before it."),
    "since then": gettext_lazy("“since then” means the places that were named before."),
    "pronoun": gettext_lazy("“both cities” or the like means places that were named before."),
}
#: Other ways to speak of a tie, and how the text reports a number.
OTHERS: dict[str, Any] = {
    "implied: project": gettext_lazy("The text does not state a tie; it lets one be concluded from what both do."),
    "implied: examples": gettext_lazy("The text names the place as an example of partners."),
    "word, then figure": gettext_lazy("The number stands after the word for what is counted."),
    "figure, then word": gettext_lazy("The number stands before the word for what is counted."),
    "so many places": gettext_lazy("The text says with how many places there are ties."),
    "by level": gettext_lazy("The text counts the ties of one level."),
    "respectively": gettext_lazy("Several numbers stand in the order of the words before them."),
    "ordinal": gettext_lazy("The text says which in number a tie is, such as the 12th: so many there are."),
    "the same figure": gettext_lazy("The text says that the number is the same as one before it."),
    "countries": gettext_lazy("The text says in how many countries there are partners."),
}


def in_words(rule: str) -> str:
    """Why a candidate was found; empty for a rule that has no words yet."""
    if rule in OTHERS:
        return str(OTHERS[rule])
    frame, _colon, way = rule.partition(": ")
    if frame not in FRAMES:
        return ""
    if way not in WAYS:
        return _("%(frame)s.") % {"frame": FRAMES[frame]}
    return _("%(frame)s; %(way)s") % {"frame": FRAMES[frame], "way": WAYS[way]}
