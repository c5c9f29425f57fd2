"""PgBouncer in transaction mode before a database, reached by a socket only."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
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


@dataclass(frozen=True)
class Pooler:
    """A PgBouncer, and the address by which its database is reached through it."""

    url: str
    ini: Path
    process: subprocess.Popen[bytes]

    def lead_to(self, url: str) -> None:
        """Lead to the same database of another server from now on, as whoever promotes a standby has it do."""
        host = f"host={dj_database_url.parse(url)['HOST']} "
        self.ini.write_text(re.sub(r"host=\S+ ", host, self.ini.read_text()))
        self.process.send_signal(signal.SIGHUP)


@contextmanager
def before(url: str, most: int = 2) -> Iterator[Pooler]:
    """Start it before a database, which it asks by ``most`` connections at once."""
    known = dj_database_url.parse(url)
    with programs.folder("pgb.") as folder:
        owner = programs.unprivileged(folder)
        values = {"name": known["NAME"], "host": known["HOST"], "port": known["PORT"] or 5432, "user": known["USER"]}
        ini = folder / "pgbouncer.ini"
        ini.write_text(_SETTINGS.format(**values, most=most, listen=_PORT, folder=folder))
        listens = folder / f".s.PGSQL.{_PORT}"
        command = [str(programs.found("pgbouncer")), "-q", str(ini)]
        with programs.running([*command], folder / "out", lambda: programs.listens(listens), **owner) as process:
            address = f"postgres://{known['USER']}@{quote(str(folder), safe='')}:{_PORT}/{known['NAME']}"
            yield Pooler(address, ini, process)
