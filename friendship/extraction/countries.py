"""The country of a foreign place that the text names without one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from friendship.extraction.gazetteer import bare_name, gazetteer
from friendship.extraction.places import ABROAD, COUNTRY, Mention

#: 中美友城对话: the two countries of which a text speaks.
_ABBREVIATED = re.compile(
    "中(美|日|韩|俄|英|法|德|澳|意|泰|越|老|缅|柬|哈|蒙|印|巴|荷|新|加|西|葡|匈|波|捷|埃|以|土)(?=[两友城地建关双合缔外]|[^一-鿿])"
)
_SHORT = dict(
    zip(
        "美日韩俄英法德澳意泰越老缅柬哈蒙印巴荷新加西葡匈波捷埃以土",
        "US JP KR RU GB FR DE AU IT TH VN LA MM KH KZ MN IN BR NL NZ CA ES PT HU PL CZ EG IL TR".split(),
        strict=True,
    )
)
_TELLS = "[市州省县府]?(?:是|位于|地处|系|为|坐落于|隶属于?|属于?)"
#: How many places away a country can be told that a place is left without.
_AS_FAR_AS = 200


def with_countries(line: str, found: list[Mention]) -> list[Mention]:
    """``found``, each foreign place with the country that the text tells best.

    In this order: the same place elsewhere with its country, a sentence about it, the list of known places (of several
    countries the one that the text names, else the largest place), the country named nearest before, then after.
    """
    found = _in_brackets(line, found)
    named = {mention.name: mention.country for mention in found if mention.sign == ABROAD and mention.country}
    bare = {bare_name(name): country for name, country in named.items()}
    abbreviated = [_SHORT[match.group(1)] for match in _ABBREVIATED.finditer(line)]
    told: list[Mention] = []
    for index, mention in enumerate(found):
        if mention.sign != ABROAD or mention.country:
            told.append(mention)
        else:
            near = [*reversed(told[-_AS_FAR_AS:]), *found[index : index + _AS_FAR_AS]]
            country = (
                named.get(mention.name)
                or bare.get(bare_name(mention.name))
                or _told_of(line, mention)
                or _known(mention, near, abbreviated)
                or _nearest(near, abbreviated)
            )
            told.append(replace(mention, country=country))
    return told


def _in_brackets(line: str, found: list[Mention]) -> list[Mention]:
    """路易斯维尔市(美国): the country in brackets after a place is its own."""
    told = list(found)
    for index, (place, after) in enumerate(pairwise(found)):
        bracketed = (
            after.sign == COUNTRY and line[place.end : after.start] == "(" and line[after.end : after.end + 1] == ")"
        )
        if place.sign == ABROAD and bracketed:
            told[index] = replace(place, country=after.country, told=True)
    return told


def _told_of(line: str, mention: Mention) -> str:
    """The country of 奥什是吉尔吉斯斯坦第二大城市."""
    for match in re.finditer(re.escape(bare_name(mention.name)) + _TELLS, line):
        for _, codes in gazetteer().countries.at(line, match.end()):
            return codes[0]
    return ""


def _known(mention: Mention, near: Iterable[Mention], abbreviated: list[str]) -> str:
    places = gazetteer().abroad.get(mention.name) or gazetteer().abroad.get(bare_name(mention.name))
    countries = {place.country for place in places}
    named = (other.country for other in near if other.sign == COUNTRY or other.told)
    for code in (*named, *abbreviated):
        if code in countries:
            return code
    return max(places, key=lambda place: place.weight).country if places else ""


def _nearest(near: Iterable[Mention], abbreviated: list[str]) -> str:
    named = (other.country for other in near if other.sign in {ABROAD, COUNTRY} and other.country not in {"", "CN"})
    return next(iter((*named, *abbreviated)), "")
