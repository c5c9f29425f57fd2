"""Corrections from the public: the form on every tie and place, and what became of what was sent."""

from __future__ import annotations

import datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.throttling import BaseThrottle

from friendship import queries, rates
from friendship.curation import suggestions
from friendship.enums import Level
from friendship.models import Place, Relationship, Suggestion
from friendship.views import moved
from friendship.views.correction_form import FASTEST, TRAP, CorrectionForm, Stamp, decoy, is_decoy, stamp_in

_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@_METHODS
def relationship(request: HttpRequest, pk: int) -> HttpResponse:
    """The form about a tie."""
    tie = queries.relationship(pk)
    if tie is None:
        return moved.tie(request, pk)
    return _form(request, tie, {"tie": tie, "voices": queries.voices(tie)})


@never_cache
@_METHODS
def city(request: HttpRequest, slug: str) -> HttpResponse:
    """The form about a city or county."""
    return _place(request, slug, "city-correction")


@never_cache
@_METHODS
def province(request: HttpRequest, slug: str) -> HttpResponse:
    """The form about a province."""
    return _place(request, slug, "province-correction")


def _place(request: HttpRequest, slug: str, asked: str) -> HttpResponse:
    place = queries.place(slug)
    if place is None:
        return moved.place(request, slug)
    address = "province-correction" if place.level == Level.PROVINCE else "city-correction"
    if asked != address:
        return redirect(address, slug)  # a city asked for among the provinces, or the reverse
    return _form(request, place, {"place": place, "is_province": place.level == Level.PROVINCE})


# --- the form ---------------------------------------------------------------------------------------------------------


def _form(request: HttpRequest, record: Relationship | Place, context: dict[str, Any]) -> HttpResponse:
    name = f"{record._meta.model_name}-{record.pk}"
    if request.method != "POST":
        return _page(request, context, CorrectionForm(), Stamp.new(name))
    if request.POST.get(TRAP):
        return redirect("suggestion", decoy(Stamp.new(name).token))
    form, stamp = CorrectionForm(request.POST), stamp_in(request.POST, name)
    if form.is_valid() and (problem := _too_fast_or_slow(stamp)):
        form.add_error(None, problem)
    if stamp is None or not form.is_valid():
        return _page(request, context, form, stamp or Stamp.new(name))
    if (tally := _too_often(request)) is not None:
        form.add_error(None, _come_back_later(tally))
        answer = _page(request, context, form, stamp, status=HTTPStatus.TOO_MANY_REQUESTS)
        answer["Retry-After"] = str(tally.seconds_left)
        return answer
    try:
        held = suggestions.receive(_sent(form, stamp, record))
    except ValidationError as error:  # the record was deleted at this very moment
        raise Http404 from error
    return redirect("suggestion", held.token)


def _page(
    request: HttpRequest, context: dict[str, Any], form: CorrectionForm, stamp: Stamp, status: int = HTTPStatus.OK
) -> HttpResponse:
    shared = {"form": form, "stamp": stamp.signed, "trap": TRAP, "kept_days": suggestions.KEPT_AFTER_CLOSING.days}
    return render(request, "corrections/form.html", context | shared, status=status)


def _sent(form: CorrectionForm, stamp: Stamp, record: Relationship | Place) -> Suggestion:
    return Suggestion(
        token=stamp.token,
        relationship=record if isinstance(record, Relationship) else None,
        place=record if isinstance(record, Place) else None,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        **form.cleaned_data,
    )


def _too_fast_or_slow(stamp: Stamp | None) -> str:
    if stamp is None:
        return _("This page had been open for too long. What you wrote is still here: please send it again.")
    if stamp.age < FASTEST:
        return _("That was faster than anybody writes. What you wrote is still here: please send it once more.")
    return ""


def _too_often(request: HttpRequest) -> rates.Tally | None:
    """The rate that this address has gone beyond, if any. What was refused by one is not counted by the next."""
    address = BaseThrottle().get_ident(request)  # type: ignore[arg-type] # as the API tells addresses apart
    for rate in settings.SUGGESTION_RATE:
        tally = rates.tally(settings.VAR_DIR / "suggestion-rates" / str(rate[1]), rate, address)
        if tally.is_over:
            return tally
    return None


def _come_back_later(tally: rates.Tally) -> str:
    minutes = -(-tally.seconds_left // 60)
    wait = ngettext("in %(num)d minute", "in %(num)d minutes", minutes) % {"num": minutes}
    if minutes > 60:
        hours = -(-minutes // 60)
        wait = ngettext("in %(num)d hour", "in %(num)d hours", hours) % {"num": hours}
    return _(
        "So many suggestions have come from your network that we take the next one %(wait)s. What you wrote is still "
        "here: copy it, and send it then."
    ) % {"wait": wait}


# --- what became of it ------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def suggestion(request: HttpRequest, token: str) -> HttpResponse:
    """What was sent under a reference number, how it stands, and the answer: for whoever knows the number."""
    held = queries.suggestion(token)
    if held is None and not is_decoy(token):
        raise Http404
    context = {
        "token": token,
        "held": held,
        "subject": held and queries.public_subject(held),
        "sent": _day(held.created_at if held else timezone.now()),
        "closed": _day(held.closed_at) if held and held.closed_at else "",
        "kept_days": suggestions.KEPT_AFTER_CLOSING.days,
    }
    answer = render(request, "corrections/suggestion.html", context)
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def _day(moment: datetime.datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
