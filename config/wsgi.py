"""The register for a WSGI server such as gunicorn."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.http.request import parse_header_parameters  # type: ignore[attr-defined] # its types do not name it
from django.http.response import HttpResponseBase

from friendship.telemetry import requests

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Utf8Request(WSGIRequest):
    """A request that is read as UTF-8, whatever it says of itself.

    Django reads parameters in the encoding that a request names, and falls over one that is none for text (hex) or
    that makes half characters (unicode_escape). No browser names another than that of our pages.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    """Django's own, with requests that are read as UTF-8 and of which one line each is told."""

    request_class = Utf8Request

    def __call__(  # type: ignore[override] # its types know of Django's own answers alone
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer, from what is kept or anew, and tell of it when the answer was sent."""
        return requests.answered(partial(freshness.answered, super().__call__), environ, start_response)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Django's answer; what it found out about the request is kept for the line."""
        response = super().get_response(request)
        requests.describe(request)
        freshness.keep(request, response)
        return response


django.setup(set_prefix=False)
from friendship import freshness  # noqa: E402 (it knows the models)

application = Handler()
