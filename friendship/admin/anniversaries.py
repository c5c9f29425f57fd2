"""The anniversaries that an office prepares: the next 60 days, each until it is noted as an event of its tie."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.sites import AdminSite
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from friendship.models import Relationship
from friendship.queries import worklists
from friendship.queries.rights import narrowed

_ROWS_PER_PAGE = 100


def page(request: HttpRequest, site: AdminSite) -> TemplateResponse:
    """The list, a page of it; ``?round=1`` leaves the tens alone."""
    today = timezone.localdate()
    ties = narrowed(Relationship.objects.all(), request.user)
    only_round = request.GET.get("round") == "1"
    rows = worklists.coming_anniversaries(ties, today, only_round=only_round).with_places()
    shown = Paginator(rows, _ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        **site.each_context(request),
        "opts": Relationship._meta,
        "title": _("Anniversaries in the next %(days)d days") % {"days": worklists.DAYS_AHEAD},
        "page": shown,
        "rows": [worklists.as_anniversary(tie, today) for tie in shown.object_list],
        "only_round": only_round,
        "ahead": worklists.count_ahead(ties, today),
    }
    return TemplateResponse(request, "admin/friendship/relationship/anniversaries.html", context)
