"""``manage.py purge``: personal data goes when its time is over."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from friendship import rates
from friendship.curation import rights, suggestions


class Command(BaseCommand):
    """For every night. A second run finds nothing more to do."""

    help = (
        "Wipes e-mail addresses of suggestions closed long ago, counts of addresses, and old entries of the access log."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Wipe, and say how many."""
        wiped, days = suggestions.wipe(), suggestions.KEPT_AFTER_CLOSING.days
        for rate in settings.SUGGESTION_RATE:
            rates.forget(settings.VAR_DIR / "suggestion-rates" / str(rate[1]), rate)
        if settings.API_RATE is not None:
            rates.forget(settings.VAR_DIR / "rates", settings.API_RATE)
        forgotten = rights.forget_old_events()
        self.stdout.write(f"Wiped the e-mail addresses of {wiped} suggestions closed {days} days ago or earlier.")
        self.stdout.write(f"Removed {forgotten} entries of the access log older than {rights.DAYS_KEPT} days.")
