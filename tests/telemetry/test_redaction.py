"""Nothing that is secret, and nothing that people wrote, gets past ``clean``."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from friendship.telemetry import redaction

PASSWORD = "planted-Passw0rd"
ROW = f"""Traceback (most recent call last):
  File "/srv/register/friendship/curation/suggestions.py", line 9, in receive
    suggestion.save()
psycopg2.errors.CheckViolation: new row for relation "friendship_suggestion" violates check constraint "x"
DETAIL:  Failing row contains (5, reader@example.org, what
somebody wrote, {PASSWORD}).


The above exception was the direct cause of the following exception:

django.db.utils.IntegrityError: new row violates check constraint "x"
DETAIL:  Failing row contains (5, reader@example.org).
"""
CLEAN_ROW = """Traceback (most recent call last):
  File "/srv/register/friendship/curation/suggestions.py", line 9, in receive
    suggestion.save()
psycopg2.errors.CheckViolation: new row for relation "friendship_suggestion" violates check constraint "x"
DETAIL: [hidden]

The above exception was the direct cause of the following exception:

django.db.utils.IntegrityError: new row violates check constraint "x"
DETAIL: [hidden]"""


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Not Found: /suggestions/abcde-fghjk-mnpqr-stuvw/", "Not Found: /suggestions/[hidden]/"),
        ("/en/suggestions/abcde and no more", "/en/suggestions/[hidden] and no more"),
        ("Error handling request /relationships/?q=wanted&x=1", "Error handling request /relationships/?[hidden]"),
        ("Invalid request from ip=192.0.2.77: odd", "Invalid request from ip=[hidden]: odd"),
        ("Invalid HTTP header: Cookie: sessionid=abc; csrftoken=def", "Invalid HTTP header: Cookie: [hidden]"),
        ("{'__Host-session': 'abc', '__Host-csrf': 'def'}", "{'__Host-session': [hidden], '__Host-csrf': [hidden]}"),
        ("{'HTTP_COOKIE': 'a=b; c=d', 'X': 1}", "{'HTTP_COOKIE': [hidden]"),
        ("Authorization: Bearer abc", "Authorization: [hidden]"),
        ("postgres://register:hunter2@db:5432/ties", "postgres://[hidden]@db:5432/ties"),
        (
            f"<QueryDict: {{'password': ['{PASSWORD}'], 'next': ['/']}}>",
            "<QueryDict: {'password': [hidden], 'next': ['/']}>",
        ),
        (f"log_in(name, password={PASSWORD!r})", "log_in(name, password=[hidden])"),
        (f"csrfmiddlewaretoken={PASSWORD}&wrong=x", "csrfmiddlewaretoken=[hidden]&wrong=x"),
        ("email: reader@example.org, more", "email: [hidden], more"),
        (
            'relation "a" does not exist\nLINE 1: ... WHERE "key" = \'abc\'\n          ^',
            'relation "a" does not exist\nLINE 1: [hidden]',
        ),
        (ROW, CLEAN_ROW),
        ("the tokens of 友城 are 5, said /about/", "the tokens of 友城 are 5, said /about/"),
    ],
)
def test_what_is_seen_by_its_surroundings(said: str, left: str) -> None:
    assert redaction.clean(said) == left


def test_what_is_known_is_found_anywhere(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECRET_KEY = "planted-secret-key"
    settings.METRICS_TOKEN = "planted-metrics-token"
    settings.SENTRY_DSN = "https://planted-key@errors.example.org/1"
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "planted-database")
    monkeypatch.setitem(settings.DATABASES, "short", {"PASSWORD": "a"})
    said = "a planted-secret-key, a planted-metrics-token, a planted-key and a planted-database"
    assert redaction.clean(said) == "a [hidden], a [hidden], a [hidden] and a [hidden]"


def test_what_the_visitor_carries_is_found_anywhere() -> None:
    carried = redaction.carried.set(
        ("sessionid=abcdefghij0123456789; django_language=en", 'Bearer "zyxwvutsrq9876543210"')
    )
    try:
        said = redaction.clean("abcdefghij0123456789 zyxwvutsrq9876543210 en sessionid")
    finally:
        redaction.carried.reset(carried)
    assert said == "[hidden] [hidden] en sessionid"
    assert redaction.clean("abcdefghij0123456789") == "abcdefghij0123456789"
