"""Reads of one moment, whatever is saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from friendship.models import Relationship


@contextmanager
def at_one_moment() -> Iterator[None]:
    """Within it, all that is read is of one moment, whatever is saved meanwhile; nobody has to wait for it."""
    connection = connections[router.db_for_read(Relationship)]
    if connection.in_atomic_block or _is_within_another(connection):  # whoever opened the transaction has decided
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # atomic() would lock out every writer: settings.py has it begin IMMEDIATE
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(connection.alias), _row_by_row(connection):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def _is_within_another(connection: BaseDatabaseWrapper) -> bool:
    """Whether SQLite reads of one moment already: what is begun by hand, Django does not know of."""
    return connection.vendor == "sqlite" and connection.connection is not None and connection.connection.in_transaction


@contextmanager
def _row_by_row(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Read with cursors of the server, so that a million rows need no memory, even where PGBOUNCER says otherwise.

    A pooler of transactions keeps one server for the whole of a transaction, and with it the cursors of this one.
    """
    settings = connection.settings_dict
    connection.settings_dict = {**settings, "DISABLE_SERVER_SIDE_CURSORS": False}
    try:
        yield
    finally:
        connection.settings_dict = settings
