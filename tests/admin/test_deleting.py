"""Nothing is deleted that has changed since the page that asks was shown, and a refusal says why."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client

from friendship import curation
from friendship.models import Proposal, Relationship
from tests import builders
from tests.admin.desk import RELATIONSHIPS, act, at_the_desk, said, with_permissions

pytestmark = pytest.mark.django_db


def asked(client: Client, tie: Relationship) -> str:
    """The address of the page that asks, which is where its button sends."""
    address: str = client.get(f"{RELATIONSHIPS}{tie.pk}/delete/")["Location"]
    assert '<form method="post">' in client.get(address).content.decode()  # without an address of its own
    return address


def test_a_row_is_deleted_as_it_was_shown() -> None:
    tie, reviewer = builders.tie(), at_the_desk("reviewer", "Reviewers")
    address = asked(reviewer, tie)
    assert address == f"{RELATIONSHIPS}{tie.pk}/delete/?seen=1"
    assert reviewer.post(address, {"post": "yes"})["Location"] == RELATIONSHIPS
    assert not Relationship.objects.filter(pk=tie.pk).exists()


@pytest.mark.usefixtures("no_review")
def test_a_row_that_was_saved_since_is_kept() -> None:
    tie, reviewer = builders.tie(), at_the_desk("reviewer", "Reviewers")
    address = asked(reviewer, tie)
    curation.save(tie, actor=User.objects.create_user("faster", is_superuser=True))
    response = reviewer.post(address, {"post": "yes"})
    assert response["Location"] == f"{RELATIONSHIPS}{tie.pk}/delete/"
    assert [message.split(" changed this record on ")[0] for message in said(response)] == ["faster"]
    assert Relationship.objects.filter(pk=tie.pk).exists()
    assert asked(reviewer, tie) == f"{RELATIONSHIPS}{tie.pk}/delete/?seen=2"


@pytest.mark.parametrize("seen", ["", "x", "²", "9", "9" * 5000])
def test_a_page_that_does_not_say_what_it_showed_deletes_nothing(seen: str) -> None:
    tie, reviewer = builders.tie(), at_the_desk("reviewer", "Reviewers")
    assert len(said(reviewer.post(f"{RELATIONSHIPS}{tie.pk}/delete/?seen={seen}", {"post": "yes"}))) == 1
    assert Relationship.objects.filter(pk=tie.pk).exists()


def test_accounts_are_deleted_as_ever() -> None:
    user = User.objects.create_user("gone")
    root, address = at_the_desk("root"), f"/en/admin/auth/user/{user.pk}/delete/"
    root.post(address, {"post": "yes"})
    assert not User.objects.filter(pk=user.pk).exists()


def test_whoever_may_not_publish_proposes_to_delete_what_the_public_sees() -> None:
    tie = builders.tie()
    helper = with_permissions("view_relationship", "delete_relationship")
    answers = [
        helper.post(asked(helper, tie), {"post": "yes"}),
        act(helper, "delete_selected", [tie], post="yes"),
    ]
    proposals = list(Proposal.objects.order_by("pk"))
    assert [answer["Location"] for answer in answers] == [
        f"/en/admin/friendship/proposal/{proposal.pk}/change/" for proposal in proposals
    ]
    changes = [change for proposal in proposals for change in proposal.changes]
    assert [(change["action"], change["pk"]) for change in changes] == [("delete", tie.pk)] * 2
    assert Relationship.objects.filter(pk=tie.pk).exists()


@pytest.mark.parametrize("action", ["delete_selected", "publish"])
def test_a_collision_in_the_database_is_told(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tie = builders.tie(review_state="draft")

    def collide(*_args: Any, **_options: Any) -> None:
        raise IntegrityError

    monkeypatch.setattr(Relationship, "save", collide)
    monkeypatch.setattr(Relationship, "delete", collide)
    response = act(at_the_desk("reviewer", "Reviewers"), action, [tie], post="yes")
    assert [message.rpartition(". ")[2] for message in said(response)] == [
        "Nothing was deleted." if action == "delete_selected" else "Nothing was saved."
    ]
