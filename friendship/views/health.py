"""Whether the process and its database are well, for those who watch over them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from friendship import queries
from friendship.databases import routing
from friendship.telemetry.readiness import Question

_PLAIN = "text/plain; charset=utf-8"


def _is_readable() -> bool:
    with routing.for_reading():
        return queries.is_ready()


_can_be_read = Question(_is_readable)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type=_PLAIN)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while the register can be read, else 503: within two seconds, whatever the database does."""
    if _can_be_read.answer():
        return HttpResponse("ok\n", content_type=_PLAIN)
    return HttpResponse("the register cannot be read\n", content_type=_PLAIN, status=503)
