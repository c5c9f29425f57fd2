"""From which network address a request comes, and which addresses are one visitor's."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest

#: What a proxy adds to a request that it passes on.
_PASSED_ON = (
    *("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP"),
    *("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"),
)
#: Bits that are left of an address in the log: enough to see an attack, too few to see a person.
_LEFT_V4, _LEFT_V6 = 24, 48


def address(request: HttpRequest) -> str | None:
    """The visitor's address, as ``written`` says."""
    return written(request.META)


def written(environ: Mapping[str, Any]) -> str | None:
    """The visitor's address; None where nobody has written one that can be read.

    Behind a proxy it is the last of X-Forwarded-For, which the proxy added: a visitor may send the others.
    """
    found = str(environ.get("REMOTE_ADDR") or "")
    if settings.BEHIND_PROXY and (forwarded := environ.get("HTTP_X_FORWARDED_FOR")):
        found = str(forwarded).rpartition(",")[2]
    return _read(found)


@lru_cache(maxsize=1000)
def _read(found: str) -> str | None:
    try:
        read = ip_address(found.strip())
    except ValueError:  # a socket, or a proxy that writes something else
        return None
    mapped = read.ipv4_mapped if isinstance(read, IPv6Address) else None
    return str(mapped or read).partition("%")[0]


def network(request: HttpRequest) -> str | None:
    """The address by which failures are counted: whoever has an IPv6 address has all those of its /64 as well."""
    if (found := address(request)) is None:
        return None
    read = ip_address(found)
    return str(ip_network((read, 64), strict=False)[0]) if isinstance(read, IPv6Address) else str(read)


def shortened(environ: Mapping[str, Any]) -> str | None:
    """The network that the log may name: of some hundred lines or households, not of one person."""
    if (found := written(environ)) is None:
        return None
    return _shortened(found)


@lru_cache(maxsize=1000)
def _shortened(found: str) -> str:
    read = ip_address(found)
    return str(ip_network((read, _LEFT_V6 if isinstance(read, IPv6Address) else _LEFT_V4), strict=False))


def neighbour(request: HttpRequest) -> IPv4Address | IPv6Address | None:
    """Who is at the other end of the connection, which nobody can feign; None where a proxy has passed the request on.

    ``address`` believes the proxy that the settings speak of. This believes nobody, for doors that open by an address
    alone: behind a proxy on this machine, everybody would come from 127.0.0.1.
    """
    if any(name in request.META for name in _PASSED_ON):
        return None
    try:
        read = ip_address(str(request.META.get("REMOTE_ADDR") or "").partition("%")[0])
    except ValueError:
        return None
    return read.ipv4_mapped or read if isinstance(read, IPv6Address) else read
