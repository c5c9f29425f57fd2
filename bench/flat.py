"""The register’s ties in one flat table, as somebody would make it for Datasette who wants to be fast.

Every column that is filtered, sorted or counted has an index. All searches go through FTS5: words match from their
start, and Chinese is split into single characters, so that a phrase finds it anywhere, one character too.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from bench.databases import unfinished
from friendship.names import has_han

TABLE, FULL_TEXT, SAMPLES = "ties", "ties_fts", "samples"
#: Ties from whose values questions are made up, so that each finds something.
_SAMPLED = 5_000
#: A word that nobody looks for: no phrase reaches across it.
_BETWEEN = " zzzz "
_HAN = re.compile(r"([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")

_ROWS = """
SELECT r.id, h.slug AS home, h.name_zh AS home_zh, p.slug AS partner, p.name_zh AS partner_zh, r.type, r.status,
       r.founded_year, printf('%04d-%02d-%02d', ifnull(r.founded_year, 9999), ifnull(r.founded_month, 0),
       ifnull(r.founded_day, 0)) AS founded,
       printf('%04d-%02d-%02d', ifnull(r.founded_year, 0), ifnull(r.founded_month, 0),
       ifnull(r.founded_day, 0)) AS founded_down,
       h.level AS home_level, h.country_id AS home_country, p.country_id AS partner_country,
       pc.continent AS partner_continent, h.pinyin AS home_pinyin, p.pinyin AS partner_pinyin,
       pc.pinyin AS country_pinyin, h.latitude AS home_latitude, h.longitude AS home_longitude,
       p.latitude AS partner_latitude, p.longitude AS partner_longitude, r.updated_at
FROM register.friendship_relationship r
JOIN register.friendship_place h ON h.id = r.home_id JOIN register.friendship_place p ON p.id = r.partner_id
JOIN register.friendship_country pc ON pc.code = p.country_id
WHERE r.review_state = 'published' ORDER BY r.id
"""
_SAMPLE = f"""
CREATE TABLE {SAMPLES} AS SELECT t.partner_country AS country, t.type, t.status, p.search_text AS words
FROM {TABLE} t JOIN register.friendship_place p ON p.slug = t.home
WHERE t.id % max(1, (SELECT count(*) FROM {TABLE}) / {_SAMPLED}) = 0
"""  # noqa: S608 (our own names)
_TEXTS = """
SELECT r.id, h.search_text, hc.search_text, p.search_text, pc.search_text FROM register.friendship_relationship r
JOIN register.friendship_place h ON h.id = r.home_id JOIN register.friendship_country hc ON hc.code = h.country_id
JOIN register.friendship_place p ON p.id = r.partner_id JOIN register.friendship_country pc ON pc.code = p.country_id
WHERE r.review_state = 'published' ORDER BY r.id
"""
_TYPES = {"id": "INTEGER PRIMARY KEY", "founded_year": "INTEGER"}
INDEXED = (
    "home",
    "type",
    "status",
    "founded_year",
    "home_country",
    "partner_country",
    "founded",
    "founded_down DESC",
    "home_pinyin",
    "partner_pinyin",
    "country_pinyin",
    "updated_at DESC",
)


def made(register: Path) -> Path:
    """The flat database beside a register’s own; made where there is none."""
    file = register.with_name("flat.sqlite3")
    if not file.exists():
        making = unfinished(file)
        with closing(sqlite3.connect(f"file:{making}", uri=True)) as database:
            database.execute("ATTACH ? AS register", [f"file:{register}?mode=ro"])
            _fill(database)
        making.rename(file)
    return file


def phrase(term: str) -> str:
    """A term as FTS5 reads it: Chinese anywhere, other scripts from the start of a word."""
    spaced = " ".join(spread(term).split())
    return f'"{spaced}"' if has_han(term) else f'"{spaced}"*'


def spread(text: str) -> str:
    """A text with each Chinese character as a word of its own."""
    return _HAN.sub(r" \1 ", text)


def _fill(database: sqlite3.Connection) -> None:
    # Nothing is asked of it before it is whole.
    database.executescript("PRAGMA main.journal_mode = OFF; PRAGMA main.synchronous = OFF")
    columns = _columns(database)
    database.execute(f"CREATE TABLE {TABLE} ({columns})")
    database.execute(f"INSERT INTO {TABLE} {_ROWS}")
    for number, column in enumerate(INDEXED):
        database.execute(f"CREATE INDEX {TABLE}_{number} ON {TABLE} ({column})")
    database.execute(_SAMPLE)
    database.execute(f"CREATE VIRTUAL TABLE {FULL_TEXT} USING fts5(words, content='', prefix='2 3 4')")
    texts = database.execute(_TEXTS)
    rows = ((key, _BETWEEN.join(spread(text) for text in sides)) for key, *sides in texts)
    database.executemany(f"INSERT INTO {FULL_TEXT} (rowid, words) VALUES (?, ?)", rows)  # noqa: S608
    database.execute(f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}) VALUES ('optimize')")  # noqa: S608
    database.execute("ANALYZE main")
    database.commit()


def _columns(database: sqlite3.Connection) -> str:
    """The key and the numbers have to be declared, which ``CREATE TABLE … AS`` cannot."""
    cursor = database.execute(_ROWS + " LIMIT 0")
    return ", ".join(f"{name} {_TYPES.get(name, '')}".strip() for name, *_rest in cursor.description)
