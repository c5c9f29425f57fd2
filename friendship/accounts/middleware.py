"""Who a request comes from: nobody, until the person has said everything that is asked for.

After the password, a person who logs in with codes is nobody to every page but the one that asks for the code. So is a
person without a device while the register wants everybody on staff to have one: they see the page that sets one up.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from friendship.curation import access, sessions
from friendship.enums import AccessKind
from friendship.paths import path_of
from friendship.queries.accounts import account

#: What a person still owes, and the page that asks for it.
CODE, DEVICE = "code", "set_up"


def owed_by(user: Any) -> str:
    """``CODE`` or ``DEVICE``, or nothing where the person is wholly logged in."""
    if not user.is_authenticated or getattr(user, "otp_device", None) is not None:
        return ""
    known: Any = user if hasattr(user, "has_device") else account(user.pk)  # just logged in, by this very request
    if known is None or known.has_device:
        return CODE
    return DEVICE if known.must_have_device and known.is_staff else ""


def half_known(request: HttpRequest) -> User | None:
    """The person whose password was right and who still owes something."""
    user = getattr(request, "half_known", None)
    return user if user is not None and user.is_authenticated and owed_by(user) else None


class AccountMiddleware:
    """Makes a nobody of who still owes something, leads them to the page for it, and ends sessions that are over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, to the person or to nobody."""
        known = request.user
        request.half_known = known  # type: ignore[attr-defined]
        if request.path == path_of("admin:logout"):  # open to everybody who has logged in, were it by half
            return self.get_response(request)
        request.user = SimpleLazyObject(partial(_whole, known))  # type: ignore[assignment]
        if request.path.startswith(path_of("admin:index")):
            return _kept_by_nobody(
                request, _ended(request, known) or _led(request, known) or self.get_response(request)
            )
        return self.get_response(request)


def _kept_by_nobody(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """No browser shows a page of the staff again to whoever sits down after them; Django says so of most pages."""
    if request.path != path_of("admin:jsi18n"):  # the same words for everybody
        add_never_cache_headers(response)
    return response


def _whole(known: Any) -> Any:
    return AnonymousUser() if owed_by(known) else known


def _ended(request: HttpRequest, known: Any) -> HttpResponseBase | None:
    """The log-in page, where the session has come to its end."""
    if not known.is_authenticated:
        return None
    if not sessions.is_over(request.session):
        sessions.note_page(request.session)
        return None
    access.note(AccessKind.EXPIRED, User.objects.get(pk=known.pk))
    request.session.flush()
    request.user = AnonymousUser()
    request.half_known = request.user  # type: ignore[attr-defined]
    messages.info(
        request,
        _("You were logged out, as everybody is after a while without use and after twelve hours. Log in again."),
    )
    return redirect_to_login(_back_to(request), path_of("admin:login"))


def _led(request: HttpRequest, known: Any) -> HttpResponseBase | None:
    """The page that asks for what the person owes, from every other page of the staff side."""
    if request.path == path_of("admin:jsi18n") or not (owed := owed_by(known)):
        return None
    where = path_of(f"account:{owed}")
    if request.path == where:
        return None
    return HttpResponseRedirect(f"{where}?{urlencode({'next': _back_to(request)})}")


def _back_to(request: HttpRequest) -> str:
    """Where the person wanted to go; a form that was sent is not sent again."""
    if request.path.startswith((path_of("admin:login"), path_of("account:index"))):
        return request.GET.get("next", "") or path_of("admin:index")
    return request.get_full_path() if request.method == "GET" else request.path
