"""Names spelt or pronounced much like what was typed, for a search that finds nothing."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract_iter

from friendship import names
from friendship.models import Country, Place, Relationship

#: Beyond this many places, reading every name takes longer than a reader waits between two letters.
MOST_PLACES = 100_000
_MOST_TERMS = 8
_MOST_NEEDLES = 10
_LEAST_HAN = 2  # one character alone sounds like a hundred others
_LONG_HAN = 4  # shorter ones must sound the same: one letter of pinyin makes another town of most
_LEAST_LETTERS = 5  # shorter words, such as most syllables of pinyin, differ from each other by one letter
_ONE_ERROR = 7  # so long a word may hold one wrong, missing, surplus or swapped letter, a longer one two
_NO_LETTER = re.compile(r"[\W_]+")


@dataclass
class _Spellings:
    """Words that may be meant, each with the needle that finds it, and the words of all names that anyone may type."""

    meant: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def knows(self, term: str) -> bool:
        """Whether a word begins so; Chinese may stand anywhere in it."""
        if names.has_han(term):
            return any(term in word for word in self.known)
        return any(word.startswith(term.strip()) for word in self.known)


def similar_needles(terms: list[str]) -> list[list[str]]:
    """For each search term the needles to look for instead; empty where some term resembles no name.

    A term that is in a name already stays as it is: only what the register does not know is taken for an error.
    Where it knows them all, there is nothing to look for instead.
    """
    if len(terms) > _MOST_TERMS or Place.objects.published().count() > MOST_PLACES:
        return []
    spellings = _spellings()
    as_typed = [[term] for term in terms]
    needles = [[term] if spellings.knows(term) else _nearest(term, spellings.meant) for term in terms]
    return needles if all(needles) and needles != as_typed else []


def _spellings() -> _Spellings:
    """Places with a tie and their countries may be meant; known are all, so that Beijing is not taken for Benin."""
    ties = Relationship.objects.published()
    has_tie = Exists(ties.filter(home=OuterRef("pk"))) | Exists(ties.filter(partner=OuterRef("pk")))
    rows = Place.objects.published().order_by().annotate(may_be_meant=has_tie)
    countries = dict(Country.objects.order_by().values_list("code", "search_text"))
    found = _Spellings(known={word for text in countries.values() for word in text.split()})
    meant_countries = set()
    for text, country, name, may_be_meant in rows.values_list("search_text", "country", "name_en", "may_be_meant"):
        words = text.split()
        found.known.update(words)
        if may_be_meant:
            meant_countries.add(country)
            found.meant.update(_in_one_word(name))
            found.meant.update((word, f" {word}") for word in words)
    found.meant.update((word, f" {word}") for code in meant_countries for word in countries[code].split())
    return found


def _in_one_word(name: str) -> dict[str, str]:
    """A name of several words as people also write it: Chiangmai, Newyork."""
    if " " not in name and "-" not in name:
        return {}
    plain = names.normalise(name)
    joined = _NO_LETTER.sub("", plain)
    return {joined: f" {plain}"} if joined else {}


def _nearest(term: str, spellings: dict[str, str]) -> list[str]:
    """The needles of the spellings that come closest to a term; Chinese is compared by its sound.

    A spelling may go on where the term ends, as the reader is still typing. The first letter is taken to be right,
    as it mostly is: nonsense then resembles nothing.
    """
    if names.has_han(term) and len(term) < _LEAST_HAN:
        return []
    typed = "".join(names.syllables(term)) if names.has_han(term) else term.strip()
    candidates = [spelling for spelling in spellings if spelling[0] == typed[0]]
    nearest = {spelling for spelling in candidates if spelling.startswith(typed)}
    if not nearest and not (names.has_han(term) and len(term) < _LONG_HAN):
        nearest = _misspelt(typed, candidates)
    by_length = sorted(nearest, key=lambda spelling: (abs(len(spelling) - len(typed)), spelling))
    return [spellings[spelling] for spelling in by_length[:_MOST_NEEDLES]]


def _misspelt(typed: str, candidates: list[str]) -> set[str]:
    """The candidates that begin with what was typed but for the fewest errors, if not more than a few."""
    allowed = 1 if len(typed) <= _ONE_ERROR else 2
    lengths = range(max(len(typed) - allowed, _LEAST_LETTERS), len(typed) + allowed + 1)
    beginnings = defaultdict(set)
    for spelling in candidates:
        for length in lengths:
            beginnings[spelling[:length]].add(spelling)
    long = [beginning for beginning in beginnings if len(beginning) >= _LEAST_LETTERS]
    close = list(extract_iter(typed, long, scorer=OSA.distance, score_cutoff=allowed))
    least = min((errors for _beginning, errors, _place in close), default=0)
    return {spelling for beginning, errors, _place in close if errors == least for spelling in beginnings[beginning]}
