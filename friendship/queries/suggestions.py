"""What a few typed letters may mean: places, countries and ties, for the search boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import get_language
from numpy.typing import NDArray

from friendship import names
from friendship.models import Country, Place, Relationship
from friendship.queries.columns import Columns, Truth, current
from friendship.queries.place_listings import holding, ties_of_places
from friendship.queries.places import CountryRow, countries
from friendship.queries.selections import called, called_itself
from friendship.queries.spelling import similar_needles

#: For each word typed, the needles of which one must be found.
Words = list[list[str]]
#: Which places a needle finds.
Called = Callable[[Columns, str], Truth]

SUGGESTIONS = 8
_BESIDE_PLACES = 3  # the most countries, and the most ties
_RANKED = 1_000  # places whose names are compared with what was typed
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
    look, columns = _places_called if places_only else _all_called, current()
    found = look(columns, [[term] for term in terms], limit)
    if found.count or not (words := similar_needles(terms)):
        return found
    return replace(look(columns, words, limit), similar=True)


def _places_called(columns: Columns, words: Words, limit: int) -> Suggestions:
    return Suggestions(_places(columns, words, limit))


def _all_called(columns: Columns, words: Words, limit: int) -> Suggestions:
    ties = _ties(columns, words)[: min(limit, _BESIDE_PLACES)]
    countries = _countries(columns, words)[: min(limit - len(ties), _BESIDE_PLACES)]
    found = _places(columns, words, limit - len(ties) - len(countries))
    place_meant = bool(found) and vars(found[0])["rank"] == 0
    country_meant = bool(countries) and _is_name(_as_text(words), countries[0].country)
    return Suggestions(found, countries, ties, country_first=country_meant and not place_meant)


def _as_text(words: Words) -> str:
    return " ".join(needles[0].strip() for needles in words)


def _named(columns: Columns, words: Words, called: Called = called) -> list[Truth]:
    """For each word, the places of which one of its needles is a name."""
    return [_any(called(columns, needle) for needle in needles) for needles in words]


def _any(found: Iterable[Truth]) -> Truth:
    return reduce(or_, found)


def _all(found: Iterable[Truth]) -> Truth:
    return reduce(and_, found)


def _places(columns: Columns, words: Words, limit: int) -> list[Place]:
    """Exact names first, then names that begin so, then words that do, then Chinese anywhere in a name.

    A word may name the country, but not all of them: the places of a country are found through it.
    """
    typed, ties = _as_text(words), ties_of_places(columns)
    found = _all(_named(columns, words)) & _any(_named(columns, words, called_itself)) & holding(columns)
    keys = columns.place_ids[_likeliest(columns, found, typed)].tolist()
    if not keys:
        return []
    rows = Place.objects.published().annotate(rank=_rank(typed))
    by_name = rows.filter(pk__in=keys).order_by("pinyin" if _reads_chinese() else "slug", "pk")
    ranks = dict(by_name.values_list("pk", "rank"))
    counts = dict(zip(ranks, ties[columns.places_at(np.array([*ranks]))].tolist(), strict=True))
    best = sorted(ranks, key=lambda pk: (ranks[pk], -counts[pk]))[:limit]
    held = rows.select_related("country", "parent__parent").in_bulk(best)
    for pk, place in held.items():
        vars(place)["tie_count"] = counts[pk]
    return [held[pk] for pk in best]


def _likeliest(columns: Columns, found: Truth, typed: str) -> NDArray[np.intp]:
    """Those found; of very many, as a letter or two find them, the one of that address and those with the most ties."""
    places = np.flatnonzero(found)
    if len(places) <= _RANKED:
        return places
    keys = Place.objects.published().filter(slug=names.slug_for(typed)).values_list("pk", flat=True)
    addressed = columns.places_at(np.fromiter(keys, np.int64))
    most = places[np.argsort(-ties_of_places(columns)[places], kind="stable")[:_RANKED]]
    return np.union1d(most, addressed[found[addressed]])


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


def _countries(columns: Columns, words: Words) -> list[CountryRow]:
    """The country of that name first, then those with the most ties."""
    typed = _as_text(words)
    meant = set(Country.objects.filter(*map(_among_countries, words)).values_list("pk", flat=True))
    held = [row for row in countries(columns) if row.country.pk in meant] if meant else []
    return sorted(held, key=lambda row: (not _is_name(typed, row.country), -row.ties, row.country.pinyin))


def _among_countries(needles: list[str]) -> Q:
    return reduce(or_, (Q(search_text__contains=needle) for needle in needles))


def _is_name(typed: str, country: Country) -> bool:
    return typed in {names.normalise(country.name_zh), names.normalise(country.name_en)}


def _ties(columns: Columns, words: Words) -> list[Relationship]:
    """The ties both of whose sides it takes to find every word, the oldest first."""
    readings = _readings(words)
    if not readings:
        return []
    found = columns.ids[np.flatnonzero(_any(_between(columns, reading) for reading in readings))[:_BESIDE_PLACES]]
    rows = Relationship.objects.published().with_places().in_bulk(found.tolist())
    return [rows[pk] for pk in found.tolist() if pk in rows]


def _between(columns: Columns, words: Words) -> Truth:
    """The ties that every word finds by one side or the other, and that neither side finds by all of them."""
    named = _named(columns, words)
    home, partner = [within.take(columns.home) for within in named], [within.take(columns.partner) for within in named]
    found = _all(one | other for one, other in zip(home, partner, strict=True))
    return found & ~(_all(home) | _all(partner))


def _readings(words: Words) -> list[Words]:
    """The words as they are, or one Chinese word as the two names that it may hold: 绵阳庄原 has no space."""
    if len(words) > 1:
        return [words]
    term = words[0][0]
    if not names.has_han(term) or len(term) > _LONGEST_PAIR:
        return []
    return [[[term[:cut]], [term[cut:]]] for cut in range(2, len(term) - 1)]
