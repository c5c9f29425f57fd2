"""Two versions of the code serve one database while a new one is rolled out: a release's migrations only add.

What the code of ``RELEASED`` does not know must not be in its way: a column that it never fills needs a default in the
database, and nothing that it reads may go or take another name. CONTRIBUTING.md tells how such a thing is done in two
releases.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

#: The last migration of the version that runs at the offices. Raised with each release, never beyond it.
RELEASED = "0022_reading_rights"
#: What takes something away all the same, by migration and object, with the release that has stopped using it.
CONTRACTED: dict[tuple[str, str], str] = {}

_ADDS = (migrations.CreateModel, migrations.AddIndex, migrations.AlterModelOptions, migrations.AlterModelManagers)
#: Cannot be read by a machine; their author knows the rule, and whoever reviews them.
_WRITTEN_BY_HAND = (migrations.RunPython, migrations.RunSQL)


def in_the_way(operation: Operation, state: ProjectState) -> str:
    """What code that does not know this operation would stumble over; nothing where it only adds."""
    if isinstance(operation, (*_ADDS, *_WRITTEN_BY_HAND)):
        return ""
    if isinstance(operation, migrations.SeparateDatabaseAndState):
        found = (in_the_way(each, state) for each in operation.database_operations)
        return "; ".join(each for each in found if each)
    if isinstance(operation, migrations.AddField):
        return "" if _fills_itself(operation.field) else f"{_name(operation)}: neither null nor db_default"
    if isinstance(operation, migrations.AlterField):
        return _altered(operation, state)
    return f"{operation.describe()}"


def _fills_itself(field: Any) -> bool:
    return bool(field.null or field.has_db_default() or field.many_to_many)


def _altered(operation: migrations.AlterField, state: ProjectState) -> str:
    before = state.models["friendship", operation.model_name_lower].fields[operation.name]
    after = operation.field
    if before.null and not after.null:
        return f"{_name(operation)}: no longer null"
    if _kind(before) != _kind(after) or (before.has_db_default() and not after.has_db_default()):
        return f"{_name(operation)}: another column"
    return ""


def _kind(field: Any) -> tuple[object, ...]:
    """What of a column the database keeps; its label and choices are the code's."""
    return type(field).__name__, field.max_length, field.db_column, field.unique


def _name(operation: migrations.AddField | migrations.AlterField) -> str:
    return f"{operation.model_name}.{operation.name}"


def newer() -> Iterator[tuple[str, Operation, ProjectState]]:
    """Every operation after the release, with the state before it."""
    loader = MigrationLoader(connection)
    known = sorted(name for app, name in loader.disk_migrations if app == "friendship")
    for name in known[known.index(RELEASED) + 1 :]:
        state = loader.project_state(("friendship", name), at_end=False)
        for operation in loader.disk_migrations["friendship", name].operations:
            yield name, operation, state
            operation.state_forwards("friendship", state)


@pytest.mark.django_db
def test_what_the_running_version_does_not_know_is_not_in_its_way() -> None:
    found = {(name, told) for name, operation, state in newer() if (told := in_the_way(operation, state))}
    assert found == set(CONTRACTED)


@pytest.mark.django_db
def test_every_migration_has_a_way_back() -> None:
    loader = MigrationLoader(connection)
    own = {name: migration for (app, name), migration in loader.disk_migrations.items() if app == "friendship"}
    assert len(own) >= 22
    assert [name for name, each in own.items() if not all(operation.reversible for operation in each.operations)] == []


TEXT = models.CharField(max_length=10)


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        (
            migrations.AddField("tie", "a", models.CharField(max_length=10, default="")),
            "tie.a: neither null nor db_default",
        ),
        (migrations.AddField("tie", "a", models.CharField(max_length=10, db_default="")), ""),
        (migrations.AddField("tie", "a", models.IntegerField(null=True)), ""),
        (migrations.AlterField("tie", "text", models.CharField(max_length=10, verbose_name="other")), ""),
        (migrations.AlterField("tie", "text", models.CharField(max_length=9)), "tie.text: another column"),
        (migrations.AlterField("tie", "number", models.IntegerField()), "tie.number: no longer null"),
        (migrations.RemoveField("tie", "text"), "Remove field text from tie"),
        (migrations.RenameField("tie", "text", "words"), "Rename field text on tie to words"),
        (migrations.RenameModel("tie", "bond"), "Rename model tie to bond"),
        (migrations.DeleteModel("tie"), "Delete model tie"),
        (migrations.AddIndex("tie", models.Index(fields=["text"], name="by_text")), ""),
        (migrations.CreateModel("other", [("id", models.AutoField(primary_key=True))]), ""),
        (
            migrations.SeparateDatabaseAndState(database_operations=[migrations.RemoveField("tie", "text")]),
            "Remove field text from tie",
        ),
        (migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("tie", "text")]), ""),
        (
            migrations.AddConstraint("tie", models.CheckConstraint(condition=models.Q(number=1), name="one")),
            "Create constraint one on model tie",
        ),
    ],
)
def test_what_is_in_the_way(operation: Operation, told: str) -> None:
    fields: list[tuple[str, Any]] = [("id", models.AutoField(primary_key=True)), ("text", TEXT)]
    fields.append(("number", models.IntegerField(null=True)))
    state = ProjectState()
    migrations.CreateModel("tie", fields).state_forwards("friendship", state)
    assert in_the_way(operation, state) == told
