"""What a proposal may change, and which of it moves a row to somebody else's remit."""

from __future__ import annotations

from typing import Any

import pytest

from friendship.curation.carrying import stays
from friendship.curation.changes import MODELS, Change, columns_of, model_of


def change(model: str, action: str = "change", **after: Any) -> Change:
    return Change(model=model, pk=1, version=1, action=action, before={}, after=after)


@pytest.mark.parametrize("model", MODELS)
def test_no_proposal_changes_the_bookkeeping_or_what_publishing_decides(model: str) -> None:
    columns = columns_of(model_of(change(model)))
    assert set(columns) & {"version", "updated_at", "pinyin", "search_text", "review_state"} == set()
    assert columns != []


@pytest.mark.parametrize("model", ["proposal", "user", ""])
def test_a_proposal_is_of_these_models_alone(model: str) -> None:
    with pytest.raises(LookupError) as refused:
        model_of(change(model))
    assert refused.value.args == (model,)


@pytest.mark.parametrize(
    ("model", "column"),
    [
        ("relationship", "home_id"),
        ("relationship", "partner_id"),
        ("place", "parent_id"),
        ("place", "country_id"),
        ("place", "level"),
        ("reportedtotal", "place_id"),
        ("event", "relationship_id"),
    ],
)
def test_these_columns_move_a_row(model: str, column: str) -> None:
    moved = change(model, note_en="new")
    moved["after"][column] = 2
    assert not stays(moved)


def test_a_row_stays_where_nothing_moves_it() -> None:
    assert stays(change("place", name_en="new"))
    assert stays(change("relationship", action="delete"))
    assert stays(change("evidence", action="add", relationship_id=1))
    assert stays(change("event", action="add", relationship_id=1))
    assert not stays(change("place", action="add", name_en="new"))
    assert not stays(change("evidence", action="add"))
