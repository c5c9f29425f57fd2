"""Reviewers decide what the public sees; editors cannot, by no way."""

from __future__ import annotations

from typing import Any

import pytest

from friendship import curation
from friendship.models import Relationship
from tests import builders
from tests.admin.desk import RELATIONSHIPS, act, at_the_desk, opened, said

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    """The review states of the ties of One."""
    return list(Relationship.objects.filter(home__slug="one").order_by("pk").values_list("review_state", flat=True))


def offered(client: object, address: str = RELATIONSHIPS) -> list[str]:
    """The actions that a list offers."""
    context = client.get(address).context  # type: ignore[attr-defined]
    form = context["action_form"]
    return [name for name, _label in form.fields["action"].choices if name] if form else []


def test_reviewer_publishes_and_withdraws_in_bulk() -> None:
    reviewer = at_the_desk("reviewer", "Reviewers")
    rows = [*builders.ties(2, review_state="draft"), builders.tie(partner=builders.place("last"))]
    assert offered(reviewer)[:3] == ["delete_selected", "publish", "unpublish"]

    assert said(act(reviewer, "publish", rows)) == ["2 relationships published."]
    assert states() == ["published"] * 3
    assert [str(row.history.first().history_user) for row in rows[:2]] == ["reviewer", "reviewer"]

    assert said(act(reviewer, "unpublish", rows[:1]))[-1:] == ["1 relationship unpublished."]
    assert states() == ["draft", "published", "published"]


@pytest.mark.parametrize(("action", "state"), [("publish", "draft"), ("unpublish", "published")])
def test_what_was_changed_meanwhile_stays_as_the_public_sees_it(
    action: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_late(*_args: Any, **_kwargs: Any) -> int:
        raise curation.StaleVersion("Someone changed it.")

    rows = builders.ties(2, review_state=state)
    monkeypatch.setattr(curation, action, is_late)
    assert said(act(at_the_desk("reviewer", "Reviewers"), action, rows)) == ["Someone changed it."]
    assert states() == [state, state]


def test_reviewer_publishes_by_the_form() -> None:
    tie = builders.tie(review_state="draft")
    reviewer = at_the_desk("reviewer", "Reviewers")
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    reviewer.post(address, opened(reviewer, address) | {"review_state": "published"})
    assert states() == ["published"]


def test_an_editors_form_does_not_let_publish() -> None:
    tie = builders.tie(review_state="draft")
    editor = at_the_desk("editor", "Editors")
    address = f"{RELATIONSHIPS}{tie.pk}/change/"
    entries = opened(editor, address)
    assert "review_state" not in entries
    editor.post(address, entries | {"review_state": "published", "note_en": "changed"})
    tie.refresh_from_db()
    assert (tie.note_en, tie.review_state) == ("changed", "draft")


def test_an_editor_who_adds_a_tie_adds_a_draft() -> None:
    editor = at_the_desk("editor", "Editors")
    entries = opened(editor, f"{RELATIONSHIPS}add/") | {"type": "sister", "review_state": "published"}
    entries |= {"home": builders.place("one").pk, "partner": builders.place("two").pk}
    editor.post(f"{RELATIONSHIPS}add/", entries)
    assert states() == ["draft"]


@pytest.mark.parametrize(("action", "state"), [("publish", "draft"), ("unpublish", "published")])
def test_an_editor_is_not_offered_the_actions_and_a_forged_request_is_refused(action: str, state: str) -> None:
    tie = builders.tie(review_state=state)
    editor = at_the_desk("editor", "Editors")
    assert action not in offered(editor)
    act(editor, action, [tie])
    assert states() == [state]


@pytest.mark.usefixtures("no_review")
def test_only_reviewers_delete_ties() -> None:
    rows = builders.ties(2)
    act(at_the_desk("editor", "Editors"), "delete_selected", rows, post="yes")
    assert states() == ["published", "published"]
    response = act(at_the_desk("reviewer", "Reviewers"), "delete_selected", rows, post="yes")
    assert said(response) == ["Successfully deleted 2 relationships."]
    assert states() == []
    deletions = Relationship.history.filter(history_type="-")
    assert {str(entry.history_user) for entry in deletions} == {"reviewer"}


@pytest.mark.parametrize(("state", "link"), [("published", True), ("draft", False)])
def test_only_a_published_tie_links_to_its_public_page(state: str, link: bool) -> None:
    tie = builders.tie(review_state=state)
    page = at_the_desk("root").get(f"{RELATIONSHIPS}{tie.pk}/change/").content.decode()
    assert (f'href="/en/relationships/{tie.pk}/"' in page) is link
