"""Administrators look after people: roles, remits, passwords; and nobody becomes more than the one who acts."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import serializers
from django.core.exceptions import PermissionDenied
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from friendship.admin.accounts import PersonAdmin
from friendship.curation import accounts
from friendship.enums import Role
from friendship.models import AccessEvent, FailedLogin, Place, Policy, Remit
from tests import builders
from tests.admin.desk import act, at_the_desk, opened, problems, said, with_permissions

pytestmark = pytest.mark.django_db

PEOPLE = "/en/admin/auth/user/"
PASSWORD = "correct horse battery staple"


def person(name: str, group: str = "Editors", **fields: Any) -> User:
    user = User.objects.create_user(name, is_staff=True, **fields)
    user.groups.add(Group.objects.get(name=group))
    return user


def form(user: User) -> str:
    return f"{PEOPLE}{user.pk}/change/"


def logged() -> list[tuple[str, str, str, str]]:
    """The log, oldest first: what, whose, details, by whom."""
    events = AccessEvent.objects.order_by("id").select_related("by")
    return [(each.kind, each.name, each.detail, str(each.by or "")) for each in events]


@pytest.fixture
def administrator() -> Client:
    """Someone who looks after people, and has not all rights."""
    return at_the_desk("chief", "Administrators")


def test_an_administrator_adds_a_person_with_a_role_and_a_remit(administrator: Client) -> None:
    AccessEvent.objects.all().delete()
    mianyang = Place.objects.get(slug="mianyang")
    entries = opened(administrator, f"{PEOPLE}add/")
    assert set(entries) >= {"username", "first_name", "email", "role", "remit", "password1", "password2"}
    assert set(entries).isdisjoint({"is_superuser", "is_staff", "groups", "user_permissions"})
    entries |= {"username": "wangfang", "first_name": "王芳", "role": "Editors", "remit": mianyang.pk}
    administrator.post(f"{PEOPLE}add/", entries | {"password1": PASSWORD, "password2": PASSWORD})
    added = User.objects.get(username="wangfang")
    assert [group.name for group in added.groups.all()] == ["Editors"]
    assert (added.is_staff, added.is_superuser, added.remit.place) == (True, False, mianyang)
    assert added.check_password(PASSWORD)
    assert logged() == [
        ("added", "wangfang", "", "chief"),
        ("permission_given", "wangfang", "is_staff", "chief"),
        ("role_given", "wangfang", "Editors", "chief"),
        ("remit_changed", "wangfang", "mianyang", "chief"),
    ]


@pytest.mark.parametrize("password", ["12345678", "short", "wangfang", "password"])
def test_passwords_are_judged(administrator: Client, password: str) -> None:
    entries = opened(administrator, f"{PEOPLE}add/") | {"username": "wangfang", "role": "Editors"}
    response = administrator.post(f"{PEOPLE}add/", entries | {"password1": password, "password2": password})
    assert problems(response)
    assert not User.objects.filter(username="wangfang").exists()


def test_role_and_remit_are_changed_and_taken_away(administrator: Client) -> None:
    user = person("wangfang")
    Remit.objects.create(user=user, place=Place.objects.get(slug="mianyang"))
    AccessEvent.objects.all().delete()
    entries = opened(administrator, form(user))
    assert (entries["role"], entries["remit"]) == ("Editors", Place.objects.get(slug="mianyang").pk)
    administrator.post(form(user), entries | {"role": "Reviewers", "remit": ""})
    user = User.objects.get(pk=user.pk)
    assert ([group.name for group in user.groups.all()], hasattr(user, "remit")) == (["Reviewers"], False)
    assert logged() == [
        ("role_taken", "wangfang", "Editors", "chief"),
        ("role_given", "wangfang", "Reviewers", "chief"),
        ("remit_changed", "wangfang", "", "chief"),
    ]


def test_saving_without_a_change_notes_nothing(administrator: Client) -> None:
    user = person("wangfang")
    Remit.objects.create(user=user, place=Place.objects.get(slug="mianyang"))
    AccessEvent.objects.all().delete()
    administrator.post(form(user), opened(administrator, form(user)))
    assert logged() == []


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"role": "Administrators", "remit": "mianyang"}, "Remit: administrators have none."),
        ({"role": "Editors", "remit": "a-county"}, "Remit: choose a province or a city."),
        ({"role": "Kings"}, "Select a valid choice. Kings is not one of the available choices."),
        ({"remit": "x"}, "Select a valid choice. That choice is not one of the available choices."),
    ],
)
def test_what_does_not_fit_is_said(administrator: Client, entries: dict[str, Any], sentence: str) -> None:
    user = person("wangfang")
    county = builders.place("a-county", level="county", parent=Place.objects.get(slug="mianyang"))
    keys = {"mianyang": county.parent_id, "a-county": county.pk}
    if "remit" in entries:
        entries = {**entries, "remit": keys.get(entries["remit"], entries["remit"])}
    response = administrator.post(form(user), opened(administrator, form(user)) | entries)
    assert problems(response) == [sentence]


FORGED = {
    "is_superuser": "on",
    "is_staff": "on",
    "groups": "1",
    "user_permissions": "1",
    "password": "pbkdf2_sha256$1$x$x",
}


def test_a_tampered_form_makes_nobody_more(administrator: Client) -> None:
    user = person("wangfang")
    all_permissions = list(Permission.objects.values_list("pk", flat=True))
    entries = opened(administrator, form(user)) | FORGED | {"user_permissions": all_permissions}
    administrator.post(form(user), entries | {"groups": list(Group.objects.values_list("pk", flat=True))})
    user.refresh_from_db()
    assert (user.is_superuser, user.user_permissions.count(), user.groups.count()) == (False, 0, 1)
    assert not user.has_usable_password()


def test_nobody_changes_their_own_role_or_shuts_themselves_out(administrator: Client) -> None:
    chief = User.objects.get(username="chief")
    entries = opened(administrator, form(chief)) | FORGED
    response = administrator.post(form(chief), entries | {"role": "Editors"})
    assert problems(response) == ["Role: nobody changes their own. Ask another administrator."]
    entries.pop("is_active")
    assert problems(administrator.post(form(chief), entries)) == ["Active: you cannot switch your own account off."]
    chief.refresh_from_db()
    assert (chief.is_superuser, chief.is_active) == (False, True)
    with pytest.raises(PermissionDenied):
        accounts.set_role(chief, Role.EDITORS, actor=chief)


def test_an_account_that_may_do_more_is_shown_and_not_changed(administrator: Client) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    special = person("special")
    special.user_permissions.add(Permission.objects.get(codename="delete_user"))
    sleeping = User.objects.create_user("sleeping", is_active=False)
    sleeping.user_permissions.add(Permission.objects.get(codename="delete_user"))
    before = list(User.objects.order_by("pk").values())
    for above in (root, special, sleeping):
        page = administrator.get(form(above))
        shown = page.content.decode()
        assert (page.status_code, "_save" in shown, "/password/" in shown) == (200, False, False)
        entries = {"username": "mine", "role": "Editors", "is_active": "on"}
        assert administrator.post(form(above), entries).status_code == 403
        new = {"password1": "another long one", "password2": "another long one"}
        assert administrator.get(f"{PEOPLE}{above.pk}/password/").status_code == 403
        assert administrator.post(f"{PEOPLE}{above.pk}/password/", new).status_code == 403
        assert administrator.post(f"{PEOPLE}{above.pk}/delete/", {"post": "yes"}).status_code == 403
        for action in ("end_sessions", "reset_second_factor"):
            response = act(administrator, action, [above], PEOPLE)
            assert said(response)[-1:] == ["You cannot change an account that may do more than your own."]
        chief = User.objects.get(username="chief")
        with pytest.raises(PermissionDenied):
            accounts.set_remit(above, None, actor=chief)
        with pytest.raises(PermissionDenied):
            accounts.set_role(above, Role.EDITORS, actor=chief)
    assert list(User.objects.order_by("pk").values()) == before


def test_who_may_change_people_without_being_an_administrator_gives_no_more_than_they_have() -> None:
    user = person("wangfang")
    helper = with_permissions("view_user", "change_user")
    assert accounts.roles_to_give(User.objects.get(username="helper")) == []
    assert helper.post(form(user), {"username": "wangfang", "role": "Administrators"}).status_code == 403
    assert [group.name for group in user.groups.all()] == ["Editors"]


def test_a_role_is_given_only_by_who_may_do_all_that_it_may() -> None:
    user = person("wangfang")
    helper = User.objects.create_user("helper", is_staff=True)
    rights = Group.objects.get(name="Editors").permissions.all()
    helper.user_permissions.set([*rights, Permission.objects.get(codename="change_user")])
    assert accounts.roles_to_give(helper) == [Role.EDITORS]
    with pytest.raises(PermissionDenied, match="不能授予权限高于自己的角色"):
        accounts.set_role(user, Role.REVIEWERS, actor=helper)
    assert [group.name for group in user.groups.all()] == ["Editors"]
    accounts.set_role(user, None, actor=helper)
    assert list(user.groups.all()) == []


def test_an_account_that_was_raised_while_its_form_was_open_is_not_saved(
    administrator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = person("wangfang")
    entries = opened(administrator, form(user)) | {"first_name": "王芳"}
    monkeypatch.setattr(PersonAdmin, "has_change_permission", lambda *_asked: True)  # as it was a moment ago
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    assert administrator.post(form(user), entries).status_code == 403
    user.refresh_from_db()
    assert user.first_name == ""


def test_of_several_people_those_without_two_step_log_in_are_left_alone(administrator: Client) -> None:
    with_one, without = person("wangfang"), person("lina")
    TOTPDevice.objects.create(user=with_one, name="TOTP", confirmed=True)
    theirs = Client()
    theirs.force_login(without)
    response = act(administrator, "reset_second_factor", [with_one, without], PEOPLE)
    assert said(response) == ["Two-step log-in of 1 person was reset."]
    assert theirs.get("/en/admin/").status_code == 200  # their session goes on


@pytest.mark.parametrize("group", ["Editors", "Reviewers"])
def test_editors_and_reviewers_see_no_people_and_no_log(group: str) -> None:
    client = at_the_desk("someone", group)
    for address in (
        PEOPLE,
        f"{PEOPLE}add/",
        "/en/admin/auth/group/",
        *(f"/en/admin/friendship/{name}/" for name in LOGS),
    ):
        assert client.get(address).status_code == 403


LOGS = ("accessevent", "failedlogin", "policy")


def test_an_administrator_sets_a_password_and_ends_sessions(administrator: Client) -> None:
    user = person("wangfang")
    assert f"{PEOPLE}{user.pk}/password/" in administrator.get(form(user)).content.decode()
    theirs = Client()
    theirs.force_login(user)
    new = {"password1": "another long one", "password2": "another long one", "usable_password": "true"}
    administrator.post(f"{PEOPLE}{user.pk}/password/", new)
    assert theirs.get("/en/admin/").status_code == 302
    user.refresh_from_db()
    assert user.check_password("another long one")
    assert logged()[-1] == ("password_changed", "wangfang", "", "chief")

    theirs.force_login(user)
    response = act(administrator, "end_sessions", [user], PEOPLE)
    assert (said(response)[-1], theirs.get("/en/admin/").status_code) == ("1 session was ended.", 302)
    assert logged()[-1] == ("sessions_ended", "wangfang", "", "chief")


def test_an_administrator_resets_two_step_log_in(administrator: Client) -> None:
    user = person("wangfang")
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)
    response = act(administrator, "reset_second_factor", [user], PEOPLE)
    assert said(response) == ["Two-step log-in of 1 person was reset."]
    assert logged()[-1] == ("device_removed", "wangfang", "", "chief")
    assert TOTPDevice.objects.count() == 0


def test_an_account_is_switched_off(administrator: Client) -> None:
    user = person("wangfang")
    entries = opened(administrator, form(user))
    entries.pop("is_active")
    administrator.post(form(user), entries)
    user.refresh_from_db()
    assert (user.is_active, logged()[-1]) == (False, ("deactivated", "wangfang", "", "chief"))


def test_roles_are_read_by_administrators_and_changed_by_who_may_do_everything(administrator: Client) -> None:
    editors = Group.objects.get(name="Editors")
    where = f"/en/admin/auth/group/{editors.pk}/change/"
    page = administrator.get(where).content.decode()
    assert ("_save" in page, "change: city<br>" in page, "Can change" in page) == (False, True, False)
    assert administrator.post(where, {"name": "Kings"}).status_code == 403
    root = at_the_desk("root")
    page = root.get(where).content.decode()
    assert "change: city" in page
    assert "Can change" not in page
    entries = {"name": "Editors", "permissions": [Permission.objects.get(codename="view_city").pk]}
    AccessEvent.objects.all().delete()
    root.post(where, entries)
    taken = [entry for entry in logged() if entry[0] == "permission_taken"]
    assert ("permission_taken", "", "Editors, friendship.change_city", "root") in taken
    assert root.post(f"/en/admin/auth/group/{editors.pk}/delete/", {"post": "yes"}).status_code == 403


# --- the log ----------------------------------------------------------------------------------------------------------


def test_nobody_edits_the_log(administrator: Client) -> None:
    person("wangfang")
    entry = AccessEvent.objects.latest("id")
    for client in (administrator, at_the_desk("root")):
        where = f"/en/admin/friendship/accessevent/{entry.pk}"
        assert client.get("/en/admin/friendship/accessevent/").status_code == 200
        assert client.get(f"{where}/change/").status_code == 200
        assert client.post(f"{where}/change/", {"name": "x"}).status_code == 403
        assert client.post(f"{where}/delete/", {"post": "yes"}).status_code == 403
        assert client.get("/en/admin/friendship/accessevent/add/").status_code == 403
        act(client, "delete_selected", [entry], "/en/admin/friendship/accessevent/", post="yes")
    entry.refresh_from_db()
    assert entry.name == "wangfang"


def test_the_log_speaks_in_words(administrator: Client) -> None:
    user = person("wangfang")
    user.user_permissions.add(Permission.objects.get(codename="change_city"))
    Policy.objects.get_or_create(pk=1)
    policy = Policy.objects.get()
    policy.two_factor = True
    policy.save()
    administrator.get("/admin/account/", follow=True)
    policy.two_factor = False
    policy.save()
    page = administrator.get("/admin/friendship/accessevent/").content.decode()
    for words in ("授予角色", "编辑人员", "授予权限", "修改：城市", "修改工作规则", "：是"):
        assert words in page, words


def test_whatever_changes_an_account_stands_in_the_log() -> None:
    AccessEvent.objects.all().delete()
    user = User.objects.create_user("wangfang", password=PASSWORD)
    user.email, user.is_staff = "w@example.org", True
    user.save()
    Group.objects.get(name="Editors").user_set.add(user)
    user.groups.clear()
    user.is_superuser = True
    user.save()
    user.set_password("another")
    user.save()
    user.groups.add(other := Group.objects.create(name="Others"))
    other.delete()
    user.delete()
    assert logged() == [
        ("added", "wangfang", "", ""),
        ("changed", "wangfang", "email", ""),
        ("permission_given", "wangfang", "is_staff", ""),
        ("role_given", "wangfang", "Editors", ""),
        ("role_taken", "wangfang", "Editors", ""),
        ("permission_given", "wangfang", "is_superuser", ""),
        ("password_changed", "wangfang", "", ""),
        ("role_given", "wangfang", "Others", ""),
        ("role_taken", "wangfang", "Others", ""),
        ("deleted", "wangfang", "", ""),
    ]


def test_permissions_are_noted_whichever_side_they_are_given_from() -> None:
    right = Permission.objects.get(codename="view_city")
    user, group = person("wangfang"), Group.objects.create(name="Others")
    session = Client()
    session.force_login(user)
    AccessEvent.objects.all().delete()
    right.user_set.add(user)
    assert session.get("/en/admin/").status_code == 302  # logged in anew, with the new right
    right.group_set.add(group)
    right.group_set.remove(group)
    user.user_permissions.clear()
    assert logged() == [
        ("permission_given", "wangfang", "friendship.view_city", ""),
        ("permission_given", "", "Others, friendship.view_city", ""),
        ("permission_taken", "", "Others, friendship.view_city", ""),
        ("permission_taken", "wangfang", "friendship.view_city", ""),
    ]


def test_what_is_loaded_from_a_dump_is_not_noted() -> None:
    user = person("wangfang")
    remit = Remit.objects.create(user=user, place=Place.objects.get(slug="mianyang"))
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)
    dump = serializers.serialize("json", [user, remit, Policy.objects.get(pk=1), TOTPDevice.objects.get()])
    AccessEvent.objects.all().delete()
    for row in serializers.deserialize("json", dump):
        row.save()
    assert logged() == []


def test_rules_that_stay_as_they_are_are_not_noted() -> None:
    AccessEvent.objects.all().delete()
    policy = Policy.objects.get(pk=1)
    policy.save()
    policy.two_factor = True
    policy.save()
    assert logged() == [("policy_changed", "", "two_factor=True", "")]


def test_an_account_with_remit_and_device_is_deleted_and_its_entries_stay() -> None:
    user = person("wangfang")
    Remit.objects.create(user=user, place=Place.objects.get(slug="mianyang"))
    TOTPDevice.objects.create(user=user, name="TOTP", confirmed=True)
    at_the_desk("root").post(f"{PEOPLE}{user.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(username="wangfang").exists()
    assert logged()[-1] == ("deleted", "wangfang", "", "root")
    assert ("remit_changed", "wangfang", "mianyang", "") in logged()


# --- locks ------------------------------------------------------------------------------------------------------------


def test_an_administrator_releases_a_lock(administrator: Client) -> None:
    User.objects.create_user("wangfang", password=PASSWORD, is_staff=True)
    client = Client(REMOTE_ADDR="192.0.2.1")
    for _time in range(5):
        client.post("/en/admin/login/", {"username": "wangfang", "password": "wrong"})
    page = administrator.get("/en/admin/friendship/failedlogin/").content.decode()
    assert "wangfang" in page
    assert "192.0.2.1" in page
    response = act(administrator, "release", list(FailedLogin.objects.all()), "/en/admin/friendship/failedlogin/")
    assert (said(response), logged()[-1]) == (["1 entry was removed."], ("released", "wangfang", "192.0.2.1", "chief"))
    answer = client.post("/en/admin/login/", {"username": "wangfang", "password": PASSWORD, "next": "/en/admin/"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "auth/user/abc/change/",
        "auth/user/99999999999999999999/change/",
        "auth/user/abc/password/",
        "friendship/accessevent/abc/change/",
        "friendship/accessevent/99999999999999999999/change/",
        "auth/user/?q=%00",
        "auth/user/?groups__id__exact=abc",
        "friendship/accessevent/?q=%00",
        "friendship/accessevent/?kind__exact=%00",
        "friendship/failedlogin/?q=%00",
        "friendship/failedlogin/?username=%00",
        "auth/user/?role=%00",
        "auth/user/?username=%00",
        "auth/group/?q=%00",
        "auth/group/?name=%00",
        "auth/user/%00/change/",
        "auth/user/%00/password/",
        "friendship/accessevent/%00/change/",
        "friendship/accessevent/?at__gte=nonsense",
        "account/set-up/?next=%00",
        "account/?x=%00",
    ],
)
def test_odd_addresses_are_no_failure(address: str) -> None:
    assert at_the_desk("root").get(f"/en/admin/{address}").status_code in {200, 302, 400, 404}
