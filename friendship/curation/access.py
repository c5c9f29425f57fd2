"""The access log: what happens to accounts is noted by Django's signals, so that no way of changing them escapes.

``watch`` connects them. Whatever a change was made by, a form, a command or a line in a shell, it stands in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice
from simple_history.models import HistoricalRecords

from friendship.addresses import address
from friendship.curation.sessions import begin, end_sessions
from friendship.enums import AccessKind
from friendship.models import AccessEvent, Policy, Remit

_WATCHED = ("username", "first_name", "last_name", "email")
_RIGHTS = ("is_staff", "is_superuser")
_RULES = ("own_changes", "two_factor")


def note(kind: AccessKind, user: User | None, *, detail: str = "", name: str = "") -> None:
    """Write one entry, with who is at work and from where, as far as a request tells."""
    request = current_request()
    AccessEvent.objects.create(
        kind=kind,
        user=user if user is not None and user.pk else None,
        name=(user.get_username() if user is not None else name)[:150],
        detail=detail[:300],
        address=address(request) if request is not None else None,
        by=_someone_else(request, user),
    )


def current_request() -> HttpRequest | None:
    """The request at work in this thread, if any."""
    return getattr(HistoricalRecords.context, "request", None)


def _someone_else(request: HttpRequest | None, user: User | None) -> User | None:
    actor = getattr(request, "user", None)
    if actor is None or not actor.is_authenticated or (user is not None and actor.pk == user.pk):
        return None
    return User.objects.filter(pk=actor.pk).first()  # the request's own is lazy, and may have been deleted meanwhile


def _own_session(user: User) -> str | None:
    """The session of the request at work, where it is the user's: who changes their own account stays logged in."""
    request = current_request()
    own = request is not None and getattr(request.user, "pk", None) == user.pk
    return request.session.session_key if own and request is not None else None


# --- logging in and out -----------------------------------------------------------------------------------------------


def _logged_in(request: HttpRequest | None, user: User, **_more: Any) -> None:
    if request is not None and hasattr(request, "session"):
        begin(request.session)
    with_code = TOTPDevice.objects.filter(user=user, confirmed=True).exists()
    note(AccessKind.PASSWORD_ACCEPTED if with_code else AccessKind.LOGIN, user)


def _logged_out(user: User | None, **_more: Any) -> None:
    if user is not None:
        note(AccessKind.LOGOUT, user)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    if getattr(request, "axes_locked_out", False):
        return  # that it is locked stands in the log already: whoever goes on trying does not fill it
    note(AccessKind.FAILED, User.objects.filter(username=credentials.get("username")).first())


def _locked(request: HttpRequest, username: str, **_more: Any) -> None:
    if request.axes_failures_since_start is not None:  # type: ignore[attr-defined] # else it was locked before
        note(AccessKind.LOCKED, User.objects.filter(username=username).first())


# --- accounts ---------------------------------------------------------------------------------------------------------


def _before_account(instance: User, update_fields: frozenset[str] | None, **_more: Any) -> None:
    columns = ("password", "is_active", *_RIGHTS, *_WATCHED)
    instance._held = None  # type: ignore[attr-defined]
    if update_fields is not None and not set(columns) & update_fields:
        return
    instance._held = User.objects.filter(pk=instance.pk).values(*columns).first()  # type: ignore[attr-defined]


def _after_account(
    instance: User, created: bool, raw: bool, update_fields: frozenset[str] | None, **_more: Any
) -> None:
    if raw:
        return
    if created:
        note(AccessKind.ADDED, instance)
        _note_rights(instance, {}, instance)
    elif held := instance._held:  # type: ignore[attr-defined]
        _note_changes(instance, held, update_fields)


def _note_changes(user: User, held: dict[str, Any], update_fields: frozenset[str] | None) -> None:
    if changed := [name for name in _WATCHED if getattr(user, name) != held[name]]:
        note(AccessKind.CHANGED, user, detail=", ".join(changed))
    if user.password != held["password"] and update_fields != frozenset(
        {"password"}
    ):  # a stronger hash of the same password
        note(AccessKind.PASSWORD_CHANGED, user)
        end_sessions(user, but=_own_session(user))
    if user.is_active != held["is_active"]:
        note(AccessKind.ACTIVATED if user.is_active else AccessKind.DEACTIVATED, user)
        end_sessions(user)
    if _note_rights(user, held, user):
        end_sessions(user, but=_own_session(user))


def _note_rights(user: User, held: dict[str, Any], now: User) -> bool:
    changed = [name for name in _RIGHTS if getattr(now, name) != held.get(name, False)]
    for name in changed:
        given = getattr(now, name)
        note(AccessKind.PERMISSION_GIVEN if given else AccessKind.PERMISSION_TAKEN, user, detail=name)
    return bool(changed)


def _account_deleted(instance: User, **_more: Any) -> None:
    note(AccessKind.DELETED, None, name=instance.get_username())
    end_sessions(instance)


# --- roles and permissions --------------------------------------------------------------------------------------------

