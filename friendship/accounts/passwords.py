"""What a password may be, beside what Django's own validators say."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext


class MaximumLengthValidator:
    """Refuses what no person types: nobody gains by it, and each log-in would have to hash it."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ``ValidationError`` for more characters."""
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        """The rule, as it is said under the field and when it is broken."""
        return ngettext(
            "The password has at most %(max_length)d character.",
            "The password has at most %(max_length)d characters.",
            self.max_length,
        ) % {"max_length": self.max_length}
