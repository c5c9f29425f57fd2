"""The Jinja2 environment of the public pages: translations, addresses and the few words that templates need."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, translate_url
from django.utils import formats, timezone, translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from friendship import fragments
from friendship.dates import PartialDate
from friendship.filters import Parameters
from friendship.names import has_han

#: Below, no language groups digits.
_FIRST_GROUPED = 1000
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def environment(**options: Any) -> Environment:
    """Build the environment; an undefined name in a template is an error, never an empty space."""
    options["undefined"] = StrictUndefined
    env = Environment(  # nosec B701 # (Django's backend passes autoescape=True)
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    env.globals.update(
        _=_text,
        static=cache(static),
        url=_url,
        languages=settings.LANGUAGES,
        language_code=translation.get_language,
        in_chinese=_in_chinese,
        gap=gap,
        tie_rows=fragments.tie_rows,
        choice_items=_choice_items,
        translate_url=translate_url,
        canonical=_canonical,
        made_on=_made_on,
        day=_day,
    )
    env.tests.update(chinese=has_han)
    env.filters.update(number=_number, json=_json)
    return env


def _url(name: str, *args: Any) -> str:
    return reverse(name, args=args) if args else _address(name, translation.get_language())


@lru_cache(maxsize=1000)
def _address(name: str, _language: str | None) -> str:
    return reverse(name)


def gap() -> str:
    """The space between two words or sentences, which Chinese does without."""
    return "" if _in_chinese() else " "


def _in_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _canonical(request: HttpRequest, asked: Parameters | None) -> str:
    """The one full address of a page, with what it asks for and without how it shows the answer."""
    return request.build_absolute_uri(request.path + (asked.canonical if asked else ""))


def _made_on() -> PartialDate:
    """The day on which a page is made, in the register’s time zone."""
    return _day(timezone.now())


def _day(moment: datetime) -> PartialDate:
    """The day of a moment in the register’s time zone."""
    day = timezone.localdate(moment)
    return PartialDate(day.year, day.month, day.day)


def _json(data: Any) -> Markup:
    """Data for a ``<script>`` element: nothing in it can end the element."""
    escaped = json.dumps(data, ensure_ascii=False).translate(_ESCAPED)
    return Markup(escaped)  # nosec B704 # noqa: S704


def _number(value: float) -> str:
    """A number with the digit grouping of the active language."""
    if isinstance(value, int) and 0 <= value < _FIRST_GROUPED:
        return str(value)
    return _grouped(value, translation.get_language())


@lru_cache(maxsize=10_000)
def _grouped(value: float, _language: str | None) -> str:
    return formats.number_format(value, use_l10n=True, force_grouping=True)


_choice_items = partial(fragments.choice_items, number=_number)


def _text(text: str, /, **values: Any) -> Markup:
    """A text of a template in the active language; the package’s own makes each anew, a hundred for a page."""
    if values:
        return Markup(translation.gettext(text)) % values  # nosec B704 # noqa: S704 (of the catalogue; values are escaped)
    return _text_alone(text, translation.get_language())


@lru_cache(maxsize=5000)
def _text_alone(text: str, _language: str | None) -> Markup:
    return Markup(translation.gettext(text)) % {}  # nosec B704 # noqa: S704 (of the catalogue)
