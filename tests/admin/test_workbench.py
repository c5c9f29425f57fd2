"""The first page of the staff side: what waits, each number as long as the list behind it, and for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from friendship.admin.workbench import PANELS, Shown, Task, workbench
from friendship.models import ImportRun, Place, Proposal, Relationship, Suggestion
from tests import builders
from tests.admin.desk import at_the_desk, with_permissions
from tests.admin.test_remits import limited
from tests.auditing.faults import FAULTS, abroad

pytestmark = pytest.mark.django_db

FIRST_PAGE = "/en/admin/"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Count the audit anew in each test."""
    cache.clear()
    yield
    cache.clear()


def panels(client: Client) -> list[Shown]:
    """The panels of the person at this desk; the page shows all that waits."""
    page = client.get(FIRST_PAGE)
    with translation.override("en"):
        found = workbench(page.wsgi_request.user)
    pattern = r'<a href="([^"]+)"><span class="label">([^<]+)</span> <span class="count">(\d+)</span></a>'
    told = [
        (unescape(url), unescape(label), int(count)) for url, label, count in re.findall(pattern, page.content.decode())
    ]
    assert told == [(task.url, task.label, task.count) for panel in found for task in panel.waiting]
    return found


def tasks(client: Client) -> dict[tuple[str, str], Task]:
    """Every task by panel and label, those without work as well."""
    return {(panel.key, task.label): task for panel in panels(client) for task in (*panel.waiting, *panel.quiet)}


def length(client: Client, url: str) -> int:
    """How many rows stand in the list at the address."""
    page = client.get(url)
    assert page.status_code == 200, url
    if "cl" in page.context:
        return int(page.context["cl"].result_count)
    if "tally" in page.context:
        return int(page.context["tally"].open)
    return int(page.context["page"].paginator.count)


def plant_everything(author: User) -> None:
    """Something for every panel."""
    for fault in FAULTS:
        if fault.rule not in {
            "partner-in-home-country",
            "end-without-status",
            "second-sister-tie",
            "ended-without-date",
        }:
            _apart(fault.plant)
    tie = builders.tie(builders.place("left"), abroad("right", name_en="", name_zh="右"), review_state="draft")
    builders.evidence(tie)
    builders.evidence(tie, builders.source("other"), value="cooperation")
    builders.place("a-draft", review_state="draft")
    today = timezone.localdate()
    for years, slug in ((10, "round"), (7, "seven")):
        parts = {"founded_year": today.year - years, "founded_month": today.month, "founded_day": today.day}
        builders.tie(builders.place("left"), abroad(slug), **parts)
    for state in ("checked", "uploaded", "failed"):
        ImportRun.objects.create(file_name="list.csv", content=b"", state=state)
    builders.reading(waiting=2)
    for wrong in ("The year.", "The name."):
        Suggestion.objects.create(relationship=tie, wrong=wrong, right="Another.")
    for state in ("open", "open", "returned", "prepared"):
        Proposal.objects.create(kind="edit", state=state, author=author, word="Mend it.")


def _apart(plant: Any) -> None:
    """Plant a fault where another stands already: the places get other addresses."""
    plant()
    for place in Relationship.objects.latest("pk").home, Relationship.objects.latest("pk").partner:
        place.slug = f"{place.slug}-{Relationship.objects.count()}"
        place.save()


@pytest.mark.parametrize("group", ["Editors", "Reviewers", ""])
def test_every_number_is_the_length_of_its_list(group: str) -> None:
    client = at_the_desk("someone", group)
    plant_everything(User.objects.get(username="someone"))
    shown = tasks(client)
    assert {key: task.count for key, task in shown.items()} == {
        key: length(client, task.url) for key, task in shown.items()
    }
    noted = [task for task in shown.values() if task.note]
    assert [length(client, task.note_url) for task in noted] == [int(task.note.split()[0]) for task in noted]
    assert {panel.key for panel in panels(client) if panel.waiting} == {panel.key for panel in PANELS}


