"""The registry of columns."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from friendship.enums import Level, RelationshipType, SourceKind, Status
from friendship.exporters.columns import COLUMNS, NAMES, Kind
from friendship.queries import Criteria, ExportedRow, exported_rows

BY_NAME = {column.name: column for column in COLUMNS}


def test_names_are_for_machines_and_each_stands_once() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert [name for name in NAMES if not re.fullmatch(r"[a-z_]+", name)] == []


def test_a_row_has_a_cell_for_each_in_their_order() -> None:
    assert ExportedRow._fields == NAMES


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_column_has_a_heading_and_a_meaning(language: str) -> None:
    with translation.override(language):
        assert [column.name for column in COLUMNS if not column.heading or not str(column.meaning).strip()] == []
        assert [column.heading for column in COLUMNS if column.heading[0].islower()] == []


def test_codes_are_those_of_the_vocabulary() -> None:
    assert {name: column.choices for name, column in BY_NAME.items() if column.choices} == {
        "type": RelationshipType,
        "status": Status,
        "home_level": Level,
        "partner_level": Level,
        "source_kinds": SourceKind,
    }
    assert [column.name for column in COLUMNS if (column.kind == Kind.CODE) > bool(column.choices)] == []
    with translation.override("en"):
        assert BY_NAME["status"].labels == {word.value: str(word.label) for word in Status}
    assert BY_NAME["id"].labels == {}


def test_in_json_lines_are_a_list_and_what_is_unknown_is_null() -> None:
    assert BY_NAME["sources"].in_json("a\n\nb") == ["a", "", "b"]
    assert BY_NAME["sources"].in_json("") == []
    assert BY_NAME["ended"].in_json("") is None
    assert BY_NAME["home_latitude"].in_json(0.0) == 0.0


@pytest.mark.django_db
def test_cells_are_of_the_kind_that_they_are_said_to_be() -> None:
    kinds = {Kind.INTEGER: (int,), Kind.NUMBER: (float, type(None))}
    for row in exported_rows(Criteria()):
        for column, cell in zip(COLUMNS, row, strict=True):
            assert isinstance(cell, kinds.get(column.kind, (str,))), column.name
            if column.choices:
                assert set(str(cell).split("\n")) <= {"", *column.choices.values}
            if column.kind == Kind.DATE:
                assert re.fullmatch(r"(\d{4}(-\d\d(-\d\d)?)?)?", str(cell))
