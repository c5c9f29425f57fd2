"""Every name of a list settled: the place of the register that it means, a new place, or a question for staff.

All names are settled together and in an order of their own, so that the order of a file’s rows decides nothing: those
that say most come first, and a bare name finds what they have brought. What nothing tells apart is never chosen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from friendship import names, queries
from friendship.enums import Level, ReviewState
from friendship.importers.matching import (
    MOST_NAMESAKES,
    Candidate,
    Fit,
    KnownPlaces,
    Wanted,
    called,
    fitting,
    is_contested,
    is_doubtful,
    is_supported,
    means_another,
    spelling,
)
from friendship.importers.understanding import Named
from friendship.models import Place

NEW = "new"  # the answer of staff: none of the candidates

_BELOW = {Level.PROVINCE.value: Level.CITY.value, Level.CITY.value: Level.COUNTY.value}
_ABOVE = {below: above for above, below in _BELOW.items()}
#: The levels that may contain a place, by its own; a place of unknown level may be a county.
_CONTAINING: dict[str, frozenset[str]] = {
    Level.PROVINCE: frozenset(),
    Level.CITY: frozenset({Level.PROVINCE.value}),
    Level.COUNTY: frozenset({Level.PROVINCE.value, Level.CITY.value}),
    "": frozenset({Level.PROVINCE.value, Level.CITY.value}),
}
_LONGEST_SLUG = 80

Fitting = tuple[Candidate, Fit]
#: What a list may add to a place that has none.
_GAPS = ("name_zh", "name_en", "wikidata_id")


@dataclass(frozen=True, slots=True)
class Settled:
    """What a name means: a place and how well the name fits it (None: it is new by this name), or an open question."""

    candidate: Candidate | None = None
    fit: Fit | None = None
    question: Mapping[str, Any] | None = None

    def gaps(self, named: Named) -> dict[str, Any]:
        """What the list knows of a place of the register that has none; only where its name leaves no doubt."""
        if self.candidate is None or self.candidate.is_new or self.fit is None or self.fit < Fit.FULL:
            return {}
        return _gaps(self.candidate.place, named)


def _gaps(place: Place, named: Named) -> dict[str, Any]:
    found = {name: getattr(named, name) for name in _GAPS if getattr(named, name) and not getattr(place, name)}
    if place.latitude is None and named.latitude is not None and named.longitude is not None:
        found |= {"latitude": named.latitude, "longitude": named.longitude}
    return found


def text_of(named: Named) -> str:
    """A name as the list gives it, with what contains it and where it lies: 江油 (绵阳, 四川), CN · Q1196115."""
    around = ", ".join(container.name_zh or container.name_en for container in named.within)
    name = f"{named.name_zh or named.name_en}{f' ({around})' if around else ''}, {named.country}"
    return " · ".join(filter(None, [name, named.wikidata_id, _where(named)]))


def _where(row: Named | Place) -> str:
    return "" if row.latitude is None or row.longitude is None else f"{row.latitude:.2f}, {row.longitude:.2f}"


def key_of(named: Named) -> str:
    """What two names have in common that one answer of staff settles."""
    around = " < ".join(names.normalise(container.name_zh or container.name_en) for container in named.within)
    where = "" if named.latitude is None or named.longitude is None else f"{named.latitude:.1f},{named.longitude:.1f}"
    spelt = [names.normalise(name) for name in (named.name_zh, named.name_en)]
    return "|".join([named.country, named.level, *spelt, around, where, *filter(None, [named.wikidata_id])])


class Places:
    """The places that the names of a list mean. Nothing is written: new ones are unsaved.

    ``answers`` are those of staff, by the key of the question: the id of a place, the key of another name of the list,
    or ``NEW``. New places are published at once if ``publish`` says so.
    """

    def __init__(
        self, known: KnownPlaces, listed: Iterable[Named], *, answers: Mapping[str, int | str], publish: bool
    ) -> None:
        self._known = known
        self._answers = answers
        self._state = ReviewState.PUBLISHED if publish else ReviewState.DRAFT
        self._settled: dict[Named, Settled] = {}
        self._containers: dict[tuple[Named, frozenset[str], str], Settled] = {}
        self._brought: dict[str, Candidate] = {}  # new places by the key of the name that brought them
        self._keys: dict[int, str] = {}
        self._addresses: set[str] | None = None
        self._namesakes: dict[str, int] = defaultdict(lambda: 1)  # the numbers that stand in made addresses
        distinct = set(listed)
        self._reserved = {one.slug for named in distinct for one in (named, *named.within)} - {""}
        self._told = _told_levels(distinct)
        self._mark(distinct)
        for named in sorted(distinct, key=self._order):
            self._settled[named] = self._settle(named)

    def __getitem__(self, named: Named) -> Settled:
        return self._settled[named]

    # --- the order, and what the list says as a whole ---------------------------------------------------------------

    def _order(self, named: Named) -> tuple[Any, ...]:
        """Names that say more come first; then anything, as long as it is the same for the same names."""
        spelt = (named.name_zh, named.name_en, named.slug, named.wikidata_id, named.official_code)
        around = tuple((container.name_zh, container.name_en, container.level) for container in named.within)
        return (
            self._known.addressed(named) is None,
            -len(named.within),
            not named.wikidata_id,
            named.latitude is None,
            not named.level,
            -sum(map(bool, spelt)),
            named.country,
            spelt,
            named.level,
            around,
            named.latitude or 0.0,
            named.longitude or 0.0,
            named.aliases,
            tuple(text_of(container) for container in named.within),
        )

    def _mark(self, distinct: set[Named]) -> None:
        """Note how the list knows the places of the register: what it names in full, its other names do not mean."""
        addressed = {named: candidate for named in distinct if (candidate := self._known.addressed(named))}
        for named, candidate in addressed.items():
            candidate.listed_as = named.slug
            candidate.is_listed_in_full = True
            candidate.mark(named, is_sure=True)
        for named in distinct - addressed.keys():
            wanted = Wanted.of(named)
            sure = _sure(wanted, fitting(wanted, self._known.namesakes(wanted)))
            for candidate, fit in sure:
                candidate.is_listed_in_full |= fit >= Fit.FULL
            self._mark_likeliest(wanted, sure)

    def _mark_likeliest(self, wanted: Wanted, sure: list[Fitting]) -> None:
        """Remember the item and the coordinates of a name with the places that it may mean."""
        named = wanted.named
        answer = self._answers.get(key_of(named), "")
        if answer == NEW:
            return
        if candidate := self._with_id(answer) or self._identified(wanted):
            candidate.mark(named, is_sure=True)
        elif sure:
            for likely in _likeliest(wanted, sure)[0]:
                likely.mark(named, is_sure=any(is_supported(wanted, likely)))

    # --- one name ---------------------------------------------------------------------------------------------------

    def _settle(self, named: Named) -> Settled:
        wanted = Wanted.of(named)
        return self._answered(wanted) or self._found(wanted) or self._bring(wanted, named.level)

    def _answered(self, wanted: Wanted) -> Settled | None:
        if not self._answers:
            return None
        key = key_of(wanted.named)
        answer = self._answers.get(key)
        if answer == NEW:
            return Settled(self._brought[key]) if key in self._brought else self._bring(wanted, wanted.named.level)
        if answer is None:
            return None
        candidate = self._brought.get(str(answer)) or self._with_id(answer)
        return Settled(candidate, Fit.BARE) if candidate else None

    def _with_id(self, answer: int | str) -> Candidate | None:
        return self._known.with_id(int(answer)) if str(answer).isdecimal() else None

    def _found(self, wanted: Wanted) -> Settled | None:
        """The one place that a name can mean, or the question which; None where no place is called so."""
        named = wanted.named
        for candidate, fit in ((self._known.addressed(named), Fit.ADDRESS), (self._identified(wanted), Fit.ITEM)):
            if candidate:
                return self._meant(wanted, candidate, fit)
        namesakes = self._known.namesakes(wanted)
        if len(namesakes) > MOST_NAMESAKES:
            return self._ask(named, namesakes)
        found = [(one, fit) for one, fit in fitting(wanted, namesakes) if not means_another(wanted, one)]
        sure = _sure(wanted, found)
        if not sure:
            doubtful = [candidate for candidate, _fit in found if not candidate.is_listed_in_full]
            return self._ask(named, doubtful) if doubtful else None
        left, best = _likeliest(wanted, sure)
        is_open = len(left) > 1 or is_contested(wanted, left[0])
        return self._ask(named, left) if is_open else self._meant(wanted, left[0], best)

    def _identified(self, wanted: Wanted) -> Candidate | None:
        candidate = self._known.identified(wanted.named)
        return candidate if candidate and candidate.place.level in wanted.levels else None

    def _meant(self, wanted: Wanted, candidate: Candidate, fit: Fit) -> Settled:
        candidate.listed_as = candidate.listed_as or wanted.named.slug
        if candidate.is_new and (gaps := _gaps(candidate.place, wanted.named)):
            for name, value in gaps.items():
                setattr(candidate.place, name, value)
            candidate.place.official_code = candidate.place.official_code or wanted.named.official_code
            candidate.place.aliases = candidate.place.aliases or "\n".join(wanted.named.aliases)
            candidate.place.refresh_search()
            self._known.refresh(candidate)
        return Settled(candidate, fit)

    def _ask(self, named: Named, candidates: Iterable[Candidate]) -> Settled:
        several = list(candidates)[: queries.OFFERED]
        brought = [candidate for candidate in several if candidate.is_new]
        return Settled(
            question={
                "key": key_of(named),
                "text": text_of(named),
                "candidates": sorted(candidate.place.pk for candidate in several if not candidate.is_new),
                "others": [{"key": self._keys[one.number], "text": _described(one)} for one in brought],
            }
        )

    # --- new places -------------------------------------------------------------------------------------------------

    def _bring(self, wanted: Wanted, level: str) -> Settled:
        named = wanted.named
        around = self._around(named, level)
        if around and around.question:
            return around
        parent = around.candidate.place if around and around.candidate else None
        place = Place(
            country_id=named.country,
            level=level or (_BELOW[parent.level] if parent else Level.CITY.value),
            parent=parent,
            slug=self._address(named, parent),
            name_zh=named.name_zh,
            name_en=named.name_en,
            aliases="\n".join(named.aliases),
            official_code=named.official_code,
            wikidata_id=named.wikidata_id,
            latitude=named.latitude,
            longitude=named.longitude,
            review_state=self._state,
        )
        place.refresh_search()
        candidate = self._known.add(place, wanted.around)
        candidate.listed_as = named.slug
        candidate.is_listed_in_full = True
        self._brought.setdefault(key_of(named), candidate)
        self._keys[candidate.number] = key_of(named)
        return Settled(candidate)

    def _around(self, named: Named, level: str) -> Settled | None:
        """The nearest container of a new place that is of a higher level than the place itself."""
        for position, container in enumerate(named.within):
            further = container.within or named.within[position + 1 :]
            if settled := self._contain(replace(container, within=further), level):
                return settled
        return None

    def _contain(self, container: Named, level: str) -> Settled | None:
        levels = _CONTAINING[level]
        if not levels or (container.level and container.level not in levels):
            return None
        kept = (container, levels, level)
        if kept not in self._containers:
            wanted = Wanted.of(container, levels)
            own = container.level or self._told_level(container, levels) or _ABOVE[level or Level.CITY.value]
            found = self._answered(wanted) or self._found(wanted) or self._bring(wanted, own)
            self._containers[kept] = found
        found = self._containers[kept]
        return found if found.question or (found.candidate and found.candidate.place.level in levels) else None

    def _told_level(self, container: Named, levels: frozenset[str]) -> str:
        """The level that the list tells elsewhere of a place called so."""
        told = {level for form in called(container).full for level in self._told.get((container.country, form), ())}
        return told.pop() if len(told) == 1 and told <= levels else ""

    def _address(self, named: Named, parent: Place | None) -> str:
        """An address that no place has: the list’s own, or one made of the name and what tells it apart."""
        if self._addresses is None:
            self._addresses = queries.addresses_of_places()
        if named.slug and named.slug not in self._addresses:
            self._addresses.add(named.slug)
            return named.slug
        made = next(filter(self._is_free, self._made_addresses(named, parent)))
        self._addresses.add(made)
        return made

    def _is_free(self, slug: str) -> bool:
        return slug not in self._reserved and slug not in (self._addresses or ())

    def _made_addresses(self, named: Named, parent: Place | None) -> Iterator[str]:
        base = names.slug_for(named.name_en, named.name_zh) or named.wikidata_id.lower() or named.country.lower()
        yield _cut(base)
        if parent:
            yield _cut(base, parent.slug)
        yield _cut(base, named.country.lower())
        while True:
            self._namesakes[base] += 1
            yield _cut(base, str(self._namesakes[base]))


def _sure(wanted: Wanted, found: Iterable[Fitting]) -> list[Fitting]:
    return [(candidate, fit) for candidate, fit in found if not is_doubtful(wanted, candidate, fit)]


def _likeliest(wanted: Wanted, sure: list[Fitting]) -> tuple[list[Candidate], Fit]:
    """Those that fit best and that nothing tells apart, and how well they fit."""
    best = max(fit for _candidate, fit in sure)
    return _narrowed(wanted, [candidate for candidate, fit in sure if fit == best]), best


def _narrowed(wanted: Wanted, candidates: list[Candidate]) -> list[Candidate]:
    """Those that a container or the distance speaks for, if it does for any."""
    for kind in (0, 1):
        if len(candidates) > 1:
            candidates = [one for one in candidates if is_supported(wanted, one)[kind]] or candidates
    return candidates


def _told_levels(distinct: Iterable[Named]) -> dict[tuple[str, str], set[str]]:
    told: dict[tuple[str, str], set[str]] = defaultdict(set)
    for named in distinct:
        if named.level:
            for name in filter(None, (named.name_zh, named.name_en)):
                told[named.country, spelling(name)[0]].add(named.level)
    return told


def _cut(base: str, ending: str = "") -> str:
    most = _LONGEST_SLUG - len(ending) - 1 if ending else _LONGEST_SLUG
    return "-".join(filter(None, [base[: max(most, 1)].strip("-"), ending]))[:_LONGEST_SLUG].strip("-")


def _described(candidate: Candidate) -> str:
    """A new place as a question offers it: its names, what contains it, where it lies."""
    place = candidate.place
    parent = place.parent
    around = f" ({parent.name_zh or parent.name_en})" if parent else ""
    name = f"{place.name_zh or place.name_en}{around}, {place.country_id}"
    return " · ".join(filter(None, [name, place.wikidata_id, _where(place)]))
