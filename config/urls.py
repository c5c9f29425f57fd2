"""The doors of the register: Chinese at the root, the same in English under /en/; machines at /api/."""

from __future__ import annotations

from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe

from friendship.admin import manual
from friendship.freshness import kept
from friendship.sitemaps import SECTIONS
from friendship.views import errors, health, metrics, robots

_ALL: dict[str, Any] = {"sitemaps": SECTIONS}

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", require_safe(kept(index)), _ALL | {"sitemap_url_name": "sitemap-section"}, name="sitemap"),
    path("sitemap-<slug:section>.xml", require_safe(kept(sitemap)), _ALL, name="sitemap-section"),
    path("api/v1/", include("friendship.api.urls")),
    *i18n_patterns(
        path("admin/help/", admin.site.admin_view(manual.index), name="manual"),
        path("admin/account/", include("friendship.admin.account_urls")),
        path("admin/", admin.site.urls),
        path("", include("friendship.urls")),
        prefix_default_language=False,
    ),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
