"""Reads across models: every page, the API and the exports ask here and nowhere else.

The functions take a ``Criteria`` and give rows, counts and facets, so that their answers may later come from an
index in memory without a change outside this room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from friendship import names
from friendship.dates import PartialDate
from friendship.enums import (
    UNCOUNTED_STATUSES,
    UNCOUNTED_TYPES,
    Claim,
    Continent,
    Level,
    Metric,
    RelationshipType,
    Scope,
    Status,
)
from friendship.models import (
    Country,
    Event,
    Evidence,
    Place,
    PlaceQuerySet,
    Relationship,
    RelationshipQuerySet,
    ReportedTotal,
    Source,
)

# --- what is asked --------------------------------------------------------------------------------------------------


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

    @property
    def asks_uncounted(self) -> bool:
        """Whether letters of intent or ended ties were asked for by name, and so count."""
        return bool(UNCOUNTED_TYPES & set(self.type) or UNCOUNTED_STATUSES & set(self.status))


_DEFAULTS: dict[str, Any] = {item.name: item.default for item in fields(Criteria)}


def _either_side(condition: str, value: object) -> Q:
    return Q(**{f"home__{condition}": value}) | Q(**{f"partner__{condition}": value})


def _matches_words(query: str) -> Q:
    terms = names.search_terms(query)
    if not terms:
        return Q(pk__in=[])  # only punctuation was typed: nothing is called that
    found = Q()
    for term in terms:
        found &= _either_side("search_text__contains", term) | _either_side("country__search_text__contains", term)
    return found


def _in_provinces(slugs: tuple[str, ...]) -> Q:
    return (
        Q(_either_side("slug__in", slugs) & _is_province(slugs))
        | _either_side("parent__slug__in", slugs)
        | _either_side("parent__parent__slug__in", slugs)
    )


def _is_province(slugs: tuple[str, ...]) -> Q:
    return Q(home__slug__in=slugs, home__level=Level.PROVINCE) | Q(partner__slug__in=slugs, partner__level=Level.PROVINCE)


def _from_sources(slugs: tuple[str, ...]) -> Q:
    says = Evidence.objects.filter(relationship=OuterRef("pk"), source__slug__in=slugs)
    tells = Event.objects.filter(relationship=OuterRef("pk"), source__slug__in=slugs)
    return Q(Exists(says)) | Q(Exists(tells))


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


def _order(sort: str) -> list[Any]:
    name = "pinyin" if (get_language() or "").startswith("zh") else "slug"
    country = "partner__country__pinyin" if name == "pinyin" else "partner__country__name_en"
    return {
        "founded": [*_OLDEST_FIRST, "id"],
        "-founded": [*_NEWEST_FIRST, "id"],
        "home": [f"home__{name}", f"partner__{name}", "id"],
        "partner": [f"partner__{name}", f"home__{name}", "id"],
        "country": [country, f"partner__{name}", "id"],
        "updated": ["-updated_at", "id"],
    }[sort]


SORTS = ("founded", "-founded", "home", "partner", "country", "updated")

# --- relationships --------------------------------------------------------------------------------------------------


def select(criteria: Criteria) -> RelationshipQuerySet:
    """The published rows that answer the criteria, in no particular order."""
    rows = Relationship.objects.published()
    for name, condition in _CONDITIONS.items():
        value = getattr(criteria, name)
        if value not in ("", (), None):
            rows = rows.filter(condition(value))
    return rows


def relationships(criteria: Criteria) -> RelationshipQuerySet:
    """The rows of a list: sorted, with both sides and ``source_count``, the number of sources that speak of the tie."""
    sources = (
        Evidence.objects.filter(relationship=OuterRef("pk"))
        .order_by()
        .values("relationship")
        .annotate(n=Count("source", distinct=True))
        .values("n")
    )
    return (
        select(criteria)
        .with_places()
        .annotate(source_count=Coalesce(Subquery(sources, output_field=IntegerField()), 0))
        .order_by(*_order(criteria.sort))
    )


def with_evidence(rows: RelationshipQuerySet) -> RelationshipQuerySet:
    """The rows with their evidence and its sources, in two more queries however many rows there are."""
    evidence = Evidence.objects.select_related("source").defer("source__text").order_by("id")
    return rows.prefetch_related(Prefetch("evidence", evidence))


def count_ties(criteria: Criteria) -> int:
    """How many rows count as ties; letters of intent and ended ties count only where asked for by name."""
    rows = select(criteria)
    return rows.count() if criteria.asks_uncounted else rows.counted().count()


def relationship(pk: int) -> Relationship | None:
    """One published tie with its evidence and events, or None."""
    events = Event.objects.select_related("source").order_by(*Event._meta.ordering)
    rows = with_evidence(Relationship.objects.published().with_places())
    return rows.prefetch_related(Prefetch("events", events)).filter(pk=pk).first()


@dataclass(frozen=True)
class Disagreement:
    """Sources that give different values for one claim of a tie, beside the value that the register chose."""

    claim: Claim
    own: str
    voices: list[tuple[str, list[Source]]]


def disagreements(tie: Relationship) -> list[Disagreement]:
    """Where the evidence of a tie contradicts itself. Expects evidence, sources and events to be loaded.

    A source that tells of an earlier stage (cooperation in 2018, sister tie in 2024) does not contradict the present.
    """
    own = {
        Claim.TIE: RelationshipType(tie.type).label,
        Claim.FOUNDED: tie.founded or "",
        Claim.ENDED: tie.ended or "",
        Claim.STATUS: Status(tie.status).label,
    }
    found = []
    for claim, value in own.items():
        voices: dict[str, list[Source]] = {}
        for piece in tie.evidence.all():
            if piece.claim == claim and piece.value and not _tells_a_stage(piece, tie):
                voices.setdefault(piece.shown_value, []).append(piece.source)
        if len(voices) > 1:
            found.append(Disagreement(claim, str(value), list(voices.items())))
    return found


def _tells_a_stage(piece: Evidence, tie: Relationship) -> bool:
    if piece.claim != Claim.TIE or piece.value == tie.type:
        return False
    dates = [event.date for event in tie.events.all() if event.source_id == piece.source_id and event.date]
    return any(tie.founded is None or tie.founded.is_after(date) for date in dates)


@dataclass(frozen=True)
class Voice:
    """What one source says of one tie: its claims, and the quotes that carry them."""

    source: Source
    claims: list[Evidence]
    quotes: list[Evidence]


def voices(tie: Relationship) -> list[Voice]:
    """The evidence of a tie by source, sources that we quote first. Expects evidence and sources to be loaded."""
    by_source: dict[int, list[Evidence]] = {}
    for piece in tie.evidence.all():
        by_source.setdefault(piece.source_id, []).append(piece)
    found = [
        Voice(pieces[0].source, pieces, list({piece.quote: piece for piece in pieces if piece.quote}.values()))
        for pieces in by_source.values()
    ]
    return sorted(found, key=lambda voice: not voice.quotes)


@dataclass(frozen=True)
class Excerpt:
    """The first rows of a list, and how many it has."""

    rows: list[Relationship]
    count: int


def excerpt(rows: RelationshipQuerySet, limit: int) -> Excerpt:
    """The first ``limit`` rows and the number of all."""
    first = list(rows[:limit])
    return Excerpt(first, rows.count() if len(first) == limit else len(first))


def other_ties(place: Place, apart_from: Relationship) -> RelationshipQuerySet:
    """The further ties of one side of a tie, oldest first."""
    return relationships(Criteria(place=(place.slug,))).exclude(pk=apart_from.pk)


# --- facets ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """A value of a filter, its label, and how many listed rows choosing it would give.

    The label is in the active language unless ``language`` says which it is in.
    """

    value: str
    label: str
    count: int
    language: str = ""


def facets(criteria: Criteria) -> dict[str, list[Choice]]:
    """For each filter, its choices with counts under the other filters; choices without rows are left out."""
    return {
        "type": _enum_choices(criteria, "type", "type", RelationshipType),
        "place": _home_places(criteria),
        "country": _countries(criteria),
        "continent": _continents(criteria),
        "level": _enum_choices(criteria, "level", "home__level", Level),
        "status": _enum_choices(criteria, "status", "status", Status),
        "province": _provinces(criteria),
        "source": _sources(criteria),
    }


@dataclass(frozen=True)
class Decade:
    """Ten years of founding, with how many listed rows fall into them."""

    first: int
    last: int
    count: int


def decades(criteria: Criteria) -> list[Decade]:
    """Rows by decade of founding, under the other filters; rows without a year are left out."""
    open_years = criteria.without("founded_after").without("founded_before")
    counted: Counter[int] = Counter()
    for year, n in _grouped(select(open_years).exclude(founded_year=None), "founded_year"):
        counted[year // 10 * 10] += n
    return [Decade(first, first + 9, counted[first]) for first in sorted(counted)]


def _grouped(rows: QuerySet[Any], *columns: str) -> Iterable[tuple[Any, ...]]:
    return rows.order_by().values_list(*columns).annotate(n=Count("pk"))


def _enum_choices(criteria: Criteria, name: str, column: str, words: type[Any]) -> list[Choice]:
    counted = dict(_grouped(select(criteria.without(name)), column))
    return [Choice(word.value, str(word.label), counted[word.value]) for word in words if word.value in counted]


def _both_sides(rows: RelationshipQuerySet, column: str) -> Counter[str]:
    """Rows by a column of either side; a row with the same value on both sides counts once.

    A value that every row shares is left out: each tie of a Chinese register touches China, and choosing it would
    narrow nothing.
    """
    counted: Counter[str] = Counter()
    total = 0
    for home, partner, n in _grouped(rows, f"home__{column}", f"partner__{column}"):
        total += n
        for value in {home, partner}:
            counted[value] += n
    return Counter({value: n for value, n in counted.items() if n < total or len(counted) == 1})


def _most_first(choices: Iterable[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda choice: (-choice.count, choice.label))


def _countries(criteria: Criteria) -> list[Choice]:
    counted = _both_sides(select(criteria.without("country")), "country")
    known = Country.objects.in_bulk(list(counted))
    return _most_first(Choice(code, known[code].name, n) for code, n in counted.items())


def _continents(criteria: Criteria) -> list[Choice]:
    counted = _both_sides(select(criteria.without("continent")), "country__continent")
    return _most_first(
        Choice(word.value, str(word.label), counted[word.value]) for word in Continent if counted[word.value]
    )



def _home_places(criteria: Criteria) -> list[Choice]:
    counted = dict(_grouped(select(criteria.without("place")), "home"))
    known = Place.objects.in_bulk(list(counted))
    ordered = sorted(known.values(), key=lambda place: (_LEVEL_ORDER[place.level], place.official_code, place.slug))
    return [Choice(place.slug, place.name, counted[place.pk]) for place in ordered]


_LEVEL_ORDER = {level.value: rank for rank, level in enumerate(Level)}


def _provinces(criteria: Criteria) -> list[Choice]:
    chains = [f"{side}__{step}" for side in ("home", "partner") for step in ("id", "parent", "parent__parent")]
    ties: Counter[int] = Counter()
    for *ancestors, n in _grouped(select(criteria.without("province")), *chains):
        for place in {ancestor for ancestor in ancestors if ancestor is not None}:
            ties[place] += n
    known = Place.objects.provinces().in_bulk(list(ties))
    return _most_first(Choice(place.slug, place.name, ties[pk]) for pk, place in known.items())


def _sources(criteria: Criteria) -> list[Choice]:
    spoken = _ties_by_source(select(criteria.without("source")))
    known = Source.objects.defer("text").in_bulk(list(spoken))
    return _most_first(Choice(source.slug, source.title, spoken[pk], source.language) for pk, source in known.items())


# --- places and countries -------------------------------------------------------------------------------------------


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
        found &= Q(search_text__contains=term) | Q(country__search_text__contains=term)
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


def _tie_counts(side: str) -> Coalesce:
    ties = (
        Relationship.objects.published()
        .counted()
        .filter(**{side: OuterRef("pk")})
        .order_by()
        .values(side)
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(ties, output_field=IntegerField()), 0)


def _listed(side: str) -> Exists:
    return Exists(Relationship.objects.published().filter(**{side: OuterRef("pk")}))


def _select_places(base: PlaceQuerySet, criteria: PlaceCriteria) -> PlaceQuerySet:
    return _narrow_places(base.filter(_listed("home") | _listed("partner")), criteria)


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
    rows = _select_places(base, criteria).annotate(tie_count=_tie_counts("home") + _tie_counts("partner"))
    return rows.select_related("country", "parent__parent").order_by(*order, "pk")


def place_facets(base: PlaceQuerySet, criteria: PlaceCriteria) -> dict[str, list[Choice]]:
    """For each filter of a list of places, its choices with counts."""
    by_country = dict(_grouped(_select_places(base, criteria.without("country")), "country"))
    by_level = dict(_grouped(_select_places(base, criteria.without("level")), "level"))
    by_continent = dict(_grouped(_select_places(base, criteria.without("continent")), "country__continent"))
    known = Country.objects.in_bulk(list(by_country))
    open_type = criteria.without("type")
    by_type = {
        word.value: _select_places(base, replace(open_type, type=(word.value,))).count() for word in RelationshipType
    }
    return {
        "type": [Choice(w.value, str(w.label), by_type[w.value]) for w in RelationshipType if by_type[w.value]],
        "country": _most_first(Choice(code, known[code].name, n) for code, n in by_country.items()),
        "continent": _most_first(
            Choice(w.value, str(w.label), by_continent[w.value]) for w in Continent if w.value in by_continent
        ),
        "level": [Choice(w.value, str(w.label), by_level[w.value]) for w in Level if w.value in by_level],
    }


def place(slug: str) -> Place | None:
    """One place with its country and what contains it, or None."""
    return Place.objects.select_related("country", "parent__parent").filter(slug=slug).first()


def places_under(parent: Place) -> list[Place]:
    """The places directly below one that hold a published tie, or contain one that does, with ``tie_count``."""
    below = Place.objects.filter(parent=parent).annotate(tie_count=_tie_counts("home") + _tie_counts("partner"))
    return list(below.order_by("official_code", "slug"))


def ties_below(parent: Place) -> RelationshipQuerySet:
    """The ties of the places that a place contains, sorted by home side."""
    below = Q(home__parent=parent) | Q(home__parent__parent=parent)
    below |= Q(partner__parent=parent) | Q(partner__parent__parent=parent)
    own = Q(home=parent) | Q(partner=parent)
    return relationships(Criteria(sort="home")).filter(below).exclude(own)


def all_places(criteria: PlaceCriteria | None = None) -> PlaceQuerySet:
    """The places of the reference list that answer the criteria, whether or not a tie names them, for the API."""
    rows = Place.objects.select_related("country", "parent").order_by("slug")
    return rows if criteria is None else _narrow_places(rows, criteria)


@dataclass
class CountryRow:
    """A country with the number of its ties and of its places that hold them."""

    country: Country
    ties: int = 0
    rows: int = 0
    places: set[int] = field(default_factory=set)


def countries() -> list[CountryRow]:
    """The countries that a published tie touches, the most ties first."""
    found: dict[str, CountryRow] = {}
    known = Country.objects.in_bulk()
    columns = ("home__country", "home", "partner__country", "partner", "type", "status")
    for home_country, home, partner_country, partner, kind, status in Relationship.objects.published().values_list(*columns):
        counts = kind not in UNCOUNTED_TYPES and status not in UNCOUNTED_STATUSES
        for code in {home_country, partner_country}:
            row = found.setdefault(code, CountryRow(known[code]))
            row.rows += 1
            row.ties += counts
        found[home_country].places.add(home)
        found[partner_country].places.add(partner)
    return sorted(found.values(), key=lambda row: (-row.ties, -row.rows, row.country.name))


def countries_by_continent() -> list[tuple[Continent, list[CountryRow]]]:
    """The countries that a published tie touches, under their continents, the most ties first."""
    rows = countries()
    grouped = [(continent, [row for row in rows if row.country.continent == continent]) for continent in Continent]
    return sorted(
        [(continent, members) for continent, members in grouped if members],
        key=lambda group: -sum(row.ties for row in group[1]),
    )


def all_countries(query: str = "", continents: tuple[str, ...] = ()) -> QuerySet[Country]:
    """The countries of the reference list that carry these words and lie in one of the continents, for the API."""
    rows = Country.objects.order_by("code")
    if query:
        terms = names.search_terms(query)
        rows = rows.filter(*(Q(search_text__contains=term) for term in terms)) if terms else rows.none()
    return rows.filter(continent__in=continents) if continents else rows


def country(code: str) -> Country | None:
    """One country, or None."""
    return Country.objects.filter(pk=code).first()


def places_of_country(row: Country) -> PlaceQuerySet:
    """The country's places that hold a tie, with ``tie_count``, the most ties first."""
    return places(Place.objects.all(), PlaceCriteria(country=(row.code,)))


