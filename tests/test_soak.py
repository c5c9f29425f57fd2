"""soak/: the account of a run, and what readers and writers make of pages. Running it takes minutes: `make soak`."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from django.test import Client

from soak.browsing import form
from soak.ledger import Answer, Asked, Ledger, Verdict, counted, judged, percentile, says_that_it_is_away
from soak.people import READINGS, TASKS, essence, mark

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
