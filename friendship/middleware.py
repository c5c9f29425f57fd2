"""Which language an answer speaks, and how it is compressed.

The address decides the language of pages, the Accept-Language header that of the API.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

_API = "/api/"
#: What is compressed already.
_COMPRESSED = ("image/", "application/vnd.openxmlformats-officedocument.")


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
        super().process_request(request)
        if request.path_info.startswith(_API):
            language = translation.get_language_from_request(request)
            translation.activate(language)
            request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Name the language; only the API's answers vary with the header, so that pages can be cached by address."""
        if request.path_info.startswith(_API):
            return super().process_response(request, response)
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response
