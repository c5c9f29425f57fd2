"""Which place a text means: its address, or a name in Chinese, pinyin, English or any other script on record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models.functions import Length

from friendship import names
from friendship.models import Place
from friendship.queries.places import PlaceCriteria, all_places, place

#: So many places of a name are offered; more would help nobody to choose.
OFFERED = 20
_READ = 500  # a text that so many places mention is nobody's name

#: What a reader leaves out of a name: 绵阳 for 绵阳市, 甘孜 for 甘孜藏族自治州, Chiang Mai for Chiang Mai Province.
_CHINESE_LEVEL = re.compile(
    "(?<=..)(?:..?.?族)*(?:特别)?(?:自治|行政)?(?:大区|地区|省|市|县|区|州|道|府|郡|邦|盟|旗|镇|町|村)$"
)
_ENGLISH_LEVEL = re.compile(r" (?:province|state|prefecture|region|oblast|county|district|municipality|city)$")


@dataclass(frozen=True)
class Meaning:
    """What a text may mean: the one place, or the places to choose from, of which ``count`` were found."""

    place: Place | None
    candidates: list[Place]
    count: int


def meaning(text: str) -> Meaning:
    """The place whose address or whole name a text is.

    Nothing is guessed: where several places are called so, or none is and the text is only the beginning of a name,
    they are candidates, the shortest names first. At most three queries.
    """
    if addressed := place(text):
        return Meaning(addressed, [], 1)
    if not names.search_terms(text):
        return Meaning(None, [], 0)
    mentioned = all_places(PlaceCriteria(q=text)).order_by(Length("name_zh") + Length("name_en"), "pinyin", "slug")
    found = list(mentioned[:_READ])
    if len(found) == _READ:
        return Meaning(None, found[:OFFERED], mentioned.count())
    called = [row for row in found if names.normalise(text) in _called(row)]
    if len(called) == 1:
        return Meaning(called[0], [], 1)
    offered = called or found
    return Meaning(None, offered[:OFFERED], len(offered))


def _called(row: Place) -> set[str]:
    """All that a place is called, as normal forms: its names with and without their level, and their pinyin."""
    return {form for name in (row.name_zh, row.name_en, *row.aliases.splitlines()) for form in _forms(name)}


def bare(plain: str) -> tuple[str, str]:
    """A normal form without the word for its level, and that word, which may be missing: 绵阳 and 市."""
    for pattern in (_CHINESE_LEVEL, _ENGLISH_LEVEL):
        if word := pattern.search(plain):
            return plain[: word.start()], word[0].strip()
    return plain, ""


def _forms(name: str) -> Iterator[str]:
    plain = names.normalise(name)
    for form in {plain, _CHINESE_LEVEL.sub("", plain), _ENGLISH_LEVEL.sub("", plain)}:
        yield form
        if names.has_han(form):
            spelt = names.syllables(form)
            yield from (" ".join(spelt), "".join(spelt))
