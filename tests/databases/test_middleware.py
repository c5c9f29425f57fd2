"""Which addresses may read from a standby; tests/scale tries it with real ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

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
