"""What a citizen does who sees an error: open the form, wait as people do, send it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.views import pages

FORM = "/relationships/1/suggest/"
WORDS = {
    "wrong": "年份不对",
    "right": "应为1983年\n见公报",
    "source": "https://example.org/1983",
    "email": "",
}


class Clock:
    """The time of day, which a test moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 1_800_000_000.0
        monkeypatch.setattr("friendship.views.correction_form.time.time", lambda: self.seconds)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


def stamp(client: Client, path: str = FORM) -> str:
    """What the form carries that was just opened."""
    return carried(pages.read(client, path))


def carried(page: list[pages.Element]) -> str:
    """The stamp in a form."""
    [field] = pages.with_attribute(page, "name", "opened")
    return field.attributes["value"]


def send(client: Client, path: str = FORM, opened: str = "", **words: str) -> Any:
    """Press the button."""
    return client.post(path, {**WORDS, "opened": opened, "website": "", **words})


def problems(response: Any) -> list[str]:
    """What the page says is wrong above the form, what is said of the whole form first."""
    page = pages.parsed(response)
    first = next((place for place, item in enumerate(page) if item.attributes.get("class") == "problems"), len(page))
    last = next((place for place, item in enumerate(page) if item.attributes.get("class") == "held"), len(page))
    return [item.words for item in page[first:last] if item.tag == "li"]