# --- sources --------------------------------------------------------------------------------------------------------


def _ties_by_source(rows: RelationshipQuerySet) -> Counter[int]:
    """How many of the rows each source speaks of, as evidence or by an event."""
    said = Evidence.objects.filter(relationship__in=rows.values("pk")).values_list("source", "relationship")
    told = Event.objects.filter(relationship__in=rows.values("pk"), source__isnull=False)
    return Counter(source for source, _tie in said.order_by().union(told.order_by().values_list("source", "relationship")))


def sources() -> QuerySet[Source]:
    """Every source without its full text, newest first."""
    return Source.objects.defer("text").order_by(
        F("published_year").desc(nulls_last=True),
        F("published_month").desc(nulls_last=True),
        F("published_day").desc(nulls_last=True),
        "slug",
    )


def tie_counts_of_sources() -> Counter[int]:
    """By source, the number of published ties that it speaks of."""
    return _ties_by_source(Relationship.objects.published())


def source(slug: str) -> Source | None:
    """One source with its full text, or None."""
    return Source.objects.filter(slug=slug).first()


@dataclass(frozen=True)
class Statement:
    """What one source says of one tie: its claims, and where in its text the tie is stated."""

    tie: Relationship
    claims: list[Evidence]
    span: tuple[int, int] | None

    @property
    def quote(self) -> str:
        """The words that state it, or an empty text."""
        return next((piece.quote for piece in self.claims if piece.quote), "")


