"""The index that search asks: which places have which words, Chinese by single characters and pairs.

It answers what ``LIKE '%term%'`` on ``Place.search_text`` answers, and the database keeps it by itself, whoever writes:
on SQLite a table of FTS5 with three triggers, on PostgreSQL a generated column with its GIN index. Neither is a fact
of the register, so no model knows of them: ``ensure`` makes what is missing after every ``migrate``. Django remakes a
table of SQLite to alter it, and the triggers of the former table are then gone without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Lookup
from django.db.models.expressions import Col
from django.db.models.lookups import Contains

from friendship import names
from friendship.numbers import Joined

#: The index, and the first part of the names of all that belongs to it.
NAME = "friendship_place_words"
_TABLE = "friendship_place"
_COLUMN = "search_words"  # of PostgreSQL alone, and none of the model's
_LONGEST = 200  # characters of a word that are indexed; PostgreSQL refuses to hold more than 2,046 bytes
_HAN_RUN = re.compile(f"[{names.HAN}]+")


# --- asking ---------------------------------------------------------------------------------------------------------


class Finds(Lookup):
    """``search_text__finds``: the same rows as ``search_text__contains``, looked up instead of looked through."""

    lookup_name = "finds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """``LIKE`` as well where the index knows less than the needle says, and alone where it knows nothing."""
        needle, like = str(self.rhs), Contains(self.lhs, self.rhs)
        marks = list(_marks(needle))
        if not marks or not isinstance(self.lhs, Col):
            return compiler.compile(like)  # type: ignore[no-any-return]
        if connection.vendor == "sqlite":
            key, _none = compiler.compile(Col(self.lhs.alias, self.lhs.target.model._meta.pk))
            found, params = f"{key} IN (SELECT rowid FROM {NAME} WHERE {NAME} MATCH %s)", [_for_fts5(marks)]  # nosec B608 # noqa: S608
        else:
            alias = compiler.quote_name_unless_alias(self.lhs.alias)
            found, params = f"{alias}.{_COLUMN} @@ %s::tsquery", [_as_tsquery(marks)]
        if _tells_all(needle, marks):
            return found, params
        verified, like_params = compiler.compile(like)
        return f"({found} AND {verified})", [*params, *like_params]


def keys(needle: str) -> str:
    """The keys of all places that a needle finds, with commas between them: the index alone where it knows enough."""
    place = apps.get_model("friendship", "Place")
    connection = connections[router.db_for_read(place)]
    marks = list(_marks(needle))
    if connection.vendor != "sqlite" or not marks or not _tells_all(needle, marks):
        found = place._default_manager.order_by().filter(search_text__finds=needle)
        return str(found.aggregate(keys=Joined("pk"))["keys"] or "")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT group_concat(rowid) FROM {NAME} WHERE {NAME} MATCH %s", [_for_fts5(marks)])  # nosec B608 # noqa: S608
        return str(cursor.fetchone()[0] or "")


def _marks(needle: str) -> Iterator[tuple[str, bool]]:
    """What must stand in the index for a needle to be found, and whether as the beginning of a word alone."""
    for word in names.WORD.finditer(needle):
        run = word[0]
        if _HAN_RUN.fullmatch(run):
            yield from ((pair, False) for pair in _pairs(run))
        elif needle[: word.start()].endswith(" "):
            yield run[:_LONGEST], True


def _pairs(run: str) -> list[str]:
    return list(dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1))) or [run]


def _tells_all(needle: str, marks: list[tuple[str, bool]]) -> bool:
    """Whether the one mark says as much as the needle: 绵阳 does, 绵 and the start of a word too."""
    [(mark, begins), *more] = marks
    return not more and needle == (f" {mark}" if begins else mark)


def _for_fts5(marks: list[tuple[str, bool]]) -> str:
    return " AND ".join(f'"{_doubled(mark, chr(34))}"{"*" if begins else ""}' for mark, begins in marks)


def _as_tsquery(marks: list[tuple[str, bool]]) -> str:
    return " & ".join(f"'{_doubled(mark, chr(39), chr(92))}'{':*' if begins else ''}" for mark, begins in marks)


def _doubled(text: str, *characters: str) -> str:
    for character in characters:
        text = text.replace(character, character * 2)
    return text


# --- keeping --------------------------------------------------------------------------------------------------------


def ensure(using: str = "default", **_signal: Any) -> None:
    """Make what is missing of the index, and fill it anew where it was not kept; after every ``migrate``."""
    connection = connections[using]
    if not router.allow_migrate(using, "friendship") or _TABLE not in connection.introspection.table_names():
        return
    with transaction.atomic(using), connection.cursor() as cursor:
        (_ensure_sqlite if connection.vendor == "sqlite" else _ensure_postgresql)(cursor)


def is_kept(connection: BaseDatabaseWrapper) -> bool:
    """Whether all of the index is there, as this version of the code makes it."""
    with connection.cursor() as cursor:
        return _is_kept_sqlite(cursor) if connection.vendor == "sqlite" else _is_kept_postgresql(cursor)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_ASCII = "".join(map(chr, range(1, 128)))
#: Words end at spaces alone, as in ``search_text``; all beyond ASCII are letters to this tokenizer.
_TOKENS = f"ascii tokenchars {_literal(_ASCII.replace(' ', ''))}"
# Without positions and without a second copy of the texts. Beginnings of few letters are entered as well: thousands of
# words begin with the same two.
_FTS5 = (
    f"CREATE VIRTUAL TABLE {NAME}"
    f" USING fts5(words, content='', columnsize=0, detail=none, prefix='2 3 4', tokenize={_literal(_TOKENS)})"
)


def _spelt(row: str) -> str:
    """The text of a row and, after it, each Chinese character alone and with what follows; ASCII is passed over."""
    return f"""{row}.search_text || ' ' || ifnull((
        WITH RECURSIVE rest(text) AS (
            SELECT ltrim({row}.search_text, {_literal(_ASCII)})
            UNION ALL SELECT ltrim(substr(text, 2), {_literal(_ASCII)}) FROM rest WHERE text <> ''
        )
        SELECT group_concat(substr(text, 1, 1) || ' ' || substr(text, 1, 2), ' ')
        FROM rest WHERE text GLOB '[{names.HAN}]*'
    ), '')"""  # nosec B608 # noqa: S608 (names of our own)


_ENTER = f"INSERT INTO {NAME}(rowid, words) VALUES (new.id, {_spelt('new')})"  # nosec B608 # noqa: S608
_LEAVE = f"INSERT INTO {NAME}({NAME}, rowid, words) VALUES ('delete', old.id, {_spelt('old')})"  # nosec B608 # noqa: S608
_CHANGED = "old.search_text IS NOT new.search_text OR old.id <> new.id"
_TRIGGERS = {
    f"{NAME}_added": f"AFTER INSERT ON {_TABLE} BEGIN {_ENTER}; END",
    f"{NAME}_changed": f"AFTER UPDATE ON {_TABLE} WHEN {_CHANGED} BEGIN {_LEAVE}; {_ENTER}; END",
    f"{NAME}_removed": f"AFTER DELETE ON {_TABLE} BEGIN {_LEAVE}; END",
}
_SQLITE = {NAME: _FTS5, **{name: f"CREATE TRIGGER {name} {rule}" for name, rule in _TRIGGERS.items()}}


def _is_kept_sqlite(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger')")
    held = dict(cursor.fetchall())
    # SQLite notes the statements of triggers with the names in quotes, if the table was ever renamed.
    return all(_plain(held.get(name) or "") == _plain(made) for name, made in _SQLITE.items())


def _plain(statement: str) -> str:
    return statement.replace('"', "")


def _ensure_sqlite(cursor: CursorWrapper) -> None:
    if _is_kept_sqlite(cursor):
        return
    for name in _TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    cursor.execute(f"DROP TABLE IF EXISTS {NAME}")
    for statement in _SQLITE.values():
        _as_written(cursor, statement)
    _as_written(cursor, f"INSERT INTO {NAME}(rowid, words) SELECT id, {_spelt(_TABLE)} FROM {_TABLE}")  # nosec B608 # noqa: S608


def _as_written(cursor: CursorWrapper, statement: str) -> None:
    """Without parameters, so that a percent sign is one."""
    cursor.execute(statement, None)


#: The words of a text but those that begin in Chinese, whose characters and pairs stand for them.
_WORDS = f"""
    SELECT COALESCE(array_to_tsvector(array_agg(DISTINCT word)), '') FROM (
        SELECT left(word, {_LONGEST}) FROM unnest(string_to_array(searched, ' ')) AS word
        WHERE word COLLATE "C" !~ '^([{names.HAN}]|$)'
        UNION ALL
        SELECT substr(run[1], place, length) FROM regexp_matches(searched COLLATE "C", '[{names.HAN}]+', 'g') AS run,
            generate_series(1, length(run[1])) AS place, generate_series(1, 2) AS length
    ) AS words(word)
