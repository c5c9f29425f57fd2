"""The register for a WSGI server such as gunicorn."""

from __future__ import annotations

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http.request import parse_header_parameters  # type: ignore[attr-defined] # its types do not name it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Utf8Request(WSGIRequest):
    """A request that is read as UTF-8, whatever it says of itself.

    Django reads parameters in the encoding that a request names, and falls over one that is none for text (hex) or
    that makes half characters (unicode_escape). No browser names another than that of our pages.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))


class Handler(WSGIHandler):
    """Django's own, with requests that are read as UTF-8."""

    request_class = Utf8Request


django.setup(set_prefix=False)
application = Handler()
