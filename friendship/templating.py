"""The Jinja2 environment of the public pages: translations, addresses and the few words that templates need.

A template is compiled once for each language: its texts, its addresses and whatever else follows from the language
alone are then constants, and most of a page's frame is one string.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from functools import cache, lru_cache, partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import formats, timezone, translation
from django.utils.encoding import iri_to_uri
from jinja2 import Environment, StrictUndefined, Template, nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from friendship import fragments
from friendship.dates import PartialDate
from friendship.filters import Parameters
from friendship.names import has_han
from friendship.paths import path_of

#: Below, no language groups digits.
_FIRST_GROUPED = 1000
_SITE = "friendship.site"
_ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class Pages(Environment):
    """An environment with one for each language in it, in which the functions of ``constants`` give one answer."""

    constants: Mapping[str, Callable[..., Any]]

    def __init__(self, **options: Any) -> None:
        """Languages are added when the first template is asked for in them."""
        super().__init__(**options)
        self._spoken: dict[str | None, Environment] = {}

    def get_template(self, name: str | Template, *args: Any, **options: Any) -> Template:
        """The template in the active language."""
        if self.overlayed:
            return super().get_template(name, *args, **options)
        language = translation.get_language()
        if language not in self._spoken:
            self._spoken.setdefault(language, self.overlay())
        return self._spoken[language].get_template(name, *args, **options)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """In one dictionary: of a chain, each page would make a copy for each template that it includes."""
        return {**self.globals, **(d or {})}

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        return super()._generate(_Constants(self).visit(source), *args, **options)


class _Constants(NodeTransformer):
    """Calls of ``constants`` with arguments that are written in the template become what they give."""

    def __init__(self, env: Pages) -> None:
        self._env = env

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (as the package calls it)
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        written = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if name not in self._env.constants or node.kwargs or len(written) < len(node.args):
            return node
        return nodes.Const(self._env.constants[name](*written), lineno=node.lineno, environment=self._env)


def environment(**options: Any) -> Pages:
    """Build the environment; an undefined name in a template is an error, never an empty space."""
    options["undefined"] = StrictUndefined
    env = Pages(  # nosec B701 # (Django's backend passes autoescape=True)
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, **options
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
        newstyle=True,
    )
    env.constants = {
        "_": _text,
        "static": cache(static),
        "url": path_of,
        "language_code": translation.get_language,
        "in_chinese": _in_chinese,
        "gap": gap,
    }
    env.globals.update(
        env.constants,
        languages=settings.LANGUAGES,
        tie_rows=fragments.tie_rows,
        choice_items=_choice_items,
        decade_items=_decade_items,
        translate_url=_translate_url,
        canonical=_canonical,
        absolute=absolute,
        made_on=_made_on,
        day=_day,
    )
    env.tests.update(chinese=has_han)
    env.filters.update(number=_number, json=_json)
    return env


def _translate_url(address: str, language: str) -> str:
    """The address of this page in a language, with its query as it is."""
    if language == translation.get_language():
        return address
    path, mark, query = address.partition("?")
    return _translated(path, language) + mark + query


_translated = lru_cache(maxsize=1000)(translate_url)


def gap() -> str:
    """The space between two words or sentences, which Chinese does without."""
    return "" if _in_chinese() else " "


def _in_chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


def _canonical(request: HttpRequest, asked: Parameters | None) -> str:
    """The one address of a page, with what it asks for and without how it shows the answer."""
    return request.path + (asked.canonical if asked else "")


def absolute(request: HttpRequest, path: str) -> str:
    """The full address of a path of ours, as ``build_absolute_uri`` has it, which checks the host anew for each."""
    site: str | None = request.META.get(_SITE)
    if site is None:
        site = request.META[_SITE] = request.build_absolute_uri("/").removesuffix("/")
    return site + iri_to_uri(path)


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
_decade_items = partial(fragments.decade_items, number=_number)


def _text(text: str, /, **values: Any) -> Markup:
    """A text of a template in the active language; the package’s own makes each anew, a hundred for a page."""
    if values:
        return Markup(translation.gettext(text)) % values  # nosec B704 # noqa: S704 (of the catalogue; values are escaped)
    return _text_alone(text, translation.get_language())


@lru_cache(maxsize=5000)
def _text_alone(text: str, _language: str | None) -> Markup:
    return Markup(translation.gettext(text)) % {}  # nosec B704 # noqa: S704 (of the catalogue)
