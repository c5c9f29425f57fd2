"""Keys of rows as they come in addresses and forms: read with care, so that no database meets what it cannot hold."""

from __future__ import annotations

from urllib.parse import unquote_plus

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import IntegerField, Model
from django.http import Http404, HttpRequest

_LARGEST = 2**63 - 1
_LONGEST = len(str(_LARGEST))


def key_of(text: str) -> int | None:
    """The number that stands there, in plain digits; None for anything else, and for more than a database can hold."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        return None
    return key if (key := int(text)) <= _LARGEST else None


def refuse_nul(request: HttpRequest, *keys: str) -> None:
    """Answer 404 to an address with the character NUL, which PostgreSQL takes for an error."""
    asked = (unquote_plus(request.META.get("QUERY_STRING", "")), *keys)
    if any("\0" in text for text in asked):
        raise Http404


def refuse_other_than_key(model: type[Model], written: str) -> None:
    """Answer 404 to what can be no key of the model: letters where a number belongs, and numbers beyond all."""
    if isinstance(model._meta.pk, IntegerField) and key_of(written) is None:
        raise Http404


def refuse_odd_list(request: HttpRequest, model: type[Model]) -> None:
    """Answer 404 where a list is asked for with NUL, or rows are ticked in it that there cannot be."""
    ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
    refuse_nul(request, *ticked)
    for key in ticked:
        refuse_other_than_key(model, key)
