"""What the pages of a text to read ask of the register: decisions, places by name, totals that are held."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from friendship import names
from friendship.enums import ReadingChoice, ReviewState
from friendship.models import (
    Country,
    Evidence,
    Place,
    Proposal,
    Reading,
    ReadingDecision,
    Relationship,
    ReportedTotal,
    Source,
)
from friendship.queries.importing import ties_of_pairs
from friendship.queries.rights import Person, narrowed, reach, remit_of
from friendship.queries.search import among_places

#: So many places of one name are offered.
MOST = 10


def decisions_of(reading: Reading) -> dict[str, ReadingDecision]:
    """What was decided, by the fingerprint of the candidate."""
    rows = reading.decisions.select_related(
        "decided_by", "proposal", "relationship__home", "relationship__partner"
    ).defer("proposal__changes")
    return {decision.fingerprint: decision for decision in rows}


def same_text(fingerprint: str, person: Person) -> Reading | None:
    """A text that somebody has brought before, where the person may see it."""
    rows = Reading.objects.filter(fingerprint=fingerprint).defer("text").select_related("started_by")
    return narrowed(rows, person).first()


def places_by_key(keys: Iterable[int]) -> dict[int, Place]:
    """These places with their countries and what contains them, drafts included."""
    return Place.objects.select_related("country", "parent").in_bulk(list(dict.fromkeys(keys)))


def countries_by_code(codes: Iterable[str]) -> dict[str, Country]:
    """These countries."""
    return Country.objects.in_bulk(list(codes))


def places_called(text: str) -> list[Place]:
    """The places that answer to a name as staff type it, drafts included; those of just that name where there are any.

    At most ``MOST`` of them.
    """
    terms = names.search_terms(text.replace("\0", " "))
    if not terms:
        return []
    rows = Place.objects.select_related("country", "parent").order_by("pinyin", "slug")
    rows = rows.filter(among_places(terms, or_of_country=False))  # the name of a country alone names no place
    for term in terms:
        rows = rows.filter(among_places([term]))
    found = list(rows[: MOST * 10])
    plain = names.normalise(text)
    exact = [place for place in found if plain in _called(place)]
    return (exact or found)[:MOST]


def _called(place: Place) -> set[str]:
    return {names.normalise(name) for name in (place.name_zh, place.name_en, *place.aliases.splitlines()) if name}


def within_reach(keys: Iterable[int], person: Person) -> set[int] | None:
    """Those of these places that lie within the remit of the person; None where nothing limits them."""
    remit = remit_of(person)
    if remit is None:
        return None
    return set(reach(remit).filter(pk__in=set(keys)).values_list("pk", flat=True))


def ties_between(pairs: Iterable[tuple[int, int]], person: Person) -> dict[tuple[int, int], Relationship]:
    """The ties between these places that the person may see, drafts included, by the two ids, the smaller one first."""
    found = ties_of_pairs({(min(pair), max(pair)) for pair in pairs})
    if remit_of(person) is not None:
        inside = narrowed(Relationship.objects.filter(pk__in=[tie.pk for tie in found]), person)
        seen = set(inside.values_list("pk", flat=True))
        found = [tie for tie in found if tie.pk in seen]
    return {(min(tie.home_id, tie.partner_id), max(tie.home_id, tie.partner_id)): tie for tie in found}


def said_by(source: Source | None, ties: Iterable[int]) -> set[tuple[int, str, str]]:
    """Tie, claim and value of what a source says of these ties already."""
    if source is None:
        return set()
    pieces = Evidence.objects.filter(source=source, relationship__in=set(ties))
    return set(pieces.values_list("relationship_id", "claim", "value"))


def totals_of(places: Iterable[int]) -> list[ReportedTotal]:
    """What is reported of these places already."""
    rows = ReportedTotal.objects.filter(place__in=set(places)).order_by("pk")
    return list(rows.select_related("source").defer("source__text"))


def to_submit(reading: Reading) -> QuerySet[Relationship]:
    """The drafts that were accepted from a text and nobody has submitted for review yet."""
    accepted = reading.decisions.filter(choice=ReadingChoice.ACCEPTED, relationship__isnull=False)
    waiting = Proposal.objects.pending().filter(kind="publish", relationship=OuterRef("pk"))
    drafts = Relationship.objects.filter(pk__in=accepted.values("relationship"), review_state=ReviewState.DRAFT)
    return drafts.exclude(Exists(waiting)).select_related("home", "partner").order_by("pk")
