"""The two parts of a page of ties that are repeated hundreds of times, in Python: rows, and choices of a filter.

They are half of such a page, and in a template they take most of the time that it costs; here, a fraction of it.
Everything that is not a code, a number or an address is escaped here, where it is put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext, ngettext
from markupsafe import Markup, escape

from friendship.dates import PartialDate
from friendship.models import Relationship
from friendship.models.places import is_chinese
from friendship.queries import Choice, Decade, ListedTie

#: What the status column repeats beside the type where the table is stacked on a narrow screen.
_TOLD = frozenset({"suspended", "ended"})


def tie_rows(ties: Iterable[ListedTie | Relationship]) -> Markup:
    """The rows of a table; their roles keep it a table for screen readers where narrow screens stack the cells."""
    unknown = f'<span class="unknown">{escape(gettext("date not stated"))}</span>'
    colon, chinese = escape(gettext(": ")), is_chinese()
    rows = [_row(tie, unknown, colon, chinese) for tie in ties]
    return Markup("".join(rows))  # nosec B704 # noqa: S704 (escaped below)


def _row(tie: Any, unknown: str, colon: str, chinese: bool) -> str:
    kind, status = _escaped(tie.get_type_display()), _escaped(tie.get_status_display())
    dated = _time(tie.founded, chinese) if tie.founded else unknown
    told = f' <span class="state">{status}</span>' if tie.status in _TOLD else ""
    return (
        f'<tr role="row" data-row="{tie.pk}"{"" if tie.is_counted else _UNCOUNTED}>\n'
        f'<td role="cell" class="cell-home">{_place(tie.home, chinese)}</td>\n'
        f'<td role="cell" class="cell-partner">{_place(tie.partner, chinese)}</td>\n'
        f'<td role="cell" class="cell-country">{_country(tie.partner.country)}</td>\n'
        f'<td role="cell" class="cell-kind"><span class="kind kind-{tie.type}">{kind}</span>{told}</td>\n'
        f'<td role="cell" class="cell-founded">{dated}</td>\n'
        f'<td role="cell" class="cell-status status-{tie.status}">{status}</td>\n'
        f'<td role="cell" class="cell-more"><a href="{tie.get_absolute_url()}">{_sources(tie.source_count, chinese)}'
        f'<span class="visually-hidden">{colon}{escape(str(tie))}</span></a></td>\n</tr>\n'
    )


_UNCOUNTED = ' class="uncounted"'


def _place(place: Any, chinese: bool) -> str:
    return _link(place.get_absolute_url(), place.name, place.language, place.other_name, chinese)


# --- what stands on many pages, made once. The language is an argument because it tells them apart. ---


@lru_cache(maxsize=20_000)
def _link(address: str, name: str, language: str, second: str, chinese: bool) -> str:
    """A link with a name, and the name in the other language beside it."""
    shown = f'<span lang="{language}">{escape(name)}</span>' if language else escape(name)
    other = "en" if chinese else "zh-Hans"
    beside = f' <span class="other-name" lang="{other}">{escape(second)}</span>' if second else ""
    return f'<a href="{address}">{shown}</a>{beside}'


def _country(country: Any) -> str:
    return f'<a href="{country.get_absolute_url()}">{_escaped(country.name)}</a>'


@lru_cache(maxsize=20_000)
def _time(date: PartialDate, _chinese: bool) -> str:
    return f'<time datetime="{date.iso}">{date}</time>'


@lru_cache(maxsize=1000)
def _sources(number: int, _chinese: bool) -> str:
    return ngettext("%(num)s source", "%(num)s sources", number) % {"num": number}


@lru_cache(maxsize=20_000)
def _escaped(text: str) -> str:
    return str(escape(text))


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
            f'{_escaped(choice.label)}</span> <span class="count">{number(choice.count)}</span></a></li>\n'
        )
    return Markup("".join(found))  # nosec B704 # noqa: S704 (escaped above)


def decade_items(decades: Iterable[Decade], asked: Any, *, number: Callable[[int], str]) -> Markup:
    """The decades of founding as choices, of which one at a time can be chosen."""
    years, label = asked.parameters.replacing(founded_after=None, founded_before=None), gettext("%(year)ss")
    chosen = asked.criteria.founded_after, asked.criteria.founded_before
    start, without = str(escape(years.adding("founded_after"))), escape(years.query)
    found = []
    for decade in decades:
        on, said = chosen == (decade.first, decade.last), escape(label % {"year": decade.first})
        address = without if on else f"{start}{decade.first}&amp;founded_before={decade.last}"
        found.append(
            f'<li><a rel="nofollow" href="{address}"{_CURRENT if on else ""}><span class="choice">'
            f'{said}</span> <span class="count">{number(decade.count)}</span></a></li>\n'
        )
    return Markup("".join(found))  # nosec B704 # noqa: S704 (escaped above)


_CURRENT = ' aria-current="true"'
