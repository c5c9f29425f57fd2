"""One box for a date of day, month or year."""

from __future__ import annotations

import re

import pytest

from friendship.models import Relationship
from tests import builders
from tests.admin.desk import RELATIONSHIPS, at_the_desk, opened, problems, with_permissions

pytestmark = pytest.mark.django_db

HOW = "Write the date as 1982, 1982-10 or 1982-10-03."
NO_SUCH_DAY = "This date does not exist in the calendar."


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1982", (1982, None, None)),
        (" 1982年 ", (1982, None, None)),
        ("1982-10", (1982, 10, None)),
        ("1982年10月", (1982, 10, None)),
        ("1982-10-03", (1982, 10, 3)),
        ("1982.10.3", (1982, 10, 3)),
        ("1982年10月3日", (1982, 10, 3)),
        ("１９８２／１０／３", (1982, 10, 3)),
        ("2024-02-29", (2024, 2, 29)),
        ("", (None, None, None)),
    ],
)
def test_dates_are_read_and_shown_as_iso(typed: str, stored: tuple[int | None, ...]) -> None:
    tie = builders.tie(founded_year=1900)
    root = at_the_desk("root")
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    root.post(address, opened(root, address) | {"founded": typed})
    tie = Relationship.objects.get(pk=tie.pk)
    assert (tie.founded_year, tie.founded_month, tie.founded_day) == stored
    assert opened(root, address)["founded"] == (tie.founded.iso if tie.founded else "")


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("founded", "last year", f"Date established: {HOW}"),
        ("founded", "10/1982", f"Date established: {HOW}"),
        ("founded", "1982-02-30", f"Date established: {NO_SUCH_DAY}"),
        ("founded", "1982-13", f"Date established: {NO_SUCH_DAY}"),
        ("ended", "0000", f"Date ended: {NO_SUCH_DAY}"),
        ("ended", "1981", "Date ended: cannot lie before the date established."),
    ],
)
def test_errors_name_the_field_and_the_rule_and_keep_what_was_typed(field: str, typed: str, message: str) -> None:
    tie = builders.tie(founded_year=1982)
    root = at_the_desk("root")
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    response = root.post(address, opened(root, address) | {field: typed})
    assert problems(response) == [message]
    assert response.context["adminform"].form[field].value() == typed
    assert Relationship.objects.get(pk=tie.pk).version == 1


def test_a_rule_about_dates_is_said_together_with_other_errors() -> None:
    address = f"{RELATIONSHIPS}{builders.tie(founded_year=1982).pk}/change/"
    root = at_the_desk("root")
    assert problems(root.post(address, opened(root, address) | {"ended": "1981", "type": "cousin"})) == [
        "Select a valid choice. cousin is not one of the available choices.",
        "Date ended: cannot lie before the date established.",
    ]


@pytest.mark.parametrize(
    ("address", "field", "label"),
    [
        (f"{RELATIONSHIPS}add/", "founded", "Date established"),
        (f"{RELATIONSHIPS}add/", "ended", "Date ended"),
        ("/en/admin/friendship/event/add/", "date", "Date"),
        ("/en/admin/friendship/source/add/", "published_on", "Published on"),
        ("/en/admin/friendship/reportedtotal/add/", "as_of", "As of"),
    ],
)
def test_every_date_has_one_box(address: str, field: str, label: str) -> None:
    root = at_the_desk("root")
    entries = opened(root, address)
    assert [name for name in entries if name.endswith(("_year", "_month", "_day"))] == []
    response = root.post(address, entries | {field: "soon"})
    assert response.context["adminform"].form.errors[field] == [f"{label}: {HOW}"]


def test_an_event_below_a_tie_has_one_box() -> None:
    tie = builders.tie()
    root = at_the_desk("root")
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    entries = opened(root, address) | {"events-TOTAL_FORMS": "1", "events-0-kind": "signing"}
    assert problems(root.post(address, entries | {"events-0-date": "soon"})) == [f"Date: {HOW}"]
    root.post(address, entries | {"events-0-date": "1982.10"})
    assert [event.date.iso for event in tie.events.all() if event.date] == ["1982-10"]


def test_readers_see_both_dates_by_their_names() -> None:
    tie = builders.tie(founded_year=1982, ended_year=1990)
    reader, address = with_permissions("view_relationship"), f"{RELATIONSHIPS}{tie.pk}/"
    page = reader.get(f"{address}change/").content.decode()
    assert re.findall(r"<label[^>]*>(Date \w+):</label>\s*<div class=\"readonly\">(.*?)</div>", page) == [
        ("Date established", "1982"),
        ("Date ended", "1990"),
    ]
