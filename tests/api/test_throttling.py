"""So many requests of one address: said in every answer, and refused beyond with the time to wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from friendship import rates
from tests.api.asking import API

pytestmark = pytest.mark.django_db

HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
NOON = 1_800_000_000 - 1_800_000_000 % 60


@pytest.fixture(autouse=True)
def _three_a_minute(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_RATE = (3, 60)
    settings.VAR_DIR = tmp_path
    at(monkeypatch, NOON + 15.5)


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr("friendship.rates.time.time", lambda: seconds)


def ask(client: Client, path: str = "countries/JP/", **headers: str) -> Any:
    return client.get(API + path, headers={"accept-language": "en", **headers})


def said(response: Any) -> list[str]:
    return [response[name] for name in HEADERS]


def test_every_answer_says_what_is_left(client: Client) -> None:
    assert [said(ask(client)) for _ in range(3)] == [["3", "2", "45"], ["3", "1", "45"], ["3", "0", "45"]]


def test_one_more_is_refused_until_the_next_minute(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    tag, *_others = [ask(client)["ETag"] for _ in range(3)]
    for path in ("countries/JP/", "relationships/?type=x", "schema/"):
        refusal = ask(client, path, **{"if-none-match": tag})
        assert (refusal.status_code, refusal["Content-Type"], refusal["Retry-After"]) == (429, "application/json", "45")
        assert refusal.json() == {"detail": "Request was throttled. Expected available in 45 seconds."}
        assert said(refusal) == ["3", "0", "45"]
        assert "ETag" not in refusal
    at(monkeypatch, NOON + 60)
    assert said(ask(client)) == ["3", "2", "60"]


def test_refusals_and_304_count_as_well(client: Client) -> None:
    tag = ask(client)["ETag"]
    assert said(ask(client, **{"if-none-match": tag})) == ["3", "1", "45"]
    assert said(ask(client, "relationships/?type=x")) == ["3", "0", "45"]
    assert ask(client).status_code == 429


def test_each_address_is_counted_for_itself() -> None:
    one, other = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    assert [said(ask(one))[1] for _ in range(3)] == ["2", "1", "0"]
    assert said(ask(other))[1] == "2"


def test_an_ipv6_network_is_one_client() -> None:
    addresses = ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"]
    assert [said(ask(Client(REMOTE_ADDR=address)))[1] for address in addresses] == ["2", "1", "2"]


def test_what_a_visitor_says_of_its_address_is_not_believed(client: Client) -> None:
    forwarded = [ask(client, **{"x-forwarded-for": f"192.0.2.{number}"}) for number in range(4)]
    assert [response.status_code for response in forwarded] == [200, 200, 200, 429]


def test_behind_a_proxy_its_word_is_taken_and_no_other(client: Client, settings: Settings) -> None:
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    made_up = [ask(client, **{"x-forwarded-for": f"198.51.100.{number}, 192.0.2.1"}) for number in range(3)]
    assert [said(response)[1] for response in made_up] == ["2", "1", "0"]
    assert said(ask(client, **{"x-forwarded-for": "192.0.2.2"}))[1] == "2"
    assert said(ask(client, **{"x-forwarded-for": "\x00 nonsense"}))[1] == "2"


def test_pages_and_files_are_not_limited(client: Client) -> None:
    for _ in range(5):
        for address in ("/about/", "/map/data.json", "/relationships.csv"):
            response = client.get(address)
            assert (response.status_code, "RateLimit-Limit" in response) == (200, False)
            b"".join(response)  # read to its end, as a client does


def test_without_a_rate_nothing_is_counted(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.API_RATE = None
    responses = [ask(client) for _ in range(5)]
    assert {(response.status_code, "RateLimit-Limit" in response) for response in responses} == {(200, False)}
    assert list(tmp_path.iterdir()) == []


def test_requests_at_the_same_moment_are_all_counted(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(lambda _: rates.counted(tmp_path / "rates", 7, "a"), range(400)))
    assert max(counts) == 400
    assert len([count for count in counts if count <= 100]) <= 100


def test_windows_gone_by_are_removed(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for minute in range(5):
        at(monkeypatch, NOON + 60 * minute)
        ask(client)
    assert sorted(path.name for path in (tmp_path / "rates").iterdir()) == [str(NOON // 60 + 3), str(NOON // 60 + 4)]


def test_a_disk_that_cannot_be_written_stops_no_reader(
    client: Client, settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    settings.VAR_DIR = tmp_path / "file"
    assert [ask(client).status_code for _ in range(5)] == [200] * 5
    assert {record.message for record in caplog.records} == {"Requests cannot be counted."}
