"""An address that no row can have is not found; it is no failure of the register."""

from __future__ import annotations

import pytest
from django.test import Client

from friendship.admin.keys import key_of
from tests.admin.desk import at_the_desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "relationship/abc/history/",
        "relationship/abc/history/1/",
        "relationship/1/history/abc/",
        "relationship/1/history/99999999999999999999/",
        "relationship/99999999999999999999/history/",
        "relationship/%00/history/",
        "country/%00/history/",
        "country/%00/history/1/",
        "country/%00/change/",
        "country/%00/delete/",
        "source/?language=%00",
        "source/?q=%00",
        "country/?code=%00",
        "country/?%00=1",
        "relationship/add/?home=%00",
        "proposal/?state__exact=%00",
        "redirect/?kind__exact=%00",
        "importrun/?state__exact=%00",
        "suggestion/?state__exact=%00",
        "reading/?waits=%00",
        "reading/99999999999999999999/change/",
    ],
)
def test_it_is_not_found(address: str) -> None:
    assert at_the_desk("root").get(f"/en/admin/friendship/{address}").status_code == 404


@pytest.mark.parametrize("key", ["abc", "9" * 30, "9" * 5000, "-1", "²", "\0", ""])
@pytest.mark.parametrize(
    ("address", "action"),
    [
        ("friendship/relationship/", "merge"),
        ("friendship/suggestion/", "delete_selected"),
        ("friendship/failedlogin/", "release"),
        ("auth/user/", "end_sessions"),
        ("auth/group/", "delete_selected"),
    ],
)
def test_a_row_that_there_cannot_be_is_not_ticked(address: str, action: str, key: str) -> None:
    sent = {"action": action, "_selected_action": key, "index": "0"}
    assert at_the_desk("root").post(f"/en/admin/{address}", sent).status_code == 404


@pytest.mark.parametrize("key", ["abc", "9" * 30, "9" * 5000, "0"])
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("relationship/?import={}", 200),
        ("relationship/merge/?rows=1&rows={}", 404),
        ("acceptedfinding/levels-differ/?page={}", 404),
    ],
)
def test_a_number_that_there_cannot_be_is_no_failure(address: str, status: int, key: str) -> None:
    root: Client = at_the_desk("root")
    assert root.get(f"/en/admin/friendship/{address.format(key)}", follow=True).status_code == status


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12", 12),
        ("007", 7),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        *((text, None) for text in ("", "-1", " 1", "1_0", "²", "٣", "abc", "1\0", "9" * 5000)),
    ],
)
def test_keys_are_plain_numbers_that_a_database_can_hold(text: str, key: int | None) -> None:
    assert key_of(text) == key


@pytest.mark.parametrize("model", ["country", "place", "source"])
def test_the_boxes_that_choose_a_row_take_any_character(model: str) -> None:
    asked = {"app_label": "friendship", "term": "\0"}
    field = {"country": ("place", "country"), "place": ("relationship", "home"), "source": ("event", "source")}[model]
    asked |= {"model_name": field[0], "field_name": field[1]}
    where = "/en/admin/friendship/place/choices/" if model == "place" else "/en/admin/autocomplete/"
    assert at_the_desk("root").get(where, asked).json()["results"] == []
