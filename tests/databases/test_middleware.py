"""Which addresses may read from a standby; tests/scale tries it with real ones."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import MagicMock

import psycopg2.errors
import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

from friendship.databases import middleware, routing
from friendship.databases.middleware import StandbyMiddleware, is_public


def matches(patterns: list[URLPattern | URLResolver], spaces: tuple[str, ...] = ()) -> Iterator[ResolverMatch]:
    """A match of every address."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from matches(entry.url_patterns, (*spaces, entry.namespace) if entry.namespace else spaces)
        else:
            yield ResolverMatch(entry.callback, (), {}, url_name=entry.name, namespaces=list(spaces))


def test_every_address_that_reads_from_the_primary_alone() -> None:
    private = {match.view_name for match in matches(get_resolver().url_patterns) if not is_public(match)}
    outside = {name for name in private if not name.startswith(("admin:", "account:"))}
    assert outside == {
        "city-correction",
        "healthz",
        "manual",
        "metrics",
        "province-correction",
        "readyz",
        "relationship-correction",
        "suggestion",
    }
    assert {"admin:index", "admin:friendship_relationship_change", "account:code"} <= private


def test_every_address_of_the_public_is_open_to_standbys() -> None:
    public = {match.view_name for match in matches(get_resolver().url_patterns) if is_public(match)}
    assert {"home", "relationships", "relationship", "relationships-csv", "api:relationships", "sitemap"} <= public
    assert [name for name in public if ":" in name and not name.startswith("api:")] == []


def test_where_there_are_no_standbys_it_is_not_there() -> None:
    with pytest.raises(MiddlewareNotUsed):
        StandbyMiddleware(lambda _request: HttpResponse())


class ReadOnly(psycopg2.errors.ReadOnlySqlTransaction):
    """As PostgreSQL says it."""

    pgcode = "25006"


def failed(request: HttpRequest, error: Exception) -> object:
    """What a request gets that has failed by an error."""
    return StandbyMiddleware.process_exception(MagicMock(), request, error)


def test_a_primary_that_has_become_a_standby_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = MagicMock()
    monkeypatch.setattr(middleware, "connections", {"default": connection})
    refused = InternalError("cannot execute UPDATE in a read-only transaction")
    refused.__cause__ = ReadOnly()
    assert failed(HttpRequest(), refused) is None
    connection.close.assert_called_once_with()


@pytest.mark.parametrize("error", [ValueError("ours"), InternalError("another"), OperationalError("no public page")])
def test_other_errors_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    connection = MagicMock()
    monkeypatch.setattr(middleware, "connections", {"default": connection})
    assert failed(HttpRequest(), error) is None
    connection.close.assert_not_called()


def test_a_page_is_made_again_once_for_each_server(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = iter(["standby_2", "default", "default"])
    noted: list[str] = []
    monkeypatch.setattr(routing, "_choice", lambda _reading: next(choices))
    monkeypatch.setattr(routing, "note_failure", lambda alias, _error: noted.append(alias))
    request = HttpRequest()
    view = MagicMock(side_effect=lambda *_asked: HttpResponse("made again"))
    request.resolver_match = ResolverMatch(view, (1,), {})
    routing.begin(routing.Reading(alias="standby_1"))
    try:
        gone = OperationalError("server closed the connection unexpectedly")
        assert [failed(request, gone) is not None for _time in range(3)] == [True, True, False]
    finally:
        routing.end()
    assert noted == ["standby_1", "standby_2", "default"]
    assert view.call_args_list == [((request, 1),)] * 2
