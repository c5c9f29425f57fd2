"""Every public address, asked as attackers do: a small part of ``python -m tests.hostile``, without its clock."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from tests.hostile import questions
from tests.hostile.judging import Answer, faults
from tests.hostile.payloads import KINDS
from tests.hostile.questions import Question

pytestmark = pytest.mark.django_db

HOST = "testserver"
#: Of some 600,000 known ones; each part has every payload and every address in it, many times.
KNOWN, PARTS, MADE_UP = 1_600, 4, 200


def answer(client: Client, question: Question) -> Answer:
    """Ask in this process; a failure of ours becomes the page that the public would see."""
    path, _mark, query = question.target.partition("?")
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in question.headers.items()}
    asked: dict[str, Any] = {"QUERY_STRING": query, **headers}
    if question.body is None:
        response = client.generic(question.method, path, **asked)
    else:
        form = "application/x-www-form-urlencoded"
        response = client.generic(question.method, path, question.body, form, **asked)
    said = b"".join(response) if response.streaming else response.content
    return Answer(response.status_code, response.headers, said)


def wrong(client: Client, question: Question) -> list[tuple[str, Question]]:
    return [(fault, question) for fault in faults(answer(client, question), HOST)]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize("part", range(PARTS))
def test_known_payloads(visitor: Client, part: int) -> None:
    asked = islice(questions.known(1), part, KNOWN, PARTS)
    assert [found for question in asked for found in wrong(visitor, question)] == []


@settings(
    max_examples=MADE_UP,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(questions.made_up())
def test_made_up_ones(question: Question) -> None:
    visitor = Client(raise_request_exception=False, enforce_csrf_checks=True)
    assert wrong(visitor, question) == []


def test_every_kind_of_payload_is_sent_to_every_address() -> None:
    asked = list(islice(questions.known(1), KNOWN))
    paths = {path for path, _part in questions.addresses()}
    assert paths <= {question.target.partition("?")[0] for question in asked}
    targets = " ".join(f"{question.target} {question.headers} {question.sent}" for question in asked)
    for payloads in KINDS.values():
        assert any(questions.encoded(payload) in targets for payload in payloads)


@pytest.mark.parametrize(
    ("given_answer", "fault"),
    [
        (Answer(500, {}, b""), "a server error"),
        (Answer(200, {}, b"ok"), "a type that browsers may guess"),
        (Answer(302, {"Location": "https://hostile.example/"}, b""), "a way to another host"),
        (Answer(302, {"Location": "//hostile.example/"}, b""), "a way to another host"),
        (Answer(302, {"Location": "/\\hostile.example/"}, b""), "a way to another host"),
        (Answer(200, {"Hostile": "1"}, b""), "a header of the visitor's"),
        (Answer(200, {"Set-Cookie": "hostile=1"}, b""), "a header of the visitor's"),
        (Answer(404, {"X-Content-Type-Options": "nosniff"}, b"sqlite3.OperationalError"), "the text of an error"),
        (Answer(200, {"X-Content-Type-Options": "nosniff"}, b"root:x:0:0:root"), "a file of the server"),
        (Answer(200, {"X-Content-Type-Options": "nosniff"}, b"= 828091"), "a template that counts"),
        *(
            (
                Answer(200, {"X-Content-Type-Options": "nosniff", "Content-Type": "text/html"}, page),
                f"markup of the visitor's: {tag}",
            )
            for page, tag in (
                (b"<p>you asked for <hostile></p>", "<hostile>"),
                (b'<input value="" hostile="1">', "<input hostile>"),
                (b'<svg onload="hostile()">', "<svg onload>"),
                (b'<a href="javascript:hostile()">', "<a href>"),
            )
        ),
    ],
)
def test_what_would_be_found(given_answer: Answer, fault: str) -> None:
    assert faults(given_answer, HOST) == [fault]
