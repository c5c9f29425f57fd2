"""The groups of staff that migrations make."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from friendship import state

MODELS = ["city", "country", "event", "evidence", "place", "province", "relationship", "reportedtotal", "source"]
IMPORTS = ["columnmapping", "importrow", "importrun", "reading"]
WORK = {f"{action}_{model}" for action in ("view", "add", "change") for model in [*MODELS, *IMPORTS]}
WORK |= {"view_proposal", "view_redirect", "view_acceptedfinding"}
ANSWER = {"view_suggestion", "change_suggestion"}  # nobody adds one but the public
ACCEPT = {f"{action}_acceptedfinding" for action in ("add", "change", "delete")}
PEOPLE = {
    *("view_user", "add_user", "change_user", "view_group"),
    *("view_accessevent", "view_failedlogin", "delete_failedlogin", "view_policy", "change_policy"),
}


def held(group: str) -> set[str]:
    """The permissions of a group."""
    return set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))


@pytest.mark.django_db
def test_what_each_group_may_do() -> None:
    assert held("Editors") == WORK | ANSWER | {"delete_event", "delete_evidence"}
    deleted = {f"delete_{model}" for model in [*MODELS, *IMPORTS, "suggestion"]}
    reviewing = WORK | ANSWER | ACCEPT | deleted | {"publish_relationship"}
    assert held("Reviewers") == reviewing
    assert held("Administrators") == reviewing | PEOPLE


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_groups_go_and_come_back_with_their_migration() -> None:
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    before = {name: held(name) for name in ("Editors", "Reviewers", "Administrators")}
    MigrationExecutor(connection).migrate([("friendship", "0004_public_record")])
    assert list(Group.objects.all()) == []
    for _again in range(2):
        MigrationExecutor(connection).migrate(latest)
    call_command("migrate", verbosity=0)  # on SQLite the tables were made anew, without their triggers
    assert state.missing(connection) == []
    assert {name: held(name) for name in before} == before
