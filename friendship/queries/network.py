"""The ties as a network: partners of partners, two places side by side, the shortest chain between two places.

Only counted ties connect: a letter of intent is not yet a tie, and an ended one no longer is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count
from django.utils.translation import get_language

from friendship.models import Country, Place, Relationship, RelationshipQuerySet
from friendship.queries.selections import touching

#: A chain of more ties than this says nothing about two places any more.
LONGEST_CHAIN = 8
#: So many ways to a partner's partner are told one by one; the others are counted.
WAYS_TOLD = 3

_IDS_A_QUERY = 400  # each stands twice in a query, and the smallest SQLite takes 999 parameters
_HUBS = 12  # the home places among which examples are looked for


def _connecting() -> RelationshipQuerySet:
    return Relationship.objects.published().counted().order_by()


def _touching(places: Iterable[int]) -> RelationshipQuerySet:
    return touching(places).counted().order_by()


def _ties(ids: Iterable[int]) -> dict[int, Relationship]:
    """These published ties with both sides, by id."""
    return {tie.pk: tie for tie in Relationship.objects.published_at(ids).with_places()}


def other_side(tie: Relationship, place: Place) -> Place:
    """The place that a tie leads to from one of its sides."""
    return tie.partner if tie.home_id == place.pk else tie.home


def _name_column() -> str:
    return "pinyin" if (get_language() or "").startswith("zh") else "slug"


# --- partners of partners -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """How a place reaches a partner of its partner: through whom, and by which tie of that partner."""

    through: Place
    tie: Relationship


@dataclass(frozen=True)
class Cousin:
    """A partner of a place's partners that is not its own partner; ``ways`` are the first of ``count``."""

    place: Place
    ways: list[Way]
    count: int


@dataclass(frozen=True)
class Cousins:
    """The first cousins of a place, and how many it has."""

    rows: list[Cousin]
    count: int


def cousins(place: Place, limit: int) -> Cousins:
    """The partners of a place's partners: the most ways first, then by name. At most three queries beside the state.

    The place itself and its own partners are none, whatever else connects them.
    """
    ways, names = _ways(place)
    first = sorted(ways, key=lambda pk: (-len(ways[pk]), names[pk], pk))[:limit]
    told = {pk: sorted(ways[pk])[:WAYS_TOLD] for pk in first}
    held = _ties(tie for listed in told.values() for tie in listed) if told else {}
    rows = []
    for pk, listed in told.items():
        ties = [held[tie] for tie in listed]
        own = next(side for side in (ties[0].home, ties[0].partner) if side.pk == pk)
        rows.append(Cousin(own, [Way(other_side(tie, own), tie) for tie in ties], len(ways[pk])))
    return Cousins(rows, len(ways))


def _ways(place: Place) -> tuple[dict[int, list[int]], dict[int, str]]:
    """For each cousin's id the ties that lead to it from a partner of the place, and its name for sorting."""
    own = _touching([place.pk]).values_list("home", "partner")
    partners = {side for pair in own for side in pair} - {place.pk}
    name = _name_column()
    columns = ("pk", "home", "partner", f"home__{name}", f"partner__{name}")
    ways: dict[int, list[int]] = defaultdict(list)
    names: dict[int, str] = {}
    for tie, home, partner, home_name, partner_name in _touching(partners).values_list(*columns) if partners else ():
        for near, far, far_name in ((home, partner, partner_name), (partner, home, home_name)):
            if near in partners and far not in partners and far != place.pk:
                ways[far].append(tie)
                names[far] = far_name
    return ways, names


# --- two places side by side ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shared:
    """A place that both have a tie with."""

    partner: Place
    tie_a: Relationship
    tie_b: Relationship


@dataclass(frozen=True)
class SharedCountry:
    """A country in which both have counted ties, and how many each."""

    country: Country
    ties_a: int
    ties_b: int


@dataclass(frozen=True)
class Side:
    """What only one of two places has: ties with places and with countries that the other has none with."""

    place: Place
    count: int  # of all its counted ties, shared or not
    ties: list[tuple[Place, Relationship]]
    countries: list[tuple[Country, int]]


@dataclass(frozen=True)
class Comparison:
    """Two places side by side. All published rows are here, letters of intent and ended ties among them;
    figures and countries are those of counted ties.
    """

    a: Side
    b: Side
    direct: Relationship | None
    shared: list[Shared]
    shared_countries: list[SharedCountry]

    @property
    def shared_count(self) -> int:
        """How many places both have a counted tie with."""
        return sum(row.tie_a.is_counted and row.tie_b.is_counted for row in self.shared)

    @property
    def has_common(self) -> bool:
        """Whether anything connects the two at first hand."""
        return bool(self.direct or self.shared or self.shared_countries)


def comparison(a: Place, b: Place) -> Comparison:
    """What two places share, and what one has and the other lacks; partners by name, countries by ties."""
    of_a: dict[Place, Relationship] = {}
    of_b: dict[Place, Relationship] = {}
    for tie in touching([a.pk, b.pk]).with_places():
        for place, held in ((a, of_a), (b, of_b)):
            if place.pk in (tie.home_id, tie.partner_id):
                held[other_side(tie, place)] = tie
    countries_a, countries_b = _countries(of_a), _countries(of_b)
    return Comparison(
        a=_side(a, of_a, {*of_b, b}, countries_a, countries_b),
        b=_side(b, of_b, {*of_a, a}, countries_b, countries_a),
        direct=of_a.get(b),
        shared=[Shared(place, of_a[place], of_b[place]) for place in _by_name(of_a.keys() & of_b.keys())],
        shared_countries=[
            SharedCountry(country, ties, countries_b[country])
            for country, ties in _by_ties(countries_a + countries_b, countries_a)
            if country in countries_b
        ],
    )