def statements(row: Source) -> list[Statement]:
    """What a source says of published ties, in the order of its text."""
    pieces = evidence_of(row)
    ties = Relationship.objects.published().with_places().in_bulk([piece.relationship_id for piece in pieces])
    by_tie: dict[int, list[Evidence]] = {}
    for piece in pieces:
        by_tie.setdefault(piece.relationship_id, []).append(piece)
    return [Statement(ties[pk], claims, _span(claims)) for pk, claims in by_tie.items()]


def _span(claims: list[Evidence]) -> tuple[int, int] | None:
    return next(((piece.start, piece.end) for piece in claims if piece.start is not None and piece.end), None)


def evidence_of(row: Source) -> QuerySet[Evidence]:
    """What a source says of published ties, in the order of its text."""
    rows = Evidence.objects.filter(source=row, relationship__in=Relationship.objects.published())
    return rows.order_by(F("start").asc(nulls_last=True), "relationship", "id")


def events_of(row: Source) -> QuerySet[Event]:
    """What a source tells of the life of published ties, by date."""
    published = Relationship.objects.published().with_places()
    return (
        Event.objects.filter(source=row, relationship__in=Relationship.objects.published())
        .prefetch_related(Prefetch("relationship", published))
        .order_by(*Event._meta.ordering)
    )


