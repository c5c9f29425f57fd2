"""The loader of ``make bench``: every address once, every answer to its end, and nothing but what was expected."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.load import Load, Request, ask


class _Answers(BaseHTTPRequestHandler):
    """Answers in each of the ways in which our servers and Datasette do."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []
    connections: set[object] = set()

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.connections.add(self.client_address)
        way, _slash, number = self.path[1:].partition("/")
        body = b"x" * int(number)
        if way == "unchanged":
            self.send_response(304)
            self.send_header("Content-Length", number)  # of the body that is not sent
            self.end_headers()
            return
        self.send_response(500 if way == "broken" else 200)
        if way == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (body[:10], body[10:]):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if part else b"")
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body) + (9 if way == "short" else 0)))
        if way == "closing":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = way in ("closing", "resting", "short")

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    _Answers.asked, _Answers.connections = [], set()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


def test_each_address_is_asked_once_in_order_over_one_connection(server: str) -> None:
    done = ask(server, [Request(f"/whole/{size}") for size in (5, 100_000, 0)])
    assert _Answers.asked == ["/whole/5", "/whole/100000", "/whole/0"]
    assert len(_Answers.connections) == 1
    assert (done.sizes, len(done.seconds)) == ([5, 100_000, 0], 3)


def test_sixteen_connections_share_the_addresses(server: str) -> None:
    paths = [f"/whole/{size}" for size in range(64)]
    done = ask(server, [Request(path) for path in paths], 16)
    assert (sorted(_Answers.asked), sorted(done.sizes)) == (sorted(paths), list(range(64)))
    assert len(_Answers.connections) == 16


def test_chunks_are_read_to_the_last_one(server: str) -> None:
    done = ask(server, [Request("/chunked/1000000"), Request("/whole/5")])
    framing = len(b"a\r\n" + b"\r\n" + b"f4236\r\n" + b"\r\n" + b"0\r\n\r\n")  # around chunks of 10 and 999,990 bytes
    assert (done.sizes, len(_Answers.connections)) == ([1_000_000 + framing, 5], 1)


@pytest.mark.parametrize("way", ["closing", "resting"])
def test_a_connection_that_the_server_ends_is_opened_anew(server: str, way: str) -> None:
    done = ask(server, [Request(f"/{way}/5"), Request("/whole/7")])
    assert (done.sizes, len(_Answers.connections)) == ([5, 7], 2)


def test_an_unchanged_page_has_no_body_whatever_length_it_names(server: str) -> None:
    assert ask(server, [Request("/unchanged/900")] * 2, status=304).sizes == [0, 0]


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("/broken/5", "/broken/5 was answered with\nHTTP/1.1 500"), ("/short/5", "/short/5 was cut off")],
)
def test_wrong_and_cut_answers_end_the_measurement(server: str, path: str, complaint: str) -> None:
    with pytest.raises(RuntimeError, match=complaint):
        ask(server, [Request(path)])


def test_where_there_is_no_time_a_hundred_are_asked(server: str) -> None:
    assert len(ask(server, [Request("/whole/5")] * 300, 4, seconds=0).seconds) in range(
        100, 104
    )  # four were on the way


def test_medians_percentiles_and_rates() -> None:
    done = Load([number / 1000 for number in range(1, 201)], [10, 20, 60], 4.0, 1.0)
    assert (done.milliseconds, done.p99, done.rate, done.size, done.own_share) == (100.5, 199, 50, 20, 25)
