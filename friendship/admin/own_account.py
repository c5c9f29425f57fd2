"""A person's own log-in: the code after the password, setting up and switching off, recovery codes, sessions."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import django_otp
import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from friendship.accounts.middleware import CODE, DEVICE, half_known, owed_by
from friendship.curation import access
from friendship.curation import accounts as writing
from friendship.curation import sessions as open_ones
from friendship.enums import AccessKind
from friendship.queries import accounts

View = Callable[[HttpRequest], HttpResponse]
_KEY = "totp_key"  # in the session: the secret that is offered, until the person shows a code of it


class CodeForm(forms.Form):
    """A code of the app, or one of those for the day without it."""

    code = forms.CharField(
        label=pgettext_lazy("log-in", "Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class PasswordForm(forms.Form):
    """The password once more, before something that a passer-by at an open screen must not do."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Right or not; wrong ones count as failed log-ins."""
        password = str(self.cleaned_data["password"])
        name = _person(self.request).get_username()
        if authenticate(self.request, username=name, password=password) is None:
            raise ValidationError(_("Password: this is not your password."))
        return password


def _of_staff(view: View) -> View:
    """For people who are wholly logged in; others are asked to."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not admin.site.has_permission(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request)

    return never_cache(sensitive_post_parameters()(guarded))


# --- logging in -------------------------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the password."""
    user = half_known(request)
    if user is None or owed_by(user) != CODE:
        return redirect(_next(request))
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if device := writing.accept_code(user, form.cleaned_data["code"]):
            _let_in(request, user, device)
            return redirect(_next(request))
        form.add_error("code", _("Code: this is not right, or has been used before."))
    wait = writing.seconds_to_wait(user)
    return _page(request, "code", _("Log in with a code"), form=form, wait=wait, next=_next(request))


def _let_in(request: HttpRequest, user: User, device: Any) -> None:
    request.user = user
    django_otp.login(request, device)
    request.session.cycle_key()
    access.note(AccessKind.LOGIN, user)


@never_cache
@sensitive_post_parameters("code")
def set_up(request: HttpRequest) -> HttpResponse:
    """Show the secret to an authenticator app, and ask for a code to see that it knows it."""
    half = half_known(request)
    user = half if half is not None and owed_by(half) == DEVICE else request.user
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    person: Any = user
    if accounts.device_of(person) is not None:
        return redirect("account:index")
    key = request.session.setdefault(_KEY, writing.new_key())
    form = CodeForm(request.POST or None)
    if form.is_valid():
        try:
            codes = writing.set_device(person, key, form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
        else:
            return _set_up(request, person, codes, led_here=half is not None)
    return _page(
        request, "set_up", _("Set up two-step log-in"), form=form, led_here=half is not None, **_secret(person, key)
    )


def _set_up(request: HttpRequest, user: User, codes: list[str], *, led_here: bool) -> HttpResponse:
    del request.session[_KEY]
    request.user = user
    django_otp.login(request, accounts.device_of(user))
    request.session.cycle_key()
    if led_here:
        access.note(AccessKind.LOGIN, user)
    return _page(request, "codes", _("Your recovery codes"), codes=codes, next=_next(request), is_new=True)


def _secret(user: User, key: str) -> dict[str, Any]:
    secret = b32encode(bytes.fromhex(key)).decode()
    drawn = segno.make(TOTPDevice(user=user, key=key).config_url, error="m")
    picture = drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    drawn_here = mark_safe(picture)  # nosec B308 B703 # noqa: S308 (from our own key)
    return {"qr": drawn_here, "secret": " ".join(groups)}


# --- the account ------------------------------------------------------------------------------------------------------


@_of_staff
def index(request: HttpRequest) -> HttpResponse:
    """The person's account at a glance."""
    user = _person(request)
    known = accounts.account(user.pk)
    return _page(
        request,
        "index",
        _("My account"),
        is_index=True,
        person=user,
        role=accounts.role_of(user),
        remit=getattr(known, "remit", None),
        device=accounts.device_of(user),
        is_required=bool(known and getattr(known, "must_have_device", False)),
        codes_left=accounts.recovery_codes_left(user),
        others=len(open_ones.open_sessions(user)) - 1,
    )


@_of_staff
def recovery(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, after the password."""
    user = _person(request)
    if accounts.device_of(user) is None:
        return redirect("account:index")
    form = PasswordForm(request.POST or None, request=request)
    if form.is_valid():
        codes = writing.new_recovery_codes(user)
        access.note(AccessKind.RECOVERY_MADE, user)
        return _page(request, "codes", _("Your recovery codes"), codes=codes, next=reverse("account:index"))
    return _page(request, "recovery", _("Make new recovery codes?"), form=form)


@_of_staff
def off(request: HttpRequest) -> HttpResponse:
    """Switch two-step log-in off, after the password."""
    user = _person(request)
    known = accounts.account(user.pk)
    if accounts.device_of(user) is None:
        return redirect("account:index")
    form = PasswordForm(request.POST or None, request=request)
    if form.is_valid():
        writing.remove_device(user)
        messages.success(request, _("Two-step log-in is off."))
        return redirect("account:index")
    is_required = bool(known and getattr(known, "must_have_device", False))
    return _page(request, "off", _("Switch two-step log-in off?"), form=form, is_required=is_required)


@_of_staff
@require_POST
def sessions(request: HttpRequest) -> HttpResponse:
    """End the person's sessions in other browsers."""
    user = _person(request)
    ended = open_ones.end_sessions(user, but=request.session.session_key)
    access.note(AccessKind.SESSIONS_ENDED, user)
    said = ngettext("%(count)d other session was ended.", "%(count)d other sessions were ended.", ended)
    messages.success(request, said % {"count": ended})
    return redirect("account:index")


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)  # the admin lets nobody else in


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, on this site."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe and "\0" not in asked else reverse("admin:index")


def _page(request: HttpRequest, name: str, title: Any, **context: Any) -> TemplateResponse:
    shared = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/friendship/account/{name}.html", shared | context)
