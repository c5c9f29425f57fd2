"""What is not published is not there, whatever one asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from friendship.enums import Continent, Level, RelationshipType, Status
from friendship.models import Country, Place, Relationship, Source
from tests import builders
from tests.api.asking import API, read, refused, rows

pytestmark = pytest.mark.django_db

SECRET = "NOT-FOR-THE-PUBLIC"
QUESTIONS: list[dict[str, Any]] = [
    {},
    {"q": "draftland"},
    {"place": "draft-home"},
    {"place": "draft-partner"},
    {"province": "draft-province"},
    {"source": "draft-paper"},
    {"country": "AQ"},
    {"founded_after": 1, "founded_before": 9999},
    *({"type": value} for value in RelationshipType.values),
    *({"status": value} for value in Status.values),
    *({"level": value} for value in Level.values),
    *({"continent": value} for value in Continent.values),
    *({"sort": value} for value in ("founded", "-founded", "home", "partner", "country", "updated")),
]


@pytest.fixture
def ends() -> tuple[Place, Place, Source]:
    province = builders.place("draft-province", level="province", name_en="Draftland")
    home = builders.place("draft-home", parent=province, name_en="Draftland Home")
    partner = builders.place("draft-partner", country=Country.objects.get(pk="AQ"), name_en="Draftland Partner")
    paper = builders.source("draft-paper")
    for metric in ("countries", "partners", "sister", "all"):
        builders.total(province, paper, metric=metric)
    return home, partner, paper


def plant(ends: tuple[Place, Place, Source]) -> Relationship:
    home, partner, paper = ends
    tie = builders.tie(home, partner, type_as_printed=SECRET, founded_year=1999, review_state="draft")
    builders.evidence(tie, paper, value=SECRET, quote=SECRET)
    builders.event(tie, source=paper, date_year=1999, text_en=SECRET)
    return tie


def everything(client: Client) -> dict[str, Any]:
    lists = {name: rows(client, name) for name in ("places/", "countries/", "sources/", "totals/")}
    details = [f"places/{slug}/" for slug in ("draft-province", "draft-home", "draft-partner")]
    details += ["countries/AQ/", "sources/draft-paper/", "", "schema/"]
    asked = {str(question): rows(client, "relationships/", **question) for question in QUESTIONS}
    return {**lists, **{path: read(client, path) for path in details}, **asked}


def test_a_draft_changes_no_answer(client: Client, ends: tuple[Place, Place, Source]) -> None:
    before = everything(client)
    tie = plant(ends)
    assert everything(client) == before
    assert refused(client, f"relationships/{tie.pk}/") == (404, {"detail": "Not found."})
    assert SECRET not in client.get(f"{API}docs/").content.decode()


def test_published_it_would_have_been_seen(client: Client, ends: tuple[Place, Place, Source]) -> None:
    before = everything(client)
    tie = plant(ends)
    tie.review_state = "published"
    tie.save()
    after = everything(client)
    changed = {path for path in after if after[path] != before[path]}
    assert {"sources/", "totals/", "sources/draft-paper/", *map(str, QUESTIONS[:8])} <= changed
    assert len(changed) == 3 + 8 + 1 + 1 + 1 + 2 + 6  # one type, status, level; two continents; every sort
    assert read(client, f"relationships/{tie.pk}/")["type_as_printed"] == SECRET