# --- reported against recorded --------------------------------------------------------------------------------------


def totals() -> QuerySet[ReportedTotal]:
    """Every reported total with its source and place."""
    return ReportedTotal.objects.select_related("source", "place__country").defer("source__text").order_by("id")


def recorded(total: ReportedTotal) -> int:
    """What the register holds for the question that a reported total answers.

    A published tie counts if its home side lies in the total's scope, if it is no letter of intent, and if no date
    shows that it began after the total's date or had ended by then. Ties without a date count: nothing is known
    against them.
    """
    rows = Relationship.objects.published().filter(_home_in_scope(total), _standing(total.as_of))
    rows = rows.exclude(type__in=UNCOUNTED_TYPES)
    if total.metric in (Metric.SISTER, Metric.COOPERATION):
        rows = rows.filter(type=total.metric)
    match total.metric:
        case Metric.COUNTRIES:
            return rows.aggregate(n=Count("partner__country", distinct=True))["n"]
        case Metric.PARTNERS:
            return rows.aggregate(n=Count("partner", distinct=True))["n"]
        case _:
            return rows.count()


@dataclass(frozen=True)
class ComparedTotal:
    """A reported total beside what the register holds."""

    total: ReportedTotal
    recorded: int

    @property
    def span(self) -> tuple[int, int] | None:
        """Where the total stands in its source's text."""
        if self.total.start is None or self.total.end is None:
            return None
        return self.total.start, self.total.end


