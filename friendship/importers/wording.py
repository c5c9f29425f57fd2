"""Types, statuses and levels as lists write them: codes, our labels, and the field’s words in Chinese and English.

``type_words.csv`` and ``status_words.csv`` hold words of lists by their code, empty where a word names none;
Chinese types are a grammar besides, since every pair of levels makes its own word (友好省州, 友好县市). A memorandum or
an agreement alone is a paper and no type. “Friendship city” is a weaker kind in America and means the same elsewhere:
it is kept as printed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext_noop

from friendship import names
from friendship.enums import Level, RelationshipType, Status
from friendship.importers.records import Reason

LONGEST_TYPE = 100  # as Relationship.type_as_printed

LONG_TYPE = gettext_noop("Type: “%(text)s…” is longer than %(limit)d characters.")
UNKNOWN_STATUS = gettext_noop("Status: “%(text)s” is none that the register knows.")
UNKNOWN_LEVEL = gettext_noop("Level: “%(text)s” is none that the register knows.")

_HERE = Path(__file__).parent
_EMPTY = re.compile(r"[\W_]*|无|n\W?a|null|none|nan")
_FILLERS = re.compile(r"[\s、,，/／\-–—－·・“”\"'‘’()（）]+")
_UNIT = "(?:城市|城镇|城区|大区|地区|市|省|州|自治区|区|县|郡|道|府|邦|盟|旗|镇)"
#: What ends any type: 友好城市关系, 友好城市协议书.
_END = "(?:关系)?(?:城市)?(?:关系|协议书?|协定)?"
_GRAMMAR: tuple[tuple[re.Pattern[str], RelationshipType], ...] = (
    (re.compile(".*意向(?:书|协议书?|城市)?(?:关系)?"), RelationshipType.INTENT),
    (re.compile(f"(?:国际)?(?:友好|姐妹|姊妹|兄弟){_UNIT}+{_END}"), RelationshipType.SISTER),
    (
        re.compile(f"(?:国际)?(?:友好)?(?:交流)?合作(?:交流)?(?:伙伴)?{_UNIT}*{_END}(?:谅解)?(?:备忘录)?"),
        RelationshipType.COOPERATION,
    ),
    (re.compile(f"(?:国际)?友好(?:交流|交往|往来)+{_UNIT}*{_END}(?:备忘录)?"), RelationshipType.EXCHANGE),
)


def type_of(written: str, printed: str = "") -> tuple[str, str] | Reason:
    """The code of a type and the word to keep beside it, which is empty where the list gives a code or label of ours.

    A word that nobody knows is ``other``, with the word kept. Where the list names no type, the code is empty: with no
    word, or with one that says of no kind of tie more than that it is one (结好).
    """
    word, kept = written.strip(), printed.strip()
    if len(word) > LONGEST_TYPE or len(kept) > LONGEST_TYPE:
        return Reason(LONG_TYPE, {"text": (kept or word)[:LONGEST_TYPE], "limit": LONGEST_TYPE})
    if _is_empty(word) and _is_empty(kept):
        return "", ""
    code, is_ours = _type(kept if _is_empty(word) else word) or (RelationshipType.OTHER.value, False)
    return code, kept or ("" if is_ours else word)


def unknown_type(written: str, printed: str = "") -> str:
    """The word for a type that nobody knows; nothing where the list names none, or one that is known."""
    word = printed.strip() if _is_empty(written.strip()) else written.strip()
    return "" if _is_empty(word) or _type(word) else word


@lru_cache(maxsize=1_000)
def _type(word: str) -> tuple[str, bool] | None:
    """The code, and whether the word is a code or a label of ours; None where nobody knows the word."""
    plain = names.normalise(word)
    if code := _own(RelationshipType).get(plain):
        return code, True
    bare = _FILLERS.sub("", plain)
    found = _listed("type_words.csv").get(bare)
    if found is not None:
        return found, False
    return next(((code.value, False) for pattern, code in _GRAMMAR if pattern.fullmatch(bare)), None)


def status_of(written: str) -> str | Reason:
    """The code of a status; empty where the list names none."""
    word = written.strip()
    if _is_empty(word):
        return ""
    plain = names.normalise(word)
    code = _own(Status).get(plain) or _listed("status_words.csv").get(_FILLERS.sub("", plain))
    return code or Reason(UNKNOWN_STATUS, {"text": word[:LONGEST_TYPE]})


def level_of(written: str) -> str | Reason:
    """The code of a level that stands in a column of its own."""
    word = written.strip()
    if _is_empty(word):
        return ""
    plain = names.normalise(word)
    code = _own(Level).get(plain) or _LEVELS.get(plain)
    return code or Reason(UNKNOWN_LEVEL, {"text": word[:LONGEST_TYPE]})


_LEVELS: Mapping[str, str] = {
    word: level.value
    for level, words in (
        (Level.PROVINCE, "省 省级 省州级 州级 state provincial prefecture region"),
        (
            Level.CITY,
            "市 市级 地级 地级市 副省级 副省级市 副省级城市 计划单列市 省会 首府 城市 municipal municipality town",
        ),
        (Level.COUNTY, "县 区 县级 区级 县市级 县级市 县区级 district"),
    )
    for word in words.split()
}


def _is_empty(word: str) -> bool:
    return _EMPTY.fullmatch(names.normalise(word)) is not None


@cache
def _own(choices: type[TextChoices]) -> Mapping[str, str]:
    """Codes, and labels in both languages."""
    found = {choice.value: choice.value for choice in choices}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found |= {names.normalise(str(choice.label)): choice.value for choice in choices}
    return found


@cache
def _listed(file_name: str) -> Mapping[str, str]:
    with (_HERE / file_name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {_FILLERS.sub("", names.normalise(word)): row["code"] for row in rows for word in row["words"].split("|")}
