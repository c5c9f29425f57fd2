"""The staff side: every table of the register with its lists, forms and history. Every write goes through curation."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from friendship.admin import places, relationships, sources

__all__ = ["places", "relationships", "sources"]

admin.site.site_header = _("Register of sister cities · Staff")
admin.site.site_title = _("Register of sister cities · Staff")
admin.site.index_title = _("What would you like to work on?")
admin.site.site_url = reverse_lazy("home")  # lazily, so that it leads to the public page of the language in use