def test_what_stands_in_the_shipped_register() -> None:
    shown = {key: task.count for key, task in tasks(at_the_desk("root")).items() if key[0] != "anniversaries"}
    assert {key: count for key, count in shown.items() if count} == {
        ("ties", "Without a date"): 34,
        ("places", "Without coordinates"): 3,
        ("places", "Without a Chinese name"): 3,
        ("places", "Cities and counties in no province"): 39,
        ("totals", "Reported total has moved"): 4,
    }


def test_totals_that_moved_are_told_at_once() -> None:
    moved = tasks(at_the_desk("root"))["totals", "Reported total has moved"]
    assert "Sichuan · all levels · sister-city ties: 119 → 127, recorded 87" in moved.lines


def test_the_nearest_anniversaries_are_told_at_once() -> None:
    today = timezone.localdate()
    builders.tie(
        builders.place("left"), abroad("right"), founded_year=1, founded_month=today.month, founded_day=today.day
    )
    [task] = [task for key, task in tasks(at_the_desk("root")).items() if key[0] == "anniversaries"]
    assert task.lines[0].endswith(f": Left – Right, {today.year - 1} years")


# --- for whom -------------------------------------------------------------------------------------------------------


def test_an_editor_and_a_reviewer_each_see_what_they_may_do() -> None:
    editor, reviewer = at_the_desk("editor", "Editors"), at_the_desk("reviewer", "Reviewers")
    Proposal.objects.create(kind="edit", state="open", author=User.objects.get(username="editor"))
    Proposal.objects.create(kind="edit", state="open", author=User.objects.get(username="reviewer"))
    decide = ("review", "Proposed changes to be decided")
    assert decide not in tasks(editor)
    assert (tasks(reviewer)[decide].count, tasks(reviewer)[decide].note) == (2, "1 of them is yours")


def test_what_was_returned_goes_to_its_author_alone() -> None:
    editor, other = at_the_desk("editor", "Editors"), at_the_desk("other", "Editors")
    Proposal.objects.create(kind="edit", state="returned", word="A source?", author=User.objects.get(username="editor"))
    returned = ("review", "Returned to you with a word")
    assert [tasks(client)[returned].count for client in (editor, other)] == [1, 0]


def test_rights_open_panels_one_by_one() -> None:
    clerk = with_permissions("change_place", "view_place", "view_city", "change_city")
    assert [panel.key for panel in panels(clerk)] == ["places"]


def test_an_account_without_rights_is_told_whom_to_ask() -> None:
    page = with_permissions("view_country").get(FIRST_PAGE)
    assert "An administrator gives it its rights." in page.content.decode()


def test_when_nothing_waits_it_says_so() -> None:
    client = with_permissions("change_importrun", "view_importrun")
    page = client.get(FIRST_PAGE)
    assert [panel.waiting for panel in panels(client)] == [[]]
    assert "Nothing waits. Every record is in order." in page.content.decode()


def test_the_records_stand_below() -> None:
    page = at_the_desk("reviewer", "Reviewers").get("/admin/").content.decode()
    assert "全部记录" in page
    assert 'href="/admin/friendship/source/add/"' in page


def test_a_remit_narrows_every_number_and_its_list() -> None:
    root, client = at_the_desk("root"), limited("Reviewers")
    plant_everything(User.objects.get(username="limited"))
    mine = builders.tie(Place.objects.get(slug="mianyang"), abroad("mine", level="province"))
    shown = tasks(client)
    assert {key: task.count for key, task in shown.items()} == {
        key: length(client, task.url) for key, task in shown.items()
    }
    assert shown["sides", "Levels of the two sides differ"].count == 1
    assert shown["audit", "Public without a source"].count == 1
    assert shown["ties", "Without a source"].count == 1
    whole = tasks(root)
    assert whole["sides", "Levels of the two sides differ"].count == 2
    assert all(task.count <= whole[key].count for key, task in shown.items() if key in whole and key[0] != "review")
    page = client.get("/en/admin/friendship/acceptedfinding/levels-differ/")
    assert [row["finding"].subject for row in page.context["rows"]] == [f"relationship/{mine.pk}"]


