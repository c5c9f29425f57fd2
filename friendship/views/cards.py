"""The pictures that shared links show: of the register, a tie, a city, a province."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from friendship import cards, queries
from friendship.cards import Card, Title, Way
from friendship.enums import Level
from friendship.models import Country, Place, Relationship
from friendship.queries import Criteria
from friendship.views import moved

#: More arcs would only blacken so small a world.
MOST_WAYS = 200
KEPT_SECONDS = 60 * 60


@require_safe
def site(request: HttpRequest) -> HttpResponseBase:
    """What the register holds, with its newest ties."""
    summary = queries.summary()
    countries = ngettext("%(num)s country or region", "%(num)s countries and regions", summary.countries)
    card = Card(
        register=_register(),
        titles=(Title(_ties(summary.ties), countries % {"num": summary.countries}),),
        left=gettext("Which city is tied to which, since when, and how we know"),
        ways=_ways(queries.relationships(Criteria(sort="-founded")).counted()[:MOST_WAYS]),
    )
    return _answer(request, card)


@require_safe
def relationship(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Both sides of a tie, its type and date, and the way between them."""
    tie = queries.relationship(pk)
    if tie is None:
        return moved.tie(request, pk)
    card = Card(
        register=_register(),
        titles=(_title(tie.home), _title(tie.partner)),
        left=" · ".join(str(part) for part in (tie.get_type_display(), tie.founded) if part),
        right=gettext("No. %(number)s") % {"number": tie.pk},
        type=tie.type,
        ways=_ways([tie]),
    )
    return _answer(request, card)


@require_safe
def city(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A city or county with its ties."""
    return _place(request, slug)


@require_safe
def province(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A province with its ties and those of the places within it."""
    return _place(request, slug)


def _place(request: HttpRequest, slug: str) -> HttpResponseBase:
    place = queries.place(slug)
    if place is None:
        return moved.place(request, slug)
    if request.path != f"{place.get_absolute_url()}card.png":
        return redirect(f"{place.get_absolute_url()}card.png")
    here = (place.slug,)
    criteria = Criteria(province=here) if place.level == Level.PROVINCE else Criteria(place=here)
    card = Card(
        register=_register(),
        titles=(_title(place),),
        left=place.country.name,
        right=_around(queries.count_ties(criteria)) if criteria.province else _ties(queries.count_ties(criteria)),
        ways=_ways(queries.relationships(criteria)[:MOST_WAYS]),
    )
    return _answer(request, card)


def _answer(request: HttpRequest, card: Card) -> HttpResponseBase:
    """The picture, or 304 where the reader has it."""
    etag = cards.tag(card)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(cards.draw(card), content_type="image/png")
    response.headers["ETag"] = etag
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response


def _register() -> str:
    return gettext("Register of sister cities")


def _ties(count: int) -> str:
    return ngettext("%(num)s tie", "%(num)s ties", count) % {"num": count}


def _around(count: int) -> str:
    return gettext("%(ties)s, with the places within it") % {"ties": _ties(count)}


def _title(named: Place | Country) -> Title:
    other = named.name_en if named.name == named.name_zh else named.name_zh
    return Title(named.name, other if other != named.name else "")


def _ways(ties: Iterable[Relationship]) -> tuple[Way, ...]:
    """The ties of which both ends are known on the map."""
    return tuple(
        Way((home.latitude, home.longitude), (partner.latitude, partner.longitude), tie.type)
        for tie in ties
        for home, partner in [(tie.home, tie.partner)]
        if home.latitude is not None and home.longitude is not None
        if partner.latitude is not None and partner.longitude is not None
    )
