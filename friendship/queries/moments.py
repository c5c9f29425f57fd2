"""Reads of one moment, whatever is saved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def at_one_moment() -> Iterator[None]:
    """Within it, all that is read is of one moment, whatever is saved meanwhile; nobody has to wait for it."""
    if connection.in_atomic_block or _is_within_another():  # whoever opened the transaction has decided
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # atomic() would lock out every writer: settings.py has it begin IMMEDIATE
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def _is_within_another() -> bool:
    """Whether SQLite reads of one moment already: what is begun by hand, Django does not know of."""
    return connection.vendor == "sqlite" and connection.connection is not None and connection.connection.in_transaction
