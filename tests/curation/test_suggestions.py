"""What the public suggests: kept once, closed once, forgotten in time."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone, translation

from friendship import curation, queries
from friendship.curation import suggestions
from friendship.enums import SuggestionState
from friendship.models import Suggestion
from tests import builders

pytestmark = pytest.mark.django_db

ANSWER = "See the Gazette."


@pytest.fixture
def editor() -> User:
    user = User.objects.create_user("editor", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


def new(**fields: object) -> Suggestion:
    known = {"place": builders.place("one"), "wrong": "a", "right": "b", "source": "c", "language": "en"}
    return Suggestion(**{**known, **fields})


# --- received ---------------------------------------------------------------------------------------------------------


def test_what_is_sent_twice_is_kept_once() -> None:
    first = suggestions.receive(new(token="abc"))
    assert suggestions.receive(new(token="abc")) == first
    other = suggestions.receive(new(token="abc", right="something else"))
    assert (other.token == "abc", len(other.token)) == (False, 23)
    assert Suggestion.objects.count() == 2


def test_what_is_sent_twice_at_the_same_moment_is_kept_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Suggestion.save

    def faster(self: Suggestion, **options: bool) -> None:
        monkeypatch.setattr(Suggestion, "save", plain)
        new(token="abc").save()
        raise IntegrityError

    monkeypatch.setattr(Suggestion, "save", faster)
    assert suggestions.receive(new(token="abc")) == Suggestion.objects.get()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"wrong": ""}, "wrong"),
        ({"wrong": "x" * 2001}, "wrong"),
        ({"email": "nobody"}, "email"),
        ({"place": None}, "__all__"),
    ],
)
def test_what_breaks_a_rule_is_not_kept(fields: dict[str, str], named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        suggestions.receive(new(**fields))
    assert list(refused.value.message_dict) == [named]
    assert not Suggestion.objects.exists()


# --- closed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["accepted", "answered", "declined"])
def test_it_is_closed_with_an_answer(editor: User, state: str) -> None:
    held = builders.suggestion(email="reader@example.org")
    before = timezone.now()
    suggestions.close(held, SuggestionState(state), actor=editor, answer=f" {ANSWER}\n")
    held.refresh_from_db()
    assert (held.state, held.answer, held.handled_by, held.is_open) == (state, ANSWER, editor, False)
    assert held.closed_at is not None
    assert before <= held.closed_at <= timezone.now()
    assert held.email == "reader@example.org"


def test_the_second_of_two_is_told_who_was_faster(editor: User) -> None:
    held = builders.suggestion()
    mine = Suggestion.objects.get(pk=held.pk)
    suggestions.close(held, SuggestionState.ACCEPTED, actor=editor, answer=ANSWER)
    with (
        translation.override("en"),
        pytest.raises(
            suggestions.AlreadyClosed,
            match=r"^editor closed this suggestion on .+: accepted\. Nothing was changed by you\.$",
        ),
    ):
        suggestions.close(mine, SuggestionState.DECLINED, actor=None, answer="No")
    held.refresh_from_db()
    assert (held.state, held.answer) == ("accepted", ANSWER)


def test_nobody_is_left_without_an_answer() -> None:
    held = builders.suggestion()
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        suggestions.close(held, SuggestionState.DECLINED, actor=None, answer=" ")
    assert refused.value.messages == ["Answer: say what became of the suggestion."]
    assert Suggestion.objects.get().is_open


def test_a_deleted_one_cannot_be_closed() -> None:
    held = builders.suggestion()
    suggestions.delete([Suggestion.objects.get()], actor=None)
    with translation.override("en"), pytest.raises(suggestions.AlreadyClosed, match="has been deleted since"):
        suggestions.close(held, SuggestionState.DECLINED, actor=None, answer="No")


def test_who_may_not_answer_neither_closes_nor_deletes() -> None:
    held, stranger = builders.suggestion(), User.objects.create_user("stranger", is_staff=True)
    with pytest.raises(PermissionDenied):
        suggestions.close(held, SuggestionState.DECLINED, actor=stranger, answer="No")
    with pytest.raises(PermissionDenied):
        suggestions.delete([held], actor=stranger)
    assert Suggestion.objects.get().is_open


def test_it_can_be_closed_after_its_record_was_deleted(editor: User) -> None:
    tie = builders.tie()
    held = builders.suggestion(tie)
    key = tie.pk
    curation.delete(tie, actor=None)
    suggestions.close(held, SuggestionState.ANSWERED, actor=editor, answer=ANSWER)
    held.refresh_from_db()
    assert (held.relationship_id, held.subject, held.state) == (key, None, "answered")


# --- waiting ----------------------------------------------------------------------------------------------------------


def test_those_that_wait_are_counted_the_oldest_first() -> None:
    now = timezone.now()
    young, old, closed = (
        builders.suggestion(created_at=now - datetime.timedelta(days=days), wrong=str(days)) for days in (1, 9, 5)
    )
    suggestions.close(closed, SuggestionState.DECLINED, actor=None, answer="No")
    assert list(queries.open_suggestions()) == [old, young]
    assert queries.open_suggestions().count() == 2


# --- forgotten --------------------------------------------------------------------------------------------------------


def test_addresses_are_wiped_180_days_after_closing() -> None:
    now = timezone.now()
    closed: dict[str, Any] = {"state": "declined", "answer": "No"}
    builders.suggestion(wrong="due", email="a@example.org", closed_at=now - datetime.timedelta(days=180), **closed)
    builders.suggestion(
        wrong="not yet", email="b@example.org", closed_at=now - datetime.timedelta(days=180, seconds=-1), **closed
    )
    builders.suggestion(wrong="without", closed_at=now - datetime.timedelta(days=500), **closed)
    builders.suggestion(wrong="open", email="c@example.org", created_at=now - datetime.timedelta(days=500))
    assert [suggestions.wipe(now), suggestions.wipe(now)] == [1, 0]
    held = dict(Suggestion.objects.values_list("wrong", "email"))
    assert held == {"due": "", "not yet": "b@example.org", "without": "", "open": "c@example.org"}
    wiped = Suggestion.objects.get(wrong="due")
    assert (wiped.wiped_at, wiped.right, wiped.answer) == (now, "1983", "No")
    assert Suggestion.objects.exclude(wiped_at=None).count() == 1


def test_an_address_is_masked() -> None:
    told = {"reader@example.org": "r•••@example.org", "a@b.cn": "a•••@b.cn", "": ""}
    assert {email: new(email=email).masked_email for email in told} == told
