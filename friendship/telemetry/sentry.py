"""Errors reported to a Sentry, or to what speaks its language: only where SENTRY_DSN names one.

Nothing is taken from a request by itself: no header, no form, no person, no variable of the code. What leaves is what
the log says, cleaned as there: the error's words, files and lines, and under which number the log tells more.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from friendship.telemetry import lines, redaction

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def start(dsn: str) -> None:
    """Report errors of this process from now on."""
    import sentry_sdk
    from sentry_sdk.integrations.atexit import AtexitIntegration
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger

    ignore_logger("friendship.requests")  # the error itself has been told before the line of its request
    ignore_logger("django.security.DisallowedHost")  # robots, all day long
    sentry_sdk.init(
        dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        server_name="",
        # By name, so that a new one that looks at more is not there by itself.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            DedupeIntegration(),
            AtexitIntegration(callback=_end_quietly),
        ],
        before_send=_cleaned,
    )


def _cleaned(event: Event, hint: Hint) -> Event:
    """The report without secrets, and with the number of the request."""
    for more in ("request", "user", "extra", "breadcrumbs", "modules", "server_name"):
        event.pop(more, None)  # type: ignore[misc] # the keys are known to it one by one
    cleaned: Any = _clean(event)
    if number := lines.request_id.get():
        cleaned["tags"] = {**(cleaned.get("tags") or {}), "request_id": number}
    report: Event = cleaned
    return report


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redaction.clean(value)
    if isinstance(value, dict):
        return {key: _clean(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(held) for held in value]
    return value


def _end_quietly(pending: int, timeout: float) -> None:
    """What is still on its way is sent without a word on the terminal."""
