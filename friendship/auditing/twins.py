"""Places that may stand in the register twice: by name, and by where they lie."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any

from django.utils.translation import gettext as _
from rapidfuzz.distance import OSA

from friendship import names, queries
from friendship.auditing.findings import Finding
from friendship.distances import Point, kilometres
from friendship.enums import Level
from friendship.models import Place

#: So near, two places of one name are one place: the middle of a city, its town hall, its airport.
NEAR = 60.0
#: Shorter words differ by one letter and name two towns: Lima and Lema, 乐山 and 眉山.
_LEAST_LETTERS, _LEAST_HAN = 6, 4
#: What so many places of a country are called names none of them, and comparing them all would take for ever.
_MOST_NAMESAKES = 100

_CHINA = "CN"
_NO_LETTER = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Known:
    """What tells a place from its namesakes. ``above`` are what contains it, the nearest first."""

    pk: int
    country: str
    level: str
    above: tuple[int, ...]
    wikidata: str
    code: str
    point: Point | None
    name_zh: str
    name_en: str
    chinese: frozenset[str]
    foreign: frozenset[str]
    others: frozenset[str]

    @property
    def forms(self) -> frozenset[str]:
        """Everything that it may be called."""
        return self.chinese | self.foreign | self.others


def near_duplicates() -> Iterator[Finding]:
    """Two places of a country whose names are the same or differ by one letter, and that lie close or nowhere.

    A country at a time stands in memory. A province and its capital of the same name are no twins.
    """
    rows = Place.objects.order_by("country_id", "pk").values_list(
        *("country_id", "pk", "level", "parent_id", "parent__parent_id", "wikidata_id", "official_code"),
        *("latitude", "longitude", "name_zh", "name_en", "aliases"),
    )
    for _country, held in groupby(rows.iterator(), key=lambda row: row[0]):
        places = {place.pk: place for place in map(_known, held)}
        for one, other in sorted(_pairs(places.values())):
            if _may_be_one(places[one], places[other]):
                yield _finding(places[one], places[other])


def _known(row: Sequence[Any]) -> _Known:
    country, pk, level, parent, above, wikidata, code, latitude, longitude, name_zh, name_en, aliases = row
    return _Known(
        pk,
        country,
        level,
        tuple(key for key in (parent, above) if key is not None),
        wikidata,
        code,
        None if latitude is None else (latitude, longitude),
        name_zh,
        name_en,
        chinese=_forms(name_zh),
        foreign=_forms(name_en),
        others=frozenset(form for name in aliases.splitlines() for form in _forms(name)),
    )


def _forms(name: str) -> frozenset[str]:
    """A name in its normal form without the word for its level, in one word: Chiang Mai Province is chiangmai."""
    bare, _word = queries.bare(names.normalise(name))
    return frozenset(filter(None, [_NO_LETTER.sub("", bare)]))


# --- which pairs are worth a look -----------------------------------------------------------------------------------


def _pairs(places: Iterable[_Known]) -> set[tuple[int, int]]:
    """Places that share a form of a name, or an item, or whose own names differ by one letter; smaller id first."""
    sharing: dict[str, list[int]] = defaultdict(list)
    for place in places:
        if place.wikidata:
            sharing[f"\0{place.wikidata}"].append(place.pk)
        for form in place.forms:
            sharing[form].append(place.pk)
        for shortened in {key for form in place.chinese | place.foreign for key in _shortened(form)}:
            sharing[f"\1{shortened}"].append(place.pk)
    few = (keys for keys in sharing.values() if 1 < len(keys) <= _MOST_NAMESAKES)
    return {(one, other) for keys in few for one, other in combinations(sorted(set(keys)), 2)}


def _shortened(form: str) -> Iterator[str]:
    """The form, and all that is left of it without one letter: names with one in common differ by a letter or two."""
    if len(form) >= (_LEAST_HAN if names.has_han(form) else _LEAST_LETTERS):
        yield form
        yield from (form[:place] + form[place + 1 :] for place in range(len(form)))


def _is_close(one: str, other: str) -> bool:
    """Whether two forms differ by one letter, and by no number: No. 1 and No. 2 are two places."""
    shortest = min(len(one), len(other))
    least = _LEAST_HAN if names.has_han(one) else _LEAST_LETTERS
    return (
        shortest >= least
        and _DIGITS.findall(one) == _DIGITS.findall(other)
        and OSA.distance(one, other, score_cutoff=1) <= 1
    )


# --- whether they may be one ----------------------------------------------------------------------------------------


def _may_be_one(one: _Known, other: _Known) -> bool:
    if one.pk in other.above or other.pk in one.above:
        return False
    if one.wikidata and other.wikidata:
        return one.wikidata == other.wikidata
    if (one.code and other.code and one.code != other.code) or _is_capital(one, other):
        return False
    if one.point and other.point:
        lies_apart = kilometres(one.point, other.point) > NEAR
    else:
        lies_apart = bool(one.above and other.above and not set(one.above) & set(other.above))
    return not lies_apart and _is_alike(one, other)


def _is_capital(one: _Known, other: _Known) -> bool:
    """Whether one is a province and the other is not: Chiang Mai and Chiang Mai."""
    return (one.level == Level.PROVINCE) != (other.level == Level.PROVINCE)


def _is_alike(one: _Known, other: _Known) -> bool:
    """Whether they share a name, or have names that differ by one letter in every script that both have.

    In China the characters decide: 宜春 and 伊春 are both Yichun.
    """
    written = [_are_close(one.chinese, other.chinese), _are_close(one.foreign, other.foreign)]
    if not one.forms.isdisjoint(other.forms):
        return not (one.country == _CHINA and written[0] is False)
    return any(written) and False not in written


def _are_close(mine: frozenset[str], theirs: frozenset[str]) -> bool | None:
    """Whether any two forms are the same but for a letter; None where there are none to compare."""
    if not mine or not theirs:
        return None
    return any(one == other or _is_close(one, other) for one in mine for other in theirs)


def _finding(one: _Known, other: _Known) -> Finding:
    apart = kilometres(one.point, other.point) if one.point and other.point else None
    said = _("%(one)s and %(other)s") % {"one": _told(one), "other": _told(other)}
    if apart is not None:
        said = _("%(places)s, %(kilometres)d km apart") % {"places": said, "kilometres": round(apart)}
    facts = tuple(fact for place in (one, other) for fact in (place.name_zh, place.name_en, place.level))
    return Finding(f"place/{one.pk}+place/{other.pk}", (*facts, None if apart is None else round(apart)), said)


def _told(place: _Known) -> str:
    both = " ".join(filter(None, (place.name_zh, place.name_en)))
    return _("%(name)s (%(where)s)") % {"name": both, "where": Level(place.level).label}
