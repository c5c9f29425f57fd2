"""What the table of ties holds, for programs: a Data Package around ``relationships.csv``."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.exporters.datapackage import descriptor
from friendship.exporters.export import Export
from friendship.freshness import fresh


@require_safe
@fresh
def datapackage(request: HttpRequest) -> HttpResponse:
    """The description, with titles and meanings in the language of the address."""
    export = Export(queries.Criteria(), site=request.build_absolute_uri("/").rstrip("/"))
    return JsonResponse(descriptor(export), json_dumps_params={"ensure_ascii": False, "indent": 2})
