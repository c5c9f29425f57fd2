"""soak/: the account of a run, and what readers and writers make of pages. Running it takes minutes: `make soak`."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter

import pytest
from django.test import Client

from soak import people
from soak.account import Step
from soak.browsing import Browser, Fields, form
from soak.ledger import Answer, Asked, Ledger, Verdict, counted, judged, percentile, says_that_it_is_away
from soak.people import READINGS, TASKS, Run, essence, mark, write
from soak.troubles import MAY_BE_AWAY, TROUBLES
from tests.servers.programs import family

HTML = {"content-type": "text/html; charset=utf-8"}
SAYS_SO = "<h1>名录暂时无法读取</h1>".encode()


@pytest.mark.parametrize(
    ("answer", "is_right", "verdict"),
    [
        (None, False, Verdict.UNANSWERED),
        (Answer(200, HTML, b"as before"), True, Verdict.RIGHT),
        (Answer(200, HTML, b"something else"), False, Verdict.WRONG),
        (Answer(500, HTML, b"a fault"), False, Verdict.WRONG),
        (Answer(503, HTML | {"retry-after": "30"}, SAYS_SO), False, Verdict.UNAVAILABLE),
        (Answer(503, HTML, SAYS_SO), False, Verdict.WRONG),  # without saying when to come back
        (Answer(503, HTML | {"retry-after": "30"}, b"a bare error"), False, Verdict.WRONG),
        (Answer(500, HTML | {"retry-after": "30"}, SAYS_SO), False, Verdict.WRONG),
    ],
)
def test_what_an_answer_counts_as(answer: Answer | None, is_right: bool, verdict: Verdict) -> None:
    assert judged(answer, is_right) == verdict


@pytest.mark.parametrize(
    ("detail", "is_so"),
    [
        ({"detail": "The register cannot be read just now. Please try again in half a minute."}, True),
        ({"detail": "Not found."}, False),
        ({"error": "The register cannot be read just now"}, False),
    ],
)
def test_how_the_api_says_that_it_is_away(detail: dict[str, str], is_so: bool) -> None:
    headers = {"content-type": "application/json", "retry-after": "30"}
    assert says_that_it_is_away(Answer(503, headers, json.dumps(detail).encode())) == is_so


def test_what_was_promised_must_be_there_once_and_what_was_not_at_most_once() -> None:
    ledger = Ledger()
    for word in ("kept", "gone", "twice"):
        ledger.wrote(word, "event", Verdict.RIGHT)
    for word, verdict in (
        ("cut off", Verdict.UNANSWERED),
        ("refused", Verdict.UNAVAILABLE),
        ("doubled", Verdict.UNANSWERED),
        ("sent again", Verdict.UNANSWERED),
    ):
        ledger.wrote(word, "event", verdict)
    ledger.wrote("sent again", "event", Verdict.RIGHT)
    found = {"kept": 1, "twice": 2, "cut off": 1, "doubled": 2, "of others": 7}
    assert ledger.lost(found) == ["gone", "sent again"]
    assert ledger.doubled(found) == ["doubled", "twice"]
    assert sorted(ledger.in_doubt) == ["cut off", "doubled", "refused"]


def test_requests_are_counted_by_when_they_began() -> None:
    ledger = Ledger()
    for at, verdict in ((1, Verdict.RIGHT), (2, Verdict.WRONG), (3, Verdict.RIGHT)):
        ledger.note(Asked(at, 0.1, "/", verdict))
    assert counted(ledger.between(1, 3)) == Counter({Verdict.RIGHT: 1, Verdict.WRONG: 1})


def test_ninety_nine_of_a_hundred() -> None:
    assert percentile(range(1, 101), 0.99) == 99
    assert (percentile([5], 0.99), percentile([], 0.99)) == (5, 0)


def test_a_form_is_sent_as_the_page_shows_it() -> None:
    page = """
        <form><input name="q"></form>
        <form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t"><input name="a" value="1">
        <input type="checkbox" name="no"><input type="checkbox" name="yes" checked><input name="off" disabled>
        <textarea name="text">\none\ntwo &amp; three</textarea><input type="submit" name="_save" value="Save">
        <select name="one"><option value="">-</option><option value="x" selected>x</option></select>
        <select name="first"><option value="f">f</option><option value="g">g</option></select>
        <select name="many" multiple><option value="m">m</option></select></form>"""
    assert form(page.encode(), "text") == {
        "csrfmiddlewaretoken": ["t"],
        "a": ["1"],
        "yes": ["on"],
        "text": ["one\r\ntwo & three"],
        "one": ["x"],
        "first": ["f"],
    }
    assert form(page.encode(), "nowhere") is None


def account(*asked: Asked) -> Ledger:
    ledger = Ledger()
    for each in asked:
        ledger.note(each)
    return ledger


@pytest.mark.parametrize(
    ("what", "at", "wrong"),
    [
        ("the database is stopped", 5, []),
        ("the database is stopped", 15, ["1 were told that the register cannot be read"]),  # it was back at 10
        ("workers are killed", 5, ["1 were told that the register cannot be read"]),
        ("a standby is killed", 5, ["1 were told that the register cannot be read"]),
        ("workers are killed", 25, []),  # in the time of another
    ],
)
def test_who_may_be_told_to_come_back_and_until_when(what: str, at: float, wrong: list[str]) -> None:
    assert Step(what, 0, 10, 20).wrong(account(Asked(at, 0.1, "/", Verdict.UNAVAILABLE))) == wrong


@pytest.mark.parametrize(
    ("what", "late", "wrong"),
    [
        ("workers are killed", 2, ["p99 1.50 s"]),
        ("workers are killed", 1, []),  # 99 of 100 were in time
        ("a standby is killed", 2, ["p99 1.50 s"]),
        ("the database is stopped", 2, []),
        ("an import is killed", 2, ["p99 1.50 s"]),
    ],
)
def test_how_slow_the_slowest_of_a_hundred_may_be(what: str, late: int, wrong: list[str]) -> None:
    asked = [Asked(1, 1.5 if number < late else 0.1, "/", Verdict.RIGHT) for number in range(100)]
    assert Step(what, 0, 10, 20).wrong(account(*asked)) == wrong
    assert Step(what, 0, 10, 20).wrong(account(*asked[:99])) == []  # too few to say


def test_while_the_database_is_away_is_told_apart_from_afterwards() -> None:
    ledger = account(Asked(1, 4.0, "/", Verdict.UNAVAILABLE), Asked(11, 0.2, "/", Verdict.RIGHT, retried=True))
    expected = "gone; 2 requests, 0.1 a second; p99 4000 ms until then, 200 ms afterwards; 1 asked again; 1 told to "
    assert Step("the database is stopped", 0, 10, 20, "gone").told(ledger) == f"{expected}come back; slowest / 4.00 s"


def test_what_is_wrong_is_named_and_so_is_who_got_no_answer() -> None:
    ledger = account(
        Asked(1, 0.1, "event: seen", Verdict.WRONG, detail="200"),
        Asked(2, 0.1, "/", Verdict.UNANSWERED),
        Asked(3, 0.1, "event: sent", Verdict.UNANSWERED),  # nobody sends a form again unasked
    )
    step = Step("workers are killed", 0, 10, 20, faults=["the worker did not end"])
    assert step.wrong(ledger) == [
        "the worker did not end",
        "1 without an answer, asked twice",
        "event: seen at 1 s: 200",
    ]


def test_every_trouble_whose_time_is_judged_otherwise_is_one() -> None:
    assert set(TROUBLES) > MAY_BE_AWAY


@pytest.mark.parametrize(("shown", "verdict"), [("as it was", Verdict.WRONG), ("{word}", Verdict.RIGHT)])
def test_what_was_confirmed_is_looked_for_at_once(
    shown: str, verdict: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    class Office(Browser):
        def get(self, path: str) -> Answer:
            if "/admin/" in path:
                return Answer(200, HTML, b'<form><textarea name="note_zh"></textarea></form>')
            return Answer(200, HTML, shown.format(word=sent[-1]).encode())

        def send(self, path: str, fields: Fields) -> Answer:
            sent.extend(fields["note_zh"])
            return Answer(302, HTML | {"location": "/"}, b"")

    monkeypatch.setattr(people, "Browser", Office)
    run = Run("http://nowhere", Ledger())
    assert write(run, Office(run.url), TASKS["reviewer"][1][0](1)) == Verdict.RIGHT
    assert [(each.what, each.verdict) for each in run.ledger.asked] == [
        ("note of a tie: sent", Verdict.RIGHT),
        ("note of a tie: seen", verdict),
    ]


def test_the_family_of_a_process_is_what_it_has_started() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert family(os.getpid())[0] == os.getpid()
        assert child.pid in family(os.getpid())
        child.kill()


@pytest.mark.django_db
def test_every_address_that_is_read_says_the_same_twice_and_not_what_another_says(client: Client) -> None:
    said = {}
    for path in (each.format(tie=1) for each in READINGS):
        response = client.get(path)
        assert response.status_code == 200, path
        said[path] = essence(path, response.getvalue())
        assert said[path] is not None, path
        assert essence(path, client.get(path).getvalue()) == said[path]
    html = client.get("/en/").content
    assert essence("/countries/JP/", html) is None  # somebody else's page
    assert essence("/en/", html[:-20]) is None  # cut off


def test_nobody_writes_the_same_word() -> None:
    assert len({mark() for _again in range(100)}) == 100
    assert sorted(TASKS) == ["editor", "reviewer", "visitor"]
