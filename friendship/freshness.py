"""Answers that are made anew only when the register has changed: for programs that ask again and again."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag

from friendship import queries

View = Callable[..., HttpResponseBase]

#: Raise it when a release changes what one of these answers says of the same register.
EDITION = 1


def fresh(view: View) -> View:
    """Answer 304 while the register, the day, the language and the address are the same; nothing is kept unasked."""
    tagged = etag(_tag)(view)

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = tagged(request, *args, **kwargs)
        if response.status_code == HTTPStatus.BAD_REQUEST:
            del response["ETag"]  # a refusal is said again each time
        return response

    return cache_control(no_cache=True)(answer)


def _tag(request: HttpRequest, *_args: Any, **_kwargs: Any) -> str:
    told = (EDITION, queries.state(), timezone.localdate(), get_language(), request.build_absolute_uri())
    return f'"{sha256(repr(told).encode()).hexdigest()[:32]}"'
