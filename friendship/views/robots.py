"""What robots may read: everything public, but what one reader has sent."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """The robots.txt (RFC 9309): no staff pages, nothing that was sent, and where the sitemap stands."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _closed_to_robots())]
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse("\n".join([*lines, "", f"Sitemap: {sitemap}", ""]), content_type="text/plain; charset=utf-8")


def _closed_to_robots() -> list[str]:
    addresses = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses += [reverse("admin:index"), reverse("suggestion", args=["x"]).removesuffix("x/")]
    return addresses