"""  # nosec B608 # noqa: S608 (constants)
_FUNCTION = f"CREATE FUNCTION {NAME}(searched text) RETURNS tsvector LANGUAGE sql"
_POSTGRESQL = (
    f"{_FUNCTION} IMMUTABLE STRICT PARALLEL SAFE AS $words${_WORDS}$words$",
    # Stored: for a word of nearly all places the planner reads every row, and must not compute the words of each.
    f"ALTER TABLE {_TABLE} ADD COLUMN {_COLUMN} tsvector GENERATED ALWAYS AS ({NAME}(search_text)) STORED",
    f"CREATE INDEX {NAME} ON {_TABLE} USING gin ({_COLUMN})",
    f"ANALYZE {_TABLE}",
)


def _is_kept_postgresql(cursor: CursorWrapper) -> bool:
    cursor.execute(
        "SELECT p.prosrc FROM pg_proc p, pg_class c WHERE p.proname = %s AND c.relname = %s"
        " AND p.pronamespace = current_schema()::regnamespace AND c.relnamespace = p.pronamespace",
        [NAME, NAME],
    )
    return bool(cursor.fetchall() == [(_WORDS,)])


def _ensure_postgresql(cursor: CursorWrapper) -> None:
    if _is_kept_postgresql(cursor):
        return
    cursor.execute(f"ALTER TABLE {_TABLE} DROP COLUMN IF EXISTS {_COLUMN}")
    cursor.execute(f"DROP FUNCTION IF EXISTS {NAME}")
    for statement in _POSTGRESQL:
        _as_written(cursor, statement)
