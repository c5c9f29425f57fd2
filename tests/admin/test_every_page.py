"""Every list, form and history opens in both languages, with as many queries for thirty rows as for one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from friendship.models import (
    AcceptedFinding,
    AccessEvent,
    City,
    Country,
    Event,
    Evidence,
    FailedLogin,
    ImportRun,
    Place,
    Policy,
    Proposal,
    Province,
    Reading,
    Redirect,
    Relationship,
    ReportedTotal,
    Source,
    Suggestion,
)
from tests import builders
from tests.admin.desk import at_the_desk

pytestmark = pytest.mark.django_db

LOGS = [AccessEvent, FailedLogin]
MODELS = [Country, Place, Province, City, Relationship, Event, Source, Evidence, ReportedTotal]


#: Session, user, the count with and without filters, the rows; two filters ask which years or languages there are.
QUERIES = dict.fromkeys(MODELS, 5) | {Relationship: 8, Source: 6}


def empty() -> None:
    """Take the shipped register away."""
    Place.objects.update(parent=None)
    for model in (Relationship, ReportedTotal, Source, Place):
        model.objects.all().delete()
    Country.objects.exclude(pk="CN").delete()


def rows(*numbers: int) -> None:
    """A row of every kind for each number."""
    for number in numbers:
        Country.objects.create(code=f"{number:02d}", name_zh="国", name_en="Land", continent="asia")
        province = builders.place(f"province-{number}", level="province", name_zh="省")
        city = builders.place(f"city-{number}", parent=province, name_zh="市")
        tie = builders.tie(province, city, founded_year=1900 + number)
        paper = builders.source(f"paper-{number}")
        builders.evidence(tie, paper)
        builders.event(tie, source=paper)
        builders.total(city, paper)


def address(model: Any, *parts: object, language: str = "") -> str:
    """Where the admin of a model lives."""
    return "/".join([language, "admin", "friendship", model._meta.model_name, *map(str, parts), ""])


def queries(client: Client, where: str) -> int:
    """How many queries a page takes."""
    client.get(where)  # content types and the session are loaded once
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    return len(captured)


def test_every_model_has_its_admin() -> None:
    assert {model for model in admin.site._registry if model._meta.app_label == "friendship"} == {
        *MODELS,
        AcceptedFinding,  # tests/admin/test_audit.py
        ImportRun,  # tests/admin/test_imports.py
        Policy,  # tests/admin/test_policy.py
        Proposal,  # tests/admin/test_proposals.py
        Suggestion,  # tests/admin/test_suggestions.py
        Reading,  # tests/admin/test_readings.py
        Redirect,  # tests/admin/test_merging.py
        *LOGS,  # tests/admin/test_access.py
    }


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("model", MODELS)
def test_list_forms_and_history_open(model: Any, language: str) -> None:
    rows(0)
    root = at_the_desk("root")
    pk = model.objects.latest("updated_at").pk
    entry = model.history.filter(**{model._meta.pk.attname: pk}).latest().pk
    pages = [(), ("add",), (pk, "change"), (pk, "history"), (pk, "history", entry), (pk, "delete")]
    opened = {page: root.get(address(model, *page, language=language), follow=True).status_code for page in pages}
    assert opened == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("model", MODELS)
def test_a_visitor_with_the_right_to_look_only_sees_a_form_without_entries(model: Any) -> None:
    rows(0)
    user = User.objects.create_user("guest", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    guest = Client()
    guest.force_login(user)
    page = guest.get(address(model, model.objects.order_by("-pk").first().pk, "change"))
    assert (page.status_code, "_save" in page.content.decode()) == (200, False)


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_as_many_queries_for_thirty_rows_as_for_one(model: Any) -> None:
    empty()
    root = at_the_desk("root")
    where = address(model, language="/en")
    rows(0)
    one = queries(root, where)
    rows(*range(1, 30))
    assert (one, queries(root, where)) == (QUERIES[model], QUERIES[model])


@pytest.mark.parametrize(
    "where",
    [
        "",
        "auth/user/",
        "auth/group/",
        "auth/group/add/",
        "auth/user/add/",
        "password_change/",
        "account/",
        "account/set-up/",
        "friendship/accessevent/",
        "friendship/failedlogin/",
    ],
)
@pytest.mark.parametrize("language", ["/admin/", "/en/admin/"])
def test_the_other_pages_open(language: str, where: str) -> None:
    assert at_the_desk("root").get(language + where).status_code == 200


def test_places_are_reached_by_their_lists_and_not_from_the_front_page() -> None:
    page = at_the_desk("root").get("/en/admin/").context["app_list"]
    listed = {model["object_name"] for app in page if app["app_label"] == "friendship" for model in app["models"]}
    others = [AcceptedFinding, ImportRun, Policy, Proposal, Reading, Redirect, Suggestion, *LOGS]
    assert listed == {model.__name__ for model in [*MODELS, *others] if model is not Place}


@pytest.mark.parametrize("model", [Country, Province, City, Source])
def test_the_link_to_the_site_leads_to_a_page_in_the_same_language(model: Any) -> None:
    rows(0)
    root = at_the_desk("root")
    row = model.objects.latest("updated_at")
    page = root.get(address(model, row.pk, "change", language="/en")).content.decode()
    [link] = re.findall(r'href="([^"]+)" class="viewsitelink"', page)
    assert (link[:4], root.get(link).status_code) == ("/en/", 200)