def compared_totals(place: Place | None = None, source: Source | None = None) -> list[ComparedTotal]:
    """Reported totals beside what is recorded, of one place or source or of all."""
    rows = totals()
    if place is not None:
        rows = rows.filter(place=place)
    if source is not None:
        rows = rows.filter(source=source)
    return [ComparedTotal(total, recorded(total)) for total in rows]


def _home_in_scope(total: ReportedTotal) -> Q:
    own = Q(home=total.place_id)
    below = Q(home__parent=total.place_id) | Q(home__parent__parent=total.place_id)
    return {Scope.OWN: own, Scope.SUBORDINATE: below, Scope.ALL: own | below}[Scope(total.scope)]


def _standing(as_of: PartialDate | None) -> Q:
    """Ties of which no date shows that they began after a day or had ended by then."""
    if as_of is None:
        return ~Q(status__in=UNCOUNTED_STATUSES)
    not_ended = ~Q(status__in=UNCOUNTED_STATUSES) | _surely_after("ended", as_of)
    return ~_surely_after("founded", as_of) & not_ended


def _surely_after(prefix: str, date: PartialDate) -> Q:
    """``PartialDate.is_after`` in SQL, for the columns of a partial date."""
    later, same = Q(), Q()
    for part, value in zip(("year", "month", "day"), date.parts, strict=True):
        if value is None:
            break
        later |= same & Q(**{f"{prefix}_{part}__gt": value})
        same &= Q(**{f"{prefix}_{part}": value})
    return later


# --- the register in figures ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """The register in a handful of figures; ``ties`` leaves out letters of intent and ended ties."""

    rows: int
    ties: int
    countries: int
    places: int
    sources: int
    undated: int


def summary() -> Summary:
    """Count what the public register holds; ``countries`` and ``places`` are the partner sides' of counted ties."""
    counted = Relationship.objects.published().counted()
    return Summary(
        rows=Relationship.objects.published().count(),
        ties=counted.count(),
        countries=counted.values("partner__country").distinct().count(),
        places=counted.values("partner").distinct().count(),
        sources=Source.objects.count(),
        undated=counted.filter(founded_year=None).count(),
    )


def is_ready() -> bool:
    """Whether the register can be read: its tables answer and hold the reference list of countries.

    Raises ``DatabaseError`` where the database does not answer.
    """
    return Country.objects.exists()