# --- the list of anniversaries --------------------------------------------------------------------------------------


def test_a_celebration_is_noted_from_the_list() -> None:
    today = timezone.localdate()
    parts = {"founded_year": today.year - 20, "founded_month": today.month, "founded_day": today.day}
    tie = builders.tie(builders.place("left"), abroad("right"), **parts)
    root = at_the_desk("root")
    where = "/en/admin/friendship/relationship/anniversaries/"
    page = root.get(f"{where}?round=1")
    assert tie.pk in [row.tie.pk for row in page.context["rows"]]
    address = f"/en/admin/friendship/event/add/?relationship={tie.pk}&kind=anniversary"
    assert address.replace("&", "&amp;") in page.content.decode()
    builders.event(tie, kind="anniversary", date_year=today.year)
    assert tie.pk not in [row.tie.pk for row in root.get(where).context["rows"]]


@pytest.mark.parametrize("query", ["", "?page=999", "?page=x", "?round=x", "?page=%00"])
def test_the_list_opens_whatever_is_asked(query: str) -> None:
    assert at_the_desk("root").get(f"/en/admin/friendship/relationship/anniversaries/{query}").status_code == 200


def test_the_list_is_for_those_who_may_write() -> None:
    reader = with_permissions("view_relationship")
    assert reader.get("/en/admin/friendship/relationship/anniversaries/").status_code == 403


# --- the list of disagreeing sources --------------------------------------------------------------------------------


def test_a_note_settles_what_sources_disagree_about() -> None:
    tie = builders.tie(builders.place("left"), abroad("right"))
    builders.evidence(tie)
    builders.evidence(tie, builders.source("other"), value="cooperation")
    root = at_the_desk("root")
    lists = {value: f"/en/admin/friendship/relationship/?sources={value}" for value in ("disagree", "unexplained")}
    assert {value: length(root, url) for value, url in lists.items()} == {"disagree": 10, "unexplained": 1}
    tie.note_en = "The agreement says sister."
    tie.save()
    assert {value: length(root, url) for value, url in lists.items()} == {"disagree": 10, "unexplained": 0}


# --- what it costs --------------------------------------------------------------------------------------------------


def test_as_many_queries_however_much_waits() -> None:
    client = at_the_desk("someone", "Reviewers")
    client.get(FIRST_PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(FIRST_PAGE)
    plant_everything(User.objects.get(username="someone"))
    client.get(FIRST_PAGE)  # the audit looks once at what has changed
    with CaptureQueriesContext(connection) as many:
        client.get(FIRST_PAGE)
    # Session, user, two for the rights; proposals, suggestions, ties, imports, texts, places; of the audit seven tables
    # and what was accepted; totals that moved five (the state and what lies below their places, by the columns);
    # anniversaries two. With total-passed found, five more.
    assert (len(few), len(many)) == (25, 30)


def test_a_change_elsewhere_does_not_look_for_twins_again() -> None:
    client = at_the_desk("someone", "Reviewers")
    held = builders.total()
    client.get(FIRST_PAGE)
    held.value = 11
    held.save()
    builders.columns_are_read()  # among other things, what contains each place
    with CaptureQueriesContext(connection) as captured:
        client.get(FIRST_PAGE)
    over_places = re.compile(r'FROM "friendship_place" LEFT OUTER JOIN "friendship_place"')
    assert [query["sql"] for query in captured.captured_queries if over_places.search(query["sql"])] == []
    assert [query for query in captured.captured_queries if '"friendship_reportedtotal"."quote"' in query["sql"]]
