"""A suggestion of the public beside the form of the record that it is about."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from friendship.admin.keys import key_of
from friendship.curation.suggestions import may_handle
from friendship.enums import Level
from friendship.models import Place, Relationship, Source, Suggestion
from friendship.queries.corrections import source_at

#: In the address of a form: the key of the suggestion that is shown beside it.
PARAMETER = "suggestion"

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；、（）《》【】]+")
_LONGEST_TITLE = 200


def beside(request: HttpRequest, row: Model | None) -> Suggestion | None:
    """The suggestion that the address names, where it is about this record and the user may handle it."""
    asked = key_of(request.GET.get(PARAMETER, ""))
    if row is None or asked is None:
        return None
    found = Suggestion.objects.filter(pk=asked).first()
    return found if found and _is_about(found, row) and may_handle(request.user, found) else None


def told_beside(request: HttpRequest, row: Model | None) -> dict[str, Any]:
    """What the page of a form says of the suggestion, and of why the record is changed."""
    suggestion = beside(request, row)
    reason = suggestion and gettext("Suggestion %(number)s from the public") % {"number": suggestion}
    return {"suggestion": suggestion, "reason": reason}


def _is_about(suggestion: Suggestion, row: Model) -> bool:
    if isinstance(row, Relationship):
        return suggestion.relationship_id == row.pk
    return isinstance(row, Place) and suggestion.place_id == row.pk


def form_address(suggestion: Suggestion) -> str:
    """The form of the record, with the suggestion beside it; empty where the record has been deleted."""
    subject = suggestion.subject
    if subject is None:
        return ""
    kind = "relationship"
    if isinstance(subject, Place):
        kind = "province" if subject.level == Level.PROVINCE else "city"
    return f"{reverse(f'admin:friendship_{kind}_change', args=[subject.pk])}?{PARAMETER}={suggestion.pk}"


def after_saving(request: HttpRequest, row: Model) -> str:
    """Where to go on once the record is saved: to the suggestion, to answer it. Empty where none stands beside."""
    suggestion = beside(request, row)
    if suggestion is None or "_addanother" in request.POST:
        return ""
    if "_continue" in request.POST:
        return f"{request.path}?{PARAMETER}={suggestion.pk}"
    return reverse("admin:friendship_suggestion_change", args=[suggestion.pk])


# --- the source that was suggested ------------------------------------------------------------------------------------


def web_address(suggestion: Suggestion) -> str:
    """The first web address that was given as the source; empty where none was."""
    found = _WEB_ADDRESS.search(suggestion.source)
    return found[0].rstrip(".,;:!?)") if found else ""


def known_source(suggestion: Suggestion) -> Source | None:
    """The source of the register that stands at that address."""
    address = web_address(suggestion)
    return source_at(address) if address else None


def new_source_address(suggestion: Suggestion) -> str:
    """The form for a new source, with what was said of it filled in."""
    address = web_address(suggestion)
    said = {"url": address} if address else {"title": suggestion.source[:_LONGEST_TITLE]}
    return f"{reverse('admin:friendship_source_add')}?{urlencode(said)}"


def first_evidence(request: HttpRequest, row: Model | None) -> list[dict[str, Any]]:
    """The evidence to begin with, as a form is opened: the source that was suggested, where the register knows it."""
    suggestion = beside(request, row) if request.method == "GET" else None
    source = suggestion and suggestion.is_open and known_source(suggestion)
    return [{"source": source.pk}] if source else []
