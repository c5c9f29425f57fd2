"""Searching among a million places: how soon the first of them are there, and whether LIKE finds the same."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import load
from bench.databases import Content, Databases
from bench.effort import Effort
from bench.figures import Figure
from bench.load import Load, Request
from bench.registers import begun, kinds, register, told
from friendship.names import search_terms

PLACES = 1_000_000
MEDIAN = 15  # ms
_KINDS = ("one character", "two characters", "three characters", "pinyin", "English")
_COMPARED = 8  # terms of each kind, for LIKE reads every place
_LARGEST_PAGE = 500
_PAGE = 20  # rows: the least; one more where a term comes again, so that no address does
_SAMPLES = 2_000
_SEED = 13

_HAN = re.compile("[\u3400-\u9fff]+")
_LATIN = re.compile("[a-z]{2,}")
_SAMPLE = (
    "SELECT name_zh, name_en, search_text FROM friendship_place WHERE id % ? = 0 AND name_zh <> '' AND name_en <> ''"
)
_LIKE = """
SELECT place.slug FROM friendship_place place JOIN friendship_country country ON country.code = place.country_id
WHERE place.review_state = 'published' AND (place.search_text LIKE ? OR country.search_text LIKE ?)
"""


def measure(databases: Databases, effort: Effort, *names: str, places: int = PLACES) -> Iterator[Figure]:
    """In the databases that are named, by five kinds of terms."""
    content = Content(places, places=True)
    databases.sqlite(content)
    file = databases.file(content)
    terms = _terms(file, effort.ours)
    expected = {term: _like(file, term) for found in terms.values() for term in list(dict.fromkeys(found))[:_COMPARED]}
    for name in names:
        with register(kinds(databases)[name](content)) as served:
            for kind, found in terms.items():
                done = _asked(begun(served).url, found)
                yield Figure(f"{name}, {places:,} places: {kind}", done.milliseconds, "ms", MEDIAN)
                yield Figure(f"{name}, {places:,} places: {kind}, 99 of 100 within", done.p99, "ms")
            wrong = [term for term, slugs in expected.items() if not _is_same(served.url, term, slugs)]
            what = f"{name}: of {len(expected)} terms, those with other rows than LIKE"
            yield Figure(f"{what} ({', '.join(wrong)})" if wrong else what, len(wrong), "", 0)


def _asked(url: str, terms: list[str]) -> Load:
    sizes: dict[str, Iterator[int]] = {}
    pairs = [(term, next(sizes.setdefault(term, count(_PAGE)))) for term in terms]
    paths = [f"/api/v1/places/?{urlencode({'q': term, 'page_size': min(size, _LARGEST_PAGE)})}" for term, size in pairs]
    return load.ask(url, [Request(path) for path in paths])


def _terms(file: Path, many: int) -> Mapping[str, list[str]]:
    """Of each kind so many, drawn from the names of places, so that each finds something."""
    chance = random.Random(_SEED)  # noqa: S311 (not for secrets)
    with closing(_opened(file)) as database:
        places: int = database.execute("SELECT count(*) FROM friendship_place").fetchone()[0]
        sampled = database.execute(_SAMPLE, [max(1, places // _SAMPLES)]).fetchall()
    return {kind: _drawn(chance, kind, sampled, many) for kind in _KINDS}


def _drawn(chance: random.Random, kind: str, sampled: list[Any], many: int) -> list[str]:
    draw: Callable[[random.Random, Any], str] = {
        "pinyin": _pinyin,
        "English": _english,
    }.get(kind, lambda chance, names: _characters(chance, names, _KINDS.index(kind) + 1))
    found: list[str] = []
    while len(found) < many:
        if term := draw(chance, chance.choice(sampled)):
            found.append(term)
    return found


def _characters(chance: random.Random, names: tuple[str, str, str], length: int) -> str:
    long_enough = [word for word in _HAN.findall(names[0]) if len(word) >= length]
    if not long_enough:
        return ""
    word: str = chance.choice(long_enough)
    begin = chance.randint(0, len(word) - length)
    return word[begin : begin + length]


def _pinyin(chance: random.Random, names: tuple[str, str, str]) -> str:
    english = set(_LATIN.findall(names[1].lower()))
    spelt = [word for word in _LATIN.findall(names[2]) if word not in english]
    return chance.choice(spelt) if spelt else ""


def _english(chance: random.Random, names: tuple[str, str, str]) -> str:
    """The beginning of a name, as far as it has been typed."""
    words = _LATIN.findall(names[1].lower())
    word = chance.choice(words) if words else ""
    return word[: chance.randint(min(3, len(word)), len(word))]


def _like(file: Path, term: str) -> list[str]:
    (needle,) = search_terms(term)
    with closing(_opened(file)) as database:
        return sorted(slug for (slug,) in database.execute(_LIKE, [f"%{needle}%"] * 2))


def _is_same(url: str, term: str, slugs: list[str]) -> bool:
    """The whole of a short list, the number and the first rows of a long one."""
    answer = told(f"{url}/api/v1/places/?{urlencode({'q': term, 'page_size': _LARGEST_PAGE})}")
    listed = [place["slug"] for place in answer["results"]]
    if len(slugs) <= _LARGEST_PAGE:
        return sorted(listed) == slugs
    return bool(answer["count"] == len(slugs) and set(listed) <= set(slugs) and len(listed) == _LARGEST_PAGE)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True)
