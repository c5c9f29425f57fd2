"""What a few typed letters may mean: places, countries and ties, for the search boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from itertools import chain
from operator import and_, or_
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import get_language

from friendship import names
from friendship.enums import UNCOUNTED_STATUSES, UNCOUNTED_TYPES
from friendship.models import Country, Place, Relationship
from friendship.queries.criteria import order_of
from friendship.queries.facets import grouped
from friendship.queries.places import CountryRow, PlaceCriteria, places
from friendship.queries.search import among_places, among_ties, on_side
from friendship.queries.spelling import similar_needles

#: For each word typed, the needles of which one must be found.
Words = list[list[str]]

SUGGESTIONS = 8
_BESIDE_PLACES = 3  # the most countries, and the most ties
_LONGEST_PAIR = 20  # characters of two Chinese names in one word


@dataclass(frozen=True)
class Suggestions:
    """What a text may mean, the likeliest of each kind first.

    ``similar``: nothing is called so, and these names, if any, resemble it. ``country_first``: the text is the name of
    a country, and of no place.
    """

    places: list[Place] = field(default_factory=list)
    countries: list[CountryRow] = field(default_factory=list)
    ties: list[Relationship] = field(default_factory=list)
    similar: bool = False
    country_first: bool = False

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.places) + len(self.countries) + len(self.ties)

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The kinds that something was found of, each with its rows, in the order to show them in."""
        found: list[tuple[str, list[Any]]] = [("places", self.places), ("countries", self.countries)]
        ordered = reversed(found) if self.country_first else found
        return [(kind, rows) for kind, rows in [*ordered, ("ties", self.ties)] if rows]


def suggest(text: str, limit: int = SUGGESTIONS, *, places_only: bool = False) -> Suggestions:
    """The places and countries with a published tie that are called so, and the ties between two places named.

    Where nothing is called so: those whose names are spelt or pronounced much like it. At most ``limit`` in all.
    """
    terms = names.search_terms(text)
    if not terms:
        return Suggestions()
    look = _places_called if places_only else _all_called
    found = look([[term] for term in terms], limit)
    if found.count or not (words := similar_needles(terms)):
        return found
    return replace(look(words, limit), similar=True)


def _places_called(words: Words, limit: int) -> Suggestions:
    return Suggestions(_places(words, limit))


def _all_called(words: Words, limit: int) -> Suggestions:
    ties = _ties(words)[: min(limit, _BESIDE_PLACES)]
    countries = _countries(words)[: min(limit - len(ties), _BESIDE_PLACES)]
    found = _places(words, limit - len(ties) - len(countries))
    place_meant = bool(found) and vars(found[0])["rank"] == 0
    country_meant = bool(countries) and _is_name(_as_text(words), countries[0].country)
    return Suggestions(found, countries, ties, country_first=country_meant and not place_meant)


def _as_text(words: Words) -> str:
    return " ".join(needles[0].strip() for needles in words)


def _all_found(words: Words, found: Callable[[list[str]], Q]) -> Q:
    return reduce(and_, map(found, words))


def _places(words: Words, limit: int) -> list[Place]:
    """Exact names first, then names that begin so, then words that do, then Chinese anywhere in a name.

    A word may name the country, but not all of them: the places of a country are found through it.
    """
    named = _all_found(words, among_places) & among_places([*chain(*words)], or_of_country=False)
    rows = places(Place.objects.published(), PlaceCriteria()).filter(named).annotate(rank=_rank(_as_text(words)))
    order = ["rank", "-tie_count", "pinyin" if _reads_chinese() else "slug", "pk"]
    return list(rows.order_by(*order)[:limit])


def _rank(typed: str) -> Case:
    exact, begins = Q(name_zh=typed) | Q(name_en__iexact=typed), Q(name_zh__startswith=typed)
    if _reads_chinese():
        begins |= Q(pinyin__startswith=typed.replace(" ", ""))
    if slug := names.slug_for(typed):  # the English name without accents
        exact, begins = exact | Q(slug=slug), begins | Q(slug__startswith=slug)
    return Case(
        When(exact, then=Value(0)),
        When(begins, then=Value(1)),
        When(search_text__contains=f" {typed}", then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def _reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _countries(words: Words) -> list[CountryRow]:
    """The country of that name first, then those with the most ties."""
    typed = _as_text(words)
    rows = {country.pk: CountryRow(country) for country in Country.objects.filter(_all_found(words, _among_countries))}
    if not rows:
        return []
    touching = Q(home__country__in=list(rows)) | Q(partner__country__in=list(rows))
    ties = Relationship.objects.published().filter(touching)
    for home, partner, kind, status, n in grouped(ties, "home__country", "partner__country", "type", "status"):
        for code in {home, partner} & rows.keys():
            rows[code].rows += n
            rows[code].ties += 0 if kind in UNCOUNTED_TYPES or status in UNCOUNTED_STATUSES else n
    held = (row for row in rows.values() if row.rows)
    return sorted(held, key=lambda row: (not _is_name(typed, row.country), -row.ties, row.country.pinyin))


def _among_countries(needles: list[str]) -> Q:
    return reduce(or_, (Q(search_text__contains=needle) for needle in needles))


def _is_name(typed: str, country: Country) -> bool:
    return typed in {names.normalise(country.name_zh), names.normalise(country.name_en)}


def _ties(words: Words) -> list[Relationship]:
    """The ties both of whose sides it takes to find every word, the oldest first."""
    between = Q()
    for reading in _readings(words):
        one_side = _all_found(reading, partial(on_side, "home")) | _all_found(reading, partial(on_side, "partner"))
        between |= _all_found(reading, among_ties) & ~one_side
    if not between:
        return []
    rows = Relationship.objects.published().with_places().filter(between)
    return list(rows.order_by(*order_of("founded"))[:_BESIDE_PLACES])


def _readings(words: Words) -> list[Words]:
    """The words as they are, or one Chinese word as the two names that it may hold: 绵阳庄原 has no space."""
    if len(words) > 1:
        return [words]
    term = words[0][0]
    if not names.has_han(term) or len(term) > _LONGEST_PAIR:
        return []
    return [[[term[:cut]], [term[cut:]]] for cut in range(2, len(term) - 1)]
