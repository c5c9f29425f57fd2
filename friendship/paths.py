"""The addresses of pages by the names that ``urls.py`` gives them, each put together once in a language.

A page leads to a dozen others and names itself several times; Django would put each address together anew.
"""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language


def path_of(name: str, *args: str | int) -> str:
    """Where the page of this name lies in the active language."""
    return _path_of(name, *args, language=get_language())


@lru_cache(maxsize=10_000)
def _path_of(name: str, *args: str | int, language: str | None) -> str:
    return reverse(name, args=args)
