"""How addresses for programs refuse what they cannot answer: 400, with the field's name and what is wrong with it.

Pages say it beside the field instead, and the API in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.utils.translation import gettext as _

from friendship.filters import RegisterFilter


def problems(asked: RegisterFilter) -> dict[str, list[str]]:
    """What is wrong with each field, in the active language; empty where all of it can be answered."""
    return {name: [str(text) for text in texts] for name, texts in asked.errors.items()}


def in_words(asked: RegisterFilter) -> HttpResponse:
    """A line of text for everything that is wrong."""
    return saying(*(f"{name}: {text}" for name, texts in problems(asked).items() for text in texts))


def in_json(asked: RegisterFilter) -> HttpResponse:
    """What is wrong under the name of each field."""
    return JsonResponse(problems(asked), status=400)


def unknown(names: Iterable[str], known: Iterable[str], *, in_json: bool) -> HttpResponse:
    """Parameters that nobody knows: who mistypes a filter must not get everything for an answer."""
    text = _("There is no such parameter here. There are: %(names)s.") % {"names": ", ".join(known)}
    if in_json:
        return JsonResponse({name: [text] for name in sorted(names)}, status=400)
    return saying(*(f"{name}: {text}" for name in sorted(names)))


def saying(*lines: str) -> HttpResponse:
    """These lines of text."""
    return HttpResponseBadRequest("".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8")
