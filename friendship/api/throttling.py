"""How many requests an address may make: settings.API_RATE, said in the headers of every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from friendship import rates

if TYPE_CHECKING:
    from rest_framework.views import APIView  # itself imports this module, by its setting


class ClientRate(BaseThrottle):
    """So many requests of one client in one window of time; the windows are the same for everybody."""

    _seconds_left = 0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request, and whether it is still one of those allowed; its answer says how many are left."""
        if settings.API_RATE is None:
            return True
        tally = rates.tally(settings.VAR_DIR / "rates", settings.API_RATE, self.get_ident(request))
        self._seconds_left = tally.seconds_left
        view.headers |= {
            "RateLimit-Limit": str(tally.limit),
            "RateLimit-Remaining": str(tally.left),
            "RateLimit-Reset": str(tally.seconds_left),
        }
        return not tally.is_over

    def wait(self) -> float:
        """Seconds to the next window."""
        return self._seconds_left
