"""What visitors ask a list of ties, seeded and never twice: as an address of the register, of its API, of Datasette.

Three kinds: ``a`` two filters and a search; ``y`` a broad range of years; ``b`` everything, a further page. Each goes
through all orders in turn, and every list shows its facets.
"""

from __future__ import annotations

import random
import re
import sqlite3
import string
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

from bench import flat
from friendship.names import has_han

KINDS: Mapping[str, str] = MappingProxyType(
    {"a": "two filters and a search", "y": "a broad range of years", "b": "everything, a further page"}
)
PAGE_SIZE = 50
#: The register’s orders, each with the column of the flat table that stands for it, and whether it goes down.
SORTS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "founded": ("founded", False),
        "-founded": ("founded_down", True),
        "home": ("home_pinyin", False),
        "partner": ("partner_pinyin", False),
        "country": ("country_pinyin", False),
        "updated": ("updated_at", True),
    }
)
FACETS = ("type", "home", "partner_country")
SHOWN = ("home_zh", "partner_zh", "type", "status", "founded", "partner_country")
_HAN_WORD = re.compile("[\u3400-\u9fff]+")
_LATIN_WORD = re.compile("[a-z0-9]{2,}")
_TILDED = {" ": "+"} | {char: char for char in f"{string.ascii_letters}{string.digits}_-"}
_SPAN = (1940, 1990), (25, 60)  # first years of ranges, and how many years they hold
_ATTEMPTS = 1000


@dataclass(frozen=True)
class Question:
    """One list of ties. Empty fields ask nothing."""

    sort: str = "founded"
    page: int = 1
    q: str = ""
    country: str = ""
    type: str = ""
    status: str = ""
    founded_after: int | None = None
    founded_before: int | None = None

    @property
    def path(self) -> str:
        """The list as a page of the register."""
        return f"/relationships/{self._query}"

    @property
    def api_path(self) -> str:
        """The same rows as JSON."""
        return f"/api/v1/relationships/{self._query}"

    def datasette_path(self, after: tuple[str, int] | None = None, form: str = "") -> str:
        """The same rows of the flat table, with facets; a page begins ``after`` a value of the order and a key."""
        column, descends = SORTS[self.sort]
        pairs = [*self._conditions(), ("_sort_desc" if descends else "_sort", column)]
        pairs += [("_facet", name) for name in FACETS] + [("_col", name) for name in SHOWN]
        if after is not None:
            pairs.append(("_next", f"{_tilde(after[0])},{after[1]}"))
        return f"/flat/{flat.TABLE}{form}?{urlencode(pairs)}"

    @property
    def _query(self) -> str:
        values = [(name, value) for name, value in vars(self).items() if value not in ("", None)]
        return "?" + urlencode([pair for pair in values if pair != ("page", 1)])

    def _conditions(self) -> list[tuple[str, str]]:
        asked = [(name, str(vars(self)[name])) for name in ("type", "status") if vars(self)[name]]
        if self.country:
            asked.append(("_where", f"(home_country = '{self.country}' or partner_country = '{self.country}')"))
        if self.founded_after is not None:
            asked.append(("founded_year__gte", str(self.founded_after)))
        if self.founded_before is not None:
            asked.append(("founded_year__lte", str(self.founded_before)))
        if self.q:
            asked += [("_search", flat.phrase(self.q)), ("_searchmode", "raw")]
        return asked


class Questions:
    """Questions to one register, from a seed: none of them comes twice."""

    def __init__(self, ties: Path, seed: int) -> None:
        self._ties = ties
        self._chance = random.Random(seed)  # noqa: S311 (not for secrets)
        self._asked: set[Question] = set()
        with closing(self._open()) as database:
            self._count: int = database.execute(f"SELECT count(*) FROM {flat.TABLE}").fetchone()[0]  # noqa: S608
            self._samples = database.execute(f"SELECT country, type, status, words FROM {flat.SAMPLES}").fetchall()  # noqa: S608
        self._made: Mapping[str, Callable[[str], Question]] = {"a": self._a, "y": self._y, "b": self._b}

    def of(self, kind: str, count: int) -> list[Question]:
        """So many new ones of a kind, the orders in turn."""
        orders = list(SORTS)
        return [self._new(kind, orders[number % len(orders)]) for number in range(count)]

    def mixed(self, count: int) -> list[Question]:
        """So many of each kind, one of each after the other."""
        kinds = zip(*(self.of(kind, count) for kind in KINDS), strict=True)
        return [question for three in kinds for question in three]

    def last_page(self, question: Question) -> Question:
        """The end of a list of years."""
        count = f"SELECT count(*) FROM {flat.TABLE} WHERE founded_year BETWEEN ? AND ?"  # noqa: S608 (our own name)
        with closing(self._open()) as database:
            rows: int = database.execute(count, [question.founded_after, question.founded_before]).fetchone()[0]
        return replace(question, page=max(1, -(-rows // PAGE_SIZE)))

    def datasette_path(self, question: Question) -> str:
        """The address of a question to Datasette, which knows pages only by the row before them."""
        if question.page == 1:
            return question.datasette_path()
        column, descends = SORTS[question.sort]
        order = f"{column} {'DESC' if descends else 'ASC'}, id"
        rows = f"SELECT {column}, id FROM {flat.TABLE} ORDER BY {order} LIMIT 1 OFFSET ?"  # noqa: S608 (our own names)
        with closing(self._open()) as database:
            return question.datasette_path(database.execute(rows, [(question.page - 1) * PAGE_SIZE - 1]).fetchone())

    def _new(self, kind: str, sort: str) -> Question:
        for _attempt in range(_ATTEMPTS):
            question = self._made[kind](sort)
            if question not in self._asked:
                self._asked.add(question)
                return question
        raise RuntimeError(f"There are no more questions of kind {kind}.")

    def _a(self, sort: str) -> Question:
        country, kind, status, words = self._chance.choice(self._samples)
        narrowed = {"type": kind} if self._chance.random() < 0.5 else {"status": status}
        return Question(sort, q=self._term(words), country=country, **narrowed)

    def _y(self, sort: str) -> Question:
        first = self._chance.randint(*_SPAN[0])
        return Question(sort, founded_after=first, founded_before=first + self._chance.randint(*_SPAN[1]))

    def _b(self, sort: str) -> Question:
        return Question(sort, self._chance.randint(2, self._count // PAGE_SIZE))

    def _term(self, words: str) -> str:
        """One to three characters of a Chinese name, or the beginning of a word in Latin letters."""
        pattern = _HAN_WORD if has_han(words) and self._chance.random() < 0.5 else _LATIN_WORD
        word = self._chance.choice(pattern.findall(words) or words.split())
        if has_han(word):
            length = min(len(word), self._chance.randint(1, 3))
            begin = self._chance.randint(0, len(word) - length)
            return str(word[begin : begin + length])
        return str(word[: self._chance.randint(2, 6)])

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self._ties}?mode=ro", uri=True)


def _tilde(text: str) -> str:
    """A text as Datasette writes it into ``_next``."""
    return "".join(_TILDED.get(char) or "".join(f"~{byte:02X}" for byte in char.encode()) for char in text)
