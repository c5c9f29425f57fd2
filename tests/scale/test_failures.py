"""Servers go away and come back beneath the register: reads go on, and what was written is there."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from tests.scale.conftest import Landscape
from tests.scale.test_standbys import asked, read
from tests.scale.visitor import Visitor, wait
from tests.servers.register import PASSWORD
from tests.servers.standbys import READS

#: So many ties are shipped that are published.
_TIES = 100


@contextmanager
def asking(landscape: Landscape) -> Iterator[list[int]]:
    """Two visitors ask one page after another meanwhile; their statuses are collected."""
    statuses: list[int] = []
    over = Event()

    def ask() -> None:
        visitor = Visitor()
        while not over.is_set():
            number = len(statuses) % _TIES + 1
            statuses.append(visitor.get(f"{landscape.nginx}/en/relationships/{number}/history/").status)

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask) for _visitor in range(2)]
        try:
            yield statuses
        finally:
            over.set()
    for each in asked:
        each.result()


def ask_some(statuses: list[int], number: int = 10) -> None:
    """Wait until so many more requests were answered."""
    there = len(statuses)
    wait(lambda: len(statuses) >= there + number)


def test_a_dead_standby_is_left_out_and_taken_back(settled: Landscape, visitor: Visitor) -> None:
    one, two = settled.standbys
    with asking(settled) as statuses:
        ask_some(statuses)
        one.kill()
        ask_some(statuses, 20)
        before = asked(settled)[0], two.asked(READS)
        assert read(settled, visitor) == (False, True)
        assert two.asked(READS) > before[1]
        one.start()
        before = one.asked(READS), 0
        wait(lambda: read(settled, visitor) == (False, True) and one.asked(READS) > before[0])
    assert set(statuses) == {200}


def test_without_standbys_the_primary_answers(settled: Landscape, visitor: Visitor) -> None:
    for standby in settled.standbys:
        standby.stop()
    assert read(settled, visitor, 2)[0]
    for standby in settled.standbys:
        standby.start()
    settled.settle()
    wait(lambda: read(settled, visitor, 1) == (False, True))


def test_without_the_primary_reads_go_on(settled: Landscape, visitor: Visitor) -> None:
    """Who is being answered at the very moment in which it goes may be asked to come again; nobody after that."""
    with asking(settled) as statuses:
        ask_some(statuses)
        assert set(statuses) == {200}
        settled.primary.stop()
        time.sleep(3)
        at_first = len(statuses)
        ask_some(statuses, 20)
        afterwards = statuses[at_first:]
        for server in settled.web:
            assert visitor.get(f"{server.url}/readyz").status == 200
            sent = visitor.post(f"{server.url}/en/admin/login/", username="editor", password=PASSWORD)
            assert sent.status >= 500
        settled.primary.start()
    assert set(afterwards) == {200}
    assert set(statuses) <= {200, 503}
    settled.write("The primary is back.")
    wait(lambda: all("is back" in visitor.get(f"{server.url}/en/relationships/1/").text for server in settled.web))


def test_what_is_written_to_a_primary_that_is_just_back_is_seen_by_the_next_request(
    settled: Landscape, visitor: Visitor
) -> None:
    """Also by processes that have left it out; the standbys take seconds to follow it again."""
    page = f"{settled.web[0].url}/en/relationships/1/"
    for number in range(3):
        settled.primary.stop()
        for _again in range(20):  # each process notices that it is away
            assert visitor.get(page).status == 200
        settled.primary.start()
        settled.write(f"Written at the return number {number}.")
        told = [visitor.get(page).text for _again in range(8)]
        assert [f"Written at the return number {number}." in text for text in told] == [True] * 8


def test_a_web_server_is_killed_while_requests_go_on(settled: Landscape) -> None:
    first = settled.web[0].process
    children = Path(f"/proc/{first.pid}/task/{first.pid}/children")
    with asking(settled) as statuses:
        ask_some(statuses)
        for worker in children.read_text().split():  # gunicorn makes others
            os.kill(int(worker), signal.SIGKILL)
        ask_some(statuses, 20)
    assert set(statuses) == {200}
