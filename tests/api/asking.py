"""Asking the API as a client does."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils.http import urlencode

HOST = "http://testserver"
API = "/api/v1/"


def read(client: Client, path: str, language: str = "zh-hans", **parameters: Any) -> Any:
    """The JSON of an answer that must be a good one."""
    address = API + path + (f"?{urlencode(parameters, doseq=True)}" if parameters else "")
    response = client.get(address, headers={"accept-language": language})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json"), response.content
    return response.json()


def rows(client: Client, path: str, language: str = "zh-hans", **parameters: Any) -> list[dict[str, Any]]:
    """Every row of a list, which must fit on one page."""
    answer = read(client, path, language, page_size=500, **parameters)
    assert list(answer) == ["count", "next", "previous", "results"]
    assert (answer["count"], answer["next"], answer["previous"]) == (len(answer["results"]), None, None)
    found: list[dict[str, Any]] = answer["results"]
    return found


def refused(client: Client, path: str, language: str = "en") -> tuple[int, Any]:
    """Status and JSON of an answer that must be a refusal."""
    response = client.get(API + path, headers={"accept-language": language})
    assert response["Content-Type"] == "application/json"
    return response.status_code, response.json()
