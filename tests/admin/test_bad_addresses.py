"""An address that no row can have is not found; it is no failure of the register."""

from __future__ import annotations

import pytest

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
    ],
)
def test_it_is_not_found(address: str) -> None:
    assert at_the_desk("root").get(f"/en/admin/friendship/{address}").status_code == 404


@pytest.mark.parametrize("model", ["country", "place", "source"])
def test_the_boxes_that_choose_a_row_take_any_character(model: str) -> None:
    asked = {"app_label": "friendship", "term": "\0"}
    field = {"country": ("place", "country"), "place": ("relationship", "home"), "source": ("event", "source")}[model]
    asked |= {"model_name": field[0], "field_name": field[1]}
    where = "/en/admin/friendship/place/choices/" if model == "place" else "/en/admin/autocomplete/"
    assert at_the_desk("root").get(where, asked).json()["results"] == []
