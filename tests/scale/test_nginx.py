"""docs/nginx.conf, as it stands, before two servers."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

from tests.scale.conftest import Landscape
from tests.scale.visitor import Visitor, wait


def lines(landscape: Landscape) -> list[dict[str, object]]:
    """What both servers have told of requests."""
    told = [line for server in landscape.web for line in server.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in map(json.loads, told) if line["logger"] == "friendship.requests"]


def answered(landscape: Landscape) -> list[int]:
    """How often each server has answered with the page about the register."""
    return [server.log.read_text().count("GET /en/about/ 200") for server in landscape.web]


def parts(header: str | None) -> list[str]:
    """What a header says, in whatever order."""
    return sorted(part.strip() for part in (header or "").split(";"))


def test_both_servers_answer(settled: Landscape, visitor: Visitor) -> None:
    before = answered(settled)

    def both_have() -> bool:
        assert visitor.get(f"{settled.nginx}/en/about/").status == 200
        return all(new > old for old, new in zip(before, answered(settled), strict=True))

    wait(both_have)


def test_the_number_of_a_request_is_nginxs_and_the_address_the_visitors(settled: Landscape, visitor: Visitor) -> None:
    forged = {"X-Request-ID": "planted-number", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    answer = visitor.get(f"{settled.nginx}/en/about/?page=7", **forged)
    number = answer.headers["X-Request-ID"]
    assert (len(number), number.isalnum()) == (32, True)
    wait(lambda: any(line["request_id"] == number for line in lines(settled)))  # written when the last byte is sent
    [line] = [line for line in lines(settled) if line["request_id"] == number]
    assert line["network"] == "127.0.0.0/24"


def test_answers_come_through_as_they_are(settled: Landscape, visitor: Visitor) -> None:
    direct = visitor.get(f"{settled.web[0].url}/en/relationships/").headers
    through = visitor.get(f"{settled.nginx}/en/relationships/").headers
    of_each = {"Date", "Server", "X-Request-ID", "Connection", "Content-Length", "Set-Cookie"}
    of_each.add("ETag")  # it is of the whole address, and the port is another
    names = ({*direct} | {*through}) - of_each
    assert {"Content-Security-Policy", "Content-Language", "Vary"} <= names
    assert {name: parts(through[name]) for name in names} == {name: parts(direct[name]) for name in names}
    tagged = visitor.get(f"{settled.nginx}/api/v1/countries/").headers["ETag"]
    assert visitor.get(f"{settled.nginx}/api/v1/countries/", **{"If-None-Match": tagged}).status == 304


def test_metrics_are_nobodys(settled: Landscape, visitor: Visitor) -> None:
    assert visitor.get(f"{settled.nginx}/metrics").status == 404


def test_another_name_is_refused(settled: Landscape, visitor: Visitor) -> None:
    assert visitor.get(f"{settled.nginx}/en/", Host="elsewhere.example.org").status == 400


def test_who_sends_slowly_holds_no_worker(settled: Landscape, visitor: Visitor) -> None:
    """Forty visitors who stop in the middle of a form are more than both servers have threads."""
    place = urlsplit(settled.nginx)
    request = (
        f"POST /en/relationships/1/suggest/ HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 1000\r\n\r\nwrong="
    )
    with ExitStack() as stack:
        for _visitor in range(40):
            slow = stack.enter_context(socket.create_connection((str(place.hostname), int(place.port or 80))))
            slow.sendall(request.encode())
        assert visitor.get(f"{settled.nginx}/en/about/").status == 200
