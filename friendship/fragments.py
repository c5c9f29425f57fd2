"""The two parts of a page of ties that are repeated hundreds of times, in Python: rows, and choices of a filter.

They are half of such a page, and in a template they take most of the time that it costs; here, a fraction of it.
Everything that is not a code, a number or an address is escaped here, where it is put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext, ngettext
from markupsafe import Markup, escape

from friendship.models import Relationship
from friendship.models.places import in_language
from friendship.queries import Choice, ListedTie

#: What the status column repeats beside the type where the table is stacked on a narrow screen.
_TOLD = frozenset({"suspended", "ended"})


def tie_rows(ties: Iterable[ListedTie | Relationship]) -> Markup:
    """The rows of a table; their roles keep it a table for screen readers where narrow screens stack the cells."""
    unknown = f'<span class="unknown">{escape(gettext("date not stated"))}</span>'
    colon, other = escape(gettext(": ")), in_language("en", "zh-Hans")
    return Markup("".join([_row(tie, unknown, colon, other) for tie in ties]))  # nosec B704 # noqa: S704 (escaped below)


def _row(tie: Any, unknown: str, colon: str, other: str) -> str:
    country, founded = tie.partner.country, tie.founded
    status = escape(tie.get_status_display())
    dated = f'<time datetime="{founded.iso}">{founded}</time>' if founded else unknown
    told = f' <span class="state">{status}</span>' if tie.status in _TOLD else ""
    sources = ngettext("%(num)s source", "%(num)s sources", tie.source_count) % {"num": tie.source_count}
    return (
        f'<tr role="row" data-row="{tie.pk}"{"" if tie.is_counted else _UNCOUNTED}>\n'
        f'<td role="cell" class="cell-home">{_place(tie.home, other)}</td>\n'
        f'<td role="cell" class="cell-partner">{_place(tie.partner, other)}</td>\n'
        f'<td role="cell" class="cell-country"><a href="{country.get_absolute_url()}">{escape(country.name)}</a></td>\n'
        f'<td role="cell" class="cell-kind"><span class="kind kind-{tie.type}">{escape(tie.get_type_display())}</span>'
        f"{told}</td>\n"
        f'<td role="cell" class="cell-founded">{dated}</td>\n'
        f'<td role="cell" class="cell-status status-{tie.status}">{status}</td>\n'
        f'<td role="cell" class="cell-more"><a href="{tie.get_absolute_url()}">{sources}'
        f'<span class="visually-hidden">{colon}{escape(str(tie))}</span></a></td>\n</tr>\n'
    )


_UNCOUNTED = ' class="uncounted"'


def _place(place: Any, other: str) -> str:
    """A link with the name, and the name in the other language beside it."""
    name, second = escape(place.name), place.other_name
    shown = f'<span lang="{place.language}">{name}</span>' if place.language else name
    beside = f' <span class="other-name" lang="{other}">{escape(second)}</span>' if second else ""
    return f'<a href="{place.get_absolute_url()}">{shown}</a>{beside}'


def choice_items(
    choices: Iterable[Choice],
    chosen: Iterable[str],
    adding: str,
    removing: Callable[[str], str],
    *,
    number: Callable[[int], str],
) -> Markup:
    """The choices of a filter: choosing adds to the address, choosing again removes.

    The values are codes, words of the vocabulary or slugs, which an address takes as they are.
    """
    start, held = str(escape(adding)), frozenset(chosen)
    found = []
    for choice in choices:
        on = choice.value in held
        address = escape(removing(choice.value)) if on else f"{start}{choice.value}"
        language = f' lang="{choice.language}"' if choice.language else ""
        found.append(
            f'<li><a rel="nofollow" href="{address}"{_CURRENT if on else ""}><span class="choice"{language}>'
            f'{escape(choice.label)}</span> <span class="count">{number(choice.count)}</span></a></li>\n'
        )
    return Markup("".join(found))  # nosec B704 # noqa: S704 (escaped above)


_CURRENT = ' aria-current="true"'