def _side(
    place: Place,
    held: dict[Place, Relationship],
    others: set[Place],
    countries: Counter[Country],
    other_countries: Counter[Country],
) -> Side:
    return Side(
        place,
        sum(tie.is_counted for tie in held.values()),
        [(partner, held[partner]) for partner in _by_name(held.keys() - others)],
        [(country, ties) for country, ties in _by_ties(countries, countries) if country not in other_countries],
    )


def _countries(held: dict[Place, Relationship]) -> Counter[Country]:
    return Counter(partner.country for partner, tie in held.items() if tie.is_counted)


def _by_name(places: Iterable[Place]) -> list[Place]:
    name = _name_column()
    return sorted(places, key=lambda place: (getattr(place, name), place.pk))


def _by_ties(weight: Counter[Country], shown: Counter[Country]) -> list[tuple[Country, int]]:
    """The countries of ``shown`` with their numbers, those of the most weight first."""
    return sorted(shown.items(), key=lambda item: (-weight[item[0]], item[0].code))


def example_pairs(limit: int) -> list[tuple[Place, Place, int]]:
    """Pairs of home places for a comparison, with the number of countries they share: the most first.

    Looked for among the home places with the most ties; no place stands in two pairs.
    """
    most = _connecting().values("home").annotate(n=Count("pk")).order_by("-n", "home")
    hubs = list(most.values_list("home", flat=True)[:_HUBS])
    countries: dict[int, set[str]] = defaultdict(set)
    for home, country in _connecting().filter(home__in=hubs).values_list("home", "partner__country").distinct():
        countries[home].add(country)
    ranked = sorted((-len(countries[one] & countries[two]), one, two) for one, two in combinations(sorted(hubs), 2))
    chosen: list[tuple[int, int, int]] = []
    for minus, one, two in ranked:
        if minus and len(chosen) < limit and not {one, two} & {side for pair in chosen for side in pair[:2]}:
            chosen.append((one, two, -minus))
    places = Place.objects.published().in_bulk([side for pair in chosen for side in pair[:2]])
    return [(places[one], places[two], shared) for one, two, shared in chosen if {one, two} <= places.keys()]


# --- the shortest chain ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Link:
    """One step of a chain: the tie, and the place it leads to."""

    tie: Relationship
    place: Place


@dataclass(frozen=True)
class Chain:
    """A way from one place to another along ties, each with the place that it reaches."""

    start: Place
    links: list[Link]


_Steps = dict[int, list[tuple[int, int]]]  # for a place the next ones, each with the tie that leads there


class _Ball:
    """The places within so many ties of one, with the steps that lead from each back towards the centre."""

    def __init__(self, centre: int) -> None:
        self.rim = {centre}
        self.back: _Steps = {centre: []}

    def grow(self) -> None:
        """Take in the places that are one tie further away."""
        outside: _Steps = defaultdict(list)
        for tie, home, partner in _edges(self.rim):
            for near, far in ((home, partner), (partner, home)):
                if near in self.rim and far not in self.back:
                    outside[far].append((near, tie))
        self.back |= outside
        self.rim = set(outside)


def _edges(places: set[int]) -> Iterator[tuple[int, int, int]]:
    """The counted ties that touch these places, as ids of tie, home and partner side, in bounded queries."""
    ids = sorted(places)
    for start in range(0, len(ids), _IDS_A_QUERY):
        yield from _touching(ids[start : start + _IDS_A_QUERY]).values_list("pk", "home", "partner")


def chain(a: Place, b: Place) -> Chain | None:
    """The shortest chain of counted ties from one place to the other, or None within ``LONGEST_CHAIN`` ties.

    Among equally short ones it is the one with the smallest place ids, read from the end with the smaller id: the
    same chain in both directions. Searched from both ends at once, so that only a part of the ties is read.
    """
    ends = sorted({a.pk, b.pk})
    steps = _shortest(ends[0], ends[-1])
    if steps is None:
        return None
    ties = _ties(steps) if steps else {}
    links: list[Link] = []
    for step in steps if a.pk == ends[0] else reversed(steps):
        here = links[-1].place if links else a
        links.append(Link(ties[step], other_side(ties[step], here)))
    return Chain(a, links)


def _shortest(first: int, last: int) -> list[int] | None:
    """The ids of the ties on the way, or None."""
    balls = _Ball(first), _Ball(last)
    grown = 0
    while not (meeting := balls[0].back.keys() & balls[1].back.keys()):
        smaller = min(balls, key=lambda ball: len(ball.rim))
        if not smaller.rim or grown == LONGEST_CHAIN:
            return None
        smaller.grow()
        grown += 1
    onward = _onward(balls[0].back, meeting) | balls[1].back
    found, place = [], first
    while place != last:
        place, tie = min(onward[place])
        found.append(tie)
    return found


def _onward(back: _Steps, ends: set[int]) -> _Steps:
    """The steps of a ball turned round: from its centre outwards, those alone that lead to one of the ends."""
    onward: _Steps = defaultdict(list)
    while ends:
        for far in ends:
            for near, tie in back[far]:
                onward[near].append((far, tie))
        ends = {near for far in ends for near, _tie in back[far]}
    return onward