_GIVEN = {"post_add": True, "post_remove": False, "pre_clear": False}


def _roles_changed(instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_more: Any) -> None:
    if action not in _GIVEN:
        return
    if reverse:
        groups, users = [instance], _chosen(instance.user_set, User, pk_set)
    else:
        groups, users = _chosen(instance.groups, Group, pk_set), [instance]
    for user in users:
        for group in groups:
            note(AccessKind.ROLE_GIVEN if _GIVEN[action] else AccessKind.ROLE_TAKEN, user, detail=group.name)
        if groups:
            end_sessions(user, but=_own_session(user))


def _permissions_changed(
    instance: Any, action: str, reverse: bool, model: type[Model], pk_set: set[int] | None, **_more: Any
) -> None:
    """Permissions of one person, or of a group and so of everybody in it."""
    if action not in _GIVEN:
        return
    kind = AccessKind.PERMISSION_GIVEN if _GIVEN[action] else AccessKind.PERMISSION_TAKEN
    if not reverse:
        held = instance.permissions if isinstance(instance, Group) else instance.user_permissions
        _note_permissions(kind, instance, _chosen(held, Permission, pk_set))
        return
    for holder in _chosen(instance.group_set if model is Group else instance.user_set, model, pk_set):
        _note_permissions(kind, holder, [instance])


def _note_permissions(kind: AccessKind, holder: Any, permissions: Iterable[Permission]) -> None:
    names = [f"{each.content_type.app_label}.{each.codename}" for each in permissions]
    person = holder if isinstance(holder, User) else None
    for name in names:
        note(kind, person, detail=name if person else f"{holder.name}, {name}")
    if person is not None and names:
        end_sessions(person, but=_own_session(person))


def _group_deleted(instance: Group, **_more: Any) -> None:
    """The database takes the role away from everybody who has it, without another signal."""
    for user in list(instance.user_set.all()):
        note(AccessKind.ROLE_TAKEN, user, detail=instance.name)
        end_sessions(user, but=_own_session(user))


def _chosen(related: Any, model: type[Model], pk_set: set[int] | None) -> list[Any]:
    """The rows of the signal; those that are about to go where everything goes at once."""
    return list(related.all() if pk_set is None else model._default_manager.filter(pk__in=pk_set))


# --- remits and second factors ----------------------------------------------------------------------------------------


def _remit_saved(instance: Remit, raw: bool, **_more: Any) -> None:
    if not raw:
        note(AccessKind.REMIT_CHANGED, instance.user, detail=instance.place.slug)


def _remit_deleted(instance: Remit, origin: Any = None, **_more: Any) -> None:
    if not _goes_with(origin):
        note(AccessKind.REMIT_CHANGED, instance.user)


def _before_policy(instance: Policy, **_more: Any) -> None:
    instance._held = Policy.objects.filter(pk=instance.pk).first()  # type: ignore[attr-defined]


def _after_policy(instance: Policy, raw: bool, **_more: Any) -> None:
    if raw:
        return
    held = instance._held or Policy()  # type: ignore[attr-defined]
    rules = [name for name in _RULES if getattr(instance, name) != getattr(held, name)]
    if rules:
        said = ", ".join(f"{name}={getattr(instance, name)}" for name in rules)
        note(AccessKind.POLICY_CHANGED, None, detail=said)


def _device_saved(instance: TOTPDevice, created: bool, raw: bool, **_more: Any) -> None:
    if created and instance.confirmed and not raw:
        note(AccessKind.DEVICE_SET, instance.user)


def _device_deleted(instance: TOTPDevice, origin: Any = None, **_more: Any) -> None:
    if instance.confirmed and not _goes_with(origin):
        note(AccessKind.DEVICE_REMOVED, instance.user)


def _goes_with(origin: Any) -> bool:
    """Whether a row goes because its account goes, which has its own entry."""
    return User in (type(origin), getattr(origin, "model", None))


def watch() -> None:
    """Connect the signals; once, when the program starts."""
    user_logged_in.connect(_logged_in)
    user_logged_out.connect(_logged_out)
    user_login_failed.connect(_failed)
    user_locked_out.connect(_locked)
    pre_save.connect(_before_account, sender=User)
    post_save.connect(_after_account, sender=User)
    post_delete.connect(_account_deleted, sender=User)
    m2m_changed.connect(_roles_changed, sender=User.groups.through)
    m2m_changed.connect(_permissions_changed, sender=User.user_permissions.through)
    m2m_changed.connect(_permissions_changed, sender=Group.permissions.through)
    pre_delete.connect(_group_deleted, sender=Group)
    post_save.connect(_remit_saved, sender=Remit)
    post_delete.connect(_remit_deleted, sender=Remit)
    pre_save.connect(_before_policy, sender=Policy)
    post_save.connect(_after_policy, sender=Policy)
    post_save.connect(_device_saved, sender=TOTPDevice)
    post_delete.connect(_device_deleted, sender=TOTPDevice)
