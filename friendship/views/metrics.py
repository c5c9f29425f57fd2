"""Figures for Prometheus: for machines that watch the register, and for nobody else."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from friendship import addresses
from friendship.telemetry import metrics as told


@never_cache
@csrf_exempt  # it changes nothing, and a stranger's form is answered as at any address that there is not
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, to the addresses of METRICS_ALLOWED and to who knows METRICS_TOKEN; to others nothing is here."""
    if not (_knows_the_token(request) or _is_allowed(request)):
        raise Http404
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return HttpResponse(told.exposition(), content_type=told.CONTENT_TYPE)


def _knows_the_token(request: HttpRequest) -> bool:
    scheme, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    is_known = constant_time_compare(token.strip(), settings.METRICS_TOKEN)
    return bool(settings.METRICS_TOKEN) and scheme.lower() == "bearer" and is_known


def _is_allowed(request: HttpRequest) -> bool:
    """By the other end of the connection alone: a proxy between us speaks for everybody who comes through it."""
    there = addresses.neighbour(request)
    return there is not None and any(there in network for network in settings.METRICS_ALLOWED)
