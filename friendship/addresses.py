"""From which network address a request comes, and which addresses are one visitor's."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str | None:
    """The visitor's address; None where nobody has written one that can be read.

    Behind a proxy it is the last of X-Forwarded-For, which the proxy added: a visitor may send the others.
    """
    written = str(request.META.get("REMOTE_ADDR") or "")
    if settings.BEHIND_PROXY and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR")):
        written = str(forwarded).rpartition(",")[2]
    try:
        read = ip_address(written.strip())
    except ValueError:  # a socket, or a proxy that writes something else
        return None
    mapped = read.ipv4_mapped if isinstance(read, IPv6Address) else None
    return str(mapped or read).partition("%")[0]


def network(request: HttpRequest) -> str | None:
    """The address by which failures are counted: whoever has an IPv6 address has all those of its /64 as well."""
    if (written := address(request)) is None:
        return None
    read = ip_address(written)
    return str(ip_network((read, 64), strict=False)[0]) if isinstance(read, IPv6Address) else str(read)
