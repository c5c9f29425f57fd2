"""A throwaway PostgreSQL cluster: reached by a socket only, made in about a second, removed afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import dj_database_url
import psycopg2
from psycopg2 import sql

from tests.servers.programs import family, unprivileged

INITIAL = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
# Durability is no concern of a cluster that lives for one run.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "''",
    "max_connections": "100",
}


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine, or None. Debian keeps it out of PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


#: As a server is run that has to keep what it has confirmed.
DURABLE = OPTIONS | {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@contextmanager
def cluster(programs: Path, options: Mapping[str, str] = OPTIONS) -> Iterator[str]:
    """Start a cluster and give its DATABASE_URL.

    The locale is C.UTF-8: under plain C, PostgreSQL takes no Chinese character for a letter, and text search fails.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg."))  # a short path, for a socket's name has 107 bytes
    try:
        run(programs, folder, "initdb", *INITIAL)
        configure(folder, options)
        start(programs, folder)
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            stop(programs, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def stopped(programs: Path, url: str) -> Iterator[None]:
    """Stop a cluster of ours, as a machine does that loses its power, and start it again."""
    folder = _folder(url)
    stop(programs, folder)
    try:
        yield
    finally:
        start(programs, folder)


@contextmanager
def frozen(url: str) -> Iterator[None]:
    """Let a cluster of ours stand still: it takes connections, as the system does that for it, and says nothing."""
    there = processes(_folder(url))
    for process in there:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in there:
            os.kill(process, signal.SIGCONT)


def processes(folder: Path) -> list[int]:
    """Those of the cluster in that folder, first the one that has started the others."""
    return family(int((folder / "data" / "postmaster.pid").read_text().split()[0]))


def _folder(url: str) -> Path:
    return Path(unquote(urlsplit(url).netloc.rpartition("@")[2]))


def configure(folder: Path, options: Mapping[str, str]) -> None:
    """Kept in its folder, so that it is started again as it was."""
    lines = [f"{name} = {value}\n" for name, value in options.items()]
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.writelines([*lines, f"unix_socket_directories = '{folder}'\n"])


def start(programs: Path, folder: Path, **more: str) -> None:
    """Start the cluster in that folder, as it is configured and with more besides."""
    options = " ".join(f"-c {name}={value}" for name, value in {**more, "unix_socket_directories": str(folder)}.items())
    run(programs, folder, "pg_ctl", "-w", "-l", folder / "log", "-o", options, "start")


def stop(programs: Path, folder: Path) -> None:
    """Stop it, as a machine does that loses its power."""
    run(programs, folder, "pg_ctl", "-m", "immediate", "-w", "stop")


def run(programs: Path, folder: Path, program: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's programs on the cluster in that folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    subprocess.run(
        [programs / program, "-D", folder / "data", *arguments],
        check=True,
        cwd=folder,
        env={**environment, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        **unprivileged(folder),
    )


@contextmanager
def database(server_url: str) -> Iterator[str]:
    """Make an empty database on that server, give its address, and drop it."""
    name = f"register_{uuid.uuid4().hex}"
    _execute(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
    finally:
        _execute(server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _execute(url: str, statement: sql.Composed) -> None:
    settings = dj_database_url.parse(url)
    connection = psycopg2.connect(
        dbname=settings["NAME"],
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"],
        port=settings["PORT"] or None,
    )
    try:
        connection.autocommit = True  # a database is made and dropped outside of transactions
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
