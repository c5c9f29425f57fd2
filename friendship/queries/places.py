"""Places and countries, with the ties they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from friendship import names
from friendship.enums import Continent
from friendship.models import Country, Place, PlaceQuerySet, Relationship
from friendship.queries.columns import Columns, Whole, current, either_side
from friendship.queries.search import among_places


@dataclass(frozen=True)
class PlaceCriteria:
    """A question about places: its own country, province and level, and the type of tie it must hold."""

    q: str = ""
    country: tuple[str, ...] = ()
    continent: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    sort: str = "ties"

    def without(self, name: str) -> PlaceCriteria:
        """The same question with one field left open."""
        return replace(self, **{name: _PLACE_DEFAULTS[name]})


_PLACE_DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(PlaceCriteria)}


def _named(query: str) -> Q:
    terms = names.search_terms(query)
    if not terms:
        return Q(pk__in=[])
    found = Q()
    for term in terms:
        found &= among_places([term])
    return found


def _holds_type(types: tuple[str, ...]) -> Q:
    ties = Relationship.objects.published().filter(type__in=types)
    return Q(Exists(ties.filter(home=OuterRef("pk")))) | Q(Exists(ties.filter(partner=OuterRef("pk"))))


_PLACE_CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "q": _named,
    "country": lambda codes: Q(country__in=codes),
    "continent": lambda continents: Q(country__continent__in=continents),
    "province": lambda slugs: Q(parent__slug__in=slugs) | Q(parent__parent__slug__in=slugs),
    "level": lambda levels: Q(level__in=levels),
    "type": _holds_type,
}
PLACE_SORTS = ("ties", "name", "country")


def _tie_counts(side: str, types: tuple[str, ...] = ()) -> Coalesce:
    ties = (
        Relationship.objects.published()
        .counted(types)
        .filter(**{side: OuterRef("pk")})
        .order_by()
        .values(side)
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(ties, output_field=IntegerField()), 0)


def _listed(side: str) -> Exists:
    return Exists(Relationship.objects.published().filter(**{side: OuterRef("pk")}))


def select_places(base: PlaceQuerySet, criteria: PlaceCriteria) -> PlaceQuerySet:
    """The places of ``base`` that a published tie names and that answer the criteria, in no particular order."""
    return _narrow_places(base.published().filter(_listed("home") | _listed("partner")), criteria)


def _narrow_places(rows: PlaceQuerySet, criteria: PlaceCriteria) -> PlaceQuerySet:
    for name, condition in _PLACE_CONDITIONS.items():
        value = getattr(criteria, name)
        if value not in ("", ()):
            rows = rows.filter(condition(value))
    return rows


def places(base: PlaceQuerySet, criteria: PlaceCriteria) -> PlaceQuerySet:
    """The places that a published tie names, sorted, with ``tie_count``; ``base`` says of which levels."""
    name = "pinyin" if (get_language() or "").startswith("zh") else "slug"
    country = "country__pinyin" if name == "pinyin" else "country__name_en"
    order = {"ties": ["-tie_count", name], "name": [name], "country": [country, name]}[criteria.sort]
    ties = _tie_counts("home", criteria.type) + _tie_counts("partner", criteria.type)
    rows = select_places(base, criteria).annotate(tie_count=ties)
    return rows.select_related("country", "parent__parent").order_by(*order, "pk")


def place(slug: str) -> Place | None:
    """One published place with its country and what contains it, or None."""
    return Place.objects.published().select_related("country", "parent__parent").filter(slug=slug).first()


def places_under(parent: Place) -> list[Place]:
    """The places directly below one, in official order, with ``tie_count``."""
    below = Place.objects.published().filter(parent=parent)
    counted = below.annotate(tie_count=_tie_counts("home") + _tie_counts("partner"))
    return list(counted.order_by("official_code", "slug"))


def all_places(criteria: PlaceCriteria | None = None) -> PlaceQuerySet:
    """The places of the reference list that answer the criteria, whether or not a tie names them, for the API."""
    rows = Place.objects.published().select_related("country", "parent__parent").order_by("slug")
    return rows if criteria is None else _narrow_places(rows, criteria)


@dataclass
class CountryRow:
    """A country with the numbers of its ties and of its records."""

    country: Country
    ties: int = 0
    rows: int = 0


def countries(columns: Columns | None = None) -> list[CountryRow]:
    """The countries that a published tie touches, the most ties first; of the register as it is now unless told."""
    columns = columns or current()
    known = columns.country_rows()
    ties, rows = columns.kept("ties of countries", lambda: _touching_countries(columns))
    numbers = zip(columns.countries, ties.tolist(), rows.tolist(), strict=True)
    found = [CountryRow(known[code], *counts) for code, *counts in numbers if counts[1]]
    return sorted(found, key=lambda row: (-row.ties, -row.rows, row.country.name))


def _touching_countries(columns: Columns) -> tuple[Whole, Whole]:
    """By country, how many ties and how many rows it has a side of."""
    home, partner, counted, size = (
        columns.home_country,
        columns.partner_country,
        columns.counted,
        len(columns.countries),
    )
    return either_side(home[counted], partner[counted], size), either_side(home, partner, size)


def countries_by_continent() -> list[tuple[Continent, list[CountryRow]]]:
    """The countries that a published tie touches, under their continents, the most ties first."""
    rows = countries()
    grouped = [(continent, [row for row in rows if row.country.continent == continent]) for continent in Continent]
    return sorted(
        [(continent, members) for continent, members in grouped if members],
        key=lambda group: -sum(row.ties for row in group[1]),
    )


@dataclass(frozen=True)
class CountryCriteria:
    """A question about countries: words of a name, and continents as alternatives."""

    q: str = ""
    continent: tuple[str, ...] = ()


def all_countries(criteria: CountryCriteria | None = None) -> QuerySet[Country]:
    """The countries of the reference list that answer the criteria, for the API."""
    rows = Country.objects.order_by("code")
    asked = criteria or CountryCriteria()
    if asked.q:
        terms = names.search_terms(asked.q)
        rows = rows.filter(*(Q(search_text__contains=term) for term in terms)) if terms else rows.none()
    return rows.filter(continent__in=asked.continent) if asked.continent else rows


def country(code: str) -> Country | None:
    """One country, or None."""
    return Country.objects.filter(pk=code).first()


def places_of_country(row: Country) -> PlaceQuerySet:
    """The country's places that hold a tie, with ``tie_count``, the most ties first."""
    return places(Place.objects.published(), PlaceCriteria(country=(row.code,)))
