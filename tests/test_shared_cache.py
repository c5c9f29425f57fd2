"""What several machines keep together is there, or it is not; a Redis that is away stops nobody."""

from __future__ import annotations

import logging
import pickle
import time
from collections.abc import Iterator

import pytest
import redis as client

from config import servers
from friendship import shared_cache
from friendship.shared_cache import Sealed, SharedCache
from tests.servers import programs, redis

NOT_THERE = "The shared cache does not answer, pages are made without it: ConnectionError"


def cache(url: str) -> SharedCache:
    settings = servers.caches(url)["pages"]
    return SharedCache(settings["LOCATION"], {name: settings[name] for name in ("KEY_PREFIX", "OPTIONS")})


@pytest.fixture(autouse=True)
def asked_for_the_first_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_cache._Standing, "rests_until", 0.0)
    monkeypatch.setattr(shared_cache._Standing, "told_at", -shared_cache.TOLD)


@pytest.fixture
def server() -> Iterator[redis.Redis]:
    if programs.found("redis-server") is None:
        pytest.skip("apt-get install -y --no-install-recommends redis-server")
    with redis.server() as made:
        yield made


def test_what_is_kept_is_there_for_others(server: redis.Redis) -> None:
    with server.running():
        one, other = cache(server.url), cache(server.url)
        page = (200, {"ETag": '"友城"'}, b"page")
        one.set("page", page, 60)
        assert (other.get("page"), other.get("another"), other.get("another", "nothing")) == (page, None, "nothing")
        assert (one.add("page", "new", 60), one.add("new", 5, 60)) == (False, True)
        assert one.set_many({"a": 1, "b": None}, 60) == []
        assert other.get_many(["a", "b", "c", "new"]) == {"a": 1, "new": 5}
        assert (other.delete("page"), one.get("page"), one.delete("page")) == (True, None, False)
        one.clear()
        assert other.get_many(["a", "new"]) == {}


def test_what_somebody_else_has_written_is_not_read(server: redis.Redis) -> None:
    with server.running():
        kept = cache(server.url)
        kept.set("page", "ours", 60)
        direct = client.Redis(unix_socket_path=str(server.socket))
        [name] = direct.keys()
        for planted in (pickle.dumps("theirs"), b"x" * 32 + pickle.dumps("theirs"), b"", b"7"):
            direct.set(name, planted)
            assert kept.get("page") is None
        sealed = Sealed()
        direct.set(name, sealed.dumps("ours")[:-1] + b"!")
        assert kept.get("page", "made anew") == "made anew"
        direct.close()


def test_without_it_nothing_is_kept_and_it_is_told_once(server: redis.Redis, caplog: pytest.LogCaptureFixture) -> None:
    kept = cache(server.url)
    kept.set("page", "text", 60)
    shared_cache._Standing.rests_until = 0.0  # asked again
    assert (kept.get("page"), kept.get("page", "made anew"), kept.add("page", 1)) == (None, "made anew", False)
    assert (kept.get_many(["page"]), kept.set_many({"page": 1}), kept.delete("page")) == ({}, ["page"], False)
    kept.clear()
    assert caplog.record_tuples == [("friendship.shared_cache", logging.WARNING, NOT_THERE)]


def test_it_is_asked_again_after_a_while(server: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_cache, "PAUSE", 0.01)
    kept = cache(server.url)
    kept.set("page", "text", 60)
    with server.running():
        time.sleep(0.02)
        kept.set("page", "text", 60)
        assert kept.get("page") == "text"


def test_it_is_not_waited_for_where_it_says_nothing(server: redis.Redis, caplog: pytest.LogCaptureFixture) -> None:
    with server.running():
        kept = cache(server.url)
        kept.set("page", "text", 60)
        with server.frozen():
            begun = time.monotonic()
            assert [kept.get("page") for _time in range(50)] == [None] * 50
            assert time.monotonic() - begun < 50 * servers._CACHE_SECONDS / 2  # asked once, not fifty times
        assert [message.rpartition(" ")[2] for message in caplog.messages] == ["TimeoutError"]
