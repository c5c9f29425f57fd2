"""What django-axes asks of the register: where a log-in comes from, under which name, what to answer to too many."""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from friendship import addresses


def network(request: HttpRequest) -> str | None:
    """The network address by which failures are counted."""
    return addresses.network(request)


def name(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The log-in name, where somebody has it; else a digest of what was typed, which may well be a password."""
    source = credentials if credentials is not None else request.POST
    typed = source.get("username")
    if not typed or User.objects.filter(username=typed).exists():
        return typed
    return "?" + salted_hmac("friendship.unknown-name", typed).hexdigest()[:32]


class Handler(AxesDatabaseHandler):  # type: ignore[misc] # the package has no types
    """Beside failures of one name from one address, those of one address under whatever names."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures that count, so that settings.AXES_FAILURE_LIMIT is reached at either limit."""
        threshold = get_cool_off_threshold(request)
        here = AccessAttempt.objects.filter(ip_address=network(request), attempt_time__gte=threshold)
        flood = here.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
        failures: int = super().get_failures(request, credentials)
        return max(failures, flood * settings.AXES_FAILURE_LIMIT // settings.AXES_ADDRESS_LIMIT)


def answer(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None) -> HttpResponse:
    """Say that nobody gets in for a while, in the reader's language and with nothing about the account."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = {**admin.site.each_context(request), "title": _("Too many failed log-ins"), "minutes": minutes}
    page = render(request, "admin/friendship/account/locked.html", context, status=429)
    page["Retry-After"] = str(minutes * 60)
    page["Cache-Control"] = "no-store"
    return page
