"""Accepting what the audit finds: with a reason, by those who may, and back again."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import translation

from friendship import auditing
from friendship.curation.auditing import accept, may_accept, take_back
from friendship.models import AcceptedFinding, Place, Remit
from tests import builders
from tests.auditing.faults import abroad, finding, open_subjects

pytestmark = pytest.mark.django_db


def member(name: str, group: str) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


def planted() -> tuple[auditing.Rule, auditing.Finding]:
    tie = builders.tie(builders.place("one"), abroad("two", level="province"))
    rule = auditing.rule("levels-differ")
    assert rule
    return rule, finding(rule.code, f"relationship/{tie.pk}")


def test_who_accepted_it_and_why_is_kept() -> None:
    rule, found = planted()
    reviewer = member("reviewer", "Reviewers")
    row = accept(rule, found, "  The sources say so. ", actor=reviewer)
    row.refresh_from_db()
    assert (row.reason, row.accepted_by, row.fingerprint) == ("The sources say so.", reviewer, found.fingerprint)


def test_accepted_again_on_other_facts_it_is_still_one_row() -> None:
    rule, found = planted()
    accept(rule, found, "First.", actor=None)
    other = auditing.Finding(found.subject, ("other",), "")
    accept(rule, other, "Second.", actor=None)
    [row] = AcceptedFinding.objects.filter(subject=found.subject)
    assert (row.reason, row.fingerprint) == ("Second.", other.fingerprint)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_is_accepted(reason: str) -> None:
    rule, found = planted()
    with translation.override("en"), pytest.raises(ValidationError):
        accept(rule, found, reason, actor=None)
    assert found.subject in open_subjects(rule.code)


def test_an_editor_accepts_nothing_and_takes_nothing_back() -> None:
    rule, found = planted()
    editor = member("editor", "Editors")
    with pytest.raises(PermissionDenied):
        accept(rule, found, "So it is.", actor=editor)
    row = accept(rule, found, "So it is.", actor=None)
    with pytest.raises(PermissionDenied):
        take_back(row, actor=editor)
    assert (may_accept(editor), AcceptedFinding.objects.filter(pk=row.pk).exists()) == (False, True)


def test_who_is_not_logged_in_accepts_nothing_and_the_program_itself_may() -> None:
    rule, found = planted()
    with translation.override("en"), pytest.raises(PermissionDenied, match=r"^Only reviewers accept what the audit"):
        accept(rule, found, "So it is.", actor=AnonymousUser())
    assert (may_accept(AnonymousUser()), may_accept(None)) == (False, True)
    assert accept(rule, found, "So it is.", actor=None).accepted_by is None


def test_to_accept_and_to_take_back_are_two_rights() -> None:
    rule, found = planted()
    users = [User.objects.create_user(action, is_staff=True) for action in ("add", "delete")]
    for user in users:
        user.user_permissions.add(Permission.objects.get(codename=f"{user.username}_acceptedfinding"))
    accepts, takes_back = users
    assert (may_accept(accepts), may_accept(takes_back)) == (True, False)
    with pytest.raises(PermissionDenied):
        accept(rule, found, "So it is.", actor=takes_back)
    row = accept(rule, found, "So it is.", actor=accepts)
    with pytest.raises(PermissionDenied):
        take_back(row, actor=accepts)
    take_back(row, actor=takes_back)
    assert found.subject in open_subjects(rule.code)


def test_taken_back_it_is_open_again() -> None:
    rule, found = planted()
    reviewer = member("reviewer", "Reviewers")
    take_back(accept(rule, found, "So it is.", actor=reviewer), actor=reviewer)
    assert found.subject in open_subjects(rule.code)


def test_beyond_a_remit_nothing_is_decided() -> None:
    rule, found = planted()
    reviewer = member("reviewer", "Reviewers")
    Remit.objects.create(user=reviewer, place=Place.objects.get(slug="mianyang"))
    with translation.override("en"), pytest.raises(PermissionDenied, match="beyond your remit"):
        accept(rule, found, "So it is.", actor=reviewer)
    row = accept(rule, found, "So it is.", actor=None)
    with translation.override("en"), pytest.raises(PermissionDenied, match="beyond your remit"):
        take_back(row, actor=reviewer)
