"""Which pages a browser may be showing when it sends a request here.

A page of another site can have a browser send requests, with this site's cookie or from this
machine; and by changing what its own name resolves to, it can pass as this server's own. Programs
that are no browsers send no `Origin`.
"""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.requests import HTTPConnection

__all__ = ["is_loopback", "refuse_other_sites", "require_local", "require_same_origin"]

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_PORTS: Final = {"http": 80, "https": 443}


def require_local(connection: HTTPConnection) -> None:
    """For a server without keys: only this machine, by a name that nobody can give to another, and
    not by order of another site's page. Raises `HTTPException` 403."""
    client = connection.client.host if connection.client else "127.0.0.1"  # a Unix socket
    relayed = any(name in connection.headers for name in _FORWARDED)
    if relayed or not is_loopback(client):
        raise _refused(
            "LOCAL_ONLY",
            "Without a key the server answers this machine alone: make one with "
            "`voicegw keys create NAME --scopes read`.",
        )
    if not is_loopback(_host(connection)):
        raise _refused(
            "HOST_REFUSED",
            "Without a key the server answers to 127.0.0.1, [::1] and localhost alone.",
        )
    refuse_other_sites(connection)


def require_same_origin(connection: HTTPConnection) -> None:
    """For whoever comes with a cookie: a change must be this server's own page's. Raises
    `HTTPException` 403."""
    if _method(connection) not in _SAFE and "origin" not in connection.headers:
        raise _refused(
            "ORIGIN_REFUSED", "A change with a session's cookie needs the header Origin."
        )
    refuse_other_sites(connection)


def refuse_other_sites(connection: HTTPConnection) -> None:
    """Raises `HTTPException` 403 for a page of an origin that is neither this server nor one of
    `server.cors_origins`."""
    origins = getattr(connection.app.state, "origins", ())
    origin = connection.headers.get("origin")
    if origin is not None and origin in origins:
        return
    elsewhere = connection.headers.get("sec-fetch-site") == "cross-site"
    writes = _method(connection) not in _SAFE
    if elsewhere or (writes and origin is not None and not _is_own(connection, origin)):
        raise _refused(
            "ORIGIN_REFUSED",
            "Pages of other sites may not do this: list theirs in server.cors_origins if they may.",
        )


def is_loopback(host: str) -> bool:
    """An address of this machine's own, or a name that always means it."""
    name = host.lower().rstrip(".").removeprefix("[").removesuffix("]")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


def _is_own(connection: HTTPConnection, origin: str) -> bool:
    """Host and port, not the scheme: a proxy may speak TLS for us."""
    own, theirs = _place(f"//{connection.headers.get('host', '')}"), _place(origin)
    return theirs is not None and own is not None and _same(own, theirs)


def _same(own: tuple[str, int | None, str], theirs: tuple[str, int | None, str]) -> bool:
    default = _PORTS.get(theirs[2])
    return own[0] == theirs[0] and (own[1] or default) == (theirs[1] or default)


def _place(url: str) -> tuple[str, int | None, str] | None:
    try:
        parts = urlsplit(url)
        return (parts.hostname, parts.port, parts.scheme) if parts.hostname else None
    except ValueError:
        return None


def _host(connection: HTTPConnection) -> str:
    stated = connection.headers.getlist("host")
    place = _place(f"//{stated[0]}") if len(stated) == 1 else None
    return place[0] if place else ""


def _method(connection: HTTPConnection) -> str:
    return str(connection.scope.get("method", "GET"))


def _refused(code: str, message: str) -> HTTPException:
    return HTTPException(403, {"code": code, "message": message, "details": {}})
