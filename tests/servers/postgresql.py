"""A throwaway PostgreSQL cluster: reached by a socket only, made in about a second, removed afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import dj_database_url
import psycopg2
from psycopg2 import sql

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


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """Start a cluster and give its DATABASE_URL.

    The locale is C.UTF-8: under plain C, PostgreSQL takes no Chinese character for a letter, and text search fails.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg."))  # a short path, for a socket's name has 107 bytes
    who = _unprivileged(folder)
    data = folder / "data"

    def run(program: str, *arguments: str | Path) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            check=True,
            cwd=folder,
            env={**environment, "LC_ALL": "C.UTF-8"},
            stdout=subprocess.DEVNULL,
            **who,
        )

    options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
    try:
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "-w", "-l", folder / "log", "-o", f"{options} -c unix_socket_directories={folder}", "start")
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as user postgres, who owns the folder."""
    if os.geteuid() != 0:
        return {}
    postgres = pwd.getpwnam("postgres")
    os.chown(folder, postgres.pw_uid, postgres.pw_gid)
    return {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}


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
