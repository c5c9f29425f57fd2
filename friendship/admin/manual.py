"""The manual for staff, in the admin: one page of chapters, each written once in Chinese and once in English.

A chapter is ``templates/admin/help/<language>/<name>.html``. Words in ``<b>`` are what stands on buttons and links, and
tests/admin/test_manual.py looks for each of them in the catalogues.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

#: Name and title, in the order in which someone new reads them.
CHAPTERS: dict[str, Any] = {
    "register": _("What the register is, and its words"),
    "first-day": _("The first day"),
    "workbench": _("The workbench"),
    "add": _("Add a tie from a newspaper"),
    "text": _("From text"),
    "change": _("Change what the public sees"),
    "review": _("Review"),
    "corrections": _("Corrections from the public"),
    "end": _("End a tie"),
    "merge": _("Merge two records"),
    "import": _("Import a list, and take it back"),
    "bulk": _("Change many at once"),
    "history": _("History, and going back"),
    "audit": _("The audit"),
    "roles": _("Who may do what"),
    "trouble": _("When something goes wrong"),
}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All chapters on one page: to be read, searched and printed as a whole."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    context = {
        **admin.site.each_context(request),
        "title": _("Manual"),
        "language": language,
        "chapters": [
            {"name": name, "title": title, "template": f"admin/help/{language}/{name}.html"}
            for name, title in CHAPTERS.items()
        ],
    }
    return TemplateResponse(request, "admin/friendship/manual.html", context)
