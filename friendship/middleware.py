"""Which language an answer speaks, how it is compressed, and what a browser may load for it.

The address decides the language of pages, the Accept-Language header that of the API.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

_API = "/api/"
#: Of these Django has pages of its own while the register is developed.
_ERRORS = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR})
#: What is compressed already.
_COMPRESSED = ("image/", "application/vnd.openxmlformats-officedocument.")


class PolicyMiddleware:
    """The Content-Security-Policy, the same for every answer; the package's own middleware writes each one anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Say it of every answer but Django's own pages about errors, which have styles in them."""
        response = self.get_response(request)
        if not (settings.DEBUG and response.status_code in _ERRORS):
            response.headers.setdefault(HEADER, self._policy)
        return response


class CompressionMiddleware(GZipMiddleware):
    """Pages shrink to a fifth; pictures and workbooks do not.

    Forms stay safe: Django masks their tokens anew each time, and pads what it compresses.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is text."""
        if response.headers.get("Content-Type", "").startswith(_COMPRESSED):
            return response
        return super().process_response(request, response)


class LanguageMiddleware(LocaleMiddleware):
    """Chinese at the root and English under /en/; an API client is answered in the language it asks for."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of this request."""
        if not request.path_info.startswith(_API):
            super().process_request(request)
            return
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Name the language; only the API's answers vary with the header, so that pages can be cached by address."""
        if request.path_info.startswith(_API):
            return super().process_response(request, response)
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response
