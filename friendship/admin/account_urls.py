"""/admin/account/: what people of the staff do with their own log-in."""

from __future__ import annotations

from django.urls import path

from friendship.admin import own_account

app_name = "account"

urlpatterns = [
    path("", own_account.index, name="index"),
    path("code/", own_account.code, name="code"),
    path("set-up/", own_account.set_up, name="set_up"),
    path("recovery/", own_account.recovery, name="recovery"),
    path("off/", own_account.off, name="off"),
    path("sessions/", own_account.sessions, name="sessions"),
]
