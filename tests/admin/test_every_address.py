"""Who may ask which address of the staff: everybody asks all of them, and every_address.txt says what they are told.

The record behind an address lies in Deyang, which the limited people do not look after. tests/admin/test_remits.py asks
what they may do with what is theirs, and with forms that were tampered with.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import translation

from friendship.curation import proposals
from friendship.models import AccessEvent, City, FailedLogin, ImportRun, Place, Policy, Province, Redirect, Remit
from tests import builders
from tests.admin.test_remits import Rows

pytestmark = pytest.mark.django_db

TABLE = Path(__file__).with_name("every_address.txt")
ROLES = ("stranger", "editor", "limited", "reviewer", "administrator", "superuser")
GROUPS = {"editor": "Editors", "limited": "Editors", "reviewer": "Reviewers", "administrator": "Administrators"}
METHODS = ("GET", "POST")
#: What deletes asks for, and what a form that is sent with nothing in it lacks.
SENT = {"post": "yes"}
#: The words of the scripts, the same for everybody.
TEXTS = "admin/jsi18n/"


def patterns() -> list[str]:
    """Every address under /admin/, as it stands in the code."""
    with translation.override("zh-hans"):  # whose addresses have no prefix
        everything = list(_within(get_resolver()))
    return [pattern for pattern in everything if pattern.startswith("admin/")]


def _within(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        here = prefix + str(entry.pattern)
        yield from _within(entry, here) if isinstance(entry, URLResolver) else [here]


def table() -> dict[str, dict[str, tuple[str, str]]]:
    """What every_address.txt says: by address, and there by role, the answers to GET and to POST."""
    lines = [line.split() for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return {
        address: dict(zip(ROLES, zip(answers[: len(ROLES)], answers[len(ROLES) :], strict=True), strict=True))
        for address, *answers in lines
    }


class Records:
    """One of every kind, none of them the limited people's; a city and a tie of it where there is a choice."""

    def __init__(self) -> None:
        rows = Rows()
        person = User.objects.create_user("person", is_staff=True)
        person.groups.add(Group.objects.get(name="Editors"))
        run = ImportRun.objects.create(file_name="theirs.csv", content=b"x", format="pairs", state="loaded")
        shown = builders.tie(rows.deyang, builders.place("shown"))
        shown.note_en = "other"
        self.held: dict[str, Any] = {
            "accessevent": AccessEvent.objects.latest("id"),
            "failedlogin": FailedLogin.objects.create(username="person", failures_since_start=1),
            "user": person,
            "group": Group.objects.get(name="Editors"),
            "importrun": run,
            "country": rows.ville.country,
            "place": rows.deyang,
            "province": Province.objects.get(slug="sichuan"),
            "city": City.objects.get(pk=rows.deyang.pk),
            "policy": Policy.objects.get(pk=1),
            "proposal": proposals.propose([proposals.difference(shown)], actor=None),
            "reading": builders.reading("Theirs"),
            "redirect": Redirect.objects.create(kind="place", gone=900_001, kept=rows.deyang.pk, name="Gone"),
            "relationship": rows.other,
            "event": rows.other_event,
            "source": rows.other_piece.source,
            "evidence": rows.other_piece,
            "reportedtotal": rows.other_total,
            "suggestion": builders.suggestion(rows.other),
        }
        self.held["policy"].save()  # so that it has a history

    def address(self, pattern: str) -> str:
        """The address of a record that the pattern is of."""
        model = pattern.split("/")[2] if pattern.startswith(("admin/friendship/", "admin/auth/")) else ""
        row: Any = self.held.get(model)
        if "/history/([^/]+)/" in pattern:
            return f"/en/admin/friendship/{model}/{row.pk}/history/{row.history.latest().pk}/"
        parts = {
            "<path:object_id>": row and row.pk,
            "<int:pk>": row and row.pk,
            "<id>": row and row.pk,
            "<slug:code>": "levels-differ",
            "<int:key>": self.held["source"].pk,
            "^(?P<app_label>friendship|auth)/$": "friendship/",
            "(?P<url>.*)$": "nowhere/",
        }
        if pattern.startswith("admin/r/"):
            parts["<path:object_id>"] = self.held["place"].pk
            parts["<path:content_type_id>"] = ContentType.objects.get_for_model(Place).pk
        for part, value in parts.items():
            pattern = pattern.replace(part, str(value))
        return f"/en/{pattern}"


def browser(role: str) -> Client:
    """A browser with somebody of that role."""
    client = Client(raise_request_exception=False)
    if role == "superuser":
        client.force_login(User.objects.create_superuser("root"))
    elif role != "stranger":
        user = User.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=GROUPS[role]))
        if role == "limited":
            Remit.objects.create(user=user, place=Place.objects.get(slug="mianyang"))
        client.force_login(user)
    return client


def asked(client: Client, method: str, address: str) -> HttpResponseBase:
    """Ask, and leave everything as it was: the next question finds the same register and the same person.

    A page that first wants to know which version was seen leads to itself with that.
    """
    held = SimpleCookie(client.cookies)
    with transaction.atomic():
        answer = _sent(client, method, address)
        if answer.headers.get("Location", "").startswith(f"{address}?seen="):
            answer = _sent(client, method, answer.headers["Location"])
        transaction.set_rollback(True)
    client.cookies = held
    return answer


def _sent(client: Client, method: str, address: str) -> HttpResponseBase:
    return client.get(address) if method == "GET" else client.post(address, SENT)


def told(answer: HttpResponseBase) -> str:
    """The status; for a redirect whether it leads to the log-in page or on."""
    to = answer.headers.get("Location", "")
    return str(answer.status_code) if not to else "login" if to.startswith("/en/admin/login/") else "on"


def test_every_address_stands_in_the_table() -> None:
    assert list(table()) == patterns()


@pytest.mark.parametrize("role", ROLES)
def test_what_everybody_is_told(role: str) -> None:
    records = Records()
    client = browser(role)
    found = {}
    for pattern in patterns():
        address = records.address(pattern)
        get, post = (told(asked(client, method, address)) for method in METHODS)
        found[pattern] = (get, post)
    expected = {pattern: answers[role] for pattern, answers in table().items()}
    assert found == expected


def test_pages_of_the_staff_are_kept_by_nobody() -> None:
    records = Records()
    client = browser("superuser")
    for pattern in patterns():
        for method in METHODS if pattern != TEXTS else ():
            answer = asked(client, method, records.address(pattern))
            assert "no-store" in answer.headers.get("Cache-Control", ""), (method, pattern)


def test_nothing_is_taken_from_a_form_of_another_site() -> None:
    records = Records()
    client = browser("superuser")
    client.handler.enforce_csrf_checks = True
    taken = {pattern for pattern in patterns() if asked(client, "POST", records.address(pattern)).status_code != 403}
    assert taken == set()
