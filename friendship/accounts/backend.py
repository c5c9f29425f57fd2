"""Django's own way of knowing people, asking everything that a request needs in the one query that it makes anyway."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User

from friendship.queries.accounts import account


class StaffBackend(ModelBackend):
    """Names and passwords; the person of a session comes with their remit, and whether they owe a code."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, unless the account was deactivated."""
        user = account(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
