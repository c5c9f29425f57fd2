"""The staff side, at /admin/: Django finds here what it offers to edit."""

from django.contrib import admin
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from friendship.admin import (
    access,
    accounts,
    audit,
    imports,
    places,
    policy,
    proposals,
    readings,
    redirects,
    relationships,
    sources,
    suggestions,
)

__all__ = [
    "access",
    "accounts",
    "audit",
    "imports",
    "places",
    "policy",
    "proposals",
    "readings",
    "redirects",
    "relationships",
    "sources",
    "suggestions",
]

admin.site.site_header = _("Register of sister cities · Staff")
admin.site.site_title = admin.site.site_header
admin.site.index_title = _("Workbench")
admin.site.index_template = "admin/friendship/workbench.html"
admin.site.site_url = reverse_lazy("home")  # type: ignore[assignment] # its types know only plain text
