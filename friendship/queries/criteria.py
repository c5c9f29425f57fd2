"""What can be asked about ties, and the rows that answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import F, Q
from django.utils.translation import get_language

from friendship import names
from friendship.enums import Level
from friendship.models import Event, Evidence, Relationship, RelationshipQuerySet
from friendship.queries.search import among_ties


@dataclass(frozen=True)
class Criteria:
    """A question to the register. Values within one field are alternatives; fields narrow each other.

    ``country``, ``continent``, ``province`` and ``place`` look at both sides of a tie; ``level`` is the home side's.
    """

    q: str = ""
    country: tuple[str, ...] = ()
    continent: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    level: tuple[str, ...] = ()
    founded_after: int | None = None
    founded_before: int | None = None
    source: tuple[str, ...] = ()
    sort: str = "founded"

    def without(self, name: str) -> Criteria:
        """The same question with one field left open."""
        return replace(self, **{name: _DEFAULTS[name]})


_DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(Criteria)}


def _either_side(condition: str, value: object) -> Q:
    return Q(**{f"home__{condition}": value}) | Q(**{f"partner__{condition}": value})


def _matches_words(query: str) -> Q:
    terms = names.search_terms(query)
    if not terms:
        return Q(pk__in=[])  # only punctuation was typed: nothing is called that
    found = Q()
    for term in terms:
        found &= among_ties([term])
    return found


def _in_provinces(slugs: tuple[str, ...]) -> Q:
    return (
        Q(home__slug__in=slugs, home__level=Level.PROVINCE)
        | Q(partner__slug__in=slugs, partner__level=Level.PROVINCE)
        | _either_side("parent__slug__in", slugs)
        | _either_side("parent__parent__slug__in", slugs)
    )


def _from_sources(slugs: tuple[str, ...]) -> Q:
    """Asked from the source's side: one that lists a whole register is then read once, not once per tie."""
    said, told = (rows.objects.filter(source__slug__in=slugs).values("relationship") for rows in (Evidence, Event))
    return Q(pk__in=said) | Q(pk__in=told)


_CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "q": _matches_words,
    "country": lambda codes: _either_side("country__in", codes),
    "continent": lambda continents: _either_side("country__continent__in", continents),
    "type": lambda types: Q(type__in=types),
    "status": lambda states: Q(status__in=states),
    "province": _in_provinces,
    "place": lambda slugs: _either_side("slug__in", slugs),
    "level": lambda levels: Q(home__level__in=levels),
    "founded_after": lambda year: Q(founded_year__gte=year),
    "founded_before": lambda year: Q(founded_year__lte=year),
    "source": _from_sources,
}

_OLDEST_FIRST = [
    F("founded_year").asc(nulls_last=True),
    F("founded_month").asc(nulls_first=True),
    F("founded_day").asc(nulls_first=True),
]
_NEWEST_FIRST = [
    F("founded_year").desc(nulls_last=True),
    F("founded_month").desc(nulls_last=True),
    F("founded_day").desc(nulls_last=True),
]


def order_of(sort: str) -> list[Any]:
    """The columns to sort by; names sort by pinyin for Chinese readers and by their English form for others."""
    name = "pinyin" if (get_language() or "").startswith("zh") else "slug"
    country = "partner__country__pinyin" if name == "pinyin" else "partner__country__name_en"
    orders: dict[str, list[Any]] = {
        "founded": [*_OLDEST_FIRST, "id"],
        "-founded": [*_NEWEST_FIRST, "id"],
        "home": [f"home__{name}", f"partner__{name}", "id"],
        "partner": [f"partner__{name}", f"home__{name}", "id"],
        "country": [country, f"partner__{name}", "id"],
        "updated": ["-updated_at", "id"],
    }
    return orders[sort]


SORTS = ("founded", "-founded", "home", "partner", "country", "updated")


def select(criteria: Criteria) -> RelationshipQuerySet:
    """The published rows that answer the criteria, in no particular order."""
    rows = Relationship.objects.published()
    for name, condition in _CONDITIONS.items():
        value = getattr(criteria, name)
        if value not in ("", (), None):
            rows = rows.filter(condition(value))
    return rows
