"""Pages for what went wrong. They ask no database, so that they work when it does not."""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from friendship import outages


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request cannot be read."""
    return _answer(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this visitor."""
    return _answer(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing at this address."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 where the database cannot be asked, which passes by itself."""
    if not outages.is_one(sys.exc_info()[1]):
        return _answer(request, 500)
    response = _answer(request, 503, saving=request.method == "POST")
    response["Retry-After"] = str(outages.RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was opened elsewhere or too long ago."""
    return _answer(request, 403, csrf=True)


def _answer(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": str(_API_DETAIL[status])}, status=status)
    return render(request, "error.html", {"status": status, "csrf": False, "saving": False, **context}, status=status)


_API_DETAIL = {
    400: exceptions.ParseError.default_detail,
    403: exceptions.PermissionDenied.default_detail,
    404: exceptions.NotFound.default_detail,
    500: exceptions.APIException.default_detail,
    503: _("The register cannot be read just now. Please try again in half a minute."),
}
