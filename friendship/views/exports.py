"""The list of ties as a file: the same filter, every row of it, streamed."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from friendship import refusals
from friendship.exporters.export import Export
from friendship.exporters.forms import FORMS
from friendship.exporters.licence import LICENCE
from friendship.exporters.xlsx import TooLong
from friendship.filters import Paging, RelationshipFilter
from friendship.freshness import fresh

_LONGEST_NAME = 60  # characters of the filter in a file's name
_NO_FILE_NAME = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|]+')  # what a file's name cannot hold on one system or another


def relationships(name: str) -> Callable[[HttpRequest], HttpResponseBase]:
    """The view of the ties in one of the forms, ``csv`` for example."""
    form = FORMS[name]

    def view(request: HttpRequest) -> HttpResponseBase:
        asked = RelationshipFilter(request.GET)
        if strangers := request.GET.keys() - asked.filters.keys() - Paging.base_fields.keys():
            return refusals.unknown(strangers, asked.filters, in_json=form.is_json)
        if not asked.is_valid():
            return refusals.in_json(asked) if form.is_json else refusals.in_words(asked)
        export = Export(asked.criteria, asked.sentence, request.build_absolute_uri("/").rstrip("/"))
        try:
            blocks = form.blocks(export) if request.method == "GET" else ()
        except TooLong as error:
            return refusals.saying(str(error))
        return StreamingHttpResponse(blocks, content_type=form.content_type, headers=_headers(asked, export, name))

    return require_safe(fresh(view))


def _headers(asked: RelationshipFilter, export: Export, ending: str) -> dict[str, str]:
    plain = f"sister-cities-{export.date.isoformat()}.{ending}"
    full = quote(f"{_what(asked)}-{export.date.isoformat()}.{ending}")
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}",  # RFC 6266, appendix D
        "Link": f'<{LICENCE.url}>; rel="license"',
    }


def _what(asked: RelationshipFilter) -> str:
    """What is in the file, as its name tells it: the ties, and what they were narrowed to."""
    narrowed = "-".join(_NO_FILE_NAME.sub("-", part.text) for part in asked.parts)[:_LONGEST_NAME]
    return "-".join(
        text.strip(" .-").replace(" ", "-") for text in (pgettext("file", "sister-cities"), narrowed) if text
    )
