"""nginx with docs/nginx.conf before servers of the register."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import programs
from tests.servers.register import ROOT

CONFIGURATION = ROOT / "docs" / "nginx.conf"
_AROUND = """
daemon off;
{user}
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    include {folder}/register.conf;
}}
"""


@contextmanager
def before(*urls: str) -> Iterator[str]:
    """Start it before those servers, and give its address."""
    port = programs.free_port()
    with programs.folder("nginx.") as folder:
        path = written(folder, port, urls)
        command = [str(programs.found("nginx")), "-e", str(folder / "error.log"), "-c", str(path)]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        with programs.running([*command], folder / "out", lambda: programs.listens_at(port)):
            yield f"http://127.0.0.1:{port}"


def written(folder: Path, port: int, urls: tuple[str, ...]) -> Path:
    """Write the configuration of the docs with other ports and paths, and give the file that includes it."""
    text = CONFIGURATION.read_text("utf-8")
    places = re.findall(r"server (\S+:\d+) ", text)
    assert len(places) == len(urls)
    for place, url in zip(places, urls, strict=True):
        text = text.replace(place, urlsplit(url).netloc)
    for told, meant in {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "server_name register.example.org;": "server_name 127.0.0.1;",
        "/var/log/nginx/": f"{folder}/",
    }.items():
        assert text.count(told) == 1
        text = text.replace(told, meant)
    (folder / "register.conf").write_text(text, "utf-8")
    path = folder / "nginx.conf"
    user = "user root;" if Path.home() == Path("/root") else ""
    path.write_text(_AROUND.format(folder=folder, user=user), "utf-8")
    return path
