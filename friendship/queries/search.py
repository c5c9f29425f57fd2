"""Where a word is looked for among names: in those of places, those of their countries, and those of the sides of ties.

What is found of places is asked as a set of keys, which every database looks up once; a condition on both joined sides
of a tie would be tried at every tie.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from numpy import int64
from numpy.typing import NDArray

from friendship import numbers, words
from friendship.models import Country, Place, Relationship


def place_ids(term: str) -> NDArray[int64]:
    """The places, drafts among them, that a term of ``names.search_terms`` finds by their own names."""
    return numbers.array(words.keys(term))


def among_places(needles: list[str], *, or_of_country: bool = True) -> Q:
    """That a place is called as one of the needles is, or its country."""
    return Q(pk__in=_keys(needles, or_of_country=or_of_country))


def among_ties(needles: list[str]) -> Q:
    """That one of the two places of a tie is called so, or its country."""
    ties, found = Relationship.objects.order_by(), _keys(needles)
    return Q(
        pk__in=ties.filter(home__in=found).values("pk").union(ties.filter(partner__in=found).values("pk"), all=True)
    )


def _keys(needles: list[str], *, or_of_country: bool = True) -> QuerySet[Any, Any]:
    """Found one by one and put together: a condition with OR would be tried at every place."""
    places = Place.objects.order_by()
    found = [places.filter(search_text__finds=needle).values("pk") for needle in needles]
    if or_of_country:
        found += [places.filter(country__in=_countries(needle).values("pk")).values("pk") for needle in needles]
    return found[0].union(*found[1:], all=True) if len(found) > 1 else found[0]


def _countries(needle: str) -> QuerySet[Country]:
    return Country.objects.order_by().filter(search_text__contains=needle)  # some 250 rows
