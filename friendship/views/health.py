"""Whether the process and its database are well, for those who watch over them."""

from __future__ import annotations

import logging

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from friendship import queries

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while the register can be read, else 503."""
    try:
        ready = queries.is_ready()
    except Error as error:
        logger.error("The database does not answer: %s", error)
        ready = False
    return HttpResponse(
        "ok\n" if ready else "the register cannot be read\n", content_type="text/plain", status=200 if ready else 503
    )
