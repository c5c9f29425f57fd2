"""Who is on staff, with what a request must know of them: one query tells all of it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from friendship.enums import Role
from friendship.models import Policy


def accounts() -> QuerySet[Any]:
    """People with their remits, ``has_device`` (they log in with codes), ``must_have_device`` (the office says so)."""
    device = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    rows = User.objects.select_related("remit__place")
    return rows.annotate(has_device=Exists(device), must_have_device=Exists(Policy.objects.filter(two_factor=True)))


def account(key: Any) -> Any:
    """One of them, or None."""
    return accounts().filter(pk=key).first()


def role_of(user: User) -> Role | None:
    """The highest of the person's roles."""
    held = {group.name for group in user.groups.all()}
    return next((role for role in reversed(Role) if role in held), None)


def device_of(user: User) -> TOTPDevice | None:
    """What gives the person codes, once they have confirmed it."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()
    return found


def recovery_codes_left(user: User) -> int:
    """How many recovery codes the person has not used yet."""
    left: int = StaticToken.objects.filter(device__user=user).count()
    return left


# --- permissions in words ---------------------------------------------------------------------------------------------

_ACTIONS = {
    "view": _("see: %(what)s"),
    "add": _("add: %(what)s"),
    "change": _("change: %(what)s"),
    "delete": _("delete: %(what)s"),
}


def permissions_of_the_house() -> QuerySet[Permission]:
    """What can be given to a group: rights on the register’s own tables and on people."""
    people = Q(content_type__app_label="auth", content_type__model__in=("user", "group"))
    kept = Q(content_type__app_label="friendship") | people
    history = Q(content_type__model__startswith="historical")
    return Permission.objects.filter(kept).exclude(history).select_related("content_type")


def permission_in_words(permission: Permission) -> str:
    """What may be done, and with what, in the active language."""
    return code_in_words(f"{permission.content_type.app_label}.{permission.codename}") or permission.name


def code_in_words(code: str) -> str:
    """The words for a permission such as ``friendship.change_place``; empty where it has none of its own."""
    app, _dot, codename = code.partition(".")
    action, _line, name = codename.partition("_")
    if codename == "publish_relationship":
        return gettext("Can publish and unpublish relationships")
    try:
        model = apps.get_model(app, name)
    except LookupError:
        return ""
    return str(_ACTIONS[action]) % {"what": model._meta.verbose_name} if action in _ACTIONS else ""


def detail_in_words(detail: str) -> str:
    """The codes of an entry of the access log in the active language: roles, permissions, columns of an account."""
    return gettext(", ").join(_said(code) for code in detail.split(", ")) if detail else ""


def _said(code: str) -> str:
    column, equals, value = code.partition("=")
    if equals:
        return _rule_in_words(column, value)
    if code in Role.values:
        return str(Role(code).label)
    if code == "first_name":
        return pgettext("person", "Name")
    columns = {field.name: str(field.verbose_name) for field in User._meta.fields}
    return columns.get(code) or code_in_words(code) or code


def _rule_in_words(column: str, value: str) -> str:
    """A rule of the office and what it is now."""
    field = next((field for field in Policy._meta.fields if field.name == column), None)
    if field is None:
        return f"{column}={value}"
    words = {**dict(field.flatchoices), "True": gettext("yes"), "False": gettext("no")}
    return gettext("%(rule)s: %(value)s") % {"rule": field.verbose_name, "value": words.get(value, value)}
