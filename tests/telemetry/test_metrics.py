"""Who may read the figures, and what one process counts; tests/telemetry/test_served.py asks gunicorn's workers."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from friendship import queries
from friendship.telemetry import metrics
from friendship.telemetry.readiness import Question

pytestmark = pytest.mark.django_db

TOKEN = "0123456789-0123456789"
LOCAL = {"REMOTE_ADDR": "127.0.0.1"}
BEARER = {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}


def figures() -> dict[tuple[str, ...], float]:
    """Every figure by its name and labels."""
    families = text_string_to_metric_families(metrics.exposition().decode())
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


@pytest.mark.parametrize(
    ("allowed", "token", "asked", "status"),
    [
        # Nothing set: closed, to this machine as well.
        ([], "", LOCAL, 404),
        ([], "", {**LOCAL, "HTTP_AUTHORIZATION": "Bearer "}, 404),
        ([], "", {**LOCAL, "HTTP_AUTHORIZATION": "Bearer"}, 404),
        # By address: of the other end of the connection, and of nobody who comes through a proxy.
        (["127.0.0.1"], "", LOCAL, 200),
        (["10.0.0.0/8", "::1"], "", {"REMOTE_ADDR": "10.1.2.3"}, 200),
        (["10.0.0.0/8", "::1"], "", {"REMOTE_ADDR": "::1"}, 200),
        (["10.0.0.0/8"], "", {"REMOTE_ADDR": "::ffff:10.1.2.3"}, 200),
        (["10.0.0.0/8"], "", {"REMOTE_ADDR": "192.0.2.1"}, 404),
        (["10.0.0.0/8"], "", {"REMOTE_ADDR": ""}, 404),
        (["127.0.0.1"], "", {**LOCAL, "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        (["127.0.0.1"], "", {**LOCAL, "HTTP_X_FORWARDED_FOR": ""}, 404),
        (["127.0.0.1"], "", {**LOCAL, "HTTP_FORWARDED": "for=192.0.2.1"}, 404),
        (["127.0.0.1"], "", {**LOCAL, "HTTP_X_REAL_IP": "192.0.2.1"}, 404),
        (["127.0.0.1"], "", {**LOCAL, "HTTP_VIA": "1.1 proxy"}, 404),
        (["127.0.0.1"], "", {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        # By token, from anywhere.
        ([], TOKEN, {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "192.0.2.2", **BEARER}, 200),
        ([], TOKEN, {"HTTP_AUTHORIZATION": f"bearer {TOKEN}"}, 200),
        ([], TOKEN, LOCAL, 404),
        ([], TOKEN, {"HTTP_AUTHORIZATION": f"Basic {TOKEN}"}, 404),
        ([], TOKEN, {"HTTP_AUTHORIZATION": f"Bearer {TOKEN}0"}, 404),
        ([], TOKEN, {"HTTP_AUTHORIZATION": "Bearer "}, 404),
        ([], TOKEN, {"HTTP_AUTHORIZATION": "Bearer 友城"}, 404),
    ],
)
@pytest.mark.parametrize("behind", [False, True])
def test_who_may_read(
    client: Client, settings: Settings, behind: bool, allowed: list[str], token: str, asked: dict[str, str], status: int
) -> None:
    settings.BEHIND_PROXY = behind
    settings.METRICS_ALLOWED, settings.METRICS_TOKEN = [ip_network(each) for each in allowed], token
    assert client.get("/metrics", **asked).status_code == status  # type: ignore[arg-type]


def answer_of(client: Client, method: str, path: str) -> tuple[int, bytes, dict[str, str]]:
    response = client.generic(method, path)
    return response.status_code, response.content.replace(path.encode(), b""), dict(response.headers)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "OPTIONS"])
def test_to_strangers_it_is_as_if_nothing_were_there(settings: Settings, method: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    client = Client(enforce_csrf_checks=True)
    assert answer_of(client, method, "/metrics") == answer_of(client, method, "/nothing")


def test_the_figures_are_kept_by_nobody(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    response = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    refused = client.post("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")


def test_figures_may_be_asked_for_without_tls(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.METRICS_TOKEN = True, TOKEN
    assert client.get("/metrics", **BEARER).status_code == 200  # type: ignore[arg-type]
    assert client.get("/about/").status_code == 301


def test_requests_by_view_method_and_class_of_status() -> None:
    before = figures()
    for method, status in (("GET", 200), ("GET", 204), ("GET", 404), ("BREW", 200)):
        metrics.count("tea", method, status, 0.2)
    grown = {
        key: value - before.get(key, 0)
        for key, value in figures().items()
        if key[0] == "register_request_duration_seconds_count" and value != before.get(key, 0)
    }
    assert {key[1:]: value for key, value in grown.items()} == {
        ("GET", "2xx", "tea"): 2,
        ("GET", "4xx", "tea"): 1,
        ("other", "2xx", "tea"): 1,
    }


def test_a_request_that_fails_by_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(error: Exception) -> Any:
        def ask() -> None:
            raise error

        return ask

    client.raise_request_exception = False
    key = ("register_database_errors_total", "OperationalError")
    before = figures().get(key, 0)
    wrapped = ValueError("of ours")
    wrapped.__cause__ = OperationalError("gone")
    for error, status in ((OperationalError("gone"), 503), (wrapped, 503), (ValueError("of ours"), 500)):
        monkeypatch.setattr(queries, "summary", failing(error))
        assert client.get("/about/").status_code == status
    assert figures()[key] - before == 2


def test_the_size_of_the_register_and_its_version() -> None:
    told, sizes = figures(), queries.sizes()
    assert {key[1]: value for key, value in told.items() if key[0] == "register_rows"} == {
        table: size.rows for table, size in sizes.items()
    }
    assert set(sizes) == {"country", "place", "relationship", "event", "source", "evidence", "reportedtotal"}
    assert told[("register_version",)] == sum(size.rows + size.versions for size in sizes.values())
    latest = max(size.latest for size in sizes.values() if size.latest)
    assert told[("register_changed_timestamp_seconds",)] == pytest.approx(latest.timestamp())
    assert (told[("register_ready",)], told[("register_processes",)]) == (1, 1)


def test_without_a_database_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(metrics, "_ready", Question(ask))
    told = figures()
    assert told[("register_ready",)] == 0
    assert [key for key in told if key[0] in {"register_rows", "register_version"}] == []
    memory = {key[1]: value for key, value in told.items() if key[0] == "register_process_memory_bytes"}
    assert set(memory) == {"resident", "anonymous"}
    assert 10_000_000 < memory["anonymous"] < memory["resident"]
