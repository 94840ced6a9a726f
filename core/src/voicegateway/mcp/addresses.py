"""Which pages may reach the tools: what a browser says of itself, checked before any token.

A page on some other site can have a browser send requests here, and by changing what its own name
resolves to it can even make this server look like its own. Programs that are no browsers send no
`Origin`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

from voicegateway.mcp.faults import Fault

__all__ = ["check_addresses"]

_HERE: Final = "localhost"


def check_addresses(
    headers: Mapping[str, str], listening_on: str, origins: Collection[str]
) -> None:
    """`headers` by lower-case name; `origins` as `server.cors_origins` lists them. `listening_on`
    is this end of the connection: on a loopback address only names that cannot be made to resolve
    there by others are let in, and pages of this machine are too. Raises `Fault`."""
    local = _is_loopback(listening_on)
    named = {urlsplit(origin).hostname for origin in origins}
    host = _hostname(f"//{headers.get('host', '')}")
    if local and not (_is_address(host) or host == _HERE or host in named):
        raise Fault(
            "HOST_REFUSED",
            "This name is not known to be this server's: use 127.0.0.1 or localhost, or list "
            "its origin in server.cors_origins.",
        )
    origin = headers.get("origin")
    if origin is None or origin in origins or (local and _is_loopback(_hostname(origin))):
        return
    raise Fault(
        "ORIGIN_REFUSED",
        "Pages of this origin may not use the tools: list it in server.cors_origins if they shall.",
    )


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == _HERE or (_is_address(host) and ipaddress.ip_address(host).is_loopback)
