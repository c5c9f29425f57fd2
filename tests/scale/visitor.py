"""Somebody who asks a server, and keeps its cookies."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlencode

from tests.servers.register import PASSWORD

_SECONDS = 60
#: Seconds in which what is meant to happen by itself has happened, on however busy a machine.
PATIENCE = 60.0


def wait(is_so: Callable[[], bool]) -> None:
    """Come back when it is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    text: str
    headers: Message


class Visitor:
    """Asks pages and sends forms."""

    def __init__(self) -> None:
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, address: str, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(address, headers=headers))  # noqa: S310 (our own servers)

    def post(self, address: str, **fields: str) -> Answer:
        """Send the form that stands at an address."""
        page = self.get(address)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.status
        body = urlencode({**fields, "csrfmiddlewaretoken": token[1]}).encode()
        return self._ask(urllib.request.Request(address, body))  # noqa: S310 (our own servers)

    def log_in(self, server: str, name: str) -> None:
        assert self.can_log_in(server, name)

    def can_log_in(self, server: str, name: str) -> bool:
        """Whether the first page of the staff's side comes after the password."""
        answer = self.post(f"{server}/en/admin/login/?next=/en/admin/", username=name, password=PASSWORD)
        return answer.status == 200 and "Log out" in answer.text

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return Answer(answer.status, answer.read().decode(), answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.read().decode(), error.headers)
