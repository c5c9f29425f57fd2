"""Names as people type them: normal form, pinyin, addresses, and the words that search looks through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.utils.text import slugify

#: Letters that Unicode does not decompose into a base letter and an accent. (Folding the case makes ss of ß.)
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_APOSTROPHES = re.compile(r"['’‘ʼ`]")
#: Chinese characters as ranges, for a class of characters in Python, SQLite's GLOB and PostgreSQL alike.
HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{HAN}]")
WORD = re.compile(f"[{HAN}]+|[^\\W_{HAN}]+")


def normalise(text: str) -> str:
    """Lower-case text without accents, apostrophes or doubled spaces; width forms made equal (NFKC)."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_UNDECOMPOSED)
    bare = "".join(char for char in unicodedata.normalize("NFD", folded) if not unicodedata.combining(char))
    return " ".join(_APOSTROPHES.sub("", unicodedata.normalize("NFC", bare)).split())


def has_han(text: str) -> bool:
    """Whether the text contains a Chinese character."""
    return _HAN.search(text) is not None


def syllables(name: str) -> list[str]:
    """Pinyin without tones, a syllable per Chinese character: 绵阳 gives mian, yang."""
    # Its dictionary takes 55 MB, and only who writes names needs it: readers outnumber them by far.
    from pypinyin import Style, lazy_pinyin

    spelt = (normalise(part) for part in lazy_pinyin(name, style=Style.NORMAL, v_to_u=False))
    return [syllable for syllable in spelt if syllable]


def sort_key(name_zh: str, name_en: str) -> str:
    """The key that orders names in Chinese lists: pinyin of the Chinese name, or the English name without one."""
    return "".join(syllables(name_zh)) if name_zh else normalise(name_en)


def slug_for(name_en: str, name_zh: str = "") -> str:
    """An address from the English name, or from pinyin where there is none: Łódź gives lodz."""
    return slugify(normalise(name_en)) or slugify(" ".join(syllables(name_zh)))


def search_text(names: Iterable[str]) -> str:
    """All that a search for these names may match, each word after a space.

    Chinese matches anywhere in it; other scripts match from the start of a word. A Chinese name adds its
    pinyin by syllable, whole, and in initials: 绵阳市 adds ``mian yang shi mianyangshi mys``.
    """
    words: dict[str, None] = {}
    for name in filter(None, names):
        plain = normalise(name)
        words[plain] = None
        words.update(dict.fromkeys(WORD.findall(plain)))
        if has_han(name):
            spelt = syllables(name)
            words.update(dict.fromkeys([*spelt, "".join(spelt), "".join(part[0] for part in spelt)]))
    return " " + " ".join(words) if words else ""


def search_terms(query: str) -> list[str]:
    """The needles of a query, all of which must be found in ``search_text`` (a leading space anchors a word)."""
    words = dict.fromkeys(WORD.findall(normalise(query)))
    return [word if has_han(word) else f" {word}" for word in words]
