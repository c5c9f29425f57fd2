"""The Jinja2 environment of the public pages: translations, addresses and the few words that templates need."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse, translate_url
from django.utils import formats, translation
from jinja2 import Environment, StrictUndefined

from friendship.names import has_han


def environment(**options: Any) -> Environment:
    """Build the environment; an undefined name in a template is an error, never an empty space."""
    options["undefined"] = StrictUndefined
    env = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    env.globals.update(
        static=static,
        url=_url,
        languages=settings.LANGUAGES,
        language_code=translation.get_language,
        in_chinese=_in_chinese,
        translate_url=translate_url,
    )
    env.tests.update(chinese=has_han)
    env.filters.update(number=_number)
    return env


def _url(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def _in_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _number(value: float) -> str:
    """A number with the digit grouping of the active language."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)
