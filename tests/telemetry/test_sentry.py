"""What is reported to a Sentry: where an error was, under which number the log tells more, and nobody's words."""

from __future__ import annotations

from typing import Any

import pytest

from friendship.telemetry import lines, sentry

SECRET = "planted-Passw0rd"


def reported(event: dict[str, Any]) -> Any:
    return sentry._cleaned(event, {})  # type: ignore[arg-type] # such as sentry_sdk makes


def test_nothing_of_a_request_or_a_person_leaves() -> None:
    taken = ("request", "user", "extra", "breadcrumbs", "modules", "server_name")
    assert reported({"level": "error", **{name: {"x": SECRET} for name in taken}}) == {"level": "error"}


def test_words_are_cleaned_however_deep_they_stand() -> None:
    said = f"log_in(name, password={SECRET!r})"
    frames = ({"function": "log_in", "lineno": 9, "in_app": True, "context_line": said}, None)
    event = {"exception": {"values": [{"type": "ValueError", "value": said, "stacktrace": {"frames": frames}}]}}
    clean = "log_in(name, password=[hidden])"
    frame = {"function": "log_in", "lineno": 9, "in_app": True, "context_line": clean}
    assert reported(event) == {
        "exception": {"values": [{"type": "ValueError", "value": clean, "stacktrace": {"frames": [frame, None]}}]}
    }


@pytest.mark.parametrize("tags", [None, {"release": "1"}])
def test_a_report_names_the_request_of_which_the_log_tells_more(tags: dict[str, str] | None) -> None:
    event = {"level": "error"} | ({"tags": tags} if tags else {})
    token = lines.request_id.set("0123abcd")
    try:
        assert reported(dict(event))["tags"] == {**(tags or {}), "request_id": "0123abcd"}
    finally:
        lines.request_id.reset(token)
    assert reported(dict(event)) == event
