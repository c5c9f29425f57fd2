"""PgBouncer in transaction mode before a database, reached by a socket only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import dj_database_url

from tests.servers import programs

_PORT = 6432
_SETTINGS = """
[databases]
{name} = host={host} port={port} dbname={name} user={user}

[pgbouncer]
pool_mode = transaction
default_pool_size = {most}
listen_addr =
listen_port = {listen}
unix_socket_dir = {folder}
auth_type = any
; A server that is away is told of soon, instead of being waited for.
server_connect_timeout = 2
server_login_retry = 1
query_wait_timeout = 5
logfile = {folder}/log
pidfile = {folder}/pid
"""


@contextmanager
def before(url: str, most: int = 2) -> Iterator[str]:
    """Start it, and give the address by which the database is reached through it, by ``most`` connections at once."""
    known = dj_database_url.parse(url)
    with programs.folder("pgb.") as folder:
        owner = programs.unprivileged(folder)
        values = {"name": known["NAME"], "host": known["HOST"], "port": known["PORT"] or 5432, "user": known["USER"]}
        ini = folder / "pgbouncer.ini"
        ini.write_text(_SETTINGS.format(**values, most=most, listen=_PORT, folder=folder))
        listens = folder / f".s.PGSQL.{_PORT}"
        command = [str(programs.found("pgbouncer")), "-q", str(ini)]
        with programs.running([*command], folder / "out", lambda: programs.listens(listens), **owner):
            yield f"postgres://{known['USER']}@{quote(str(folder), safe='')}:{_PORT}/{known['NAME']}"
