"""Accounts of staff: roles, remits and second factors, each change guarded; the access log notes them by itself."""

from __future__ import annotations

import time
from collections.abc import Iterable

from axes.models import AccessAttempt
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp import verify_token
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from friendship.curation.access import note
from friendship.curation.sessions import end_sessions
from friendship.enums import AccessKind, Role
from friendship.models import Place, Remit
from friendship.queries.accounts import device_of
from friendship.queries.rights import Person

RECOVERY_CODES = 10
_TOLERANCE = 1  # a code of half a minute ago or ahead is still right, as django-otp's devices have it
_DIGITS = 6

# --- who may change whom ----------------------------------------------------------------------------------------------


def may_manage(actor: Person, user: User) -> bool:
    """Whether the actor may change that account: nobody changes one that may do more than themselves.

    Whoever sets a person's password can act as that person.
    """
    if actor is None or actor.is_superuser:
        return True
    held = _all_rights(actor)
    if "auth.change_user" not in held or user.is_superuser:
        return False
    return user._state.adding or _rights_given_to(user) <= held


def roles_to_give(actor: Person) -> list[Role]:
    """The roles that the actor may give to others: those that may do nothing that the actor may not do."""
    if actor is None or actor.is_superuser:
        return list(Role)
    held = _all_rights(actor)
    groups = {
        group.name: group for group in Group.objects.filter(name__in=Role).prefetch_related("permissions__content_type")
    }
    return [role for role in Role if role in groups and _rights_of(groups[role]) <= held]


def _all_rights(person: Person) -> set[str]:
    return set(person.get_all_permissions())  # type: ignore[union-attr] # asked of people who are logged in only


def _rights_given_to(user: User) -> set[str]:
    """What the person may do once their account is active: one that is switched off can be switched on."""
    given = Permission.objects.filter(Q(user=user) | Q(group__user=user)).select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in given}


def _rights_of(group: Group) -> set[str]:
    return {f"{each.content_type.app_label}.{each.codename}" for each in group.permissions.all()}


def set_role(user: User, role: Role | None, *, actor: Person) -> None:
    """Give the person this role and none of the others. Raises ``PermissionDenied``."""
    _guard(user, actor)
    held = {group.name for group in user.groups.filter(name__in=Role)}
    if held == ({role} if role else set()):
        return
    if actor is not None and actor.pk == user.pk:
        raise PermissionDenied(_("Nobody changes their own role: ask another administrator."))
    if role is not None and role not in roles_to_give(actor):
        raise PermissionDenied(_("You cannot give a role that may do more than your own."))
    with transaction.atomic():
        user.groups.remove(*Group.objects.filter(name__in=held - {role}))
        if role is not None and role not in held:
            user.groups.add(Group.objects.get(name=role))


def set_remit(user: User, place: Place | None, *, actor: Person) -> None:
    """Limit the person to this place and what lies under it, or to nothing. Raises ``PermissionDenied``."""
    _guard(user, actor)
    with transaction.atomic():
        held = Remit.objects.select_for_update().filter(user=user).first()
        if place is None:
            if held is not None:
                held.delete()
        elif held is None or held.place_id != place.pk:
            row = held or Remit(user=user)
            row.place = place
            row.full_clean()
            row.save()


def log_out_everywhere(users: Iterable[User], *, actor: Person) -> int:
    """End all sessions of these people; returns how many. Raises ``PermissionDenied``."""
    ended = 0
    for user in users:
        _guard(user, actor)
        ended += end_sessions(user)
        note(AccessKind.SESSIONS_ENDED, user)
    return ended


def release(attempts: Iterable[AccessAttempt]) -> int:
    """Forget the failures of these network addresses, so that people can log in from there again; returns how many."""
    addresses = {each.ip_address for each in attempts}
    released = 0
    for address in sorted(addresses, key=str):
        held = AccessAttempt.objects.filter(ip_address=address)
        for name in sorted(set(held.values_list("username", flat=True)), key=str):
            note(AccessKind.RELEASED, User.objects.filter(username=name).first(), detail=address or "")
        released += held.delete()[0]
    return released


def _guard(user: User, actor: Person) -> None:
    if not may_manage(actor, user):
        raise PermissionDenied(_("You cannot change an account that may do more than your own."))


# --- second factors ---------------------------------------------------------------------------------------------------


def new_key() -> str:
    """A secret for an authenticator app, 20 random bytes in hexadecimal digits."""
    return str(TOTPDevice._meta.get_field("key").get_default())


def set_device(user: User, key: str, code: str) -> list[str]:
    """Let the person log in with codes from now on, once they have shown one; returns their recovery codes.

    Raises ``ValidationError`` where the code is not that of the key.
    """
    totp = TOTP(bytes.fromhex(key), digits=_DIGITS)
    totp.time = time.time()
    digits = _squeezed(code)
    if len(digits) != _DIGITS or not digits.isdecimal() or not totp.verify(int(digits), _TOLERANCE):
        raise ValidationError(_("Code: this is not the code that the app shows. Wait for the next one and try again."))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if device_of(user) is not None:
            raise ValidationError(_("Two-step log-in is on already."))
        TOTPDevice.objects.create(user=user, name="TOTP", key=key, confirmed=True, last_t=totp.t(), drift=totp.drift)
        return new_recovery_codes(user)


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes for the day on which the telephone is lost, each good for once; former ones are void."""
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery", confirmed=True)
        for code in codes:
            device.token_set.create(token=_digest(code))
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def accept_code(user: User, code: str) -> TOTPDevice | StaticDevice | None:
    """The device whose code this is, used up; None for a wrong one, which makes the person wait before the next."""
    typed = _squeezed(code)
    by_app = len(typed) == _DIGITS and typed.isdecimal()
    model, said = (TOTPDevice, typed) if by_app else (StaticDevice, _digest(typed.lower()))
    device = model.objects.filter(user=user, confirmed=True).order_by("pk").first()
    if device is None or not device.verify_is_allowed()[0]:
        return None
    accepted: TOTPDevice | StaticDevice | None = verify_token(user, device.persistent_id, said)
    if accepted is None:
        note(AccessKind.CODE_FAILED, user)
    elif not by_app:
        note(AccessKind.RECOVERY_USED, user)
    return accepted


def seconds_to_wait(user: User) -> int:
    """How long codes are refused after wrong ones; 0 where the next one is looked at."""
    waits = [0.0]
    for model in (TOTPDevice, StaticDevice):
        for device in model.objects.filter(user=user, confirmed=True):
            allowed, why = device.verify_is_allowed()
            if not allowed and why:
                waits.append(why["locked_until"].timestamp() - time.time())
    return round(max(waits) + 0.5) if max(waits) > 0 else 0


def remove_device(user: User) -> None:
    """Let the person log in with the password alone again; their recovery codes go as well."""
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()


def reset_second_factor(users: Iterable[User], *, actor: Person) -> int:
    """Do that for people who have lost what gives them codes, and log them out; returns for how many."""
    reset = 0
    for user in users:
        _guard(user, actor)
        if device_of(user) is not None:
            remove_device(user)
            end_sessions(user)
            reset += 1
    return reset


def _squeezed(code: str) -> str:
    return "".join(code.replace("-", "").split())[:40]


def _digest(code: str) -> str:
    """What is kept of a recovery code: a copy of the database lets nobody in."""
    return salted_hmac("friendship.recovery", code).hexdigest()[:16]
