"""What an import has to know of the register: read by the chunk, never by the row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from friendship.models import Event, Evidence, Place, Relationship, Source

_Value = TypeVar("_Value")

_CHUNK = 500  # so many values stand in one statement: SQLite takes no more than 999


def places_to_match(countries: Iterable[str], ids: Iterable[int] = ()) -> list[Place]:
    """The places of these countries, drafts included, and those of these ids; what contains them is among them."""
    rows = Place.objects.defer("pinyin", "search_text").order_by("pk")
    found: dict[int, Place] = {}
    for codes in _chunks(countries):
        found |= {place.pk: place for place in rows.filter(country__in=codes)}
    for some in _chunks(set(ids) - found.keys()):
        found |= {place.pk: place for place in rows.filter(pk__in=some).select_related("parent__parent")}
    for place in found.values():
        if place.parent_id in found:
            place.parent = found[place.parent_id]
    return list(found.values())


def ties_of_pairs(pairs: Collection[tuple[int, int]]) -> list[Relationship]:
    """The ties between these pairs of places, drafts included; a pair names the smaller id first, a tie either side."""
    found: list[Relationship] = []
    for some in _chunks({place for pair in pairs for place in pair}):
        rows = Relationship.objects.filter(home__in=some).order_by()
        found += [tie for tie in rows if tuple(sorted((tie.home_id, tie.partner_id))) in pairs]
    return found


def evidence_of_ties(ties: Iterable[int], *, quotes: bool) -> Iterator[tuple[int, str, str, str, str]]:
    """Tie, address of the source, claim, value and, if asked for, quote of all evidence for these ties."""
    columns = ("relationship_id", "source__slug", "claim", "value")
    for some in _chunks(ties):
        rows = Evidence.objects.filter(relationship__in=some).order_by("pk")
        for row in rows.values_list(*columns, *(["quote"] if quotes else [])):
            yield row if quotes else (*row, "")


def events_of_ties(ties: Iterable[int]) -> Iterator[Event]:
    """The events of these ties."""
    for some in _chunks(ties):
        yield from Event.objects.filter(relationship__in=some).order_by("pk")


def numbers_held(ids: Iterable[int]) -> set[int]:
    """Those of the ids of ties that stand in the register."""
    held: set[int] = set()
    for some in _chunks(ids):
        held |= set(Relationship.objects.filter(pk__in=some).order_by().values_list("pk", flat=True))
    return held


def former_pairs(ids: Iterable[int]) -> dict[int, set[frozenset[str]]]:
    """The pairs, by the addresses of their places, that have ever stood under these ids of ties."""
    sides: dict[int, set[tuple[int, int]]] = {}
    for some in _chunks(ids):
        rows = Relationship.history.filter(id__in=some).order_by().values_list("id", "home_id", "partner_id")
        for tie, home, partner in rows.distinct():
            sides.setdefault(tie, set()).add((home, partner))
    slugs: dict[int, str] = {}
    for some in _chunks({place for pairs in sides.values() for pair in pairs for place in pair}):
        slugs |= dict(Place.history.filter(id__in=some).order_by("history_id").values_list("id", "slug"))
    return {tie: {frozenset(slugs.get(place, "") for place in pair) for pair in pairs} for tie, pairs in sides.items()}


def addresses_of_places() -> set[str]:
    """The last parts of the addresses of all places."""
    return set(Place.objects.order_by().values_list("slug", flat=True).iterator())


def sources_at(slugs: Iterable[str]) -> dict[str, Source]:
    """The sources at these addresses, without their full texts."""
    found: dict[str, Source] = {}
    for some in _chunks(slugs):
        found |= {source.slug: source for source in Source.objects.defer("text").filter(slug__in=some)}
    return found


def _chunks(values: Iterable[_Value]) -> Iterator[list[_Value]]:
    remaining = iter(values)
    while some := list(islice(remaining, _CHUNK)):
        yield some
