"""What happens to accounts: who is logged out by it, and what the log says of whom, by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings
from simple_history.models import HistoricalRecords

from friendship.curation.access import note
from friendship.enums import AccessKind
from friendship.models import AccessEvent, Place, Policy, Remit

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    """A million rounds for each password would take a minute in all."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def user() -> User:
    """A member of a group of their own, with a right of their own."""
    user = User.objects.create_user("wangfang", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.create(name="Others"))
    user.user_permissions.add(right("view_city"))
    AccessEvent.objects.all().delete()
    return user


def right(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


def logged() -> list[tuple[str, str, str]]:
    """The log, oldest first: what, whose, details."""
    return list(AccessEvent.objects.order_by("id").values_list("kind", "name", "detail"))


def logged_in(user: User) -> str:
    """The session of another browser of theirs."""
    client = Client()
    client.force_login(user)
    AccessEvent.objects.all().delete()
    return str(client.session.session_key)


@contextmanager
def at_work(user: Any, session: str | None = None, address: str = "192.0.2.1") -> Iterator[None]:
    """A request of this person, in whose midst the register is."""
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user, request.session = user, SessionStore(session)
    HistoricalRecords.context.request = request
    try:
        yield
    finally:
        del HistoricalRecords.context.request


def open_sessions() -> set[str]:
    return set(Session.objects.values_list("session_key", flat=True))


def another_password(user: User) -> None:
    user.set_password("another")
    user.save()


def all_rights(user: User) -> None:
    user.is_superuser = True
    user.save()


#: After each of these the person logs in anew, but for the browser in which they did it themselves.
CHANGES: dict[str, Callable[[User], Any]] = {
    "another password": another_password,
    "all rights": all_rights,
    "a role": lambda user: user.groups.add(Group.objects.get(name="Editors")),
    "a role, from the side of the role": lambda user: Group.objects.get(name="Editors").user_set.set([user]),
    "no role any more": lambda user: user.groups.clear(),
    "a role that goes": lambda _user: Group.objects.get(name="Others").delete(),
    "a right": lambda user: user.user_permissions.add(right("change_city")),
    "no right any more": lambda user: user.user_permissions.clear(),
    "a right taken away": lambda _user: right("view_city").user_set.set([]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_who_changes_their_own_account_stays_logged_in_there_and_nowhere_else(what: str, user: User) -> None:
    here, _elsewhere, other = logged_in(user), logged_in(user), logged_in(User.objects.create_user("lina"))
    with at_work(user, here):
        CHANGES[what](user)
    assert open_sessions() == {here, other}


@pytest.mark.parametrize("what", CHANGES)
def test_whose_account_somebody_else_changes_is_logged_out_everywhere(what: str, user: User) -> None:
    chief = User.objects.create_superuser("chief")
    theirs = logged_in(chief)
    logged_in(user), logged_in(user)
    with at_work(chief, theirs):
        CHANGES[what](user)
    assert open_sessions() == {theirs}


@pytest.mark.parametrize("what", CHANGES)
def test_whose_account_a_command_changes_is_logged_out_everywhere(what: str, user: User) -> None:
    logged_in(user)
    CHANGES[what](user)
    assert open_sessions() == set()


@pytest.mark.parametrize("end", [lambda user: user.delete(), lambda user: save(user, is_active=False)])
def test_an_account_that_is_no_more_is_logged_in_nowhere(end: Callable[[User], Any], user: User) -> None:
    here = logged_in(user)
    with at_work(user, here):
        end(user)
    assert open_sessions() == set()


def save(user: User, *, only: list[str] | None = None, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=only)


def test_what_changes_no_right_logs_nobody_out(user: User) -> None:
    here = logged_in(user)
    save(user, username="fang", first_name="芳", last_name="王", email="f@example.org")
    user.groups.add(Group.objects.get(name="Others"))  # which they are in already
    Group.objects.get(name="Others").permissions.add(right("change_city"))
    User.objects.create_user("lina").groups.clear()
    assert open_sessions() == {here}


def test_the_log_names_each_entry_that_has_changed(user: User) -> None:
    save(user, username="fang", first_name="芳", last_name="王", email="f@example.org")
    save(user, first_name="方")
    assert logged() == [
        ("changed", "fang", "username, first_name, last_name, email"),
        ("changed", "fang", "first_name"),
    ]


def test_rights_are_noted_with_a_new_account_and_when_they_go(user: User) -> None:
    root = User.objects.create_superuser("root")
    save(root, is_superuser=False, is_staff=False)
    save(root, is_active=False)
    save(root, is_active=True)
    assert logged() == [
        ("added", "root", ""),
        ("permission_given", "root", "is_staff"),
        ("permission_given", "root", "is_superuser"),
        ("permission_taken", "root", "is_staff"),
        ("permission_taken", "root", "is_superuser"),
        ("deactivated", "root", ""),
        ("activated", "root", ""),
    ]


def test_only_what_is_saved_is_noted_and_once(user: User) -> None:
    save(user, only=["email"], email="f@example.org")
    save(user, only=["last_login"], email="unsaved@example.org")
    assert logged() == [("changed", "wangfang", "email")]


def test_an_account_that_is_written_without_being_read_is_noted_as_well(user: User) -> None:
    User(pk=user.pk, username="wangfang", password=user.password, is_staff=True, is_superuser=True).save()
    assert logged() == [("permission_given", "wangfang", "is_superuser")]


def test_a_stronger_hash_of_the_same_password_is_no_other_password(user: User) -> None:
    here = logged_in(user)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    assert (logged(), open_sessions()) == ([], {here})
    user.set_password("another")
    user.save(update_fields=["password", "email"])
    assert (logged(), open_sessions()) == ([("password_changed", "wangfang", "")], set())


def test_the_log_says_who_did_it_and_from_where(user: User) -> None:
    chief = User.objects.create_superuser("chief")
    AccessEvent.objects.all().delete()
    for actor in (chief, user, AnonymousUser()):
        with at_work(actor):
            save(user, email=f"{actor}@example.org")
    save(user, email="nobody@example.org")
    events = AccessEvent.objects.order_by("id").values_list("user", "by", "address")
    assert list(events) == [
        (user.pk, chief.pk, "192.0.2.1"),
        (user.pk, None, "192.0.2.1"),
        (user.pk, None, "192.0.2.1"),
        (user.pk, None, None),
    ]


def test_who_has_been_deleted_meanwhile_is_named_by_no_key(user: User) -> None:
    chief = User.objects.create_superuser("chief")
    seen = User.objects.get(pk=chief.pk)
    chief.delete()
    with at_work(seen):
        note(AccessKind.LOGIN, user)
        note(AccessKind.LOGOUT, chief)
    login, logout = AccessEvent.objects.order_by("-id")[:2][::-1]
    assert (login.user, login.by) == (user, None)
    assert (logout.user, logout.name) == (None, "chief")


def test_the_log_keeps_as_much_as_its_columns_hold() -> None:
    note(AccessKind.LOGIN, None, name="n" * 151, detail="d" * 301)
    entry = AccessEvent.objects.get(name__startswith="n")
    assert (entry.name, entry.detail, entry.user) == ("n" * 150, "d" * 300, None)


def test_roles_and_rights_are_noted_from_the_other_side_too(user: User) -> None:
    group = Group.objects.get(name="Others")
    other = User.objects.create_user("lina")
    AccessEvent.objects.all().delete()
    group.user_set.add(user, other)  # one of them is in it already
    group.user_set.clear()
    right("view_city").user_set.clear()
    group.permissions.add(right("change_city"))
    right("change_city").group_set.clear()
    taken = logged()[1:3]
    assert logged()[0] == ("role_given", "lina", "Others")
    assert sorted(taken) == [("role_taken", "lina", "Others"), ("role_taken", "wangfang", "Others")]
    told = [entry for entry in logged()[3:] if entry[1] or entry[2].startswith("Others")]
    assert told == [
        ("permission_taken", "wangfang", "friendship.view_city"),
        ("permission_given", "", "Others, friendship.change_city"),
        ("permission_taken", "", "Others, friendship.change_city"),
    ]


def test_remits_and_devices_are_noted_but_not_when_their_account_goes(user: User) -> None:
    other = User.objects.create_user("lina")
    AccessEvent.objects.all().delete()
    for person in (user, other):
        Remit.objects.create(user=person, place=Place.objects.get(slug="mianyang"))
        TOTPDevice.objects.create(user=person, name="TOTP", confirmed=True).save()
        TOTPDevice.objects.create(user=person, name="TOTP", confirmed=False)
    had = [("remit_changed", "mianyang"), ("device_set", "")]
    assert logged() == [(kind, name, detail) for name in ("wangfang", "lina") for kind, detail in had]
    AccessEvent.objects.all().delete()
    Remit.objects.filter(user=user).delete()
    TOTPDevice.objects.filter(user=user).delete()
    assert logged() == [("remit_changed", "wangfang", ""), ("device_removed", "wangfang", "")]
    AccessEvent.objects.all().delete()
    user.delete()
    User.objects.filter(username="lina").delete()
    assert logged() == [("deleted", "wangfang", ""), ("deleted", "lina", "")]


def test_the_log_says_what_the_rules_of_the_office_are_now() -> None:
    AccessEvent.objects.all().delete()
    policy = Policy.objects.get(pk=1)
    policy.own_changes, policy.two_factor = "always", True
    policy.save()
    policy.two_factor = False
    policy.save()
    policy.delete()
    Policy(pk=1, two_factor=True).save()
    assert logged() == [
        ("policy_changed", "", "own_changes=always, two_factor=True"),
        ("policy_changed", "", "two_factor=False"),
        ("policy_changed", "", "two_factor=True"),
    ]
